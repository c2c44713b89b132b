// adapter · access to the provider: user agent, API key, rate limit
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Refusal, refusals, refuse } from './answers.ts'
import type { ProviderState } from './state.ts'

/**
 * Refuses without reading the body; returns whether it did. Every request with a valid key counts against the rate limit.
 * @see https://resend.com/docs/api-reference/introduction for the user agent, which Cloudflare requires
 * @see https://resend.com/docs/api-reference/rate-limit
 */
export function turnedAway(
  state: ProviderState,
  { headers }: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (!headers['user-agent']) {
    state.stats.refused += 1
    response.writeHead(403, { 'content-type': 'text/plain' }).end('error code: 1010')
    return true
  }
  const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
  const { apiKey = bearer } = state.options
  if (bearer === undefined) return refused(state, response, refusals.missingApiKey)
  if (bearer !== apiKey) return refused(state, response, refusals.invalidApiKey)
  const allowance = state.allowance?.(performance.now())
  for (const [name, value] of Object.entries(allowance?.headers ?? {})) response.setHeader(name, value)
  if (allowance?.allowed !== false) return false
  state.stats.rateLimited += 1
  refuse(response, refusals.tooMany)
  return true
}

function refused(state: ProviderState, response: ServerResponse, why: Refusal): true {
  state.stats.refused += 1
  refuse(response, why)
  return true
}
