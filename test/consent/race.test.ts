// shell · people leave while a campaign is frozen, claimed and sent: nobody who left earlier is mailed. GDPR Art. 7(3), I1, I4
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { withdraw } from '../../src/consent/withdraw.ts'
import { freezeCampaigns } from '../../src/delivery/freeze/freeze.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { tickBatches } from '../../src/tick.ts'
import { act } from '../support/acts.ts'
import { type Seeded, seedConfirmed } from '../support/seed.ts'
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

const rounds = 40
/** Fills two batches. */
const crowdSize = 130
const senders = 3

let house: TestApp
let list: TestList
let crowd: readonly Seeded[]

beforeAll(async () => {
  house = await openTestApp({ connections: 12 })
  list = await house.makeList()
  const people = Array.from({ length: crowdSize }, (_, at) => ({ email: `reader.${at}@example.pl` }))
  crowd = await seedConfirmed(house.deps, list.slug, people)
})
afterAll(() => house.close())

/** Milliseconds by the database's clock, which defines "before". */
async function databaseTime(): Promise<number> {
  const [row] = await house.app<{ ms: number }[]>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`
  return row?.ms ?? 0
}

const withdrawal = (subscription: number) =>
  withdraw(house.deps, { subscription, channel: 'one_click', actor: { kind: 'subject' } })

interface Posted {
  /** The batch was asked for after this moment; so it was also frozen after it. */
  readonly askedAt: number
  readonly to: readonly string[]
}

const addressed = z.object({ to: z.tuple([z.string()]) })

/** Runs one sender until no batch is left, and records for each mail when its batch was asked for. */
async function send(
  posted: Posted[],
  until: () => boolean,
  handedOver: (to: readonly string[]) => Promise<unknown>,
): Promise<void> {
  let askedAt = 0
  const deps: Deps = {
    ...house.deps,
    mailer: {
      ...house.deps.mailer,
      send: async (mails, key) => {
        const to = mails.map((mail) => addressed.parse(JSON.parse(mail)).to[0])
        posted.push({ askedAt, to })
        const outcome = await house.deps.mailer.send(mails, key)
        await handedOver(to)
        return outcome
      },
    },
  }
  for (;;) {
    const last = until()
    askedAt = await databaseTime()
    const sent = await tickBatches(deps)
    if (!sent && last) return
    if (!sent) await sleep(2)
  }
}

const some = (people: readonly Seeded[], random: SeededRandom, share: number): readonly Seeded[] =>
  people.filter(() => random.number(1) < share)

describe(`a crowd of which many leave while they are being mailed, ${rounds} times`, () => {
  /** People who left at each stage, over all rounds: a zero would mean that nothing raced. */
  const stages = { beforeFreeze: 0, betweenFreezeAndClaim: 0, afterwards: 0 }

  it('is mailed except people who had left before their batch was frozen, and the freeze never fails', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const random = seededRandom(1000 + round)
      await house.request('/dev/mailbox.json', { method: 'DELETE' })
      const campaign = await house.makeCampaign(list)
      await house.launch(campaign)

      // Most leave at random; some at a fixed stage, so that every stage has leavers on any machine.
      const leaving = some(crowd, random, 0.25)
      const [early, between, late, others] = [
        leaving.slice(0, 2),
        leaving.slice(2, 5),
        leaving.slice(5, 7),
        leaving.slice(7),
      ]
      /** The latest moment by which each person had left. */
      const left = new Map<string, number>()
      const leave = async ({ email, subscription }: Seeded): Promise<void> => {
        await withdrawal(subscription)
        left.set(email, await databaseTime())
      }
      const posted: Posted[] = []
      let frozen = false
      const start = (): readonly Promise<void>[] =>
        Array.from({ length: senders }, () =>
          send(
            posted,
            () => frozen,
            (to) => Promise.all(late.filter(({ email }) => to.includes(email)).map(leave)),
          ),
        )
      // In every other round, claiming starts only after some frozen people have left.
      const sending = round % 2 === 0 ? start() : null
      const withinMs = 20 + random.number(40)
      const leavingWhenever = others.map(async (one) => {
        await sleep(random.number(withinMs))
        await leave(one)
      })
      await Promise.all([sleep(random.number(20)), ...early.map(leave)])
      const freezeAskedAt = await databaseTime()
      // Two freezes at once are harmless.
      await Promise.all([freezeCampaigns(house.deps), freezeCampaigns(house.deps)])
      frozen = true
      await Promise.all(between.map(leave))
      await Promise.all([...leavingWhenever, ...(sending ?? start())])

      const seed = `round ${round}`
      const recipients = await recipientsOf(campaign.number)
      const mailed = posted.flatMap(({ to }) => to)
      const goneBy = (when: number) => [...left].flatMap(([email, at]) => (at < when ? [email] : []))
      expect(common(recipients, goneBy(freezeAskedAt)), `${seed}: frozen after they left`).toEqual([])
      for (const { askedAt, to } of posted)
        expect(common(to, goneBy(askedAt)), `${seed}: mailed after they left`).toEqual([])
      expect(new Set(mailed).size, `${seed}: nobody twice`).toBe(mailed.length)
      expect((await house.mails()).map(({ to }) => to).sort(), `${seed}: the mailbox`).toEqual(
        mailed.toSorted(),
      )

      const skipped = await skippedOf(campaign.number)
      expect([...mailed, ...skipped].sort(), `${seed}: every recipient accounted for`).toEqual(
        recipients.toSorted(),
      )
      expect(
        skipped.filter((email) => !left.has(email)),
        `${seed}: skipped without having left`,
      ).toEqual([])
      stages.beforeFreeze += [...left.keys()].filter((email) => !recipients.includes(email)).length
      stages.betweenFreezeAndClaim += skipped.length
      stages.afterwards += mailed.filter((email) => left.has(email)).length

      const back = crowd.filter(({ email }) => left.has(email)).map(({ email }) => ({ email }))
      await seedConfirmed(house.deps, list.slug, back)
    }
  })

  it('left at every stage: before the freeze, before the claim, and after it', () => {
    for (const [stage, people] of Object.entries(stages)) expect(people, stage).toBeGreaterThan(rounds)
  })
})

describe('somebody to whom single messages are being queued while they leave, are restricted, or are suppressed', () => {
  const endings: readonly ((subscription: number) => Promise<unknown>)[] = [
    withdrawal,
    (subscription) => act(house, subscription, [{ type: 'processing.restricted' }]),
    async (subscription) => house.app`update subscriptions set suppressed = true where id = ${subscription}`,
  ]
  it('has none waiting afterwards, however the two met; and nobody deadlocks', async () => {
    const random = seededRandom(31)
    const tally = { taken: 0, refused: 0 }
    for (let round = 0; round < rounds; round += 1) {
      const people = crowd.slice(0, 12)
      const queueOfSome = async (): Promise<void> => {
        for (const { subscription } of people.slice(0, 3))
          tally[(await queueSlowly(subscription, 0)) ? 'taken' : 'refused'] += 1
      }
      await seedConfirmed(house.deps, list.slug, people)
      await house.app`update subscriptions set suppressed = false where suppressed`
      await house.owner`delete from messages`
      await queueOfSome()
      await Promise.all([
        ...people.map(async ({ subscription }, at) => {
          await sleep(random.number(15))
          await endings[at % 3]?.(subscription)
        }),
        ...Array.from({ length: 3 }, async () => {
          await sleep(random.number(10))
          for (const { subscription } of some(people, random, 0.7)) {
            const taken = await queueSlowly(subscription, random.number(4))
            tally[taken ? 'taken' : 'refused'] += 1
          }
        }),
      ])
      const waiting = await house.owner`
        select m.subscription, s.state, s.granted
        from messages as m
        join subscriptions as s on s.id = m.subscription
        where m.state = 'queued' and not (s.sendable and m.purpose = any (s.granted))`
      expect(waiting, `round ${round}`).toEqual([])
      await queueOfSome()
      await Promise.all(
        people
          .filter((_, at) => at % 3 === 1)
          .map(({ subscription }) => act(house, subscription, [{ type: 'processing.unrestricted' }])),
      )
    }
    expect(tally.taken, 'some came first').toBeGreaterThan(rounds)
    expect(tally.refused, 'and some came second').toBeGreaterThan(rounds)
  })
})

const emailOf = (subscriber: number): string =>
  crowd.find((one) => one.subscriber === subscriber)?.email ?? `subscriber ${subscriber}`

const recipientsOf = async (campaign: number): Promise<readonly string[]> =>
  (
    await house.owner<
      { subscriber: number }[]
    >`select subscriber from recipients where campaign = ${campaign}`
  ).map(({ subscriber }) => emailOf(subscriber))

const skippedOf = async (campaign: number): Promise<readonly string[]> =>
  (
    await house.owner<{ subscriber: number }[]>`
      select (skip ->> 0)::bigint as subscriber
      from batches, jsonb_array_elements(skips) as skip
      where campaign = ${campaign} and state = 'sent'`
  ).map(({ subscriber }) => emailOf(subscriber))

const common = (some: readonly string[], others: readonly string[]): readonly string[] => {
  const wanted = new Set(others)
  return some.filter((one) => wanted.has(one))
}

/**
 * Returns whether the gate accepted the message; the transaction stays open a moment longer. Any refusal but the gate's is a fault.
 */
async function queueSlowly(subscription: number, holdMs: number): Promise<boolean> {
  try {
    await house.app.begin(async (tx) => {
      await tx`
        insert into messages (subscription, purpose, kind, created_at)
        values (${subscription}, 'newsletter', 'sequence', now())`
      await sleep(holdMs)
    })
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: '42501' })
    return false
  }
}
