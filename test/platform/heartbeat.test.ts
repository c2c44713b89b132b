// adapter · work of a killed process is claimed by living ones, long before its leases end (I4)
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sessionHolder } from '../../src/platform/database/alive.ts'
import { beat, findGone, removeDead } from '../../src/platform/heartbeat.ts'
import { tickCampaigns, tickHeartbeat } from '../../src/tick.ts'
import { at, eventually, text } from '../support/client.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import {
  retryUntilAnswered,
  type Scenario,
  seed,
  setScenario,
  timesAccepted,
  waitUntilSent,
} from '../support/scenario.ts'
import { listSettings, openTestApp, type TestApp } from '../support/test-app.ts'

describe('a process of several on one database', () => {
  let house: TestApp
  beforeAll(async () => {
    house = await openTestApp()
  })
  afterAll(() => house.close())

  const holders = async (): Promise<readonly string[]> =>
    (await house.owner<{ holder: string }[]>`select holder from heartbeats order by holder`).map(
      ({ holder }) => holder,
    )
  const seen = (holder: string, ago: string) => house.owner`
    insert into heartbeats (holder, seen_at) values (${holder}, now() - ${ago}::interval)
    on conflict (holder) do update set seen_at = excluded.seen_at`

  it.each([
    ['alive, a beat or two late', '5 seconds', []],
    ['dead once it was not seen for ten seconds', '11 seconds', ['other']],
    ['dead where its last beat lies ahead: the clock of the database was put back', '-1 day', ['other']],
  ])('is %s', async (_, ago, dead) => {
    await beat(house.deps)
    // In one transaction, in which now() stands still.
    await house.deps.db.transaction(async (tx) => {
      for (const [holder, before] of [
        ['other', ago],
        [house.deps.holder, '0 seconds'],
      ])
        await tx.execute(sql`
          insert into heartbeats (holder, seen_at) values (${holder}, now() - ${before}::interval)
          on conflict (holder) do update set seen_at = excluded.seen_at`)
      expect(await removeDead(tx)).toEqual(dead)
    })
    expect(await holders()).toContain(house.deps.holder)
  })

  it('takes over what the dead one held, and leaves alone what others hold', async () => {
    const list = await house.makeList()
    await house.subscribe(list, ['anna@example.pl', 'bo@example.pl'])
    const campaigns = [await house.makeCampaign(list), await house.makeCampaign(list)]
    for (const campaign of campaigns) await house.launch(campaign)
    const mails = await house.owner<{ id: string }[]>`select id from service_mails order by id limit 2`
    const [first, second] = campaigns
    await tickCampaigns(house.deps)
    for (const [holder, campaign, mail] of [
      ['dead', first, mails[0]],
      ['alive', second, mails[1]],
    ] as const) {
      await house.owner`
        update batches set state = 'posting', holder = ${holder}, lease_until = now() + interval '1 hour'
        where campaign = ${campaign?.number ?? 0}`
      await house.owner`
        update service_mails set state = 'posting', holder = ${holder}, lease_until = now() + interval '1 hour'
        where id = ${mail?.id ?? ''}`
    }
    await seen('dead', '11 seconds')
    // The largest clock lead allowed: alive for nineteen more seconds.
    await seen('alive', '-9 seconds')
    await tickHeartbeat(house.deps)
    const held = await house.owner<{ holder: string; over: boolean }[]>`
      select holder, lease_until <= now() as over from batches where state = 'posting'
      union all
      select holder, lease_until <= now() from service_mails where state = 'posting'
      order by 1`
    expect(held).toEqual([
      { holder: 'alive', over: false },
      { holder: 'alive', over: false },
      { holder: 'dead', over: true },
      { holder: 'dead', over: true },
    ])
    expect(await holders()).not.toContain('dead')
  })
})

