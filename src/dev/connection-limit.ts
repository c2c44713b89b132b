// entry · limit on the development worker's connections to PostgreSQL, as Hyperdrive has in production
import { connect, createServer, type Socket } from 'node:net'

/** The embedded PostgreSQL takes 60, some for other processes. */
const maxConnections = 40

export interface ConnectionLimit {
  readonly url: string
  close(): void
}

/** Every worker request opens its own connection, and three hundred at once are too many: the others wait until one closes. */
export function limitConnections(databaseUrl: string): Promise<ConnectionLimit> {
  const target = new URL(databaseUrl)
  const waiting: Socket[] = []
  const open = new Set<Socket>()
  const admitNext = (): void => {
    while (open.size < maxConnections) {
      const socket = waiting.shift()
      if (socket === undefined) return
      if (!socket.destroyed) admit(socket)
    }
  }
  const admit = (socket: Socket): void => {
    open.add(socket)
    const database = connect(Number(target.port || 5432), target.hostname)
    socket.pipe(database).pipe(socket)
    const end = (): void => {
      socket.destroy()
      database.destroy()
      if (open.delete(socket)) admitNext()
    }
    for (const side of [socket, database]) side.once('error', end).once('close', end)
  }
  const server = createServer((socket) => {
    socket.on('error', () => {})
    waiting.push(socket)
    admitNext()
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      resolve({
        url: Object.assign(new URL(databaseUrl), { host: `127.0.0.1:${port}` }).href,
        close: () => {
          server.close()
          for (const socket of [...open, ...waiting]) socket.destroy()
        },
      })
    })
  })
}
