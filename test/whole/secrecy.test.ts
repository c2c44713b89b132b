// shell · dumps, backups and logs hold no address, no name and no key to a person's choices (I6, I7)
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { type Person, people } from '../../src/dev/demo/people.ts'
import { describeError } from '../../src/platform/failures.ts'
import { parseAddress } from '../../src/subscribers/address.ts'
import { type Client, clientOf, eventually, linkIn, type Mail, nonceIn, text } from '../support/client.ts'
import { workInConsole } from '../support/console-story.ts'
import { ownerKey, type RunningAssent, startAssent } from '../support/running.ts'
import { type Needle, needlesFor, needlesForBytes, scannerOf } from '../support/scan.ts'
import { runScript } from '../support/script.ts'
import { tablesOf } from '../support/tables.ts'
import { listSettings } from '../support/test-app.ts'

const perLocale = (en: string, pl: string, sv: string, ru: string) => ({ en, pl, sv, ru })

/** Poles, Swedes and Russians with names long enough not to occur by chance. */
const everyone: readonly Person[] = people(400, 1_27)
  .filter(({ country }) => country !== 'GB')
  .filter(({ firstName, lastName }) => [firstName, lastName].every((name) => Buffer.byteLength(name) >= 6))
  .slice(0, 100)
const half = everyone.slice(0, 50)
const leavers = half.slice(0, 10)

let server: RunningAssent
let client: Client
let admin: postgres.Sql
const needles: Needle[] = []
let steps: Readonly<Record<string, number>>
let scan: (haystack: Uint8Array) => readonly string[]

beforeAll(async () => {
  server = await startAssent({ env: { LOG_LEVEL: 'debug' } })
  client = clientOf(server.url, server.key)
  admin = await superuser()
  await leaveOutChance()
  await tellStory()
  scan = scannerOf(needles)
})

afterAll(async () => {
  await admin.end()
  await server.stop()
})

async function superuser(): Promise<postgres.Sql> {
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(server.dataDir, name), 'utf8'))
  const { port } = z.object({ port: z.number() }).parse(await read('server.json'))
  const { postgres: password } = z.object({ postgres: z.string() }).parse(await read('credentials.json'))
  return postgres(`postgres://postgres:${password}@127.0.0.1:${port}/assent`, { max: 2, onnotice: () => {} })
}

/** Leaves out names that a fresh installation contains by chance: a first name that is also a word of PostgreSQL. */
async function leaveOutChance(): Promise<void> {
  const all = everyone.flatMap((person) => [
    ...needlesFor(`the address ${person.email}`, person.email),
    ...needlesFor(`the canonical address ${person.email}`, canonicalOf(person.email)),
    ...needlesFor(`the local part of ${person.email}`, person.email.split('@')[0] ?? ''),
    ...needlesFor(`the first name of ${person.email}`, person.firstName),
    ...needlesFor(`the last name of ${person.email}`, person.lastName),
  ])
  const byChance = new Set((await findings(scannerOf(all))).map(({ what }) => what))
  expect(byChance.size).toBeLessThan(5)
  needles.push(...all.filter(({ what }) => !byChance.has(what)))
}

function canonicalOf(email: string): string {
  const parsed = parseAddress(email, { smtpUtf8: true })
  return parsed.ok ? parsed.address.canonical : ''
}

/** Registers a secret created during the run. */
function hide(what: string, secret: string): void {
  if (secret.length < 6) throw new Error(`${what} did not come into being`)
  needles.push(...needlesFor(what, secret))
}

function hideLinks(mails: readonly Mail[]): void {
  for (const mail of mails)
    for (const [, kind = '', token = ''] of `${mail.text} ${mail.html}`.matchAll(/\/([cup])\/([\w-]{44})/g)) {
      hide(`a token of /${kind}/`, token)
      needles.push(...needlesForBytes(`the bytes of a token of /${kind}/`, Buffer.from(token, 'base64url')))
    }
}

