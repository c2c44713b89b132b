// adapter · a campaign on its way: requests, repeats, outcomes of all recipients. I4, I10
import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inviteOperator } from '../../src/auth/operators/operators.ts'
import { findCampaign } from '../../src/campaigns/find.ts'
import { launchCampaign, returnToDraft } from '../../src/campaigns/launch.ts'
import { stopForProblem } from '../../src/campaigns/progress.ts'
import { claimBatch } from '../../src/delivery/claim.ts'
import { markBatch } from '../../src/delivery/mark.ts'
import { findList } from '../../src/lists/find.ts'
import { tickBatches } from '../../src/tick.ts'
import { at } from '../support/client.ts'
import { openSender, recipientsOf, type Sender } from '../support/sender.ts'

let sender: Sender

const open = async (options?: Parameters<typeof openSender>[0]): Promise<Sender> => {
  sender = await openSender(options)
  return sender
}

const outcomeNames = ['waiting', 'sent', 'skipped', 'rejected', 'unknown'] as const

/** Ends every test: each figure of each campaign opens into exactly that many rows. I10 */
async function expectTotalsToOpen({ house }: Sender): Promise<void> {
  const campaigns = await house.owner<{ id: string }[]>`select id from campaigns`
  for (const { id } of campaigns) {
    const { body } = await house.api('GET', `/campaigns/${id}`)
    const counted = Object.fromEntries(
      await Promise.all(
        outcomeNames.map(async (name) => [name, (await recipientsOf(house, { id }, name)).length] as const),
      ),
    )
    const { waiting, ...settled } = counted
    const all = await recipientsOf(house, { id })
    expect(at(body, 'totals')).toMatchObject({ recipients: all.length, ...settled })
    expect(Object.values(settled).reduce((sum, count) => sum + count, 0) + (waiting ?? 0)).toBe(all.length)
  }
}

afterEach(async () => {
  try {
    await expectTotalsToOpen(sender)
  } finally {
    await sender.close()
  }
})

const anna = 'anna@inbox.example'
const bo = 'bo@inbox.example'
const cleo = 'cleo@inbox.example'

