// adapter · npm run bench confirmations: from the sign-up to the mail, against a bare loop that renders and posts, and what visitors wait
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { app } from '../../src/app.ts'
import { resendMailer } from '../../src/mail/resend/mailer.ts'
import { postByHttp } from '../../src/mail/resend/post-by-http.ts'
import { startLoops } from '../../src/node/loops.ts'
import { serviceMailWire } from '../../src/outbox/service-wire.ts'
import { readRow } from '../../src/platform/database/rows.ts'
import { whole } from '../../src/platform/database/values.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { requestToken, tagToken } from '../../src/platform/vault/tokens.ts'
import { confirmationMail } from '../../src/signup/confirmation/mails.ts'
import { tickServiceMails, tickSignups } from '../../src/tick.ts'
import { maxBatch } from './campaign.ts'
import { type BenchHouse, openBenchHouse } from './house.ts'
import { atLeast, atMost, interleaved, median, type Ratio } from './measure.ts'
import { startSink } from './sink.ts'

/** Requests to the provider at once, on both arms. */
const lanes = 4
/** Visitors at once. */
const visitors = 32

export async function benchConfirmations({ people = 3000, rounds = 3 } = {}): Promise<readonly Ratio[]> {
  const perRound = people / rounds
  const sink = await startSink()
  const options = { apiKey: 'bench', baseUrl: sink.url, timeoutMs: 30_000, smtpUtf8: false }
  const house = await openBenchHouse(() => resendMailer(options, postByHttp()))
  const { deps } = house
  const state = { person: 0 }
  const signUp = async (): Promise<number> => {
    const began = performance.now()
    const response = await app.fetch(
      new Request('http://127.0.0.1/s/bench', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `email=person.${state.person++}%40example.se&first_name=Ma%C5%82gorzata&locale=en`,
      }),
      deps,
    )
    if (response.status !== 303) throw new Error(`answered ${response.status}`)
    return performance.now() - began
  }
  const visit = async (count: number): Promise<readonly number[]> => {
    const waits: number[] = []
    let left = count
    await Promise.all(
      Array.from({ length: visitors }, async () => {
        for (; left > 0; ) {
          left -= 1
          waits.push(await signUp())
        }
      }),
    )
    return waits
  }
  try {
    const post = resendMailer(options, postByHttp())
    const rates = await interleaved(
      {
        ours: async () => {
          while (await tickServiceMails(deps));
          return perRound
        },
        bare: () => renderAndPost(house, perRound, (mails, key) => post.send(mails, key)),
      },
      rounds,
      async (arm) => {
        if (arm === 'bare') return
        await visit(perRound)
        while (await tickSignups(deps));
      },
    )
    const { perSecond, waits } = await endToEnd(deps, perRound, () => visit(perRound))
    const sorted = waits.toSorted((a, b) => a - b)
    return [
      atLeast({
        name: 'confirmations out / bare loop render and post',
        ours: rates.ours,
        theirs: rates.bare,
        unit: 'mails/s',
        goal: 0.6,
      }),
      atLeast({
        name: 'confirmations end to end: sign-up, processing, mail / 430 a second, listmonk’s pace',
        ours: perSecond,
        theirs: 430,
        unit: '/s',
        goal: 1,
      }),
      atMost({
        name: 'a sign-up under that load: the slowest of a hundred / median',
        ours: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
        theirs: median(sorted),
        unit: 'ms',
        goal: 3,
      }),
    ]
  } finally {
    await house.close()
    sink.stop()
  }
}

/** From the first sign-up until the last mail is out, by the loops of a server. */
async function endToEnd(
  deps: Deps,
  count: number,
  visit: () => Promise<readonly number[]>,
): Promise<{ perSecond: number; waits: readonly number[] }> {
  const before = await sentMails(deps)
  const state = { wake: (): void => {} }
  const loops = startLoops({ ...deps, wake: () => state.wake() })
  state.wake = loops.wake
  const began = performance.now()
  const waits = await visit()
  while ((await sentMails(deps)) < before + count) await new Promise((resolve) => setTimeout(resolve, 25))
  const perSecond = count / ((performance.now() - began) / 1000)
  await loops.stop()
  return { perSecond, waits }
}

const countRow = z.object({ sent: whole })

const sentMails = async ({ db }: Deps): Promise<number> =>
  (await readRow(db, countRow, sql`select count(*)::int as sent from service_mails where state = 'sent'`))
    ?.sent ?? 0

/** The same mails with everything at hand: no queue, no database. */
async function renderAndPost(
  { deps, list }: BenchHouse,
  count: number,
  post: (mails: readonly string[], key: string) => Promise<unknown>,
): Promise<number> {
  const at = new Date()
  const mail = (): string => {
    const id = deps.ids()
    const text = confirmationMail({
      locale: 'en',
      zone: 'UTC',
      color: list.brand.color,
      controller: list.controller,
      lists: [
        { name: list.name, purposes: [list.name], noticeUrl: `${deps.config.publicUrl}/n/${'a'.repeat(43)}` },
      ],
      requestedAt: at,
      expiresAt: at,
      confirmUrl: `${deps.config.publicUrl}/c/${requestToken(deps.vault, 'confirm', id)}`,
      code: null,
    })
    const tag = tagToken(deps.vault, { kind: 'service_mail', id })
    return serviceMailWire({
      text,
      from: list.sender,
      replyTo: list.sender.reply_to,
      to: 'person@example.se',
      tag,
    })
  }
  let left = count
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (left > 0) {
        const size = Math.min(maxBatch, left)
        left -= size
        await post(Array.from({ length: size }, mail), deps.ids())
      }
    }),
  )
  return count
}
