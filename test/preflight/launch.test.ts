// web · a definite no in DNS blocks a launch, by page or API; an unanswered question blocks nothing
import { createServer, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inviteOperator } from '../../src/auth/operators/operators.ts'
import { archiveList } from '../../src/lists/archive.ts'
import { nodeOutside } from '../../src/platform/outside/node.ts'
import { tickCampaigns } from '../../src/tick.ts'
import { at, text } from '../support/client.ts'
import { type ConsoleClient, consoleClientOf, fromConsole, signInLinkIn } from '../support/console.ts'
import { type DnsServer, startDns, type Zone } from '../support/dns.ts'
import { wordsOf } from '../support/page.ts'
import { ownerKey } from '../support/running.ts'
import { seedConfirmed } from '../support/seed.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

/** All records that Resend asks for, and a DMARC policy. */
const inOrder = {
  'garden.se': { MX: ['mail.garden.se'], A: ['127.0.0.1'] },
  'send.garden.se': { TXT: ['v=spf1 include:amazonses.com ~all'] },
  'resend._domainkey.garden.se': { TXT: ['p=MIGf'] },
  '_dmarc.garden.se': { TXT: ['v=DMARC1; p=reject'] },
} as const satisfies Zone
/** A DMARC policy refuses unproven mail, and no record proves it. */
const unproven = { 'garden.se': inOrder['garden.se'], '_dmarc.garden.se': inOrder['_dmarc.garden.se'] }

let dns: DnsServer
let house: TestApp
let list: TestList
let eva: ConsoleClient
let web: Server
/** Mails handed to the provider. */
const mails: string[] = []
/** Open transactions during DNS queries: each holds a lock. */
let transactions = 0

beforeAll(async () => {
  dns = await startDns(inOrder)
  web = createServer((request, response) => response.writeHead(request.url === '/gone' ? 404 : 200).end())
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  const outside = nodeOutside({ servers: [dns.address], isPublic: (address) => address === '127.0.0.1' })
  house = await openTestApp({
    env: { PUBLIC_URL: 'https://lists.garden.se', MAIL: 'resend', RESEND_API_KEY: 're_x' },
    outside: {
      ...outside,
      lookUp: async (name, type) => {
        const [row] = await house.owner<{ open: number }[]>`
          select count(*)::int as open from pg_locks as l join pg_database as d on d.oid = l.database
          where l.locktype = 'advisory' and d.datname = current_database()`
        transactions += row?.open ?? 0
        return outside.lookUp(name, type)
      },
    },
    mailer: ({ ids }) => ({
      name: 'resend',
      can: { setMessageId: false, smtpUtf8: false },
      send: async (batch) => {
        mails.push(...batch)
        return { kind: 'accepted', ids: batch.map(ids), rejected: [] }
      },
    }),
  })
  list = await house.makeList({ sender: { name: 'Garden', email: 'news@Garden.se' } })
  await seedConfirmed(house.deps, list.slug, [{ email: 'anna@example.pl' }])
  eva = await signedIn()
})
afterAll(async () => {
  await house.close()
  await dns.close()
  await new Promise((resolve) => web.close(resolve))
})

async function signedIn(): Promise<ConsoleClient> {
  const address = { sendTo: 'eva@garden.se', canonical: 'eva@garden.se' }
  const invited = { name: 'Eva', address, role: 'owner', lists: null, locale: 'en' } as const
  const operator = await inviteOperator(house.deps, { kind: 'system' }, invited)
  await house.rest()
  const { pathname } = new URL(signInLinkIn(mails.map((mail) => text(JSON.parse(mail), 'text')).join()))
  const entered = await house.request(pathname, { method: 'POST', headers: fromConsole(house) })
  const cookie = /(?:__Secure-)?assent_session=[^;]+/.exec(entered.headers.get('set-cookie') ?? '')?.[0] ?? ''
  return consoleClientOf(house, { cookie, operator })
}

/** Expires earlier answers and sets the DNS zone. */
const says = (zone: Zone): void => {
  house.later({ minutes: 6 })
  dns.change(zone)
}
beforeEach(() => says(inOrder))

const state = async (id: string): Promise<string> =>
  text((await house.api('GET', `/campaigns/${id}`)).body, 'state')

const launch = (id: string) => house.api('POST', `/campaigns/${id}/launch`)

const launchOnce = (id: string, key: string) =>
  house.request(`/api/v1/campaigns/${id}/launch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ownerKey}`, 'idempotency-key': key },
  })

const shown = async (answer: Promise<Response>): Promise<string> =>
  wordsOf(await (await answer).text()).replace(/\s+/g, ' ')

