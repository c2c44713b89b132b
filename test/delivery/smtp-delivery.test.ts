// adapter · campaigns and service mail by SMTP: one mail's result within its batch, and people who leave meanwhile
import { afterEach, describe, expect, it } from 'vitest'
import { messages } from '../../src/i18n/messages.ts'
import { referenceToken } from '../../src/platform/vault/tokens.ts'
import { allowedLines, pauseOfProvider } from '../../src/throttle/provider-pause.ts'
import { tickBatches, tickCampaigns, tickServiceMails, tickSignups, tickUpkeep } from '../../src/tick.ts'
import { at, eventually } from '../support/client.ts'
import { type Seeded, seedConfirmed } from '../support/seed.ts'
import { recipientsOf } from '../support/sender.ts'
import { parsed, type SmtpHost, startSmtp, type Verdict } from '../support/smtp.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

const anna = 'anna@inbox.example'
const bo = 'bo@inbox.example'
const cleo = 'cleo@inbox.example'

interface Scene {
  readonly house: TestApp
  readonly host: SmtpHost
  readonly list: TestList
  readonly seeded: readonly Seeded[]
  readonly campaign: { readonly id: string; readonly number: number }
  /** `sent`, `skipped: withdrawn`, … by address. */
  outcomes(): Promise<Readonly<Record<string, string>>>
  /** People who are suppressed on every list. */
  suppressed(): Promise<readonly string[]>
  /** Makes all waiting work due. */
  expire(): Promise<void>
  totals(): Promise<unknown>
}

let close: () => Promise<void>
afterEach(() => close())

/** A campaign frozen to three people, nothing sent. */
async function frozen(): Promise<Scene> {
  const host = await startSmtp()
  const house = await openTestApp({
    connections: 6,
    env: { MAIL: 'smtp', SMTP_URL: `smtp://127.0.0.1:${host.port}`, LEASE_SECONDS: '6' },
  })
  close = async () => {
    await house.close()
    await host.close()
  }
  const list = await house.makeList()
  const seeded = await seedConfirmed(
    house.deps,
    list.slug,
    [anna, bo, cleo].map((email) => ({ email })),
  )
  const campaign = await house.makeCampaign(list)
  await house.launch(campaign)
  while (await tickCampaigns(house.deps));
  const uids = await house.owner<{ id: number; uid: string }[]>`select id, uid from subscribers`
  const emailOf = (uid: string | null): string => {
    const id = uids.find((one) => one.uid === uid)?.id
    return seeded.find(({ subscriber }) => subscriber === id)?.email ?? ''
  }
  return {
    house,
    host,
    list,
    seeded,
    campaign,
    suppressed: async () => {
      const rows = await house.owner<{ uid: string }[]>`
        select p.uid from subscribers as p join subscriptions as s on s.subscriber = p.id where s.suppressed`
      return rows.map(({ uid }) => emailOf(uid))
    },
    outcomes: async () =>
      Object.fromEntries(
        (await recipientsOf(house, campaign)).map(({ subscriber, outcome, reason }) => [
          emailOf(subscriber),
          reason === null ? outcome : `${outcome}: ${reason}`,
        ]),
      ),
    expire: async () => {
      await house.owner`update smtp_handovers set until = now()`
      await house.owner`update batches set lease_until = now() where state = 'posting'`
      await house.owner`update service_mails set lease_until = now() where state = 'posting'`
      await house.owner`update pace set closed_until = null`
    },
    totals: async () => at((await house.api('GET', `/campaigns/${campaign.id}`)).body, 'totals'),
  }
}

const to = (who: string, stage: string, verdict: Verdict) => (found: string, address: string) =>
  found === stage && address === who ? verdict : null

async function leave({ house }: Scene, person: Seeded | undefined): Promise<void> {
  const token = referenceToken(house.deps.vault, 'unsub', {
    subscription: person?.subscription ?? 0,
    campaign: 0,
  })
  expect((await house.post(`/u/${token}`, [['List-Unsubscribe', 'One-Click']])).status).toBe(200)
}

