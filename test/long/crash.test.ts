// adapter · I4 at length: 63 kills of sender, server and database in three sends to 20,000, with every fault of a provider
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../../src/dev/demo/people.ts'
import { at, eventually, text } from '../support/client.ts'
import { listSettings } from '../support/house.ts'
import { insist, killOnce, type Scenario, seed, setScenario, timesAccepted } from '../support/scene.ts'
import { seedRunning } from '../support/seed.ts'
import { recipientsOf } from '../support/sender.ts'

const sends = ['May', 'June', 'July']
const killsInEach = 21
const readers = people(20_000, 2026)
const visitorsInEach = 20
const leaversInEach = 20

/** One of everything that can go wrong with a request, and now and then one refused mail; a third is answered. */
const everyFault = {
  busy429: 0.03,
  error500: 0.08,
  resetBefore: 0.08,
  resetAfter: 0.1,
  timeoutAfter: 0.08,
  unavailable503: 0.05,
  page502: 0.05,
  timeoutBefore: 0.05,
  refused: 0.01,
  cutAfter: 0.08,
  pageAfter: 0.05,
  page504After: 0.05,
  rejectOne: 0.05,
}
/** The same faults, a quarter as often: so that the rest gets done. */
const calmer = Object.fromEntries(Object.entries(everyFault).map(([fault, often]) => [fault, often / 4]))

let scene: Scenario
/** Who was told that the sign-up was taken, and that the way out was. */
const signedUp = new Set<string>()
const left = new Set<string>()

beforeAll(async () => {
  scene = await setScenario({ latencyMs: 300, seed, keepContent: false })
  const { victim, client } = scene
  expect(await victim.start(), victim.output()).toBe('ready')
  expect((await client.api('POST', '/lists', listSettings)).status).toBe(201)
  await seedRunning(victim.dataDir, listSettings.slug, readers)
})
afterAll(() => scene?.close(), 60_000)

/** Made and launched, whatever is killed meanwhile. */
async function launch(subject: string): Promise<string> {
  const { client } = scene
  const content = { format: 'markdown', body: 'The garden, for {{ subscriber.email }}.' }
  const made = await client.api('POST', '/campaigns', { list: listSettings.slug, subject, content })
  const campaign = text(made.body, 'id')
  expect((await client.api('POST', `/campaigns/${campaign}/launch`)).status).toBe(202)
  return campaign
}

const stateOf = async (campaign: string): Promise<unknown> => {
  const { body } = await scene.client.api('GET', `/campaigns/${campaign}`)
  return at(body, 'state')
}

/** The operator who resumes what the provider refused as a whole, until it is sent. */
async function untilSent(campaign: string): Promise<void> {
  await eventually(async () => {
    const state = await stateOf(campaign).catch(() => null)
    if (state === 'paused') await scene.client.api('POST', `/campaigns/${campaign}/resume`).catch(() => null)
    return state === 'sent' ? true : null
  }, 600)
}

/** What was not answered with 303 was not acknowledged: the person presses again. */
async function visit(email: string): Promise<void> {
  await insist(async () => {
    const answer = await scene.client.post(`/s/${listSettings.slug}`, [['email', email]])
    return answer.status === 303 ? answer : null
  })
  signedUp.add(email)
}

/** One click, as a mailbox provider makes it, again until it is answered. */
async function leave(email: string, link: string): Promise<void> {
  await insist(async () => {
    const answer = await scene.client.post(link, [['List-Unsubscribe', 'One-Click']])
    return answer.status === 200 ? answer : null
  })
  left.add(email)
}

/** Of letters that arrived so far, some whose readers have had enough. */
function waysOut(): readonly (readonly [string, string])[] {
  const letters = scene.provider.accepted().filter((mail) => mail.headers['List-Unsubscribe'] !== undefined)
  return Array.from({ length: letters.length === 0 ? 0 : leaversInEach }, () => {
    const letter = letters[Math.floor(scene.chance.number(letters.length))]
    const link = /\/u\/[^>]+/.exec(letter?.headers['List-Unsubscribe'] ?? '')?.[0] ?? ''
    return [letter?.to[0] ?? '', link] as const
  })
}

