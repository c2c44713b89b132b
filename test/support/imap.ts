// adapter · a real IMAP server on loopback with one mailbox, filled and read by the test. RFC 3501
import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { AddressInfo, Server } from 'node:net'

interface Stored {
  readonly flags: readonly string[]
}

interface Connection {
  send(response: object, ...rest: readonly unknown[]): void
}
type Handler = (connection: Connection, parsed: { tag: string }, data: unknown, done: () => void) => void

interface Hoodiecrow {
  readonly server: Server
  listen(port: number, host: string): void
  getMailbox(path: string): { readonly messages: readonly Stored[] }
  getCommandHandler(command: string): Handler
  setCommandHandler(command: string, handler: Handler): void
  appendMessage(path: string, flags: readonly string[], at: Date, raw: string): void
}

/** The package has no types. */
const hoodiecrow: (options: object) => Hoodiecrow = createRequire(import.meta.url)('hoodiecrow-imap')

export interface ImapHost {
  readonly port: number
  readonly url: string
  /** Delivers a mail, dated now by default. */
  deliver(raw: string, at?: Date): void
  /** The flags of each stored mail, in order of arrival. */
  flags(): readonly (readonly string[])[]
  /** Holds flag changes without answering, or answers them again. */
  holdFlagChanges(holds: boolean): void
  /** How many flag changes were held. */
  heldFlagChanges(): number
  close(): Promise<void>
}

export async function startImap(options: object = {}): Promise<ImapHost> {
  const server = hoodiecrow({
    plugins: ['ID', 'UNSELECT', 'LITERALPLUS', 'NAMESPACE'],
    ...options,
    storage: { INBOX: { messages: [] } },
  })
  const sockets = new Set<{ destroy(): void }>()
  server.server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const way = { holds: false, held: 0 }
  const store = server.getCommandHandler('UID STORE')
  server.setCommandHandler('UID STORE', (connection, parsed, data, done) => {
    if (way.holds) way.held += 1
    else store(connection, parsed, data, done)
  })
  server.listen(0, '127.0.0.1')
  if (!server.server.listening) await once(server.server, 'listening')
  const address: AddressInfo | string | null = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    url: `imap://testuser:testpass@127.0.0.1:${port}/INBOX`,
    deliver: (raw, at = new Date()) =>
      server.appendMessage('INBOX', [], at, Buffer.from(raw).toString('binary')),
    flags: () => server.getMailbox('INBOX').messages.map(({ flags }) => [...flags]),
    holdFlagChanges: (holds) => {
      way.holds = holds
    },
    heldFlagChanges: () => way.held,
    close: () =>
      new Promise((resolve) => {
        server.server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
