// web · manual suppressions: an address goes in, a keyed hash is kept, and nothing is sent past it. GDPR Art. 21(3)
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createKey } from '../../src/auth/keys.ts'
import { suppressAddress } from '../../src/consent/suppressed.ts'
import { claimBatch } from '../../src/delivery/claim.ts'
import { settleWithoutPost } from '../../src/delivery/mark.ts'
import { hexOf } from '../../src/platform/encoding/bytes.ts'
import { limitHash, suppressionHash } from '../../src/platform/vault/indexes.ts'
import { parseAddress } from '../../src/subscribers/address.ts'
import { suppress } from '../../src/suppression/suppress.ts'
import { tickCampaigns, tickServiceMails, tickSignups } from '../../src/tick.ts'
import { at, text } from '../support/client.ts'
import { seedConfirmed } from '../support/seed.ts'
import { listSettings, openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let letter: TestList
let offers: TestList
let email: string
let round = 0

beforeAll(async () => {
  house = await openTestApp({ connections: 12 })
  letter = await house.makeList()
  offers = await house.makeList({ ...listSettings, slug: 'offers', name: 'Offers' })
})
afterAll(() => house.close())
beforeEach(() => {
  round += 1
  email = `reader.${round}@example.pl`
  house.later({ minutes: 1 })
})

const add = (scope = 'all', body: object = {}) =>
  house.api('POST', '/suppressions', { email, scope, reason: 'operator', ...body })
const remove = (id: string) => house.api('DELETE', `/suppressions/${id}`)
const member = (list = letter) => seedConfirmed(house.deps, list.slug, [{ email }])
const marked = async (list = letter) => (await house.subscription(list, email))?.suppressed
const addressOf = (typed: string) => {
  const parsed = parseAddress(typed, { smtpUtf8: true })
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.address
}

/** Returns the frozen recipients of a campaign, and those that a batch is sent to. */
async function audienceOf(list = letter, between = async (): Promise<unknown> => undefined) {
  const campaign = await house.makeCampaign(list)
  await house.launch(campaign)
  while (await tickCampaigns(house.deps));
  await between()
  const frozen = await house.owner<{ subscriber: number }[]>`
    select subscriber from recipients where campaign = ${campaign.number}`
  const batch = await claimBatch(house.deps)
  if (batch !== null) await settleWithoutPost(house.deps, batch, { unreadable: [] })
  await house.api('POST', `/campaigns/${campaign.id}/cancel`)
  const me = (await house.subscription(list, email))?.subscriber
  return {
    frozen: frozen.some(({ subscriber }) => subscriber === me),
    claimed: batch?.members.some(({ subscriber }) => subscriber === me) ?? false,
  }
}

describe('a suppression by hand', () => {
  it('of scope all marks every subscription at once, and no address comes back', async () => {
    await member(letter)
    await member(offers)
    const added = await add()
    expect(added.status).toBe(201)
    expect(added.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      scope: 'all',
      reason: 'operator',
      since: house.now().toISOString(),
    })
    expect([await marked(letter), await marked(offers)]).toEqual([true, true])
    expect(JSON.stringify(await house.owner`select * from suppressions`)).not.toContain('@')
    expect(house.logged.filter((line) => line.includes('reader.'))).toEqual([])
  })

  it('of one list marks that list alone; the list may be named by its slug', async () => {
    await member(letter)
    await member(offers)
    expect(at((await add('list:offers')).body, 'scope')).toBe(`list:${offers.id}`)
    expect([await marked(letter), await marked(offers)]).toEqual([false, true])
  })

  it('of confirmations leaves members alone, and stops the mail that would ask them', async () => {
    await member(letter)
    await add('confirmations')
    expect(await marked(letter)).toBe(false)
    house.later({ days: 2 })
    await house.signUp(offers, email)
    await house.rest()
    expect(await house.mailsTo(email)).toEqual([])
  })

  it('is the same one when it is added again', async () => {
    const [first, second] = [await add(), await add()]
    expect(second.body).toEqual(first.body)
    const rows = await house.owner`
      select 1 from audit_log where verb = 'suppression.add' and subject_id = ${text(first.body, 'id')}`
    expect(rows).toHaveLength(1)
  })

  it.each([
    ['email', { email: 'nobody' }, 'This is not an email address that can be on a list.'],
    ['scope', { scope: 'some' }, 'It must be all, confirmations or list:<id>.'],
    ['reason', { reason: 'complaint' }, 'It must be operator: the others come about by themselves.'],
    ['reason', { reason: 'erasure' }, 'It must be operator: the others come about by themselves.'],
    ['hash', { hash: 'x' }, 'There is no setting "hash" here.'],
  ])('is refused with a sentence: %s', async (path, body, message) => {
    const answer = await add('all', body)
    expect([answer.status, at(answer.body, 'errors')]).toEqual([422, [{ path, message }]])
  })

  it('of a list that is not there is refused', async () => {
    expect((await add('list:nothing')).status).toBe(404)
  })

  it('is written down with who did it, without the address', async () => {
    const added = await add()
    await remove(text(added.body, 'id'))
    const rows = await house.owner<{ verb: string; details: object }[]>`
      select verb, details from audit_log where subject_id = ${text(added.body, 'id')} order by id`
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { verb: 'suppression.add', details: { scope: 'all', reason: 'operator' } },
      { verb: 'suppression.remove', details: { scope: 'all', reason: 'operator' } },
    ])
  })

  it('is for those who look after people, not for those who send', async () => {
    const { key } = await createKey(house.deps, { kind: 'system' }, { role: 'sender', name: 'a sender' })
    const answer = await house.request('/api/v1/suppressions', {
      headers: { authorization: `Bearer ${key}` },
    })
    expect(answer.status).toBe(403)
  })
})

