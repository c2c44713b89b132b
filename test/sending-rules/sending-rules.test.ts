// shell · sending rules: one place decides amount and time for every worker and both runtimes, and no work waits needlessly
import { afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { claimBatch } from '../../src/delivery/claim.ts'
import { freezeCampaigns } from '../../src/delivery/freeze/freeze.ts'
import { sendBatch, sendNamedBatch } from '../../src/delivery/send.ts'
import type { SendOutcome, WireMail } from '../../src/platform/deps.ts'
import { throttleReasonOf } from '../../src/reports/throttle-reason.ts'
import { noRules } from '../../src/sending-rules/rules.ts'
import { tickCampaigns } from '../../src/tick.ts'
import { consumeMessages, feedQueue } from '../../src/worker/queue.ts'
import { at } from '../support/client.ts'
import { seedConfirmed } from '../support/seed.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

/** A mail is handed over as JSON. */
const addressee = z.object({ to: z.tuple([z.string()]) })

let house: TestApp
let list: TestList
/** Addresses handed over, in order. */
let handed: string[] = []
/** The provider's answer instead of acceptance. */
let instead: SendOutcome | null = null

/** Opens on Monday, 1 June 2026, 09:00 UTC. */
async function open(rules: object): Promise<void> {
  handed = []
  instead = null
  house = await openTestApp({
    connections: 8,
    mailer: ({ ids }) => ({
      name: 'resend',
      can: { setMessageId: false, smtpUtf8: false },
      send: async (mails: readonly WireMail[]) => {
        if (instead !== null) return instead
        handed.push(...mails.map((mail) => addressee.parse(JSON.parse(mail)).to[0]))
        return { kind: 'accepted', ids: mails.map(() => ids()), rejected: [] }
      },
    }),
  })
  list = await house.makeList()
  await setRules(rules)
}
afterEach(() => house.close())

async function setRules(rules: object): Promise<void> {
  const answer = await house.api('PUT', '/sending', { ...noRules, ...rules })
  expect([answer.status, answer.body]).toEqual([200, { ...noRules, ...rules }])
}

const people = (count: number, domain: string): readonly string[] =>
  Array.from({ length: count }, (_, n) => `p${String(n).padStart(4, '0')}@${domain}`)

async function seed(emails: readonly string[], zones: Readonly<Record<string, string>> = {}): Promise<void> {
  const seeded = await seedConfirmed(
    house.deps,
    list.slug,
    emails.map((email) => ({ email })),
  )
  for (const { email, subscriber } of seeded)
    if (zones[email] !== undefined)
      await house.owner`update subscribers set timezone = ${zones[email]} where id = ${subscriber}`
}

interface Launched {
  readonly id: string
  readonly number: number
}

async function launched(draft: object = {}): Promise<Launched> {
  const campaign = await house.makeCampaign(list, draft)
  await house.launch(campaign)
  await freezeCampaigns(house.deps)
  return campaign
}

/** Runs several workers until each finds nothing; then once more, for work that a worker missed. */
async function sendAll(workers = 6): Promise<void> {
  for (let round = 0; round < 2; round += 1)
    await Promise.all(
      Array.from({ length: workers }, async () => {
        while (await sendBatch(house.deps));
      }),
    )
}

/** People mailed per domain. */
const mailed = (): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Array.from(
      Map.groupBy(handed, (to) => to.slice(to.indexOf('@') + 1)),
      ([domain, those]) => [domain, those.length],
    ).sort(),
  )

const stateOf = async (campaign: Launched): Promise<unknown> =>
  at((await house.api('GET', `/campaigns/${campaign.id}`)).body, 'state')

const standstill = (campaign: Launched) => throttleReasonOf(house.deps.db, campaign.number, house.now())

const utc = (text: string): Date => new Date(`2026-${text}:00.000Z`)

