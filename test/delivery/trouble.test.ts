// adapter · a sender in trouble: database, disk, clock, provider's answers, keys. Sending waits, says so, and loses nobody. I4
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { rewrapKeys } from '../../src/cli/rotate.ts'
import { claimBatch } from '../../src/delivery/claim.ts'
import { openDeployment } from '../../src/node/deployment.ts'
import { appRole } from '../../src/node/embedded/roles.ts'
import { type Loops, startLoops } from '../../src/node/loops.ts'
import { createLog } from '../../src/platform/log.ts'
import { tickBatches, tickUpkeep } from '../../src/tick.ts'
import { at, eventually } from '../support/client.ts'
import { openSender, type Sender } from '../support/sender.ts'

let sender: Sender
let loops: Loops | null = null

const open = async (options?: Parameters<typeof openSender>[0]): Promise<Sender> => {
  sender = await openSender(options)
  return sender
}
afterEach(async () => {
  await loops?.stop()
  loops = null
  await sender.close()
})

const anna = 'anna@inbox.example'
const bo = 'bo@inbox.example'
const cleo = 'cleo@inbox.example'

/** More people than one batch holds. */
const crowd = Array.from({ length: 230 }, (_, n) => `reader${String(n).padStart(3, '0')}@inbox.example`)

const stateOf = async ({ id }: { readonly id: string }): Promise<unknown> =>
  at((await sender.house.api('GET', `/campaigns/${id}`)).body, 'state')

const sentBySelf = (campaign: { readonly id: string }): Promise<unknown> =>
  eventually(async () => ((await stateOf(campaign)) === 'sent' ? true : null))

/** Waits for a log line. */
const said = (what: RegExp): Promise<unknown> =>
  eventually(async () => (sender.house.logged.some((line) => what.test(line)) ? true : null))

/** A short while in which idle loops must not spin. */
const aWhile = (): Promise<void> => sleep(800)

describe('a database that takes no writes for a while', () => {
  /** Applies to new connections; existing connections must reconnect. */
  async function readOnly(setting: 'on' | 'off'): Promise<void> {
    const { owner, app } = sender.house
    const [row] = await owner<{ name: string }[]>`select current_database() as name`
    await owner.begin('read write', (tx) =>
      tx.unsafe(`alter database ${row?.name} set default_transaction_read_only = ${setting}`),
    )
    await app`
      select pg_terminate_backend(pid) from pg_stat_activity
      where usename = current_user and datname = current_database() and pid <> pg_backend_pid()`
  }

  it('keeps the sender waiting, which says so; writable again, everybody has it once', async () => {
    const { house } = await open()
    await sender.seed(crowd)
    const campaign = await sender.launched()
    await sender.attempt()
    await readOnly('on')
    loops = startLoops(house.deps)
    await said(/loop\.failed.*batches.*25006/)
    await aWhile()
    expect(sender.posts).toHaveLength(1)
    expect(await stateOf(campaign)).toBe('sending')
    await readOnly('off')
    await sentBySelf(campaign)
    expect(sender.accepted()).toEqual(crowd)
  })

  it('while a batch is with the provider: its mark is made later, by the same request once more', async () => {
    const { house, provider } = await open()
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    sender.onPost(async (mails, key, usual) => {
      const outcome = await usual(mails, key)
      await readOnly('on')
      return outcome
    })
    await expect(tickBatches(house.deps)).rejects.toThrow()
    sender.onPost(null)
    await readOnly('off')
    await sender.until(campaign, 'sent')
    expect(provider.stats).toMatchObject({ replayed: 1, conflicts: 0 })
    expect(sender.accepted()).toEqual([anna, bo])
  })
})

describe('a disk that is full', () => {
  /** Refuses writes to this table with 53100, as PostgreSQL does on a full disk. */
  const fill = (table: string) =>
    sender.house.owner.unsafe(`
      create or replace function disk_full() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
      create trigger disk_full before insert or update on ${table} for each statement execute function disk_full()`)
  const clear = (table: string) => sender.house.owner.unsafe(`drop trigger disk_full on ${table}`)

  it.each(['batches', 'recipients'])(
    'at %s: it waits, says so, and goes on with nobody lost',
    async (table) => {
      const { house, list } = await open()
      await sender.seed(crowd)
      const campaign = await house.makeCampaign(list)
      await fill(table)
      await house.launch(campaign)
      loops = startLoops(house.deps)
      await said(/loop\.failed.*53100/)
      await aWhile()
      expect(sender.posts).toEqual([])
      expect(await stateOf(campaign)).toBe('freezing')
      await clear(table)
      await sentBySelf(campaign)
      expect(sender.accepted()).toEqual(crowd)
    },
  )

  it('at the mark: the batch is asked about once more, and nobody has it twice', async () => {
    const { house, provider } = await open()
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    sender.onPost(async (mails, key, usual) => {
      const outcome = await usual(mails, key)
      await fill('batches')
      return outcome
    })
    await expect(tickBatches(house.deps)).rejects.toThrow()
    sender.onPost(null)
    await clear('batches')
    await sender.until(campaign, 'sent')
    expect(provider.stats.replayed).toBe(1)
    expect(sender.accepted()).toEqual([anna, bo])
  })

  it('takes no sign-up that it cannot keep: the person is told, and nothing is acknowledged', async () => {
    const { house, list } = await open()
    await fill('signup_requests')
    const answer = await house.signUp(list, anna)
    expect(answer.status).toBeGreaterThanOrEqual(500)
    await clear('signup_requests')
    expect((await house.signUp(list, anna)).status).toBe(303)
    await house.rest()
    expect((await house.subscription(list, anna))?.state).toBe('pending')
  })
})

