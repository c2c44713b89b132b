// shell · the life of a consent: asked, confirmed, refused, expired, withdrawn, asked anew. GDPR Art. 7
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { suppressAddress } from '../../src/consent/suppressed.ts'
import { messages } from '../../src/i18n/messages.ts'
import { processSignups } from '../../src/signup/processing/process.ts'
import { at, linkIn, type Mail, nonceIn, text } from '../support/client.ts'
import { openTestApp, type SubscriptionRow, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList
let second: TestList
let third: TestList

beforeAll(async () => {
  house = await openTestApp({ connections: 6 })
  list = await house.makeList()
  second = await house.makeList({ slug: 'second', name: 'Second letter' })
  third = await house.makeList({ slug: 'third', name: 'Third letter' })
})
afterAll(() => house.close())

const addresses = new Set<string>()
/** Returns an address that no other test has used. */
const somebody = (name: string): string => {
  if (addresses.has(name)) throw new Error(`${name} is somebody else`)
  addresses.add(name)
  return `${name}@example.pl`
}

/** Signs up and runs the heartbeat; returns the form's response. */
async function signUp(
  of: TestList,
  email: string,
  choice?: Parameters<TestApp['signUp']>[2],
): Promise<Response> {
  const answer = await house.signUp(of, email, choice)
  await house.rest()
  return answer
}

const standingOf = async (email: string, of = list): Promise<SubscriptionRow> => {
  const found = await house.subscription(of, email)
  if (found === null) throw new Error('nobody has this address')
  return found
}

/** Returns a subscription's acts, oldest first, as its leaves say. */
async function acts(
  email: string,
  of = list,
): Promise<readonly { type: string; purposes: string[]; notice: string }[]> {
  const { id } = await standingOf(email, of)
  const rows = await house.owner<{ leaf: string }[]>`
    select convert_from(leaf, 'UTF8') as leaf from consent_events where subscription = ${id} order by seq`
  return rows.map(({ leaf }) => JSON.parse(leaf))
}

const types = async (email: string, of = list): Promise<readonly string[]> =>
  (await acts(email, of)).map(({ type }) => type)

const newest = async (email: string): Promise<Mail> => {
  const [mail] = await house.mailsTo(email)
  if (mail === undefined) throw new Error('no mail came')
  return mail
}

const confirmLink = async (email: string): Promise<string> => linkIn(await newest(email), 'c')

/** Sends a campaign, and returns the newest mail to a member. */
async function letterTo(email: string, of = list): Promise<Mail> {
  await house.launch(await house.makeCampaign(of))
  await house.rest()
  return newest(email)
}

const oneClick = (link: string): Promise<Response> => house.post(link, [['List-Unsubscribe', 'One-Click']])

const said = messages('en')
const titleOf = async (response: Response): Promise<string> =>
  /<h1>([^<]*)<\/h1>/.exec(await response.text())?.[1] ?? ''

describe('somebody who looks at the form', () => {
  it('finds no box that is ticked, in any language (GDPR Art. 4(11), recital 32; Planet49, C-673/17)', async () => {
    for (const locale of ['en', 'pl', 'sv', 'ru']) {
      const page = await (await house.get(`/s/letter?lang=${locale}`)).text()
      expect(page.match(/type="checkbox"/g)).toHaveLength(2)
      expect(page).not.toMatch(/\schecked[\s=>]/)
    }
  })

  it('cannot be made to agree to what the list does not ask', async () => {
    const email = somebody('asked')
    const answer = await signUp(list, email, { purposes: ['partners'] })
    expect(answer.status).toBe(422)
    expect(await house.subscription(list, email)).toBeNull()
  })

  it('is signed up without ticking anything: refusing costs nothing (Art. 7(4))', async () => {
    const email = somebody('sparse')
    expect((await signUp(list, email)).status).toBe(303)
    await house.confirm(email)
    expect((await standingOf(email)).granted).toEqual(['newsletter'])
  })
})

describe('a person who signed up', () => {
  it('has agreed to nothing until they press the button of the mail (Art. 7(1); double opt-in)', async () => {
    const email = somebody('anna')
    await signUp(list, email, { purposes: ['clicks'] })
    expect(await standingOf(email)).toMatchObject({ state: 'pending', granted: [], sendable: false })
    const link = await confirmLink(email)
    for (const method of ['GET', 'HEAD', 'OPTIONS']) await house.request(new URL(link).pathname, { method })
    expect((await house.post(link, [])).status, 'a post that did not open the page').toBe(422)
    expect((await house.post(link, [['nonce', 'any']])).status).toBe(422)
    expect(await standingOf(email)).toMatchObject({ state: 'pending', granted: [] })
    expect((await house.confirm(email)).status).toBe(200)
    expect(await standingOf(email)).toMatchObject({
      state: 'active',
      granted: ['clicks', 'newsletter'],
      sendable: true,
    })
    expect(await types(email)).toEqual(['consent.requested', 'consent.confirmed'])
  })

  it('agrees to exactly what was shown, in the words and language in which it was shown', async () => {
    const email = somebody('bożena')
    const own = await house.makeList({ slug: 'shown', default_locale: 'pl', locales: ['pl', 'en'] })
    const page = await (await house.get('/s/shown?lang=pl')).text()
    const stamp = /name="stamp" value="([^"]+)"/.exec(page)?.[1] ?? ''
    await house.post('/s/shown', [
      ['email', email],
      ['locale', 'pl'],
      ['purpose', 'offers'],
      ['stamp', stamp],
    ])
    await house.rest()
    const [asked] = await acts(email, own)
    // The list changes between form and button: the person never saw the change.
    const purposes = at((await house.api('GET', '/lists/shown')).body, 'purposes')
    const changed = await house.api('PATCH', '/lists/shown', {
      name: 'Another name',
      purposes: [
        ...(Array.isArray(purposes) ? purposes : []),
        { key: 'parties', title: 'Parties', text: 'Invitations.' },
      ],
    })
    expect(changed.status).toBe(200)
    await house.confirm(email)
    const [, confirmed] = await acts(email, own)
    expect(confirmed).toMatchObject({ type: 'consent.confirmed', purposes: ['newsletter', 'offers'] })
    expect(confirmed?.notice).toBe(asked?.notice)
    const notice = await (await house.get(`/n/${confirmed?.notice}`)).text()
    expect(notice).toContain('lang="pl"')
    expect(notice).toContain('Garden letter')
    expect(notice).not.toContain('Another name')
  })

  it('is granted nothing that the notice they saw did not hold, whatever a kept form sends (I9)', async () => {
    const email = somebody('stale')
    const own = await house.makeList({ slug: 'stale', purposes: [] })
    const page = await (await house.get('/s/stale')).text()
    const stamp = /name="stamp" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const changed = await house.api('PATCH', '/lists/stale', {
      purposes: [{ key: 'partners', title: 'Partners', text: 'Mail from partners.' }],
    })
    expect(changed.status).toBe(200)
    await house.post('/s/stale', [
      ['email', email],
      ['purpose', 'partners'],
      ['stamp', stamp],
    ])
    await house.rest()
    await house.confirm(email)
    expect((await standingOf(email, own)).granted).toEqual(['newsletter'])
  })

  it('sees before confirming what was typed for them: a stranger may have typed it', async () => {
    const email = somebody('typed')
    const own = await house.makeList({
      slug: 'typed',
      fields: [{ key: 'first_name', label: 'First name', purpose: 'newsletter' }],
    })
    await signUp(own, email, { fields: { first_name: 'Somebody Else' } })
    const page = await (await house.get(await confirmLink(email))).text()
    expect(page).toContain('Somebody Else')
    expect(page).not.toContain(email)
  })

  it('leaves evidence of both acts and the mail between them (Art. 7(1); EDPB 05/2020, 108)', async () => {
    const email = somebody('carl')
    await signUp(list, email, { purposes: ['clicks'] })
    house.later({ minutes: 5 })
    await house.confirm(email)
    const found = await house.api('POST', '/subscribers/search', { email })
    const opened = await house.api('POST', `/subscribers/${text(found.body, 'data', 0, 'id')}/evidence`, {
      list: 'letter',
      reason: 'a test',
    })
    expect(at(opened.body, 'data', 1, 'payload')).toMatchObject({
      address_as_typed: email,
      lawful_basis: 'consent',
      controls: [
        { name: 'clicks', type: 'checkbox', default: false, submitted: true },
        { name: 'offers', type: 'checkbox', default: false, submitted: false },
      ],
      method: 'form',
      mail: { provider: 'mailbox' },
      confirm_method: 'button',
      request_ip: null,
      confirm_ip: null,
    })
  })

  it('is answered kindly when they press a second time, and nothing happens', async () => {
    const email = somebody('dora')
    await signUp(list, email)
    const link = await confirmLink(email)
    const nonce = nonceIn(await (await house.get(link)).text())
    expect((await house.post(link, [['nonce', nonce]])).status).toBe(200)
    const before = await standingOf(email)
    const again = await house.post(link, [['nonce', nonce]])
    expect([again.status, await titleOf(again)]).toEqual([200, said.already.title])
    const looked = await house.get(link)
    expect([looked.status, await titleOf(looked)]).toEqual([200, said.already.title])
    expect(await standingOf(email)).toEqual(before)
  })
})

