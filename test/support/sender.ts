// adapter · a deployment that sends through a local provider: subscribers, accepted mails, outcomes
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import {
  type AcceptedMail,
  type Provider,
  type ProviderOptions,
  startProvider,
} from '../../src/dev/provider/server.ts'
import { resendMailer } from '../../src/mail/resend/mailer.ts'
import type { SendOutcome, WireMail } from '../../src/platform/deps.ts'
import { referenceToken } from '../../src/platform/vault/tokens.ts'
import { tickBatches, tickCampaigns } from '../../src/tick.ts'
import { at, type Client } from './client.ts'
import { type Seed, type Seeded, seedConfirmed } from './seed.ts'
import { openTestApp, type TestApp, type TestList } from './test-app.ts'

/** Hands mails over; `usual` speaks Resend's protocol to the local provider. */
type Post = (mails: readonly WireMail[], key: string) => Promise<SendOutcome>
type OtherPost = (mails: readonly WireMail[], key: string, usual: Post) => Promise<SendOutcome>

const recipient = z.object({
  subscriber: z.string().nullable(),
  outcome: z.string(),
  reason: z.string().nullable(),
  inferred: z.boolean(),
  consent: z.object({ eid: z.string(), seq: z.number() }).nullable(),
  sent_at: z.string().nullable(),
})
const recipientPage = z.object({ data: z.array(recipient), next_cursor: z.string().nullable() })

export type Recipient = z.output<typeof recipient>

export interface Sender {
  readonly house: TestApp
  readonly provider: Provider
  readonly list: TestList
  /** Every request: when it was sent, its key, its number of mails. */
  readonly posts: readonly { readonly at: number; readonly key: string; readonly mails: number }[]
  /** Where requests go, and how long to wait for an answer; writable, as an operator can change the environment. */
  readonly account: { apiKey: string; baseUrl: string; timeoutMs: number }
  /** Replaces the way mails are handed over; null restores it. */
  onPost(other: OtherPost | null): void
  /** Creates people with a live consent, in the given order. */
  seed(people: readonly (string | Seed)[], purposes?: readonly string[]): Promise<readonly Seeded[]>
  /** Launches and freezes a campaign; nothing is sent yet. */
  launched(draft?: object): Promise<{ readonly id: string; readonly number: number }>
  /** Makes one attempt at one batch, as soon as a batch is due. */
  attempt(): Promise<void>
  /** Processes all due work until the campaign is in this state; returns the campaign. */
  until(campaign: { readonly id: string }, state: string): Promise<unknown>
  /** Unsubscribes a person by one-click, as a mailbox provider does. */
  leave(person: Pick<Seeded, 'subscription'>): Promise<void>
  /** Outcomes by address: `sent`, `sent (inferred)`, `skipped: withdrawn`. */
  outcomes(campaign: { readonly id: string }): Promise<Readonly<Record<string, string>>>
  /** Accepted addresses under a subject, sorted, with repeats. */
  accepted(subject?: string): readonly string[]
  /** The newest mail to a person. */
  letterTo(email: string): AcceptedMail | undefined
  close(): Promise<void>
}

/** How long an answer is waited for where the provider is set not to answer: a busy machine takes the request in this time. */
const silentMs = 1500

