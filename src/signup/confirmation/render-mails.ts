// shell · renders the mails of a sign-up for the provider; each rendering gives the same bytes. RFC 3834
import { eq } from 'drizzle-orm'
import { subscriptions } from '../../consent/tables.ts'
import { houseZone } from '../../i18n/house-zone.ts'
import { listByNumber } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import { serviceMailTimes } from '../../outbox/queue.ts'
import type { ServiceMail } from '../../outbox/send.ts'
import { type ServiceMailText, serviceMailWire } from '../../outbox/service-wire.ts'
import type { Deps, WireMail } from '../../platform/deps.ts'
import { openField } from '../../platform/vault/fields.ts'
import { limitHash, suppressionHash } from '../../platform/vault/indexes.ts'
import { referenceToken, requestCode, requestToken, tagToken } from '../../platform/vault/tokens.ts'
import { type Address, parseAddress } from '../../subscribers/address.ts'
import { subscribers } from '../../subscribers/tables.ts'
import { suppressionsOf } from '../../suppression/find.ts'
import { stopsConfirmation } from '../processing/outcome.ts'
import { requestedListsOf } from '../requested-lists.ts'
import { alreadySubscribedMail, confirmationMail } from './mails.ts'
import { findRequest } from './request.ts'

/** Null once the request was answered, closed or replaced, or the address was suppressed: then no mail is sent. */
export async function renderConfirmation(deps: Deps, mail: ServiceMail): Promise<WireMail | null> {
  const found = mail.request === null ? null : await findRequest(deps, deps.db, mail.request)
  const home = found === null ? null : await listByNumber(deps.db, found.list)
  if (found === null || home === null || found.state !== 'open' || found.body === null) return null
  const { body } = found
  if (found.lists.length === 0) return null
  const address = parseAddress(body.email, { smtpUtf8: true })
  if (!address.ok || (await isStopped(deps, address.address, found.lists))) return null
  const url = deps.config.publicUrl
  const requested = await requestedListsOf(deps.db, found)
  const text = confirmationMail({
    locale: found.locale,
    zone: await houseZone(deps),
    color: home.brand.color,
    controller: home.controller,
    lists: requested.map(({ name, purposes, notice }) => ({
      name,
      purposes: purposes.map(({ title }) => title),
      noticeUrl: `${url}/n/${notice}`,
    })),
    requestedAt: found.createdAt,
    expiresAt: found.expiresAt,
    confirmUrl: `${url}/c/${requestToken(deps.vault, 'confirm', found.id)}`,
    code: found.lists.some((list) => list.confirm.mode === 'code') ? requestCode(deps.vault, found.id) : null,
  })
  return wireOf({
    text,
    list: home,
    to: address.address.sendTo,
    tag: tagToken(deps.vault, { kind: 'service_mail', id: mail.id }),
  })
}

/** Whether the address was suppressed during processing, or while the mail was queued. */
async function isStopped(deps: Deps, address: Address, lists: readonly List[]): Promise<boolean> {
  const suppressed = await suppressionsOf(deps.db, [
    limitHash(deps.vault, address.abuseKey),
    ...['all', ...lists.map(({ id }) => `list:${id}`)].map((scope) =>
      suppressionHash(deps.vault, scope, address.canonical),
    ),
  ])
  return suppressed.some(({ reason }) => stopsConfirmation(reason))
}

/** Null once the person is no longer a member. */
export async function renderAlreadySubscribed(deps: Deps, mail: ServiceMail): Promise<WireMail | null> {
  if (mail.subscription === null) return null
  const [row] = await deps.db
    .select({
      list: subscriptions.list,
      state: subscriptions.state,
      uid: subscribers.uid,
      address: subscribers.address,
    })
    .from(subscriptions)
    .innerJoin(subscribers, eq(subscribers.id, subscriptions.subscriber))
    .where(eq(subscriptions.id, mail.subscription))
  const list = row === undefined ? null : await listByNumber(deps.db, row.list)
  if (row === undefined || list === null || row.state !== 'active') return null
  const to = openField(deps.vault, { uid: row.uid, field: 'address' }, row.address)
  const queuedAt = await serviceMailTimes(deps.db, mail.id)
  if (to === null || queuedAt === null) return null
  const reference = { subscription: mail.subscription, campaign: 0 }
  const text = alreadySubscribedMail({
    locale: mail.locale,
    zone: await houseZone(deps),
    color: list.brand.color,
    controller: list.controller,
    list: list.name,
    requestedAt: queuedAt,
    preferencesUrl: `${deps.config.publicUrl}/p/${referenceToken(deps.vault, 'pref', reference)}?lang=${mail.locale}`,
    leaveUrl: `${deps.config.publicUrl}/u/${referenceToken(deps.vault, 'unsub', reference)}?lang=${mail.locale}`,
  })
  return wireOf({ text, list, to, tag: tagToken(deps.vault, { kind: 'service_mail', id: mail.id }) })
}

const wireOf = (mail: { text: ServiceMailText; list: List; to: string; tag: string }): WireMail =>
  serviceMailWire({ ...mail, from: mail.list.sender, replyTo: mail.list.sender.reply_to })
