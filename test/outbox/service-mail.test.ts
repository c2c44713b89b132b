// adapter · service mail on its way: asked for once, handed over once, whatever is killed or refused in between. I4
import { afterEach, describe, expect, it } from 'vitest'
import { messages } from '../../src/i18n/messages.ts'
import { takeOverServiceMails } from '../../src/outbox/send.ts'
import type { SendOutcome } from '../../src/platform/deps.ts'
import { refuseSignup } from '../../src/signup/confirmation/refuse.ts'
import { tickServiceMails, tickSignups, tickUntilRest } from '../../src/tick.ts'
import { linkIn, nonceIn } from '../support/client.ts'
import { openSender, type Sender } from '../support/sender.ts'

let sender: Sender

const open = async (options?: Parameters<typeof openSender>[0]): Promise<Sender> => {
  sender = await openSender(options)
  return sender
}
afterEach(() => sender.close())

const subject = messages('en').mail.confirmation.subject('Garden letter')
const anna = 'anna@inbox.example'
const bo = 'bo@inbox.example'

/** Signed up and decided; the mail that asks waits. */
async function waiting(...emails: readonly string[]): Promise<void> {
  for (const email of emails) await sender.house.signUp(sender.list, email)
  while (await tickSignups(sender.house.deps));
}

const mails = () =>
  sender.house.owner<{ state: string; batch: string | null; attempt: number; problem: string | null }[]>`
    select state, batch, attempt, problem from service_mails order by created_at, id`

const states = async (): Promise<readonly string[]> => (await mails()).map(({ state }) => state)

/** Whatever was postponed is due. */
const noLeases = () =>
  sender.house
    .owner`update service_mails set lease_until = now() - interval '1 second' where lease_until > now()`

describe('a mail that asks for a confirmation', () => {
  it('is handed over once, and its page works', async () => {
    const { house } = await open()
    await waiting(anna, bo)
    await house.rest()
    expect(sender.accepted(subject)).toEqual([anna, bo])
    expect(await states()).toEqual(['sent', 'sent'])
    const page = await house.get(linkIn({ text: sender.letterTo(anna)?.text ?? '' }, 'c'))
    expect(nonceIn(await page.text())).toBeTruthy()
  })

  it('is not posted by a machine that slept for two days after the claim: the provider has forgotten the key', async () => {
    const { house, posts } = await open({ env: { SEND_RATE: '5' } })
    await waiting(anna)
    const { owner } = house
    await owner`insert into pace (provider, next_slot_at) values ('resend #1', now())`
    await owner
      .begin(async (tx) => {
        // it departs by this row
        await tx`select from pace where provider = 'resend #1' for update`
        const sending = tickServiceMails(house.deps)
        await expect.poll(states).toEqual(['posting'])
        house.later({ days: 2 })
        return { sending }
      })
      .then(({ sending }) => sending)
    expect(posts).toEqual([])
  })

  it('is repeated under the same key when the process died between the post and the mark', async () => {
    const { house, posts, provider } = await open()
    await waiting(anna, bo)
    sender.onPost(async (batch, key, usual) => {
      await usual(batch, key)
      throw new Error('killed')
    })
    await expect(tickServiceMails(house.deps)).rejects.toThrow('killed')
    sender.onPost(null)
    expect(await states()).toEqual(['posting', 'posting'])
    // As a process does that holds the same data folder again.
    await takeOverServiceMails(house.deps.db, [house.deps.holder])
    await house.rest()
    expect(await states()).toEqual(['sent', 'sent'])
    expect(sender.accepted(subject)).toEqual([anna, bo])
    expect(provider.stats.replayed).toBe(1)
    expect(new Set(posts.map(({ key }) => key)).size).toBe(1)
  })

  it('is repeated when it died before the post', async () => {
    const { house } = await open()
    await waiting(anna)
    sender.onPost(() => Promise.reject(new Error('killed')))
    await expect(tickServiceMails(house.deps)).rejects.toThrow('killed')
    sender.onPost(null)
    await takeOverServiceMails(house.deps.db, [house.deps.holder])
    await house.rest()
    expect(sender.accepted(subject)).toEqual([anna])
  })

  it.each([
    ['never', { timeoutAfter: 1 }],
    ['with a reset', { resetAfter: 1 }],
    ['with 500', { error500: 1 }],
  ])('is repeated when the answer came %s', async (_, fault) => {
    const { house, provider } = await open()
    await waiting(anna)
    provider.setFaults(fault)
    await tickServiceMails(house.deps)
    expect(await states()).toEqual(['posting'])
    provider.setFaults({})
    await noLeases()
    await house.rest()
    expect(sender.accepted(subject)).toEqual([anna])
    expect(await states()).toEqual(['sent'])
  })

  it('counts as sent when the provider knows the key with another body: somebody answered meanwhile', async () => {
    const { house, provider } = await open()
    await waiting(anna, bo)
    provider.setFaults({ resetAfter: 1 })
    await tickServiceMails(house.deps)
    provider.setFaults({})
    const link = linkIn({ text: sender.letterTo(anna)?.text ?? '' }, 'c')
    expect((await house.press(link)).status).toBe(200)
    await noLeases()
    await house.rest()
    expect(provider.stats.conflicts).toBe(1)
    expect(sender.accepted(subject)).toEqual([anna, bo])
    expect((await states()).toSorted()).toEqual(['dropped', 'sent'])
    expect((await house.standing(sender.list, anna))?.state).toBe('active')
  })

  it('after 429 goes back and travels in other company, under another key', async () => {
    const { house, provider, posts } = await open()
    await waiting(anna)
    provider.setFaults({ busy429: 1 })
    await tickServiceMails(house.deps)
    expect(await mails()).toMatchObject([{ state: 'queued', batch: null }])
    provider.setFaults({})
    await waiting(bo)
    await tickServiceMails(house.deps)
    expect(posts).toHaveLength(1)
    await house.owner`update pace set closed_until = now()`
    await noLeases()
    await tickServiceMails(house.deps)
    expect(posts.map(({ mails: count }) => count)).toEqual([1, 2])
    expect(new Set(posts.map(({ key }) => key)).size).toBe(2)
    expect(sender.accepted(subject)).toEqual([anna, bo])
  })

  it('keeps its company and key after 429 when an earlier request was never answered', async () => {
    const { house, provider, posts } = await open()
    await waiting(anna)
    provider.setFaults({ resetAfter: 1 })
    await tickServiceMails(house.deps)
    provider.setFaults({ busy429: 1 })
    await noLeases()
    await tickServiceMails(house.deps)
    provider.setFaults({})
    await waiting(bo)
    await house.owner`update pace set closed_until = now()`
    await noLeases()
    await house.rest()
    expect(sender.accepted(subject)).toEqual([anna, bo])
    expect(posts.map(({ mails: count }) => count)).toEqual([1, 1, 1, 1])
    expect(new Set(posts.slice(0, 3).map(({ key }) => key)).size).toBe(1)
  })

  it('is dropped when its request was refused before it left', async () => {
    const { house, posts } = await open()
    await waiting(anna)
    const [request] = await house.owner<{ id: string }[]>`select id from signup_requests`
    await refuseSignup(house.deps, request?.id ?? '', { block: false })
    await house.rest()
    expect(posts).toEqual([])
    expect(await states()).toEqual(['dropped'])
  })

  it('is not posted again by itself after 23 hours', async () => {
    const { house, provider, posts } = await open()
    await waiting(anna)
    provider.setFaults({ timeoutAfter: 1 })
    await tickServiceMails(house.deps)
    provider.setFaults({})
    await house.owner`
      update service_mails set first_attempt_at = now() - interval '23 hours 1 minute', lease_until = now() - interval '1 second'`
    await house.rest()
    expect(await states()).toEqual(['unknown'])
    expect(posts).toHaveLength(1)
  })
})

