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
  deferredInRow: number
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
    deferredInRow: 0,
  }
}

/** Undefined once the run is stopped. Skips mails from a refused sender. */
export function nextOf<P extends Named>(run: BatchRun<P>): P | undefined {
  for (;;) {
    const parcel = run.stopped ? undefined : (run.first.shift() ?? run.again.shift())
    const refusal = parcel === undefined ? undefined : run.refusedSenders.get(parcel.from)
    if (parcel === undefined || refusal === undefined) return parcel
    run.known.set(parcel.index, refusal)
  }
}

export function stopRun<P extends Named>(run: BatchRun<P>, why: Stop | null): void {
  run.stopped = true
  run.why ??= why
}

/** Another worker has a mail of this batch. */
export function yieldBatch<P extends Named>(run: BatchRun<P>, seconds: number): void {
  run.stopped = true
  run.othersSeconds ??= seconds
}

/** Nothing was handed over, because the server takes no connection or mail of ours now. */
export const isTurnedAway = <P extends Named>({ settled, why }: BatchRun<P>): boolean =>
  settled === 0 && why?.kind === 'busy' && why.reason === 'server_busy'

/** A mail deferred for more than a day while others were accepted is refused. */
export function afterPatience<P extends Named>(
  run: BatchRun<P>,
  parcel: P,
  result: DeliveryResult,
): DeliveryResult {
  const before = run.entries.get(parcel.name)
  const isOver =
    result.kind === 'deferred' &&
    before?.kind === 'deferred' &&
    before.othersTaken &&
    before.hours > patienceHours
  return isOver
    ? { kind: 'refused', reason: `not taken for ${patienceHours} hours: ${result.reason}` }
    : result
}

export function recordResult<P extends Named>(run: BatchRun<P>, parcel: P, result: DeliveryResult): void {
  if (result.kind === 'lost') return
  if (result.kind === 'closed') {
    stopRun(run, { kind: 'busy', retryAfterSeconds: serverRestSeconds, reason: 'server_busy' })
    return
  }
  run.known.set(parcel.index, result)
  switch (result.kind) {
    case 'sender_refused':
      run.refusedSenders.set(parcel.from, result)
      return
    case 'text_refused':
    case 'too_large':
      if (alikeOf(run, result.kind) >= maxAlike && !isAnyAccepted(run)) stopRun(run, refusalOf(result))
      return
    case 'deferred':
      if (!run.entries.has(parcel.name)) run.deferredInRow += 1
      if (run.deferredInRow >= maxAlike) run.stopped = true
      return
    case 'accepted':
    case 'refused':
    case 'unknown':
      run.settled += 1
      if (result.kind === 'accepted') run.deferredInRow = 0
  }
}

const alikeOf = <P extends Named>({ known }: BatchRun<P>, kind: Known['kind']): number =>
  Array.from(known.values()).filter((one) => one.kind === kind).length

const isAnyAccepted = <P extends Named>(run: BatchRun<P>): boolean => alikeOf(run, 'accepted') > 0

/** Refused for the text, which mails of one campaign share. */
export const isOfText = (
  result: DeliveryResult,
): result is Extract<DeliveryResult, { kind: 'text_refused' | 'too_large' }> =>
  result.kind === 'text_refused' || result.kind === 'too_large'

/**
 * Whether the common content is to blame, which must not use up a campaign: several texts read and none accepted; of a size that
 * the server does not take, one in ten, since the texts differ by no more than what is merged into them.
 */
function isTextToBlame<P extends Named>(run: BatchRun<P>, kind: 'text_refused' | 'too_large'): boolean {
  const refused = alikeOf(run, kind)
  return kind === 'too_large'
    ? refused * mostTooLarge >= alikeOf(run, 'accepted')
    : refused >= maxAlike && !isAnyAccepted(run)
}

const mostTooLarge = 10

