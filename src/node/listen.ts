// entry · the HTTP server on Node: what reaches the application, and how long a request may take to arrive. RFC 9112
import type { IncomingMessage } from 'node:http'
import { type ServerType, serve } from '@hono/node-server'
import { app } from '../app.ts'
import type { Deps } from '../platform/deps.ts'
import { compressed } from './compress.ts'
import { listenRefused } from './environment.ts'

/** From the first byte to the last of a request: the largest form arrives over a poor mobile line, a trickle does not go on. */
const arrivalMilliseconds = 30_000
/** How often Node looks for requests that are late; its own default is as long as the limit. */
const checkMilliseconds = 1000

/** Resolves once it listens. Throws StartRefused, with the sentence to print. */
export const listen = (deps: Deps, withinMs = arrivalMilliseconds): Promise<ServerType> =>
  new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch: async (request, env) => {
          if (!('incoming' in env) || !('rawHeaders' in env.incoming)) return app.fetch(request, deps)
          const { incoming } = env
          if (hostsOf(incoming) > 1) return twoHosts()
          const answer = await app.fetch(request, {
            ...deps,
            remoteAddress: incoming.socket.remoteAddress,
            hungUp: () => !incoming.complete && incoming.destroyed,
          })
          return compressed(request, answer)
        },
        port: deps.config.port,
        hostname: deps.config.host,
        serverOptions: {
          requestTimeout: withinMs,
          headersTimeout: withinMs,
          connectionsCheckingInterval: Math.min(checkMilliseconds, withinMs),
        },
      },
      () => resolve(server),
    )
    server.once('error', (error) => reject(listenRefused(error)))
  })

/** Lines of the header, not values: Node keeps the first and drops the others. */
const hostsOf = ({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): number =>
  rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length

/** A proxy may have read the other one. RFC 9112 section 3.2 */
const twoHosts = (): Response =>
  new Response('The request names more than one Host. Send one Host header.\n', {
    status: 400,
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      Connection: 'close',
    },
  })
