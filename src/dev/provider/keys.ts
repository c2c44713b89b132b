// pure · idempotency keys: which request was answered how, and which is still under way
import type { AcceptedMail } from './record.ts'

/** What a batch was answered with; `errors` only in permissive mode. */
export interface BatchAnswer {
  readonly ids: readonly string[]
  readonly errors?: readonly { readonly index: number; readonly message: string }[] | undefined
}

export type Verdict =
  | { readonly kind: 'new' }
  | { readonly kind: 'replay'; readonly answer: BatchAnswer }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'under_way' }

export interface Keys {
  /** Marks a new request as under way; `release` must follow. */
  begin(key: string | null, requestHash: string, at: number): Verdict
  /** Only what was accepted is kept: a request that failed leaves its key free. */
  keep(key: string | null, requestHash: string, answer: BatchAnswer, at: number): void
  release(key: string | null): void
}

/**
 * Resend keeps a key for 24 hours, after which the same request is accepted anew.
 * @see https://resend.com/docs/dashboard/emails/idempotency-keys
 */
export function idempotencyKeys(ttlHours: number): Keys {
  const kept = new Map<
    string,
    { readonly requestHash: string; readonly answer: BatchAnswer; readonly at: number }
  >()
  const underWay = new Set<string>()
  return {
    begin(key, requestHash, at) {
      if (key === null) return { kind: 'new' }
      if (underWay.has(key)) return { kind: 'under_way' }
      const earlier = kept.get(key)
      if (earlier !== undefined && at - earlier.at < ttlHours * 3_600_000)
        return earlier.requestHash === requestHash
          ? { kind: 'replay', answer: earlier.answer }
          : { kind: 'conflict' }
      underWay.add(key)
      return { kind: 'new' }
    },
    keep(key, requestHash, answer, at) {
      if (key === null) return
      for (const [oldest, { at: keptAt }] of kept) {
        if (at - keptAt < ttlHours * 3_600_000) break
        kept.delete(oldest)
      }
      // Taken out first: set alone would leave it where it stood, and the oldest must stand first.
      kept.delete(key)
      kept.set(key, { requestHash, answer, at })
    },
    release(key) {
      if (key !== null) underWay.delete(key)
    },
  }
}

/**
 * Brings back the keys of a recorded batch. A batch of which every mail was refused wrote no line and is not
 * remembered across a restart: it is judged again, and nobody was handed anything.
 */
export function remember(keys: Keys, batch: readonly AcceptedMail[]): void {
  const first = batch[0]
  if (first === undefined) return
  const answer = { ids: batch.map(({ id }) => id), errors: first.errors }
  keys.keep(first.key, first.request_sha256, answer, Date.parse(first.at))
}
