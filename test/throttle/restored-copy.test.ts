// entry · a deployment that was copied or restored from a backup sends nothing until an operator says so; a late one asks. I4
import { execFile } from 'node:child_process'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { examine } from '../../src/cli/doctor.ts'
import { heldSentence, setSending } from '../../src/cli/sending.ts'
import { asOwner } from '../../src/node/deployment.ts'
import { appRole } from '../../src/node/embedded/roles.ts'
import { openDatabase } from '../../src/platform/database/database.ts'
import { recordDeployment, whyHeld } from '../../src/throttle/restored-copy.ts'
import { tickBatches } from '../../src/tick.ts'
import { at, clientOf } from '../support/client.ts'
import { createDatabase } from '../support/database.ts'
import { startAssent } from '../support/running.ts'
import { familyOf, runScript } from '../support/script.ts'
import { openSender, type Sender } from '../support/sender.ts'
import { listSettings } from '../support/test-app.ts'

/** Each start takes a process and a database. */

const anna = 'anna@inbox.example'
const bo = 'bo@inbox.example'

describe('a database that was restored elsewhere', () => {
  let sender: Sender
  afterEach(() => sender.close())

  /** Sets the row as a restored dump would: recorded in another cluster. */
  const restore = () =>
    sender.house.owner`update deployment set value = '7000000000000000000/16384' where name = 'home'`

  const set = (sends: 'allow' | 'hold') => {
    const { deps, database } = sender.house
    return asOwner(database.ownerUrl, (owner) => setSending(deps, owner, { sends, folder: null }))
  }
  const allow = () => set('allow')

  it('hands nothing over, neither a campaign nor the mail of a sign-up; told to, everything once', async () => {
    sender = await openSender()
    const { house, list } = sender
    await sender.seed([anna])
    const campaign = await sender.launched()
    await restore()
    await house.signUp(list, bo)
    await house.rest()
    expect(await tickBatches(house.deps)).toBe(false)
    expect(sender.posts).toEqual([])
    expect((await house.subscription(list, bo))?.state).toBe('pending')
    await allow()
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna])
    expect(sender.letterTo(bo)?.subject).toMatch(/^Confirm/)
    const acts = await house.owner`select verb, actor_kind from audit_log where verb like 'sending.%'`
    expect(acts).toEqual([{ verb: 'sending.allow', actor_kind: 'system' }])
  })

  it('launches nothing that was scheduled, and sends no test', async () => {
    sender = await openSender()
    const { house, list } = sender
    await sender.seed([anna])
    const { id } = await house.makeCampaign(list)
    const soon = new Date(house.now().getTime() + 60_000).toISOString()
    await house.api('POST', `/campaigns/${id}/schedule`, { at: soon })
    await restore()
    house.later({ minutes: 2 })
    await house.rest()
    expect(at((await house.api('GET', `/campaigns/${id}`)).body, 'state')).toBe('scheduled')
    const test = await house.api('POST', `/campaigns/${id}/test`, { to: listSettings.sender.email })
    expect(test.status).toBeGreaterThanOrEqual(500)
    expect(JSON.stringify(test.body)).toMatch(/is a copy/)
    await allow()
    await sender.until({ id }, 'sent')
  })

  it('says so in doctor, until it may send', async () => {
    sender = await openSender()
    const { deps } = sender.house
    const told = async () =>
      (await examine(deps, { config: deps.config, urls: { appRole } })).filter(({ sentence }) =>
        /sends|send/i.test(sentence),
      )
    expect(await told()).toContainEqual({
      holds: true,
      sentence: 'Sending is on.',
    })
    await restore()
    expect(await told()).toContainEqual({ holds: false, sentence: heldSentence('copied') })
    await allow()
    expect(await whyHeld(deps.db)).toBeNull()
  })

  it('cannot be declared at home by the application’s role', async () => {
    sender = await openSender()
    await restore()
    for (const act of [
      sender.house.app`delete from deployment where name = 'home'`,
      sender.house.app`update deployment set value = 'x' where name = 'home'`,
    ])
      await expect(act).rejects.toMatchObject({ code: '42501' })
  })

  it('is known also as a copy in the same cluster', async () => {
    sender = await openSender()
    const database = await createDatabase()
    const admin = postgres(Object.assign(new URL(database.adminUrl), { pathname: '/postgres' }).href, {
      max: 1,
    })
    const name = new URL(database.ownerUrl).pathname.slice(1)
    const copy = `${name}_copy`
    const holdIn = async (url: string) => {
      const opened = openDatabase(url, { connections: 1 })
      await recordDeployment(opened.db, null)
      const hold = await whyHeld(opened.db)
      await opened.close()
      return hold
    }
    expect(await holdIn(database.ownerUrl)).toBeNull()
    await admin`create database ${admin(copy)} template ${admin(name)} owner assent_owner`
    expect(await holdIn(Object.assign(new URL(database.ownerUrl), { pathname: `/${copy}` }).href)).toBe(
      'copied',
    )
    expect(await holdIn(database.ownerUrl)).toBeNull()
    await admin`drop database ${admin(copy)} with (force)`
    await admin.end()
    await database.drop()
  })

  it('can be held by hand, for a copy that cannot be told from the original', async () => {
    sender = await openSender()
    const { house } = sender
    await sender.seed([anna])
    const campaign = await sender.launched()
    await set('hold')
    expect(await whyHeld(house.deps.db)).toBe('stopped')
    await house.rest()
    expect(sender.posts).toEqual([])
    await allow()
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna])
  })
})