describe('a sender whose records are in order', () => {
  it('launches, by every door', async () => {
    const [byApi, byForm, later] = [
      await house.makeCampaign(list),
      await house.makeCampaign(list),
      await house.makeCampaign(list),
    ]
    expect((await launch(byApi.id)).status).toBe(202)
    const form = [
      ['when', 'now'],
      ['people', '1'],
      ['version', '1'],
    ] as const
    expect((await eva.post(`/console/campaigns/${byForm.id}/launch`, form)).status).toBe(303)
    const soon = new Date(house.now().getTime() + 60_000).toISOString()
    expect((await house.api('POST', `/campaigns/${later.id}/schedule`, { at: soon })).status).toBe(202)
    house.later({ minutes: 2 })
    await tickCampaigns(house.deps)
    expect(await state(later.id)).not.toBe('scheduled')
    expect(await state(later.id)).not.toBe('draft')
  })

  it('is asked about once in some minutes, and anew for whoever asks', async () => {
    const { id } = await house.makeCampaign(list)
    await house.api('POST', `/campaigns/${id}/preflight`)
    const before = dns.asked.length
    expect((await launch(id)).status).toBe(202)
    expect(dns.asked.length).toBe(before)
    const again = await house.makeCampaign(list)
    await house.api('POST', `/campaigns/${again.id}/preflight`)
    expect(dns.asked.length).toBeGreaterThan(before)
  })
})

describe('a definite no', () => {
  const no =
    /DMARC at garden\.se \(p=reject\).*is not authenticated for.*Add both records, as Resend shows them/s

  it('is a 422 that names it and how to mend it; the campaign stays a draft', async () => {
    says(unproven)
    const { id } = await house.makeCampaign(list)
    const refused = await launch(id)
    expect(refused.status).toBe(422)
    expect(refused.body).toMatchObject({ code: 'invalid', title: expect.stringMatching(no) })
    expect(await state(id)).toBe('draft')
    const soon = new Date(house.now().getTime() + 60_000).toISOString()
    expect((await house.api('POST', `/campaigns/${id}/schedule`, { at: soon })).status).toBe(422)
  })

  it('is one for a domain that does not exist', async () => {
    says({})
    const { id } = await house.makeCampaign(list)
    expect((await launch(id)).body).toMatchObject({
      status: 422,
      title: expect.stringContaining('The sender’s domain garden.se does not exist.'),
    })
  })

  it('is shown on the page of the console, among the checks too', async () => {
    says(unproven)
    const { id } = await house.makeCampaign(list)
    const form = [
      ['when', 'now'],
      ['people', '1'],
      ['version', '1'],
    ] as const
    const refused = await eva.post(`/console/campaigns/${id}/launch`, form)
    expect(refused.status).toBe(422)
    const said = wordsOf(await refused.text())
    expect(said).toMatch(/Not sent yet.*is not authenticated for/s)
    expect(said).toMatch(/1 blocks sending/)
    expect(await state(id)).toBe('draft')
  })

  it('sends a scheduled campaign back to its author, with the reason', async () => {
    const { id } = await house.makeCampaign(list)
    const soon = new Date(house.now().getTime() + 60_000).toISOString()
    await house.api('POST', `/campaigns/${id}/schedule`, { at: soon })
    says(unproven)
    await tickCampaigns(house.deps)
    const { body } = await house.api('GET', `/campaigns/${id}`)
    expect(body).toMatchObject({ state: 'draft', problem: expect.stringMatching(no) })
  })

  it('is asked about again once it was mended', async () => {
    says(unproven)
    const { id } = await house.makeCampaign(list)
    expect((await launch(id)).status).toBe(422)
    dns.change(inOrder)
    house.later({ seconds: 11 })
    expect((await launch(id)).status).toBe(202)
  })

  it('comes under an Idempotency-Key too, leaves no trace under it, and holds no transaction open meanwhile', async () => {
    says(unproven)
    const { id } = await house.makeCampaign(list)
    expect((await launchOnce(id, 'once')).status).toBe(422)
    dns.change(inOrder)
    house.later({ seconds: 11 })
    expect((await launchOnce(id, 'once')).status).toBe(202)
    const again = await launchOnce(id, 'once')
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([202, 'true'])
    expect(transactions).toBe(0)
  })

  it('is none where nobody could say, nor waits for a server that never answers', async () => {
    says({ ...unproven, 'resend._domainkey.garden.se': 'silence' })
    const silent = await house.makeCampaign(list)
    expect((await launch(silent.id)).status).toBe(202)
    says({ ...unproven, 'garden.se': 'servfail', 'send.garden.se': 'servfail' })
    expect((await launch((await house.makeCampaign(list)).id)).status).toBe(202)
  })

  it('comes after what was decided: a campaign that is under way is told so', async () => {
    const { id } = await house.makeCampaign(list)
    await launch(id)
    says(unproven)
    expect((await launch(id)).status).toBe(409)
  })
})

