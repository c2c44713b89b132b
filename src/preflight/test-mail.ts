// shell · sends a test of a campaign, marked and audited, to operators and the list's own addresses only
import { sql } from 'drizzle-orm'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import { findOperatorByAddress } from '../auth/operators/find-operators.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { renderMail } from '../campaigns/render.ts'
import { inTurn } from '../campaigns/writing/in-turn.ts'
import { compile } from '../delivery/render/compile.ts'
import { postMarketing } from '../delivery/send.ts'
import { houseZone } from '../i18n/house-zone.ts'
import { messages } from '../i18n/messages.ts'
import type { List } from '../lists/list.ts'
import type { Deps } from '../platform/deps.ts'
import { bytesOf, hexOf } from '../platform/encoding/bytes.ts'
import { sha256 } from '../platform/encoding/jcs.ts'
import { DomainError, invalid } from '../platform/errors.ts'
import { isOpen, waitForSlot } from '../throttle/provider-rate.ts'
import { whyHeld } from '../throttle/restored-copy.ts'
import { sampleAddressee } from './preview.ts'
import { sampleFields } from './sample.ts'

/** The list's own addresses, to which its tests may go. */
export const ownAddresses = ({ sender }: Pick<List, 'sender'>): readonly string[] => [
  ...new Set([sender.email, ...(sender.reply_to === null ? [] : [sender.reply_to])]),
]

/** Throws `invalid` for any other address: a test must not bypass consent. */
export async function sendTest(
  deps: Deps,
  actor: Actor,
  /** `once`: names one press of the button; pressed twice, it sends one mail to each address. */
  act: { campaign: Campaign; list: List; to: string; once?: string },
): Promise<void> {
  const { campaign, list } = act
  if (!(await mayHaveTest(deps, list, act.to)))
    throw invalid('to', 'A test can only go to operators and to the sender and reply-to address of the list.')
  const marked = { ...campaign, subject: `${messages(list.default_locale).testMark} ${campaign.subject}` }
  const addressee = sampleAddressee(deps, {
    list,
    campaign: campaign.number,
    to: act.to.trim(),
    fields: sampleFields(list, list.default_locale),
    agreedAt: deps.clock(),
    zone: await houseZone(deps),
  })
  const mail = await inTurn(deps, () => renderMail(compile(deps, marked, list), addressee))
  await deps.db.transaction((tx) =>
    recordAct(deps, tx, { actor, verb: 'campaign.test', subject: { kind: 'campaign', id: campaign.id } }),
  )
  const open = await deps.db.execute(sql`select 1 where ${isOpen(deps.mailer.name)}`)
  if (open.length === 0) throw (await whyHeld(deps.db)) === null ? notTaken() : held()
  await (await waitForSlot(deps)).depart()
  const outcome = await postMarketing(
    deps,
    [mail],
    `test-${act.once === undefined ? deps.ids() : pressOf(act, act.once)}`,
  )
  // The first of two presses was accepted, with a body of another day or clock.
  if (outcome.kind === 'conflict') return
  if (outcome.kind !== 'accepted' || outcome.ids[0] == null) throw notTaken()
}

/** The same for one press, version and address. */
const pressOf = ({ campaign, to }: { campaign: Campaign; to: string }, once: string): string =>
  hexOf(sha256(bytesOf(`${once} ${campaign.version} ${to.trim().toLowerCase()}`)))

const notTaken = (): DomainError =>
  new DomainError('provider_unavailable', 'The mail provider did not accept the test. Try again in a minute.')

const held = (): DomainError =>
  new DomainError(
    'provider_unavailable',
    'Sending is off, because this deployment is a copy or was stopped. To turn it on, run: npm run assent -- sending allow.',
  )

async function mayHaveTest(deps: Deps, list: List, to: string): Promise<boolean> {
  const address = to.trim().toLowerCase()
  if (ownAddresses(list).some((own) => own.toLowerCase() === address)) return true
  const operator = await findOperatorByAddress(deps, address)
  return operator !== null && operator.disabledAt === null
}