describe('a batch whose answer never came', () => {
  beforeEach(() => open())

  it('is posted again under the same key with the same bytes: nobody has it twice', async () => {
    const { provider, posts } = sender
    await sender.seed([anna, bo, cleo])
    const campaign = await sender.launched()
    provider.setFaults({ timeoutAfter: 1 })
    await sender.attempt()
    provider.setFaults({})
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, bo, cleo])
    expect(provider.stats).toMatchObject({ replayed: 1, conflicts: 0 })
    expect(new Set(posts.map(({ key }) => key)).size).toBe(1)
    expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'sent', [bo]: 'sent', [cleo]: 'sent' })
  })

  it.each([
    ['500', { error500: 1 }],
    ['a connection reset before', { resetBefore: 1 }],
    ['a connection reset after', { resetAfter: 1 }],
  ])('is repeated after %s too', async (_, fault) => {
    const { provider } = sender
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    provider.setFaults(fault)
    await sender.attempt()
    await sender.attempt()
    provider.setFaults({})
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, bo])
  })

  it('keeps its key after 429 on the repeat, and after 429 alone', async () => {
    const { provider, house, posts } = sender
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    for (const fault of [{ busy429: 1 }, { resetAfter: 1 }, { busy429: 1 }]) {
      provider.setFaults(fault)
      await sender.attempt()
      await house.owner`update pace set closed_until = now()`
    }
    provider.setFaults({})
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, bo])
    expect(posts).toHaveLength(4)
    expect(new Set(posts.map(({ key }) => key)).size).toBe(1)
    expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'sent', [bo]: 'sent' })
  })

  it('counts people who left after the accepted attempt as sent, and mails nobody again', async () => {
    const { provider } = sender
    const [, second] = await sender.seed([anna, bo, cleo])
    const campaign = await sender.launched()
    provider.setFaults({ timeoutAfter: 1 })
    await sender.attempt()
    provider.setFaults({})
    await sender.leave(second ?? { subscription: 0 })
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, bo, cleo])
    expect(provider.stats.conflicts).toBe(1)
    expect(await sender.outcomes(campaign)).toEqual({
      [anna]: 'sent (inferred)',
      [bo]: 'sent (inferred)',
      [cleo]: 'sent (inferred)',
    })
  })

  it('counts people who left between two attempts as unknown, where one was accepted', async () => {
    const { provider } = sender
    const [, second, third] = await sender.seed([anna, bo, cleo])
    const campaign = await sender.launched()
    provider.setFaults({ resetBefore: 1 })
    await sender.attempt()
    await sender.leave(second ?? { subscription: 0 })
    provider.setFaults({ resetAfter: 1 })
    await sender.attempt()
    provider.setFaults({})
    await sender.leave(third ?? { subscription: 0 })
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, cleo])
    expect(await sender.outcomes(campaign)).toEqual({
      [anna]: 'sent (inferred)',
      [bo]: 'unknown',
      [cleo]: 'sent (inferred)',
    })
  })

  it('skips people who left before an attempt that was accepted anew', async () => {
    const { provider } = sender
    const [, second] = await sender.seed([anna, bo, cleo])
    const campaign = await sender.launched()
    provider.setFaults({ resetBefore: 1 })
    await sender.attempt()
    provider.setFaults({})
    await sender.leave(second ?? { subscription: 0 })
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, cleo])
    expect(await sender.outcomes(campaign)).toEqual({
      [anna]: 'sent',
      [bo]: 'skipped: withdrawn',
      [cleo]: 'sent',
    })
  })

  it('leaves everyone unknown when all of them left meanwhile, and posts to nobody', async () => {
    const { provider } = sender
    const people = await sender.seed([anna, bo])
    const campaign = await sender.launched()
    provider.setFaults({ resetAfter: 1 })
    await sender.attempt()
    provider.setFaults({})
    for (const person of people) await sender.leave(person)
    await sender.until(campaign, 'sent')
    expect(sender.posts).toHaveLength(1)
    expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'unknown', [bo]: 'unknown' })
  })

  it('is not posted again by itself after 23 hours: its people are unknown, and shown', async () => {
    const { provider, house } = sender
    const [, second] = await sender.seed([anna, bo, cleo])
    const campaign = await sender.launched()
    await sender.leave(second ?? { subscription: 0 })
    provider.setFaults({ timeoutAfter: 1 })
    await sender.attempt()
    provider.setFaults({})
    await house.owner`update batches set first_attempt_at = now() - interval '23 hours 1 minute', lease_until = now() - interval '1 second'`
    const shown = await sender.until(campaign, 'sent')
    expect(sender.posts).toHaveLength(1)
    expect(at(shown, 'totals')).toMatchObject({ sent: 0, unknown: 2, skipped: 1 })
    expect(await sender.outcomes(campaign)).toEqual({
      [anna]: 'unknown',
      [bo]: 'skipped: withdrawn',
      [cleo]: 'unknown',
    })
  })
})

describe('a provider that is still at work on the first request', () => {
  it('is asked again later, under the same key, and nobody has it twice', async () => {
    const { account, provider, posts } = await open({ provider: { latencyMs: 700 } })
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    account.timeoutMs = 100
    await sender.attempt()
    account.timeoutMs = 5000
    await sender.attempt()
    expect(provider.stats).toMatchObject({ underWay: 1, accepted: 0 })
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, bo])
    expect(new Set(posts.map(({ key }) => key)).size).toBe(1)
    expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'sent', [bo]: 'sent' })
  })
})