describe('the preflight', () => {
  const port = (): number => {
    const address = web.address()
    return typeof address === 'object' ? (address?.port ?? 0) : 0
  }
  const written = () => ({
    content: {
      format: 'markdown',
      body: `[Beans](http://garden.se:${port()}/beans) and [peas](http://garden.se:${port()}/gone), [you](https://garden.se/?to={{ subscriber.email }})`,
    },
  })

  it('is by API every check, with the headers as they will be sent', async () => {
    const { id } = await house.makeCampaign(list, written())
    const { status, body } = await house.api('POST', `/campaigns/${id}/preflight`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ verdict: 'warn', people: 1, left_out: [] })
    expect(at(body, 'headers')).toEqual(
      expect.arrayContaining([
        { name: 'From', value: '"Garden" <news@Garden.se>' },
        { name: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' },
      ]),
    )
    expect(at(body, 'checks', 0)).toMatchObject({
      key: 'link',
      verdict: 'warn',
      words: `http://garden.se:${port()}/gone was not found (404).`,
    })
    const said = JSON.stringify(at(body, 'checks'))
    for (const words of [
      'One link works.',
      'One link was not tested',
      'SPF at send.garden.se includes Resend',
      '(p=reject)',
    ])
      expect(said).toContain(words)
  })

  it('says who is not there to get it, and that it stops the launch', async () => {
    const segment = await house.api('POST', '/segments', {
      name: 'None',
      list: list.slug,
      filter: { locale: 'ru' },
    })
    const { id } = await house.makeCampaign(list, { segment: text(segment.body, 'id') })
    const { body } = await house.api('POST', `/campaigns/${id}/preflight`)
    expect(body).toMatchObject({ verdict: 'block', people: 0 })
    expect(at(body, 'checks', 0)).toMatchObject({ key: 'people', group: 'audience', verdict: 'block' })
  })

  it('says that the list is archived', async () => {
    const old = await house.makeList({ slug: 'old' })
    const { id } = await house.makeCampaign(old)
    await archiveList(house.deps, { kind: 'system' }, old)
    const { body } = await house.api('POST', `/campaigns/${id}/preflight`)
    expect(at(body, 'checks', 0)).toMatchObject({ key: 'list', verdict: 'block' })
  })

  it('asks nobody when the page is opened, and everybody when its button is pressed', async () => {
    const { id } = await house.makeCampaign(list, written())
    const before = dns.asked.length
    const page = await shown(eva.get(`/console/campaigns/${id}/launch`))
    expect(dns.asked.length).toBe(before)
    expect(page).toContain('Check links and domain')
    expect(page).not.toContain('was not found (404)')
    const pressed = await shown(eva.post(`/console/campaigns/${id}/preflight`))
    expect(pressed).toMatch(
      /Warning: http:\/\/garden\.se:\d+\/gone was not found \(404\)\. Open the link yourself/,
    )
    expect(pressed).toContain('Check links and domain again')
    expect(pressed).toContain('Send to 1 person')
    const chosen = Object.entries({ when: 'later', at: '2031-03-04T05:06' })
    const kept = await (await eva.post(`/console/campaigns/${id}/preflight`, chosen)).text()
    expect(kept, 'the time that was typed is still there').toContain('value="2031-03-04T05:06"')
    expect(kept).toMatch(/value="later" checked/)
    // DNS answers are cached for some minutes, on the page too.
    expect(await shown(eva.get(`/console/campaigns/${id}/launch`))).toContain(
      'SPF at send.garden.se includes Resend',
    )
  })
})

describe('a deployment for a try', () => {
  const resend = { MAIL: 'resend', RESEND_API_KEY: 're_x', PUBLIC_URL: 'https://lists.garden.se' }
  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    [
      'whose mail goes to its own mailbox',
      {},
      'news@nowhere.se',
      'DNS was not checked, because this is a test deployment',
    ],
    [
      'whose provider is on this machine',
      { ...resend, RESEND_BASE_URL: 'http://127.0.0.1:1' },
      'news@nowhere.se',
      'DNS was not checked, because this is a test deployment',
    ],
    [
      'whose sender has a name for examples',
      resend,
      'news@brand.example',
      'brand.example is an example domain.',
    ],
  ])('%s does not ask DNS, says so, and launches', async (_, env, email, words) => {
    const trial = await openTestApp({ env, outside: nodeOutside({ servers: [dns.address] }) })
    try {
      const letter = await trial.makeList({ sender: { name: 'X', email } })
      await seedConfirmed(trial.deps, letter.slug, [{ email: 'anna@example.pl' }])
      const { id } = await trial.makeCampaign(letter)
      const before = dns.asked.length
      const { body } = await trial.api('POST', `/campaigns/${id}/preflight`)
      expect(JSON.stringify(at(body, 'checks'))).toContain(words)
      await trial.launch({ id })
      await sleep(50)
      expect(dns.asked.length).toBe(before)
    } finally {
      await trial.close()
    }
  })
})