async function tellStory(): Promise<void> {
  hide('the bootstrap key', ownerKey)
  const made = await runScript('assent', ['key', 'create', '--role', 'owner', '--name', 'Eva', '--json'], {
    DATA_DIR: server.dataDir,
  })
  const key = text(JSON.parse(made.stdout), 'key')
  hide('an API key', key)
  client = clientOf(server.url, key)
  await client.api('POST', '/lists', {
    ...listSettings,
    ip_storage: 'full',
    fields: [
      { key: 'first_name', label: perLocale('First name', 'Imię', 'Förnamn', 'Имя'), purpose: 'newsletter' },
      {
        key: 'last_name',
        label: perLocale('Last name', 'Nazwisko', 'Efternamn', 'Фамилия'),
        purpose: 'newsletter',
      },
      {
        key: 'country',
        type: 'choice',
        label: perLocale('Country', 'Kraj', 'Land', 'Страна'),
        options: ['PL', 'SE', 'RU'],
        purpose: 'newsletter',
        filterable: true,
      },
    ],
  })
  await Promise.all(everyone.map((person) => signUp(person)))
  const asked = await mailsOf(everyone.length, '/c/')
  hideLinks(asked)
  for (const person of half) await press(asked, person, 'c')
  for (const person of everyone.slice(50, 55))
    await press(asked, person, 'c', [
      ['action', 'refuse'],
      ['block', '1'],
    ])
  await sendCampaign()
  steps = await workInConsole({
    client,
    output: server.output,
    person: half.at(-1) ?? half[0] ?? nobody(),
    hide,
    hideBytes: (what, bytes) => void needles.push(...needlesForBytes(what, bytes)),
  })
  await provokeErrors()
}

const nobody = (): never => {
  throw new Error('there is nobody')
}

const signUp = ({ email, firstName, lastName, country, locale }: Person): Promise<Response> =>
  client.post('/s/letter', [
    ['email', email],
    ['first_name', firstName],
    ['last_name', lastName],
    ['country', country],
    ['locale', locale],
    ['purpose', 'offers'],
  ])

/** Waits for this many mails that contain a text, and returns them all. */
const mailsOf = (count: number, holding: string): Promise<readonly Mail[]> =>
  eventually(async () => {
    const mails = (await client.mails()).filter((mail) => mail.text.includes(holding))
    return mails.length >= count ? mails : null
  })

async function press(
  mails: readonly Mail[],
  person: Person,
  kind: 'c' | 'u' | 'p',
  fields: readonly (readonly [string, string])[] = [],
): Promise<void> {
  const link = linkIn(mails.find(({ to }) => to === person.email) ?? { text: '' }, kind)
  const page = await (await client.get(link)).text()
  const nonces = kind === 'c' ? [nonceIn(page)] : []
  for (const nonce of nonces) hide('a nonce', nonce)
  const sent = [...nonces.map((nonce) => ['nonce', nonce] as const), ...fields]
  expect((await client.post(link, sent)).status).toBe(200)
}

async function sendCampaign(): Promise<void> {
  const campaign = await client.api('POST', '/campaigns', {
    list: 'letter',
    subject: '{{ subscriber.first_name }}, the garden in June',
    content: {
      format: 'markdown',
      body: 'Dear {{ subscriber.first_name }} {{ subscriber.last_name }} ({{ subscriber.email }}), it is June.',
    },
  })
  await client.api('POST', `/campaigns/${text(campaign.body, 'id')}/launch`)
  const letters = await mailsOf(half.length, 'it is June')
  hideLinks(letters)
  for (const person of leavers.slice(0, 5))
    await client.post(linkIn(letters.find(({ to }) => to === person.email) ?? { text: '' }, 'u'), [
      ['List-Unsubscribe', 'One-Click'],
    ])
  for (const person of leavers.slice(5)) await press(letters, person, 'p', [['purpose', 'offers']])
  for (const person of leavers) await signUp(person)
}

