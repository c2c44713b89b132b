// shell · why a person got a campaign or not: when, on which consent, and what happened since
import { and, eq, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Campaign } from '../campaigns/campaign.ts'
import { subscriptions } from '../consent/tables.ts'
import { type LedgerEntry, ledgerOf } from '../consent/timeline.ts'
import { type List, mailPurposes } from '../lists/list.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { moment } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { hexOf } from '../platform/encoding/bytes.ts'
import { addressIndex, suppressionHash } from '../platform/vault/indexes.ts'
import { matches } from '../segments/audience.ts'
import { everyone, type Filter, parseFilter } from '../segments/filter.ts'
import type { Address } from '../subscribers/address.ts'
import { joinDetails } from '../subscribers/find.ts'
import { subscribers } from '../subscribers/tables.ts'
import { explanationWords, lastHeard, outcomeWords, reachedBy, whyNot } from './explanation.ts'
import { type RecipientRow, recipientsOf } from './outcomes.ts'
import { type Explanation, publishedReason } from './published-reasons.ts'

export interface Explained {
  /** Whether it reached them, as far as anybody said; null: unknown, or not yet. */
  readonly got: boolean | null
  readonly subscriber: string | null
  readonly outcome: RecipientRow['outcome'] | 'not_a_recipient'
  /** The published name. */
  readonly reason: string | null
  readonly explanation: string
  /** Null before the freeze. */
  readonly frozen_at: string | null
  /** Whether the segment matches the person now; null where unknown. */
  readonly in_segment_now: boolean | null
  /** The person's events on this list since the freeze, oldest first. */
  readonly since: readonly { readonly eid: string; readonly type: string; readonly t: string }[]
  readonly recipient: RecipientRow | null
}

interface Question {
  readonly campaign: Campaign
  readonly list: List
  readonly address: Address
}

/** Maximum events read of one person on one list; more than anyone has. */
const maxEvents = 2000

export async function explainCampaign(deps: Deps, about: Question): Promise<Explained> {
  const { campaign, list } = about
  const person = await personWith(deps, list, about.address)
  const events = person === null ? [] : await ledgerOf(deps.db, person.id, { limit: maxEvents, after: null })
  const history = events.filter((entry) => entry.list === list.id)
  const [recipient] =
    person === null
      ? []
      : await recipientsOf(deps.db, {
          campaign: campaign.number,
          outcome: null,
          subscriber: person.id,
          limit: 1,
          after: null,
          now: deps.clock(),
        })
  const { isThere: hasSegment, filter } = segmentOf(campaign, list)
  const common = {
    subscriber: person?.uid ?? null,
    frozen_at: campaign.frozenAt?.toISOString() ?? null,
    in_segment_now:
      person === null || filter === null ? null : await isIn(deps, { list, filter, person: person.id }),
    since: sinceOf(campaign, history),
  }
  if (recipient !== undefined)
    return {
      ...common,
      ...resultOf(recipient, deps.clock()),
      outcome: recipient.outcome,
      reason: publishedReason(recipient),
      recipient,
    }
  const reason = await reasonOf(deps, about, { person, history, hasSegment })
  return {
    ...common,
    got: false,
    outcome: 'not_a_recipient',
    reason,
    explanation: explanationWords[reason],
    recipient: null,
  }
}

function resultOf(recipient: RecipientRow, now: Date): Pick<Explained, 'got' | 'explanation'> {
  const { outcome, reason } = recipient
  if (outcome === 'sent') return reachedBy(lastHeard(recipient, now))
  return {
    got: outcome === 'unknown' ? null : false,
    explanation: reason === 'cancelled' ? explanationWords.cancelled : outcomeWords[outcome],
  }
}

