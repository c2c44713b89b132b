// entry · starting and stopping: every way in which a start can fail says so in one line, and what runs ends when told to
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { at, clientOf, eventually, linkIn, nonceIn, text } from './support/client.ts'
import { createDatabase, type TestDatabase } from './support/database.ts'
import { listSettings } from './support/house.ts'
import { freePort, type RunningAssent, startAssent } from './support/running.ts'
import { type Ended, familyOf, isAlive, runScript } from './support/script.ts'

let folder: string
let running: RunningAssent[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assent-start-'))
})
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()))
  running = []
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const start = async (
  env: Readonly<Record<string, string>> = {},
  dataDir = inFolder(''),
): Promise<RunningAssent> => {
  const one = await startAssent({ env, dataDir })
  running.push(one)
  return one
}

const inFolder = (name: string): string => join(folder, name || randomBytes(6).toString('hex'))
const newSecret = (): string => randomBytes(32).toString('base64')
const clientFor = (one: RunningAssent) => clientOf(one.url, one.key)

/** One line that says why, and nothing else at all: no stack, no second thought. */
function expectRefusal(ended: Ended, sentence: string | RegExp): void {
  expect(ended.stdout).toBe('')
  if (typeof sentence === 'string') expect(ended.stderr).toBe(`${sentence}\n`)
  else expect(ended.stderr).toMatch(sentence)
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(ended.code).toBe(1)
}

describe('a start with a variable that is missing or bad', () => {
  const secret = newSecret()
  const resend = { MAIL: 'resend', RESEND_API_KEY: 're_1' }
  const rows: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['PORT must be a whole number.', { PORT: 'http' }],
    ['PORT must be at most 65535.', { PORT: '70000' }],
    ['PUBLIC_URL must be a URL such as https://lists.brand.example.', { PUBLIC_URL: 'lists.brand.example' }],
    ['PUBLIC_URL must be a URL such as https://lists.brand.example.', { PUBLIC_URL: 'ftp://brand.example' }],
    [
      'DATABASE_URL must look like postgres://user:password@host:5432/database.',
      { DATABASE_URL: 'mysql://a/b' },
    ],
    [
      'MIGRATE_DATABASE_URL must look like postgres://user:password@host:5432/database.',
      { MIGRATE_DATABASE_URL: 'x' },
    ],
    [
      'DATABASE_URL is missing; MIGRATE_DATABASE_URL alone is not enough.',
      { MIGRATE_DATABASE_URL: 'postgres://a:b@c/d' },
    ],
    [
      'SECRET is missing; with DATABASE_URL it must be given (base64 of 32 random bytes).',
      { DATABASE_URL: 'postgres://a:b@127.0.0.1:1/d' },
    ],
    ['SECRET must be base64 of exactly 32 bytes.', { SECRET: 'swordfish' }],
    ['SECRET must be base64 of exactly 32 bytes.', { SECRET: secret.slice(4) }],
    ['SECRET_PREVIOUS must be base64 of exactly 32 bytes.', { SECRET: secret, SECRET_PREVIOUS: 'x' }],
    ['MAIL must be mailbox, resend or smtp.', { MAIL: 'pigeon' }],
    ['MAIL=smtp is not available yet; use resend or mailbox.', { MAIL: 'smtp' }],
    [
      'MAIL must be set to resend when PUBLIC_URL is not on loopback.',
      { PUBLIC_URL: 'https://lists.brand.example' },
    ],
    ['RESEND_API_KEY is missing; MAIL=resend needs it.', { MAIL: 'resend', PUBLIC_URL: 'https://a.example' }],
    [
      'PUBLIC_URL must be https when MAIL=resend, since mailbox providers ask for one-click links over https.',
      { ...resend, PUBLIC_URL: 'http://lists.brand.example' },
    ],
    ['RESEND_BASE_URL must be a URL such as https://api.resend.com.', { RESEND_BASE_URL: 'api' }],
    [
      'RESEND_BASE_URL must be a URL such as https://api.resend.com.',
      { RESEND_BASE_URL: 'file:///etc/passwd' },
    ],
    ['SEND_RATE must be a whole number.', { SEND_RATE: '-1' }],
    ['SEND_RATE must be at most 10000.', { SEND_RATE: '10001' }],
    ['LEASE_SECONDS must be at least 3.', { LEASE_SECONDS: '1' }],
    [
      'LEASE_SECONDS must be at least three times POST_TIMEOUT_SECONDS (60).',
      { LEASE_SECONDS: '30', POST_TIMEOUT_SECONDS: '20' },
    ],
    ['POST_TIMEOUT_SECONDS must be at least 1.', { POST_TIMEOUT_SECONDS: '0' }],
    ['BOOTSTRAP_API_KEY must have 32 characters or more.', { BOOTSTRAP_API_KEY: 'letmein' }],
    ['LIMIT_PER_NETWORK must be a whole number.', { LIMIT_PER_NETWORK: 'five' }],
    [
      'TRUST_PROXY must hold IP addresses, IPv4 networks such as 10.0.0.0/8, or loopback, parted by commas.',
      { TRUST_PROXY: '10.0.0.0/8, proxy.brand.example' },
    ],
    ['LOG_LEVEL must be debug, info, warn, error or silent.', { LOG_LEVEL: 'loud' }],
  ]

  it.concurrent.each(rows)('says: %s', async (sentence, env) => {
    const dataDir = inFolder('')
    expectRefusal(await runScript('start', [], { DATA_DIR: dataDir, ...env }), sentence)
    expect(existsSync(dataDir)).toBe(false)
  })
})