describe('people who left before the first attempt', () => {
  it('are skipped with the reason, and the others are not kept waiting', async () => {
    const { house } = await open()
    const [first, second, third, fourth] = await sender.seed([anna, bo, cleo, 'dag@inbox.example'])
    const campaign = await sender.launched()
    await sender.leave(first ?? { subscription: 0 })
    await house.owner`update subscriptions set suppressed = true where id = ${second?.subscription ?? 0}`
    await house.owner`
      update subscriptions set not_before = now() + interval '1 day' where id = ${third?.subscription ?? 0}`
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual(['dag@inbox.example'])
    expect(await sender.outcomes(campaign)).toEqual({
      [anna]: 'skipped: withdrawn',
      [bo]: 'skipped: suppressed',
      [cleo]: 'skipped: not_now',
      'dag@inbox.example': 'sent',
    })
    expect(fourth?.email).toBe('dag@inbox.example')
  })

  it('are not mailed when they were the whole audience', async () => {
    await open()
    const people = await sender.seed([anna, bo])
    const campaign = await sender.launched()
    for (const person of people) await sender.leave(person)
    await sender.until(campaign, 'sent')
    expect(sender.posts).toEqual([])
    expect(await sender.outcomes(campaign)).toEqual({
      [anna]: 'skipped: withdrawn',
      [bo]: 'skipped: withdrawn',
    })
  })

  it('stay out of every later attempt, also when they came back meanwhile', async () => {
    const { provider } = await open()
    const [, second] = await sender.seed([anna, bo])
    const campaign = await sender.launched()
    await sender.leave(second ?? { subscription: 0 })
    provider.setFaults({ resetBefore: 1 })
    await sender.attempt()
    provider.setFaults({})
    await sender.seed([bo])
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna])
    expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'sent', [bo]: 'skipped: withdrawn' })
  })
})

describe('one bad address among a hundred', () => {
  it('is rejected with the reason, and the other 99 have their mail', async () => {
    const { provider } = await open()
    const everyone = Array.from({ length: 100 }, (_, n) => `reader${n}@inbox.example`)
    await sender.seed(everyone)
    const campaign = await sender.launched()
    provider.setFaults({ rejectOne: 1 })
    const shown = await sender.until(campaign, 'sent')
    expect(sender.posts).toHaveLength(1)
    expect(new Set(sender.accepted()).size).toBe(99)
    expect(at(shown, 'totals')).toMatchObject({ recipients: 100, sent: 99, rejected: 1 })
    const [rejected] = everyone.filter((email) => !sender.accepted().includes(email))
    expect((await sender.outcomes(campaign))[rejected ?? '']).toMatch(/^rejected: .*`to`/)
  })

  it('is rejected too when it cannot be read any more, and the others have theirs', async () => {
    const { house } = await open()
    const [, second] = await sender.seed([anna, bo, cleo])
    await house.owner`
      update subscribers set address = set_byte(address, 20, get_byte(address, 20) # 1)
      where id = ${second?.subscriber ?? 0}`
    const campaign = await sender.launched()
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, cleo])
    expect(await sender.outcomes(campaign)).toEqual({
      [anna]: 'sent',
      [bo]: 'rejected: address_unreadable',
      [cleo]: 'sent',
    })
  })
})

describe('a provider that refuses a whole batch', () => {
  let stubborn: Server
  let url: string
  beforeEach(async () => {
    stubborn = createServer((request, response) => {
      request.resume()
      request.on('end', () => {
        response.writeHead(422, { 'content-type': 'application/json' })
        response.end(
          JSON.stringify({
            statusCode: 422,
            name: 'validation_error',
            message: 'The domain of news@brand.example is not verified.',
          }),
        )
      })
    })
    await new Promise<void>((resolve) => stubborn.listen(0, '127.0.0.1', resolve))
    const address = stubborn.address()
    url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  })
  afterEach(() => {
    stubborn.closeAllConnections()
    stubborn.close()
  })

  it('pauses the campaign with a sentence that names no address; resumed, it goes on', async () => {
    const { account, provider, house } = await open()
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    account.baseUrl = url
    const paused = await sender.until(campaign, 'paused')
    expect(at(paused, 'problem')).toMatch(/^The provider refused a batch \(422\): .*is not verified/)
    expect(at(paused, 'problem')).not.toContain('news@')
    await house.rest()
    expect(sender.posts).toHaveLength(1)
    account.baseUrl = provider.url
    expect((await house.api('POST', `/campaigns/${campaign.id}/resume`)).status).toBe(202)
    const shown = await sender.until(campaign, 'sent')
    expect(at(shown, 'problem')).toBeNull()
    expect(sender.accepted()).toEqual([anna, bo])
  })

  it('is asked under the same key after an unanswered attempt, so that nobody has it twice', async () => {
    const { account, provider, house } = await open()
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    provider.setFaults({ resetAfter: 1 })
    await sender.attempt()
    provider.setFaults({})
    account.baseUrl = url
    await sender.until(campaign, 'paused')
    account.baseUrl = provider.url
    await house.api('POST', `/campaigns/${campaign.id}/resume`)
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, bo])
    expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'sent', [bo]: 'sent' })
  })

  it('does so for a wrong API key', async () => {
    const { account, house } = await open({ provider: { apiKey: 're_right' } })
    await sender.seed([anna])
    const campaign = await sender.launched()
    const paused = await sender.until(campaign, 'paused')
    expect(at(paused, 'problem')).toMatch(/\(403\)/)
    account.apiKey = 're_right'
    await house.api('POST', `/campaigns/${campaign.id}/resume`)
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna])
  })
})

