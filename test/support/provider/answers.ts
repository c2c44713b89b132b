// adapter · the provider's refusals, numbered and named as Resend does
import type { IncomingMessage, ServerResponse } from 'node:http'

/** The body of every Resend error. @see https://resend.com/docs/api-reference/errors */
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
  methodNotAllowed: refusal(405, 'method_not_allowed', 'Method is not allowed for the requested path'),
  badKey: refusal(400, 'invalid_idempotency_key', 'The key must be between 1-256 chars'),
  otherBody: refusal(
    409,
    'invalid_idempotent_request',
    'This idempotency key has been used with a different request payload',
  ),
  underWay: refusal(
    409,
    'concurrent_idempotent_requests',
    'Another request with the same idempotency key is in progress',
  ),
  malformed: refusal(400, 'validation_error', 'The request body is not valid JSON'),
  batchSize: refusal(422, 'validation_error', 'The batch must hold between 1 and 100 emails'),
  tooMany: refusal(
    429,
    'rate_limit_exceeded',
    'Too many requests. Please limit the number of requests per second',
  ),
  broken: refusal(500, 'application_error', 'An unexpected error occurred'),
} as const

export const missingField = (field: string): Refusal =>
  refusal(422, 'missing_required_field', `Missing \`${field}\` field.`)

export const invalidField = (field: string, detail: string): Refusal =>
  refusal(422, 'validation_error', `Invalid \`${field}\` field. ${detail}`)

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

/** The whole body; throws when the connection dies before its end. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Nothing for what is not JSON. */
export function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