describe('a clock that jumps by a day', () => {
  it.each([
    ['forward', 1],
    ['back', -1],
  ])(
    '%s: leases and the life of a key go by the database, so nothing is posted twice or given up',
    async (_, days) => {
      const { house, provider } = await open({ env: { LEASE_SECONDS: '30' } })
      await sender.seed([anna, bo])
      const campaign = await sender.launched()
      const held = await claimBatch(house.deps)
      house.later({ days })
      expect(await claimBatch(house.deps)).toBeNull()
      await house.rest()
      expect(sender.posts).toEqual([])
      expect(held).not.toBeNull()
      await house.owner`update batches set lease_until = now()`
      await sender.until(campaign, 'sent')
      expect(provider.stats.conflicts).toBe(0)
      expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'sent', [bo]: 'sent' })
    },
  )
})

/** Moves the stored times a day ahead: the database's clock was a day fast and has been corrected. */
async function putBack(): Promise<void> {
  const { owner } = sender.house
  await owner`update pace set next_slot_at = next_slot_at + interval '1 day'`
  await owner`
    update batches set lease_until = lease_until + interval '1 day', first_attempt_at = first_attempt_at + interval '1 day'`
}

describe('a clock of the database that is put back by a day', () => {
  it('keeps nobody waiting for the slots of that day', async () => {
    await open({ env: { SEND_RATE: '5' } })
    await sender.seed([anna, bo])
    await sender.until(await sender.launched(), 'sent')
    await putBack()
    const next = await sender.launched({ subject: 'July' })
    await sender.until(next, 'sent')
    expect(sender.accepted('July')).toEqual([anna, bo])
  })

  it('keeps nobody waiting whose batch was put off for a second', async () => {
    const { house, provider } = await open()
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    provider.setFaults({ busy429: 1 })
    await sender.attempt()
    provider.setFaults({})
    await putBack()
    await tickUpkeep(house.deps)
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, bo])
  })

  it('asks about a batch without an answer while the provider remembers its key, not a day later', async () => {
    const { house, provider } = await open()
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    provider.setFaults({ timeoutAfter: 1 })
    await sender.attempt()
    provider.setFaults({})
    await putBack()
    await tickUpkeep(house.deps)
    await sender.until(campaign, 'sent')
    expect(sender.accepted(), 'each once').toEqual([anna, bo])
    expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'sent', [bo]: 'sent' })
  })
})

describe('a campaign scheduled for the night when clocks are put back', () => {
  it('goes out at the one of the two hours that was meant: 02:30 after the change, not before', async () => {
    const { house, list } = await open()
    await sender.seed([anna])
    house.later({ seconds: (Date.parse('2026-10-24T22:00:00Z') - house.now().getTime()) / 1000 })
    const campaign = await house.makeCampaign(list)
    const scheduled = await house.api('POST', `/campaigns/${campaign.id}/schedule`, {
      at: '2026-10-25T02:30:00+01:00',
    })
    expect(scheduled.status).toBe(202)
    house.later({ seconds: (Date.parse('2026-10-25T02:31:00+02:00') - house.now().getTime()) / 1000 })
    await house.rest()
    expect(await stateOf(campaign)).toBe('scheduled')
    house.later({ hours: 1 })
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna])
  })
})

describe('an outage of more than a day', () => {
  it('ends in unknown, shown, for a batch that may have been accepted; the others go out when it is over', async () => {
    const { house, provider } = await open()
    await sender.seed(crowd)
    const campaign = await sender.launched()
    provider.setFaults({ resetAfter: 1 })
    await sender.attempt()
    provider.setFaults({ timeoutBefore: 0.5, resetBefore: 0.5 })
    await house.owner`update batches set lease_until = now() where state = 'posting'`
    await sender.attempt()
    provider.runAhead(25 * 3_600_000)
    await house.owner`
      update batches set first_attempt_at = now() - interval '25 hours', lease_until = now() where state = 'posting'`
    provider.setFaults({})
    const shown = await sender.until(campaign, 'sent')
    expect(at(shown, 'totals')).toMatchObject({ recipients: 230, sent: 130, unknown: 100 })
    expect(sender.accepted(), 'each once').toEqual(crowd)
  })

  it('loses nobody where no request ever arrived: what was refused for certain is simply sent later', async () => {
    const { house, provider } = await open()
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    provider.setFaults({ busy429: 1 })
    await sender.attempt()
    provider.setFaults({})
    provider.runAhead(25 * 3_600_000)
    await house.owner`update pace set closed_until = now()`
    await house.owner`update batches set lease_until = now()`
    await sender.until(campaign, 'sent')
    expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'sent', [bo]: 'sent' })
  })
})