describe('a new domain that is warmed up with 200 people on the first day and 400 on the second', () => {
  const plan = { timezone: 'Europe/Warsaw', warm_up: { start: '2026-06-01', people_per_day: [200, 400] } }

  it('is never used for more, however many workers claim at once', async () => {
    await open(plan)
    await seed(people(900, 'firm.example'))
    const campaign = await launched()
    await sendAll()
    expect(mailed()).toEqual({ 'firm.example': 200 })
    expect(await standstill(campaign)).toEqual({ reason: 'warm_up', until: utc('06-01T22:00') })
    house.later({ hours: 12, minutes: 59 })
    await sendAll()
    expect(mailed()).toEqual({ 'firm.example': 200 })
    house.later({ minutes: 1 })
    expect(await standstill(campaign)).toBeNull()
    await sendAll()
    expect(mailed()).toEqual({ 'firm.example': 600 })
    house.later({ days: 1 })
    await sendAll()
    expect(mailed()).toEqual({ 'firm.example': 900 })
    expect(new Set(handed).size).toBe(900)
    expect(await stateOf(campaign)).toBe('sent')
  })

  it('counts all campaigns together', async () => {
    await open(plan)
    await seed(people(120, 'firm.example'))
    await launched()
    await launched()
    await sendAll()
    expect(handed.length).toBeLessThanOrEqual(200)
    expect(handed.length).toBeGreaterThan(150)
  })

  it('is not held back before the plan begins, nor after its last day', async () => {
    await open({ ...plan, warm_up: { ...plan.warm_up, start: '2026-06-02' } })
    await seed(people(300, 'firm.example'))
    await launched()
    await sendAll()
    expect(handed).toHaveLength(300)
    house.later({ days: 3 })
    await launched()
    await sendAll()
    expect(handed).toHaveLength(600)
  })

  it('is used almost fully where batches of a hundred do not fit', async () => {
    await open({ ...plan, warm_up: { start: '2026-06-01', people_per_day: [250, 70] } })
    await seed(people(700, 'firm.example'))
    await launched()
    await sendAll()
    expect(handed).toHaveLength(238)
    house.later({ days: 1 })
    await sendAll()
    expect(handed).toHaveLength(306)
  })

  it('counts a batch once that a crash left between claim and post', async () => {
    await open(plan)
    await seed(people(300, 'firm.example'))
    await launched()
    expect(await claimBatch(house.deps)).not.toBeNull()
    await house.owner`update batches set lease_until = now() where state = 'posting'`
    await sendAll()
    expect(mailed()).toEqual({ 'firm.example': 200 })
  })

  it('counts a batch once that the provider had no time for, and asks for it again the next day', async () => {
    await open(plan)
    await seed(people(300, 'firm.example'))
    await launched()
    instead = { kind: 'busy', retryAfterSeconds: 0 }
    for (let times = 0; times < 5; times += 1) await sendBatch(house.deps)
    instead = null
    await sendAll()
    expect(mailed()).toEqual({ 'firm.example': 200 })
  })

  it('keeps no service mail waiting', async () => {
    await open({ ...plan, quiet_hours: { from: '00:00', to: '23:59' } })
    await seed(people(300, 'firm.example'))
    await launched()
    await sendAll()
    expect(handed).toEqual([])
    await house.signUp(list, 'new@firm.example')
    await house.rest()
    expect(handed).toEqual(['new@firm.example'])
  })
})