describe('two senders, one of whom lost its lease', () => {
  it('the late one changes nothing, whatever it was answered', async () => {
    const { house } = await open()
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    const late = await claimBatch(house.deps)
    expect(await claimBatch(house.deps)).toBeNull()
    await house.owner`update batches set lease_until = now() - interval '1 second'`
    await sender.until(campaign, 'sent')
    const settled = await house.owner`select * from batches`
    if (late === null) throw new Error('there was no batch to claim')
    const posted = { members: late.members, unreadable: [] }
    for (const outcome of [
      { kind: 'accepted', ids: [null, null], rejected: [{ index: 0, reason: 'late' }] },
      { kind: 'busy', retryAfterSeconds: 1 },
      { kind: 'unknown', reason: 'late' },
      { kind: 'under_way', retryAfterSeconds: 1 },
      { kind: 'conflict' },
      { kind: 'refused', status: 422, reason: 'late' },
    ] as const)
      await markBatch(house.deps, late, posted, outcome)
    expect(await house.owner`select * from batches`).toEqual(settled)
    expect(sender.accepted()).toEqual([anna, bo])
  })

  it('the later one takes over under the same key', async () => {
    const { house } = await open()
    await sender.seed([anna])
    await sender.launched()
    const first = await claimBatch(house.deps)
    await house.owner`update batches set lease_until = now() - interval '1 second'`
    const second = await claimBatch(house.deps)
    expect(second?.idempotencyKey).toBe(first?.idempotencyKey)
    expect(second).toMatchObject({ attempt: 2, earlier: [0] })
  })
})

describe('a campaign that was stopped for a problem', () => {
  it.each(['sent', 'cancelled'] as const)('does not stand still any more once it is %s', async (state) => {
    const { house } = await open()
    await sender.seed([anna])
    const campaign = await sender.launched()
    sender.onPost(async (mails, key, usual) => {
      await stopForProblem(house.deps, campaign.number, 'Too many bounced.')
      return state === 'sent' ? usual(mails, key) : { kind: 'refused', status: 422, reason: 'no' }
    })
    await sender.attempt()
    if (state === 'cancelled') {
      const paused = await house.api('GET', `/campaigns/${campaign.id}`)
      expect(paused.body).toMatchObject({ state: 'paused', problem: 'Too many bounced.' })
      await house.api('POST', `/campaigns/${campaign.id}/cancel`)
    }
    expect(await sender.until(campaign, state)).toMatchObject({ problem: null })
  })
})