async function reasonOf(
  deps: Deps,
  { campaign, list, address }: Question,
  known: { person: Person | null; history: readonly LedgerEntry[]; hasSegment: boolean },
): Promise<Explanation> {
  const { frozenAt } = campaign
  if (frozenAt === null) return campaign.state === 'cancelled' ? 'cancelled' : 'not_frozen'
  if (await isRecordDeleted(deps, campaign.number)) return 'record_gone'
  const suppressed = await suppressedSince(deps, list, address)
  if (known.history.length === 0 && suppressed.some(({ reason }) => reason === 'erasure')) return 'erased'
  return whyNot({
    facts: known.history.map(({ type, t, purposes }) => ({ type, purposes, at: new Date(t) })),
    frozenAt,
    purpose: campaign.purpose,
    mailPurposes: mailPurposes(list),
    wasSuppressed: suppressed.some(({ since }) => since <= frozenAt),
    notBefore: known.person?.notBefore ?? null,
    sendableUntil: known.person?.sendableUntil ?? null,
    hasSegment: known.hasSegment,
  })
}

/** The bounds of the time for mail are null where the person is not on the list, or none are set. */
interface Person {
  readonly id: number
  readonly uid: string
  readonly notBefore: Date | null
  readonly sendableUntil: Date | null
}

async function personWith(deps: Deps, list: List, address: Address): Promise<Person | null> {
  const [row] = await deps.db
    .select({
      id: subscribers.id,
      uid: subscribers.uid,
      notBefore: subscriptions.notBefore,
      sendableUntil: subscriptions.sendableUntil,
    })
    .from(subscribers)
    .leftJoin(
      subscriptions,
      and(eq(subscriptions.subscriber, subscribers.id), eq(subscriptions.list, list.number)),
    )
    .where(eq(subscribers.addressIndex, addressIndex(deps.vault, address.canonical)))
  return row ?? null
}

/** Events after the freeze; all events where the freeze is still to come. */
const sinceOf = ({ frozenAt }: Campaign, history: readonly LedgerEntry[]): Explained['since'] =>
  history
    .filter(({ t }) => frozenAt === null || new Date(t) > frozenAt)
    .map(({ eid, type, t }) => ({ eid, type, t }))

/** Whether there is a segment, and its filter; null where the list lacks something the filter names. */
function segmentOf(campaign: Campaign, list: List): { isThere: boolean; filter: Filter | null } {
  if (campaign.filter === null || JSON.stringify(campaign.filter) === JSON.stringify(everyone))
    return { isThere: false, filter: null }
  const parsed = parseFilter(campaign.filter, list.fields)
  return { isThere: true, filter: parsed.ok ? parsed.filter : null }
}

async function isIn(deps: Deps, about: { list: List; filter: Filter; person: number }): Promise<boolean> {
  const condition = await matches(deps.db, { ...about, now: deps.clock() })
  const rows = await deps.db.execute(sql`
    select 1
    from subscriptions as s
    join subscribers as p on p.id = s.subscriber
    ${joinDetails}
    where s.subscriber = ${about.person} and s.list = ${about.list.number} and ${condition}`)
  return rows.length > 0
}

/** Suppressions now in force that concern this list. */
async function suppressedSince(
  deps: Deps,
  list: List,
  address: Address,
): Promise<readonly { readonly reason: string; readonly since: Date }[]> {
  const hashes = ['all', `list:${list.id}`].map((scope) =>
    hexOf(suppressionHash(deps.vault, scope, address.canonical)),
  )
  return readRows(
    deps.db,
    suppressionRow,
    sql`
    select reason, since
    from suppressions
    where hash in (select decode(h, 'hex') from jsonb_array_elements_text(${JSON.stringify(hashes)}::jsonb) as h)`,
  )
}

const suppressionRow = z.object({ reason: z.string(), since: moment })

/** Recipients are kept for a time, then only their batches' sums. */
async function isRecordDeleted(deps: Deps, campaign: number): Promise<boolean> {
  const row = await readRow(
    deps.db,
    recordRow,
    sql`
    select exists (select from batches where campaign = ${campaign} and size > 0)
      and not exists (select from recipients where campaign = ${campaign}) as deleted`,
  )
  return row?.deleted === true
}

const recordRow = z.object({ deleted: z.boolean() })
