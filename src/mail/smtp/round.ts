// pure · one call of the SMTP mailer: which mails are still to be tried, what became of each, and what to answer for all
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
  /** Never tried before; put off before, and their time has come. */
  readonly first: P[]
  readonly again: P[]
  /** What is known of each, by index: from before, or now. */
  readonly known: Map<number, Known>
  /** Senders that the server does not take. */
  readonly refusedSenders: Map<string, Known>
  stopped: boolean
  /** Why no other mail would fare better. */
  why: Stop | null
  /** Another worker is at a mail of this batch, for so many seconds yet. */
  othersSeconds: number | null
  /** Mails that this call handed over, or that were refused for themselves. */
  settled: number
  /** Mails tried for the first time and put off, since the last that was taken. */
  putOffInRow: number
}

/** So many at their first try, and nobody taken meanwhile: it is not the mails. */
const maxAlike = 5
const serverRestSeconds = 60
/** A sender that is refused is for the operator to mend. */
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

/** The next to be tried; nothing once the round was stopped. Mails of a sender that was refused are not tried one by one. */
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

/** Another worker is at a mail of this batch: it is theirs. */
export function yieldBatch<P extends Named>(round: BatchRun<P>, seconds: number): void {
  round.stopped = true
  round.othersSeconds ??= seconds
}

/** Who has been put off for a day, while others were taken, is refused. */
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

/** The server read several and took none: what they have in common is refused, and a campaign must not be burnt on it. */
function isTextToBlame<P extends Named>({ known }: BatchRun<P>): boolean {
  const kinds = Array.from(known.values(), ({ kind }) => kind)
  return !kinds.includes('accepted') && kinds.filter((kind) => kind === 'text_refused').length >= maxAlike
}

/** What is to be written down at the end of the round: who was put off, who was refused for what the server read. */
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

/** When to come back for those who are left. */
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