/** Provokes errors with a person's address or name in each. */
async function provokeErrors(): Promise<void> {
  const [one, two, three] = half.slice(20)
  if (one === undefined || two === undefined || three === undefined) throw new Error('there is nobody')
  const mails = await client.mails()
  const token =
    linkIn(mails.find(({ to }) => to === one.email) ?? { text: '' }, 'u')
      .split('/')
      .at(-1) ?? ''
  await client.post('/s/letter', [
    ['email', `${one.email}\r\n`],
    ['first_name', one.firstName],
    ['surname', one.lastName],
  ])
  await client.get(`/s/letter?email=${encodeURIComponent(one.email)}`, {
    referer: `https://a.example/?q=${one.email}`,
  })
  await client.get(`/nothing/${one.email}/${encodeURIComponent(one.lastName)}`)
  await client.get(`/c/${token}?email=${one.email}`)
  await client.get(`/u/${token}?email=${one.email}`)
  await client.get(`/p/${token}x`)
  await client.api('GET', `/subscribers/${encodeURIComponent(two.email)}`)
  await client.api('POST', '/subscribers/search', { email: `${two.email}, ${two.firstName}` })
  await client.api('POST', '/segments', {
    name: 'x',
    list: 'letter',
    filter: { field: 'first_name', is: two.firstName },
  })
  await client.api('POST', '/campaigns', {
    list: two.email,
    subject: two.lastName,
    content: { format: 'html', body: '' },
  })
  await fetch(`${server.url}/s/letter`, {
    method: 'POST',
    body: `{"email":"${three.email}"`,
    headers: { 'content-type': 'application/json' },
  })
  await fetch(`${server.url}/s/letter`, {
    method: 'POST',
    body: three.email,
    headers: { 'content-type': 'text/plain' },
  })
  const found = await client.api('POST', '/subscribers/search', { email: two.email })
  const id = text(found.body, 'data', 0, 'id')
  await client.api('PATCH', `/subscribers/${id}`, {
    subscriptions: [{ list: 'letter', fields: { first_name: two.lastName } }],
  })
  await client.api('POST', `/subscribers/${id}/evidence`, { list: 'letter', reason: 'a question of theirs' })
  await breakDatabase([one, two, three])
}

