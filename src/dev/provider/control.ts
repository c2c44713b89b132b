// adapter · control endpoints for tests: record, counts, faults, clock, webhooks
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import { jsonOf, readBody, refusals, refuse, sendJson } from './answers.ts'
import { courses, coursesOf, coursesShape } from './courses.ts'
import { fates, faultsShape } from './faults.ts'
import type { RecordFile } from './record.ts'
import type { ProviderState } from './state.ts'
import { setWebhooks, tell } from './tell.ts'
import { webhookShape } from './webhook-options.ts'

const mostBytes = 100_000

const ahead = z.strictObject({
  aheadSeconds: z
    .number()
    .min(0)
    .max(100 * 366 * 86_400),
})

const story = z.strictObject({ email_id: z.string(), course: z.enum(courses) })

/**
 * `GET /__record`, `GET /__stats`, `PUT /__faults`, `PUT /__courses`, `PUT /__webhooks`, `PUT /__clock`, `POST /__events`:
 * no key, no limit, no faults. An invalid body gets 422 with the reason.
 */
export async function control(
  state: ProviderState,
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
): Promise<void> {
  const put = async <T extends object>(shape: z.ZodType<T>, apply: (value: T) => object) => {
    const given = shape.safeParse(jsonOf(await readBody(request, mostBytes)))
    if (given.success) sendJson(response, 200, apply(given.data))
    else sendJson(response, 422, { message: given.error.issues[0]?.message })
  }
  switch (`${request.method} ${pathname}`) {
    case 'GET /__record':
      return sendRecord(response, state.record)
    case 'GET /__stats':
      return sendJson(response, 200, state.stats)
    case 'PUT /__faults':
      return put(faultsShape, (faults) => {
        state.nextFate = fates(faults)
        return faults
      })
    case 'PUT /__courses':
      return put(coursesShape, (wanted) => {
        state.courseFor = coursesOf(wanted)
        return wanted
      })
    case 'PUT /__webhooks':
      return put(webhookShape, ({ secret, ...wanted }) => {
        void setWebhooks(state, { secret, ...wanted })
        return wanted
      })
    case 'PUT /__clock':
      return put(ahead, ({ aheadSeconds }) => {
        state.aheadMs = aheadSeconds * 1000
        return { now: new Date(state.now()).toISOString() }
      })
    case 'POST /__events':
      return put(story, ({ email_id, course }) => ({ told: tell(state, email_id, course) }))
    default:
      return refuse(response, refusals.notFound)
  }
}

/** Streamed: the record of some millions would exceed the maximum string length. */
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
