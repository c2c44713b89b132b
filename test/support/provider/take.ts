// adapter · one post of mail: turned away at the door, answered again from its key, or taken, with what goes wrong on the way
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { accept, type Posting, requestHash } from './accept.ts'
import { type Refusal, readBody, refusals, refuse, sendJson } from './answers.ts'
import type { Fate } from './faults.ts'
import type { BatchAnswer } from './keys.ts'
import type { ProviderState } from './state.ts'

export const endpoints: ReadonlySet<string> = new Set(['/emails', '/emails/batch'])

const busySeconds = '1'

export async function take(
  state: ProviderState,
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
): Promise<void> {
  state.stats.requests += 1
  state.stats.lastRequestAt = new Date().toISOString()
  state.stats.firstRequestAt ??= state.stats.lastRequestAt
  if (turnedAway(state, request, response)) return
  const fate = state.nextFate()
  const body = await readBody(request)
  const key = request.headers['idempotency-key']?.toString() ?? null
  if (key !== null && (key.length < 1 || key.length > 256)) return refused(state, response, refusals.badKey)
  const permissive = request.headers['x-batch-validation'] === 'permissive'
  await answerOnce(state, response, { pathname, body, permissive, key, fate })
}

/**
 * Before the body is read: the client's name, the API key, the rate.
 * @see https://resend.com/docs/api-reference/introduction for the name, which Cloudflare asks for
 */
function turnedAway(state: ProviderState, { headers }: IncomingMessage, response: ServerResponse): boolean {
  if (!headers['user-agent']) {
    state.stats.refused += 1
    response.writeHead(403, { 'content-type': 'text/plain' }).end('error code: 1010')
    return true
  }
  const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
  const { apiKey = bearer } = state.options
  if (bearer === undefined || bearer !== apiKey) {
    refused(state, response, bearer === undefined ? refusals.missingApiKey : refusals.invalidApiKey)
    return true
  }
  const allowance = state.allowance?.(performance.now())
  for (const [name, value] of Object.entries(allowance?.headers ?? {})) response.setHeader(name, value)
  if (allowance?.allowed !== false) return false
  state.stats.rateLimited += 1
  refuse(response, refusals.tooMany)
  return true
}

function refused(state: ProviderState, response: ServerResponse, why: Refusal): void {
  state.stats.refused += 1
  refuse(response, why)
}

async function answerOnce(state: ProviderState, response: ServerResponse, posting: Posting): Promise<void> {
  const hash = requestHash(posting.pathname, posting.body)
  const verdict = state.keys.begin(posting.key, hash, Date.now())
  switch (verdict.kind) {
    case 'conflict':
      state.stats.conflicts += 1
      return refuse(response, refusals.otherBody)
    case 'under_way':
      state.stats.underWay += 1
      return refuse(response, refusals.underWay)
    case 'replay':
      state.stats.replayed += 1
      return work(state, response, posting, async () => verdict.answer)
    case 'new':
      try {
        return await work(state, response, posting, () => accept(state, posting))
      } finally {
        state.keys.release(posting.key)
      }
  }
}

/** A client that hangs up meanwhile changes nothing: what was taken is accepted. */
async function work(
  state: ProviderState,
  response: ServerResponse,
  { fate, pathname }: Posting,
  outcomeOf: () => Promise<BatchAnswer | Refusal>,
): Promise<void> {
  if (state.options.latencyMs) await sleep(state.options.latencyMs)
  if (failsBefore(state, response, fate)) return
  const outcome = await outcomeOf()
  if ('statusCode' in outcome) return refused(state, response, outcome)
  if (failsAfter(state, response, fate)) return
  sendJson(response, 200, pathname === '/emails' ? { id: outcome.ids[0] } : batchBody(outcome))
}

function failsBefore({ stats }: ProviderState, response: ServerResponse, { fault }: Fate): boolean {
  if (fault !== 'busy429' && fault !== 'error500' && fault !== 'resetBefore') return false
  stats.faults[fault] += 1
  if (fault === 'resetBefore') response.socket?.resetAndDestroy()
  else if (fault === 'error500') refuse(response, refusals.broken)
  else refuse(response.setHeader('retry-after', busySeconds), refusals.tooMany)
  return true
}

function failsAfter({ stats }: ProviderState, response: ServerResponse, { fault }: Fate): boolean {
  if (fault !== 'resetAfter' && fault !== 'timeoutAfter') return false
  stats.faults[fault] += 1
  if (fault === 'resetAfter') response.socket?.resetAndDestroy()
  return true
}

const batchBody = ({ ids, errors }: BatchAnswer) => ({
  data: ids.map((id) => ({ id })),
  ...(errors !== undefined && { errors }),
})
