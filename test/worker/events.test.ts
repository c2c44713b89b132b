// entry · a worker's events: it answers first and works afterwards, the same for every caller. I5
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { tickCampaigns } from '../../src/tick.ts'
import worker from '../../src/worker/main.ts'
import { ownerKey } from '../support/running.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList
beforeAll(async () => {
  house = await openTestApp()
  list = await house.makeList()
  await house.subscribe(list, ['anna@inbox.example'])
  await house.api('POST', '/suppressions', { email: 'bo@inbox.example', scope: 'all', reason: 'operator' })
})
afterAll(() => house.close())

/** Longer than a planned heartbeat prevents planning another. */
beforeEach(() => sleep(600))

const url = 'http://127.0.0.1:8787'

const bindings = (changed: Readonly<Record<string, string | undefined>> = {}) => ({
  HYPERDRIVE: { connectionString: house.database.appUrl },
  BATCHES: { sendBatch: async () => {} },
  SECRET: Buffer.alloc(32, 7).toString('base64'),
  MAIL: 'mailbox',
  PUBLIC_URL: url,
  BOOTSTRAP_API_KEY: ownerKey,
  LIMIT_PER_NETWORK: '0',
  LOG_LEVEL: 'silent',
  ...changed,
})

/** An event's context, which collects work that outlives the answer. */
function contextOf() {
  const work: Promise<unknown>[] = []
  return { work, waitUntil: (promise: Promise<unknown>) => void work.push(promise) }
}

const signUp = (email: string): Request =>
  new Request(`${url}/s/${list.slug}`, { method: 'POST', body: new URLSearchParams({ email }) })

const waiting = async (): Promise<number> => {
  const [row] = await house.owner<{ count: number }[]>`
    select count(*)::int as count from signup_requests where state = 'received'`
  return row?.count ?? 0
}

describe('a sign-up', () => {
  it.each([
    ['is new', 'cleo@inbox.example'],
    ['is subscribed', 'anna@inbox.example'],
    ['is suppressed', 'bo@inbox.example'],
  ])(
    'is answered before anybody looks whose address it is, and decided after: one that %s',
    async (_, email) => {
      const context = contextOf()
      const answer = await worker.fetch(signUp(email), bindings(), context)
      expect(answer.status).toBe(303)
      expect(await waiting()).toBe(1)
      // The heartbeat, and the end of the connection.
      expect(context.work).toHaveLength(2)
      await Promise.all(context.work)
      expect(await waiting()).toBe(0)
    },
  )

  it('of many together shares its beat with others', async () => {
    const contexts = Array.from({ length: 5 }, contextOf)
    const env = bindings()
    await Promise.all(
      contexts.map((context, n) => worker.fetch(signUp(`crowd.${n}@inbox.example`), env, context)),
    )
    const work = contexts.flatMap((context) => context.work)
    expect(work.length).toBeLessThan(10)
    await Promise.all(work)
    expect(await waiting()).toBe(0)
    expect(await house.mailsTo('crowd.4@inbox.example')).toHaveLength(1)
  })

  it('whose beat was lost is decided by the cron', async () => {
    await house.signUp(list, 'dora@inbox.example')
    expect(await waiting()).toBe(1)
    await worker.scheduled({}, bindings())
    expect(await waiting()).toBe(0)
    expect(await house.mailsTo('dora@inbox.example')).toHaveLength(1)
  })
})

describe('a page', () => {
  it('is answered, and nothing is done besides', async () => {
    const context = contextOf()
    const answer = await worker.fetch(new Request(`${url}/s/${list.slug}`), bindings(), context)
    expect(answer.status).toBe(200)
    expect(context.work).toHaveLength(1)
    await Promise.all(context.work)
  })
})

describe('a deployment that lacks something', () => {
  it.each([
    ['SECRET', { SECRET: undefined }, 'SECRET is missing'],
    [
      'a way to send that works there',
      { MAIL: 'smtp', SMTP_URL: 'smtp://127.0.0.1:25' },
      'MAIL=smtp works on Node only',
    ],
    ['a mailbox to read', { INBOUND_URL: 'imaps://u:p@mail.example' }, 'INBOUND_URL works on Node only'],
    ['the right SECRET', { SECRET: Buffer.alloc(32, 8).toString('base64') }, 'SECRET does not open the keys'],
    ['a whole SEND_RATE', { SEND_RATE: 'many' }, 'SEND_RATE must be a whole number'],
  ])('tells its visitors to come later, and its log why: %s', async (_, changed, why) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    try {
      const answer = await worker.fetch(new Request(`${url}/s/${list.slug}`), bindings(changed), contextOf())
      expect(answer.status).toBe(503)
      expect(await answer.text()).not.toContain('SECRET')
      expect(log.mock.calls.flat().join()).toContain(why)
    } finally {
      log.mockRestore()
    }
  })
})

describe('a step that fails each time', () => {
  it('keeps no batch waiting: its message is written', async () => {
    const sent = await house.makeCampaign(list)
    await house.launch(sent)
    await tickCampaigns(house.deps)
    const broken = await house.makeCampaign(list)
    await house.launch(broken)
    await house.owner.unsafe(`
      create function broken() returns trigger language plpgsql as $$
      begin raise exception 'no' using errcode = '57014'; end $$;
      create trigger broken before insert on batches for each row execute function broken();
      alter table limits rename to limits_no_more`)
    const written: unknown[] = []
    const queue = { sendBatch: async (messages: unknown) => void written.push(messages) }
    await expect(worker.scheduled({}, { ...bindings(), BATCHES: queue })).rejects.toThrow()
    await house.owner.unsafe(`
      drop trigger broken on batches;
      alter table limits_no_more rename to limits`)
    expect(written).toEqual([[{ body: { campaign: sent.number, batch_no: 0 }, delaySeconds: 0 }]])
  })
})