describe('the list of suppressions', () => {
  it('goes back page by page, newest first', async () => {
    const ids: string[] = []
    for (let one = 0; one < 5; one += 1) {
      email = `page.${one}@example.se`
      ids.unshift(text((await add()).body, 'id'))
      house.later({ seconds: 1 })
    }
    const first = await house.api('GET', '/suppressions?limit=3')
    const second = await house.api('GET', `/suppressions?limit=2&cursor=${text(first.body, 'next_cursor')}`)
    const seen = [first, second].flatMap(({ body }) => at(body, 'data')).map((row) => at(row, 'id'))
    expect(seen).toEqual(ids)
    expect((await house.api('GET', '/suppressions?cursor=x')).status).toBe(422)
  })
})

describe('a suppression that is lifted by hand', () => {
  it('takes the mark off, of this person and no other', async () => {
    await member(letter)
    await member(offers)
    const mine = text((await add()).body, 'id')
    const other = email.replace('reader', 'other')
    await seedConfirmed(house.deps, 'letter', [{ email: other }])
    await add('all', { email: other })
    expect((await remove(mine)).status).toBe(204)
    expect([await marked(letter), await marked(offers)]).toEqual([false, false])
    expect((await house.subscription(letter, other))?.suppressed).toBe(true)
    expect((await remove(mine)).status).toBe(404)
  })

  it('leaves the mark where another one stands', async () => {
    await member(letter)
    const all = text((await add()).body, 'id')
    await add(`list:${letter.id}`)
    await remove(all)
    expect(await marked(letter)).toBe(true)
  })

  it('may be a bounce', async () => {
    await member(letter)
    const { canonical } = addressOf(email)
    await house.deps.db.transaction((tx) =>
      suppressAddress(house.deps, tx, { canonicalAddress: canonical, scope: 'all', reason: 'bounce' }),
    )
    expect(await marked(letter)).toBe(true)
    const [row] = await house.owner<{ id: string }[]>`select id from suppressions order by id desc limit 1`
    expect((await remove(row?.id ?? '')).status).toBe(204)
    expect(await marked(letter)).toBe(false)
  })

  it.each(['complaint', 'erasure', 'block_me'] as const)('is never a %s', async (reason) => {
    const hash = suppressionHash(house.deps.vault, 'all', addressOf(email).canonical)
    await house.deps.db.transaction((tx) => suppress(house.deps, tx, { hash, scope: 'all', reason }))
    const [row] = await house.owner<{ id: string }[]>`select id from suppressions order by id desc limit 1`
    const answer = await remove(row?.id ?? '')
    expect([answer.status, at(answer.body, 'code')]).toEqual([409, 'conflict'])
    expect(await house.owner`select 1 from suppressions where id = ${row?.id ?? ''}`).toHaveLength(1)
  })

  it.each(['x', '019e8269-4e80-7ef9-a8e3-baa7ee241d55'])('is one that is there: %s', async (id) => {
    expect((await remove(id)).status).toBe(404)
  })

  it('was of somebody we do not know: it goes, and that is all', async () => {
    const { body } = await add()
    expect((await remove(text(body, 'id'))).status).toBe(204)
  })
})

