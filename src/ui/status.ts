// pure · error codes as HTTP statuses. RFC 9110
import type { ErrorCode } from '../platform/errors.ts'

const statuses = {
  invalid: 422,
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  not_available_yet: 422,
  rate_limited: 429,
  overloaded: 503,
  provider_unavailable: 503,
} as const satisfies Record<ErrorCode, number>

export type ErrorStatus = (typeof statuses)[ErrorCode]

export const statusOf = (code: ErrorCode): ErrorStatus => statuses[code]