describe('a limit of 160 people an hour at Gmail', () => {
  const caps = { gmail: { per_hour: 160, per_day: null } }

  it('holds back those at Gmail alone, hour by hour', async () => {
    await open({ caps })
    await seed([...people(400, 'gmail.com'), ...people(230, 'firm.example'), ...people(50, 'wp.pl')])
    const campaign = await launched()
    await sendAll()
    expect(mailed()).toEqual({ 'firm.example': 230, 'gmail.com': 160, 'wp.pl': 50 })
    expect(await standstill(campaign)).toEqual({ reason: 'cap', until: utc('06-01T10:00'), mailbox: 'gmail' })
    house.later({ minutes: 59 })
    await sendAll()
    expect(mailed()).toMatchObject({ 'gmail.com': 160 })
    house.later({ minutes: 1 })
    await sendAll()
    expect(mailed()).toMatchObject({ 'gmail.com': 320 })
    house.later({ hours: 1 })
    await sendAll()
    expect(mailed()).toEqual({ 'firm.example': 230, 'gmail.com': 400, 'wp.pl': 50 })
    expect(await stateOf(campaign)).toBe('sent')
  })

  it('counts the day as well, where it is limited too', async () => {
    await open({ caps: { gmail: { per_hour: 160, per_day: 200 } } })
    await seed(people(500, 'gmail.com'))
    const campaign = await launched()
    await sendAll()
    expect(handed).toHaveLength(160)
    house.later({ hours: 1 })
    await sendAll()
    expect(handed).toHaveLength(200)
    expect(await standstill(campaign)).toMatchObject({ reason: 'cap', until: utc('06-02T00:00') })
  })

  it('keeps no campaign behind it waiting', async () => {
    await open({ caps })
    await seed(people(300, 'gmail.com'))
    const first = await launched()
    await sendAll()
    await seed(['one@firm.example'])
    const second = await launched({ subject: 'July' })
    const { body } = await house.api('GET', `/campaigns/${second.id}`)
    expect(at(body, 'progress', 'waits'), 'nor says that it waits').toEqual([])
    await sendAll()
    expect(mailed()).toEqual({ 'firm.example': 1, 'gmail.com': 160 })
    expect([await stateOf(first), await stateOf(second)]).toEqual(['sending', 'sending'])
  })

  it('applies at its present value, and not at all once it is removed', async () => {
    await open({ caps })
    await seed(people(600, 'gmail.com'))
    const campaign = await launched()
    await sendAll()
    await setRules({ caps: { gmail: { per_hour: 320, per_day: null } } })
    await sendAll()
    expect(handed).toHaveLength(320)
    await setRules({})
    await sendAll()
    expect(handed).toHaveLength(600)
    expect(await stateOf(campaign)).toBe('sent')
  })

  it('is kept on the whole by batches that were larger when it was lowered, and nothing is stuck', async () => {
    await open({ caps })
    await seed(people(160, 'gmail.com'))
    const campaign = await launched()
    await setRules({ caps: { gmail: { per_hour: 30, per_day: null } } })
    // Batches of 40: each fills this hour and a third of the next.
    const byHour: number[] = []
    for (let hour = 0; hour < 8; hour += 1) {
      await sendAll()
      byHour.push(handed.length)
      house.later({ hours: 1 })
    }
    expect(byHour).toEqual([40, 40, 80, 80, 120, 120, 160, 160])
    expect(await stateOf(campaign)).toBe('sent')
  })
})

describe('quiet hours', () => {
  const quiet_hours = { from: '21:00', to: '08:00' }

  it('are local to the person’s time zone, or the deployment’s where that is not known', async () => {
    await open({ timezone: 'Europe/Warsaw', quiet_hours })
    const zones = { 'la@x.example': 'America/Los_Angeles', 'tokyo@x.example': 'Asia/Tokyo' }
    await seed(['la@x.example', 'tokyo@x.example', 'somewhere@x.example'], zones)
    const campaign = await launched()
    await sendAll()
    // 02:00 in Los Angeles, 18:00 in Tokyo, 11:00 in Warsaw.
    expect(handed.toSorted()).toEqual(['somewhere@x.example', 'tokyo@x.example'])
    expect(await standstill(campaign)).toEqual({ reason: 'quiet_hours', until: utc('06-01T15:00') })
    house.later({ hours: 6 })
    await sendAll()
    expect(handed).toContain('la@x.example')
    expect(await stateOf(campaign)).toBe('sent')
  })

  it('are local to the list’s time zone, where it has one and the person’s is not known', async () => {
    await open({ timezone: 'Europe/Warsaw', quiet_hours })
    await house.api('PATCH', `/lists/${list.id}`, { timezone: 'America/Los_Angeles' })
    await seed(['tokyo@x.example', 'somewhere@x.example'], { 'tokyo@x.example': 'Asia/Tokyo' })
    const campaign = await launched()
    await sendAll()
    expect(handed).toEqual(['tokyo@x.example'])
    expect(await standstill(campaign)).toEqual({ reason: 'quiet_hours', until: utc('06-01T15:00') })
  })

  it('hold from the next batch on when they are set, and no longer when they are taken away', async () => {
    await open({})
    await seed(people(150, 'firm.example'))
    await launched()
    await sendBatch(house.deps)
    await setRules({ quiet_hours: { from: '08:00', to: '10:00' } })
    await sendAll()
    expect(handed).toHaveLength(100)
    await setRules({})
    await sendAll()
    expect(handed).toHaveLength(150)
  })

  const quietUntil = async (zone: string, hours: object, moment: string): Promise<string | null> => {
    const [row] = await house.app<{ until: Date | null }[]>`
      select pace_quiet_until(${house.app.json({ quiet_hours: { ...hours } })}, ${zone}, ${moment}) as until`
    return row?.until?.toISOString() ?? null
  }

  it('are local times, across midnight and clock changes', async () => {
    await open({})
    const cases: readonly (readonly [string, object, string, string | null])[] = [
      ['UTC', quiet_hours, '2026-06-01T20:59:59Z', null],
      ['UTC', quiet_hours, '2026-06-01T21:00:00Z', '2026-06-02T08:00:00.000Z'],
      ['UTC', quiet_hours, '2026-06-01T23:59:59Z', '2026-06-02T08:00:00.000Z'],
      ['UTC', quiet_hours, '2026-06-02T00:00:00Z', '2026-06-02T08:00:00.000Z'],
      ['UTC', quiet_hours, '2026-06-02T08:00:00Z', null],
      ['UTC', { from: '12:00', to: '13:30' }, '2026-06-02T12:00:00Z', '2026-06-02T13:30:00.000Z'],
      ['UTC', { from: '12:00', to: '13:30' }, '2026-06-02T13:30:00Z', null],
      ['UTC', { from: '12:00', to: '13:30' }, '2026-06-02T11:59:00Z', null],
      // Clocks go back an hour in the night to 25 October 2026: the night has twelve hours.
      ['Europe/Warsaw', quiet_hours, '2026-10-24T19:00:00Z', '2026-10-25T07:00:00.000Z'],
      // Clocks go forward in the night to 29 March 2026: the night has ten hours.
      ['Europe/Warsaw', quiet_hours, '2026-03-28T20:00:00Z', '2026-03-29T06:00:00.000Z'],
      // 02:30 does not exist that night: quiet hours end when clocks show 03:30.
      ['Europe/Warsaw', { from: '21:00', to: '02:30' }, '2026-03-29T00:59:00Z', '2026-03-29T01:30:00.000Z'],
      ['Asia/Kolkata', quiet_hours, '2026-06-01T15:30:00Z', '2026-06-02T02:30:00.000Z'],
    ]
    for (const [zone, hours, moment, until] of cases)
      expect([zone, moment, await quietUntil(zone, hours, moment)]).toEqual([zone, moment, until])
  })

  it('come on top of another reason to wait', async () => {
    const plan = { warm_up: { start: '2026-06-01', people_per_day: [100, 100] }, quiet_hours }
    await open(plan)
    await seed(people(150, 'firm.example'))
    const campaign = await launched()
    await sendAll()
    expect(await standstill(campaign)).toEqual({ reason: 'warm_up', until: utc('06-02T08:00') })
  })
})

