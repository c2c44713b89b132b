// shell · why one person got a campaign, or did not: when, on which consent, and what happened since
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
import { subscribers } from '../subscribers/tables.ts'
import { explanationWords, outcomeWords, whyNot } from './explanation.ts'
import { type RecipientRow, recipientsOf } from './outcomes.ts'
import { type Explanation, publishedReason } from './published-reasons.ts'

export interface Explained {
  /** Null: not known whether they did. */
  readonly got: boolean | null
  readonly subscriber: string | null
  readonly outcome: RecipientRow['outcome'] | 'not_a_recipient'
  /** As published. */
  readonly reason: string | null
  readonly explanation: string
  /** Null before the audience was written down. */
  readonly frozen_at: string | null
  /** Whether the segment names them as they are now; null where nobody can say. */
  readonly in_segment_now: boolean | null
  /** What they did on this list since, oldest first. */
  readonly since: readonly { readonly eid: string; readonly type: string; readonly t: string }[]
  readonly recipient: RecipientRow | null
}

interface Question {
  readonly campaign: Campaign
  readonly list: List
  readonly address: Address
}

/** Events of one person on one list that are looked at; more than anybody ever had. */
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
      got: recipient.outcome === 'unknown' ? null : recipient.outcome === 'sent',
      outcome: recipient.outcome,
      reason: publishedReason(recipient),
      explanation:
        recipient.reason === 'cancelled' ? explanationWords.cancelled : outcomeWords[recipient.outcome],
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

async function reasonOf(
  deps: Deps,
  { campaign, list, address }: Question,
  known: { person: Person | null; history: readonly LedgerEntry[]; hasSegment: boolean },
): Promise<Explanation> {
  const { frozenAt } = campaign
  if (frozenAt === null) return campaign.state === 'cancelled' ? 'cancelled' : 'not_frozen'
  if (await isRecordGone(deps, campaign.number)) return 'record_gone'
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

/** Between when and when they may be mailed: null, where they are not on the list, or where nothing is set. */
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

/** What happened after the audience was written down; all of it, where that is still to come. */
const sinceOf = ({ frozenAt }: Campaign, history: readonly LedgerEntry[]): Explained['since'] =>
  history
    .filter(({ t }) => frozenAt === null || new Date(t) > frozenAt)
    .map(({ eid, type, t }) => ({ eid, type, t }))

/** Whether there is a segment, and its filter; null where the list no longer has what the filter names. */
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
    where s.subscriber = ${about.person} and s.list = ${about.list.number} and ${condition}`)
  return rows.length > 0
}

/** Suppressions that stand now and concern this list. */
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

/** Recipients are kept for a time, then only the sums of their batches. */
async function isRecordGone(deps: Deps, campaign: number): Promise<boolean> {
  const row = await readRow(
    deps.db,
    goneRow,
    sql`
    select exists (select from batches where campaign = ${campaign} and size > 0)
      and not exists (select from recipients where campaign = ${campaign}) as gone`,
  )
  return row?.gone === true
}

const goneRow = z.object({ gone: z.boolean() })
