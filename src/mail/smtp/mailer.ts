// adapter · SMTP mailer: a batch mail by mail over a few connections, with a record in place of idempotency keys. Node only
import { setTimeout as sleep } from 'node:timers/promises'
import type { Deps, Handover, Mailer, SendOutcome } from '../../platform/deps.ts'
import type { SmtpServer } from '../../platform/mail-urls.ts'
import { openPool, type Pool } from './connections.ts'
import { converse, isReset } from './conversation.ts'
import {
  type ClaimResult,
  claimHandover,
  type Entry,
  firstRestSeconds,
  isAnyAcceptedSince,
  nameOf,
  openRecord,
  rememberedHours,
  settleHandover,
} from './handovers.ts'
import { composed, needsSmtpUtf8, type OutgoingMail, outgoingMailOf } from './message.ts'
import { type DeliveryResult, deliveryResultOf, unreachedOf } from './reply.ts'
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
  yieldBatch,
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
  const context: Context = { parts, options, pool, state, closed: closed.promise }
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
    send: (mails, key) =>
      send(
        context,
        mails.map((mail, index) => outgoingMailOf(mail, index, key)),
      ),
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
      state.offersSmtpUtf8 = taken.line.offersSmtpUtf8
      pool.giveBack(taken.line)
    },
    close: async () => {
      state.closing = true
      closed.resolve(false)
      pool.close()
    },
  }
}

interface Context {
  readonly parts: Parts
  readonly options: SmtpOptions
  readonly pool: Pool
  readonly state: { offersSmtpUtf8: boolean; closing: boolean }
  readonly closed: Promise<false>
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
  const work = async (): Promise<void> => {
    // Mails without a slot in time stay open; the batch comes back for them.
    for (let parcel = nextOf(run); parcel !== undefined && (await mayGoOn()); parcel = nextOf(run))
      await deliver(context, run, { parcel, notAfter: opened.notAfter, isOver })
  }
  const workers = await Promise.allSettled(Array.from({ length: maxWorkers }, work))
  const failed = workers.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  await Promise.all(
    leftToRecord(run).map(({ name, kind, reason }) => settleHandover(parts.db, name, { kind, reason })),
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

/** Throws if the record cannot be written. */
async function deliver(context: Context, run: BatchRun<OutgoingMail>, mail: Undelivered): Promise<void> {
  const { parcel } = mail
  try {
    const carried = await carry(context, run, mail)
    if (carried === null) return
    const result = afterPatience(run, parcel, carried.result)
    const { db } = context.parts
    if (result.kind === 'accepted' || result.kind === 'refused' || result.kind === 'unknown')
      await settleHandover(db, parcel.name, result)
    // The run decides what a refused text means; until then the mail counts as deferred.
    else if (carried.begun && (result.kind === 'deferred' || isOfText(result)))
      await settleHandover(db, parcel.name, { kind: 'deferred', reason: result.reason })
    recordResult(run, parcel, result)
  } catch (error) {
    stopRun(run, null)
    throw error
  }
}

interface Undelivered {
  readonly parcel: OutgoingMail
  readonly notAfter: Date
  readonly isOver: () => boolean
}

interface Carried {
  readonly result: DeliveryResult
  readonly begun: boolean
}

/** Null if not tried: no connection, or another worker has the batch. */
async function carry(
  context: Context,
  run: BatchRun<OutgoingMail>,
  { parcel, notAfter, isOver }: Undelivered,
): Promise<Carried | null> {
  const { parts, options, pool, state } = context
  let wasTurnedAway = false
  const returnPath = options.returnPath?.(parcel.tag) ?? null
  const message = await composed(parcel, { at: parts.clock(), returnPath })
  for (;;) {
    const taken = await pool.take()
    if (!taken.ok) {
      logUnreached(context, taken.failure)
      stopRun(run, unreachedOf(taken.failure))
      return null
    }
    const { line, isFresh } = taken
    state.offersSmtpUtf8 = line.offersSmtpUtf8
    // Waiting for a connection took the time of this call.
    if (isOver()) {
      pool.giveBack(line)
      stopRun(run, null)
      return null
    }
    if (needsSmtpUtf8(parcel) && !line.offersSmtpUtf8) {
      pool.giveBack(line)
      return { result: { kind: 'refused', reason: 'the SMTP server offers no SMTPUTF8' }, begun: false }
    }
    const claim = (): Promise<ClaimResult> =>
      claimHandover(parts.db, parcel.name, { notAfter, seconds: options.timeoutSeconds * 1.5 })
    const conversation = await converse(line, message, {
      claim,
      timeoutMs: options.timeoutSeconds * 1000,
    }).catch((error: unknown) => {
      pool.drop(line)
      throw error
    })
    const { failure } = conversation
    if (failure?.responseCode === closing) {
      const areOthersOpen = pool.turnedAway(line, failure)
      // Servers also end a connection after some mails or minutes; a fresh one ended is one too many, or this mail's fault.
      if (conversation.leave === null && (!isFresh || areOthersOpen)) {
        if (isFresh && wasTurnedAway)
          return { result: { kind: 'deferred', reason: 'the server closed the connection' }, begun: false }
        wasTurnedAway ||= isFresh
        continue
      }
    } else if (failure === null || (failure.responseCode !== undefined && (await isReset(line))))
      pool.giveBack(line)
    else pool.drop(line)
    if (conversation.leave === 'taken') yieldBatch(run, options.timeoutSeconds)
    if (conversation.leave === 'late') stopRun(run, null)
    if (conversation.leave === 'taken' || conversation.leave === 'late') return null
    if (failure === null) return { result: { kind: 'accepted' }, begun: true }
    const names = [parcel.to, message.envelope.from, parcel.from, options.server.credentials?.user ?? '']
    const result = deliveryResultOf(failure, conversation.leave === 'given', names)
    if (result.kind !== 'lost') return { result, begun: conversation.leave === 'given' }
    // The server may have closed an old connection meanwhile; a fresh one was broken by this mail.
    if (isFresh) return { result: { kind: 'deferred', reason: 'the connection broke' }, begun: false }
  }
}

/** "Service closing transmission channel", RFC 5321 section 4.2.3. */
const closing = 421

function logUnreached({ parts }: Context, failure: Parameters<typeof unreachedOf>[0]): void {
  const { code, originalCode, responseCode } = failure
  parts.log.warn('smtp.unreached', { code: originalCode ?? code, status: responseCode })
}
