// adapter · no state sticks: after a crash in it, each state resumes by itself, or says why it waits and what can be done. I4
// Long because it walks through all states of campaigns and batches in turn.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { inviteOperator } from '../../src/auth/operators/operators.ts'
import { claimBatch } from '../../src/delivery/claim.ts'
import { freezeCampaigns } from '../../src/delivery/freeze/freeze.ts'
import { blockerSentences, blockersOf, type SendStatus } from '../../src/reports/blockers.ts'
import { tickBatches, tickCampaigns, tickServiceMails, tickUpkeep } from '../../src/tick.ts'
import { at } from '../support/client.ts'
import { consoleClientOf, signInLinkIn } from '../support/console.ts'
import { wordsOf } from '../support/page.ts'
import { openSender, recipientsOf, type Sender } from '../support/sender.ts'

let sender: Sender
const open = async (options?: Parameters<typeof openSender>[0]): Promise<Sender> => {
  sender = await openSender(options)
  return sender
}
afterEach(() => sender.close())

const crowd = Array.from({ length: 250 }, (_, n) => `reader${String(n).padStart(3, '0')}@inbox.example`)
const inHours = (hours: number): unknown => expect.stringMatching(new RegExp(`^${isoHour(hours)}`))
/** An hour of the database's clock, which all processes share. */
const isoHour = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 12)

type Named = { readonly id: string }

const campaignOf = async ({ id }: Named): Promise<unknown> =>
  (await sender.house.api('GET', `/campaigns/${id}`)).body
const stateOf = async (campaign: Named): Promise<unknown> => at(await campaignOf(campaign), 'state')
const waitsNow = async (campaign: Named): Promise<unknown> =>
  at(await campaignOf(campaign), 'progress', 'waits')
const act = async (campaign: Named, name: string): Promise<void> => {
  expect((await sender.house.api('POST', `/campaigns/${campaign.id}/${name}`)).status).toBe(202)
}

const waiting = (reason: keyof typeof blockerSentences, until: unknown = null) => ({
  reason,
  until,
  explanation: blockerSentences[reason],
})

/** Expects the same sentence on the campaign's page. */
async function expectOnScreen(campaign: Named, words: string): Promise<void> {
  const { house } = sender
  const address = { sendTo: 'eva@brand.example', canonical: 'eva@brand.example' }
  const who = { name: 'Eva', address, role: 'owner', lists: null, locale: 'en' } as const
  await inviteOperator(house.deps, { kind: 'system' }, who)
  await tickServiceMails(house.deps)
  const link = signInLinkIn(sender.letterTo('eva@brand.example')?.text ?? '')
  const entered = await house.request(new URL(link).pathname, {
    method: 'POST',
    headers: { origin: house.url },
  })
  const cookie = /assent_session=[^;]+/.exec(entered.headers.get('set-cookie') ?? '')?.[0] ?? ''
  const page = await consoleClientOf(house, { cookie, operator: '' }).get(`/console/campaigns/${campaign.id}`)
  expect(wordsOf(await page.text()).replace(/\s+/g, ' ')).toContain(words)
}

/** Raises this error at every insert into a table for one campaign: permanent or passing, by SQLSTATE. */
const breakFor = (campaign: { readonly number: number }, table: string, sqlstate: string) =>
  sender.house.owner.unsafe(`
    create or replace function broken() returns trigger language plpgsql as $$
    begin
      if new.campaign = ${campaign.number} then raise exception 'no' using errcode = '${sqlstate}'; end if;
      return new;
    end $$;
    create trigger broken before insert on ${table} for each row execute function broken()`)
const mend = (table: string) => sender.house.owner.unsafe(`drop trigger broken on ${table}`)