describe('a member whose address somebody else types', () => {
  it('stays exactly as they are, and hears of it once in seven days', async () => {
    const email = somebody('elsa')
    await house.subscribe(list, [email], { purposes: ['clicks'] })
    const before = await standingOf(email)
    const subjects = async () => (await house.mailsTo(email)).map(({ subject }) => subject)
    for (const _ of [1, 2, 3, 4, 5, 6, 7]) {
      house.later({ days: 1 })
      await signUp(list, email)
    }
    expect(await subjects()).toEqual([
      said.mail.already.subject('Garden letter'),
      said.mail.confirmation.subject('Garden letter'),
    ])
    house.later({ days: 1 })
    await signUp(list, email)
    expect(await subjects()).toHaveLength(3)
    expect(await standingOf(email)).toEqual(before)
  })

  it('loses nothing by “this was not me” to a request for more (GDPR Art. 5(1)(d))', async () => {
    const email = somebody('fritz')
    await house.subscribe(list, [email])
    house.later({ days: 1 })
    await signUp(list, email, { purposes: ['offers', 'clicks'] })
    expect(await standingOf(email)).toMatchObject({ state: 'active', granted: ['newsletter'] })
    const refused = await house.confirm(email, [['action', 'refuse']])
    expect(refused.status).toBe(200)
    expect(await standingOf(email)).toMatchObject({
      state: 'active',
      granted: ['newsletter'],
      sendable: true,
    })
    expect(await types(email)).toEqual(['consent.requested', 'consent.confirmed', 'consent.requested'])
  })

  it('loses nothing when nobody answers that request', async () => {
    const email = somebody('greta')
    await house.subscribe(list, [email])
    house.later({ days: 1 })
    await signUp(list, email, { purposes: ['offers'] })
    const link = await confirmLink(email)
    house.later({ days: 8 })
    await house.rest()
    expect(await titleOf(await house.get(link))).toBe(said.expired.title)
    expect(await standingOf(email)).toMatchObject({ state: 'active', granted: ['newsletter'] })
  })

  it('adds what they asked for, where it was them', async () => {
    const email = somebody('hugo')
    await house.subscribe(list, [email])
    house.later({ days: 1 })
    await signUp(list, email, { purposes: ['offers'] })
    await house.confirm(email)
    expect(await standingOf(email)).toMatchObject({ state: 'active', granted: ['newsletter', 'offers'] })
  })
})

