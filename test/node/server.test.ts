// entry · a server's life: stopped, killed, started twice, joined by commands, given a new SECRET
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { at, clientOf, eventually, linkIn, nonceIn, text } from '../support/client.ts'
import { createDatabase } from '../support/database.ts'
import { freePort, type RunningAssent, startAssent } from '../support/running.ts'
import { type Ended, familyOf, isAlive, runScript } from '../support/script.ts'
import { listSettings } from '../support/test-app.ts'

type Variables = Readonly<Record<string, string>>

let folder: string
const running = new Set<RunningAssent>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assent-server-'))
})
afterEach(async () => {
  await Promise.all(Array.from(running, (one) => one.stop()))
  running.clear()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const newFolder = (): string => join(folder, randomBytes(6).toString('hex'))
const newSecret = (): string => randomBytes(32).toString('base64')
const clientFor = (one: RunningAssent) => clientOf(one.url, one.key)

/** Starts a server that is stopped after the test in any case. */
async function start(dataDir: string, env: Variables = {}): Promise<RunningAssent> {
  const one = await startAssent({ env, dataDir })
  running.add(one)
  return one
}

async function stop(one: RunningAssent): Promise<void> {
  running.delete(one)
  expect(await one.stop()).toBe(0)
}

function expectRefusal({ code, stdout, stderr }: Ended, sentence: string): void {
  expect([code, stdout, stderr]).toEqual([1, '', `${sentence}\n`])
}

/** Creates a list, whose loss would show later. */
const makeList = async (one: RunningAssent): Promise<void> =>
  expect((await clientFor(one).api('POST', '/lists', listSettings)).status).toBe(201)

const expectList = async (one: RunningAssent): Promise<void> =>
  expect((await clientFor(one).api('GET', '/lists/letter')).status).toBe(200)

const noOne =
  'SECRET does not open the keys of this database; set the SECRET it was made with, or SECRET_PREVIOUS.'

describe('a server', () => {
  it('prints one line when ready, and exits with code 0 and no process left when told to stop', async () => {
    const one = await start(newFolder())
    await makeList(one)
    const family = familyOf(one.process.pid ?? 0)
    expect(family.length).toBeGreaterThan(5)
    await Promise.all(Array.from({ length: 5 }, () => fetch(`${one.url}/s/letter`)))
    await stop(one)
    expect(family.filter(isAlive)).toEqual([])
    expect(existsSync(join(one.dataDir, 'postgres', 'postmaster.pid'))).toBe(false)
    expect(existsSync(join(one.dataDir, 'server.json'))).toBe(false)
    const [ready, owner, ...more] = one.output().split('\n')
    expect(ready).toBe(`assent ready on ${one.url}`)
    expect(owner).toMatch(/^Nobody is here yet\. .*\/console\/sign-in\/[\w-]{44}$/)
    expect(more).toEqual([''])
  })

  it('loses nothing by kill -9, and ends when its start script is killed', async () => {
    const first = await start(newFolder())
    await makeList(first)
    const [, node = 0] = familyOf(first.process.pid ?? 0)
    process.kill(node, 'SIGKILL')
    await once(first.process, 'exit')
    expect(first.process.exitCode).toBe(137)
    running.delete(first)

    const second = await start(first.dataDir)
    await expectList(second)
    const family = familyOf(second.process.pid ?? 0)
    second.process.kill('SIGKILL')
    await eventually(async () => (family.some(isAlive) ? null : true))
    running.delete(second)

    await expectList(await start(first.dataDir))
  })

  it('keeps its folder to itself, its commands and its SECRET', async () => {
    const [one, other] = await Promise.all([start(newFolder()), start(newFolder())])
    await makeList(one)
    expect((await clientFor(other).api('GET', '/lists/letter')).status).toBe(404)
    const create = (role: string, name: string, env: Variables = {}) =>
      runScript('assent', ['key', 'create', '--role', role, '--name', name], {
        DATA_DIR: one.dataDir,
        ...env,
      })
    const [second, beside] = await Promise.all([
      runScript('start', [], { DATA_DIR: one.dataDir, PORT: String(await freePort()) }),
      create('auditor', 'Eva'),
    ])
    expectRefusal(second, `DATA_DIR ${one.dataDir} is in use by another Assent.`)
    const auditor = clientOf(one.url, keyIn(beside))
    expect((await auditor.api('GET', '/lists/letter')).status).toBe(200)
    expect((await auditor.api('PATCH', '/lists/letter', {})).status).toBe(403)
    await Promise.all([stop(one), stop(other)])

    const owner = keyIn(await create('owner', 'Ola'))
    const secretFile = join(one.dataDir, 'secret')
    const kept = await readFile(secretFile, 'utf8')
    const startAlone = (env: Variables = {}) =>
      runScript('start', [], { DATA_DIR: one.dataDir, PORT: '0', ...env })
    expectRefusal(await startAlone({ SECRET: newSecret() }), noOne)
    await writeFile(secretFile, 'garbage')
    expectRefusal(
      await startAlone(),
      `${secretFile} must be base64 of exactly 32 bytes; put the right one back.`,
    )
    await rm(secretFile)
    expectRefusal(
      await startAlone(),
      `${secretFile} is missing, and the database beside it cannot be read without it; put it back or set SECRET.`,
    )
    await writeFile(secretFile, kept)

    const again = await start(one.dataDir)
    expect((await clientOf(again.url, owner).api('PATCH', '/lists/letter', { name: 'New' })).status).toBe(200)
    expect((await clientOf(again.url, keyIn(beside)).api('GET', '/lists/letter')).status).toBe(200)
  })

  const keyIn = ({ code, stdout }: Ended): string => {
    const [key = '', shown] = stdout.split('\n')
    expect([code, shown]).toEqual([
      0,
      expect.stringMatching(
        /^This key is shown only once: store it now\. Role: \w+\. Lists: all\. It expires on \d{4}-\d\d-\d\d\.$/,
      ),
    ])
    return key
  }
})

describe('the doctor', () => {
  it('finds every gate in place on the embedded database', async () => {
    const { code, stdout, stderr } = await runScript('assent', ['doctor', '--json'], {
      DATA_DIR: newFolder(),
    })
    const answer: unknown = JSON.parse(stdout)
    expect([code, stderr, at(answer, 'ok')]).toEqual([0, '', true])
    const sentences = JSON.stringify(at(answer, 'findings'))
    for (const promise of [
      'The application connects with its own role, which does not own the tables.',
      'The application cannot change an event of the ledger.',
      'The application cannot set a consent directly.',
      'The application cannot create large objects.',
      'All 12 database gates are in place.',
    ])
      expect(sentences).toContain(promise)
    expect(sentences).not.toContain('"holds":false')
  })

  it('says of a database with one role that nothing is enforced', async () => {
    const database = await createDatabase()
    const env = { DATABASE_URL: database.ownerUrl, SECRET: newSecret(), DATA_DIR: newFolder() }
    const { code, stdout } = await runScript('assent', ['doctor', '--json'], env)
    expect([code, at(JSON.parse(stdout), 'ok')]).toEqual([1, false])
    expect(stdout).toContain('The application connects with the role that owns the tables')
    await database.drop()
  })
})

describe('a SECRET that is changed', () => {
  it('opens nothing alone, everything beside the old SECRET, and everything alone after keys rotate', async () => {
    const dataDir = newFolder()
    const [old, fresh] = [newSecret(), newSecret()]
    const both = { SECRET: fresh, SECRET_PREVIOUS: old }
    const rotate = async (env: Variables): Promise<unknown> => {
      const ended = await runScript('assent', ['keys', 'rotate', '--json'], { DATA_DIR: dataDir, ...env })
      expect([ended.code, ended.stderr]).toEqual([0, ''])
      return JSON.parse(ended.stdout)
    }

    const first = await start(dataDir, { SECRET: old })
    await makeList(first)
    await signUp(first, 'anna@example.pl')
    await confirm(first, await linkTo(first, 'anna@example.pl'))
    const mails = await clientFor(first).mails()
    await signUp(first, 'ola@example.se')
    const waiting = await linkTo(first, 'ola@example.se')
    await stop(first)
    expectRefusal(await runScript('start', [], { DATA_DIR: dataDir, SECRET: fresh, PORT: '0' }), noOne)

    const second = await start(dataDir, both)
    await expectReadable(second)
    expect(await clientFor(second).mails()).toEqual(expect.arrayContaining([...mails]))
    await confirm(second, waiting)
    expect(await rotate(both)).toEqual({ keys: 2, rewrapped: expect.any(Number), unreadable: 0 })
    expect(await rotate(both)).toEqual({ keys: 2, rewrapped: 0, unreadable: 0 })
    await stop(second)

    const third = await start(dataDir, { SECRET: fresh })
    await expectReadable(third)
    expect(await rotate({ SECRET: fresh })).toEqual({ keys: 2, rewrapped: 0, unreadable: 0 })
    await stop(third)
    expectRefusal(await runScript('start', [], { DATA_DIR: dataDir, SECRET: old, PORT: '0' }), noOne)
  })

  const signUp = (one: RunningAssent, email: string): Promise<Response> =>
    clientFor(one).post('/s/letter', [['email', email]])

  const linkTo = (one: RunningAssent, email: string): Promise<string> =>
    eventually(async () => {
      const mail = (await clientFor(one).mails()).find(({ to }) => to === email)
      return mail === undefined ? null : new URL(linkIn(mail, 'c')).pathname
    })

  async function confirm(one: RunningAssent, link: string): Promise<void> {
    const page = await clientFor(one).get(link)
    const answer = await clientFor(one).post(link, [['nonce', nonceIn(await page.text())]])
    expect(await answer.text()).toContain('Thank you. It is done.')
  }

  /** Expects the person and the evidence of their consent to be readable. */
  async function expectReadable(one: RunningAssent): Promise<void> {
    const found = await clientFor(one).api('POST', '/subscribers/search', { email: 'anna@example.pl' })
    expect(at(found.body, 'data', 0, 'email')).toBe('anna@example.pl')
    const path = `/subscribers/${text(found.body, 'data', 0, 'id')}/evidence`
    const evidence = await clientFor(one).api('POST', path, { list: 'letter', reason: 'a new secret' })
    expect(at(evidence.body, 'data', 1, 'payload', 'address_as_typed')).toBe('anna@example.pl')
  }
})
