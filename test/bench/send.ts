// adapter · npm run bench send: the sender end to end, against bare loops that render and post the same mails; and its WAL volume
import * as z from 'zod'
import { campaignByNumber } from '../../src/campaigns/find.ts'
import { type Addressee, renderMail, renderMailSlow } from '../../src/campaigns/render.ts'
import { compile } from '../../src/delivery/render/compile.ts'
import { sendBatch } from '../../src/delivery/send.ts'
import { resendMailer } from '../../src/mail/resend/mailer.ts'
import { postByHttp } from '../../src/mail/resend/post-by-http.ts'
import { referenceToken, tagToken } from '../../src/platform/vault/tokens.ts'
import { insertFrozen, maxBatch } from './campaign.ts'
import { addressOf, localeOf, seed } from './crowd.ts'
import { type BenchHouse, openBenchHouse } from './house.ts'
import { atLeast, atMost, interleaved, type Ratio } from './measure.ts'
import { processorOfPostgres } from './processor.ts'
import { startSink } from './sink.ts'

/** Concurrent requests, the same on every arm. */
const lanes = 4

export async function benchSend({ people = 50_000, rounds = 5 } = {}): Promise<readonly Ratio[]> {
  const perRound = people / rounds
  const sink = await startSink()
  const mailerOptions = { apiKey: 'bench', baseUrl: sink.url, timeoutMs: 30_000, smtpUtf8: false }
  const house = await openBenchHouse(() => resendMailer(mailerOptions, postByHttp()))
  try {
    await seed(house, 1, people)
    await house.admin`vacuum analyze`
    const { number: first } = await insertFrozen(house, { people, state: 'queued' })
    const campaign = await campaignByNumber(house.deps.db, first)
    if (campaign === null) throw new Error('no campaign')
    const compiled = compile(house.deps, campaign, house.list)
    const byFetch = resendMailer(mailerOptions)
    const byHttp = resendMailer(mailerOptions, postByHttp())
    const addressees = Array.from({ length: perRound }, (_, at) => addressee(house, at + 1, first))
    const mail = renderMail(compiled, addressee(house, 1, first))
    const { html } = z.object({ html: z.string() }).parse(JSON.parse(mail))
    process.stderr.write(`one mail: ${mail.length} characters of JSON, ${html.length} of them HTML\n`)

    const loop = (post: (batch: readonly Addressee[], key: string) => Promise<unknown>) => async () => {
      let next = 0
      await Promise.all(
        Array.from({ length: lanes }, async () => {
          for (let at = next; at < perRound; at = next) {
            next += maxBatch
            await post(addressees.slice(at, at + maxBatch), crypto.randomUUID())
          }
        }),
      )
      return perRound
    }
    const rendered = (batch: readonly Addressee[]) => batch.map((one) => renderMail(compiled, one))
    const processor = { microseconds: 0, mails: 0 }
    const wal = await walOf(house)
    const rates = await interleaved(
      {
        // Arm 1: slot, claim, permission, decryption, rendering, posting, marking.
        ours: async () => {
          const used = await processorOfPostgres(house.admin)
          const mails = await sendSome(house, perRound / maxBatch)
          processor.microseconds += await used()
          processor.mails += mails
          return mails
        },
        // Arm 2: only rendering and posting the same bytes, by fetch.
        bare: loop((batch, key) => byFetch.send(rendered(batch), key)),
        // Arm 3: the same, posted through our sender's HTTP client; the difference to arm 1 is the cost of the rest.
        barest: loop((batch, key) => byHttp.send(rendered(batch), key)),
        // Arm 4: the obvious first version: render each part, build objects, JSON.stringify, fetch.
        naive: loop(async (batch, key) => {
          const mails: unknown[] = batch.map((one) => JSON.parse(renderMailSlow(compiled, one)))
          const response = await fetch(`${sink.url}/emails/batch`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'idempotency-key': key },
            body: JSON.stringify(mails),
          })
          await response.json()
        }),
      },
      rounds,
    )
    const logged = await wal()
    await house.admin`alter system set full_page_writes = off`
    await house.admin`select pg_reload_conf()`
    await insertFrozen(house, { people, state: 'queued' })
    const bareWal = await walOf(house)
    await sendSome(house, people / maxBatch)
    const withoutImages = await bareWal()
    return [
      atLeast({
        name: 'sender / bare render and post',
        ours: rates.ours,
        theirs: rates.bare,
        unit: 'mails/s',
        goal: 0.8,
      }),
      atLeast({
        name: 'sender / bare loop that posts as ours does',
        ours: rates.ours,
        theirs: rates.barest,
        unit: 'mails/s',
        goal: 0.7,
      }),
      atMost({
        name: 'PostgreSQL’s processor per mail / 30 microseconds',
        ours: processor.microseconds / processor.mails,
        theirs: 30,
        unit: 'us',
        goal: 1,
      }),
      atLeast({
        name: 'sender / naive JSON.stringify loop',
        ours: rates.ours,
        theirs: rates.naive,
        unit: 'mails/s',
        goal: 1.5,
      }),
      {
        name: 'write-ahead log per recipient (with page images)',
        ours: withoutImages / people,
        theirs: logged / people,
        unit: 'bytes',
        ratio: withoutImages / logged,
        goal: '<= 40 bytes',
        met: withoutImages / people <= 40,
      },
    ]
  } finally {
    await house.close()
    sink.stop()
  }
}

async function sendSome(house: BenchHouse, batches: number): Promise<number> {
  let left = batches
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (left > 0) {
        left -= 1
        if (!(await sendBatch(house.deps, true))) throw new Error('no batch was due')
      }
    }),
  )
  return batches * maxBatch
}

/** Starts counting bytes of write-ahead log; the returned function returns the count. */
async function walOf({ admin }: BenchHouse): Promise<() => Promise<number>> {
  await admin`checkpoint`
  const [before] = await admin<{ lsn: string }[]>`select pg_current_wal_insert_lsn()::text as lsn`
  return async () => {
    const [after] = await admin<{ bytes: number }[]>`
      select (pg_current_wal_insert_lsn() - ${before?.lsn ?? '0/0'}::pg_lsn)::float8 as bytes`
    return after?.bytes ?? 0
  }
}

export const addressee = ({ deps }: BenchHouse, id: number, campaign: number): Addressee => {
  const reference = { subscription: id, campaign }
  return {
    to: addressOf(id),
    locale: localeOf(id),
    subscriber: { email: addressOf(id), first_name: 'Małgorzata' },
    unsubscribeUrl: `${deps.config.publicUrl}/u/${referenceToken(deps.vault, 'unsub', reference)}`,
    preferencesUrl: `${deps.config.publicUrl}/p/${referenceToken(deps.vault, 'pref', reference)}`,
    agreedOn: '22 November 2026',
    tag: tagToken(deps.vault, { kind: 'campaign', ...reference }),
  }
}