describe('a start with a folder or an address it cannot have', () => {
  it.concurrent('says where DATA_DIR is a file, lies below one, or cannot be made', async () => {
    const file = inFolder('a-file')
    await writeFile(file, '')
    const [itself, below, proc] = await Promise.all(
      [file, join(file, 'below'), '/proc/assent'].map((DATA_DIR) => runScript('start', [], { DATA_DIR })),
    )
    expectRefusal(itself ?? never(), `DATA_DIR ${file} cannot be written: it is a file.`)
    expectRefusal(below ?? never(), `DATA_DIR ${file}/below cannot be written: a part of the path is a file.`)
    expectRefusal(proc ?? never(), /^DATA_DIR \/proc\/assent cannot be written: /)
  })

  it.concurrent('says that PORT is taken, and leaves no database running', async () => {
    const other = await listening(createServer())
    const dataDir = inFolder('')
    const env = { DATA_DIR: dataDir, PORT: String(portOf(other)) }
    expectRefusal(
      await runScript('start', [], env),
      'PORT is in use by another program; choose another PORT.',
    )
    other.close()
    await eventually(async () => (existsSync(join(dataDir, 'postgres', 'postmaster.pid')) ? null : true), 10)
  })

  it.concurrent.each([
    ['no-such-host.invalid', /^HOST and PORT cannot be listened on \((?:ENOTFOUND|EAI_AGAIN)\)\.$/m],
    ['203.0.113.9', /^HOST and PORT cannot be listened on \(EADDRNOTAVAIL\)\.$/m],
  ])('says that HOST is not of this machine: %s', async (HOST, sentence) => {
    const env = {
      HOST,
      PORT: String(await freePort()),
      PUBLIC_URL: 'http://localhost:1',
      DATA_DIR: inFolder(''),
    }
    expectRefusal(await runScript('start', [], env), sentence)
  })
})

const never = (): never => {
  throw new Error('there is nothing')
}

