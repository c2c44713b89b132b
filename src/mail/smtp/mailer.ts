// adapter · SMTP mailer: a batch mail by mail over a few connections, with a record in place of idempotency keys. Node only
import { setTimeout as sleep } from 'node:timers/promises'
import type { Deps, Handover, Mailer, SendOutcome } from '../../platform/deps.ts'
import type { SmtpServer } from '../../platform/mail-urls.ts'
import { type Context, carry, logUnreached, type Undelivered } from './carry.ts'
import { openPool } from './connections.ts'
import { smtpForm } from './form.ts'
import {
  type Entry,
  firstRestSeconds,
  isAnyAcceptedSince,
  nameOf,
  openRecord,
  rememberedHours,
  type Settled,
} from './handovers.ts'
import { type OutgoingMail, outgoingMailsOf } from './message.ts'
import { handoverWriter } from './record.ts'
import type { DeliveryResult } from './reply.ts'
import {
  afterPatience,
  type BatchRun,
  beginRun,
  isOfText,
  isTurnedAway,
  leftToRecord,
  nextOf,
  outcomeOf,
  recordResult,
  stopRun,
} from './round.ts'

export interface SmtpOptions {
  readonly server: SmtpServer
  /** Our name in EHLO. */
  readonly hello: string
  /** Of the mail with this tag; null: the sender of each mail. */
  readonly returnPath: ((tag: string) => string) | null
  /** Waits for the next slot; false, using none, if further away than `patienceMs`. */
  readonly turn: (patienceMs: number) => Promise<boolean>
  /** Of one mail; no call begins a mail later than that after its start. */
  readonly timeoutSeconds: number
  /** Told, for the console, that the server allows so many connections at once, as of now. */
  readonly narrowed?: (lines: number) => void
}

type Parts = Pick<Deps, 'db' | 'clock' | 'log'>

/** Concurrent mails of one call. */
const maxWorkers = 5
/** Share of the remaining time to wait for a slot; the rest is for the handover. */
const patience = 0.75

/**
 * An SMTP server accepts the same mail twice. So a row marks a mail as being handed over before its text is sent, and then records
 * the answer. A repeated call sends mails without a row and deferred ones. A mail that no worker can still be handing over is
 * unknown: the server may have accepted it (a crash or a cut between the end of DATA and 250), and nobody may get a mail twice.
 *
 * A deferred mail (4xx) is `later` for a day, then refused. A problem with the server rather than the mail (no connection, 421, a
 * refused sign-in or sender) ends the call: `busy` or `refused` if nothing was handed over.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-4.2.5
 * @see https://www.rfc-editor.org/rfc/rfc1047
 */
export function smtpMailer(parts: Parts, options: SmtpOptions): Mailer {
  const pool = openPool({
    ...options,
    timeoutMs: options.timeoutSeconds * 1000,
    narrowed: (lines, { code, responseCode }) => {
      parts.log.warn('smtp.fewer_connections', { lines, code, status: responseCode })
      options.narrowed?.(lines)
    },
  })
  const closed = Promise.withResolvers<false>()
  const state = { offersSmtpUtf8: false, closing: false }
  const record = handoverWriter(parts.db)
  const context: Context = { parts, options, pool, record, state, closed: closed.promise }
  return {
    name: 'smtp',
    pacesMails: true,
    can: {
      // The mailer creates the Message-ID, for service mail too.
      setMessageId: false,
      get smtpUtf8() {
        return state.offersSmtpUtf8
      },
    },
    form: smtpForm,
    send: (mails, key) => send(context, outgoingMailsOf(mails, key)),
    record: {
      keyLifeHours: rememberedHours,
      lookUp: async (key, tags) => {
        const names = tags.map((tag) => nameOf(key, tag))
        const { entries } = await openRecord(parts.db, names, 0)
        return names.map((name) => handoverOf(entries.get(name)))
      },
    },
    probe: async () => {
      const taken = await pool.take()
      if (!taken.ok) return logUnreached(context, taken.failure)
      state.offersSmtpUtf8 = taken.line.offers.smtpUtf8
      pool.giveBack(taken.line)
    },
    close: async () => {
      state.closing = true
      closed.resolve(false)
      pool.close()
    },
  }
}

