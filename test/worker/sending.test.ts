// entry · sending by a worker's queue, in wrangler dev: feedback, obstacles, pauses, rules. I4
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signedHeaders } from '../../src/dev/provider/sign.ts'
import { noRules } from '../../src/sending-rules/rules.ts'
import { at, eventually } from '../support/client.ts'
import { count, is, setSendingScene, waitsFor } from './sending-scene.ts'

const scene = setSendingScene()
const { launch, until, accepted, tellOfMail, expectEachOnce, asAdmin } = scene

const otherSecret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`

describe('what the provider says of mail that a worker handed over', () => {
  beforeAll(tellOfMail)
  afterAll(() => scene.provider.setWebhooks(null))

  it('comes in signed, and stands in the totals; a bounce and a complaint have their consequences', async () => {
    const id = await launch('Told', 'small')
    await until(id, is('sent'))
    const campaign = await until(
      id,
      (one) => at(one, 'totals', 'complained') === 1 && at(one, 'totals', 'delivered') === 4,
    )
    expect(at(campaign, 'totals')).toMatchObject({
      sent: 5,
      bounced: 1,
      delayed: 1,
      withdrawn: 1,
      unknown: 0,
    })
    const { body } = await scene.client.api('GET', '/suppressions')
    expect([at(body, 'data', 0, 'reason'), at(body, 'data', 1, 'reason')].sort()).toEqual([
      'bounce',
      'complaint',
    ])
    const event = JSON.stringify({ type: 'email.bounced' })
    const forged = await fetch(`${scene.running.url}/hooks/resend`, {
      method: 'POST',
      headers: signedHeaders(otherSecret, { id: 'msg_forged', at: Date.now(), body: event }),
      body: event,
    })
    expect(forged.status).toBe(401)
  })

  it('settles unknown recipients, where the answer of their batch never came', async () => {
    scene.provider.setFaults({ timeoutAfter: 1 })
    const id = await launch('Unanswered', 'small')
    await eventually(async () => (accepted('Unanswered').length > 0 ? true : null))
    await scene.client.api('POST', `/campaigns/${id}/cancel`)
    scene.provider.setFaults({})
    await scene.provider.told()
    await asAdmin(
      (admin) => admin`
        update batches set first_attempt_at = now() - interval '24 hours', lease_until = now() where state = 'posting'`,
    )
    const campaign = await until(id, (one) => at(one, 'progress') === null)
    expect(at(campaign, 'totals')).toMatchObject({ sent: accepted('Unanswered').length, unknown: 0 })
  })
})

describe('a provider that wants no more, and one that is gone', () => {
  it('is waited for, it is said so, and everybody has it once', async () => {
    scene.provider.setFaults({ busy429: 1 })
    const id = await launch('Waited')
    await until(id, waitsFor('rate'))
    scene.provider.setFaults({ unavailable503: 0.5, resetBefore: 0.5 })
    await until(id, waitsFor('no_answer'))
    scene.provider.setFaults({})
    await until(id, is('sent'))
    expect(accepted('Waited')).toHaveLength(count)
    await expectEachOnce(id, 'Waited')
  })

  it('was asked for no more than it allows, by all consumers together', () => {
    process.stdout.write(
      `worker: ${scene.provider.stats.rateLimited} of ${scene.provider.requests()} requests too many\n`,
    )
    expect(scene.provider.stats.rateLimited).toBeLessThanOrEqual(2)
  })
})

describe('an operator who stops a worker’s campaign', () => {
  it.each([['pause'], ['cancel']])('by %s: nothing leaves but what was taken by the answer', async (verb) => {
    const id = await launch(verb)
    await eventually(async () => (accepted(verb).length > 0 ? true : null))
    expect((await scene.client.api('POST', `/campaigns/${id}/${verb}`)).status).toBe(202)
    let taken = 0
    await asAdmin(async (admin) => {
      const [row] = await admin`
        select sum(size)::int as taken from batches
        where state <> 'queued' and campaign = (select number from campaigns where id = ${id})`
      taken = row?.['taken']
    })
    await sleep(1500)
    expect(accepted(verb).length).toBeLessThanOrEqual(taken)
    expect(accepted(verb).length).toBeLessThan(count)
    if (verb === 'cancel') return
    expect((await scene.client.api('POST', `/campaigns/${id}/resume`)).status).toBe(202)
    await until(id, is('sent'))
    await expectEachOnce(id, verb)
    expect(accepted(verb)).toHaveLength(count)
  })
})

describe('the sending rules, by the queue of a worker', () => {
  const rule = async (rules: object): Promise<void> => {
    expect((await scene.client.api('PUT', '/sending', { ...noRules, ...rules })).status).toBe(200)
  }
  const today = (): string => new Date().toISOString().slice(0, 10)
  const hour = (ahead: number): string =>
    `${String((new Date().getUTCHours() + ahead + 24) % 24).padStart(2, '0')}:30`
  afterAll(() => rule({}))

  it('keep to the day of a warm-up plan, then to quiet hours, and leave nobody out', async () => {
    await rule({ warm_up: { start: today(), people_per_day: [400, 800] } })
    const id = await launch('Ruled')
    await until(id, waitsFor('warm_up'))
    await sleep(2000)
    expect(accepted('Ruled')).toHaveLength(400)
    // From half past the hour before last to half past the next hour: includes now, at any minute of the hour.
    await rule({ quiet_hours: { from: hour(-2), to: hour(1) } })
    await until(id, waitsFor('quiet_hours'))
    await sleep(2000)
    expect(accepted('Ruled')).toHaveLength(400)
    await rule({})
    await until(id, is('sent'))
    expect(accepted('Ruled')).toHaveLength(count)
    await expectEachOnce(id, 'Ruled')
  })
})
