// adapter · I4 by SMTP: a sender killed in the middle of it. Only the mail server's own record decides
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../../src/dev/demo/people.ts'
import { chanceOf } from '../support/chance.ts'
import { at, type Client, clientOf, eventually, text } from '../support/client.ts'
import { listSettings } from '../support/house.ts'
import { seedRunning } from '../support/seed.ts'
import { recipientsOf } from '../support/sender.ts'
import { type SmtpHost, startSmtp, type Verdict } from '../support/smtp.ts'
import { createProcessUnderTest, type ProcessUnderTest, type Target } from '../support/victim.ts'

const { ASSENT_SEED } = process.env
const seed = ASSENT_SEED === undefined ? Math.floor(Math.random() * 1_000_000) : Number(ASSENT_SEED)
const kills = 4
/** Batches on their way at once, and mails of each. */
const inHand = 5

describe('a campaign to 500 people by SMTP whose sender is killed again and again', () => {
  const readers = people(500, 4712)
  const chance = chanceOf(seed)
  let host: SmtpHost
  let victim: ProcessUnderTest
  let client: Client
  let campaign = ''
  /** Refused for good by the server. */
  const refused = new Set(readers.slice(0, 5).map(({ email }) => email))
  /** Accepted, and cut before the answer; cut before the text was accepted. */
  let cuts = 0

  const verdict = (stage: string, address: string): Verdict => {
    if (stage === 'rcpt' && refused.has(address)) return { code: 550, text: 'no such mailbox' }
    const lot = chance.number(1)
    if (stage === 'rcpt' && lot < 0.02) return { code: 451, text: 'try again' }
    if (stage === 'mail' && lot < 0.01) return 'cut'
    if (stage === 'text' && lot < 0.01) {
      cuts += 1
      return lot < 0.005 ? 'accept_and_cut' : 'cut'
    }
    return stage === 'text' ? { waitMs: 40 } : null
  }

  beforeAll(async () => {
    process.stdout.write(`smtp crash test: ASSENT_SEED=${seed}\n`)
    host = await startSmtp()
    victim = await createProcessUnderTest({
      MAIL: 'smtp',
      SMTP_URL: `smtp://127.0.0.1:${host.port}`,
      LEASE_SECONDS: '6',
      POST_TIMEOUT_SECONDS: '2',
    })
    client = clientOf(victim.url, victim.key)
    expect(await victim.start(), victim.output()).toBe('ready')
    expect((await client.api('POST', '/lists', listSettings)).status).toBe(201)
    await seedRunning(victim.dataDir, listSettings.slug, readers)
    const made = await client.api('POST', '/campaigns', {
      list: listSettings.slug,
      subject: 'June',
      content: { format: 'markdown', body: 'The garden in June, for {{ subscriber.email }}.' },
    })
    campaign = text(made.body, 'id')
  })
  afterAll(async () => {
    await victim?.remove()
    await host?.close()
  })

  it('hands nobody over twice, loses nobody, and calls unknown only who was on the way (I4)', async () => {
    host.judge(verdict)
    expect((await client.api('POST', `/campaigns/${campaign}/launch`)).status).toBe(202)
    const met: string[] = []
    for (let round = 0; round < kills; round += 1) {
      await sleep(500 + chance.number(1500))
      const target = chance.one<Target>(['app', 'node', 'database', 'everything'])
      met.push(`${target}@${host.accepted.length}`)
      if (!(await victim.kill(target))) await victim.kill('app')
      expect(await victim.start(), victim.output().slice(-2000)).toBe('ready')
    }
    process.stdout.write(`killed at so many accepted: ${met.join(' ')}\n`)
    const totals = await eventually(async () => {
      const { body } = await client.api('GET', `/campaigns/${campaign}`)
      return at(body, 'state') === 'sent' ? at(body, 'totals') : null
    })

    const times = new Map<string, number>()
    for (const { to } of host.accepted) times.set(to, (times.get(to) ?? 0) + 1)
    expect([...times].filter(([, count]) => count > 1)).toEqual([])
    const rows = await recipientsOf(client, { id: campaign })
    const byOutcome = Map.groupBy(rows, ({ outcome }) => outcome)
    const counted = (outcome: string): number => byOutcome.get(outcome)?.length ?? 0
    process.stdout.write(`${JSON.stringify(totals)}, ${times.size} in the record, ${cuts} cut at the end\n`)
    expect(rows).toHaveLength(readers.length)
    expect(counted('sent') + counted('rejected') + counted('unknown')).toBe(readers.length)
    expect(counted('rejected')).toBe(refused.size)
    expect(counted('unknown')).toBeLessThanOrEqual(cuts + kills * 4 * inHand)
    expect(totals).toMatchObject({
      recipients: readers.length,
      sent: counted('sent'),
      unknown: counted('unknown'),
    })

    const addresses = await addressesOfAll()
    const missing = (byOutcome.get('sent') ?? [])
      .map(({ subscriber }) => addresses.get(subscriber ?? '') ?? '')
      .filter((email) => times.get(email) !== 1)
    expect(missing).toEqual([])
    const denied = (byOutcome.get('rejected') ?? []).map(({ subscriber }) => addresses.get(subscriber ?? ''))
    expect(new Set(denied)).toEqual(refused)
    expect(times.size).toBeGreaterThanOrEqual(counted('sent'))
  })

  /** Addresses by the id of the subscriber. */
  async function addressesOfAll(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>()
    for (const { email } of readers) {
      const { body } = await client.api('POST', '/subscribers/search', { email })
      found.set(text(body, 'data', 0, 'id'), email)
    }
    return found
  }
})