describe('a process whose life PostgreSQL knows by its connection', () => {
  let house: TestApp
  let child: ChildProcess | null = null
  beforeAll(async () => {
    house = await openTestApp()
  })
  afterEach(async () => {
    child?.kill('SIGKILL')
    child = null
    await house.owner`delete from heartbeats`
  })
  afterAll(() => house.close())

  const name = sessionHolder('of-a-test')
  const lockFile = new URL('../../src/platform/database/session-lock.ts', import.meta.url).href

  /** Another process that holds the lock of that name, with a last beat so many seconds ago. */
  async function live(secondsAgo: number): Promise<ChildProcess> {
    const program = `
      import { holdSessionLock } from ${JSON.stringify(lockFile)}
      setInterval(() => {}, 60_000)
      const lock = await holdSessionLock(${JSON.stringify(house.database.appUrl)}, ${JSON.stringify(name)})
      if (lock !== null) console.log('held')`
    const started = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child = started
    await once(started.stdout, 'data')
    await beatAt(secondsAgo)
    return started
  }
  const beatAt = (secondsAgo: number) => house.owner`
    insert into heartbeats (holder, seen_at) values (${name}, now() - ${secondsAgo} * interval '1 second')
    on conflict (holder) do update set seen_at = excluded.seen_at`
  const gone = async () => (await findGone(house.deps.db)).map(({ holder }) => holder)
  const dead = (before: Awaited<ReturnType<typeof findGone>> = []) =>
    house.deps.db.transaction((tx) => removeDead(tx, before))

  it('is not gone while it holds its lock, though some beats are missing', async () => {
    await live(7)
    expect(await gone()).toEqual([])
    expect(await dead()).toEqual([])
  })

  it('is dead at the second look once it was killed, long before ten seconds without a beat', async () => {
    const other = await live(5)
    other.kill('SIGKILL')
    await eventually(async () => ((await gone()).length > 0 ? true : null))
    const first = await findGone(house.deps.db)
    expect(await dead()).toEqual([])
    expect(await dead(first)).toEqual([name])
    expect(await gone()).toEqual([])
  })

  it('is alive if it beat between the looks: its connection alone was lost', async () => {
    const other = await live(5)
    other.kill('SIGKILL')
    await eventually(async () => ((await gone()).length > 0 ? true : null))
    const first = await findGone(house.deps.db)
    await beatAt(4)
    expect(await dead(first)).toEqual([])
  })

  it('takes its lock again when its connection is ended', async () => {
    await live(5)
    await house.app`
      select pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`
    await eventually(async () => ((await gone()).length > 0 ? true : null))
    await eventually(async () => ((await gone()).length === 0 ? true : null))
  })

  it('without such a lock is known by its beats alone', async () => {
    await house.owner`insert into heartbeats (holder, seen_at) values ('plain', now() - interval '7 seconds')`
    expect(await gone()).toEqual([])
    expect(await dead()).toEqual([])
  })

  it('had its work taken over by the next looks of a living one', async () => {
    const other = await live(5)
    other.kill('SIGKILL')
    await eventually(async () => ((await gone()).length > 0 ? true : null))
    await tickHeartbeat(house.deps)
    await tickHeartbeat(house.deps)
    const rows = await house.owner<{ holder: string }[]>`select holder from heartbeats`
    expect(rows).toEqual([{ holder: house.deps.holder }])
  })
})

describe('a server with DATABASE_URL that is killed while the provider is silent', () => {
  let scene: Scenario
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase()
    scene = await setScenario({
      latencyMs: 0,
      seed,
      keepContent: true,
      env: {
        DATABASE_URL: database.appUrl,
        MIGRATE_DATABASE_URL: database.ownerUrl,
        SECRET: randomBytes(32).toString('base64'),
        // One hour, so that no lease ends during the test.
        LEASE_SECONDS: '3600',
        POST_TIMEOUT_SECONDS: '600',
      },
    })
    expect(await scene.server.start(), scene.server.output()).toBe('ready')
    expect((await scene.client.api('POST', '/lists', listSettings)).status).toBe(201)
  })
  afterAll(async () => {
    await scene?.close()
    await database?.drop()
  })

  /** Kills the server once the provider has accepted a request and withholds the answer; then restarts it. */
  async function killWhileSilent(subject: RegExp, act: () => Promise<unknown>): Promise<void> {
    const { provider, server } = scene
    provider.setFaults({ timeoutAfter: 1 })
    await act()
    await eventually(async () => (timesAccepted(provider, subject).size > 0 ? true : null))
    await server.kill('everything')
    provider.setFaults({})
    expect(await server.start(), server.output()).toBe('ready')
  }

  it('sends the confirmation under the key it had, once', async () => {
    const { client, provider } = scene
    await killWhileSilent(/^Confirm/, () =>
      client.post(`/s/${listSettings.slug}`, [['email', 'anna@example.pl']]),
    )
    const before = performance.now()
    await eventually(async () => (provider.stats.replayed === 1 ? true : null))
    process.stdout.write(`taken up ${((performance.now() - before) / 1000).toFixed(1)} s after the start\n`)
    expect(timesAccepted(provider, /^Confirm/)).toEqual(new Map([['anna@example.pl', 1]]))
  })

  it('sends the campaign under the key it had, once, and says so', async () => {
    const { client, provider } = scene
    const mail = provider.accepted().find(({ subject }) => subject.startsWith('Confirm'))
    const link = /https?:\S+\/c\/[\w-]{44}/.exec(mail?.text ?? '')?.[0] ?? ''
    const nonce = /name="nonce" value="([^"]+)"/.exec(await (await client.get(link)).text())?.[1] ?? ''
    expect((await client.post(link, [['nonce', nonce]])).status).toBe(200)
    const made = await client.api('POST', '/campaigns', {
      list: listSettings.slug,
      subject: 'June',
      content: { format: 'markdown', body: 'The garden in June.' },
    })
    const campaign = text(made.body, 'id')
    await killWhileSilent(/^June$/, () => client.api('POST', `/campaigns/${campaign}/launch`))
    const body = await waitUntilSent(scene, campaign)
    expect(at(body, 'totals')).toMatchObject({ recipients: 1, sent: 1, unknown: 0 })
    expect(timesAccepted(provider, /^June$/)).toEqual(new Map([['anna@example.pl', 1]]))
    await retryUntilAnswered(async () => (provider.stats.replayed === 2 ? true : null))
  })
})