describe('a campaign at eight in each person’s time zone', () => {
  const zones = {
    'kiritimati@x.example': 'Pacific/Kiritimati',
    'tokyo@x.example': 'Asia/Tokyo',
    'warsaw@x.example': 'Europe/Warsaw',
    'la@x.example': 'America/Los_Angeles',
  }
  const everybody = [...Object.keys(zones), 'somewhere@x.example']

  async function scheduled(moment: string): Promise<Launched> {
    const campaign = await house.makeCampaign(list)
    const answer = await house.api('POST', `/campaigns/${campaign.id}/schedule`, { at: moment, local: true })
    expect([answer.status, answer.body]).toEqual([202, expect.objectContaining({ state: 'scheduled' })])
    return campaign
  }
  /** Moves the clock to this moment with the heartbeat running, and returns the people mailed on the way. */
  async function until(moment: Date): Promise<readonly string[]> {
    const before = handed.length
    house.later({ seconds: (moment.getTime() - house.now().getTime()) / 1000 })
    await tickCampaigns(house.deps)
    await sendAll(2)
    return handed.slice(before)
  }

  it('begins in the first zone that somebody lives in, and waits for each of the others', async () => {
    await open({ timezone: 'Europe/Stockholm' })
    await seed(everybody, zones)
    const campaign = await scheduled('2026-06-03T08:00:00+02:00')
    const shown = await house.api('GET', `/campaigns/${campaign.id}`)
    expect(shown.body).toMatchObject({
      local_time: '2026-06-03T08:00',
      scheduled_at: '2026-06-02T18:00:00.000Z',
    })
    expect(await until(utc('06-02T17:59'))).toEqual([])
    expect(await stateOf(campaign)).toBe('scheduled')
    expect(await until(utc('06-02T18:00'))).toEqual(['kiritimati@x.example'])
    expect(await standstill(campaign)).toEqual({ reason: 'local_time', until: utc('06-02T23:00') })
    expect(await until(utc('06-02T22:59'))).toEqual([])
    expect(await until(utc('06-02T23:00'))).toEqual(['tokyo@x.example'])
    expect((await until(utc('06-03T06:00'))).toSorted()).toEqual(['somewhere@x.example', 'warsaw@x.example'])
    expect(await until(utc('06-03T14:59'))).toEqual([])
    expect(await until(utc('06-03T15:00'))).toEqual(['la@x.example'])
    expect(await stateOf(campaign)).toBe('sent')
  })

  it('counts people without a zone to the list’s', async () => {
    await open({ timezone: 'Europe/Stockholm' })
    await house.api('PATCH', `/lists/${list.id}`, { timezone: 'America/Los_Angeles' })
    await seed(everybody, zones)
    const campaign = await scheduled('2026-06-03T08:00:00Z')
    await until(utc('06-02T18:00'))
    await until(utc('06-02T23:00'))
    expect(await until(utc('06-03T06:00'))).toEqual(['warsaw@x.example'])
    expect((await until(utc('06-03T15:00'))).toSorted()).toEqual(['la@x.example', 'somewhere@x.example'])
    expect(await stateOf(campaign)).toBe('sent')
  })

  it('is not past while it is still to come in the zone of the list', async () => {
    await open({ timezone: 'Pacific/Kiritimati' })
    await seed(['somewhere@x.example'])
    const { id } = await house.makeCampaign(list)
    const schedule = () =>
      house.api('POST', `/campaigns/${id}/schedule`, { at: '2026-06-01T09:30:00Z', local: true })
    expect((await schedule()).status).toBe(422)
    await house.api('PATCH', `/lists/${list.id}`, { timezone: 'UTC' })
    expect(await schedule()).toMatchObject({
      status: 202,
      body: { scheduled_at: '2026-06-01T09:30:00.000Z' },
    })
  })

  it.each([
    ['Mars/Olympus', 'It must be a time zone such as Europe/Warsaw.'],
    ['+02:00', 'It must be a time zone such as Europe/Warsaw.'],
  ])('is not asked of a list whose zone nobody knows: %s', async (timezone, message) => {
    await open({})
    expect((await house.api('PATCH', `/lists/${list.id}`, { timezone })).body).toMatchObject({
      errors: [{ path: 'timezone', message }],
    })
  })

  it('goes at once to people in zones where it is past eight already', async () => {
    await open({})
    await seed(everybody, zones)
    await scheduled('2026-06-01T10:00:00Z')
    expect((await until(utc('06-01T09:01'))).toSorted()).toEqual([
      'kiritimati@x.example',
      'tokyo@x.example',
      'warsaw@x.example',
    ])
    expect(await until(utc('06-01T10:00'))).toEqual(['somewhere@x.example'])
    expect(await until(utc('06-01T17:00'))).toEqual(['la@x.example'])
  })

  it('is a local time on the day when clocks change', async () => {
    await open({})
    house.later({ days: 145 })
    await seed(['warsaw@x.example'], zones)
    await scheduled('2026-10-25T08:00:00Z')
    expect(await until(utc('10-25T06:59'))).toEqual([])
    expect(await until(utc('10-25T07:00'))).toEqual(['warsaw@x.example'])
  })

  it('checks consent again at that moment: people who left meanwhile get nothing', async () => {
    await open({})
    await seed(everybody, zones)
    await scheduled('2026-06-03T08:00:00Z')
    await until(utc('06-02T18:00'))
    await house.owner`update subscriptions set suppressed = true`
    await until(utc('06-04T18:00'))
    expect(handed).toEqual(['kiritimati@x.example'])
  })

  it.each(['+02:00', '+01:00', 'Z', '-11:00', '+14:00'])(
    'reads the clock’s digits as they are written, whatever the offset: %s',
    async (offset) => {
      await open({ timezone: 'Europe/Stockholm' })
      await seed(everybody, zones)
      const campaign = await scheduled(`2026-06-03T08:00:00${offset}`)
      const shown = await house.api('GET', `/campaigns/${campaign.id}`)
      expect(shown.body).toMatchObject({ local_time: '2026-06-03T08:00' })
    },
  )

  it('goes to all at once where somebody launches it now after all', async () => {
    await open({})
    await seed(everybody, zones)
    const campaign = await scheduled('2026-06-03T08:00:00Z')
    await house.launch(campaign)
    await until(utc('06-01T09:01'))
    expect(handed).toHaveLength(5)
  })

  it('is refused where that time is past in the deployment’s time zone', async () => {
    await open({})
    const campaign = await house.makeCampaign(list)
    const answer = await house.api('POST', `/campaigns/${campaign.id}/schedule`, {
      at: '2026-06-01T08:59:00Z',
      local: true,
    })
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'at' }] } })
  })
})

