// shell · consequences of a bounce, a complaint, or a refusal for the sender's sake. RFC 3463, RFC 5965
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { claimBatch } from '../../src/delivery/claim.ts'
import { isUndeliverableAfter, noFeedback, reputationProblemOf } from '../../src/feedback/feedback-rules.ts'
import { pauseOnBadReputation } from '../../src/feedback/pause-on-bad-reputation.ts'
import { readBounce, readFailure } from '../../src/mail/feedback.ts'
import { readResendEvent } from '../../src/mail/resend/events.ts'
import type { Tagged } from '../../src/platform/vault/tokens.ts'
import { at, linkIn, text } from '../support/client.ts'
import { bounced, type HookEvent, hookEnv, hookEvents, postEvent } from '../support/hooks.ts'
import { type Seeded, seedConfirmed } from '../support/seed.ts'
import { openSender, recipientsOf, type Sender } from '../support/sender.ts'
import { contentsOf } from '../support/tables.ts'
import { listSettings, openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

/** A refusal as Resend reports it, where a mail server gave the code of a mailbox that does not exist. */
const hardly = (words: string) => bounced('Permanent', 'General', `smtp; 550 5.1.1 ${words}`)

describe('a bounce', () => {
  it.each([
    ['Permanent', 'General', 'smtp; 550 5.1.1 <x@y.example>: no such user', 'hard', '5.1.1'],
    ['Transient', 'General', '550-5.1.10 not found', 'hard', '5.1.10'],
    ['Permanent', 'NoEmail', '', 'hard', null],
    ['Permanent', 'General', '', 'hard', null],
    ['Permanent', 'Suppressed', '', 'hard', null],
    ['Permanent', 'General', '550 5.2.1 disabled for now', 'hard', '5.2.1'],
    ['Permanent', 'General', '550 5.2.1 this account is disabled', 'soft', '5.2.1'],
    ['Permanent', 'General', '552 5.2.2 over quota', 'soft', '5.2.2'],
    ['Permanent', 'General', '550 5.1.1 over quota', 'soft', '5.1.1'],
    ['Transient', 'MailboxFull', '', 'soft', null],
    ['Permanent', 'MailboxFull', '', 'soft', null],
    ['Permanent', 'General', 'smtp; 451 4.7.1 greylisted', 'sender', '4.7.1'],
    ['Undetermined', 'Undetermined', '', 'soft', null],
    ['Something', 'New', '', 'soft', null],
    ['Permanent', 'General', '550 5.7.26 unauthenticated', 'sender', '5.7.26'],
    ['Permanent', 'General', '550 5.1.1 [54.240.8.12] blocked; see 10.5.1.1', 'sender', '5.1.1'],
    ['Permanent', 'General', '554 5.4.4 no route', 'soft', '5.4.4'],
    ['Transient', 'ContentRejected', '', 'sender', null],
    ['Transient', 'MessageTooLarge', '', 'sender', null],
    ['Permanent', 'ContentRejected', '550 5.1.1 no', 'sender', '5.1.1'],
    // "Permanent" is Resend's word alone: the server's own answer decides.
    ['Permanent', 'General', 'host 10.5.1.1 said no', 'soft', null],
    ['Permanent', 'General', '550 5.1.1.', 'hard', '5.1.1'],
  ])('%s/%s "%s" is %s', (type, subType, diagnostic, bounce, code) => {
    expect(readBounce({ type, subType, diagnostics: [diagnostic], message: '' })).toEqual({ bounce, code })
    // Some events carry the server's answer in their message alone.
    if (/(?<![\d.])5(?:\d\d|\.\d+\.\d+)/.test(diagnostic))
      expect(readBounce({ type, subType, diagnostics: [], message: diagnostic })).toEqual({ bounce, code })
  })

  it('is judged by the provider’s word where the server said nothing; the provider’s own prose is no server’s answer', () => {
    const message =
      "The recipient's email provider sent a hard bounce message, but did not say why. It may be temporary, or a policy."
    const general = { type: 'Permanent', subType: 'General', diagnostics: [], message }
    expect(readBounce(general)).toEqual({ bounce: 'hard', code: null })
    expect(readBounce({ ...general, type: 'Transient' })).toEqual({ bounce: 'soft', code: null })
  })

  it.each([
    ['reached_daily_quota', 'quota'],
    ['domain_not_verified', 'domain'],
    ['API key is invalid', 'key'],
    ['invalid recipient', 'other'],
    ['', 'other'],
  ])('a failure "%s" is for %s', (reason, kind) => {
    expect(readFailure(reason)).toBe(kind)
  })

  const day = 86_400_000
  it.each([
    [5, 14, true],
    [5, 13.99, false],
    [4, 60, false],
    [9, 14, true],
    [9, 1, false],
  ])('%i soft ones over %f days: %s', (count, days, expected) => {
    const firstAt = new Date(0)
    expect(isUndeliverableAfter({ count, firstAt, lastAt: new Date(days * day) })).toBe(expected)
  })
})

describe('an event of the provider', () => {
  const read = (data: unknown, type = 'email.bounced') =>
    readResendEvent(
      { type, created_at: '2026-06-01T09:00:00.000Z', data },
      new Date('2026-06-01T09:00:01.000Z'),
    )
  it.each<[string, unknown, object]>([
    [
      'with a field that is null',
      { bounce: { type: 'Transient', subType: null, message: null } },
      { bounce: 'soft' },
    ],
    [
      'with one line of diagnosis',
      { bounce: { type: 'Permanent', diagnosticCode: '550 5.7.1 no' } },
      { bounce: 'sender' },
    ],
    ['without particulars', {}, { bounce: 'hard' }],
    ['without data', null, { bounce: 'hard' }],
  ])('is read %s', (_, data, expected) => {
    expect(read(data)).toMatchObject({ tag: null, feedback: { kind: 'bounced', ...expected } })
  })

  it('keeps its tag beside others that are no texts', () => {
    expect(read({ tags: { other: 1, assent: 'x' } })).toMatchObject({ tag: 'x' })
    expect(read({ tags: [{ name: 'other', value: null }, 7, { name: 'assent', value: 'x' }] })).toMatchObject(
      { tag: 'x' },
    )
  })

  it('is dated by when it was heard where it has no time, or one that lies ahead', () => {
    for (const created_at of [undefined, 'yesterday', '2027-01-01T00:00:00Z'])
      expect(
        readResendEvent(
          { type: 'email.delivered', created_at, data: {} },
          new Date('2026-06-01T09:00:01.000Z'),
        ),
      ).toMatchObject({ feedback: { at: new Date('2026-06-01T09:00:01.000Z') } })
  })
})

describe('the rates that stop a campaign', () => {
  const is = (
    now: Partial<typeof noFeedback>,
    known: Partial<typeof noFeedback> = {},
    sent = 0,
    refusedDomains = 2,
  ): boolean =>
    reputationProblemOf({ ...noFeedback, ...now }, { ...noFeedback, ...known }, { sent, refusedDomains }) !==
    null
  it.each([
    [{ delivered: 1666, complained: 5 }, {}, true],
    [{ delivered: 1667, complained: 5 }, {}, false],
    [{ delivered: 100, complained: 4 }, {}, false],
    [{ delivered: 380, bounced: 20 }, {}, true],
    [{ delivered: 381, bounced: 20 }, {}, false],
    [{ delivered: 95, bounced: 5 }, {}, true],
    [{ delivered: 94, bounced: 5 }, {}, false],
    [{ delivered: 96, bounced: 4 }, {}, false],
    [{ delivered: 9, unsent: 1 }, {}, true],
    [{ delivered: 9, refused: 4 }, {}, false],
    [{ delivered: 95, bounced: 5, refused: 5 }, {}, true],
    [{ delivered: 196, bounced: 5, refused: 5 }, {}, false],
    [{ delivered: 90, bounced: 9, refused: 9 }, { delivered: 95, bounced: 5, refused: 5 }, false],
    [{ delivered: 90, bounced: 10, refused: 10 }, { delivered: 95, bounced: 5, refused: 5 }, true],
    [{ delivered: 380, bounced: 20 }, { delivered: 380, bounced: 20 }, false],
    [{ delivered: 400, bounced: 40 }, { delivered: 380, bounced: 20 }, true],
    [{ delivered: 1780, bounced: 40 }, { delivered: 380, bounced: 20 }, false],
    [{ delivered: 10_000, complained: 59 }, { delivered: 10_000, complained: 30 }, false],
    [{ delivered: 10_000, complained: 60 }, { delivered: 10_000, complained: 30 }, true],
    [{ unsent: 9 }, { unsent: 1 }, false],
    [{ unsent: 10 }, { unsent: 1 }, true],
  ])('%o, of which %o was known: %s', (now, known, expected) => {
    expect(is(now, known)).toBe(expected)
  })

  it('are not reached where one domain alone refuses', () => {
    expect(is({ delivered: 20, bounced: 15, refused: 15 }, {}, 0, 1)).toBe(false)
    expect(is({ delivered: 20, bounced: 15, refused: 15 }, {}, 0, 2)).toBe(true)
  })

  it('are measured against sent mails where no deliveries are reported', () => {
    expect(is({ complained: 5 }, {}, 10_000)).toBe(false)
    expect(is({ complained: 5 }, {}, 1000)).toBe(true)
    expect(is({ bounced: 20 }, {}, 10_000)).toBe(false)
    expect(is({ bounced: 50 }, {}, 1000)).toBe(true)
  })
})

describe('a subscriber of two lists', () => {
  let house: TestApp
  let letter: TestList
  let offers: TestList
  let round = 0
  let email: string
  let person: Seeded
  let onOther: Seeded

  beforeAll(async () => {
    house = await openTestApp({ env: hookEnv })
    letter = await house.makeList()
    offers = await house.makeList({ ...listSettings, slug: 'offers', name: 'Offers' })
  })
  afterAll(() => house.close())
  beforeEach(async () => {
    round += 1
    email = `reader.${round}@example.pl`
    const one = await seedConfirmed(house.deps, 'letter', [{ email }])
    const other = await seedConfirmed(house.deps, 'offers', [{ email }])
    const [a] = one
    const [b] = other
    if (a === undefined || b === undefined) throw new Error('nobody was seeded')
    person = a
    onOther = b
    house.later({ minutes: 1 })
  })

  /** Sends a campaign to this person among others; returns the tag of their mail. */
  async function mailed(list = letter): Promise<Tagged> {
    const campaign = await house.makeCampaign(list)
    await house.launch(campaign)
    await house.rest()
    const { subscription } = list === letter ? person : onOther
    return { kind: 'campaign', subscription, campaign: campaign.number }
  }
  const standings = async () => {
    const [one, other] = [await house.subscription(letter, email), await house.subscription(offers, email)]
    return [one, other].map((standing) => ({
      state: standing?.state,
      suppressed: standing?.suppressed,
      sendable: standing?.sendable,
    }))
  }
  const free = { state: 'active', suppressed: false, sendable: true }
  const mute = { state: 'active', suppressed: true, sendable: false }
  const newest = async () =>
    (await house.owner`select scope, reason from suppressions order by id desc limit 1`)[0]

  it('whose mailbox does not exist is suppressed on all of them at once; it is no withdrawal', async () => {
    await postEvent(house, await mailed(), hookEvents.hard)
    expect(await standings()).toEqual([mute, mute])
    expect(await newest()).toEqual({ scope: 'all', reason: 'bounce' })
  })

  it('whose address the provider itself suppressed is so too', async () => {
    await postEvent(house, await mailed(), hookEvents.suppressed)
    expect(await standings()).toEqual([mute, mute])
  })

  it('loses their waiting messages', async () => {
    const tag = await mailed()
    await house.app`
      insert into messages (subscription, purpose, kind, created_at)
      values (${person.subscription}, 'newsletter', 'sequence', now())`
    await postEvent(house, tag, hookEvents.hard)
    expect(await house.owner`select 1 from messages where subscription = ${person.subscription}`).toEqual([])
  })

  it('is written to again on every list once they confirm anew', async () => {
    await postEvent(house, await mailed(), hookEvents.hard)
    house.later({ days: 2 })
    await house.signUp(letter, email, { purposes: ['offers'] })
    await house.rest()
    await house.confirm(email)
    expect(await standings()).toEqual([free, free])
  })

  it('is not suppressed by news from before they confirmed', async () => {
    const tag = await mailed()
    const bouncedAt = house.now()
    house.later({ days: 2 })
    await house.signUp(letter, email, { purposes: ['offers'] })
    await house.rest()
    await house.confirm(email)
    await postEvent(house, tag, { ...hookEvents.hard, at: bouncedAt })
    expect(await standings()).toEqual([free, free])
  })

  it('is not suppressed for a full mailbox, until it was full five times over fourteen days', async () => {
    for (const days of [3, 4, 4, 2.9]) {
      await postEvent(house, await mailed(), hookEvents.soft)
      expect(await standings()).toEqual([free, free])
      house.later({ days })
    }
    const tag = await mailed()
    await postEvent(house, tag, hookEvents.soft)
    expect(await standings()).toEqual([free, free])
    house.later({ hours: 3 })
    await postEvent(house, await mailed(offers), hookEvents.soft)
    expect(await standings()).toEqual([mute, mute])
    expect(await newest()).toEqual({ scope: 'all', reason: 'bounce' })
  })

  it('whose mailbox accepted a mail in between starts counting anew', async () => {
    for (const event of [
      hookEvents.soft,
      hookEvents.soft,
      hookEvents.delivered,
      hookEvents.soft,
      hookEvents.soft,
      hookEvents.soft,
      hookEvents.soft,
    ]) {
      await postEvent(house, await mailed(), event)
      house.later({ days: 5 })
    }
    expect(await standings()).toEqual([free, free])
    await postEvent(house, await mailed(), hookEvents.soft)
    expect(await standings()).toEqual([mute, mute])
  })

  it('is counted once for each mail, however often that one bounces', async () => {
    const tag = await mailed()
    for (let times = 0; times < 8; times += 1) {
      await postEvent(house, tag, hookEvents.soft)
      house.later({ days: 3 })
    }
    expect(await standings()).toEqual([free, free])
  })

  it('who reports it as spam has left that list, and is kept off it', async () => {
    const tag = await mailed()
    await postEvent(house, tag, hookEvents.complained)
    expect(await standings()).toEqual([{ state: 'withdrawn', suppressed: true, sendable: false }, free])
    expect(await newest()).toEqual({ scope: `list:${letter.id}`, reason: 'complaint' })
    const evidence = await evidenceOf()
    expect(evidence.at(-1)).toMatchObject({ channel: 'complaint', actor: 'subject' })
    expect(text(evidence.at(-1), 'campaign')).toMatch(/^[0-9a-f-]{36}$/)
    const mails = (await house.mailsTo(email)).length
    house.later({ days: 40 })
    await house.signUp(letter, email)
    await house.rest()
    expect((await house.mailsTo(email)).length).toBe(mails)
  })

  it('who reports it twice has left once', async () => {
    const tag = await mailed()
    await Promise.all([
      postEvent(house, tag, hookEvents.complained),
      postEvent(house, tag, hookEvents.complained),
    ])
    expect((await evidenceOf()).filter((one) => at(one, 'channel') === 'complaint')).toHaveLength(1)
  })

  it('who reports the mail that tells them they are subscribed has left too', async () => {
    await house.signUp(letter, email)
    await house.rest()
    const [member] = await house.owner<{ id: string }[]>`
      select id from service_mails where kind = 'already_subscribed' and subscription = ${person.subscription}`
    await postEvent(house, { kind: 'service_mail', id: member?.id ?? '' }, hookEvents.complained)
    expect(await standings()).toEqual([{ state: 'withdrawn', suppressed: true, sendable: false }, free])
  })

  it('whose single message bounces is suppressed by its tag as well', async () => {
    await postEvent(
      house,
      { kind: 'message', subscription: person.subscription, message: 7 },
      hookEvents.hard,
    )
    expect(await standings()).toEqual([mute, mute])
  })

  it.each(['not-spam', 'auth-failure', 'virus'])(
    'whose report is of the type %s changes nothing',
    async (type) => {
      const tag = await mailed()
      const before = await contentsOf(house.owner)
      await postEvent(house, tag, { type: 'email.complained', data: { complaint: { type } } })
      expect(await contentsOf(house.owner)).toEqual(before)
    },
  )

  const against = [
    ['a policy of the other side', hookEvents.refused],
    ['a quota of the account', hookEvents.quota],
    ['what the mail says', bounced('Transient', 'ContentRejected')],
    ['something of their own', hookEvents.invalid],
    [
      'a blocklist, under the code of a mailbox that does not exist',
      hardly('blocked using zen.spamhaus.org'),
    ],
    ['a reputation', hardly('rejected due to the reputation of 192.0.2.1')],
    ['a rate', hardly('too many messages from your IP')],
    ['a signature that is missing', hardly('DKIM and SPF did not pass')],
    ['a relay', hardly('relay access denied')],
    ['a greylist', hardly('greylisted, try again')],
    ['an address of the sender', hardly('sender address rejected: domain not found')],
  ] as const
  it.each(against)('is not punished for %s', async (_, event) => {
    await postEvent(house, await mailed(), event)
    expect(await standings()).toEqual([free, free])
  })

  it('is not suppressed by refusals for the sender’s sake, on whatever list and however often', async () => {
    const events = against.slice(4).map(([, event]) => event)
    for (const [nth, event] of [...events, ...events].entries()) {
      await postEvent(house, await mailed(nth % 2 === 0 ? letter : offers), event)
      house.later({ days: 4 })
      expect(await standings()).toEqual([free, free])
    }
    // Refusals for the sender's sake are not among the five soft bounces that suppress an address either.
    for (let times = 0; times < 4; times += 1) {
      await postEvent(house, await mailed(), hookEvents.soft)
      house.later({ days: 4 })
    }
    expect(await standings()).toEqual([free, free])
    await postEvent(house, await mailed(), hookEvents.soft)
    expect(await standings()).toEqual([mute, mute])
  })

  async function evidenceOf(): Promise<readonly unknown[]> {
    const [row] = await house.owner<
      { uid: string }[]
    >`select uid from subscribers where id = ${person.subscriber}`
    const { body } = await house.api('POST', `/subscribers/${row?.uid}/evidence`, {
      list: 'letter',
      reason: 'a test',
    })
    const opened = at(body, 'data')
    return Array.isArray(opened) ? opened.map((one) => at(one, 'payload')) : []
  }
})

describe('events in any order, any number of times', () => {
  let house: TestApp
  let people: readonly Seeded[]
  beforeAll(async () => {
    house = await openTestApp({ env: hookEnv })
    const list = await house.makeList()
    people = await seedConfirmed(
      house.deps,
      list.slug,
      Array.from({ length: 2 }, (_, index) => ({ email: `reader.${index}@example.se` })),
    )
    const campaign = await house.makeCampaign(list)
    await house.launch(campaign)
    await house.rest()
    house.later({ days: 1 })
  })
  afterAll(() => house.close())

  const kinds: readonly HookEvent[] = Object.values(hookEvents)
  const event = fc.record({
    who: fc.nat(1),
    what: fc.nat(kinds.length - 1),
    minute: fc.nat(60),
  })
  const story = fc
    .uniqueArray(event, { minLength: 3, maxLength: 14, selector: (one) => JSON.stringify(one) })
    .chain((events) =>
      fc.record({
        events: fc.constant(events),
        shuffled: fc
          .array(fc.nat(events.length - 1), { maxLength: 6 })
          .chain((again) =>
            fc.shuffledSubarray([...events.keys(), ...again], { minLength: events.length + again.length }),
          ),
      }),
    )

  it('lead to the same rows', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ events, shuffled }) => {
        const straight = await tellAll(events, [...events.keys()])
        expect(await tellAll(events, shuffled)).toEqual(straight)
      }),
      { numRuns: 40 },
    )
  })

  interface Event {
    readonly who: number
    readonly what: number
    readonly minute: number
  }

  /** Posts the events in this order to an empty state; returns every row that may depend on them. */
  async function tellAll(events: readonly Event[], order: readonly number[]) {
    await house.owner`truncate deliveries, hook_events, suppressions`
    await house.owner`update subscriptions set suppressed = false`
    for (const index of order) {
      const one = events[index]
      const what = kinds[one?.what ?? 0]
      if (one === undefined || what === undefined) throw new Error('there is no such event')
      const tagged = {
        kind: 'campaign',
        subscription: people[one.who]?.subscription ?? 0,
        campaign: 1,
      } as const
      const moment = new Date(house.now().getTime() - one.minute * 60_000)
      await postEvent(house, tagged, { ...what, at: moment }, `msg_${index}`)
    }
    return {
      deliveries: await house.owner`select * from deliveries order by subscriber`,
      suppressions: await house.owner`
        select encode(hash, 'hex') as hash, scope, reason from suppressions order by 1, 2, 3`,
      marks: await house.owner`select id, suppressed from subscriptions order by id`,
    }
  }
})

