// adapter · the benches' provider and mail server, each started and stopped as its own process
import { fork } from 'node:child_process'
import path from 'node:path'

export async function startSink(): Promise<{ url: string; stop: () => void }> {
  const { port, stop } = await startProgram('test/bench/sink.mjs')
  return { url: `http://127.0.0.1:${port}`, stop }
}

export const startSmtpSink = (): Promise<{ port: number; stop: () => void }> =>
  startProgram('test/bench/smtp-sink.mjs')

function startProgram(file: string): Promise<{ port: number; stop: () => void }> {
  const child = fork(path.resolve(file), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('message', (message) => {
      const port =
        typeof message === 'object' && message !== null && 'port' in message ? Number(message.port) : 0
      resolve({ port, stop: () => void child.kill() })
    })
  })
}
