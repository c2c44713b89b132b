// adapter · the server with little memory: no content ends it or blocks its start; the command line needs no running server
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../../src/dev/demo/people.ts'
import { joinOrStart } from '../../src/node/embedded/join.ts'
import { at, clientOf, eventually, text } from '../support/client.ts'
import { type RunningAssent, startAssent } from '../support/running.ts'
import { familyOf, runScript } from '../support/script.ts'
import { seedRunning } from '../support/seed.ts'
import { listSettings } from '../support/test-app.ts'

const chain = `{{ "aaaaaaaaaa" ${'| replace: "a","aaaaaaaaaa" '.repeat(5)}}}`
const poison = `${chain}\n`.repeat(75)
const table = `| a | b | c |\n|---|---|---|\n${'| a | b | c |\n'.repeat(7000)}`
const deadly = 'A word that ends whoever makes a mail of it: belladonna.'

let folder = ''
let dataDir = ''
let running: RunningAssent | null = null

/** Starts with a heap that a single such mail would exhaust; `env` is added. */
async function start(options = '--max-old-space-size=160'): Promise<RunningAssent> {
  running = await startAssent({ dataDir, env: { NODE_OPTIONS: options } })
  return running
}

async function stop(): Promise<void> {
  await running?.stop()
  running = null
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'assent-poison-'))
  dataDir = path.join(folder, 'data')
  const { url, key } = await start()
  expect((await clientOf(url, key).api('POST', '/lists', listSettings)).status).toBe(201)
  await seedRunning(dataDir, listSettings.slug, people(100, 1))
})
afterAll(async () => {
  await stop()
  await rm(folder, { recursive: true, force: true })
})

const client = () => clientOf(running?.url ?? '', running?.key ?? '')

/** Stores a campaign as an earlier version without these limits did, while no server runs. */
async function put(body: string): Promise<string> {
  const made = await client().api('POST', '/campaigns', {
    list: listSettings.slug,
    subject: 'June',
    content: { format: 'markdown', body: 'The beans are up.' },
  })
  const id = text(made.body, 'id')
  await stop()
  await withOwner(async (owner) => {
    await owner`update campaigns set content = ${owner.json({ format: 'markdown', body })} where id = ${id}`
    await owner`
      update campaigns set state = 'freezing', filter = '{"all":[]}', launched_at = now() where id = ${id}`
  })
  return id
}

async function withOwner<T>(act: (owner: postgres.Sql) => Promise<T>): Promise<T> {
  const server = await joinOrStart(dataDir)
  const owner = postgres(server.ownerUrl, { max: 1 })
  try {
    return await act(owner)
  } finally {
    await owner.end()
    await server.stop()
  }
}

const paused = (id: string): Promise<unknown> =>
  eventually(async () => {
    const { body } = await client().api('GET', `/campaigns/${id}`)
    return at(body, 'state') === 'paused' ? at(body, 'problem') : null
  })

const assent = (...args: readonly string[]) => runScript('assent', [...args, '--json'], { DATA_DIR: dataDir })