async function listening(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('a start with a database that it cannot use', () => {
  let database: TestDatabase
  const SECRET = newSecret()
  const at = (change: { port?: number; password?: string; path?: string }, url = database.appUrl): string => {
    const changed = new URL(url)
    if (change.port !== undefined) changed.port = String(change.port)
    if (change.password !== undefined) changed.password = change.password
    if (change.path !== undefined) changed.pathname = change.path
    return changed.href
  }
  const tryStart = (env: Readonly<Record<string, string>>) =>
    runScript('start', [], { SECRET, DATA_DIR: inFolder(''), PORT: '0', ...env })

  beforeAll(async () => {
    database = await createDatabase()
  })
  afterAll(() => database.drop())

  const servers: readonly (readonly [string, () => Server, RegExp])[] = [
    [
      'accepts and never speaks',
      () => createServer(),
      /^DATABASE_URL does not answer \(CONNECT_TIMEOUT\)\.$/m,
    ],
    [
      'hangs up',
      () => createServer((socket) => socket.destroy()),
      /^DATABASE_URL does not answer \((?:CONNECTION_CLOSED|ECONNRESET)\)\.$/m,
    ],
  ]
  it.concurrent.each(servers)('says that DATABASE_URL %s', async (_, make, sentence) => {
    const server = await listening(make())
    expectRefusal(await tryStart({ DATABASE_URL: at({ port: portOf(server) }) }), sentence)
    server.close()
  })

  it.concurrent('says that nobody listens there, or that there is no such host', async () => {
    const port = await freePort()
    expectRefusal(
      await tryStart({ DATABASE_URL: at({ port }) }),
      'DATABASE_URL does not answer (ECONNREFUSED).',
    )
    const elsewhere = 'postgres://a:b@no-such-host.invalid/assent'
    expectRefusal(
      await tryStart({ DATABASE_URL: elsewhere }),
      /^DATABASE_URL does not answer \((?:ENOTFOUND|EAI_AGAIN)\)\.$/m,
    )
  })

  const wrong: readonly (readonly [string, () => Readonly<Record<string, string>>, string])[] = [
    [
      'a wrong password',
      () => ({ DATABASE_URL: at({ password: 'wrong' }) }),
      'DATABASE_URL: the database refused the sign-in (28P01).',
    ],
    [
      'a wrong password of the app alone',
      () => ({ DATABASE_URL: at({ password: 'wrong' }), MIGRATE_DATABASE_URL: database.ownerUrl }),
      'DATABASE_URL: the database refused the sign-in (28P01).',
    ],
    [
      'a wrong password of the owner alone',
      () => ({
        DATABASE_URL: database.appUrl,
        MIGRATE_DATABASE_URL: at({ password: 'x' }, database.ownerUrl),
      }),
      'MIGRATE_DATABASE_URL: the database refused the sign-in (28P01).',
    ],
    [
      'a database that is not there',
      () => ({ DATABASE_URL: at({ path: '/nothing' }), MIGRATE_DATABASE_URL: database.ownerUrl }),
      'DATABASE_URL: the database refused the sign-in (3D000).',
    ],
    [
      'an app role that would have to migrate',
      () => ({ DATABASE_URL: database.appUrl }),
      'MIGRATE_DATABASE_URL must name the owner of the database: the role has no right to migrate it.',
    ],
  ]
  it.concurrent.each(wrong)('says what is wrong with %s', async (_, env, sentence) => {
    const ended = await tryStart(env())
    expectRefusal(ended, sentence)
  })

  it('says that the database belongs to another program, or to another version', async () => {
    const foreign = await createDatabase()
    const env = { DATABASE_URL: foreign.appUrl, MIGRATE_DATABASE_URL: foreign.ownerUrl }
    await asOwner(
      foreign,
      (owner) => owner`insert into drizzle.__drizzle_migrations (hash, created_at) values ('f00', 1)`,
    )
    expectRefusal(
      await tryStart(env),
      'The database was written by a newer or foreign version (1 unknown migrations); start that version, or give Assent another database.',
    )
    await asOwner(foreign, (owner) => owner`drop schema drizzle cascade`)
    expectRefusal(
      await tryStart(env),
      'The database holds tables of another program; give Assent an empty database of its own.',
    )
    await foreign.drop()
  })

  it('works with the right one, and is refused with another SECRET ever after', async () => {
    const env = { DATABASE_URL: database.appUrl, MIGRATE_DATABASE_URL: database.ownerUrl, SECRET }
    const one = await start(env)
    expect((await fetch(`${one.url}/readyz`)).status).toBe(200)
    expect(await one.stop()).toBe(0)
    running = []
    expectRefusal(
      await tryStart({ ...env, SECRET: newSecret() }),
      'SECRET does not open the keys of this database; set the SECRET it was made with, or SECRET_PREVIOUS.',
    )
  })
})

async function asOwner(
  database: TestDatabase,
  act: (owner: postgres.Sql) => Promise<unknown>,
): Promise<void> {
  const owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} })
  await act(owner)
  await owner.end()
}