describe('a campaign', () => {
  let sender: Sender
  const open = async (size: number) => {
    sender = await openSender({ env: hookEnv })
    return sender.seed(Array.from({ length: size }, (_, index) => `reader.${index}@inbox.example`))
  }
  afterEach(() => sender.close())
  const tagOf = (person: Seeded | undefined, campaign: { number: number }): Tagged => ({
    kind: 'campaign',
    subscription: person?.subscription ?? 0,
    campaign: campaign.number,
  })
  const shown = async (campaign: { id: string }) =>
    (await sender.house.api('GET', `/campaigns/${campaign.id}`)).body

  const seeded = async (addresses: readonly string[]) => {
    sender = await openSender({ env: hookEnv })
    return sender.seed(addresses)
  }

  it('goes on where a few do not take mail from us, or one domain; stands still where several do, and says why', async () => {
    const people = await seeded(
      Array.from(
        { length: 250 },
        (_, index) => `reader.${index}@${index < 4 ? 'one' : `host${index}`}.example`,
      ),
    )
    const campaign = await sender.launched()
    await sender.attempt()
    for (const person of people.slice(0, 4))
      await postEvent(sender.house, tagOf(person, campaign), hookEvents.refused)
    expect(await shown(campaign)).toMatchObject({ state: 'sending' })
    await postEvent(sender.house, tagOf(people[4], campaign), hookEvents.refused)
    expect(await shown(campaign)).toMatchObject({ state: 'paused' })
    expect(at(await shown(campaign), 'problem')).toMatch(
      /^5 of 100 mails were refused for a reason of the sender's \(5 %\)/,
    )
    expect(sender.house.logged.some((line) => line.includes('"event":"sender.refused"'))).toBe(true)
    await sender.house.api('POST', `/campaigns/${campaign.id}/resume`)
    await postEvent(sender.house, tagOf(people[5], campaign), hookEvents.refused)
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toHaveLength(250)
  })

  it('goes on where one server cannot be reached, or minds the words', async () => {
    const people = await open(150)
    const campaign = await sender.launched()
    await sender.attempt()
    await postEvent(
      sender.house,
      tagOf(people[0], campaign),
      bounced('Permanent', 'General', '554 5.4.4 no route'),
    )
    await postEvent(sender.house, tagOf(people[1], campaign), bounced('Transient', 'ContentRejected'))
    await postEvent(sender.house, tagOf(people[2], campaign), hookEvents.invalid)
    await tickGuard()
    expect(await shown(campaign)).toMatchObject({ state: 'sending', totals: { bounced: 2 } })
    expect(sender.house.logged.filter((line) => line.includes('"event":"sender.refused"'))).toHaveLength(1)
  })

  it('knows its recipients by the tag that the provider was given', async () => {
    await open(1)
    const campaign = await sender.launched()
    await sender.until(campaign, 'sent')
    const { tags } = sender.letterTo('reader.0@inbox.example') ?? { tags: [] }
    for (const form of [tags, Object.fromEntries(tags.map(({ name, value }) => [name, value]))])
      expect(await postEvent(sender.house, '', { ...hookEvents.delivered, data: { tags: form } })).toBe(
        'taken',
      )
    expect(await shown(campaign)).toMatchObject({ totals: { sent: 1, delivered: 1 } })
  })

  it('stands still for a quota that is used up', async () => {
    const people = await open(150)
    const campaign = await sender.launched()
    await sender.attempt()
    await postEvent(sender.house, tagOf(people[0], campaign), hookEvents.quota)
    expect(await shown(campaign)).toMatchObject({ state: 'paused' })
  })

  it('stands still when too many complain, goes on when told to, and not again for the same', async () => {
    const people = await open(210)
    const campaign = await sender.launched()
    await sender.attempt()
    for (const [index, person] of people.slice(0, 100).entries())
      await postEvent(
        sender.house,
        tagOf(person, campaign),
        index < 4 ? hookEvents.complained : hookEvents.delivered,
      )
    await tickGuard()
    expect(await shown(campaign)).toMatchObject({ state: 'sending', totals: { complained: 4 } })
    await postEvent(sender.house, tagOf(people[4], campaign), hookEvents.complained)
    await tickGuard()
    expect(await shown(campaign)).toMatchObject({ state: 'paused', totals: { complained: 5, delivered: 96 } })
    expect(at(await shown(campaign), 'problem')).toMatch(/^5 of 96 people reported this as spam \(5\.2 %\)/)
    await sender.house.api('POST', `/campaigns/${campaign.id}/resume`)
    await tickGuard()
    expect(await shown(campaign)).toMatchObject({ state: 'sending', problem: null })
    await sender.until(campaign, 'sent')
  })

  it('stands still when too many bounce', async () => {
    const people = await open(150)
    const campaign = await sender.launched()
    await sender.attempt()
    for (const [index, person] of people.slice(0, 100).entries())
      await postEvent(
        sender.house,
        tagOf(person, campaign),
        index < 5 ? hookEvents.hard : hookEvents.delivered,
      )
    await tickGuard()
    expect(await shown(campaign)).toMatchObject({
      state: 'paused',
      problem: expect.stringMatching(/^5 of 100 mails bounced \(5 %\)/),
    })
  })

  /** The heartbeat's half-minute check, without sending. */
  const tickGuard = async () => pauseOnBadReputation(sender.house.deps)

  it('knows what became of a mail before we marked that it was sent', async () => {
    const people = await open(2)
    const campaign = await sender.launched()
    const claimed = await claimBatch(sender.house.deps)
    expect(claimed?.members).toHaveLength(2)
    await postEvent(sender.house, tagOf(people[0], campaign), hookEvents.delivered)
    expect(await shown(campaign)).toMatchObject({ totals: { sent: 0, delivered: 1 } })
    await sender.house.owner`update batches set lease_until = now() - interval '1 second'`
    const totals = at(await sender.until(campaign, 'sent'), 'totals')
    expect(totals).toMatchObject({ sent: 2, delivered: 1 })
    const [row] = await recipientsOf(sender.house, campaign)
    expect(row).toMatchObject({ outcome: 'sent' })
  })

  it('counts unknown recipients as sent, once there is feedback on them; each figure opens into its rows', async () => {
    const people = await open(4)
    const { house, provider } = sender
    const campaign = await sender.launched()
    provider.setFaults({ timeoutAfter: 1 })
    await sender.attempt()
    provider.setFaults({})
    await house.owner`
      update batches set first_attempt_at = now() - interval '24 hours', lease_until = now() - interval '1 second'`
    await sender.until(campaign, 'sent')
    expect(await shown(campaign)).toMatchObject({ totals: { sent: 0, unknown: 4 } })
    await postEvent(house, tagOf(people[0], campaign), hookEvents.delivered)
    await postEvent(house, tagOf(people[1], campaign), hookEvents.hard)
    await postEvent(house, tagOf(people[2], campaign), hookEvents.complained)
    expect(await shown(campaign)).toMatchObject({
      totals: { recipients: 4, sent: 3, unknown: 1, delivered: 1, bounced: 1, complained: 1 },
    })
    for (const [query, count] of [
      ['outcome=sent', 3],
      ['outcome=unknown', 1],
      ['heard=delivered', 1],
      ['heard=bounced', 1],
      ['heard=complained', 1],
      ['heard=failed', 0],
    ] as const) {
      const { body } = await house.api('GET', `/campaigns/${campaign.id}/recipients?${query}`)
      expect([query, at(body, 'data', 'length')]).toEqual([query, count])
    }
    expect(sender.posts).toHaveLength(1)
  })

  it('counts inferred recipients without feedback for 72 hours as unknown', async () => {
    const people = await open(3)
    const { house, provider } = sender
    const campaign = await sender.launched()
    provider.setFaults({ timeoutAfter: 1 })
    await sender.attempt()
    provider.setFaults({})
    await sender.leave(people[1] ?? { subscription: 0 })
    await sender.until(campaign, 'sent')
    expect(await shown(campaign)).toMatchObject({ totals: { sent: 3, unknown: 0 } })
    await postEvent(house, tagOf(people[0], campaign), hookEvents.delivered)
    house.later({ hours: 71 })
    expect(await shown(campaign)).toMatchObject({ totals: { sent: 3, unknown: 0 } })
    house.later({ hours: 1, minutes: 1 })
    expect(await shown(campaign)).toMatchObject({ totals: { sent: 1, unknown: 2 } })
    expect((await recipientsOf(house, campaign, 'unknown')).length).toBe(2)
    await postEvent(house, tagOf(people[2], campaign), hookEvents.delivered)
    expect(await shown(campaign)).toMatchObject({ totals: { sent: 2, unknown: 1 } })
    expect(Object.values(await sender.outcomes(campaign)).toSorted()).toEqual(['sent', 'sent', 'unknown'])
  })
})