describe('a campaign by SMTP', () => {
  it('reaches everybody once, with a way out in one click that works', async () => {
    const scene = await frozen()
    await scene.house.rest()
    expect(scene.host.accepted.map((mail) => mail.to).sort()).toEqual([anna, bo, cleo])
    expect(await scene.totals()).toMatchObject({ recipients: 3, sent: 3, unknown: 0 })
    const mail = await parsed(scene.host.accepted[0])
    expect(mail.headers.get('precedence')).toBe('bulk')
    expect(mail.headers.get('feedback-id')).toMatch(/^c[0-9a-f-]+:letter:news:assent$/)
    expect(mail.headerLines.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['list-id', 'list-unsubscribe', 'list-unsubscribe-post', 'message-id', 'date']),
    )
    const link = /<(http[^>]+\/u\/[^>]+)>/.exec(scene.host.accepted[0]?.raw ?? '')?.[1] ?? ''
    expect((await scene.house.post(link, [['List-Unsubscribe', 'One-Click']])).status).toBe(200)
  })

  it('shows refused and unknown recipients, and is done', async () => {
    const scene = await frozen()
    scene.house.later({ minutes: 1 })
    scene.host.judge((stage, address) => {
      if (address === anna && stage === 'rcpt') return { code: 550, text: '5.1.1 unknown' }
      return address === bo && stage === 'text' ? 'accept_and_cut' : null
    })
    await tickBatches(scene.house.deps)
    expect(await scene.outcomes()).toEqual({
      [anna]: 'rejected: 550 5.1.1 unknown',
      [bo]: 'unknown',
      [cleo]: 'sent',
    })
    await scene.house.rest()
    expect(await scene.totals()).toMatchObject({ recipients: 3, sent: 1, rejected: 1, unknown: 1 })
    // The recipient's own server says that the mailbox does not exist, so it is suppressed.
    expect(await scene.suppressed()).toEqual([anna])
    expect(at((await scene.house.api('GET', `/campaigns/${scene.campaign.id}`)).body, 'state')).toBe('sent')
  })

  it('waits for a deferred recipient, and sends nobody else a second mail', async () => {
    const scene = await frozen()
    scene.host.judge(to(bo, 'rcpt', { code: 451, text: 'greylisted' }))
    await tickBatches(scene.house.deps)
    expect(scene.host.accepted).toHaveLength(2)
    expect((await scene.outcomes())[bo]).toBe('waiting')
    scene.host.judge(() => null)
    await scene.expire()
    await tickBatches(scene.house.deps)
    expect(scene.host.accepted.map((mail) => mail.to).sort()).toEqual([anna, bo, cleo])
    expect(await scene.totals()).toMatchObject({ sent: 3 })
  })

  it.each([
    ['all of them left', [anna, bo, cleo], 'skipped: withdrawn'],
    ['one stayed', [anna, cleo], 'sent'],
  ])(
    'knows of those who left meanwhile who had it before, who may have it, and who was spared: %s',
    async (_, leavers, ofBo) => {
      const scene = await frozen()
      scene.host.judge((stage, address) => {
        if (address === bo && stage === 'rcpt') return { code: 451, text: 'greylisted' }
        return address === cleo && stage === 'text' ? 'cut' : null
      })
      await tickBatches(scene.house.deps)
      for (const person of scene.seeded) if (leavers.includes(person.email)) await leave(scene, person)
      scene.host.judge(() => null)
      await scene.expire()
      await tickBatches(scene.house.deps)
      expect(await scene.outcomes()).toEqual({ [anna]: 'sent', [bo]: ofBo, [cleo]: 'unknown' })
      expect(scene.host.accepted.map((mail) => mail.to)).toEqual(ofBo === 'sent' ? [anna, bo] : [anna])
    },
  )

  it('stops for a sender that the server does not take, says so, and goes on when it is mended', async () => {
    const scene = await frozen()
    scene.host.judge((stage) => (stage === 'mail' ? { code: 553, text: 'not your domain' } : null))
    await tickBatches(scene.house.deps)
    const { body } = await scene.house.api('GET', `/campaigns/${scene.campaign.id}`)
    expect(at(body, 'state')).toBe('paused')
    expect(at(body, 'problem')).toBe('The provider refused a batch (553): 553 not your domain')
    scene.host.judge(() => null)
    await scene.house.api('POST', `/campaigns/${scene.campaign.id}/resume`)
    await scene.house.rest()
    expect(scene.host.accepted).toHaveLength(3)
  })

  it('to a server that allows one connection goes out at once, and the console can say why it is slower', async () => {
    const scene = await frozen()
    scene.host.allow(1)
    await tickBatches(scene.house.deps)
    expect(await scene.totals()).toMatchObject({ sent: 3 })
    await eventually(async () => ((await allowedLines(scene.house.deps)) === 1 ? true : null))
    expect(await pauseOfProvider(scene.house.deps)).toBeNull()
  })

  it('to a server that allows none waits, names the reason, and goes on by itself', async () => {
    const scene = await frozen()
    scene.host.allow(0)
    await tickBatches(scene.house.deps)
    const { body } = await scene.house.api('GET', `/campaigns/${scene.campaign.id}`)
    expect(at(body, 'state')).toBe('sending')
    expect(at(body, 'progress', 'waits')).toMatchObject([
      { reason: 'server_busy', explanation: expect.stringMatching(/^The mail server takes no connection/) },
    ])
    scene.host.allow(5)
    await scene.expire()
    await tickBatches(scene.house.deps)
    expect(await scene.totals()).toMatchObject({ sent: 3 })
  })

  it('larger than the server takes (SIZE, RFC 1870) waits with that reason; nobody is refused for it', async () => {
    const scene = await frozen()
    scene.host.judge((stage) =>
      stage === 'mail' ? { code: 552, text: '5.3.4 Message size exceeds fixed limit' } : null,
    )
    await tickBatches(scene.house.deps)
    const { body } = await scene.house.api('GET', `/campaigns/${scene.campaign.id}`)
    expect(at(body, 'state')).toBe('paused')
    expect(at(body, 'problem')).toMatch(
      /^The provider refused a batch \(552\): the email is larger than the mail server takes/,
    )
    expect(await scene.outcomes()).toEqual({ [anna]: 'waiting', [bo]: 'waiting', [cleo]: 'waiting' })
    scene.host.judge(() => null)
    await scene.house.api('POST', `/campaigns/${scene.campaign.id}/resume`)
    await scene.expire()
    await scene.house.rest()
    expect(scene.host.accepted.map((mail) => mail.to).sort()).toEqual([anna, bo, cleo])
  })

  it('through an outage waits and loses nobody', async () => {
    const scene = await frozen()
    scene.host.judge((stage) => (stage === 'connect' ? { code: 421, text: 'maintenance' } : null))
    await tickBatches(scene.house.deps)
    expect(await tickBatches(scene.house.deps)).toBe(false)
    scene.host.judge(() => null)
    await scene.house.owner`update batches set lease_until = null`
    await scene.expire()
    await scene.house.rest()
    expect(await scene.totals()).toMatchObject({ sent: 3 })
  })

  it('left alone for more than a week tells sent, unknown and never tried recipients apart', async () => {
    const scene = await frozen()
    scene.host.judge((stage, address) => {
      if (address === bo && stage === 'rcpt') return { code: 451, text: 'greylisted' }
      return address === cleo && stage === 'text' ? 'cut' : null
    })
    await tickBatches(scene.house.deps)
    await scene.expire()
    await scene.house.owner`update batches set first_attempt_at = now() - interval '170 hours'`
    expect(await tickBatches(scene.house.deps)).toBe(false)
    await tickUpkeep(scene.house.deps)
    expect(await scene.outcomes()).toEqual({ [anna]: 'sent', [bo]: 'rejected: not_taken', [cleo]: 'unknown' })
  })

  it('tells them apart after nine days without a server too: the record is not forgotten before', async () => {
    const scene = await frozen()
    scene.host.judge(to(bo, 'rcpt', { code: 451, text: 'greylisted' }))
    await tickBatches(scene.house.deps)
    await scene.expire()
    await scene.house.owner`update batches set first_attempt_at = now() - interval '9 days'`
    await scene.house.owner`update smtp_handovers set since = now() - interval '9 days'`
    while (await tickUpkeep(scene.house.deps));
    expect(await scene.outcomes()).toEqual({ [anna]: 'sent', [bo]: 'rejected: not_taken', [cleo]: 'sent' })
    expect(await scene.house.owner`select 1 from smtp_handovers`).toEqual([])
  })

  it('leaves neither an address nor a name in the record, and nothing at all after eight days', async () => {
    const scene = await frozen()
    scene.host.judge(to(anna, 'rcpt', { code: 550, text: `<${anna}> anna is unknown` }))
    await scene.house.rest()
    const rows = await scene.house.owner`select * from smtp_handovers`
    expect(rows).toHaveLength(3)
    expect(JSON.stringify(rows)).not.toMatch(/anna|inbox/)
    expect(scene.house.logged.join('\n')).not.toMatch(/anna|inbox/)
    await scene.house.owner`update smtp_handovers set since = now() - interval '9 days'`
    await tickUpkeep(scene.house.deps)
    expect(await scene.house.owner`select 1 from smtp_handovers`).toEqual([])
  })
})

