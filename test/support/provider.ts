// adapter · a mail provider on loopback that speaks Resend's protocol and keeps its own record of who was handed what
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { refusals, refuse } from './provider/answers.ts'
import { control } from './provider/control.ts'
import { type Faults, fates } from './provider/faults.ts'
import { idempotencyKeys, remember } from './provider/keys.ts'
import { rateLimit } from './provider/rate.ts'
import { type AcceptedMail, openRecord } from './provider/record.ts'
import {
  countBatch,
  noStats,
  type ProviderOptions,
  type ProviderState,
  type ProviderStats,
} from './provider/state.ts'
import { endpoints, take } from './provider/take.ts'

export type { AcceptedMail, Faults, ProviderOptions, ProviderStats }

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
    async close() {
      const ended = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await ended
      await state.record.close()
    },
  }
}

async function open(options: ProviderOptions): Promise<ProviderState> {
  const state: ProviderState = {
    options,
    nextFate: fates(options.faults ?? {}),
    record: await openRecord(options.recordFile),
    keys: idempotencyKeys(options.keyTtlHours ?? 24),
    allowance: options.ratePerSecond === undefined ? null : rateLimit(options.ratePerSecond),
    stats: noStats(),
  }
  for (const batch of state.record.batches()) {
    remember(state.keys, batch)
    countBatch(state.stats, batch.length)
  }
  return state
}

async function route(
  state: ProviderState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (pathname.startsWith('/__')) return control(state, request, response, pathname)
  if (!endpoints.has(pathname)) return refuse(response, refusals.notFound)
  if (request.method !== 'POST') return refuse(response, refusals.methodNotAllowed)
  return take(state, request, response, pathname)
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port)
    })
  })
}
