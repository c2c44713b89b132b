// pure · one call of the SMTP mailer: mails left to try, their results, and the outcome of the batch
import type { SendOutcome } from '../../platform/deps.ts'
import type { Entry } from './handovers.ts'
import type { OutgoingMail } from './message.ts'
import type { DeliveryResult } from './reply.ts'

type Stop = Extract<SendOutcome, { kind: 'refused' | 'busy' }>
type Known = Exclude<DeliveryResult, { kind: 'closed' | 'lost' }>
type Named = Pick<OutgoingMail, 'index' | 'name' | 'from' | 'messageId'>

export interface BatchRun<P extends Named> {
  readonly parcels: readonly P[]
  readonly entries: ReadonlyMap<string, Entry>
  /** `first`: never tried before. `again`: deferred earlier, and due now. */
  readonly first: P[]
  readonly again: P[]
  /** Result by index, from earlier calls or this one. */
  readonly known: Map<number, Known>
  /** Sender addresses that the server refuses. */
  readonly refusedSenders: Map<string, Known>
  stopped: boolean
  /** Why no other mail would fare better. */
  why: Stop | null
  /** How long another worker may still hold a mail of this batch. */
  othersSeconds: number | null
  /** Handed over by this call, or refused for their own sake. */
  settled: number
  /** First-time mails deferred since the last acceptance. */
  putOffInRow: number
}

/** So many alike failures without an acceptance are not caused by single mails. */
const maxAlike = 5
const serverRestSeconds = 60
/** The operator has to fix a refused sender. */
const senderRestSeconds = 60
const patienceHours = 24

export function beginRun<P extends Named>(
  parcels: readonly P[],
  entries: ReadonlyMap<string, Entry>,
): BatchRun<P> {
  const entryOf = ({ name }: P): Entry | undefined => entries.get(name)
  const others = parcels.flatMap((parcel) => {
    const entry = entryOf(parcel)
    return entry?.kind === 'under_way' ? [Math.ceil(entry.seconds)] : []
  })
  return {
    parcels,
    entries,
    first: parcels.filter((parcel) => entryOf(parcel) === undefined),
    again: parcels.filter((parcel) => {
      const entry = entryOf(parcel)
      return entry?.kind === 'deferred' && entry.seconds === 0
    }),
    known: new Map(
      parcels.flatMap((parcel) => {
        const entry = entryOf(parcel)
        return entry === undefined || entry.kind === 'under_way' ? [] : [[parcel.index, entry] as const]
      }),
    ),
    refusedSenders: new Map(),
    stopped: others.length > 0,
    why: null,
    othersSeconds: others.length > 0 ? Math.max(...others) : null,
    settled: 0,
    putOffInRow: 0,
  }
}

/** Undefined once the run is stopped. Skips mails from a refused sender. */
export function nextOf<P extends Named>(round: BatchRun<P>): P | undefined {
  for (;;) {
    const parcel = round.stopped ? undefined : (round.first.shift() ?? round.again.shift())
    const refusal = parcel === undefined ? undefined : round.refusedSenders.get(parcel.from)
    if (parcel === undefined || refusal === undefined) return parcel
    round.known.set(parcel.index, refusal)
  }
}

export function stopRun<P extends Named>(round: BatchRun<P>, why: Stop | null): void {
  round.stopped = true
  round.why ??= why
}

/** Another worker has a mail of this batch. */
export function yieldBatch<P extends Named>(round: BatchRun<P>, seconds: number): void {
  round.stopped = true
  round.othersSeconds ??= seconds
}

/** A mail deferred for more than a day while others were accepted is refused. */
export function afterPatience<P extends Named>(
  round: BatchRun<P>,
  parcel: P,
  fate: DeliveryResult,
): DeliveryResult {
  const before = round.entries.get(parcel.name)
  const isOver =
    fate.kind === 'deferred' &&
    before?.kind === 'deferred' &&
    before.othersTaken &&
    before.hours > patienceHours
  return isOver ? { kind: 'refused', reason: `not taken for ${patienceHours} hours: ${fate.reason}` } : fate
}

