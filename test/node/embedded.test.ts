// adapter · the embedded PostgreSQL: ownership of a data folder, recovery after a kill, access, logging
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { locateBinaries } from '../../src/node/embedded/binaries.ts'
import { openDataFolder, secretOf } from '../../src/node/embedded/data-folder.ts'
import { joinOrStart } from '../../src/node/embedded/join.ts'
import { type Postmaster, startPostmaster } from '../../src/node/embedded/postmaster.ts'
import { findRunAs } from '../../src/node/embedded/run-as.ts'
import { type EmbeddedServer, startEmbedded } from '../../src/node/embedded/server.ts'
import { StartRefused } from '../../src/node/start-refused.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assent embedded ö '))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a data folder, also one with a space in its path', () => {
  let dataDir: string
  let server: EmbeddedServer
  beforeAll(async () => {
    dataDir = join(folder, 'a b')
    await secretOf(dataDir)
    server = await startEmbedded({ dataDir, durable: false })
  })
  afterAll(() => server.stop())

  it('is refused to a second Assent', async () => {
    const second = startEmbedded({ dataDir, durable: false })
    await expect(second).rejects.toThrow(StartRefused)
    await expect(second).rejects.toThrow(`DATA_DIR ${dataDir} is in use by another Assent.`)
  })

  it('lets a command join the server that runs in it', async () => {
    const joined = await joinOrStart(dataDir)
    await joined.stop()
    expect(joined.appUrl).toBe(server.appUrl)
    expect(await query(server.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('keeps its secret and passwords to its owner', async () => {
    for (const name of ['secret', 'credentials.json', 'server.json', 'postgres.log'])
      expect((await stat(join(dataDir, name))).mode & 0o777, name).toBe(0o600)
    expect(await secretOf(dataDir)).toEqual(await secretOf(dataDir))
  })

  it('holds no draft and no file with a password once the cluster is made', async () => {
    expect((await readdir(dataDir)).filter((name) => name.startsWith('draft.'))).toEqual([])
  })
})

describe('the three roles', () => {
  let server: EmbeddedServer
  beforeAll(async () => {
    server = await startEmbedded({ dataDir: join(folder, 'roles'), durable: false })
  })
  afterAll(() => server.stop())

  it.each([
    ['a temporary table', 'create temp table t (i int)'],
    ['a table', 'create table t (i int)'],
    ['a schema', 'create schema s'],
    ['a role', 'create role r'],
  ])('do not let the app make %s', async (_, statement) => {
    await expect(query(server.appUrl, statement)).rejects.toMatchObject({ code: '42501' })
  })

  it.each(['postgres', 'template1'])('keep app and owner out of the database %s', async (database) => {
    for (const url of [server.appUrl, server.ownerUrl])
      await expect(query(url.replace(/assent$/, database), 'select 1')).rejects.toMatchObject({
        code: '42501',
      })
  })

  it('let the owner make tables without being a superuser', async () => {
    await query(server.ownerUrl, 'create table made (i int)')
    expect(
      await query(server.ownerUrl, 'select rolsuper from pg_roles where rolname = current_user'),
    ).toEqual([{ rolsuper: false }])
  })

  it('are opened by their passwords alone', async () => {
    const url = Object.assign(new URL(server.adminUrl), { password: 'postgres' }).href
    await expect(query(url, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  })

  it('leave no value of a failed statement in the log', async () => {
    const url = server.ownerUrl
    await query(url, 'create table people (address text primary key)')
    await query(url, `insert into people values ('ann@brand.example')`)
    await expect(query(url, `insert into people values ('ann@brand.example')`)).rejects.toMatchObject({
      code: '23505',
    })
    await expect(query(url, `select 'ann@brand.example'::int`)).rejects.toMatchObject({ code: '22P02' })
    const log = await readFile(join(folder, 'roles', 'postgres.log'), 'utf8')
    expect(log).toContain('ready to accept connections')
    expect(log).not.toContain('ann@')
  })
})

describe('a server whose Assent was killed with kill -9', () => {
  let child: ChildProcess | undefined
  afterEach(() => child?.kill('SIGKILL'))

  it('comes back with every committed row at once', async () => {
    const dataDir = join(folder, 'killed')
    const first = spawnAssent(dataDir)
    child = first
    const [url] = await once(first.stdout.setEncoding('utf8'), 'data')
    await query(String(url).trim(), 'create table kept as select generate_series(1, 1000)')
    first.kill('SIGKILL')
    await once(first, 'exit')

    const server = await startEmbedded({ dataDir })
    const rows = await query(server.ownerUrl, 'select count(*)::int from kept')
    await server.stop()
    expect(rows).toEqual([{ count: 1000 }])
    expect(await server.exited).toBe(0)
  })

  it('has its PostgreSQL ended by the next start, where no kernel did that', async () => {
    const dataDir = join(folder, 'outlived')
    await (await startEmbedded({ dataDir, durable: false })).stop()
    const orphan = await startOrphan(dataDir)

    const server = await startEmbedded({ dataDir })
    expect(await orphan.exited).toBe(0)
    await server.stop()
  })

  it('makes its cluster anew where it was killed while making it', async () => {
    const dataDir = join(folder, 'half made')
    const first = spawnAssent(dataDir)
    child = first
    while (!(existsSync(dataDir) && (await readdir(dataDir)).some((name) => name.startsWith('draft.'))))
      await sleep(5)
    await sleep(150)
    first.kill('SIGKILL')
    await once(first, 'exit')
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false)

    const server = await startEmbedded({ dataDir, durable: false })
    expect(await query(server.appUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    await server.stop()
  })

  it('starts even where a stranger has the pid of its stale file', async () => {
    const dataDir = join(folder, 'stranger')
    await (await startEmbedded({ dataDir, durable: false })).stop()
    child = spawn('sleep', ['60'])
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${child.pid}\n${dataDir}/postgres\n`)
    await (await startEmbedded({ dataDir, durable: false })).stop()
  })
})

describe('a command without a running Assent', () => {
  it('starts the server for itself alone, and the next command waits for it', async () => {
    const dataDir = join(folder, 'commands')
    const first = await joinOrStart(dataDir)
    const second = joinOrStart(dataDir)
    expect(await Promise.race([second.then(() => 'started'), sleep(200, 'waits')])).toBe('waits')
    await first.stop()
    await (await second).stop()
    expect(await readdir(dataDir)).not.toContain('server.json')
  })
})

describe('a start that cannot go well', () => {
  it.each([
    { place: 'a file', problem: 'it is a file' },
    { place: 'a file/data', problem: 'a part of the path is a file' },
    ...(process.platform === 'linux'
      ? [{ place: '/proc/data', problem: 'no folder can be made there' }]
      : []),
  ])('says in one sentence that DATA_DIR $place cannot be written', async ({ place, problem }) => {
    await writeFile(join(folder, 'a file'), '')
    const dataDir = resolve(folder, place)
    const refused = startEmbedded({ dataDir })
    await expect(refused).rejects.toThrow(StartRefused)
    await expect(refused).rejects.toThrow(`DATA_DIR ${dataDir} cannot be written: ${problem}.`)
  })

  it.runIf(process.getuid?.() !== 0)('says so where permission is missing', async () => {
    const dataDir = join(folder, 'closed')
    await mkdir(dataDir, { mode: 0o500 })
    await expect(startEmbedded({ dataDir })).rejects.toThrow('cannot be written: permission denied.')
  })

  it('refuses to make a new secret for a database that has lost its own', async () => {
    const dataDir = join(folder, 'lost secret')
    await mkdir(join(dataDir, 'postgres'), { recursive: true })
    await expect(secretOf(dataDir)).rejects.toThrow('put it back or set SECRET')
  })

  it('refuses a cluster of another PostgreSQL by name', async () => {
    const dataDir = join(folder, 'older')
    await mkdir(join(dataDir, 'postgres'), { recursive: true })
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n')
    await writeFile(
      join(dataDir, 'credentials.json'),
      JSON.stringify({ postgres: 'a', owner: 'b', app: 'c' }),
    )
    await expect(startEmbedded({ dataDir })).rejects.toThrow(
      'was made by PostgreSQL 17; this Assent runs 18.',
    )
  })
})

/** Spawns a process that starts the server, prints the owner's URL and stays. */
function spawnAssent(dataDir: string) {
  const program = `
    import { startEmbedded } from ${JSON.stringify(new URL('../../src/node/embedded/server.ts', import.meta.url))}
    const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} })
    console.log(server.ownerUrl)
    setInterval(() => {}, 1000)`
  return spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
}

/** A server without a lock holder, which would outlive this process. */
async function startOrphan(dataDir: string): Promise<Postmaster> {
  const binaries = locateBinaries()
  const { prefix, uid } = findRunAs(binaries)
  const withoutEnd = prefix.includes('setpriv') ? prefix.slice(0, prefix.indexOf('setpriv')) : prefix
  return startPostmaster({
    folder: openDataFolder(dataDir),
    binaries,
    runAs: { prefix: withoutEnd, uid },
    durable: false,
  })
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} })
  try {
    return [...(await client.unsafe(statement))]
  } finally {
    await client.end()
  }
}
