// adapter · the benches' provider, started and stopped as its own process
import { fork } from 'node:child_process'
import path from 'node:path'

export function startSink(): Promise<{ url: string; stop: () => void }> {
  const child = fork(path.resolve('test/bench/sink.mjs'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('message', (message) => {
      const port =
        typeof message === 'object' && message !== null && 'port' in message ? Number(message.port) : 0
      resolve({ url: `http://127.0.0.1:${port}`, stop: () => void child.kill() })
    })
  })
}