describe('somebody who says “this was not me”', () => {
  it('ends the request, and nothing of them is kept in it (Art. 5(1)(c))', async () => {
    const email = somebody('ida')
    await signUp(list, email)
    const link = await confirmLink(email)
    expect(await titleOf(await house.confirm(email, [['action', 'refuse']]))).toBe(said.refused.title)
    expect(await standingOf(email)).toMatchObject({ state: 'refused', granted: [] })
    expect(await types(email)).toEqual(['consent.requested', 'consent.refused'])
    const again = await house.get(link)
    expect(again.status).toBe(200)
    expect(await again.text()).not.toContain('name="nonce"')
    const kept = await house.owner`
      select octet_length(r.sealed) as octets
      from signup_requests as r
      where r.state = 'refused' and octet_length(r.sealed) > 0`
    expect(kept).toEqual([])
  })

  it('may change their mind: they are asked anew, and the old link stays closed', async () => {
    const email = somebody('jan')
    await signUp(list, email)
    const old = await confirmLink(email)
    await house.confirm(email, [['action', 'refuse']])
    house.later({ days: 1 })
    await signUp(list, email)
    expect(await confirmLink(email)).not.toBe(old)
    expect((await house.confirm(email)).status).toBe(200)
    expect(await standingOf(email)).toMatchObject({ state: 'active' })
    expect(await (await house.get(old)).text()).not.toContain('name="nonce"')
  })

  it('is asked no more by anybody, on any list, under any tag, once they say so (UWG section 7; Art. 21(2))', async () => {
    const email = somebody('karin')
    await signUp(list, email)
    await house.confirm(email, [
      ['action', 'refuse'],
      ['block', '1'],
    ])
    expect(await standingOf(email)).toMatchObject({ state: 'refused' })
    for (const days of [2, 10, 40]) {
      house.later({ days })
      await signUp(list, email)
      await signUp(second, 'KARIN+again@Example.PL', { also: ['third'] })
    }
    expect(await house.mailsTo(email)).toHaveLength(1)
    expect(await house.mailsTo('KARIN+again@example.pl')).toHaveLength(0)
    expect(await types(email)).toEqual(['consent.requested', 'consent.refused'])
  })
})

