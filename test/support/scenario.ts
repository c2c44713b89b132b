// adapter · a deployment that is killed at random, in front of a provider with its own record
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Provider, startProvider } from '../../src/dev/provider/server.ts'
import { at, type Client, clientOf, eventually } from './client.ts'
import { createProcessUnderTest, type ProcessUnderTest, type Target } from './process-under-test.ts'
import { type SeededRandom, seededRandom } from './seeded-random.ts'

const { ASSENT_SEED } = process.env

/** The seed of this run; ASSENT_SEED repeats one. */
export const seed = ASSENT_SEED === undefined ? Math.floor(Math.random() * 1_000_000) : Number(ASSENT_SEED)

/** All faults of a provider; the remaining requests are answered. */
export const badDay = { busy429: 0.1, error500: 0.15, resetBefore: 0.15, resetAfter: 0.15, timeoutAfter: 0.1 }
export const calmerDay = {
  busy429: 0.02,
  error500: 0.05,
  resetBefore: 0.05,
  resetAfter: 0.1,
  timeoutAfter: 0.05,
}

export interface Scenario {
  readonly provider: Provider
  readonly server: ProcessUnderTest
  readonly client: Client
  readonly random: SeededRandom
  close(): Promise<void>
}

export async function setScenario(options: {
  latencyMs: number
  seed: number
  keepContent: boolean
  /** Added to the usual settings, or replacing them. */
  env?: Readonly<Record<string, string>>
}): Promise<Scenario> {
  process.stdout.write(`crash test: ASSENT_SEED=${seed}\n`)
  const folder = await mkdtemp(path.join(tmpdir(), 'assent-record-'))
  const provider = await startProvider({
    recordFile: path.join(folder, 'record.jsonl'),
    latencyMs: options.latencyMs,
    keepContent: options.keepContent,
  })
  const server = await createProcessUnderTest({
    MAIL: 'resend',
    RESEND_API_KEY: 're_crash',
    RESEND_BASE_URL: provider.url,
    LEASE_SECONDS: '3',
    POST_TIMEOUT_SECONDS: '1',
    ...options.env,
  })
  return {
    provider,
    server,
    client: clientOf(server.url, server.key),
    random: seededRandom(options.seed),
    close: async () => {
      await server.remove()
      await provider.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Kills a random part after a random time and starts again; sometimes kills it during the start. */
export async function killOnce({ server, random }: Scenario, withinMs: number): Promise<Target> {
  const target = random.one<Target>(['app', 'app', 'node', 'database', 'backend', 'everything'])
  await sleep(random.number(withinMs))
  const killed = (await server.kill(target)) ? target : 'app'
  if (killed !== target) await server.kill('app')
  while (killed !== 'backend') {
    const starting = server.start()
    if (random.number(1) >= 0.2) {
      if ((await starting) !== 'ready') throw new Error(`it did not start: ${server.output().slice(-2000)}`)
      break
    }
    await Promise.race([starting, sleep(random.number(2000))])
    await server.kill('everything')
  }
  return killed
}

/** How often each address occurs in the provider's record, under a matching subject. */
export function timesAccepted(provider: Provider, subject: RegExp): ReadonlyMap<string, number> {
  const mails = provider.accepted().filter((mail) => subject.test(mail.subject))
  return new Map(
    Array.from(
      Map.groupBy(mails, ({ to }) => to.join(',')),
      ([to, group]) => [to, group.length],
    ),
  )
}

/** Retries until the server answers. On failure, the error describes the last attempt. */
export async function retryUntilAnswered<T>(ask: () => Promise<T | null>): Promise<T> {
  const progress = { last: 'no answer yet', asks: 0, longestMs: 0 }
  const once = async (): Promise<T | null> => {
    const from = performance.now()
    try {
      const answer = await ask()
      if (answer === null) progress.last = 'an answer that was not the one waited for'
      return answer
    } catch (error) {
      progress.last = String(error)
      return null
    } finally {
      progress.asks += 1
      progress.longestMs = Math.max(progress.longestMs, Math.round(performance.now() - from))
    }
  }
  try {
    return await eventually(once)
  } catch (cause) {
    throw new Error(`asked ${progress.asks} times, ${progress.longestMs} ms the longest: ${progress.last}`, {
      cause,
    })
  }
}

/** Waits for the campaign to be sent, and returns it. */
export const waitUntilSent = ({ client }: Scenario, campaign: string): Promise<unknown> =>
  retryUntilAnswered(async () => {
    const { body } = await client.api('GET', `/campaigns/${campaign}`)
    return at(body, 'state') === 'sent' ? body : null
  })
