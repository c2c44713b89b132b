// web · refusals as problem details: a code, a sentence, the faults. RFC 9457
import type { Context } from 'hono'
import { DomainError } from '../platform/errors.ts'
import { statusOf } from '../ui/status.ts'
import type { problemShape, Shown } from './answers.ts'

export function problem(c: Context, error: DomainError): Response {
  const status = statusOf(error.code)
  if (error.retryAfterSeconds !== undefined) c.header('Retry-After', String(error.retryAfterSeconds))
  if (error.code === 'unauthenticated') c.header('WWW-Authenticate', 'Bearer')
  return c.body(
    JSON.stringify({
      type: 'about:blank',
      title: error.message,
      status,
      code: error.code,
      errors: error.faults.map(({ path, message }) => ({ path, message })),
    } satisfies Shown<typeof problemShape>),
    status,
    { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' },
  )
}

/** The answer to an internal error: a reference to the log, and no internals. */
export const brokenProblem = (c: Context, reference: string): Response =>
  c.body(
    JSON.stringify({
      type: 'about:blank',
      title: `Something broke on our side; nothing was lost. Reference ${reference}.`,
      status: 500,
      code: 'internal',
      errors: [],
    } satisfies Shown<typeof problemShape>),
    500,
    { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' },
  )

export const notAllowed = (allowed: readonly string[]): DomainError =>
  new DomainError('method_not_allowed', `This address answers ${allowed.join(', ')} only.`)