describe(`three campaigns to ${readers.length} people whose sender, server or database is killed ${sends.length * killsInEach} times`, () => {
  it.each(sends)(
    '%s: everybody is handed over at most once, and nobody is lost (I4)',
    async (subject) => {
      const { provider } = scene
      const before = new Set(left)
      provider.setFaults({ ...everyFault, seed: seed + sends.indexOf(subject) })
      const campaign = await launch(subject)
      const met: string[] = []
      const killer = async (): Promise<void> => {
        for (let round = 0; round < killsInEach; round += 1) {
          const accepted = provider.stats.accepted
          met.push(`${await killOnce(scene, 1500)}@${accepted}`)
          if ((await stateOf(campaign).catch(() => null)) === 'paused')
            await scene.client.api('POST', `/campaigns/${campaign}/resume`).catch(() => null)
        }
      }
      const comeAndGo = async (): Promise<void> => {
        for (let place = 0; place < visitorsInEach; place += 1)
          await visit(`visitor.${place}.${subject.toLowerCase()}@example.com`)
        for (const [email, link] of waysOut()) await leave(email, link)
      }
      await Promise.all([killer(), comeAndGo()])
      process.stdout.write(`${subject}: killed at so many accepted: ${met.join(' ')}\n`)
      expect(met).toHaveLength(killsInEach)
      provider.setFaults({ ...calmer, seed: seed + 10 + sends.indexOf(subject) })
      await untilSent(campaign)
      await judge({ campaign, subject, before })
    },
    1_200_000,
  )

  /** By the provider's own record. */
  async function judge(of: {
    campaign: string
    subject: string
    before: ReadonlySet<string>
  }): Promise<void> {
    const accepted = timesAccepted(scene.provider, new RegExp(`^${of.subject}$`))
    expect(
      [...accepted].filter(([, times]) => times !== 1),
      'nobody twice',
    ).toEqual([])
    expect(
      [...accepted.keys()].filter((email) => of.before.has(email)),
      'nobody who had left',
    ).toEqual([])
    const rows = await recipientsOf(scene.client, { id: of.campaign })
    const told = (outcome: string, inferred = false): number =>
      rows.filter((row) => row.outcome === outcome && row.inferred === inferred).length
    const uncertain = rows.filter(({ inferred }) => inferred).length + told('unknown')
    process.stdout.write(
      `${of.subject}: ${accepted.size} accepted of ${rows.length}; sent ${told('sent')}, inferred or unknown ${uncertain}, skipped ${told('skipped')}, rejected ${told('rejected')}\n`,
    )
    expect(rows.length, 'everybody is a recipient').toBeGreaterThanOrEqual(readers.length - of.before.size)
    expect(told('waiting'), 'nobody is waiting').toBe(0)
    // Where an answer never came and somebody left meanwhile, a batch is told as inferred: those alone may differ.
    expect(accepted.size).toBeGreaterThanOrEqual(told('sent'))
    expect(accepted.size).toBeLessThanOrEqual(told('sent') + uncertain)
    expect(rows.length).toBe(told('sent') + told('skipped') + told('rejected') + uncertain)
  }

  it('kept every sign-up and every withdrawal that it acknowledged, and asked nobody twice (I4)', async () => {
    const { client, provider } = scene
    const standing = async (email: string): Promise<unknown> => {
      const { body } = await client.api('POST', '/subscribers/search', { email })
      return at(body, 'data', 0, 'subscriptions', 0, 'state')
    }
    expect(signedUp.size).toBe(sends.length * visitorsInEach)
    expect(left.size).toBeGreaterThan(leaversInEach)
    for (const email of left) expect(await standing(email), email).toBe('withdrawn')
    for (const email of signedUp) expect(await eventually(() => standing(email), 60), email).toBe('pending')
    // Until every confirmation was handed over or refused for good.
    await sleep(15_000)
    const asked = timesAccepted(provider, /^Confirm/)
    expect([...asked].filter(([, times]) => times !== 1)).toEqual([])
    expect([...asked.keys()].filter((email) => !signedUp.has(email))).toEqual([])
  })
})
