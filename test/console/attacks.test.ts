// web · the console under attack: by strangers, by colleagues, by a signed-in operator
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findOperator, findOperatorByAddress } from '../../src/auth/operators/find-operators.ts'
import { inviteAgain } from '../../src/auth/operators/operators.ts'
import { text } from '../support/client.ts'
import {
  askForLink,
  type ConsoleClient,
  consoleClientOf,
  fromConsole,
  signIn,
  signInLinkIn,
} from '../support/console.ts'
import { wordsOf } from '../support/page.ts'
import { contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let owner: ConsoleClient
let letter: TestList
let other: TestList

beforeAll(async () => {
  house = await openTestApp({ env: { LIMIT_PER_NETWORK: '1000' } })
  owner = await signIn(house, { role: 'owner' })
  letter = await house.makeList()
  other = await house.makeList({ slug: 'other', name: 'Other letter' })
})
afterAll(() => house.close())

const keptIn = (answer: Response): string =>
  /assent_kept=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''

const verbs = async (): Promise<readonly string[]> =>
  (await house.owner<{ verb: string }[]>`select verb from audit_log order by id`).map(({ verb }) => verb)

/** Runs an act and returns its audit rows. */
async function left(act: () => Promise<unknown>): Promise<readonly string[]> {
  const before = (await verbs()).length
  await act()
  return (await verbs()).slice(before)
}

describe('a form that is kept from a session that ended', () => {
  const draft = [
    ['list', 'letter'],
    ['subject', 'A secret plan of ours'],
    ['purpose', 'newsletter'],
    ['body', 'Nobody may know this yet.'],
  ] as const

  /** Posts a form whose session was ended elsewhere; returns the saved form. */
  async function keptOf(desk: ConsoleClient): Promise<string> {
    await house.owner`update sessions set ended_at = now() where operator = ${desk.operator}`
    const late = await desk.post('/console/campaigns/new', draft)
    expect(late.status).toBe(401)
    return keptIn(late)
  }

  const anew = async (email: string): Promise<string> => {
    const { path, cookie } = await askForLink(house, email)
    const entered = await house.request(path, {
      method: 'POST',
      headers: { ...fromConsole(house), cookie },
    })
    return /assent_session=[^;]+/.exec(entered.headers.get('set-cookie') ?? '')?.[0] ?? ''
  }

  it('is not shown to a colleague who signs in at the same browser', async () => {
    const kept = await keptOf(await signIn(house, { role: 'editor', email: 'writer@brand.example' }))
    const colleague = await signIn(house, { role: 'editor', email: 'colleague@brand.example' })
    const theirs = consoleClientOf(house, { ...colleague, cookie: `${colleague.cookie}; ${kept}` })
    const page = await theirs.get('/console/kept')
    expect([page.status, page.headers.get('location')]).toEqual([303, '/console'])
    const mine = consoleClientOf(house, {
      cookie: `${await anew('writer@brand.example')}; ${kept}`,
      operator: '',
    })
    expect(await (await mine.get('/console/kept')).text()).toContain('A secret plan of ours')
  })

  it('is sent once, and is not there again at the next sign-in', async () => {
    const kept = await keptOf(await signIn(house, { role: 'editor', email: 'once@brand.example' }))
    const cookie = `${await anew('once@brand.example')}; ${kept}`
    const desk = consoleClientOf(house, { cookie, operator: '' })
    const page = await (await desk.get('/console/kept')).text()
    const action = /<form method="post" action="(\/console\/campaigns\/new[^"]*)"/.exec(page)?.[1] ?? ''
    const refused = await desk.post(action, [...draft.slice(1), ['list', 'nowhere']])
    expect(refused.status).toBe(404)
    expect((await desk.get('/console/kept')).status, 'a refusal loses nothing').toBe(200)
    const sent = await desk.post(action, draft)
    expect(sent.status).toBe(303)
    expect(sent.headers.get('set-cookie')).toMatch(/assent_kept=;.*Max-Age=0/)
    expect((await desk.get('/console/kept')).headers.get('location')).toBe('/console')
    expect(await house.owner`select from kept_forms where sealed is not null`).toHaveLength(1)
  })
})

describe('an invitation', () => {
  it('is over once a newer one was sent, and once they joined', async () => {
    const address = { sendTo: 'twice@brand.example', canonical: 'twice@brand.example' }
    await owner.post('/console/settings/operators', [
      ['name', 'Twice'],
      ['email', address.sendTo],
      ['role', 'editor'],
      ['scope', 'all'],
    ])
    const invited = await findOperatorByAddress(house.deps, address.canonical)
    if (invited === null) throw new Error('nobody was invited')
    await house.rest()
    await inviteAgain(house.deps, { kind: 'system' }, invited, 'en')
    await house.rest()
    const [one, two] = (await house.mailsTo(address.sendTo)).map(
      ({ text }) => new URL(signInLinkIn(text)).pathname,
    )
    const enter = (path = '') =>
      house.request(path, { method: 'POST', headers: fromConsole(house), redirect: 'manual' })
    expect((await enter(two)).status).toBe(404)
    expect((await enter(one)).status).toBe(303)
    for (const path of [one, two]) expect((await house.request(path ?? '')).status).toBe(404)
  })
})