describe('a sender that was stopped for two days between claim and post, as by the sleep of its machine', () => {
  it('posts nothing any more: others may have, and the provider has forgotten the key', async () => {
    const { house } = await open({ env: { SEND_RATE: '5' } })
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    const { owner } = house
    await owner`insert into pace (provider, next_slot_at) values ('resend #1', now())`
    await owner
      .begin(async (tx) => {
        // The departure locks this row.
        await tx`select from pace where provider = 'resend #1' for update`
        const sending = tickBatches(house.deps)
        await expect.poll(async () => owner`select 1 from batches where state = 'posting'`).toHaveLength(1)
        house.later({ days: 2 })
        return { sending }
      })
      .then(({ sending }) => sending)
    expect(sender.posts).toEqual([])
    await sender.until(campaign, 'sent')
    expect(sender.accepted(), 'each once').toEqual([anna, bo])
  })
})

describe('an operator who stops a campaign under way', () => {
  const everyone = Array.from({ length: 250 }, (_, n) => `reader${n}@inbox.example`)

  /** Runs an act while the first batch is with the provider. */
  const duringFirstPost = (act: () => Promise<unknown>): void => {
    sender.onPost(async (mails, key, usual) => {
      sender.onPost(null)
      await act()
      return usual(mails, key)
    })
  }

  it('takes effect within one batch; resumed, it goes on with the rest and nobody has it twice', async () => {
    const { house } = await open()
    await sender.seed(everyone)
    const campaign = await sender.launched()
    duringFirstPost(() => house.api('POST', `/campaigns/${campaign.id}/pause`))
    await sender.until(campaign, 'paused')
    await house.rest()
    expect(sender.accepted()).toHaveLength(100)
    expect((await recipientsOf(house, campaign, 'waiting')).length).toBe(150)
    await house.api('POST', `/campaigns/${campaign.id}/resume`)
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual(everyone.toSorted())
  })

  it('cancels for good: what is with the provider counts, the rest is never posted', async () => {
    const { house } = await open()
    await sender.seed(everyone)
    const campaign = await sender.launched()
    duringFirstPost(() => house.api('POST', `/campaigns/${campaign.id}/cancel`))
    await sender.until(campaign, 'cancelled')
    await house.rest()
    expect(sender.accepted()).toHaveLength(100)
    expect((await recipientsOf(house, campaign, 'sent')).length).toBe(100)
    const skipped = await recipientsOf(house, campaign, 'skipped')
    expect(skipped.map(({ reason }) => reason)).toEqual(Array(150).fill('cancelled'))
    for (const again of ['resume', 'launch', 'pause'])
      expect((await house.api('POST', `/campaigns/${campaign.id}/${again}`)).status).toBe(409)
  })

  it('may pause and resume as often as they like', async () => {
    const { house } = await open()
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await house.api('POST', `/campaigns/${campaign.id}/pause`)).status).toBe(202)
      await house.rest()
      expect(sender.posts).toEqual([])
      expect((await house.api('POST', `/campaigns/${campaign.id}/resume`)).status).toBe(202)
    }
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, bo])
  })
})

describe('two campaigns one after the other', () => {
  it('the first is done when its last batch is, not when all sending rests', async () => {
    const { house } = await open()
    await sender.seed([anna])
    const first = await sender.launched()
    const second = await sender.launched({ subject: 'July' })
    const seen: unknown[] = []
    sender.onPost(async (mails, key, usual) => {
      seen.push(at((await house.api('GET', `/campaigns/${first.id}`)).body, 'state'))
      return usual(mails, key)
    })
    await sender.until(second, 'sent')
    expect(seen).toEqual(['sending', 'sent'])
  })

  it('a sender killed between its last mark and the end leaves no campaign sending for ever (I4)', async () => {
    const { house } = await open()
    await sender.seed([anna])
    const campaign = await sender.launched()
    const batch = await claimBatch(house.deps)
    if (batch === null) throw new Error('there was no batch to claim')
    await markBatch(
      house.deps,
      batch,
      { members: batch.members, unreadable: [] },
      { kind: 'accepted', ids: [null], rejected: [] },
    )
    const shown = await sender.until(campaign, 'sent')
    expect(at(shown, 'finished_at')).not.toBeNull()
  })
})