describe('a data folder', () => {
  let parent: string
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'assent-home-'))
  })
  afterAll(() => rm(parent, { recursive: true, force: true }))
  const original = () => join(parent, 'original')
  const isCopy = heldSentence('copied')

  /** The start's message, and whether a sign-up's mail arrived in the mailbox. */
  async function startedIn(
    dataDir: string,
    act: (url: string, key: string) => Promise<void> = async () => {},
  ) {
    const running = await startAssent({ dataDir })
    await act(running.url, running.key)
    await running.stop()
    return running.output()
  }
  const copyTree = promisify(execFile)
  const copy = (from: string, to: string) => copyTree('cp', ['-a', from, to])

  it('that is started again, after a stop, a kill or another port, is the same', async () => {
    await startedIn(original(), async (url, key) => {
      expect((await clientOf(url, key).api('POST', '/lists', listSettings)).status).toBe(201)
    })
    expect(await startedIn(original())).not.toContain(isCopy)
    const killed = await startAssent({ dataDir: original() })
    for (const pid of familyOf(killed.process.pid ?? 0)) process.kill(pid, 'SIGKILL')
    expect(await startedIn(original())).not.toContain(isCopy)
    const doctor = await runScript('assent', ['doctor'], { DATA_DIR: original() })
    expect(doctor.stdout).toContain('ok   Sending is on.')
  })

  it('that was copied with everything in it says so, sends nothing, and sends once allowed', async () => {
    const copied = join(parent, 'copied')
    await copy(original(), copied)
    expect(
      await startedIn(copied, async (url, key) => {
        const client = clientOf(url, key)
        await client.post(`/s/${listSettings.slug}`, [['email', anna]])
        await new Promise((resolve) => setTimeout(resolve, 2000))
        expect(await client.mails()).toEqual([])
      }),
    ).toContain(isCopy)
    const asked = { DATA_DIR: copied }
    const doctor = await runScript('assent', ['doctor'], asked)
    expect(doctor.stdout).toContain(`NOT  ${isCopy}`)
    expect(doctor.code).toBe(1)
    const allowed = await runScript('assent', ['sending', 'allow'], asked)
    expect(allowed).toMatchObject({ code: 0, stdout: 'Sending is on.\n' })
    expect(
      await startedIn(copied, async (url, key) => {
        await expect.poll(() => clientOf(url, key).mails()).toHaveLength(1)
      }),
    ).not.toContain(isCopy)
  })

  it('that was moved is a copy too', async () => {
    const moved = join(parent, 'moved')
    await rename(join(parent, 'copied'), moved)
    expect(await startedIn(moved)).toContain(isCopy)
  })

  it('into which a backup was put back, whole or the cluster alone, is a copy too', async () => {
    const backup = join(parent, 'backup')
    await copy(original(), backup)
    await rm(original(), { recursive: true })
    await copy(backup, original())
    expect(await startedIn(original())).toContain(isCopy)
    await runScript('assent', ['sending', 'allow'], { DATA_DIR: original() })
    expect(await startedIn(original())).not.toContain(isCopy)
    await rm(join(backup, 'postgres'), { recursive: true })
    await copy(join(original(), 'postgres'), join(backup, 'postgres'))
    await rm(join(original(), 'postgres'), { recursive: true })
    await copy(join(backup, 'postgres'), join(original(), 'postgres'))
    expect(await startedIn(original())).toContain(isCopy)
  })
})

describe('a campaign whose hour passed while nobody was there to send it', () => {
  let sender: Sender
  afterEach(() => sender.close())

  async function overdue(): Promise<{ readonly id: string }> {
    sender = await openSender()
    const { house, list } = sender
    await sender.seed([anna])
    const campaign = await house.makeCampaign(list)
    const soon = new Date(house.now().getTime() + 60_000).toISOString()
    expect((await house.api('POST', `/campaigns/${campaign.id}/schedule`, { at: soon })).status).toBe(202)
    house.later({ minutes: 62 })
    await house.rest()
    return campaign
  }
  const shown = async ({ id }: { readonly id: string }) =>
    (await sender.house.api('GET', `/campaigns/${id}`)).body

  it('waits for an operator, and says so; launched, it goes out', async () => {
    const campaign = await overdue()
    expect(sender.posts).toEqual([])
    expect(await shown(campaign)).toMatchObject({
      state: 'scheduled',
      problem: expect.stringMatching(/^It was due more than an hour ago/),
    })
    await sender.house.launch(campaign)
    expect(at(await sender.until(campaign, 'sent'), 'problem')).toBeNull()
    expect(sender.accepted()).toEqual([anna])
  })

  it('goes out by itself at another time that somebody chose', async () => {
    const campaign = await overdue()
    const later = new Date(sender.house.now().getTime() + 3_600_000).toISOString()
    await sender.house.api('POST', `/campaigns/${campaign.id}/schedule`, { at: later })
    expect(at(await shown(campaign), 'problem')).toBeNull()
    sender.house.later({ hours: 2 })
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna])
  })
})