describe('a server with a heap of 160 MB', () => {
  it.each([
    ['chained filters', poison],
    ['a table of 98 kB', table],
    [
      'one long address behind many references',
      `[a]: https://e.example/${'x'.repeat(90_000)}\n\n${'[a]'.repeat(16_000)}`,
    ],
    ['quotations that every line continues', `${'> '.repeat(90)}${'a\n'.repeat(90_000)}`],
  ])('refuses %s when it is saved, as often as it is asked, and stays up', async (_, body) => {
    const draft = { list: listSettings.slug, subject: 'June', content: { format: 'markdown', body } }
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => client().api('POST', '/campaigns', draft)),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status !== 422 && status !== 429)).toEqual([])
    const refused = answers.find(({ status }) => status === 422)
    expect(text(refused?.body, 'errors', 0, 'path')).toBe('content.body')
    expect(text(refused?.body, 'errors', 0, 'message')).toMatch(/1 MB|10,000 lines/)
    const turnedAway = answers.find(({ status }) => status === 429)
    if (turnedAway !== undefined) {
      expect(text(turnedAway.body, 'title')).toMatch(/^Too many texts/)
      expect(turnedAway.headers.get('retry-after')).toMatch(/^\d+$/)
    }
    expect((await client().get('/healthz')).status).toBe(200)
  })

  it('turns away some of many concurrent preflights of large mails, and answers everything else', async () => {
    const body = `${'Words of a sentence that goes on. '.repeat(10)}\n\n`.repeat(550)
    const made = await client().api('POST', '/campaigns', {
      list: listSettings.slug,
      subject: 'June',
      content: { format: 'markdown', body },
    })
    expect(made.status).toBe(201)
    const looks = Array.from({ length: 40 }, () =>
      client().api('POST', `/campaigns/${text(made.body, 'id')}/preflight`),
    )
    expect((await client().get('/healthz')).status).toBe(200)
    const statuses = (await Promise.all(looks)).map(({ status }) => status)
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([])
    expect(statuses).toContain(200)
    expect(statuses).toContain(429)
  })

  it('has never had more than 400 MiB of memory by then', () => {
    const peaks = familyOf(running?.process.pid ?? 0).flatMap((pid) => {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      const [, kibibytes = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? []
      return /^Name:\s+postgres/m.test(status) ? [] : [Number(kibibytes) / 1024]
    })
    expect(peaks.length).toBeGreaterThan(0)
    expect(Math.max(...peaks)).toBeLessThan(400)
    process.stdout.write(`peak: ${Math.round(Math.max(...peaks))} MiB\n`)
  })

  it('starts with a poisoned campaign that waits, and pauses it in words', async () => {
    const id = await put(poison)
    await start()
    expect(await paused(id)).toMatch(/more than 1 MB/)
    expect((await client().get('/healthz')).status).toBe(200)
  })
})

describe('a campaign whose mails end the process, whatever the reason', () => {
  it('ends it twice, and stands still at the third start with that reason', async () => {
    const killer = path.join(folder, 'killer.mjs')
    await writeFile(
      killer,
      `const before = String.prototype.toWellFormed
String.prototype.toWellFormed = function () {
  if (this.includes('belladonna')) process.kill(process.pid, 'SIGKILL')
  return before.call(this)
}\n`,
    )
    const id = await put(deadly)
    for (const _ of ['first', 'second']) {
      const died = await start(`--import=${killer}`).then(
        ({ process: child }) =>
          new Promise<boolean>((resolve) => {
            if (child.exitCode !== null || child.signalCode !== null) resolve(true)
            child.once('exit', () => resolve(true))
          }),
        () => true,
      )
      expect(died).toBe(true)
    }
    await start(`--import=${killer}`)
    expect(await paused(id)).toMatch(/^Assent ended twice in a row/)
    expect((await client().get('/healthz')).status).toBe(200)
  })
})

describe('the command line while no server runs', () => {
  it('lists campaigns, lets one go on, pauses and cancels it, and writes down that it did', async () => {
    const { body } = await client().api('GET', '/campaigns')
    const id = text(body, 'data', 0, 'id')
    await stop()
    const listed = await assent('campaign', 'list')
    expect(listed.code, listed.stderr).toBe(0)
    expect(at(JSON.parse(listed.stdout), 'data', 0)).toMatchObject({ id, state: 'paused', list: 'letter' })
    const acts = []
    for (const act of ['resume', 'pause', 'cancel']) {
      const ended = await assent('campaign', act, id)
      expect(ended.code, ended.stderr).toBe(0)
      acts.push(at(JSON.parse(ended.stdout), 'state'))
    }
    expect(acts).toEqual(['freezing', 'paused', 'cancelled'])
    const audited = await withOwner(
      (owner) =>
        owner`select verb, actor_kind from audit_log where subject_id = ${id} order by id desc limit 3`,
    )
    expect(audited.map(({ verb }) => verb)).toEqual(['campaign.cancel', 'campaign.pause', 'campaign.resume'])
  })

  it.each([
    ['an act that is none', ['campaign', 'launch', 'x'], /Use list, pause, resume, cancel/],
    ['no id', ['campaign', 'pause'], /needs the id of one campaign/],
    ['what is no id', ['campaign', 'pause', 'June'], /needs the id of one campaign/],
    ['an id of nothing', ['campaign', 'pause', '0193a8c0-0000-7000-8000-00000000c0de'], /no such campaign/],
  ])('says in one line what is wrong with %s', async (_, args, why) => {
    const ended = await assent(...args)
    expect(ended.code).toBe(1)
    expect(ended.stderr.trim().split('\n')).toHaveLength(1)
    expect(ended.stderr).toMatch(why)
  })
})