describe('service mail by SMTP', () => {
  it('goes out once each; a deferred mail holds up no other, and an unknown one is not sent twice', async () => {
    const scene = await frozen()
    const { house, host, list } = scene
    const visitors = ['dan', 'eva', 'filip'].map((name) => `${name}@inbox.example`)
    for (const email of visitors) await house.signUp(list, email)
    while (await tickSignups(house.deps));
    host.judge((stage, address) => {
      if (address.startsWith('dan') && stage === 'rcpt') return { code: 450, text: 'later' }
      return address.startsWith('eva') && stage === 'text' ? 'accept_and_cut' : null
    })
    await tickServiceMails(house.deps)
    const states = async () =>
      (await house.owner<{ state: string }[]>`select state from service_mails`)
        .map(({ state }) => state)
        .sort()
    expect(await states()).toEqual(['posting', 'sent', 'unknown'])
    host.judge(() => null)
    await scene.expire()
    await tickServiceMails(house.deps)
    expect(await states()).toEqual(['sent', 'sent', 'unknown'])
    expect(host.accepted.map((mail) => mail.to).sort()).toEqual(visitors)
    const mail = await parsed(host.accepted[0])
    expect(mail.subject).toBe(messages('en').mail.confirmation.subject('Garden letter'))
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
    expect(mail.headers.get('x-auto-response-suppress')).toBe('All')
    expect(mail.headers.has('list')).toBe(false)
    expect(mail.headers.has('precedence')).toBe(false)
    expect(mail.messageId).toMatch(/^<[\w-]{44}\.[0-9a-f]{8}@brand\.example>$/)
  })
})