describe('two senders of service mail, one of whom lost its lease', () => {
  it.each([
    ['busy', { kind: 'busy', retryAfterSeconds: 1 }],
    ['refused', { kind: 'refused', status: 422, reason: 'late' }],
    ['unanswered', { kind: 'unknown', reason: 'late' }],
    ['accepted but for one', { kind: 'accepted', ids: [null], rejected: [{ index: 0, reason: 'late' }] }],
  ] satisfies [string, SendOutcome][])(
    'the late one changes nothing when it comes back %s',
    async (_, outcome) => {
      const { house, provider } = await open()
      await waiting(anna)
      const late = Promise.withResolvers<SendOutcome>()
      sender.onPost(() => late.promise)
      const hanging = tickServiceMails(house.deps)
      await expect.poll(states).toEqual(['posting'])
      sender.onPost(null)
      await noLeases()
      // The other one takes over; its answer is lost too, so that the mail still counts as being posted.
      provider.setFaults({ resetAfter: 1 })
      await tickServiceMails(house.deps)
      provider.setFaults({})
      const before = await mails()
      late.resolve(outcome)
      await hanging
      expect(await mails()).toEqual(before)
      await house.owner`update pace set closed_until = now()`
      await noLeases()
      await tickUntilRest(house.deps)
      expect(sender.accepted(subject)).toEqual([anna])
      expect(await states()).toEqual(['sent'])
    },
  )
})

describe('a batch that is refused for what is in it', () => {
  it('is taken apart: the guilty mail is found and told of, the others arrive', async () => {
    const { house } = await open()
    const cleo = 'cleo@inbox.example'
    await waiting(anna, bo, cleo)
    sender.onPost((batch, key, usual) =>
      batch.some((mail) => mail.includes(bo))
        ? Promise.resolve({ kind: 'refused', status: 422, reason: 'Invalid field.' })
        : usual(batch, key),
    )
    await house.rest()
    expect(sender.accepted(subject)).toEqual([anna, cleo])
    expect(await mails()).toMatchObject([
      { state: 'sent', problem: null },
      { state: 'rejected', problem: 'Invalid field.' },
      { state: 'sent', problem: null },
    ])
  })
})

describe('a provider that lets nobody in', () => {
  it('loses no mail while the API key is wrong: it waits until the key is right', async () => {
    const { house, account, posts } = await open({ provider: { apiKey: 're_right' } })
    await waiting(anna)
    for (let times = 0; times < 12; times += 1) {
      await noLeases()
      await tickServiceMails(house.deps)
    }
    expect(posts).toHaveLength(12)
    expect(await states()).toEqual(['queued'])
    account.apiKey = 're_right'
    await noLeases()
    await house.rest()
    expect(sender.accepted(subject)).toEqual([anna])
  })
})
