// shell · a campaign's test: to operators and the list's own addresses only, marked, written down
import { sql } from 'drizzle-orm'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { renderMail } from '../campaigns/render.ts'
import { dateText } from '../i18n/dates.ts'
import { localised } from '../i18n/locale.ts'
import { messages } from '../i18n/messages.ts'
import type { List } from '../lists/list.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError, invalid } from '../platform/errors.ts'
import { isOpen, takeSlot } from '../platform/pace.ts'
import { referenceToken } from '../platform/vault/tokens.ts'
import { compile } from './compile.ts'
import { postMarketing } from './send.ts'

/** The addresses that a test of this list may go to. */
export const testAddresses = (list: List): readonly string[] =>
  [list.sender.email, list.sender.reply_to]
    .filter((address) => address !== null)
    .map((address) => address.toLowerCase())

/** Throws `invalid` for anybody else's address: a test is no way around a consent. */
export async function sendTest(
  deps: Deps,
  actor: Actor,
  act: { campaign: Campaign; list: List; to: string },
): Promise<void> {
  const { campaign, list } = act
  if (!testAddresses(list).includes(act.to.trim().toLowerCase()))
    throw invalid(
      'to',
      "A test goes to the list's own addresses only: its sender, reply-to, contact or data protection officer.",
    )
  const marked = { ...campaign, subject: `${messages(list.default_locale).testMark} ${campaign.subject}` }
  const mail = renderMail(compile(deps, marked, list), {
    to: act.to.trim(),
    locale: list.default_locale,
    subscriber: { email: act.to.trim(), ...sampleFields(list) },
    unsubscribeUrl: `${deps.config.publicUrl}/u/${referenceToken(deps.vault, 'unsub', { subscription: 0, campaign: campaign.number })}`,
    preferencesUrl: `${deps.config.publicUrl}/p/${referenceToken(deps.vault, 'pref', { subscription: 0, campaign: campaign.number })}`,
    agreedOn: dateText(list.default_locale, deps.clock()),
    tag: 'test',
  })
  await deps.db.transaction((tx) =>
    recordAct(deps, tx, { actor, verb: 'campaign.test', subject: { kind: 'campaign', id: campaign.id } }),
  )
  const open = await deps.db.execute(sql`select 1 where ${isOpen(deps.mailer.name)}`)
  if (open.length === 0) throw notTaken()
  await (await takeSlot(deps)).depart()
  const outcome = await postMarketing(deps, [mail], `test-${deps.ids()}`)
  if (outcome.kind !== 'accepted' || outcome.rejected.length > 0) throw notTaken()
}

const notTaken = (): DomainError =>
  new DomainError('provider_unavailable', 'The mail provider did not take the test; try again in a minute.')

/** Something to read in each place: the label of the field, in the form of its type. */
const sampleFields = (list: List): Readonly<Record<string, string | number | boolean>> =>
  Object.fromEntries(
    list.fields.map((field) => {
      const label = localised(field.label, list.default_locale, list.default_locale)
      if (field.type === 'number') return [field.key, 1]
      if (field.type === 'boolean') return [field.key, true]
      if (field.type === 'date') return [field.key, '2026-01-31']
      return [field.key, field.options[0]?.value ?? label]
    }),
  )
