// shell · a person as the reader of a preview: the values a mail may show, with links that end nothing
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Actor } from '../../audit/actor.ts'
import { recordAct } from '../../audit/record.ts'
import type { Addressee } from '../../campaigns/render.ts'
import { subscriptionReasons } from '../../consent/why-not-send.ts'
import { addresseeOf } from '../../delivery/render/addressee.ts'
import { houseZone } from '../../i18n/house-zone.ts'
import type { List } from '../../lists/list.ts'
import { readRow } from '../../platform/database/rows.ts'
import { moment, octets, texts, whole } from '../../platform/database/values.ts'
import type { Deps } from '../../platform/deps.ts'
import { invalid, notFound } from '../../platform/errors.ts'
import { sampleAddressee } from '../preview.ts'

const readerRow = z.object({
  subscriber: whole,
  subscription: whole,
  locale: z.string(),
  address: octets,
  attributes: z.record(z.string(), z.unknown()),
  granted: texts,
  confirmed_at: moment.nullable(),
  why_not: z.enum(subscriptionReasons).nullable(),
})

/**
 * Leaves a line in the audit log: the preview shows personal data. Throws `not_found` for somebody who is not on the list, `invalid`
 * for one who would not get its mail: data of a person who withdrew are not shown.
 */
export async function readerOf(
  deps: Deps,
  actor: Actor,
  about: { list: List; purpose: string; subscriber: string },
): Promise<Addressee> {
  const { list, subscriber: uid } = about
  const row = await readRow(
    deps.db,
    readerRow,
    sql`
    select p.id as subscriber, s.id as subscription, p.locale, p.address, coalesce(d.attributes, '{}') as attributes, s.granted, s.confirmed_at,
      why_not_send(s, ${about.purpose}, now()) as why_not
    from subscriptions as s
    join subscribers as p on p.id = s.subscriber
    left join details as d on d.list = s.list and d.subscriber = s.subscriber
    where p.uid = ${uid}::uuid and s.list = ${list.number}`,
  )
  if (row === undefined) throw notFound('subscriber')
  if (row.why_not !== null)
    throw invalid('subscriber', 'This person would not get this mail now. Choose another, or leave it out.')
  const member = { ...row, uid, confirmedAt: row.confirmed_at }
  const zone = await houseZone(deps)
  const reader = addresseeOf(deps, member, { list: { ...list, zone }, campaign: 0 })
  if (reader === null) throw notFound('subscriber')
  await deps.db.transaction((tx) =>
    recordAct(deps, tx, { actor, verb: 'subscriber.preview', subject: { kind: 'subscriber', id: uid } }),
  )
  const { unsubscribeUrl, preferencesUrl, tag } = sampleAddressee(deps, {
    list,
    campaign: 0,
    to: reader.to,
    fields: {},
    agreedAt: deps.clock(),
    zone,
  })
  return { ...reader, unsubscribeUrl, preferencesUrl, tag }
}
