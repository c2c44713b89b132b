import postgres from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { examine } from '../../src/cli/doctor.ts'
import { heldSentence, setSending } from '../../src/cli/sending.ts'
import { asOwner } from '../../src/node/deployment.ts'
import { appRole } from '../../src/node/embedded/roles.ts'
import { openDatabase } from '../../src/platform/database/database.ts'
import { recordDeployment, whyHeld } from '../../src/throttle/restored-copy.ts'
import { tickBatches } from '../../src/tick.ts'
import { at } from '../support/client.ts'
import { createDatabase } from '../support/database.ts'
import { openSender, type Sender } from '../support/sender.ts'
import { listSettings } from '../support/test-app.ts'

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