describe('a request that nobody answers', () => {
  it('is over after its time, by the link at once and in the ledger at the next beat (Art. 5(1)(e))', async () => {
    const email = somebody('lena')
    await signUp(list, email)
    const link = await confirmLink(email)
    house.later({ hours: 167, minutes: 59 })
    const nonce = nonceIn(await (await house.get(link)).text())
    house.later({ minutes: 1 })
    expect(await titleOf(await house.get(link))).toBe(said.expired.title)
    expect((await house.post(link, [['nonce', nonce]])).status).toBe(200)
    expect(await standingOf(email)).toMatchObject({ state: 'pending', granted: [] })
    await house.rest()
    expect(await standingOf(email)).toMatchObject({ state: 'expired', granted: [] })
    expect(await types(email)).toEqual(['consent.requested', 'consent.expired'])
  })

  it('leaves the way open for a new one, and its old link does not answer the new', async () => {
    const email = somebody('mats')
    await signUp(list, email)
    const old = await confirmLink(email)
    house.later({ days: 8 })
    await house.rest()
    await signUp(list, email)
    const fresh = await confirmLink(email)
    expect(fresh).not.toBe(old)
    expect(await titleOf(await house.get(old))).toBe(said.expired.title)
    await house.press(fresh)
    expect(await standingOf(email)).toMatchObject({ state: 'active' })
  })

  it('gives way at the very moment it is over, even before the beat that closes it', async () => {
    const email = somebody('nora')
    await signUp(list, email)
    const old = await confirmLink(email)
    house.later({ days: 7 })
    await signUp(list, email)
    expect(await confirmLink(email)).not.toBe(old)
    await house.confirm(email)
    expect(await standingOf(email)).toMatchObject({ state: 'active' })
  })

  it('gives way to a newer one: its link confirms nothing, and says where to look', async () => {
    const email = somebody('olof')
    await signUp(list, email, { purposes: ['clicks'] })
    const lost = await confirmLink(email)
    const nonce = nonceIn(await (await house.get(lost)).text())
    house.later({ minutes: 6 })
    await signUp(list, email, { purposes: ['offers'] })
    expect(await house.mailsTo(email)).toHaveLength(2)
    expect(await confirmLink(email)).not.toBe(lost)
    for (const locale of ['en', 'pl', 'sv', 'ru'] as const)
      expect(await titleOf(await house.get(`${lost}?lang=${locale}`))).toBe(messages(locale).replaced.title)
    expect(await titleOf(await house.post(lost, [['nonce', nonce]]))).toBe(said.replaced.title)
    expect(await standingOf(email)).toMatchObject({ state: 'pending', granted: [] })
    await house.confirm(email)
    expect(await standingOf(email)).toMatchObject({ state: 'active', granted: ['newsletter', 'offers'] })
    expect(await types(email)).toEqual(['consent.requested', 'consent.requested', 'consent.confirmed'])
    expect(await titleOf(await house.get(lost)), 'who confirmed the newer one is no stranger').toBe(
      said.already.title,
    )
  })

  it('stays while the newer one is not mailed: within five minutes of the first', async () => {
    const email = somebody('oona')
    await signUp(list, email, { purposes: ['clicks'] })
    house.later({ minutes: 3 })
    await signUp(list, email)
    expect(await house.mailsTo(email)).toHaveLength(1)
    await house.confirm(email)
    expect(await standingOf(email)).toMatchObject({ granted: ['clicks', 'newsletter'] })
  })

  it('is the last of those sent in one moment', async () => {
    const email = somebody('orsa')
    for (const purposes of [['clicks'], [], ['offers']]) await house.signUp(list, email, { purposes })
    await signUp(second, email)
    await house.rest()
    for (const mail of await house.mailsTo(email)) await house.press(linkIn(mail, 'c'))
    expect(await standingOf(email)).toMatchObject({ granted: ['newsletter', 'offers'] })
    expect(await standingOf(email, second)).toMatchObject({ granted: ['newsletter'] })
  })

  it('sends no mail of its own once a newer one took its place', async () => {
    const email = somebody('otto')
    await house.signUp(list, email)
    await processSignups(house.deps)
    house.later({ minutes: 6 })
    await house.signUp(list, email)
    await processSignups(house.deps)
    await house.rest()
    expect(await house.mailsTo(email)).toHaveLength(1)
    expect((await house.confirm(email)).status).toBe(200)
    expect(await standingOf(email)).toMatchObject({ state: 'active' })
  })

  it('keeps the lists that the newer one does not ask for', async () => {
    const email = somebody('odile')
    await signUp(list, email, { also: ['second'] })
    const older = await confirmLink(email)
    house.later({ minutes: 6 })
    await signUp(list, email)
    await house.confirm(email)
    expect(await standingOf(email, second)).toMatchObject({ state: 'pending' })
    await house.press(older)
    expect(await standingOf(email, second)).toMatchObject({ state: 'active' })
  })
})