describe('ten thousand batches that wait for the next hour', () => {
  /** Pages read by one search for the next batch, with this many waiting. */
  async function pagesRead(waiting: number): Promise<number> {
    const { number } = await house.makeCampaign(list)
    await house.owner`update campaigns set state = 'freezing' where number = ${number}`
    await house.owner`update campaigns set state = 'sending' where number = ${number}`
    await house.owner`insert into lanes (campaign, lane, mailbox) values (${number}, 1, 'gmail')`
    await house.owner`
      insert into batches (campaign, batch_no, lane, size)
      select ${number}::bigint, n, 1, 100 from generate_series(1, ${waiting}::int) as n`
    await house.owner`vacuum analyze batches`
    const look = () => house.owner<{ 'QUERY PLAN': unknown }[]>`
      explain (analyze, buffers, format json)
      select * from batches_in_turn(${house.now()}, '23 hours', 1, false, ${number}, null)`
    await look()
    const plan = (await look())[0]?.['QUERY PLAN']
    expect(at(plan, 0, 'Plan', 'Actual Rows')).toBe(0)
    return (
      Number(at(plan, 0, 'Plan', 'Shared Hit Blocks')) + Number(at(plan, 0, 'Plan', 'Shared Read Blocks'))
    )
  }

  it('cost a worker that looks for another no more than ten of them', async () => {
    await open({ caps: { gmail: { per_hour: 100, per_day: null } } })
    await house.owner`insert into pace_counts values ('gmail/hour', ${utc('06-01T09:00')}, 100)`
    const few = await pagesRead(10)
    const many = await pagesRead(10_000)
    expect(many).toBeLessThan(few + 20)
  })
})