describe('somebody who is suppressed', () => {
  it('is not in an audience', async () => {
    await member()
    expect(await audienceOf()).toEqual({ frozen: true, claimed: true })
    await add()
    expect(await audienceOf()).toEqual({ frozen: false, claimed: false })
  })

  it('is left out of the batch, where it came between freeze and claim', async () => {
    await member()
    expect(await audienceOf(letter, add)).toEqual({ frozen: true, claimed: false })
  })

  it('before they were ever known gets no mail at all, whatever they sign up for', async () => {
    await add()
    await house.signUp(letter, email)
    await house.rest()
    expect(await house.mailsTo(email)).toEqual([])
    expect(await house.subscription(letter, email)).toBeNull()
  })

  it('while a sign-up waits gets no confirmation mail any more', async () => {
    await house.signUp(letter, email)
    while (await tickSignups(house.deps));
    await add()
    while (await tickServiceMails(house.deps));
    expect(await house.mailsTo(email)).toEqual([])
  })

  it('and presses the button of an older mail is on the list, and is not mailed', async () => {
    await house.signUp(letter, email)
    await house.rest()
    await add()
    house.later({ minutes: 1 })
    await house.confirm(email)
    expect(await house.subscription(letter, email)).toMatchObject({
      state: 'active',
      suppressed: true,
      sendable: false,
    })
    expect(await audienceOf()).toEqual({ frozen: false, claimed: false })
  })

  it('on one list, and joins another, is mailed there only', async () => {
    await member(letter)
    await add(`list:${letter.id}`)
    house.later({ days: 2 })
    await house.signUp(offers, email)
    await house.rest()
    await house.confirm(email)
    expect([await marked(letter), await marked(offers)]).toEqual([true, false])
  })

  it('on one of two lists that they ask for at once, is asked about the other only', async () => {
    await add(`list:${letter.id}`)
    await house.signUp(letter, email, { also: ['offers'] })
    await house.rest()
    await house.confirm(email)
    expect(await house.subscription(letter, email)).toBeNull()
    expect(await house.subscription(offers, email)).toMatchObject({ state: 'active', sendable: true })
  })

  it('stays so when the list is archived and comes back', async () => {
    const old = await house.makeList({ ...listSettings, slug: `old-${round}`, name: 'Old' })
    await member(old)
    await add()
    await house.owner`update lists set archived_at = now() where number = ${old.number}`
    await house.owner`update lists set archived_at = null where number = ${old.number}`
    expect(await audienceOf(old).catch(() => 'nobody would get it')).toBe('nobody would get it')
  })

  it('stays so when every trace of the person is gone but the hash', async () => {
    const [person] = await member(offers)
    await add()
    await house.owner`
      update subscribers set address = '\\x00', address_index = decode(md5(random()::text), 'hex')
      where id = ${person?.subscriber ?? 0}`
    expect(await house.subscription(offers, email)).toBeNull()
    await house.signUp(offers, email)
    await house.rest()
    expect(await house.mailsTo(email)).toEqual([])
    const rows = await house.owner<{ hash: string }[]>`
      select encode(hash, 'hex') as hash from suppressions order by id desc limit 1`
    expect(rows[0]?.hash).toBe(hexOf(suppressionHash(house.deps.vault, 'all', addressOf(email).canonical)))
  })

  it('by erasure may come back by their own act: it counts for what was not confirmed after it', async () => {
    await member(letter)
    const canonicalAddress = addressOf(email).canonical
    house.later({ hours: 1 })
    await house.deps.db.transaction((tx) =>
      suppressAddress(house.deps, tx, { canonicalAddress, scope: 'all', reason: 'erasure' }),
    )
    expect(await marked(letter)).toBe(true)
    house.later({ days: 2 })
    await house.signUp(offers, email)
    await house.rest()
    await house.confirm(email)
    expect([await marked(letter), await marked(offers)]).toEqual([true, false])
  })
})

describe('a suppression that is added in the moment', () => {
  const rounds = 12

  it('of a confirmation is never lost, whichever comes first', async () => {
    for (let one = 0; one < rounds; one += 1) {
      email = `moment.${one}@example.se`
      await house.signUp(letter, email)
      await house.rest()
      await Promise.all([house.confirm(email), add()])
      const standing = await house.subscription(letter, email)
      expect([standing?.state, standing?.sendable]).toEqual(['active', false])
    }
  })

  it('of a confirmation waits its turn, or lets that wait: nobody gets past one that is not committed yet', async () => {
    const { canonical } = addressOf(email)
    let confirming: Promise<Response> | undefined
    await house.deps.db.transaction(async (tx) => {
      await suppressAddress(house.deps, tx, { canonicalAddress: canonical, scope: 'all', reason: 'operator' })
      await house.signUp(letter, email)
      await house.rest()
      confirming = house.confirm(email)
      await sleep(300)
    })
    await confirming
    expect(await house.subscription(letter, email)).toMatchObject({ state: 'active', suppressed: true })
  })

  it('in which a sign-up is processed is never lost either', async () => {
    for (let one = 0; one < rounds; one += 1) {
      email = `between.${one}@example.se`
      await house.signUp(letter, email)
      await Promise.all([tickSignups(house.deps), add()])
      await house.rest()
      expect(await house.mailsTo(email)).toEqual([])
      const standing = await house.subscription(letter, email)
      expect(standing?.sendable ?? false).toBe(false)
    }
  })
})

describe('what "never again" hashes', () => {
  it('is the mailbox, not the spelling', () => {
    const one = addressOf('anna.k+news@gmail.com').abuseKey
    const other = addressOf('annak@gmail.com').abuseKey
    expect(hexOf(limitHash(house.deps.vault, one))).toBe(hexOf(limitHash(house.deps.vault, other)))
  })
})