describe('somebody who left (Art. 7(3))', () => {
  it('is not brought back by a link from before', async () => {
    const email = somebody('pia')
    await house.subscribe(list, [email])
    house.later({ days: 1 })
    await signUp(list, email, { purposes: ['offers'] })
    const link = await confirmLink(email)
    await oneClick(linkIn(await letterTo(email), 'u'))
    const answer = await house.press(link)
    expect([answer.status, await titleOf(answer)]).toEqual([200, said.left.title])
    expect(await standingOf(email)).toMatchObject({ state: 'withdrawn', granted: [], sendable: false })
  })

  it('comes back by asking and confirming anew, and only so', async () => {
    const email = somebody('quentin')
    await house.subscribe(list, [email])
    await oneClick(linkIn(await letterTo(email), 'u'))
    house.later({ days: 1 })
    await signUp(list, email)
    expect(await standingOf(email)).toMatchObject({ state: 'pending', granted: [], sendable: false })
    await house.confirm(email)
    expect(await standingOf(email)).toMatchObject({
      state: 'active',
      granted: ['newsletter'],
      sendable: true,
    })
    expect(await types(email)).toEqual([
      'consent.requested',
      'consent.confirmed',
      'consent.withdrawn',
      'consent.requested',
      'consent.confirmed',
    ])
  })

  it('comes back even where a request from before they left was never answered', async () => {
    const email = somebody('rosa')
    await house.subscribe(list, [email])
    house.later({ days: 1 })
    await signUp(list, email, { purposes: ['offers'] })
    const stale = await confirmLink(email)
    await oneClick(linkIn(await letterTo(email), 'u'))
    house.later({ days: 1 })
    await signUp(list, email)
    expect(await confirmLink(email)).not.toBe(stale)
    const old = await house.get(stale)
    expect([old.status, await titleOf(old)]).toEqual([200, said.replaced.title])
    await house.confirm(email)
    expect(await standingOf(email)).toMatchObject({ state: 'active', granted: ['newsletter'] })
  })
})

describe('a list that asks for a code', () => {
  let coded: TestList
  beforeAll(async () => {
    coded = await house.makeList({ slug: 'coded', name: 'Coded letter', confirm: { mode: 'code' } })
  })
  const codeIn = (mail: Mail): string => /\b(\d{6})\b/.exec(mail.text)?.[1] ?? ''
  const wrong = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

  it('confirms by the six digits of the mail, spaces or not', async () => {
    const email = somebody('stina')
    await signUp(coded, email)
    const code = codeIn(await newest(email))
    expect((await house.confirm(email)).status, 'without a code').toBe(422)
    expect((await house.confirm(email, [['code', wrong(code)]])).status).toBe(422)
    expect(await standingOf(email, coded)).toMatchObject({ state: 'pending' })
    expect((await house.confirm(email, [['code', `${code.slice(0, 3)} ${code.slice(3)}`]])).status).toBe(200)
    expect(await standingOf(email, coded)).toMatchObject({ state: 'active' })
  })

  it('takes five tries, and then not even the right one; a new sign-up helps', async () => {
    const email = somebody('tove')
    await signUp(coded, email)
    const link = await confirmLink(email)
    const code = codeIn(await newest(email))
    const nonce = nonceIn(await (await house.get(link)).text())
    const guess = async (digits: string) =>
      house.post(link, [
        ['nonce', nonce],
        ['code', digits],
      ])
    for (const _ of [1, 2, 3, 4, 5]) expect((await guess(wrong(code))).status).toBe(422)
    expect((await guess(code)).status).toBe(422)
    expect(await standingOf(email, coded)).toMatchObject({ state: 'pending', granted: [] })
    house.later({ days: 1 })
    await signUp(coded, email)
    const fresh = await newest(email)
    expect(codeIn(fresh)).not.toBe(code)
    expect((await house.confirm(email, [['code', codeIn(fresh)]])).status).toBe(200)
    expect(await standingOf(email, coded)).toMatchObject({ state: 'active' })
  })

  it('counts tries that come at once', async () => {
    const email = somebody('ulf')
    await signUp(coded, email)
    const link = await confirmLink(email)
    const code = codeIn(await newest(email))
    const nonce = nonceIn(await (await house.get(link)).text())
    const guesses = Array.from({ length: 12 }, (_, by) =>
      String((Number(code) + 1 + by) % 1_000_000).padStart(6, '0'),
    )
    await Promise.all(
      guesses.map((guess) =>
        house.post(link, [
          ['nonce', nonce],
          ['code', guess],
        ]),
      ),
    )
    const [row] = await house.owner`
      select tries from signup_requests where state = 'open' order by created_at desc, id desc limit 1`
    expect(row).toEqual({ tries: 5 })
  })
})

