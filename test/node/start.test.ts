// entry · a start that cannot work prints its reason in one line, names the variable, and exits with 1
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/platform/config.ts'
import { eventually } from '../support/client.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { freePort, startAssent } from '../support/running.ts'
import { type Ended, runScript } from '../support/script.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assent-start-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const inFolder = (name: string): string => join(folder, name || randomBytes(6).toString('hex'))
const newSecret = (): string => randomBytes(32).toString('base64')

/** Expects one line with the reason and nothing else: no stack. */
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
    ...[
      'http://127.0.0.1:8924/news',
      'https://brand.example/news/',
      'https://brand.example/?list=a',
      'https://brand.example/?',
      'https://brand.example#top',
      'https://anna:secret@brand.example',
    ].map(
      (url) =>
        [
          'PUBLIC_URL must end after the host and port, as in https://lists.brand.example: every mailed link would be dead under a path, so give Assent a host of its own.',
          { PUBLIC_URL: url },
        ] as const,
    ),
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
    ['SMTP_URL is missing; MAIL=smtp needs it.', { MAIL: 'smtp' }],
    [
      'MAIL must be set to resend or smtp when PUBLIC_URL is not on loopback.',
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
      'REQUIRE_PASSKEY must be all, or roles parted by commas: owner, editor, sender, analyst, auditor.',
      { REQUIRE_PASSKEY: 'owner, boss' },
    ],
    [
      'TRUST_PROXY must hold IP addresses, networks such as 10.0.0.0/8 or fd00::/8, or loopback, parted by commas.',
      { TRUST_PROXY: '10.0.0.0/8, proxy.brand.example' },
    ],
    ['LOG_LEVEL must be debug, info, warn, error or silent.', { LOG_LEVEL: 'loud' }],
  ]

  it.each(rows)('says: %s', (problem, env) => {
    expect(readConfig(env)).toEqual({ ok: false, problem })
  })

  it('takes an empty one for none', () => {
    expect(readConfig({ PORT: '', SECRET: '', DATABASE_URL: '', MAIL: '' })).toEqual(readConfig({}))
  })

  // Only some in a real process, which takes a second each.
  it.concurrent.each(rows.filter((_, row) => row % 6 === 0))('prints: %s', async (sentence, env) => {
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
    await eventually(async () => (existsSync(join(dataDir, 'postgres', 'postmaster.pid')) ? null : true))
  })

  it.concurrent('says that HOST is not of this machine', async () => {
    const env = {
      HOST: 'no-such-host.invalid',
      PUBLIC_URL: 'http://localhost:1',
      PORT: String(await freePort()),
    }
    const ended = await runScript('start', [], { ...env, DATA_DIR: inFolder('') })
    expectRefusal(ended, /^HOST and PORT cannot be listened on \((?:ENOTFOUND|EAI_AGAIN)\)\.$/m)
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
    const one = await startAssent({ env, dataDir: inFolder('') })
    expect((await fetch(`${one.url}/readyz`)).status).toBe(200)
    expect(await one.stop()).toBe(0)
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

describe('the command line', () => {
  const assent = (dataDir: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runScript('assent', args, { DATA_DIR: dataDir, ...env })

  const mistakes: readonly (readonly [string, readonly string[], string | RegExp])[] = [
    [
      'an unknown command',
      ['launch', 'rocket'],
      'Unknown command "launch rocket". Run npm run assent for a list of commands.',
    ],
    [
      'a key of an unknown role',
      ['key', 'create', '--role', 'root', '--name', 'x'],
      '--role must be one of owner, editor, sender, analyst, auditor.',
    ],
    ['a key without a name', ['key', 'create', '--role', 'owner', '--name', ' '], '--name is required.'],
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
})