describe('a process that dies', () => {
  it('while people are written down: the next one goes on where it was', async () => {
    const { house, list } = await open()
    await sender.seed(crowd)
    const campaign = await house.makeCampaign(list)
    await house.launch(campaign)
    await breakFor(campaign, 'batches', '57P01')
    await expect(freezeCampaigns(house.deps, 100)).rejects.toThrow()
    await mend('batches')
    expect(await campaignOf(campaign)).toMatchObject({
      state: 'freezing',
      progress: { handled: 0, recipients: 0, frozen_share: 0, expected_end: null, waits: [] },
    })
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual(crowd)
  })

  it('between claim and post: it is told that an answer is missing, and when it is asked about again', async () => {
    const { house } = await open({ env: { LEASE_SECONDS: '6' } })
    await sender.seed(crowd.slice(0, 2))
    const campaign = await sender.launched()
    await claimBatch(house.deps)
    expect(await waitsNow(campaign), 'a sender may be at it').toEqual([])
    await house.owner`update batches set lease_until = now() + interval '2 seconds'`
    expect(await waitsNow(campaign)).toEqual([waiting('answer_missing', expect.any(String))])
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual(crowd.slice(0, 2))
    expect(at(await campaignOf(campaign), 'progress')).toBeNull()
  })

  it('with a batch with the provider, of a campaign that is then paused: nobody waits for ever', async () => {
    const { house, provider } = await open()
    await sender.seed(crowd)
    const campaign = await sender.launched()
    provider.setFaults({ timeoutAfter: 1 })
    await sender.attempt()
    provider.setFaults({})
    await act(campaign, 'pause')
    expect(await waitsNow(campaign)).toEqual([waiting('paused'), waiting('answer_unknown', inHours(23))])
    await house.owner`update batches set first_attempt_at = now() - interval '24 hours', lease_until = now() where state = 'posting'`
    await tickUpkeep(house.deps)
    expect(await waitsNow(campaign)).toEqual([waiting('paused')])
    expect(await recipientsOf(house, campaign, 'unknown')).toHaveLength(100)
    await act(campaign, 'resume')
    await sender.until(campaign, 'sent')
    expect(sender.accepted(), 'each once').toEqual(crowd)
  })

  it('with a batch with the provider, of a campaign that is then cancelled: it ends as unknown, and said so before', async () => {
    const { house, provider } = await open()
    await sender.seed(crowd)
    const campaign = await sender.launched()
    provider.setFaults({ timeoutAfter: 1 })
    await sender.attempt()
    provider.setFaults({})
    await act(campaign, 'cancel')
    expect(at(await campaignOf(campaign), 'progress')).toMatchObject({
      handled: 150,
      recipients: 250,
      expected_end: null,
      waits: [waiting('answer_unknown', inHours(23))],
    })
    await house.owner`update batches set first_attempt_at = now() - interval '24 hours', lease_until = now() where state = 'posting'`
    await tickUpkeep(house.deps)
    expect(await campaignOf(campaign)).toMatchObject({
      state: 'cancelled',
      progress: null,
      totals: { recipients: 250, skipped: 150, unknown: 100, sent: 0 },
    })
  })
})

describe('an error that stays', () => {
  it('when people are written down: that campaign stops and says so, the one behind it goes out', async () => {
    const { house, list } = await open()
    await sender.seed(crowd)
    const campaign = await house.makeCampaign(list)
    await house.launch(campaign)
    await breakFor(campaign, 'recipients', 'P0001')
    const behind = await sender.launched({ subject: 'July' })
    await sender.until(behind, 'sent')
    expect(await campaignOf(campaign)).toMatchObject({
      state: 'paused',
      problem: expect.stringMatching(/unexpected error .*P0001.*campaign\.failed/),
    })
    await mend('recipients')
    await act(campaign, 'resume')
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual(crowd)
  })

  it('when a scheduled one is launched: it keeps none of the others waiting, and asks after an hour', async () => {
    const { house, list } = await open()
    await sender.seed(crowd.slice(0, 2))
    const [first, second] = [
      await house.makeCampaign(list),
      await house.makeCampaign(list, { subject: 'July' }),
    ]
    for (const one of [first, second])
      await house.api('POST', `/campaigns/${one.id}/schedule`, { at: '2026-06-01T11:00:00Z' })
    await house.owner.unsafe(`
      create function broken() returns trigger language plpgsql as $$
      begin raise exception 'no'; end $$;
      create trigger broken before update on campaigns for each row
        when (new.number = ${first.number} and new.state = 'freezing') execute function broken()`)
    house.later({ hours: 2, minutes: 1 })
    await expect(tickCampaigns(house.deps)).rejects.toThrow()
    await expect(tickCampaigns(house.deps)).rejects.toThrow()
    while (await tickBatches(house.deps));
    expect(await stateOf(second)).toBe('sent')
    house.later({ hours: 1 })
    await tickCampaigns(house.deps)
    expect(at(await campaignOf(first), 'problem')).toMatch(/^It was due more than an hour ago/)
  })

  it('in the words of a campaign: it stops before anything is posted, and nobody becomes unknown by it', async () => {
    const { house } = await open()
    await sender.seed(crowd.slice(0, 2))
    const campaign = await sender.launched()
    await house.owner.begin(async (tx) => {
      await tx`alter table campaigns disable trigger campaigns_guard`
      await tx`update campaigns set content = '{"format":"markdown","body":"{{ subscriber.nobody "}'`
      await tx`alter table campaigns enable trigger campaigns_guard`
    })
    await sender.until(campaign, 'paused')
    expect(sender.posts).toEqual([])
    expect(await house.owner`select state, first_attempt_at, open_attempts from batches`).toEqual([
      { state: 'queued', first_attempt_at: null, open_attempts: [] },
    ])
  })
})