describe('a member whose mail bounced', () => {
  it.each(['all', 'list'])(
    'is offered the confirmation that lifts it, by signing up again (%s)',
    async (scope) => {
      const email = somebody(`bounced.${scope}`)
      await house.subscribe(list, [email])
      await house.deps.db.transaction((tx) =>
        suppressAddress(house.deps, tx, {
          canonicalAddress: email,
          scope: scope === 'all' ? 'all' : `list:${list.id}`,
          reason: 'bounce',
        }),
      )
      expect(await standingOf(email)).toMatchObject({ state: 'active', suppressed: true, sendable: false })
      house.later({ days: 1 })
      await signUp(list, email)
      expect((await newest(email)).subject).toBe(said.mail.confirmation.subject('Garden letter'))
      expect(await standingOf(email), 'asking alone changes nothing').toMatchObject({ suppressed: true })
      await house.confirm(email)
      expect(await standingOf(email)).toMatchObject({ state: 'active', suppressed: false, sendable: true })
    },
  )

  it.each(['complaint', 'operator'] as const)(
    'is offered none where it was no bounce: %s',
    async (reason) => {
      const email = somebody(`silent.${reason}`)
      await house.subscribe(list, [email])
      for (const why of ['bounce', reason] as const)
        await house.deps.db.transaction((tx) =>
          suppressAddress(house.deps, tx, { canonicalAddress: email, scope: 'all', reason: why }),
        )
      const before = (await house.mailsTo(email)).length
      house.later({ days: 1 })
      await signUp(list, email)
      expect(await house.mailsTo(email)).toHaveLength(before)
    },
  )
})

describe('somebody who asks for several lists', () => {
  it('gets one mail for all, and one button for all', async () => {
    const email = somebody('vera')
    await signUp(list, email, { also: ['second', third.id, 'letter'] })
    expect(await house.mailsTo(email)).toHaveLength(1)
    const mail = await newest(email)
    for (const name of ['Garden letter', 'Second letter', 'Third letter']) expect(mail.text).toContain(name)
    await house.confirm(email)
    for (const one of [list, second, third])
      expect(await standingOf(email, one)).toMatchObject({ state: 'active', granted: ['newsletter'] })
  })

  it('has one list once, by whichever of its names they ask for it', async () => {
    const email = somebody('walter')
    await signUp(list, email, { also: ['second', second.id, second.id.toUpperCase(), list.id] })
    expect(await house.mailsTo(email)).toHaveLength(1)
    expect(await types(email, second)).toEqual(['consent.requested'])
  })

  it('leaves one without leaving the others', async () => {
    const email = somebody('xaver')
    await signUp(list, email, { also: ['second'] })
    await house.confirm(email)
    await oneClick(linkIn(await letterTo(email, second), 'u'))
    expect(await standingOf(email, second)).toMatchObject({ state: 'withdrawn' })
    expect(await standingOf(email)).toMatchObject({ state: 'active' })
  })
})