/** Beginning with the list that shows later whether anything was lost. */
async function withList(one: RunningAssent): Promise<void> {
  const made = await clientFor(one).api('POST', '/lists', listSettings)
  expect(made.status).toBe(201)
}

const listIsThere = async (one: RunningAssent): Promise<void> => {
  expect((await clientFor(one).api('GET', '/lists/letter')).status).toBe(200)
}

describe('a server', () => {
  it('says one thing when it is ready, and leaves with code 0 and without a trace when told to', async () => {
    const one = await start()
    expect(one.output()).toBe(`assent ready on ${one.url}\n`)
    await withList(one)
    const family = familyOf(one.process.pid ?? 0)
    expect(family.length).toBeGreaterThan(5)
    const kept = Array.from({ length: 5 }, () => fetch(`${one.url}/s/letter`))
    await Promise.all(kept)
    const began = performance.now()
    expect(await one.stop()).toBe(0)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(family.filter(isAlive)).toEqual([])
    expect(existsSync(join(one.dataDir, 'postgres', 'postmaster.pid'))).toBe(false)
    expect(existsSync(join(one.dataDir, 'server.json'))).toBe(false)
    expect(one.output()).toBe(`assent ready on ${one.url}\n`)
    running = []
  })

  it('comes back with everything after kill -9 of itself, and goes when its script is killed', async () => {
    const first = await start()
    await withList(first)
    const [script = 0, node = 0] = familyOf(first.process.pid ?? 0)
    process.kill(node, 'SIGKILL')
    await once(first.process, 'exit')
    expect(first.process.exitCode).toBe(137)
    running = []

    const second = await start({}, first.dataDir)
    await listIsThere(second)
    const family = familyOf(second.process.pid ?? 0)
    second.process.kill('SIGKILL')
    await eventually(async () => (family.some(isAlive) ? null : true), 15)
    running = []

    const third = await start({}, first.dataDir)
    await listIsThere(third)
    expect(script).not.toBe(0)
  })

  it('does not share its folder with a second one, and minds no other one elsewhere', async () => {
    const [one, other] = await Promise.all([start(), start()])
    await withList(one)
    expect((await clientFor(other).api('GET', '/lists/letter')).status).toBe(404)
    const second = await runScript('start', [], { DATA_DIR: one.dataDir, PORT: String(await freePort()) })
    expectRefusal(second, `DATA_DIR ${one.dataDir} is in use by another Assent.`)
    await listIsThere(one)
  })

  it('keeps its folder to its owner, and its SECRET in it', async () => {
    const one = await start()
    await withList(one)
    await one.stop()
    running = []
    const kept = await readFile(join(one.dataDir, 'secret'), 'utf8')
    expectRefusal(
      await runScript('start', [], { DATA_DIR: one.dataDir, PORT: '0', SECRET: newSecret() }),
      'SECRET does not open the keys of this database; set the SECRET it was made with, or SECRET_PREVIOUS.',
    )
    await writeFile(join(one.dataDir, 'secret'), 'garbage')
    expectRefusal(
      await runScript('start', [], { DATA_DIR: one.dataDir, PORT: '0' }),
      `${join(one.dataDir, 'secret')} must be base64 of exactly 32 bytes; put the right one back.`,
    )
    await rm(join(one.dataDir, 'secret'))
    expectRefusal(
      await runScript('start', [], { DATA_DIR: one.dataDir, PORT: '0' }),
      `${join(one.dataDir, 'secret')} is missing, and the database beside it cannot be read without it; put it back or set SECRET.`,
    )
    await writeFile(join(one.dataDir, 'secret'), kept)
    await listIsThere(await start({}, one.dataDir))
  })
})

