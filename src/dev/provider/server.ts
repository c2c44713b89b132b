// entry · a mail provider on loopback: speaks Resend's protocol, keeps its own record of accepted mails
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
  /** Without a trailing slash, as RESEND_BASE_URL requires. */
  readonly url: string
  readonly stats: Readonly<ProviderStats>
  /** From the record, in order of acceptance. */
  accepted(): readonly AcceptedMail[]
  requests(): number
  /** Replaces all faults and restarts their seed; `{}` ends them. */
  setFaults(faults: Faults): void
  /** Moves the provider's clock ahead: keys age, days and months begin. */
  runAhead(ms: number): void
  /** For mails accepted from now on. */
  setCourses(courses: Courses): void
  /** For mails accepted from now on; drops waiting messages. Null: no webhooks. */
  setWebhooks(options: WebhookOptions | null): Promise<void>
  /** Posts the course's last event now. False: no such mail, no event, or no webhooks. */
  tell(emailId: string, course: Course): boolean
  /** Resolves once no webhook message waits, not even for another attempt. */
  told(): Promise<void>
  close(): Promise<void>
}

/** Listens on 127.0.0.1; rejects if the port is taken, the record is damaged or the options are invalid. */
export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const server = createServer((request, response) => {
    opened
      .then((state) => route(state, request, response))
      .catch(() => {
        if (response.headersSent) response.destroy()
        else refuse(response, refusals.broken)
      })
  })
  // The default of five seconds occasionally closes a connection just as it is reused.
  server.keepAliveTimeout = 60_000
  const bound = listening(server, options.port ?? 0)
  // Bound first: a process on this port may be writing the same record, which opening would truncate.
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