describe('a field whose purpose was not granted', () => {
  it('renders as absent, although it is stored', async () => {
    const { house } = await open({
      list: {
        purposes: [{ key: 'profile', kind: 'data', title: 'Your profile', text: 'We greet you by name.' }],
        locales: ['en'],
        fields: [{ key: 'first_name', label: 'First name', purpose: 'profile' }],
      },
    })
    await sender.seed([{ email: anna, fields: { first_name: 'Anna' } }], ['newsletter', 'profile'])
    await sender.seed([{ email: bo, fields: { first_name: 'Bo' } }], ['newsletter'])
    const stored = await house.owner`select subscriber from details where attributes ? 'first_name'`
    expect(stored).toHaveLength(2)
    const campaign = await sender.launched({
      content: { format: 'markdown', body: 'Dear {{ subscriber.first_name | default: "reader" }},' },
    })
    await sender.until(campaign, 'sent')
    expect(sender.letterTo(anna)?.text).toContain('Dear Anna,')
    expect(sender.letterTo(bo)?.text).toContain('Dear reader,')
    expect(sender.letterTo(bo)?.html).not.toContain('Bo,')
  })
})

describe('a scheduled campaign', () => {
  const inTwoHours = (): string => new Date(sender.house.now().getTime() + 7_200_000).toISOString()

  it('is launched when its time has come, not before', async () => {
    const { house, list } = await open()
    await sender.seed([anna])
    const { id } = await house.makeCampaign(list)
    expect((await house.api('POST', `/campaigns/${id}/schedule`, { at: inTwoHours() })).status).toBe(202)
    house.later({ minutes: 119 })
    await house.rest()
    expect(sender.posts).toEqual([])
    house.later({ minutes: 2 })
    await sender.until({ id }, 'sent')
    expect(sender.accepted()).toEqual([anna])
  })

  it('goes to those who may be mailed when it is launched', async () => {
    const { house, list } = await open()
    const [first] = await sender.seed([anna, bo])
    const { id } = await house.makeCampaign(list)
    await house.api('POST', `/campaigns/${id}/schedule`, { at: inTwoHours() })
    await sender.leave(first ?? { subscription: 0 })
    await sender.seed([cleo])
    house.later({ hours: 3 })
    await sender.until({ id }, 'sent')
    expect(sender.accepted()).toEqual([bo, cleo])
  })

  it('goes back to its author, with the reason, when there is nobody left to get it', async () => {
    const { house, list } = await open()
    const [first] = await sender.seed([anna])
    const { id } = await house.makeCampaign(list)
    await house.api('POST', `/campaigns/${id}/schedule`, { at: inTwoHours() })
    await sender.leave(first ?? { subscription: 0 })
    house.later({ hours: 3 })
    const shown = await sender.until({ id }, 'draft')
    expect(at(shown, 'problem')).toMatch(/^Nobody would get this campaign/)
  })

  it.each(['fine', 'surely going to fail'])(
    'that gets another hour while the sender is asked about, and found %s, keeps that hour',
    async (found) => {
      const { house, list } = await open()
      await sender.seed([anna])
      const { id } = await house.makeCampaign(list)
      await house.api('POST', `/campaigns/${id}/schedule`, { at: inTwoHours() })
      house.later({ minutes: 121 })
      const next = inTwoHours()
      const [campaign, whole] = await Promise.all([
        findCampaign(house.deps.db, id),
        findList(house.deps.db, list.slug),
      ])
      if (campaign === null || whole === null) throw new Error('there is no campaign')
      expect((await house.api('POST', `/campaigns/${id}/schedule`, { at: next })).status).toBe(202)
      // As a launch route proceeds with the campaign it read earlier.
      if (found === 'fine')
        await expect(launchCampaign(house.deps, { kind: 'system' }, campaign, whole)).rejects.toMatchObject({
          code: 'conflict',
        })
      await returnToDraft(house.deps, campaign, 'The sender is not in order.')
      const { body } = await house.api('GET', `/campaigns/${id}`)
      expect(body).toMatchObject({ state: 'scheduled', scheduled_at: next, problem: null })
      house.later({ minutes: 121 })
      await sender.until({ id }, 'sent')
      expect(sender.accepted()).toEqual([anna])
    },
  )

  it('cannot be scheduled for a time that is past', async () => {
    const { house, list } = await open()
    const { id } = await house.makeCampaign(list)
    const answer = await house.api('POST', `/campaigns/${id}/schedule`, { at: house.now().toISOString() })
    expect(answer.status).toBe(422)
  })
})