describe('a mailbox that strangers sign up (UWG section 7(2); no mail bombs)', () => {
  it('gets three mails a day for a list, with growing gaps, however its owner’s address is spelt', async () => {
    const spellings = [
      'ygritte@gmail.com',
      'YGRITTE@gmail.com',
      'ygritte+1@gmail.com',
      'y.g.ritte@googlemail.com',
    ]
    const ask = async (): Promise<number> => {
      for (const email of spellings) await signUp(list, email)
      return (await house.mails()).filter(({ to }) => /gritte/i.test(to.replaceAll('.', ''))).length
    }
    expect(await ask()).toBe(1)
    house.later({ minutes: 4 })
    expect(await ask()).toBe(1)
    house.later({ minutes: 2 })
    expect(await ask()).toBe(2)
    house.later({ minutes: 50 })
    expect(await ask()).toBe(2)
    house.later({ minutes: 11 })
    expect(await ask()).toBe(3)
    for (const _ of [1, 2]) {
      house.later({ hours: 8 })
      expect(await ask()).toBe(3)
    }
    house.later({ hours: 8 })
    expect(await ask()).toBe(4)
  })

  it('gets three mails a day over all lists, and six a month while nothing is confirmed', async () => {
    const lists = [
      ...[list, second, third],
      await house.makeList({ slug: 'fourth' }),
      await house.makeList({ slug: 'fifth' }),
    ]
    const email = somebody('zoe')
    const count = async () => (await house.mailsTo(email)).length
    for (const of of lists) await signUp(of, email)
    expect(await count()).toBe(3)
    house.later({ days: 1 })
    for (const of of lists) await signUp(of, email)
    expect(await count()).toBe(6)
    house.later({ days: 1 })
    for (const of of lists) await signUp(of, email)
    expect(await count()).toBe(6)
    house.later({ days: 28 })
    for (const of of lists) await signUp(of, email)
    expect(await count()).toBe(9)
  })

  it('is asked more freely once its owner has confirmed something: the strangers were none', async () => {
    const email = somebody('wanted')
    for (const _ of [1, 2]) {
      for (const of of [list, second, third]) await signUp(of, email)
      house.later({ days: 1 })
    }
    await signUp(third, email)
    expect(await house.mailsTo(email), 'the month is used up').toHaveLength(6)
    await house.confirm(email)
    for (const of of [list, second, third]) await signUp(of, email)
    expect((await house.mailsTo(email)).length).toBeGreaterThan(6)
  })

  it('gets one mail for a hundred sign-ups at once, decided by several at once, and is one person', async () => {
    const email = somebody('horde')
    const answers = await Promise.all(Array.from({ length: 100 }, () => house.signUp(list, email)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]))
    await Promise.all(Array.from({ length: 5 }, () => processSignups(house.deps, { most: 20 })))
    await house.rest()
    expect(await house.mailsTo(email)).toHaveLength(1)
    expect(await types(email)).toEqual(['consent.requested'])
    const left = await house.owner`select from signup_requests where state = 'received'`
    expect(left).toHaveLength(0)
  })

  it('is not forgotten among others: different people decided by several at once all get their mail', async () => {
    const crowd = Array.from({ length: 60 }, (_, at) => somebody(`crowd.${at}`))
    await Promise.all(
      crowd.map((email, at) => house.signUp(at % 2 === 0 ? list : second, email, { also: ['third'] })),
    )
    await Promise.all(Array.from({ length: 5 }, () => processSignups(house.deps, { most: 7 })))
    await house.rest()
    const asked = new Set((await house.mails()).map(({ to }) => to))
    expect(crowd.filter((email) => !asked.has(email))).toEqual([])
  })
})

describe('the answer to a sign-up (I5)', () => {
  it('is the same for a stranger, a waiting person, a member, one who left, one who is blocked, and a robot', async () => {
    const who = {
      stranger: somebody('stranger'),
      waiting: somebody('waiting'),
      member: somebody('member'),
      left: somebody('left'),
      blocked: somebody('blocked'),
      limited: somebody('limited'),
    }
    await house.subscribe(list, [who.member, who.left])
    await oneClick(linkIn(await letterTo(who.left), 'u'))
    await signUp(list, who.waiting)
    await signUp(list, who.blocked)
    await house.confirm(who.blocked, [
      ['action', 'refuse'],
      ['block', '1'],
    ])
    house.later({ days: 1 })
    for (const of of [list, second, third]) await signUp(of, who.limited)

    const seen = async (answer: Response) => ({
      status: answer.status,
      headers: [...answer.headers].sort(),
      body: await answer.text(),
    })
    const asForm = async (email: string, more: readonly (readonly [string, string])[] = []) =>
      seen(await house.post('/s/letter', [['email', email], ['locale', 'en'], ...more]))
    const asJson = async (email: string) =>
      seen(
        await house.request('/s/letter', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email }),
        }),
      )
    const asApi = async (email: string) => {
      const { status, body, headers } = await house.api('POST', '/signups', { list: 'letter', email })
      return { status, body, headers: [...headers].sort() }
    }
    const emails = Object.values(who)
    for (const ask of [asForm, asJson, asApi]) {
      const [first, ...others] = await Promise.all(emails.map((email) => ask(email)))
      for (const other of others) expect(other).toEqual(first)
    }
    const [honest, robot] = [
      await asForm(somebody('honest')),
      await asForm(somebody('robot'), [['leave-empty', 'x']]),
    ]
    expect(robot).toEqual(honest)
  })
})

