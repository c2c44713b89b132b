// pure · idempotency keys: answered requests and requests under way
import type { AcceptedMail } from './record.ts'

/** `errors` only in permissive mode. */
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
  /** For accepted requests only: a failed one leaves its key free. */
  keep(key: string | null, requestHash: string, answer: BatchAnswer, at: number): void
  release(key: string | null): void
}

/**
 * Resend forgets a key after 24 hours and accepts the request again.
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
      // Deleted first: `set` alone keeps a key's old position, and the oldest must come first.
      kept.delete(key)
      kept.set(key, { requestHash, answer, at })
    },
    release(key) {
      if (key !== null) underWay.delete(key)
    },
  }
}

/** Restores keys from the record. A batch with every mail refused wrote no line and is judged again. */
export function remember(keys: Keys, batch: readonly AcceptedMail[]): void {
  const first = batch[0]
  if (first === undefined) return
  const answer = { ids: batch.map(({ id }) => id), errors: first.errors }
  keys.keep(first.key, first.request_sha256, answer, Date.parse(first.at))
}
