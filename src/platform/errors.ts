// pure · domain errors: the closed set of refusal codes; api and ui map them to HTTP statuses

export const errorCodes = [
  'invalid',
  'malformed',
  'unauthenticated',
  'forbidden',
  'not_found',
  'method_not_allowed',
  'conflict',
  'too_large',
  'unsupported_media_type',
  'not_available_yet',
  'rate_limited',
  'overloaded',
  'provider_unavailable',
] as const

export type ErrorCode = (typeof errorCodes)[number]

export interface Fault {
  /** Path in the input such as `fields.0.key`; empty for the whole input. */
  readonly path: string
  readonly message: string
  /** Of a text of several lines, where it is known; from 1. */
  readonly line?: number
}

/** An expected refusal, with a sentence that names the problem and how to mend it. Anything else is a bug. */
export class DomainError extends Error {
  readonly code: ErrorCode
  readonly faults: readonly Fault[]
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    more: { faults?: readonly Fault[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause })
    this.name = 'DomainError'
    this.code = code
    this.faults = more.faults ?? []
    this.retryAfterSeconds = more.retryAfterSeconds
  }
}

/** A refusal of one place in the input. */
export const invalid = (path: string, message: string): DomainError =>
  new DomainError('invalid', message, { faults: [{ path, message }] })

export const notFound = (what: string): DomainError =>
  new DomainError('not_found', `There is no such ${what}.`)

export const notAvailableYet = (path: string, what: string): DomainError => {
  const message = `${what} is not available yet.`
  return new DomainError('not_available_yet', message, { faults: [{ path, message }] })
}