describe('an error that may pass, such as a statement that takes too long', () => {
  it('is tried again for ever, said after two minutes, and keeps nobody else waiting', async () => {
    const { house, list } = await open()
    await sender.seed(crowd)
    const campaign = await house.makeCampaign(list)
    await house.launch(campaign)
    await breakFor(campaign, 'recipients', '57014')
    const behind = await house.makeCampaign(list, { subject: 'July' })
    await house.launch(behind)
    await expect(tickCampaigns(house.deps)).rejects.toThrow()
    while (await tickBatches(house.deps));
    expect(await stateOf(behind)).toBe('sent')
    expect(await waitsNow(campaign)).toEqual([])
    house.later({ minutes: 3 })
    expect(await waitsNow(campaign)).toEqual([waiting('not_frozen')])
    await expectOnScreen(campaign, blockerSentences.not_frozen)
    await mend('recipients')
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual(crowd)
  })
})

describe('a step of the upkeep that fails each time', () => {
  it('keeps none of the others waiting: a batch without an answer still ends', async () => {
    const { house, provider } = await open()
    await sender.seed(crowd)
    const campaign = await sender.launched()
    provider.setFaults({ timeoutAfter: 1 })
    await sender.attempt()
    await house.owner`update batches set first_attempt_at = now() - interval '24 hours', lease_until = now() where state = 'posting'`
    await house.owner`alter table limits rename to limits_no_more`
    await expect(tickUpkeep(house.deps)).rejects.toThrow()
    expect(await recipientsOf(house, campaign, 'unknown')).toHaveLength(100)
  })
})

describe('a provider that wants no mail', () => {
  it.each([
    ['daily_quota', 'dailyQuota'],
    ['monthly_quota', 'monthlyQuota'],
  ] as const)(
    'by its %s: it is asked again an hour later, or when somebody lets the campaign go on; nobody is lost',
    async (reason, refusedAs) => {
      const { house, provider } = await open()
      await sender.seed(crowd)
      const campaign = await sender.launched()
      provider.setFaults({ refused: 1, refusedAs })
      await sender.attempt()
      provider.setFaults({})
      expect(at(await campaignOf(campaign), 'progress')).toMatchObject({
        handled: 0,
        expected_end: null,
        waits: [waiting(reason, inHours(1))],
      })
      await house.rest()
      expect(sender.posts).toHaveLength(1)
      await act(campaign, 'pause')
      await act(campaign, 'resume')
      await sender.until(campaign, 'sent')
      expect(sender.accepted()).toEqual(crowd)
    },
  )

  it.each([
    ['years', 1e9],
    ['longer than any clock knows', 1e18],
  ])('for %s: it is asked again after a day', async (_, retryAfterSeconds) => {
    const { house } = await open()
    await sender.seed(crowd)
    const campaign = await sender.launched()
    sender.onPost(async () => ({ kind: 'busy', retryAfterSeconds }))
    await sender.attempt()
    sender.onPost(null)
    expect(await waitsNow(campaign)).toEqual([waiting('rate', inHours(24))])
    await house.owner`update pace set closed_until = closed_until - interval '24 hours'`
    await house.owner`update batches set lease_until = lease_until - interval '24 hours'`
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual(crowd)
  })

  it('for a moment (429): it is said until when, and when it will be done at the rate that is allowed', async () => {
    const { house, provider } = await open({ env: { SEND_RATE: '1' } })
    await sender.seed(crowd)
    const campaign = await sender.launched()
    expect(at(await campaignOf(campaign), 'progress')).toMatchObject({
      rate_per_second: null,
      expected_end: new Date(house.now().getTime() + 2500).toISOString(),
      waits: [],
    })
    provider.setFaults({ busy429: 1 })
    await sender.attempt()
    provider.setFaults({})
    expect(await waitsNow(campaign)).toEqual([waiting('rate', expect.any(String))])
  })

  it('and says nothing: few batches are begun, it is said, and when it answers again everybody has it once', async () => {
    const { house, provider, account } = await open()
    await sender.seed(Array.from({ length: 1500 }, (_, n) => `reader${n}@inbox.example`))
    const campaign = await sender.launched()
    account.baseUrl = 'http://127.0.0.1:9'
    for (let turn = 0; turn < 60 && JSON.stringify(await waitsNow(campaign)) === '[]'; turn += 1) {
      await tickBatches(house.deps)
      await sleep(150)
    }
    expect(await waitsNow(campaign)).toEqual([waiting('no_answer', expect.any(String))])
    const begun = await house.owner`select 1 from batches where state = 'posting'`
    expect(await tickBatches(house.deps)).toBe(false)
    account.baseUrl = provider.url
    await house.owner`update pace set closed_until = null`
    await sender.until(campaign, 'sent')
    expect(begun.length).toBeLessThan(15)
    expect(new Set(sender.accepted()).size).toBe(1500)
    expect(sender.accepted()).toHaveLength(1500)
  })
})