describe('a campaign that would reach nobody', () => {
  it('is refused at launch, with the segment named', async () => {
    const { house, list } = await open()
    const { id } = await house.makeCampaign(list)
    const refused = await house.api('POST', `/campaigns/${id}/launch`)
    expect(refused.status).toBe(422)
    expect(at(refused.body, 'errors', 0, 'path')).toBe('segment')
    await sender.seed([anna])
    const segment = await house.api('POST', '/segments', {
      name: 'Poland',
      list: list.slug,
      filter: { locale: 'pl' },
    })
    const drawn = await house.makeCampaign(list, { segment: at(segment.body, 'id') })
    expect((await house.api('POST', `/campaigns/${drawn.id}/launch`)).status).toBe(422)
  })
})

describe('a test of a campaign', () => {
  it("goes to the list's own addresses, marked, with every field filled in, and is written down", async () => {
    const { house, list } = await open({
      list: { locales: ['en'], fields: [{ key: 'first_name', label: 'First name', purpose: 'newsletter' }] },
    })
    const { id } = await house.makeCampaign(list, {
      content: { format: 'markdown', body: 'Dear {{ subscriber.first_name }},' },
    })
    for (const to of ['news@brand.example', 'HELLO@brand.example', 'NEWS@brand.example'])
      expect((await house.api('POST', `/campaigns/${id}/test`, { to })).status).toBe(202)
    expect(sender.accepted('[Test] June')).toHaveLength(3)
    expect(sender.letterTo('news@brand.example')?.text).toContain('Dear Alice,')
    const acts = await house.owner`
      select actor_kind, details from audit_log where verb = 'campaign.test' and subject_id = ${id}`
    expect(acts).toHaveLength(3)
    expect(acts[0]?.['actor_kind']).toBe('key')
    expect(JSON.stringify(acts)).not.toContain('@')
    const { body } = await house.api('GET', `/campaigns/${id}`)
    expect(at(body, 'state')).toBe('draft')
  })

  it('goes to operators, and no longer to one who was disabled', async () => {
    const { house, list } = await open()
    const system = { kind: 'system' } as const
    const address = { sendTo: 'Eva@brand.example', canonical: 'eva@brand.example' }
    await inviteOperator(house.deps, system, {
      name: 'Eva',
      address,
      role: 'editor',
      lists: null,
      locale: 'en',
    })
    const { id } = await house.makeCampaign(list)
    const test = () => house.api('POST', `/campaigns/${id}/test`, { to: 'eva@Brand.example' })
    expect((await test()).status).toBe(202)
    await house.owner`update operators set disabled_at = now()`
    expect((await test()).status).toBe(422)
    expect(sender.accepted('[Test] June')).toEqual(['eva@Brand.example'])
  })

  it('never goes to a subscriber, nor to anybody else: it is no way around a consent', async () => {
    const { house, list } = await open()
    await sender.seed([anna])
    const { id } = await house.makeCampaign(list)
    for (const to of [anna, 'stranger@inbox.example'])
      expect((await house.api('POST', `/campaigns/${id}/test`, { to })).status).toBe(422)
    expect(sender.posts).toEqual([])
    expect(await house.owner`select 1 from audit_log where verb = 'campaign.test'`).toHaveLength(0)
  })

  it('has links that end nobody’s consent', async () => {
    const { house, list } = await open()
    const [person] = await sender.seed([anna])
    const { id } = await house.makeCampaign(list)
    await house.api('POST', `/campaigns/${id}/test`, { to: 'news@brand.example' })
    const link = sender.letterTo('news@brand.example')?.headers['List-Unsubscribe']?.slice(1, -1) ?? ''
    expect((await house.post(link, [['List-Unsubscribe', 'One-Click']])).status).toBe(200)
    const [row] = await house.owner`select state from subscriptions where id = ${person?.subscription ?? 0}`
    expect(row?.['state']).toBe('active')
  })

  it('does not wait for a provider that wants no mail for an hour', async () => {
    const { house, list, provider } = await open()
    const { id } = await house.makeCampaign(list)
    await house.owner`
      insert into pace (provider, next_slot_at, closed_until) values ('resend', now(), now() + interval '1 hour')`
    const refused = await house.api('POST', `/campaigns/${id}/test`, { to: 'news@brand.example' })
    expect(refused.status).toBe(503)
    expect(provider.requests()).toBe(0)
  })
})

