// adapter · for whoever stands outside: what was accepted, what was counted, what shall go wrong
import type { IncomingMessage, ServerResponse } from 'node:http'
import { jsonOf, readBody, refusals, refuse, sendJson } from './answers.ts'
import { fates, faultsShape } from './faults.ts'
import type { RecordFile } from './record.ts'
import type { ProviderState } from './state.ts'

/** `GET /__record`, `GET /__stats`, `PUT /__faults`: no key, no limit, no faults. */
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
      const faults = faultsShape.safeParse(jsonOf(await readBody(request)))
      if (!faults.success) return sendJson(response, 422, { message: faults.error.issues[0]?.message })
      state.nextFate = fates(faults.data)
      return sendJson(response, 200, faults.data)
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