describe('a campaign that nobody sends', () => {
  it('in a copy of a deployment, or where somebody stopped it, says so and what lets it go on', async () => {
    const { house } = await open()
    await sender.seed(crowd)
    const campaign = await sender.launched()
    for (const hold of ['stopped', 'copied'] as const) {
      await house.owner`insert into deployment (name, value) values ('held', ${hold})`
      await house.rest()
      expect(await waitsNow(campaign)).toEqual([waiting(hold)])
      expect(at(await campaignOf(campaign), 'problem')).toBe(blockerSentences[hold])
      await house.owner`delete from deployment where name = 'held'`
    }
    expect(sender.posts).toEqual([])
    expect(at(await campaignOf(campaign), 'problem')).toBeNull()
    await sender.until(campaign, 'sent')
  })

  it('and one that is only scheduled there says so too, alone and among all campaigns', async () => {
    const { house } = await open()
    const list = await house.makeList({ slug: 'held' })
    const { id } = await house.makeCampaign(list)
    const later = new Date(house.now().getTime() + 86_400_000).toISOString()
    expect((await house.api('POST', `/campaigns/${id}/schedule`, { at: later })).status).toBe(202)
    await house.owner`insert into deployment (name, value) values ('held', 'copied')`
    const [one, all] = [await house.api('GET', `/campaigns/${id}`), await house.api('GET', '/campaigns')]
    expect(one.body).toMatchObject({ state: 'scheduled', problem: blockerSentences.copied })
    expect(at(all.body, 'data', 0, 'problem')).toBe(blockerSentences.copied)
  })

  it('waits for the one before it, and says so; where no sender comes at all it is said after two minutes', async () => {
    const { house } = await open()
    await sender.seed(crowd)
    const first = await sender.launched()
    const second = await sender.launched({ subject: 'July' })
    expect(await waitsNow(first)).toEqual([])
    expect(await waitsNow(second)).toEqual([waiting('another_campaign')])
    house.later({ minutes: 3 })
    expect(await waitsNow(first)).toEqual([waiting('nobody_sends')])
    await sender.until(second, 'sent')
    expect(sender.accepted('July')).toEqual(crowd)
  })
})

describe('why a campaign waits', () => {
  const moving: SendStatus = {
    state: 'sending',
    hold: null,
    rules: null,
    closed: null,
    isDue: true,
    isBehind: false,
    isHeld: false,
    askedAgainAt: null,
    givenUpAt: null,
    idleSeconds: 1,
  }
  const soon = new Date('2026-06-01T09:01:00Z')
  const closed = { reason: 'rate', until: soon } as const

  it.each<[string, Partial<SendStatus>, readonly string[]]>([
    ['it moves', {}, []],
    ['a copy with a closed provider', { hold: 'copied', closed }, ['copied', 'rate']],
    [
      'a closed provider is the reason, not the batch that waits for it',
      { closed, isDue: false, askedAgainAt: soon },
      ['rate'],
    ],
    [
      'a rule of the house is the reason, not the campaign before it that the same rule holds',
      { rules: { reason: 'quiet_hours', until: soon }, isBehind: true, idleSeconds: 500 },
      ['quiet_hours'],
    ],
    [
      'a rule holds back the rest while a sender is at its last batch',
      { rules: { reason: 'warm_up', until: soon }, isHeld: true },
      [],
    ],
    ['one answer is missing while others go out', { askedAgainAt: soon }, []],
    ['only missing answers are left', { isDue: false, askedAgainAt: soon }, ['answer_missing']],
    ['a sender is at the last batch', { isDue: false, isHeld: true, idleSeconds: 500 }, []],
    [
      'nothing is due, nobody is at it, and nothing happens',
      { isDue: false, idleSeconds: 500 },
      ['nobody_sends'],
    ],
    ['frozen in ranges', { state: 'freezing', idleSeconds: 100 }, []],
    ['paused with nothing out', { state: 'paused', closed }, ['paused']],
    ['cancelled with nothing out', { state: 'cancelled', closed }, []],
  ])('%s', (_, standing, reasons) => {
    expect(blockersOf({ ...moving, ...standing }).map(({ reason }) => reason)).toEqual(reasons)
  })
})