describe('an owner', () => {
  const invite = (email: string, fields: readonly (readonly [string, string])[]) =>
    owner.post('/console/settings/operators', [['name', 'Anna'], ['email', email], ...fields])

  it('sees every list: there is none who could give themselves more than they have', async () => {
    const before = await contentsOf(house.owner)
    const some = [
      ['role', 'owner'],
      ['scope', 'some'],
      ['lists', String(letter.number)],
    ] as const
    const answer = await invite('part-owner@brand.example', some)
    expect([answer.status, wordsOf(await answer.text()).includes('An owner sees every list')]).toEqual([
      422,
      true,
    ])
    const changed = await owner.post(`/console/settings/operators/${owner.operator}`, some)
    expect([changed.status, wordsOf(await changed.text()).includes('An owner sees every list')]).toEqual([
      422,
      true,
    ])
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it('gives nobody a list that is not there yet', async () => {
    const before = await contentsOf(house.owner)
    const answer = await invite('early@brand.example', [
      ['role', 'editor'],
      ['scope', 'some'],
      ['lists', '999'],
    ])
    expect(answer.status).toBe(422)
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it('invites one address once, also by two presses at the same moment', async () => {
    const fields = [
      ['role', 'editor'],
      ['scope', 'all'],
    ] as const
    const answers = await Promise.all([
      invite('both@brand.example', fields),
      invite('both@brand.example', fields),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422])
  })
})

describe('an act that changes nothing', () => {
  it('leaves no row, and ends nobody’s session', async () => {
    const desk = await signIn(house, { role: 'analyst', email: 'quiet@brand.example' })
    const at = `/console/settings/operators/${desk.operator}`
    expect(await left(() => owner.post(`${at}/enable`))).toEqual([])
    expect((await desk.get('/console')).status).toBe(200)
    expect(await left(() => desk.post('/console/settings/sessions/end-others'))).toEqual([])
    expect(await left(() => owner.post(`${at}/disable`))).toEqual(['operator.disable'])
    const since = (await findOperator(house.deps, desk.operator))?.disabledAt
    house.later({ minutes: 1 })
    expect(await left(() => owner.post(`${at}/disable`))).toEqual([])
    expect((await findOperator(house.deps, desk.operator))?.disabledAt).toEqual(since)
    expect(await left(() => owner.post(`${at}/enable`))).toEqual(['operator.enable'])
  })
})

describe('an operator of one list', () => {
  it('reads no subject of another list’s campaign out of a segment that names it', async () => {
    const desk = await signIn(house, {
      role: 'editor',
      email: 'narrow@brand.example',
      lists: [letter.number],
    })
    const { id } = await house.makeCampaign(other, { subject: 'The merger' })
    const json = JSON.stringify({ received: id })
    const shown = await desk.post('/console/segments/new', [
      ['list', 'letter'],
      ['mode', 'json'],
      ['json', json],
      ['do', 'as-rows'],
    ])
    expect(await shown.text()).not.toContain('The merger')
    const made = await house.api('POST', '/segments', {
      name: 'Both',
      list: 'letter',
      filter: { received: id },
    })
    for (const path of ['/console/segments', `/console/segments/${text(made.body, 'id')}`])
      expect(await (await desk.get(path)).text(), path).not.toContain('The merger')
    expect(await (await owner.get('/console/segments')).text()).toContain('The merger')
  })
})

describe('the reason for opening evidence', () => {
  beforeAll(async () => {
    await house.subscribe(letter, ['proof@example.pl'])
  })

  it.each(['asked by a@b.example', 'asked by a＠b.example', 'asked by a﹫b.example'])(
    'holds no address, however it is written: %s',
    async (reason) => {
      const auditor = await signIn(house, { role: 'auditor', email: `${reason.charCodeAt(10)}@x.example` })
      const found = await house.api('POST', '/subscribers/search', { email: 'proof@example.pl' })
      const path = `/console/people/${text(found.body, 'data', 0, 'id')}/evidence`
      const answer = await auditor.post(path, [
        ['list', 'letter'],
        ['reason', reason],
      ])
      expect(answer.status).toBe(422)
      expect(await verbs()).not.toContain('evidence.open')
    },
  )
})
