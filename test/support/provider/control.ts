// adapter · for whoever stands outside: what was accepted, what was counted, what shall go wrong
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import { jsonOf, readBody, refusals, refuse, sendJson } from './answers.ts'
import { fates, faultsShape } from './faults.ts'
import type { RecordFile } from './record.ts'
import type { ProviderState } from './state.ts'

const mostBytes = 100_000

const ahead = z.strictObject({
  aheadSeconds: z
    .number()
    .min(0)
    .max(100 * 366 * 86_400),
})

/** `GET /__record`, `GET /__stats`, `PUT /__faults`, `PUT /__clock`: no key, no limit, no faults. */
export async function control(
  state: ProviderState,
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
): Promise<void> {
  switch (`${request.method} ${pathname}`) {
    case 'GET /__record':
      return sendRecord(response, state.record)
    case 'GET /__stats':
      return sendJson(response, 200, state.stats)
    case 'PUT /__faults': {
      const faults = faultsShape.safeParse(jsonOf(await readBody(request, mostBytes)))
      if (!faults.success) return sendJson(response, 422, { message: faults.error.issues[0]?.message })
      state.nextFate = fates(faults.data)
      return sendJson(response, 200, faults.data)
    }
    case 'PUT /__clock': {
      const wanted = ahead.safeParse(jsonOf(await readBody(request, mostBytes)))
      if (!wanted.success) return sendJson(response, 422, { message: wanted.error.issues[0]?.message })
      state.aheadMs = wanted.data.aheadSeconds * 1000
      return sendJson(response, 200, { now: new Date(state.now()).toISOString() })
    }
    default:
      return refuse(response, refusals.notFound)
  }
}

/** Mail by mail: as one string the record of some millions would be longer than a string can be. */
function sendRecord(response: ServerResponse, record: RecordFile): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
  response.write('[')
  let between = ''
  for (const { to, subject, key, index, at, id } of record.mails()) {
    response.write(between + JSON.stringify({ to, subject, key, index, at, id }))
    between = ',\n'
  }
  response.end(']')
}
