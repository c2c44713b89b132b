// adapter · SMTP mailer: a batch mail by mail over a few connections, with a record in place of idempotency keys. Node only
import type { Deps, Handover, Mailer, SendOutcome } from '../../platform/deps.ts'
import type { SmtpServer } from '../../platform/mail-urls.ts'
import { openPool, type Pool } from './connections.ts'
import { converse, isReset } from './conversation.ts'
import {
  type ClaimResult,
  claimHandover,
  type Entry,
  firstRestSeconds,
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
}

type Parts = Pick<Deps, 'db' | 'clock' | 'log'>

/** Concurrent mails of one call. */
const maxHands = 5
/** Share of the remaining time to wait for a slot; the rest is for the handover. */
const patience = 0.75

/**
 * An SMTP server accepts the same mail twice. So a row marks a mail as being handed over before its text is sent, and then records
 * the answer. A repeated call sends mails without a row and deferred ones. A mail that no worker can still be handing over is
 * unknown: the server may have accepted it (a crash or a cut between the end of DATA and 250), and nobody may get a mail twice.
 *
 * A deferred mail (4xx) is `later` for a day, then refused. Trouble with the server rather than the mail (no connection, 421, a
 * refused sign-in or sender) ends the call: `busy` or `refused` if nothing was handed over.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-4.2.5
 * @see https://www.rfc-editor.org/rfc/rfc1047
 */
export function smtpMailer(parts: Parts, options: SmtpOptions): Mailer {
  const lines = openPool({ ...options, timeoutMs: options.timeoutSeconds * 1000 })
  const closed = Promise.withResolvers<false>()
  const state = { offersSmtpUtf8: false, closing: false }
  const office: Office = { parts, options, lines, state, closed: closed.promise }
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
        office,
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
      const taken = await lines.take()
      if (!taken.ok) return tellUnreached(office, taken.failure)
      state.offersSmtpUtf8 = taken.line.offersSmtpUtf8
      lines.giveBack(taken.line)
    },
    close: async () => {
      state.closing = true
      closed.resolve(false)
      lines.close()
    },
  }
}

interface Office {
  readonly parts: Parts
  readonly options: SmtpOptions
  readonly lines: Pool
  readonly state: { offersSmtpUtf8: boolean; closing: boolean }
  readonly closed: Promise<false>
}

const handoverOf = (entry: Entry | undefined): Handover | null => {
  if (entry === undefined || entry.kind === 'deferred') return null
  return entry.kind === 'under_way' ? { kind: 'unknown' } : entry
}

async function send(office: Office, parcels: readonly OutgoingMail[]): Promise<SendOutcome> {
  const { parts, options } = office
  if (parcels.length === 0) return { kind: 'accepted', ids: [], rejected: [] }
  const opened = await openRecord(
    parts.db,
    parcels.map(({ name }) => name),
    options.timeoutSeconds,
  )
  const round = beginRun(parcels, opened.entries)
  const until = performance.now() + options.timeoutSeconds * 1000
  const mayGoOn = async (): Promise<boolean> => {
    const patienceMs = (until - performance.now()) * patience
    return !office.state.closing && patienceMs > 0 && Promise.race([options.turn(patienceMs), office.closed])
  }
  const hand = async (): Promise<void> => {
    // Mails without a slot in time stay open; the batch comes back for them.
    for (let parcel = nextOf(round); parcel !== undefined && (await mayGoOn()); parcel = nextOf(round))
      await deliver(office, round, { parcel, notAfter: opened.notAfter })
  }
  const hands = await Promise.allSettled(Array.from({ length: maxHands }, hand))
  const failed = hands.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  await Promise.all(
    leftToRecord(round).map(({ name, kind, reason }) => settleHandover(parts.db, name, { kind, reason })),
  )
  return outcomeOf(round, firstRestSeconds)
}

/** Throws if the record cannot be written. */
async function deliver(
  office: Office,
  round: BatchRun<OutgoingMail>,
  mail: { readonly parcel: OutgoingMail; readonly notAfter: Date },
): Promise<void> {
  const { parcel } = mail
  try {
    const carried = await carry(office, round, mail)
    if (carried === null) return
    const fate = afterPatience(round, parcel, carried.fate)
    const { db } = office.parts
    if (fate.kind === 'accepted' || fate.kind === 'refused' || fate.kind === 'unknown')
      await settleHandover(db, parcel.name, fate)
    // The run decides what a refused text means; until then the mail counts as deferred.
    else if (carried.begun && (fate.kind === 'deferred' || fate.kind === 'text_refused'))
      await settleHandover(db, parcel.name, { kind: 'deferred', reason: fate.reason })
    recordResult(round, parcel, fate)
  } catch (error) {
    stopRun(round, null)
    throw error
  }
}

interface Carried {
  readonly fate: DeliveryResult
  readonly begun: boolean
}

/** Null if not tried: no connection, or another worker has the batch. */
async function carry(
  office: Office,
  round: BatchRun<OutgoingMail>,
  { parcel, notAfter }: { readonly parcel: OutgoingMail; readonly notAfter: Date },
): Promise<Carried | null> {
  const { parts, options, lines, state } = office
  const returnPath = options.returnPath?.(parcel.tag) ?? null
  const message = await composed(parcel, { at: parts.clock(), returnPath })
  for (;;) {
    const taken = await lines.take()
    if (!taken.ok) {
      tellUnreached(office, taken.failure)
      stopRun(round, unreachedOf(taken.failure))
      return null
    }
    const { line, isFresh } = taken
    state.offersSmtpUtf8 = line.offersSmtpUtf8
    if (needsSmtpUtf8(parcel) && !line.offersSmtpUtf8) {
      lines.giveBack(line)
      return { fate: { kind: 'refused', reason: 'the SMTP server offers no SMTPUTF8' }, begun: false }
    }
    const claim = (): Promise<ClaimResult> =>
      claimHandover(parts.db, parcel.name, { notAfter, seconds: options.timeoutSeconds * 1.5 })
    const said = await converse(line, message, { claim, timeoutMs: options.timeoutSeconds * 1000 }).catch(
      (error: unknown) => {
        lines.drop(line)
        throw error
      },
    )
    if (said.failure === null || (said.failure.responseCode !== undefined && (await isReset(line))))
      lines.giveBack(line)
    else lines.drop(line)
    if (said.leave === 'taken') yieldBatch(round, options.timeoutSeconds)
    if (said.leave === 'late') stopRun(round, null)
    if (said.leave === 'taken' || said.leave === 'late') return null
    if (said.failure === null) return { fate: { kind: 'accepted' }, begun: true }
    const names = [parcel.to, message.envelope.from, parcel.from, options.server.credentials?.user ?? '']
    const fate = deliveryResultOf(said.failure, said.leave === 'given', names)
    if (fate.kind !== 'lost') return { fate, begun: said.leave === 'given' }
    // The server may have closed an old connection meanwhile; a fresh one was broken by this mail.
    if (isFresh) return { fate: { kind: 'deferred', reason: 'the connection broke' }, begun: false }
  }
}

function tellUnreached({ parts }: Office, failure: Parameters<typeof unreachedOf>[0]): void {
  const { code, originalCode, responseCode } = failure
  parts.log.warn('smtp.unreached', { code: originalCode ?? code, status: responseCode })
}
