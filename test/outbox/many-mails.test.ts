// adapter · many service mails at once: few statements, several batches on their way, and no mail twice. I4
import { afterEach, describe, expect, it } from 'vitest'
import { messages } from '../../src/i18n/messages.ts'
import type { ServiceMail, ServiceMailRenderer } from '../../src/outbox/send.ts'
import type { Database } from '../../src/platform/database/database.ts'
import type { WireMail } from '../../src/platform/deps.ts'
import { serviceMailRenderers } from '../../src/service-mails.ts'
import { tickServiceMails, tickSignups, tickUntilRest } from '../../src/tick.ts'
import { openSender, type Sender } from '../support/sender.ts'

let sender: Sender
const open = async (options?: Parameters<typeof openSender>[0]): Promise<Sender> => {
  sender = await openSender(options)
  return sender
}
afterEach(() => sender.close())

const subject = messages('en').mail.confirmation.subject('Garden letter')
const people = (count: number, name = 'reader'): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${name}${String(at).padStart(3, '0')}@inbox.example`)

/** Signs up and decides; the mails wait. */
async function waiting(emails: readonly string[], also: readonly string[] = []): Promise<void> {
  const { house, list } = sender
  for (const email of emails) await house.signUp(list, email, { also })
  while (await tickSignups(house.deps));
}

const queued = () => sender.house.owner<ServiceMail[]>`
  select id, kind, request, subscription, locale from service_mails where state = 'queued' order by id`

/** The statements that an act sends, counted at the database handle. */
async function countStatements(act: (db: Database) => Promise<unknown>): Promise<number> {
  const counted = { statements: 0 }
  const db = new Proxy(sender.house.deps.db, {
    get: (target, name) => {
      if (name === 'select' || name === 'execute') counted.statements += 1
      return Reflect.get(target, name)
    },
  })
  await act(db)
  return counted.statements
}

/** Renders these mails and returns the statements that it took. */
async function rendering(renderer: ServiceMailRenderer, mails: readonly ServiceMail[]) {
  const wires: (WireMail | null)[] = []
  const statements = await countStatements(async (db) => {
    const render = await renderer({ ...sender.house.deps, db }, mails)
    wires.push(...mails.map(render))
  })
  return { statements, wires }
}

describe('a batch of confirmations', () => {
  it('takes as many statements as one mail, however many lists each asks for', async () => {
    const { house } = await open()
    const other = await house.makeList({ slug: 'other', name: 'Other letter' })
    await waiting(people(3))
    await waiting(people(4, 'both'), [other.slug])
    const mails = await queued()
    const one = await rendering(serviceMailRenderers.confirmation, mails.slice(0, 1))
    const all = await rendering(serviceMailRenderers.confirmation, mails)
    expect(mails).toHaveLength(7)
    expect(all.wires.filter((wire) => wire !== null)).toHaveLength(7)
    expect(all.wires[0]).toEqual(one.wires[0])
    expect(all.statements).toBe(one.statements)
  })

  it('has each mail as it is rendered alone: the same bytes (same request, same key)', async () => {
    await open()
    await waiting(people(5))
    const mails = await queued()
    const all = await rendering(serviceMailRenderers.confirmation, mails)
    for (const [at, mail] of mails.entries())
      expect((await rendering(serviceMailRenderers.confirmation, [mail])).wires).toEqual([all.wires[at]])
  })

  it('rejects the mail that cannot be read, and sends the others', async () => {
    const { house } = await open()
    await waiting(people(4))
    const [broken] = await queued()
    await house.owner`update signup_requests set sealed = '\\x00' where id = ${broken?.request ?? ''}`
    await house.rest()
    expect(sender.accepted(subject)).toEqual(people(4).slice(1))
  })
})

describe('members who sign up again', () => {
  it('get their mails by as many statements as one of them', async () => {
    const { house, list } = await open()
    await sender.seed(people(4))
    for (const email of people(4)) await house.signUp(list, email)
    while (await tickSignups(house.deps));
    const mails = await queued()
    expect(mails.map(({ kind }) => kind)).toEqual(Array(4).fill('already_subscribed'))
    const one = await rendering(serviceMailRenderers.already_subscribed, mails.slice(0, 1))
    const all = await rendering(serviceMailRenderers.already_subscribed, mails)
    expect(all.wires.filter((wire) => wire !== null)).toHaveLength(4)
    expect(all.statements).toBe(one.statements)
  })
})

describe('more confirmations than one request holds', () => {
  const readers = people(250)

  it('are on their way together: the second batch does not wait for the answer to the first', async () => {
    const { house } = await open()
    await waiting(readers)
    const started = new Set<string>()
    const all = Promise.withResolvers<void>()
    sender.onPost(async (mails, key, usual) => {
      started.add(key)
      if (started.size === 3) all.resolve()
      await all.promise
      return usual(mails, key)
    })
    expect(await tickServiceMails(house.deps)).toBe(true)
    const sizes = sender.posts.map(({ mails }) => mails)
    expect(sizes.toSorted((a, b) => b - a)).toEqual([100, 100, 50])
    expect(sender.accepted(subject)).toEqual(readers)
  })

  it('reach everybody once when one of the requests dies on the way (I4)', async () => {
    const { house, provider } = await open()
    await waiting(readers)
    const dying = { posts: 0 }
    sender.onPost(async (mails, key, usual) => {
      dying.posts += 1
      const isSecond = dying.posts === 2
      const outcome = await usual(mails, key)
      if (isSecond) throw new Error('killed')
      return outcome
    })
    await expect(tickServiceMails(house.deps)).rejects.toThrow('killed')
    sender.onPost(null)
    await house.owner`update service_mails set lease_until = now() where state = 'posting'`
    await tickUntilRest(house.deps)
    expect(sender.accepted(subject)).toEqual(readers)
    expect(provider.stats.replayed).toBe(1)
    expect(provider.stats.conflicts).toBe(0)
  })
})

describe('two processes that find the same unanswered batch', () => {
  it('never share it: one repeats the whole batch under its key, the other leaves it alone', async () => {
    const { house, provider } = await open()
    const readers = people(40)
    await waiting(readers)
    sender.onPost(() => Promise.reject(new Error('killed')))
    await expect(tickServiceMails(house.deps)).rejects.toThrow('killed')
    sender.onPost(null)
    await house.owner`update service_mails set lease_until = now() where state = 'posting'`
    const another = { ...house.deps, holder: 'another' }
    await Promise.all([tickServiceMails(house.deps), tickServiceMails(another), tickServiceMails(house.deps)])
    expect(sender.posts.map(({ mails }) => mails)).toEqual([40, 40])
    expect(provider.stats.conflicts).toBe(0)
    expect(sender.accepted(subject)).toEqual(readers)
  })
})
