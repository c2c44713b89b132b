// adapter · I4: kill -9 at any instant, of the application or of its database. Only the provider's own record decides
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../../src/dev/demo/people.ts'
import { at, text } from '../support/client.ts'
import {
  badDay,
  calmerDay,
  killOnce,
  type Scenario,
  seed,
  setScenario,
  timesAccepted,
  waitUntilSent,
} from '../support/scenario.ts'
import { seedRunning } from '../support/seed.ts'
import { listSettings } from '../support/test-app.ts'

describe('a campaign to 2,000 people whose sender is killed ten times', () => {
  const readers = people(2000, 4711)
  const kills = 10
  let scene: Scenario
  let campaign = ''
  beforeAll(async () => {
    scene = await setScenario({ latencyMs: 250, seed, keepContent: false })
    const { server, client } = scene
    expect(await server.start(), server.output()).toBe('ready')
    expect((await client.api('POST', '/lists', listSettings)).status).toBe(201)
    await seedRunning(server.dataDir, listSettings.slug, readers)
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
    const body = await waitUntilSent(scene, campaign)
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