const refusalOf = ({
  kind,
  status,
  reason,
}: {
  kind: Known['kind']
  status: number
  reason: string
}): Stop => ({
  kind: 'refused',
  status,
  reason:
    kind === 'too_large'
      ? `the email is larger than the mail server takes${status === 0 ? ' by its SIZE' : `: ${reason}`}. Raise its limit (Postfix: message_size_limit), then resume; or cancel, and send a shorter one`
      : reason,
})

/** To record at the end: deferred mails, and mails whose text was refused. */
export function leftToRecord<P extends Named>(
  run: BatchRun<P>,
): readonly { readonly name: string; readonly kind: 'deferred' | 'refused'; readonly reason: string }[] {
  return run.parcels.flatMap(({ index, name }) => {
    const result = run.known.get(index)
    if (result !== undefined && isOfText(result))
      return [{ name, kind: isTextToBlame(run, result.kind) ? 'deferred' : 'refused', reason: result.reason }]
    const isNew = result?.kind === 'deferred' && result !== run.entries.get(name)
    return isNew ? [{ name, kind: 'deferred', reason: result.reason }] : []
  })
}

export function outcomeOf<P extends Named>(run: BatchRun<P>, firstRestSeconds: number): SendOutcome {
  const { parcels, known, why, settled, othersSeconds } = run
  if (othersSeconds !== null)
    return { kind: 'under_way', retryAfterSeconds: Math.max(1, Math.ceil(othersSeconds)) }
  if (settled === 0 && why !== null) return why
  const results = parcels.map(({ index }) => known.get(index))
  const oversize = results.find((result) => result?.kind === 'too_large')
  const areAllKnown = results.every((result) => result !== undefined)
  if (oversize !== undefined && areAllKnown && isTextToBlame(run, 'too_large'))
    return { ...refusalOf(oversize), ...(results.some(isSettled) ? { begun: true } : {}) }
  const refusal = results.find((result) => result?.kind === 'sender_refused')
  const isStuck = results.every((result) => result?.kind === 'sender_refused' || result?.kind === 'deferred')
  if (refusal !== undefined && isStuck)
    return { kind: 'refused', status: refusal.status, reason: refusal.reason }
  const indexesOf = (kinds: readonly (Known['kind'] | undefined)[]): readonly number[] =>
    results.flatMap((result, index) => (kinds.includes(result?.kind) ? [index] : []))
  const unknown = indexesOf(['unknown'])
  const blamed = (['text_refused', 'too_large'] as const).filter((kind) => isTextToBlame(run, kind))
  const later = indexesOf([undefined, 'deferred', 'sender_refused', ...blamed])
  return {
    kind: 'accepted',
    ids: parcels.map(({ messageId }, index) => (results[index]?.kind === 'accepted' ? messageId : null)),
    rejected: results.flatMap((result, index) =>
      result !== undefined && (result.kind === 'refused' || isOfText(result)) && !later.includes(index)
        ? [{ index, reason: result.reason }]
        : [],
    ),
    ...(unknown.length === 0 ? {} : { unknown }),
    ...(later.length === 0
      ? {}
      : { later: { indexes: later, retryAfterSeconds: restOf(run, firstRestSeconds) } }),
  }
}

const isSettled = (result: Known | undefined): boolean =>
  result?.kind === 'accepted' || result?.kind === 'refused' || result?.kind === 'unknown'

/** Until the remaining mails should be tried again. */
function restOf<P extends Named>(
  { parcels, known, why, deferredInRow, entries }: BatchRun<P>,
  first: number,
): number {
  if (why !== null) return why.kind === 'busy' ? why.retryAfterSeconds : senderRestSeconds
  if (deferredInRow >= maxAlike) return serverRestSeconds
  const rests = parcels.flatMap(({ index, name }) => {
    const result = known.get(index)
    if (result === undefined) return [0]
    if (result.kind === 'sender_refused') return [senderRestSeconds]
    const before = entries.get(name)
    return result.kind === 'deferred'
      ? [result === before && before.kind === 'deferred' ? before.seconds : first]
      : []
  })
  return Math.ceil(Math.min(...rests))
}
