// adapter · I4: kill -9 while people sign up, confirm and leave. Only the provider's own record decides
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../../src/dev/demo/people.ts'
import { at, eventually, linkIn, nonceIn, text } from '../support/client.ts'
import {
  badDay,
  killOnce,
  retryUntilAnswered,
  type Scenario,
  seed,
  setScenario,
  timesAccepted,
  waitUntilSent,
} from '../support/scenario.ts'
import { recipientsOf } from '../support/sender.ts'
import { listSettings } from '../support/test-app.ts'

describe('a server that has just said it is ready', () => {
  let scene: Scenario
  beforeAll(async () => {
    scene = await setScenario({ latencyMs: 0, seed, keepContent: false })
  })
  afterAll(() => scene?.close())

  it('outlives the crash of its database that follows in the same instant', async () => {
    const { server, client } = scene
    for (let round = 0; round < 2; round += 1) {
      expect(await server.start(), server.output()).toBe('ready')
      expect(await server.kill('backend')).toBe(true)
      // A recovering database may make the server answer 503.
      await retryUntilAnswered(async () => ((await client.api('GET', '/lists')).status === 200 ? true : null))
      await server.kill('app')
    }
  })
})

describe('people who come and go while the server is killed', () => {
  const visitors = people(60, 815)
  const left = new Set<string>()
  /** The leave link shown to each person; nobody leaves whose page was lost to a kill. */
  const waysOut = new Map<string, string>()
  let scene: Scenario
  beforeAll(async () => {
    scene = await setScenario({ latencyMs: 50, seed: seed + 1, keepContent: true })
    const { server, client } = scene
    expect(await server.start(), server.output()).toBe('ready')
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

  /** Presses a page's button, retrying until answered. */
  const press = (link: string) =>
    retryUntilAnswered(async () => {
      const page = await scene.client.get(link)
      const html = await page.text()
      expect(page.status, html).toBe(200)
      if (!html.includes('<form method="post"')) return html
      const answer = await scene.client.post(
        link,
        html.includes('name="nonce"') ? [['nonce', nonceIn(html)]] : [],
      )
      expect(answer.status).toBe(200)
      return answer.text()
    })

  async function visit({ email }: { email: string }, place: number): Promise<void> {
    const { client } = scene
    // Only a 303 acknowledges: otherwise the person presses again.
    await retryUntilAnswered(async () => {
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

  /** Id and state of each visitor, through the API. */
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
    await waitUntilSent(scene, campaign)
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