export async function openSender(
  options: {
    env?: Readonly<Record<string, string>>
    list?: object
    provider?: Partial<ProviderOptions>
  } = {},
): Promise<Sender> {
  const folder = await mkdtemp(path.join(tmpdir(), 'assent-sender-'))
  const started = await startProvider({
    recordFile: path.join(folder, 'record.jsonl'),
    keepContent: true,
    ...options.provider,
  })
  const silence = { isSet: false }
  const provider: Provider = {
    ...started,
    setFaults: (faults) => {
      silence.isSet = (faults.timeoutBefore ?? 0) + (faults.timeoutAfter ?? 0) > 0
      started.setFaults(faults)
    },
  }
  const account = { apiKey: 're_sender', baseUrl: provider.url, timeoutMs: 60_000 }
  const posts: { at: number; key: string; mails: number }[] = []
  const usual: Post = (mails, key) => {
    const timeoutMs = silence.isSet ? Math.min(silentMs, account.timeoutMs) : account.timeoutMs
    return resendMailer({ ...account, timeoutMs, smtpUtf8: false }).send(mails, key)
  }
  const way: { other: OtherPost | null } = { other: null }
  const house = await openTestApp({
    connections: 6,
    env: { LEASE_SECONDS: '3', ...options.env },
    mailer: () => ({
      name: 'resend',
      can: { setMessageId: false, smtpUtf8: false },
      send: (mails, key) => {
        posts.push({ at: performance.now(), key, mails: mails.length })
        return way.other === null ? usual(mails, key) : way.other(mails, key, usual)
      },
    }),
  })
  const list = await house.makeList(options.list)
  const addresses = new Map<string, string>()
  return {
    house,
    provider,
    list,
    posts,
    account,
    onPost: (other) => {
      way.other = other
    },
    seed: async (people, purposes) => {
      const seeds = people.map((one) => (typeof one === 'string' ? { email: one } : one))
      const seeded = await seedConfirmed(house.deps, list.slug, seeds, purposes)
      const rows = await house.owner<{ id: number; uid: string }[]>`select id, uid from subscribers`
      const uids = new Map(rows.map(({ id, uid }) => [id, uid]))
      for (const { email, subscriber } of seeded) addresses.set(uids.get(subscriber) ?? '', email)
      return seeds.flatMap(({ email }) => seeded.filter((one) => one.email === email))
    },
    launched: async (draft) => {
      const campaign = await house.makeCampaign(list, draft)
      await house.launch(campaign)
      while (await tickCampaigns(house.deps));
      return campaign
    },
    attempt: () => once(() => tickBatches(house.deps), 'no batch was due'),
    until: async (campaign, state) => {
      const asked = async () => (await house.api('GET', `/campaigns/${campaign.id}`)).body
      await once(async () => {
        await house.rest()
        return at(await asked(), 'state') === state
      }, `the campaign never became ${state}`)
      return asked()
    },
    leave: async ({ subscription }) => {
      const token = referenceToken(house.deps.vault, 'unsub', { subscription, campaign: 0 })
      const answer = await house.post(`/u/${token}`, [['List-Unsubscribe', 'One-Click']])
      if (answer.status !== 200) throw new Error(`leaving was answered ${answer.status}`)
    },
    outcomes: async (campaign) =>
      Object.fromEntries(
        (await recipientsOf(house, campaign)).map(({ subscriber, outcome, reason, inferred }) => [
          addresses.get(subscriber ?? '') ?? '',
          `${outcome}${inferred && outcome === 'sent' ? ' (inferred)' : ''}${reason === null ? '' : `: ${reason}`}`,
        ]),
      ),
    accepted: (subject = 'June') =>
      provider
        .accepted()
        .filter((mail) => mail.subject === subject)
        .flatMap(({ to }) => to)
        .sort(),
    letterTo: (email) => provider.accepted().findLast(({ to }) => to[0] === email),
    close: async () => {
      await house.close()
      await provider.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Returns all pages of a campaign's recipients, optionally of one outcome. */
export async function recipientsOf(
  client: Pick<Client, 'api'>,
  campaign: { readonly id: string },
  outcome?: string,
): Promise<readonly Recipient[]> {
  const rows: Recipient[] = []
  const filter = outcome === undefined ? '' : `&outcome=${outcome}`
  for (let cursor: string | null = ''; cursor !== null; ) {
    const from: string = cursor === '' ? '' : `&cursor=${cursor}`
    const { body } = await client.api('GET', `/campaigns/${campaign.id}/recipients?limit=200${filter}${from}`)
    const page = recipientPage.parse(body)
    rows.push(...page.data)
    cursor = page.next_cursor
  }
  return rows
}

/** Longest wait, so that no test waits for ever. */
const timeoutMs = 120_000
const pollMs = 20

async function once(happens: () => Promise<boolean>, otherwise: string): Promise<void> {
  const until = performance.now() + timeoutMs
  while (!(await happens())) {
    if (performance.now() > until) throw new Error(otherwise)
    await sleep(pollMs)
  }
}
