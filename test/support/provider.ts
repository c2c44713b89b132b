// adapter · a mail provider on loopback that speaks Resend's protocol and keeps its own record of who was handed what
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { refusals, refuse } from './provider/answers.ts'
import { control } from './provider/control.ts'
import { type Course, type Courses, coursesOf, suppresses } from './provider/courses.ts'
import { turnedAway } from './provider/door.ts'
import { type Faults, fates } from './provider/faults.ts'
import { idempotencyKeys, remember } from './provider/keys.ts'
import { bareAddress } from './provider/mail.ts'
import { emailsIn, quotaOf } from './provider/quota.ts'
import { rateLimit } from './provider/rate.ts'
import { type AcceptedMail, openRecord } from './provider/record.ts'
import { retrieve } from './provider/retrieve.ts'
import {
  countBatch,
  countRequest,
  noStats,
  type ProviderOptions,
  type ProviderState,
  type ProviderStats,
} from './provider/state.ts'
import { endpoints, take } from './provider/take.ts'

export type { AcceptedMail, Course, Courses, Faults, ProviderOptions, ProviderStats }

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
  const opened = bound.then(() => open(options))
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
    async close() {
      const ended = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await ended
      await state.record.close()
    },
  }
}

async function open(options: ProviderOptions): Promise<ProviderState> {
  const suppressed = new Set<string>()
  const state: ProviderState = {
    options,
    nextFate: fates(options.faults ?? {}),
    courseOf: suppressing(suppressed, coursesOf(options.courses ?? {})),
    record: await openRecord(options.recordFile),
    keys: idempotencyKeys(options.keyTtlHours ?? 24),
    quota: quotaOf(options.dailyQuota ?? null, options.monthlyQuota ?? null),
    allowance: options.ratePerSecond === undefined ? null : rateLimit(options.ratePerSecond),
    aheadMs: 0,
    now: () => Date.now() + state.aheadMs,
    stats: noStats(),
  }
  for (const batch of state.record.batches()) {
    remember(state.keys, batch)
    countBatch(state.stats, batch.length)
    for (const { courses = [], to, ...mail } of batch) {
      state.quota.count(emailsIn([{ to, ...mail }]), Date.parse(mail.at))
      for (const [at, course] of courses.entries())
        if (suppresses(course)) suppressed.add(bareAddress(to[at] ?? ''))
    }
  }
  return state
}

/** @see https://resend.com/docs/dashboard/emails/email-suppressions */
function suppressing(
  suppressed: Set<string>,
  courseOf: (recipient: string) => Course,
): (recipient: string) => Course {
  return (recipient) => {
    const address = bareAddress(recipient)
    if (suppressed.has(address)) return 'suppressed'
    const course = courseOf(recipient)
    if (suppresses(course)) suppressed.add(address)
    return course
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
