// adapter · one POST of mail: replayed from its key or accepted, with the drawn fault
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { accept, type Posting, requestHash } from './accept.ts'
import {
  accountRefusals,
  cutShort,
  type Refusal,
  readBody,
  refusals,
  refuse,
  sendJson,
  sendPage,
} from './answers.ts'
import type { Fate } from './faults.ts'
import type { BatchAnswer } from './keys.ts'
import type { ProviderState } from './state.ts'

export const endpoints: ReadonlySet<string> = new Set(['/emails', '/emails/batch'])

const busySeconds = '1'
/** Resend's limit, attachments included. */
const mostBytes = 40 * 1024 * 1024

/** For requests that passed door.ts. */
export async function take(
  state: ProviderState,
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
): Promise<void> {
  const fate = state.nextFate()
  const body = await readBody(request, state.options.mostBodyBytes ?? mostBytes)
  if (body === null) {
    state.stats.refused += 1
    return sendPage(response, 413, '413 Request Entity Too Large')
  }
  const key = request.headers['idempotency-key']?.toString() ?? null
  if (key !== null && (key.length < 1 || key.length > 256)) return refused(state, response, refusals.badKey)
  const permissive = request.headers['x-batch-validation'] === 'permissive'
  await answerOnce(state, response, { pathname, body, permissive, key, fate })
}

function refused(state: ProviderState, response: ServerResponse, why: Refusal): void {
  state.stats.refused += 1
  refuse(response, why)
}

async function answerOnce(state: ProviderState, response: ServerResponse, posting: Posting): Promise<void> {
  const hash = requestHash(posting.pathname, posting.body)
  const verdict = state.keys.begin(posting.key, hash, state.now())
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

/** A client that disconnects meanwhile changes nothing. */
async function work(
  state: ProviderState,
  response: ServerResponse,
  { fate, pathname }: Posting,
  outcomeOf: () => Promise<BatchAnswer | Refusal>,
): Promise<void> {
  if (state.options.latencyMs) await sleep(state.options.latencyMs)
  if (failsBefore(state, response, fate)) return
  const outcome = await outcomeOf()
  for (const [name, value] of Object.entries(state.quota.headers(state.now())))
    response.setHeader(name, value)
  if ('statusCode' in outcome) {
    if (outcome.statusCode === 429) return refuse(response, outcome)
    return refused(state, response, outcome)
  }
  const answer = pathname === '/emails' ? { id: outcome.ids[0] } : batchBody(outcome)
  if (!failsAfter(state, response, fate, answer)) sendJson(response, 200, answer)
}

/** Whether a fault prevented acceptance. */
function failsBefore({ stats }: ProviderState, response: ServerResponse, { fault, trouble }: Fate): boolean {
  switch (fault) {
    case 'busy429':
      refuse(response.setHeader('retry-after', busySeconds), refusals.tooMany)
      break
    case 'error500':
      refuse(response, refusals.broken)
      break
    case 'unavailable503':
      refuse(response, refusals.unavailable)
      break
    case 'page502':
      sendPage(response, 502, '502 Bad Gateway')
      break
    case 'refused':
      refuse(response, accountRefusals[trouble])
      break
    case 'resetBefore':
      response.socket?.resetAndDestroy()
      break
    case 'timeoutBefore':
      break
    default:
      return false
  }
  stats.faults[fault] += 1
  return true
}

/** Whether a fault took the answer of an accepted request. */
function failsAfter(
  { stats }: ProviderState,
  response: ServerResponse,
  { fault }: Fate,
  answer: object,
): boolean {
  switch (fault) {
    case 'resetAfter':
      response.socket?.resetAndDestroy()
      break
    case 'cutAfter':
      cutShort(response, answer)
      break
    case 'pageAfter':
      sendPage(response, 200, 'One moment, please')
      break
    case 'page504After':
      sendPage(response, 504, '504 Gateway Time-out')
      break
    case 'timeoutAfter':
      break
    default:
      return false
  }
  stats.faults[fault] += 1
  return true
}

const batchBody = ({ ids, errors }: BatchAnswer) => ({
  data: ids.map((id) => ({ id })),
  ...(errors !== undefined && { errors }),
})