describe('a confirmation mail', () => {
  let house: TestApp
  let list: TestList
  let email: string
  let round = 0
  beforeAll(async () => {
    house = await openTestApp({ env: hookEnv })
    list = await house.makeList()
  })
  afterAll(() => house.close())
  beforeEach(async () => {
    round += 1
    email = `newcomer.${round}@example.pl`
    house.later({ minutes: 1 })
    await house.signUp(list, email)
    await house.rest()
    house.later({ minutes: 1 })
  })
  const mail = async (): Promise<Tagged> => {
    const [row] = await house.owner<{ id: string }[]>`
      select id from service_mails where kind = 'confirmation' order by id desc limit 1`
    return { kind: 'service_mail', id: row?.id ?? '' }
  }
  const graded = async () =>
    (
      await house.owner`
        select s.state, s.grade, s.sendable from subscriptions as s order by s.id desc limit 1`
    )[0]
  const payload = async (): Promise<unknown> => {
    const { body } = await house.api('POST', '/subscribers/search', { email })
    const opened = await house.api('POST', `/subscribers/${text(body, 'data', 0, 'id')}/evidence`, {
      list: list.slug,
      reason: 'a test',
    })
    return at(opened.body, 'data', 1, 'payload', 'mail')
  }

  it('that is known delivered when it is confirmed makes grade A, and the evidence says so', async () => {
    await postEvent(house, await mail(), hookEvents.delayed)
    await postEvent(house, await mail(), hookEvents.delivered)
    const deliveredAt = house.now().toISOString()
    house.later({ minutes: 3 })
    await house.confirm(email)
    expect(await graded()).toEqual({ state: 'active', grade: 'A', sendable: true })
    expect(await payload()).toMatchObject({
      delivered_at: deliveredAt,
      delayed_at: deliveredAt,
      bounced_at: null,
      bounce: null,
    })
  })

  it('without feedback by then makes grade B; later feedback changes no evidence', async () => {
    await house.confirm(email)
    await postEvent(house, await mail(), hookEvents.delivered)
    expect(await graded()).toEqual({ state: 'active', grade: 'B', sendable: true })
    expect(await payload()).toMatchObject({ delivered_at: null })
  })

  it('that bounced suppresses the address, until somebody confirms by it all the same', async () => {
    await postEvent(house, await mail(), hookEvents.hard)
    expect(await house.subscription(list, email)).toMatchObject({ state: 'pending', suppressed: true })
    house.later({ minutes: 1 })
    await house.confirm(email)
    expect(await graded()).toEqual({ state: 'active', grade: 'B', sendable: true })
    expect(await payload()).toMatchObject({ bounce: 'hard 5.1.1' })
  })

  it('that is reported as spam refuses the request, and nobody asks again', async () => {
    const link = linkIn((await house.mailsTo(email))[0] ?? { text: '' }, 'c')
    await postEvent(house, await mail(), hookEvents.complained)
    expect(await house.subscription(list, email)).toMatchObject({ state: 'refused', suppressed: true })
    expect(await (await house.get(link)).text()).not.toContain('name="nonce"')
    house.later({ days: 40 })
    await house.signUp(list, email)
    await house.rest()
    expect(await house.mailsTo(email)).toHaveLength(1)
  })

  it('whose answer never came is known to be sent once it is delivered', async () => {
    const tagged = await mail()
    await house.owner`update service_mails set state = 'unknown', sent_at = null where id = ${'id' in tagged ? tagged.id : ''}`
    await postEvent(house, tagged, hookEvents.delivered)
    await house.confirm(email)
    expect(await graded()).toMatchObject({ grade: 'A' })
  })
})
