// adapter · I4: kill -9 at any instant, of the application or of its database. Only the provider's own record decides
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../../src/dev/demo/people.ts'
import { at, eventually, linkIn, nonceIn, text } from '../support/client.ts'
import { listSettings } from '../support/house.ts'
import { insist, killOnce, type Scenario, seed, sent, setScenario, timesAccepted } from '../support/scene.ts'
import { seedRunning } from '../support/seed.ts'
import { recipientsOf } from '../support/sender.ts'

/** All that a provider does to a sender on its worst day; what is left over is answered. */
const badDay = { busy429: 0.1, error500: 0.15, resetBefore: 0.15, resetAfter: 0.15, timeoutAfter: 0.1 }
const calmerDay = { busy429: 0.02, error500: 0.05, resetBefore: 0.05, resetAfter: 0.1, timeoutAfter: 0.05 }

describe('a campaign to 2,000 people whose sender is killed ten times', () => {
  const readers = people(2000, 4711)
  const kills = 10
  let scene: Scenario
  let campaign = ''
  beforeAll(async () => {
    scene = await setScenario({ latencyMs: 250, seed, keepContent: false })
    const { victim, client } = scene
    expect(await victim.start(), victim.output()).toBe('ready')
    expect((await client.api('POST', '/lists', listSettings)).status).toBe(201)
    await seedRunning(victim.dataDir, listSettings.slug, readers)
    const made = await client.api('POST', '/campaigns', {
      list: listSettings.slug,
      subject: 'June',
      content: { format: 'markdown', body: 'The garden in June, for {{ subscriber.email }}.' },
    })
    campaign = text(made.body, 'id')
  })
  afterAll(() => scene?.close())

  it('hands everyone over exactly once, and says so (I4)', async () => {
    const { provider, client } = scene
    provider.setFaults({ ...badDay, seed })
    expect((await client.api('POST', `/campaigns/${campaign}/launch`)).status).toBe(202)
    const met: string[] = []
    for (let round = 0; round < kills; round += 1) {
      const before = provider.stats.accepted
      met.push(`${await killOnce(scene, 1200)}@${before}`)
    }
    process.stdout.write(`killed at so many accepted: ${met.join(' ')}\n`)
    provider.setFaults({ ...calmerDay, seed })
    const body = await sent(scene, campaign)
    const accepted = timesAccepted(provider, /^June$/)
    expect(readers.filter(({ email }) => accepted.get(email) !== 1)).toEqual([])
    expect(accepted.size).toBe(readers.length)
    expect(at(body, 'totals')).toMatchObject({
      recipients: readers.length,
      sent: readers.length,
      skipped: 0,
      rejected: 0,
      unknown: 0,
    })
    expect(at(body, 'problem')).toBeNull()
  })

  it('made every repeat the same request: the provider never saw a key with another body', () => {
    expect(scene.provider.stats.conflicts).toBe(0)
    expect(scene.provider.stats.refused).toBe(0)
  })
})

describe('a server that has just said it is ready', () => {
  let scene: Scenario
  beforeAll(async () => {
    scene = await setScenario({ latencyMs: 0, seed, keepContent: false })
  })
  afterAll(() => scene?.close())

  it('outlives the crash of its database that follows in the same instant', async () => {
    const { victim, client } = scene
    for (let round = 0; round < 2; round += 1) {
      expect(await victim.start(), victim.output()).toBe('ready')
      expect(await victim.kill('backend')).toBe(true)
      // While the database recovers, an answer may be an excuse.
      await insist(async () => ((await client.api('GET', '/lists')).status === 200 ? true : null))
      await victim.kill('app')
    }
  })
})

