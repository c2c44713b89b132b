// adapter · responses of the provider: refusals with Resend's status codes and names, and error pages of proxies in front
import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * The body of every Resend error.
 * @see https://resend.com/docs/api-reference/errors
 */
export interface Refusal {
  readonly statusCode: number
  readonly message: string
  readonly name: string
}

const refusal = (statusCode: number, name: string, message: string): Refusal => ({
  statusCode,
  message,
  name,
})

export const refusals = {
  missingApiKey: refusal(401, 'missing_api_key', 'Missing API Key'),
  invalidApiKey: refusal(403, 'invalid_api_key', 'API key is invalid'),
  notFound: refusal(404, 'not_found', 'The requested endpoint does not exist'),
  noSuchEmail: refusal(404, 'not_found', 'Email not found'),
  methodNotAllowed: refusal(405, 'method_not_allowed', 'Method is not allowed for the requested path'),
  badKey: refusal(
    400,
    'invalid_idempotency_key',
    'Idempotency keys, if present, must have between 1 and 256 characters.',
  ),
  otherBody: refusal(
    409,
    'invalid_idempotent_request',
    "This idempotency key has been used with this HTTP method and endpoint within the last 24 hours, but the request body was modified and doesn't match the original request.",
  ),
  underWay: refusal(
    409,
    'concurrent_idempotent_requests',
    'There is another request in progress with the same idempotency key.',
  ),
  malformed: refusal(400, 'validation_error', 'The request body is not valid JSON'),
  batchSize: refusal(422, 'validation_error', 'The batch must hold between 1 and 100 emails'),
  notAnId: refusal(422, 'invalid_parameter', 'The `id` must be a valid UUID.'),
  tooMany: refusal(
    429,
    'rate_limit_exceeded',
    'Too many requests. Please limit the number of requests per second. Or contact support to increase rate limit.',
  ),
  dailyQuota: refusal(429, 'daily_quota_exceeded', 'You have exceeded your daily email sending quota.'),
  monthlyQuota: refusal(429, 'monthly_quota_exceeded', 'You have exceeded your monthly email sending quota.'),
  broken: refusal(500, 'application_error', 'An unexpected error occurred.'),
  unavailable: refusal(503, 'service_unavailable', 'API is temporarily unavailable'),
} as const

/** By fault: refusals of the account, caused by no mail or recipient. */
export const accountRefusals = {
  missingApiKey: refusals.missingApiKey,
  invalidApiKey: refusals.invalidApiKey,
  /** The sending endpoints' answer to an unknown key, by the errors page of autumn 2026. */
  unknownApiKey: refusal(401, 'validation_error', 'API key is invalid'),
  restrictedApiKey: refusal(401, 'restricted_api_key', 'This API key is restricted to only send emails.'),
  inactiveApiKey: refusal(403, 'restricted_api_key', 'API key is not active'),
  suspendedApiKey: refusal(403, 'suspended_api_key', 'This API key is suspended'),
  domainNotVerified: refusal(
    403,
    'validation_error',
    'The `brand.example` domain is not verified. Please, add and verify your domain on https://resend.com/domains',
  ),
  dailyQuota: refusals.dailyQuota,
  monthlyQuota: refusals.monthlyQuota,
  wholeBatch: refusal(422, 'validation_error', 'Invalid `from` field. It is not allowed here.'),
  security: refusal(451, 'security_error', 'We may have found a security issue with the request.'),
} as const

export const missingField = (field: string): Refusal =>
  refusal(422, 'missing_required_field', `Missing \`${field}\` field.`)

export const invalidField = (field: string, detail: string): Refusal =>
  refusal(422, 'validation_error', `Invalid \`${field}\` field. ${detail}`)

/** @see https://resend.com/docs/knowledge-base/403-error-domain-mismatch */
export const unverified = (domain: string): Refusal =>
  refusal(
    403,
    'validation_error',
    `The \`${domain}\` domain is not verified. Please, add and verify your domain on https://resend.com/domains`,
  )

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
  })
  response.end(bytes)
}

export const refuse = (response: ServerResponse, why: Refusal): void =>
  sendJson(response, why.statusCode, why)

/** Proxies answer in HTML, whatever the request accepts. */
export function sendPage(response: ServerResponse, status: number, title: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
  response.end(
    `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
  )
}

/** Sends half of the body, then kills the connection. */
export function cutShort(response: ServerResponse, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
  })
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => {
    // An immediate reset could discard the written half.
    setTimeout(() => response.socket?.resetAndDestroy(), 20)
  })
}

/** Null if longer than `most` bytes; throws if the connection dies first. */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    // Read to the end: a client answered while still writing sees a reset connection, not the answer.
    if (length <= most) chunks.push(chunk)
    else chunks.length = 0
  }
  return length <= most ? Buffer.concat(chunks) : null
}

export function jsonOf(bytes: Buffer | null): unknown {
  try {
    return bytes === null ? undefined : JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
