// adapter · npm run bench rate: the share of a provider's five requests a second that the running product uses, and its 429s
// The provider counts as Resend does: in windows of a second, opened by a request.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { startProvider } from '../../src/dev/provider/server.ts'
import { joinOrStart } from '../../src/node/embedded/join.ts'
import { clientOf, text } from '../support/client.ts'
import { startAssent } from '../support/running.ts'
import { seedRunning } from '../support/seed.ts'
import type { Ratio } from './measure.ts'

const perSecond = 5
const seconds = 75
/** More batches than the provider takes in the time. */
const batches = perSecond * (seconds + 15)
const batchOf = 20
const goal = 0.98

export async function benchRate(): Promise<readonly Ratio[]> {
  return [await rateOf('start'), await rateOf('dev-worker')]
}

const words = { start: 'Node', 'dev-worker': 'a worker, by its queue' } as const

async function rateOf(script: keyof typeof words): Promise<Ratio> {
  const folder = await mkdtemp(path.join(tmpdir(), 'assent-rate-'))
  const provider = await startProvider({
    recordFile: path.join(folder, 'record.jsonl'),
    ratePerSecond: perSecond,
  })
  const running = await startAssent({
    script,
    env: {
      MAIL: 'resend',
      RESEND_API_KEY: 're_bench',
      RESEND_BASE_URL: provider.url,
      SEND_RATE: String(perSecond),
      LOG_LEVEL: 'error',
    },
  })
  try {
    await beginCampaign(running)
    while (provider.stats.firstRequestAt === null) await sleep(10)
    await sleep(seconds * 1000)
    const { requests, rateLimited, firstRequestAt, lastRequestAt } = provider.stats
    const spanSeconds = (Date.parse(lastRequestAt ?? '') - Date.parse(firstRequestAt ?? '')) / 1000
    process.stderr.write(
      `${words[script]}: ${requests} requests in ${spanSeconds.toFixed(1)} s, ${rateLimited} times 429\n`,
    )
    // The first request opens the first window; the remaining requests fill the span.
    const ours = (requests - rateLimited - 1) / spanSeconds
    const ratio = ours / perSecond
    return {
      name: `provider limited to ${perSecond} a second, ${words[script]}`,
      ours,
      theirs: perSecond,
      unit: 'requests/s',
      ratio,
      goal: `>= ${goal * 100} %, no 429 (${rateLimited})`,
      met: ratio >= goal && rateLimited === 0,
    }
  } finally {
    await running.stop()
    await provider.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Inserts many small batches as superuser with triggers off: the limit counts requests, not mails. */
async function beginCampaign(running: { url: string; key: string; dataDir: string }): Promise<void> {
  const { api } = clientOf(running.url, running.key)
  const list = {
    slug: 'bench',
    name: 'Bench',
    sender: { name: 'Brand', email: 'news@brand.example' },
    controller: { name: 'Brand AB', address: 'Storgatan 1', contact_email: 'privacy@brand.example' },
  }
  await api('POST', '/lists', list)
  const people = Array.from({ length: batches * batchOf }, (_, n) => ({ email: `reader.${n}@inbox.example` }))
  await seedRunning(running.dataDir, list.slug, people)
  const content = { format: 'markdown', body: 'The garden in June, for {{ subscriber.email }}.' }
  const made = await api('POST', '/campaigns', { list: list.slug, subject: 'June', content })
  const server = await joinOrStart(running.dataDir)
  const admin = postgres(server.adminUrl, { max: 1, onnotice: () => {} })
  await admin.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    const [campaign] = await tx<{ number: string }[]>`
      update campaigns set state = 'sending', launched_at = now(), frozen_at = now()
      where id = ${text(made.body, 'id')}
      returning number`
    const number = Number(campaign?.number)
    await tx`
      insert into recipients (campaign, batch_no, subscriber, consent_seq)
      select ${number}::bigint, (row_number() over (order by subscriber) - 1) / ${batchOf}::int, subscriber, seq
      from subscriptions`
    await tx`
      insert into batches (campaign, batch_no, size)
      select campaign, batch_no, count(*) from recipients where campaign = ${number} group by campaign, batch_no`
  })
  await admin.end()
  await server.stop()
}
