// entry · a mail provider on loopback that speaks Resend's protocol and keeps its own record of who was handed what
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { refusals, refuse } from './answers.ts'
import { control } from './control.ts'
import { type Course, type Courses, coursesOf } from './courses.ts'
import { turnedAway } from './door.ts'
import { type Faults, fates } from './faults.ts'
import { openState } from './open.ts'
import type { AcceptedMail } from './record.ts'
import { retrieve } from './retrieve.ts'
import { countRequest, type ProviderOptions, type ProviderState, type ProviderStats } from './state.ts'
import { endpoints, take } from './take.ts'
import { setWebhooks, tell } from './tell.ts'
import type { WebhookOptions } from './webhook-options.ts'

export type { AcceptedMail, Course, Courses, Faults, ProviderOptions, ProviderStats, WebhookOptions }

export interface Provider {
  /** Without a slash at its end: what RESEND_BASE_URL wants. */
  readonly url: string
  /** Counts as they stand; see ProviderStats. */
  readonly stats: Readonly<ProviderStats>
  /** Read from the record, in the order of acceptance. */
  accepted(): readonly AcceptedMail[]
  requests(): number
  /** Replaces all faults and starts their seed anew; `{}` ends them. */
  setFaults(faults: Faults): void
  /** Its clock runs so much before everyone else's from now on: keys age, days and months begin. */
  runAhead(ms: number): void
  /** What becomes of the mail it accepts from now on. */
  setCourses(courses: Courses): void
  /** Where it tells of the mail it accepts from now on; what waits is forgotten. Null: nowhere. */
  setWebhooks(options: WebhookOptions | null): Promise<void>
  /** Tells the last event of this course about an accepted mail, now, as it may come days later. False: no such mail or event. */
  tell(emailId: string, course: Course): boolean
  /** Once no webhook waits, not even for another attempt. */
  told(): Promise<void>
  close(): Promise<void>
}

/** Listens on 127.0.0.1; rejects when the port is taken, the record is damaged or the faults make no sense. */
export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const server = createServer((request, response) => {
    opened
      .then((state) => route(state, request, response))
      .catch(() => {
        if (response.headersSent) response.destroy()
        else refuse(response, refusals.broken)
      })
  })
  // Five seconds, the default, would now and then close a connection just as it is used again.
  server.keepAliveTimeout = 60_000
  const bound = listening(server, options.port ?? 0)
  // The port first: whoever holds it may be writing the same record, which opening would cut to whole batches.
  const opened = bound.then(() => openState(options))
  opened.catch(() => server.close())
  const state = await opened
  return {
    url: `http://127.0.0.1:${await bound}`,
    stats: state.stats,
    accepted: () => [...state.record.mails()],
    requests: () => state.stats.requests,
    setFaults(faults) {
      state.nextFate = fates(faults)
    },
    runAhead(ms) {
      state.aheadMs = ms
    },
    setCourses(courses) {
      state.courseFor = coursesOf(courses)
    },
    setWebhooks: (webhooks) => setWebhooks(state, webhooks),
    tell: (emailId, course) => tell(state, emailId, course),
    told: async () => state.webhooks?.settled(),
    async close() {
      await state.webhooks?.close()
      const ended = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await ended
      await state.record.close()
      await state.over.close()
    },
  }
}

async function route(
  state: ProviderState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (pathname.startsWith('/__')) return control(state, request, response, pathname)
  const single = /^\/emails\/([^/]+)$/.exec(pathname)?.[1]
  const isPost = endpoints.has(pathname)
  if (!isPost && single === undefined) return refuse(response, refusals.notFound)
  if (request.method !== (isPost ? 'POST' : 'GET')) return refuse(response, refusals.methodNotAllowed)
  if (isPost) countRequest(state.stats)
  if (turnedAway(state, request, response)) return
  return isPost ? take(state, request, response, pathname) : retrieve(state, response, single ?? '')
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port)
    })
  })
}