describe('a member who leaves with one click (RFC 8058; GDPR Art. 7(3): as easy as to give)', () => {
  it.each([
    ['urlencoded', () => new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })],
    [
      'multipart',
      () => {
        const form = new FormData()
        form.set('List-Unsubscribe', 'One-Click')
        return form
      },
    ],
  ])('ends every purpose at once, %s, without cookie, redirect or question', async (encoding, body) => {
    const email = somebody(`click.${encoding}`)
    await house.subscribe(list, [email], { purposes: ['clicks', 'offers'] })
    const letter = await letterTo(email)
    expect(letter.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
    const path = new URL(linkIn(letter, 'u')).pathname
    const answer = await house.request(path, { method: 'POST', body: body() })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('location')).toBeNull()
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(await standingOf(email)).toMatchObject({ state: 'withdrawn', granted: [], sendable: false })
    expect((await acts(email)).at(-1)).toMatchObject({
      type: 'consent.withdrawn',
      purposes: ['clicks', 'newsletter', 'offers'],
    })
    const again = await house.request(path, { method: 'POST', body: body() })
    expect(again.status, 'a second click').toBe(200)
    expect(await types(email)).toHaveLength(3)
  })

  it('leaves by a mail of 400 days ago', async () => {
    const email = somebody('late')
    await house.subscribe(list, [email])
    const link = linkIn(await letterTo(email), 'u')
    house.later({ days: 400 })
    expect((await oneClick(link)).status).toBe(200)
    expect(await standingOf(email)).toMatchObject({ state: 'withdrawn' })
  })

  it('is answered well even when nothing of them is left here', async () => {
    const email = somebody('vanished')
    const [{ id, subscriber }] = await house.subscribe(list, [email])
    const letter = await letterTo(email)
    await forget(id, subscriber)
    const answer = await oneClick(linkIn(letter, 'u'))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('location')).toBeNull()
    for (const kind of ['u', 'p'] as const) expect((await house.get(linkIn(letter, kind))).status).toBe(200)
  })

  it('is asked, not obeyed, where a link scanner only looks (I3)', async () => {
    const email = somebody('scanned')
    await house.subscribe(list, [email])
    const letter = await letterTo(email)
    const before = await standingOf(email)
    for (const kind of ['u', 'p'] as const)
      for (const method of ['GET', 'HEAD', 'OPTIONS'])
        await house.request(new URL(linkIn(letter, kind)).pathname, { method })
    expect(await standingOf(email)).toEqual(before)
    await house.press(linkIn(letter, 'u'))
    expect(await standingOf(email)).toMatchObject({ state: 'withdrawn' })
  })
})

describe('a member who presses the button of the page behind the link', () => {
  it('leaves, however long ago the page was opened, and is answered by a page in its language', async () => {
    const email = somebody('slow')
    await house.subscribe(list, [email])
    const link = linkIn(await letterTo(email), 'u')
    const page = await (await house.get(`${link}?lang=pl`)).text()
    const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? ''
    house.later({ days: 3 })
    const answer = await house.post(new URL(action, link).href, [])
    expect(answer.status).toBe(200)
    expect(await titleOf(answer)).toBe(messages('pl').unsubscribe.done)
    expect(await standingOf(email)).toMatchObject({ state: 'withdrawn' })
  })
})

describe('a member at their choices', () => {
  it('lowers them, and cannot raise what they never confirmed (Art. 7(1), 7(3))', async () => {
    const email = somebody('chooser')
    await house.subscribe(list, [email], { purposes: ['clicks'] })
    const link = linkIn(await letterTo(email), 'p')
    await house.press(link, [
      ['purpose', 'newsletter'],
      ['purpose', 'offers'],
    ])
    expect(await standingOf(email)).toMatchObject({ state: 'active', granted: ['newsletter'] })
    await house.press(link, [
      ['purpose', 'newsletter'],
      ['purpose', 'clicks'],
    ])
    expect(await standingOf(email)).toMatchObject({ state: 'active', granted: ['newsletter'] })
    expect((await acts(email)).at(-1)).toMatchObject({ type: 'consent.withdrawn', purposes: ['clicks'] })
  })

  it('ends all of it by keeping no mail: then nothing is to be measured either', async () => {
    const email = somebody('measured')
    await house.subscribe(list, [email], { purposes: ['clicks'] })
    const link = linkIn(await letterTo(email), 'p')
    await house.press(link, [['purpose', 'clicks']])
    expect(await standingOf(email)).toMatchObject({ state: 'withdrawn', granted: [] })
    expect(await (await house.get(link)).text()).not.toContain('name="purpose"')
  })

  it('keeps a second letter when they end the first', async () => {
    const email = somebody('partial')
    await house.subscribe(list, [email], { purposes: ['offers'] })
    const link = linkIn(await letterTo(email), 'p')
    await house.press(link, [['purpose', 'offers']])
    expect(await standingOf(email)).toMatchObject({ state: 'active', granted: ['offers'] })
    const before = (await house.mailsTo(email)).length
    await house.launch(await house.makeCampaign(list))
    await house.rest()
    expect(await house.mailsTo(email)).toHaveLength(before)
  })
})

/** Removes every trace of a person; only the owner, with triggers off, can do so. */
const forget = (subscription: number, subscriber: number) =>
  house.owner.begin(async (tx) => {
    await tx`alter table consent_events disable trigger user`
    await tx`delete from evidence where eid in (select eid from consent_events where subscription = ${subscription})`
    await tx`delete from consent_events where subscription = ${subscription}`
    await tx`delete from keys.subscription_keys where subscription = ${subscription}`
    await tx`delete from subscriptions where id = ${subscription}`
    await tx`delete from subscribers where id = ${subscriber}`
    await tx`alter table consent_events enable trigger user`
  })