describe('people who come and go while the server is killed', () => {
  const visitors = people(60, 815)
  const left = new Set<string>()
  /** The way out that each was shown; where a kill took the page, there is none, and that one stays. */
  const waysOut = new Map<string, string>()
  let scene: Scenario
  beforeAll(async () => {
    scene = await setScenario({ latencyMs: 50, seed: seed + 1, keepContent: true })
    const { victim, client } = scene
    expect(await victim.start(), victim.output()).toBe('ready')
    expect((await client.api('POST', '/lists', listSettings)).status).toBe(201)
  })
  afterAll(() => scene?.close())

  const confirmationTo = (email: string) =>
    eventually(async () => {
      const mail = scene.provider
        .accepted()
        .find(({ to, text: body }) => to[0] === email && body?.includes('/c/'))
      return mail === undefined ? null : { text: mail.text ?? '' }
    })

  /** Presses the button of a page until the answer is there. */
  const press = (link: string) =>
    insist(async () => {
      const page = await scene.client.get(link)
      const html = await page.text()
      expect(page.status, html).toBe(200)
      if (!html.includes('name="nonce"')) return html
      const answer = await scene.client.post(link, [['nonce', nonceIn(html)]])
      expect(answer.status).toBe(200)
      return answer.text()
    })

  async function visit({ email }: { email: string }, place: number): Promise<void> {
    const { client } = scene
    // What was not answered with 303 was not acknowledged: the person presses again.
    await insist(async () => {
      const answer = await client.post(`/s/${listSettings.slug}`, [['email', email]])
      return answer.status === 303 ? answer : null
    })
    const done = await press(linkIn(await confirmationTo(email), 'c'))
    const wayOut = /href="([^"]*\/p\/[^"]+)"/.exec(done)?.[1]
    if (wayOut !== undefined) waysOut.set(email, wayOut)
    if (place % 3 === 0) await leave(email)
  }

  async function leave(email: string): Promise<void> {
    const wayOut = waysOut.get(email)
    if (wayOut === undefined) return
    await press(wayOut)
    left.add(email)
  }

  it('keeps every act it acknowledged, and asks nobody twice (I4)', async () => {
    const { provider } = scene
    provider.setFaults({ ...badDay, seed: seed + 1 })
    const waiting = [...visitors.entries()]
    const visitor = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        await visit(next[1], next[0])
    }
    const killer = async (): Promise<void> => {
      for (let round = 0; round < 4; round += 1) await killOnce(scene, 1500)
    }
    await Promise.all([killer(), ...Array.from({ length: 8 }, visitor)])
    const asked = timesAccepted(provider, /^Confirm/)
    expect(visitors.filter(({ email }) => asked.get(email) !== 1)).toEqual([])
    const found = await standings()
    expect(visitors.map(({ email }) => found.get(email)?.state)).toEqual(
      visitors.map(({ email }) => (left.has(email) ? 'withdrawn' : 'active')),
    )
    expect(left.size).toBeGreaterThan(0)
  })

  /** Id and state of each visitor, as the API tells. */
  const standings = async (): Promise<ReadonlyMap<string, { id: string; state: unknown }>> =>
    new Map(
      await Promise.all(
        visitors.map(async ({ email }) => {
          const { body } = await scene.client.api('POST', '/subscribers/search', { email })
          const state = at(body, 'data', 0, 'subscriptions', 0, 'state')
          return [email, { id: text(body, 'data', 0, 'id'), state }] as const
        }),
      ),
    )

  it('tells the truth about everyone, also about those who left while it was sending (I4)', async () => {
    const { provider, client } = scene
    const before = new Set(left)
    const stayed = visitors.map(({ email }) => email).filter((email) => !left.has(email))
    const made = await client.api('POST', '/campaigns', {
      list: listSettings.slug,
      subject: 'July',
      content: { format: 'markdown', body: 'Everybody who is still here.' },
    })
    const campaign = text(made.body, 'id')
    expect((await client.api('POST', `/campaigns/${campaign}/launch`)).status).toBe(202)
    await Promise.all([
      killOnce(scene, 400).then(() => killOnce(scene, 800)),
      ...stayed.slice(0, 8).map(async (email, place) => {
        await sleep(place * 150)
        await leave(email)
      }),
    ])
    await sent(scene, campaign)
    const accepted = timesAccepted(provider, /^July$/)
    const emails = new Map(Array.from(await standings(), ([email, { id }]) => [id, email]))
    const rows = await recipientsOf(client, { id: campaign })
    const told = new Map(
      rows.map(({ subscriber, outcome }) => [emails.get(subscriber ?? '') ?? '', outcome] as const),
    )
    expect([...accepted.keys()].filter((email) => !told.has(email))).toEqual([])
    expect([...told.keys()].filter((email) => before.has(email))).toEqual([])
    for (const [email, outcome] of told) {
      const times = accepted.get(email) ?? 0
      expect(times, email).toBeLessThanOrEqual(1)
      if (outcome === 'unknown') expect(left, email).toContain(email)
      else expect(outcome, email).toBe(times === 1 ? 'sent' : 'skipped')
    }
    expect(stayed.filter((email) => !left.has(email) && accepted.get(email) !== 1)).toEqual([])
  })
})
