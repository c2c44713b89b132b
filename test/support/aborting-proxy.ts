// adapter · a proxy in front of PostgreSQL that passes everything on but turns each commit into an abort
import { connect, createServer, type Socket } from 'node:net'

export interface AbortingProxy {
  readonly url: string
  stop(): void
}

const query = (text: string): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(4 + text.length + 1)
  return Buffer.concat([Buffer.from('Q'), length, Buffer.from(`${text}\0`)])
}

/** PostgreSQL answers such a commit with ROLLBACK, as it does for a transaction that failed unnoticed. */
export async function startAbortingProxy(url: string): Promise<AbortingProxy> {
  const behind = new URL(url)
  const open = new Set<Socket>()
  const server = createServer((visitor) => {
    const database = connect(Number(behind.port), behind.hostname)
    for (const socket of [visitor, database]) {
      open.add(socket)
      socket.on('error', () => {}).on('close', () => open.delete(socket))
    }
    visitor.on('data', (bytes: Buffer) => {
      const at = bytes.indexOf(query('commit'))
      const passed =
        at < 0
          ? bytes
          : Buffer.concat([
              bytes.subarray(0, at),
              query('abort'),
              bytes.subarray(at + query('commit').length),
            ])
      database.write(passed)
    })
    database.pipe(visitor)
    visitor.on('end', () => database.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const through = new URL(url)
  through.hostname = '127.0.0.1'
  through.port = String(address !== null && typeof address === 'object' ? address.port : 0)
  return {
    url: through.href,
    stop: () => {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}
