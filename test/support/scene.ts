// adapter · a deployment that is killed at random, again and again, before a provider that keeps its own record
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Provider, startProvider } from '../../src/dev/provider/server.ts'
import { type Chance, chanceOf } from './chance.ts'
import { at, type Client, clientOf, eventually } from './client.ts'
import { createProcessUnderTest, type ProcessUnderTest, type Target } from './victim.ts'

const { ASSENT_SEED } = process.env

/** Of this run; ASSENT_SEED repeats one. */
export const seed = ASSENT_SEED === undefined ? Math.floor(Math.random() * 1_000_000) : Number(ASSENT_SEED)

export interface Scenario {
  readonly provider: Provider
  readonly victim: ProcessUnderTest
  readonly client: Client
  readonly chance: Chance
  close(): Promise<void>
}

export async function setScenario(options: {
  latencyMs: number
  seed: number
  keepContent: boolean
  /** Beside the usual settings, or in their place. */
  env?: Readonly<Record<string, string>>
}): Promise<Scenario> {
  process.stdout.write(`crash test: ASSENT_SEED=${seed}\n`)
  const folder = await mkdtemp(path.join(tmpdir(), 'assent-record-'))
  const provider = await startProvider({
    recordFile: path.join(folder, 'record.jsonl'),
    latencyMs: options.latencyMs,
    keepContent: options.keepContent,
  })
  const victim = await createProcessUnderTest({
    MAIL: 'resend',
    RESEND_API_KEY: 're_crash',
    RESEND_BASE_URL: provider.url,
    LEASE_SECONDS: '3',
    POST_TIMEOUT_SECONDS: '1',
    ...options.env,
  })
  return {
    provider,
    victim,
    client: clientOf(victim.url, victim.key),
    chance: chanceOf(options.seed),
    close: async () => {
      await victim.remove()
      await provider.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Kills after a random while, a random part of it, and starts it again; also while it is still starting. */
export async function killOnce({ victim, chance }: Scenario, withinMs: number): Promise<Target> {
  const target = chance.one<Target>(['app', 'app', 'node', 'database', 'backend', 'everything'])
  await sleep(chance.number(withinMs))
  const struck = (await victim.kill(target)) ? target : 'app'
  if (struck !== target) await victim.kill('app')
  while (struck !== 'backend') {
    const starting = victim.start()
    if (chance.number(1) >= 0.2) {
      if ((await starting) !== 'ready') throw new Error(`it did not start: ${victim.output().slice(-2000)}`)
      break
    }
    await Promise.race([starting, sleep(chance.number(2000))])
    await victim.kill('everything')
  }
  return struck
}

/** How often each address stands in the record, under a subject that fits. */
export function timesAccepted(provider: Provider, subject: RegExp): ReadonlyMap<string, number> {
  const mails = provider.accepted().filter((mail) => subject.test(mail.subject))
  return new Map(
    Array.from(
      Map.groupBy(mails, ({ to }) => to.join(',')),
      ([to, group]) => [to, group.length],
    ),
  )
}

/** Asks again until the server is there to answer. Where it never is, the error says what became of the last ask. */
export async function insist<T>(ask: () => Promise<T | null>): Promise<T> {
  const said = { last: 'no answer yet', asks: 0, longestMs: 0 }
  const once = async (): Promise<T | null> => {
    const from = performance.now()
    try {
      const answer = await ask()
      if (answer === null) said.last = 'an answer that was not the one waited for'
      return answer
    } catch (error) {
      said.last = String(error)
      return null
    } finally {
      said.asks += 1
      said.longestMs = Math.max(said.longestMs, Math.round(performance.now() - from))
    }
  }
  try {
    return await eventually(once)
  } catch (cause) {
    throw new Error(`asked ${said.asks} times, ${said.longestMs} ms the longest: ${said.last}`, { cause })
  }
}

/** The campaign once it is sent. */
export const sent = ({ client }: Scenario, campaign: string): Promise<unknown> =>
  insist(async () => {
    const { body } = await client.api('GET', `/campaigns/${campaign}`)
    return at(body, 'state') === 'sent' ? body : null
  })
