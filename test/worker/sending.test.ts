// entry · sending by a worker's queue, in wrangler dev: feedback, obstacles, pauses, kills. I4
// Long because one worker goes through all of it: each start of wrangler costs as much as a test.
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Provider, startProvider } from '../../src/dev/provider/server.ts'
import { signedHeaders } from '../../src/dev/provider/sign.ts'
import { joinOrStart } from '../../src/node/embedded/join.ts'
import { noRules } from '../../src/sending-rules/rules.ts'
import { at, type Client, clientOf, eventually, text } from '../support/client.ts'
import { hookSecret } from '../support/hooks.ts'
import { freePort, type RunningAssent, startAssent } from '../support/running.ts'
import { familyOf, isAlive } from '../support/script.ts'
import { seedRunning } from '../support/seed.ts'
import { listSettings } from '../support/test-app.ts'

const count = 1200
const perSecond = 8
/**
 * Feedback events unordered, some repeated, and some before the answer. Only for the small campaigns: thousands of events take long
 * here.
 */
const accidents = { duplicate: 0.3, reorder: 0.5, early: 0.5, seed: 7 }

const otherSecret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`

let folder = ''
let provider: Provider
let running: RunningAssent
let client: Client

const start = async (port: number, dataDir: string): Promise<void> => {
  running = await startAssent({
    script: 'dev-worker',
    port,
    dataDir,
    env: {
      MAIL: 'resend',
      RESEND_API_KEY: 're_worker',
      RESEND_BASE_URL: provider.url,
      RESEND_WEBHOOK_SECRET: hookSecret,
      SEND_RATE: String(perSecond),
      LEASE_SECONDS: '9',
    },
  })
  client = clientOf(running.url, running.key)
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'assent-worker-sending-'))
  const port = await freePort()
  provider = await startProvider({
    recordFile: path.join(folder, 'record.jsonl'),
    ratePerSecond: perSecond,
    latencyMs: 100,
  })
  await start(port, path.join(folder, 'data'))
  await client.api('POST', '/lists', listSettings)
  await client.api('POST', '/lists', { ...listSettings, slug: 'small' })
  await seedRunning(
    running.dataDir,
    listSettings.slug,
    Array.from({ length: count }, (_, n) => ({ email: `reader.${n}@inbox.example` })),
  )
  await seedRunning(
    running.dataDir,
    'small',
    ['delivered+1', 'delivered+2', 'bounced+1', 'complained+1', 'delayed+1'].map((local) => ({
      email: `${local}@inbox.example`,
    })),
  )
})
afterAll(async () => {
  await running?.stop()
  await provider?.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
})

async function launch(subject: string, list = listSettings.slug): Promise<string> {
  const content = { format: 'markdown', body: `${subject}, for {{ subscriber.email }}.` }
  const made = await client.api('POST', '/campaigns', { list, subject, content })
  const id = text(made.body, 'id')
  expect((await client.api('POST', `/campaigns/${id}/launch`)).status).toBe(202)
  return id
}

const campaignOf = async (id: string): Promise<unknown> => (await client.api('GET', `/campaigns/${id}`)).body
const until = (id: string, holds: (campaign: unknown) => boolean): Promise<unknown> =>
  eventually(async () => {
    const campaign = await campaignOf(id)
    return holds(campaign) ? campaign : null
  })

/** From then on the provider takes nothing more, so that what it says of these mails is heard before the rest has gone. */
async function takeSome(subject: string): Promise<void> {
  await eventually(async () => (accepted(subject).length >= count / 6 ? true : null))
  provider.setFaults({ busy429: 1 })
}
const is = (state: string) => (campaign: unknown) => at(campaign, 'state') === state
const waitsFor = (reason: string) => (campaign: unknown) =>
  at(campaign, 'progress', 'waits', 0, 'reason') === reason

const tellOfMail = (): Promise<void> =>
  provider.setWebhooks({
    url: `${running.url}/hooks/resend`,
    secret: hookSecret,
    retryMs: [500, 2000, 5000, 10_000, 20_000],
    ...accidents,
  })

/** Addresses in the provider's record, with repeats. */
const accepted = (subject: string): readonly string[] =>
  provider.accepted().flatMap((mail) => (mail.subject === subject ? mail.to : []))

/** Expects each person once in the provider's record, and as many as the campaign reports sent. */
async function expectEachOnce(id: string, subject: string): Promise<void> {
  const mailed = accepted(subject)
  expect(new Set(mailed).size).toBe(mailed.length)
  const { totals } = Object(await campaignOf(id))
  expect(mailed).toHaveLength(totals.sent)
  expect(totals.sent + totals.skipped + totals.rejected).toBe(totals.recipients)
}

/** As superuser: moves stored times, so that time passes for the database. */
async function asAdmin(act: (admin: postgres.Sql) => Promise<unknown>): Promise<void> {
  const server = await joinOrStart(running.dataDir)
  const admin = postgres(server.adminUrl, { max: 1, onnotice: () => {} })
  await act(admin)
  await admin.end()
  await server.stop()
}

describe('what the provider says of mail that a worker handed over', () => {
  beforeAll(tellOfMail)
  afterAll(() => provider.setWebhooks(null))

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
    const { body } = await client.api('GET', '/suppressions')
    expect([at(body, 'data', 0, 'reason'), at(body, 'data', 1, 'reason')].sort()).toEqual([
      'bounce',
      'complaint',
    ])
    const event = JSON.stringify({ type: 'email.bounced' })
    const forged = await fetch(`${running.url}/hooks/resend`, {
      method: 'POST',
      headers: signedHeaders(otherSecret, { id: 'msg_forged', at: Date.now(), body: event }),
      body: event,
    })
    expect(forged.status).toBe(401)
  })

  it('settles unknown recipients, where the answer of their batch never came', async () => {
    provider.setFaults({ timeoutAfter: 1 })
    const id = await launch('Unanswered', 'small')
    await eventually(async () => (accepted('Unanswered').length > 0 ? true : null))
    await client.api('POST', `/campaigns/${id}/cancel`)
    provider.setFaults({})
    await provider.told()
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
    provider.setFaults({ busy429: 1 })
    const id = await launch('Waited')
    await until(id, waitsFor('rate'))
    provider.setFaults({ unavailable503: 0.5, resetBefore: 0.5 })
    await until(id, waitsFor('no_answer'))
    provider.setFaults({})
    await until(id, is('sent'))
    expect(accepted('Waited')).toHaveLength(count)
    await expectEachOnce(id, 'Waited')
  })

  it('was asked for no more than it allows, by all consumers together', () => {
    process.stdout.write(
      `worker: ${provider.stats.rateLimited} of ${provider.requests()} requests too many\n`,
    )
    expect(provider.stats.rateLimited).toBeLessThanOrEqual(2)
  })
})

describe('an operator who stops a worker’s campaign', () => {
  it.each([['pause'], ['cancel']])('by %s: nothing leaves but what was taken by the answer', async (verb) => {
    const id = await launch(verb)
    await eventually(async () => (accepted(verb).length > 0 ? true : null))
    expect((await client.api('POST', `/campaigns/${id}/${verb}`)).status).toBe(202)
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
    expect((await client.api('POST', `/campaigns/${id}/resume`)).status).toBe(202)
    await until(id, is('sent'))
    await expectEachOnce(id, verb)
    expect(accepted(verb)).toHaveLength(count)
  })
})

describe('the sending rules, by the queue of a worker', () => {
  const rule = async (rules: object): Promise<void> => {
    expect((await client.api('PUT', '/sending', { ...noRules, ...rules })).status).toBe(200)
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

describe('a worker that is killed in the middle of a campaign', () => {
  it('goes on when it is started again, and everybody has it once (I4)', async () => {
    const id = await launch('Killed')
    await eventually(async () => (accepted('Killed').length >= 200 ? true : null))
    const { pid = 0 } = running.process
    const ended = new Promise((resolve) => running.process.once('exit', resolve))
    const struck = familyOf(pid).filter(isOfWrangler)
    expect(struck.length).toBeGreaterThan(0)
    for (const one of struck) if (isAlive(one)) process.kill(one, 'SIGKILL')
    await ended
    const before = accepted('Killed').length
    expect(before).toBeLessThan(count)
    await start(Number(new URL(running.url).port), running.dataDir)
    await until(id, is('sent'))
    await expectEachOnce(id, 'Killed')
    expect(accepted('Killed')).toHaveLength(count)
  })
})

const isOfWrangler = (pid: number): boolean => {
  try {
    return /workerd|wrangler/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    return false
  }
}

describe('a campaign of which one mail in five bounces', () => {
  it('is paused by the heartbeat of the worker, which says why', async () => {
    await tellOfMail()
    provider.setCourses({ bounced: 0.2 })
    const id = await launch('Bounced')
    await takeSome('Bounced')
    const campaign = await until(id, is('paused'))
    provider.setFaults({})
    expect(at(campaign, 'problem')).toMatch(/mails bounced .*take the sender for a spammer/)
    expect(accepted('Bounced').length).toBeLessThan(count)
    expect(at(campaign, 'progress', 'waits', 0, 'reason')).toBe('paused')
  })
})

describe('a campaign of which one mail in ten is reported as spam', () => {
  it('is paused by the heartbeat of the worker, and those who complained have left', async () => {
    // Webhooks left over from the earlier campaign would come first, for half a minute.
    await provider.setWebhooks(null)
    await tellOfMail()
    provider.setCourses({ complained: 0.1 })
    const id = await launch('Unwanted')
    await takeSome('Unwanted')
    const campaign = await until(id, is('paused'))
    provider.setFaults({})
    expect(at(campaign, 'problem')).toMatch(/people reported this as spam/)
    expect(at(campaign, 'totals', 'withdrawn')).toBeGreaterThan(0)
    expect(accepted('Unwanted').length).toBeLessThan(count)
  })
})