export function recordResult<P extends Named>(round: BatchRun<P>, parcel: P, fate: DeliveryResult): void {
  if (fate.kind === 'lost') return
  if (fate.kind === 'closed') {
    stopRun(round, { kind: 'busy', retryAfterSeconds: serverRestSeconds })
    return
  }
  round.known.set(parcel.index, fate)
  switch (fate.kind) {
    case 'sender_refused':
      round.refusedSenders.set(parcel.from, fate)
      return
    case 'text_refused':
      if (isTextToBlame(round)) stopRun(round, { kind: 'refused', status: fate.status, reason: fate.reason })
      return
    case 'deferred':
      if (!round.entries.has(parcel.name)) round.putOffInRow += 1
      if (round.putOffInRow >= maxAlike) round.stopped = true
      return
    case 'accepted':
    case 'refused':
    case 'unknown':
      round.settled += 1
      if (fate.kind === 'accepted') round.putOffInRow = 0
  }
}

/** Several texts read, none accepted: the common content is refused, which must not use up a campaign. */
function isTextToBlame<P extends Named>({ known }: BatchRun<P>): boolean {
  const kinds = Array.from(known.values(), ({ kind }) => kind)
  return !kinds.includes('accepted') && kinds.filter((kind) => kind === 'text_refused').length >= maxAlike
}

/** To record at the end: deferred mails, and mails whose text was refused. */
export function leftToRecord<P extends Named>(
  round: BatchRun<P>,
): readonly { readonly name: string; readonly kind: 'deferred' | 'refused'; readonly reason: string }[] {
  const kind = isTextToBlame(round) ? 'deferred' : 'refused'
  return round.parcels.flatMap(({ index, name }) => {
    const fate = round.known.get(index)
    if (fate?.kind === 'text_refused') return [{ name, kind, reason: fate.reason }]
    const isNew = fate?.kind === 'deferred' && fate !== round.entries.get(name)
    return isNew ? [{ name, kind: 'deferred', reason: fate.reason }] : []
  })
}

export function outcomeOf<P extends Named>(round: BatchRun<P>, firstRestSeconds: number): SendOutcome {
  const { parcels, known, why, settled, othersSeconds } = round
  if (othersSeconds !== null)
    return { kind: 'under_way', retryAfterSeconds: Math.max(1, Math.ceil(othersSeconds)) }
  if (settled === 0 && why !== null) return why
  const fates = parcels.map(({ index }) => known.get(index))
  const refusal = fates.find((fate) => fate?.kind === 'sender_refused')
  const isStuck = fates.every((fate) => fate?.kind === 'sender_refused' || fate?.kind === 'deferred')
  if (refusal !== undefined && isStuck)
    return { kind: 'refused', status: refusal.status, reason: refusal.reason }
  const indexesOf = (kinds: readonly (Known['kind'] | undefined)[]): readonly number[] =>
    fates.flatMap((fate, index) => (kinds.includes(fate?.kind) ? [index] : []))
  const unknown = indexesOf(['unknown'])
  const isBlamed = isTextToBlame(round)
  const later = indexesOf([
    undefined,
    'deferred',
    'sender_refused',
    ...(isBlamed ? (['text_refused'] as const) : []),
  ])
  return {
    kind: 'accepted',
    ids: parcels.map(({ messageId }, index) => (fates[index]?.kind === 'accepted' ? messageId : null)),
    rejected: fates.flatMap((fate, index) =>
      fate?.kind === 'refused' || (fate?.kind === 'text_refused' && !isBlamed)
        ? [{ index, reason: fate.reason }]
        : [],
    ),
    ...(unknown.length === 0 ? {} : { unknown }),
    ...(later.length === 0
      ? {}
      : { later: { indexes: later, retryAfterSeconds: restOf(round, firstRestSeconds) } }),
  }
}

/** Until the remaining mails should be tried again. */
function restOf<P extends Named>(
  { parcels, known, why, putOffInRow, entries }: BatchRun<P>,
  first: number,
): number {
  if (why !== null) return why.kind === 'busy' ? why.retryAfterSeconds : senderRestSeconds
  if (putOffInRow >= maxAlike) return serverRestSeconds
  const rests = parcels.flatMap(({ index, name }) => {
    const fate = known.get(index)
    if (fate === undefined) return [0]
    if (fate.kind === 'sender_refused') return [senderRestSeconds]
    const before = entries.get(name)
    return fate.kind === 'deferred'
      ? [fate === before && before.kind === 'deferred' ? before.seconds : first]
      : []
  })
  return Math.ceil(Math.min(...rests))
}