describe('the command line', () => {
  const assent = (dataDir: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runScript('assent', args, { DATA_DIR: dataDir, ...env })

  const mistakes: readonly (readonly [string, readonly string[], string | RegExp])[] = [
    [
      'an unknown command',
      ['launch', 'rocket'],
      'There is no command "launch rocket"; npm run assent alone shows those there are.',
    ],
    [
      'a key without a role',
      ['key', 'create', '--name', 'x'],
      '--role must be one of owner, editor, sender, analyst, auditor.',
    ],
    [
      'a key of an unknown role',
      ['key', 'create', '--role', 'root', '--name', 'x'],
      '--role must be one of owner, editor, sender, analyst, auditor.',
    ],
    [
      'a key without a name',
      ['key', 'create', '--role', 'owner', '--name', ' '],
      '--name must say whose key it is.',
    ],
    ['an unknown option', ['doctor', '--fast'], /^Unknown option '--fast'/],
    ['a bad variable', ['doctor'], 'LOG_LEVEL must be debug, info, warn, error or silent.'],
  ]
  it.concurrent.each(mistakes)('answers %s with one line', async (what, args, sentence) => {
    const dataDir = inFolder('')
    const env = what === 'a bad variable' ? { LOG_LEVEL: 'loud' } : {}
    expectRefusal(await assent(dataDir, args, env), sentence)
    expect(existsSync(dataDir)).toBe(false)
  })

  it.concurrent('shows what it can do when it is asked nothing', async () => {
    const { code, stdout, stderr } = await assent(inFolder(''), [])
    expect([code, stdout]).toEqual([1, ''])
    for (const command of ['key create', 'keys rotate', 'doctor']) expect(stderr).toContain(command)
  })

  it('makes keys beside a running server, and without one', async () => {
    const one = await start()
    const beside = await assent(one.dataDir, [
      'key',
      'create',
      '--role',
      'auditor',
      '--name',
      'Eva',
      '--json',
    ])
    expect([beside.code, beside.stderr]).toEqual([0, ''])
    const auditor = text(JSON.parse(beside.stdout), 'key')
    expect((await clientOf(one.url, auditor).api('GET', '/lists')).status).toBe(200)
    expect((await clientOf(one.url, auditor).api('POST', '/lists', {})).status).toBe(403)
    await one.stop()
    running = []
    const alone = await assent(one.dataDir, ['key', 'create', '--role', 'owner', '--name', 'Ola'])
    expect(alone.code).toBe(0)
    const [key = '', shown] = alone.stdout.split('\n')
    expect(shown).toBe('It is shown this once; store it now. Role owner.')
    const again = await start({}, one.dataDir)
    expect((await clientOf(again.url, key).api('POST', '/lists', listSettings)).status).toBe(201)
    expect((await clientOf(again.url, auditor).api('GET', '/lists')).status).toBe(200)
  })

  it('examines the embedded database: every gate holds', async () => {
    const { code, stdout, stderr } = await assent(inFolder(''), ['doctor', '--json'])
    const answer: unknown = JSON.parse(stdout)
    expect([code, stderr, at(answer, 'ok')]).toEqual([0, '', true])
    const sentences = JSON.stringify(at(answer, 'findings'))
    for (const promise of [
      'The application signs in with a role of its own, which does not own the tables.',
      'The application cannot change an event of the ledger.',
      'The application cannot set a consent by hand.',
      'The gates are in place.',
    ])
      expect(sentences).toContain(promise)
    expect(sentences).not.toContain('"holds":false')
  })

  it('says of a database with one role that nothing is enforced', async () => {
    const database = await createDatabase()
    const env = { DATABASE_URL: database.ownerUrl, SECRET: newSecret() }
    const { code, stdout } = await assent(inFolder(''), ['doctor', '--json'], env)
    const answer: unknown = JSON.parse(stdout)
    expect([code, at(answer, 'ok')]).toEqual([1, false])
    expect(stdout).toContain('One role owns the tables and runs the application')
    await database.drop()
  })
})

describe('a SECRET that is changed', () => {
  it('opens nothing alone, everything beside the old one, and alone again after keys rotate', async () => {
    const dataDir = inFolder('')
    const [old, fresh] = [newSecret(), newSecret()]
    const both = { SECRET: fresh, SECRET_PREVIOUS: old }

    const first = await start({ SECRET: old }, dataDir)
    await withList(first)
    await joinList(first, 'anna@example.pl')
    const mails = await clientFor(first).mails()
    await clientFor(first).post('/s/letter', [['email', 'ola@example.se']])
    const waiting = await mailTo(first, 'ola@example.se')
    await first.stop()

    const closed =
      'SECRET does not open the keys of this database; set the SECRET it was made with, or SECRET_PREVIOUS.'
    const alone = { DATA_DIR: dataDir, SECRET: fresh, PORT: '0' }
    expectRefusal(await runScript('start', [], alone), closed)

    const second = await start(both, dataDir)
    await expectWhole(second)
    expect(await clientFor(second).mails()).toEqual(expect.arrayContaining([...mails]))
    const link = linkIn({ text: waiting.text.replaceAll(first.url, second.url) }, 'c')
    const page = await clientFor(second).get(link)
    expect((await clientFor(second).post(link, [['nonce', nonceIn(await page.text())]])).status).toBe(200)

    const rotate = async (env: Readonly<Record<string, string>>) => {
      const { code, stdout, stderr } = await runScript('assent', ['keys', 'rotate', '--json'], {
        DATA_DIR: dataDir,
        ...env,
      })
      expect([code, stderr]).toEqual([0, ''])
      const counts: unknown = JSON.parse(stdout)
      return counts
    }
    expect(await rotate(both)).toMatchObject({ keys: 2, unreadable: 0 })
    expect(await rotate(both)).toEqual({ keys: 2, rewrapped: 0, unreadable: 0 })
    await second.stop()

    const third = await start({ SECRET: fresh }, dataDir)
    await expectWhole(third)
    expect(await rotate({ SECRET: fresh })).toEqual({ keys: 2, rewrapped: 0, unreadable: 0 })
    await third.stop()
    running = []
    expectRefusal(await runScript('start', [], { ...alone, SECRET: old }), closed)
  }, 60_000)

  /** Signs up and confirms. */
  async function joinList(one: RunningAssent, email: string): Promise<void> {
    const client = clientFor(one)
    await client.post('/s/letter', [['email', email]])
    const link = linkIn(await mailTo(one, email), 'c')
    const page = await client.get(link)
    await client.post(link, [['nonce', nonceIn(await page.text())]])
  }

  const mailTo = (one: RunningAssent, email: string) =>
    eventually(async () => (await clientFor(one).mails()).find(({ to }) => to === email) ?? null)

  /** Person, evidence and links are readable under the secrets it was started with. */
  async function expectWhole(one: RunningAssent): Promise<void> {
    const client = clientFor(one)
    const found = await client.api('POST', '/subscribers/search', { email: 'anna@example.pl' })
    expect(at(found.body, 'data', 0, 'email')).toBe('anna@example.pl')
    const evidence = await client.api('POST', `/subscribers/${text(found.body, 'data', 0, 'id')}/evidence`, {
      list: 'letter',
      reason: 'a rotated secret',
    })
    expect(at(evidence.body, 'data', 1, 'payload', 'address_as_typed')).toBe('anna@example.pl')
  }
})
