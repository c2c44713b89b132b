// pure · idempotency keys: answered requests and requests under way
import type { AcceptedMail } from './record.ts'

/** The answer to a batch; `errors` only in permissive mode. */
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
  /** Marks a new request as under way; the caller must call `release`. */
  begin(key: string | null, requestHash: string, at: number): Verdict
  /** Called for accepted requests only: a failed request leaves its key free. */
  keep(key: string | null, requestHash: string, answer: BatchAnswer, at: number): void
  release(key: string | null): void
}

/**
 * Resend remembers a key for 24 hours; afterwards the same request is accepted again.
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
      // Deleted first: `set` alone would keep the key's old position, and the oldest must come first.
      kept.delete(key)
      kept.set(key, { requestHash, answer, at })
    },
    release(key) {
      if (key !== null) underWay.delete(key)
    },
  }
}

/**
 * Restores the keys of a recorded batch. A batch with every mail refused wrote no line and is forgotten by a restart: a repeat is
 * judged again, and no mail was accepted.
 */
export function remember(keys: Keys, batch: readonly AcceptedMail[]): void {
  const first = batch[0]
  if (first === undefined) return
  const answer = { ids: batch.map(({ id }) => id), errors: first.errors }
  keys.keep(first.key, first.request_sha256, answer, Date.parse(first.at))
}