const handoverOf = (entry: Entry | undefined): Handover | null => {
  if (entry === undefined || entry.kind === 'deferred') return null
  return entry.kind === 'under_way' ? { kind: 'unknown' } : entry
}

async function send(context: Context, parcels: readonly OutgoingMail[]): Promise<SendOutcome> {
  const { parts, options } = context
  if (parcels.length === 0) return { kind: 'accepted', ids: [], rejected: [] }
  const opened = await openRecord(
    parts.db,
    parcels.map(({ name }) => name),
    options.timeoutSeconds,
  )
  const run = beginRun(parcels, opened.entries)
  const until = performance.now() + options.timeoutSeconds * 1000
  const isOver = (): boolean => performance.now() >= until
  const mayGoOn = async (): Promise<boolean> => {
    const patienceMs = (until - performance.now()) * patience
    return (
      !context.state.closing && patienceMs > 0 && Promise.race([options.turn(patienceMs), context.closed])
    )
  }
  /** Results on their way to the record; the next mail does not wait for them. */
  const writing: Promise<void>[] = []
  const work = async (): Promise<void> => {
    // Mails without a slot in time stay open; the batch comes back for them.
    for (let parcel = nextOf(run); parcel !== undefined && (await mayGoOn()); parcel = nextOf(run)) {
      const settled = await deliver(context, run, { parcel, notAfter: opened.notAfter, isOver })
      if (settled === null) continue
      const written = settle(context, run, { name: parcel.name, settled })
      // Its error is thrown below.
      written.catch(() => {})
      writing.push(written)
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: maxWorkers }, work))
  const written = await Promise.allSettled(writing)
  const failed = [...workers, ...written].find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  await Promise.all(
    leftToRecord(run).map(({ name, kind, reason }) => context.record.settle(name, { kind, reason })),
  )
  if (isTurnedAway(run) && (await isAnyAcceptedSince(parts.db, othersSeconds))) {
    // Another process of ours has the connections: a pause would stop that one too.
    await Promise.race([
      sleep(Math.min(until - performance.now(), othersRestMs), null, { ref: false }),
      context.closed,
    ])
    run.why = null
  }
  return outcomeOf(run, firstRestSeconds)
}

/** Another process that has the server's connections is known by mails accepted in this time. */
const othersSeconds = 60
const othersRestMs = 10_000

/** Without its record a mail cannot be told from one that was never handed over: no other mail of the call is begun. */
async function settle(
  { record }: Context,
  run: BatchRun<OutgoingMail>,
  { name, settled }: { readonly name: string; readonly settled: Settled },
): Promise<void> {
  await record.settle(name, settled).catch((error: unknown) => {
    stopRun(run, null)
    throw error
  })
}

/** Returns what is to be recorded; null where the mail was not claimed. Throws if the record cannot be written. */
async function deliver(
  context: Context,
  run: BatchRun<OutgoingMail>,
  mail: Undelivered,
): Promise<Settled | null> {
  const { parcel } = mail
  try {
    const carried = await carry(context, run, mail)
    const result = carried.result === null ? null : afterPatience(run, parcel, carried.result)
    if (result !== null) recordResult(run, parcel, result)
    return settledBy(result, carried.isClaimed)
  } catch (error) {
    stopRun(run, null)
    throw error
  }
}

/** The run decides what a refused text means; until then the mail counts as deferred. A claim without a result is given back. */
function settledBy(result: DeliveryResult | null, isClaimed: boolean): Settled | null {
  if (result?.kind === 'accepted' || result?.kind === 'refused' || result?.kind === 'unknown') return result
  if (!isClaimed) return null
  return result?.kind === 'deferred' || (result !== null && isOfText(result))
    ? { kind: 'deferred', reason: result.reason }
    : { kind: 'released' }
}