/** Removes a table, then cuts connections, while people sign up. */
async function breakDatabase(unlucky: readonly Person[]): Promise<void> {
  await admin`alter table signup_requests rename to mislaid`
  const broken = await Promise.all(unlucky.map((person) => signUp(person)))
  expect(broken.map(({ status }) => status)).toEqual([500, 500, 500])
  for (const answer of broken) expect(scannerOf(needles)(Buffer.from(await answer.arrayBuffer()))).toEqual([])
  await new Promise((resolve) => setTimeout(resolve, 600))
  await admin`alter table mislaid rename to signup_requests`
  for (let time = 0; time < 3; time += 1) {
    const posted = unlucky.map((person) => signUp(person).catch(() => null))
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'assent_app'`
    await Promise.all(posted)
  }
  await eventually(async () => ((await client.get('/readyz')).status === 200 ? true : null))
}

interface Finding {
  readonly where: string
  readonly what: string
}

/** Scans every file below DATA_DIR as bytes, including the write-ahead log and the logs. */
async function findings(scanner: typeof scan): Promise<readonly Finding[]> {
  const found: Finding[] = []
  for (const name of await readdir(server.dataDir, { recursive: true })) {
    const path = join(server.dataDir, name)
    const info = await stat(path).catch(() => null)
    if (info === null || !info.isFile()) continue
    const bytes = await readFile(path).catch(() => Buffer.alloc(0))
    found.push(...scanner(bytes).map((what) => ({ where: name, what })))
  }
  return found
}

/** Every table as COPY writes it, keys and journal included. Through files: streaming to postgres.js hung now and then. */
async function dump(): Promise<ReadonlyMap<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'assent-copy-'))
  await chmod(folder, 0o777)
  const copies = new Map<string, Buffer>()
  for (const table of await tablesOf(admin)) {
    const file = join(folder, table)
    await admin.unsafe(`copy ${table} to '${file}'`)
    copies.set(table, await readFile(file))
  }
  await rm(folder, { recursive: true })
  return copies
}

const found = async (): Promise<readonly Finding[]> => [
  ...(await findings(scan)),
  ...Array.from(await dump(), ([where, bytes]) => scan(bytes).map((what) => ({ where, what }))).flat(),
  ...scan(Buffer.from(server.output())).map((what) => ({ where: 'the log', what })),
]

describe('after a hundred people signed up, half of them were written to, and much went wrong', () => {
  it('the story is there: people, consents, mails, refusals, errors', async () => {
    const copies = await dump()
    const rows = (table: string): number =>
      (copies.get(`public.${table}`)?.toString().match(/\n/g) ?? []).length
    expect(steps).toEqual({
      'first owner': 303,
      invite: 303,
      'invite nobody': 422,
      key: 200,
      search: 303,
      'show the address': 200,
      'search in vain': 303,
      'search nonsense': 422,
      'reason with an address': 422,
      evidence: 200,
      'tags that are none': 422,
      nowhere: 404,
      write: 303,
      test: 303,
      'test to a reader': 422,
      launch: 303,
      'sign out': 303,
      'too late': 401,
      'ask for a link': 200,
      'ask for nobody': 200,
      accept: 303,
      'a used link': 404,
    })
    expect(rows('subscribers')).toBeGreaterThanOrEqual(100)
    expect(rows('consent_events')).toBeGreaterThanOrEqual(160)
    expect(rows('mailbox')).toBeGreaterThanOrEqual(150)
    expect(rows('recipients')).toBe(90)
    expect(server.output()).toContain('"event":"request.broken"')
    expect(server.output()).toContain('"event":"loop.failed"')
    expect(server.output()).toContain('"route":"/c/:token"')
    expect(needles.length).toBeGreaterThan(5000)
  })

  it('no file, no table and no line of the log holds an address, a name or a token', async () => {
    expect(await found()).toEqual([])
  })

  it('nor do they once everything was written to disk', async () => {
    await admin`checkpoint`
    await admin`select pg_switch_wal()`
    expect(await found()).toEqual([])
  })

  it('would be caught if they did: one row in clear is found in its table, its file and the write-ahead log', async () => {
    const [person] = half
    const email = person?.email ?? ''
    await admin`insert into deployment (name, value) values ('note', ${`called ${email}`})`
    await admin`checkpoint`
    const caught = await found()
    const places = new Set(caught.map(({ where }) => where.replace(/\/[0-9A-F]+$/, '')))
    expect(caught).toContainEqual({ where: 'public.deployment', what: `the address ${email}` })
    expect(places).toContain('postgres/pg_wal')
    expect([...places].some((place) => place.startsWith('postgres/base/'))).toBe(true)
    await admin`delete from deployment where name = 'note'`
  })
})

describe('what the log says of an error', () => {
  it.each([
    ['alone', (error: Error) => error],
    ['behind another', (error: Error) => new Error('params: anna@example.pl', { cause: error })],
  ])('holds nothing of its message, even where that looks like a place: %s', (_, wrap) => {
    const error = Object.assign(new Error('invalid: "x\n    at anna@example.pl (secret:1:1)"'), {
      code: '22P02',
    })
    const said = describeError(wrap(error))
    expect(JSON.stringify(said)).not.toMatch(/anna|secret/)
    expect(said).toMatchObject({ error: 'Error', code: '22P02' })
    expect(said['place']).toMatch(/secrecy\.test\.ts/)
  })
})

describe('the scanner', () => {
  const secret = 'Łucja.Żółć@example.pl'
  const scanFor = scannerOf(needlesFor('it', secret))
  const bytes = Buffer.from(secret)
  const padded = (before: number, encoding: 'base64' | 'base64url' | 'hex') =>
    Buffer.concat([Buffer.alloc(before, 'x'), bytes, Buffer.from('rest')]).toString(encoding)

  it.each([
    ['as it is', secret],
    ['in the midst of bytes', Buffer.concat([Buffer.from([0, 255, 254]), bytes, Buffer.from([0])])],
    ['in hex', `\\x${padded(3, 'hex')}`],
    ['in HEX', padded(1, 'hex').toUpperCase()],
    ['in base64', padded(0, 'base64')],
    ['in base64, one further', padded(1, 'base64')],
    ['in base64, two further', padded(2, 'base64')],
    ['in base64url', padded(2, 'base64url')],
    [
      'escaped for JSON',
      JSON.stringify({ a: secret }).replace(
        /[^\x20-\x7e]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    ],
    ['escaped for an address', `?q=${encodeURIComponent(secret)}`],
    ['at the very end', `xxx${secret}`],
  ])('finds it %s', (_, haystack) => {
    expect(scanFor(Buffer.from(haystack)).length).toBeGreaterThan(0)
  })

  it('finds nothing where there is only something like it', () => {
    expect(scanFor(Buffer.from(secret.toLowerCase().slice(0, -1)))).toEqual([])
    expect(scanFor(bytes.subarray(0, -1))).toEqual([])
    expect(scanFor(Buffer.alloc(0))).toEqual([])
  })
})