describe('an answer that says nothing', () => {
  it.each([
    ['is cut off in its middle', { cutAfter: 1 }],
    ['is a page, with 200', { pageAfter: 1 }],
    ['is a page of a proxy, with 502', { page502: 1 }],
    ['is a page of a proxy that would not wait, with 504', { page504After: 1 }],
    ['is 503', { unavailable503: 1 }],
    ['never comes', { timeoutBefore: 1 }],
  ])('%s: the same request is made again, and everybody has it once', async (_, fault) => {
    const { provider, posts } = await open()
    await sender.seed([anna, bo])
    const campaign = await sender.launched()
    provider.setFaults(fault)
    await sender.attempt()
    expect(await stateOf(campaign)).toBe('sending')
    provider.setFaults({})
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, bo])
    expect(provider.stats.conflicts).toBe(0)
    expect(new Set(posts.map(({ key }) => key)).size).toBe(1)
    expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'sent', [bo]: 'sent' })
  })
})

describe('one row among others that was damaged', () => {
  it('and throws when it is rendered: that mail is rejected with the reason, the others arrive', async () => {
    const { house } = await open()
    const [, second] = await sender.seed([anna, bo, cleo])
    const campaign = await sender.launched()
    // A date that cannot be rendered into the footer.
    await house.owner`update subscriptions set confirmed_at = 'infinity' where id = ${second?.subscription ?? 0}`
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, cleo])
    expect(await sender.outcomes(campaign)).toEqual({
      [anna]: 'sent',
      [bo]: 'rejected: not_rendered',
      [cleo]: 'sent',
    })
    expect(house.logged.filter((line) => line.includes('mail.not_rendered'))).toHaveLength(1)
  })

  it('in a batch’s list of skipped people: all are checked anew, and the batch keeps nobody waiting', async () => {
    const { house } = await open()
    const [left] = await sender.seed([anna, bo])
    const campaign = await sender.launched()
    await house.owner`update batches set skips = '[[1]]'`
    await sender.leave(left ?? { subscription: 0 })
    await sender.until(campaign, 'sent')
    expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'skipped: withdrawn', [bo]: 'sent' })
  })

  it('in the ciphertext of a field: the field is absent, the mail arrives', async () => {
    const { house } = await open({
      list: { purposes: [], fields: [{ key: 'first_name', label: 'First name', purpose: 'newsletter' }] },
    })
    const [, second] = await sender.seed([
      { email: anna, fields: { first_name: 'Anna' } },
      { email: bo, fields: { first_name: 'Bo' } },
    ])
    const damaged = Buffer.alloc(40, 1).toString('base64')
    await house.owner`
      update details set attributes = jsonb_set(attributes, '{first_name}', to_jsonb(${damaged}::text))
      where subscriber = ${second?.subscriber ?? 0}`
    const campaign = await sender.launched({
      content: { format: 'markdown', body: 'Dear {{ subscriber.first_name | default: "reader" }},' },
    })
    await sender.until(campaign, 'sent')
    expect(sender.letterTo(anna)?.text).toContain('Dear Anna,')
    expect(sender.letterTo(bo)?.text).toContain('Dear reader,')
  })
})

describe('a secret that is rotated while a campaign is sent', () => {
  it('changes no byte of a mail: the old process and the new one repeat each other’s batches', async () => {
    const { house, provider } = await open()
    await sender.seed(crowd)
    const campaign = await sender.launched()
    provider.setFaults({ resetAfter: 1 })
    await sender.attempt()
    provider.setFaults({})
    const renewed = await openDeployment({
      config: { ...house.deps.config, secretPrevious: new Uint8Array(32).fill(7) },
      urls: { app: house.database.appUrl, owner: house.database.ownerUrl, appRole },
      secret: new Uint8Array(32).fill(8),
      holder: 'renewed',
      folder: null,
      log: createLog('silent', () => {}),
      connections: 2,
      clock: house.now,
      mailer: () => house.deps.mailer,
    })
    const rewrapping = rewrapKeys(renewed.deps)
    await tickBatches(renewed.deps)
    await tickBatches(house.deps)
    expect(await rewrapping).toEqual({ keys: 230, rewrapped: 230, unreadable: 0 })
    await house.owner`update batches set lease_until = now() where state = 'posting'`
    while (await tickBatches(renewed.deps));
    await renewed.close()
    await sender.until(campaign, 'sent')
    expect(provider.stats).toMatchObject({ replayed: 1, conflicts: 0 })
    expect(sender.accepted()).toEqual(crowd)
    expect(new Set(Object.values(await sender.outcomes(campaign)))).toEqual(new Set(['sent']))
  })
})