describe('the recipients of a campaign', () => {
  it('each show the consent they were mailed on: the last grant of its purpose', async () => {
    const { house, list } = await open()
    await sender.seed([anna, bo])
    await sender.seed([bo], ['offers'])
    const campaign = await sender.launched()
    await sender.until(campaign, 'sent')
    const rows = await recipientsOf(house, campaign, 'sent')
    expect(rows.map(({ consent }) => consent?.seq)).toEqual([1, 1])
    for (const { subscriber, consent } of rows) {
      const ledger = await house.api('GET', `/subscribers/${subscriber}/consents`)
      expect(at(ledger.body, 'data', 1)).toMatchObject({
        eid: consent?.eid,
        type: 'consent.confirmed',
        list: list.id,
        purposes: ['newsletter'],
      })
    }
    const offers = await sender.launched({ subject: 'Offers', purpose: 'offers' })
    await sender.until(offers, 'sent')
    const [only, ...more] = await recipientsOf(house, offers)
    expect(more).toEqual([])
    expect(only?.consent?.seq).toBe(3)
  })

  it('come page by page, each once', async () => {
    const { house } = await open()
    const everyone = Array.from({ length: 105 }, (_, n) => `reader${n}@inbox.example`)
    await sender.seed(everyone)
    const campaign = await sender.launched()
    await sender.until(campaign, 'sent')
    const seen: string[] = []
    let cursor: unknown = ''
    while (typeof cursor === 'string') {
      const from = cursor === '' ? '' : `&cursor=${cursor}`
      const { body } = await house.api('GET', `/campaigns/${campaign.id}/recipients?limit=20${from}`)
      for (let row = 0; at(body, 'data', row) !== undefined; row += 1)
        seen.push(String(at(body, 'data', row, 'subscriber')))
      cursor = at(body, 'next_cursor')
    }
    expect(new Set(seen).size).toBe(105)
    expect(seen).toHaveLength(105)
  })

  it('are asked for by an outcome that exists', async () => {
    const { house } = await open()
    await sender.seed([anna])
    const campaign = await sender.launched()
    expect((await house.api('GET', `/campaigns/${campaign.id}/recipients?outcome=lost`)).status).toBe(422)
  })
})

describe('the segment of those who received a campaign', () => {
  it('holds people who were sent it, and none who were skipped, rejected or are waiting', async () => {
    const { house, list } = await open()
    const [, second, third] = await sender.seed([anna, bo, cleo])
    const campaign = await sender.launched()
    const received = async (): Promise<unknown> =>
      at(
        (
          await house.api('POST', '/segments/preview', {
            list: list.slug,
            filter: { received: campaign.id },
          })
        ).body,
        'count',
      )
    expect(await received()).toBe(0)
    await house.owner`update subscriptions set suppressed = true where id = ${second?.subscription ?? 0}`
    await house.owner`
      update subscribers set address = set_byte(address, 20, get_byte(address, 20) # 1)
      where id = ${third?.subscriber ?? 0}`
    await sender.until(campaign, 'sent')
    await house.owner`update subscriptions set suppressed = false`
    expect(await received()).toBe(1)
    const others = await house.api('POST', '/segments/preview', {
      list: list.slug,
      filter: { not: { received: campaign.id } },
    })
    expect(at(others.body, 'count')).toBe(2)
  })
})