describe('a batch that a queue names', () => {
  it('lets its message go, and has another when its turn comes, by the clock or by a change of the rules', async () => {
    await open({ caps: { gmail: { per_hour: 400, per_day: null } } })
    await seed(people(500, 'gmail.com'))
    const campaign = await launched()
    const batch = (batchNo: number) => ({ campaign: campaign.number, batchNo })
    for (const batchNo of [0, 1, 2, 3])
      expect(await sendNamedBatch(house.deps, batch(batchNo), 1000)).toBeNull()
    expect(await sendNamedBatch(house.deps, batch(4), 1000)).toBeCloseTo(3600, 0)
    expect(handed).toHaveLength(400)
    const written: unknown[] = []
    const queue = {
      sendBatch: async (messages: readonly { body: unknown }[]) =>
        void written.push(...messages.map(({ body }) => body)),
    }
    expect(await feedQueue(house.deps, queue)).toBe(0)
    const asked: number[] = []
    const message = {
      body: { campaign: campaign.number, batch_no: 4 },
      ack: () => void asked.push(0),
      retry: ({ delaySeconds }: { delaySeconds: number }) => void asked.push(delaySeconds),
    }
    await consumeMessages(house.deps, [message])
    await setRules({})
    expect(await feedQueue(house.deps, queue)).toBe(1)
    await setRules({ caps: { gmail: { per_hour: 400, per_day: null } } })
    await consumeMessages(house.deps, [message])
    expect(handed).toHaveLength(400)
    house.later({ hours: 1 })
    expect(await feedQueue(house.deps, queue)).toBe(1)
    expect(written).toEqual([message.body, message.body])
    await consumeMessages(house.deps, [message])
    expect(asked).toEqual([0, 0, 0])
    expect(handed).toHaveLength(500)
  })
})

describe('a deployment without rules', () => {
  it('writes whole batches in subscriber order, without throttle groups, and counts nothing', async () => {
    await open({ timezone: 'Europe/Warsaw' })
    await seed([...people(150, 'gmail.com'), ...people(100, 'firm.example')], {
      'p0001@gmail.com': 'Asia/Tokyo',
    })
    const { number } = await launched()
    await sendAll()
    const batches = await house.owner<{ size: number; lane: number }[]>`
      select size, lane from batches where campaign = ${number} order by batch_no`
    expect(batches).toEqual([100, 100, 50].map((size) => ({ size, lane: 0 })))
    expect(await house.owner`select from lanes`).toHaveLength(0)
    expect(await house.owner`select from pace_counts`).toHaveLength(0)
  })
})
