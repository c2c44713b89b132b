// adapter · a worker in wrangler dev, two lists of people and a provider, for one file of tests
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Provider, startProvider } from '../../src/dev/provider/server.ts'
import { joinOrStart } from '../../src/node/embedded/join.ts'
import { at, type Client, clientOf, eventually, text } from '../support/client.ts'
import { hookSecret } from '../support/hooks.ts'
import { freePort, type RunningAssent, startAssent } from '../support/running.ts'
import { seedRunning } from '../support/seed.ts'
import { listSettings } from '../support/test-app.ts'

export const count = 1200
const perSecond = 8
/**
 * Feedback events unordered, some repeated, and some before the answer. Only for the small campaigns: thousands of events take long
 * here.
 */
const accidents = { duplicate: 0.3, reorder: 0.5, early: 0.5, seed: 7 }

export const is = (state: string) => (campaign: unknown) => at(campaign, 'state') === state
export const waitsFor = (reason: string) => (campaign: unknown) =>
  at(campaign, 'progress', 'waits', 0, 'reason') === reason

/** Starts before the tests of a file and ends after them. */
export function setSendingScene() {
  let folder = ''
  let provider: Provider
  let running: RunningAssent
  let client: Client

  const start = async (port: number, dataDir: string): Promise<void> => {
    running = await startAssent({
      script: 'dev-worker',
      port,
      dataDir,
      env: {
        MAIL: 'resend',
        RESEND_API_KEY: 're_worker',
        RESEND_BASE_URL: provider.url,
        RESEND_WEBHOOK_SECRET: hookSecret,
        SEND_RATE: String(perSecond),
        LEASE_SECONDS: '9',
      },
    })
    client = clientOf(running.url, running.key)
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'assent-worker-sending-'))
    const port = await freePort()
    provider = await startProvider({
      recordFile: path.join(folder, 'record.jsonl'),
      ratePerSecond: perSecond,
      latencyMs: 100,
    })
    await start(port, path.join(folder, 'data'))
    await client.api('POST', '/lists', listSettings)
    await client.api('POST', '/lists', { ...listSettings, slug: 'small' })
    await seedRunning(
      running.dataDir,
      listSettings.slug,
      Array.from({ length: count }, (_, n) => ({ email: `reader.${n}@inbox.example` })),
    )
    await seedRunning(
      running.dataDir,
      'small',
      ['delivered+1', 'delivered+2', 'bounced+1', 'complained+1', 'delayed+1'].map((local) => ({
        email: `${local}@inbox.example`,
      })),
    )
  })
  afterAll(async () => {
    await running?.stop()
    await provider?.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  })

  async function launch(subject: string, list = listSettings.slug): Promise<string> {
    const content = { format: 'markdown', body: `${subject}, for {{ subscriber.email }}.` }
    const made = await client.api('POST', '/campaigns', { list, subject, content })
    const id = text(made.body, 'id')
    expect((await client.api('POST', `/campaigns/${id}/launch`)).status).toBe(202)
    return id
  }

  const campaignOf = async (id: string): Promise<unknown> =>
    (await client.api('GET', `/campaigns/${id}`)).body
  const until = (id: string, holds: (campaign: unknown) => boolean): Promise<unknown> =>
    eventually(async () => {
      const campaign = await campaignOf(id)
      return holds(campaign) ? campaign : null
    })

  /** From then on the provider takes nothing more, so that what it says of these mails is heard before the rest has gone. */
  async function takeSome(subject: string): Promise<void> {
    await eventually(async () => (accepted(subject).length >= count / 6 ? true : null))
    provider.setFaults({ busy429: 1 })
  }

  const tellOfMail = (): Promise<void> =>
    provider.setWebhooks({
      url: `${running.url}/hooks/resend`,
      secret: hookSecret,
      retryMs: [500, 2000, 5000, 10_000, 20_000],
      ...accidents,
    })

  /** Addresses in the provider's record, with repeats. */
  const accepted = (subject: string): readonly string[] =>
    provider.accepted().flatMap((mail) => (mail.subject === subject ? mail.to : []))

  /** Expects each person once in the provider's record, and as many as the campaign reports sent. */
  async function expectEachOnce(id: string, subject: string): Promise<void> {
    const mailed = accepted(subject)
    expect(new Set(mailed).size).toBe(mailed.length)
    const { totals } = Object(await campaignOf(id))
    expect(mailed).toHaveLength(totals.sent)
    expect(totals.sent + totals.skipped + totals.rejected).toBe(totals.recipients)
  }

  /** As superuser: moves stored times, so that time passes for the database. */
  async function asAdmin(act: (admin: postgres.Sql) => Promise<unknown>): Promise<void> {
    const server = await joinOrStart(running.dataDir)
    const admin = postgres(server.adminUrl, { max: 1, onnotice: () => {} })
    await act(admin)
    await admin.end()
    await server.stop()
  }

  return {
    launch,
    until,
    accepted,
    takeSome,
    tellOfMail,
    expectEachOnce,
    campaignOf,
    asAdmin,
    start,
    get client() {
      return client
    },
    get provider() {
      return provider
    },
    get running() {
      return running
    },
  }
}
