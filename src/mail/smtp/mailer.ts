// adapter · an SMTP server of one's own: a batch mail by mail over a few connections, with a record where SMTP has no keys. Node only
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
  /** What we call ourselves to the server. */
  readonly hello: string
  /** Where what cannot be delivered goes back to, for the mail with this tag; null: to the sender of each mail. */
  readonly returnPath: ((tag: string) => string) | null
  /** Waits for the next mail's turn; false, and no turn is used, where it is further away than `patienceMs`. */
  readonly turn: (patienceMs: number) => Promise<boolean>
  /** How long one mail may take; no call begins a mail later than that after its start. */
  readonly timeoutSeconds: number
}

type Parts = Pick<Deps, 'db' | 'clock' | 'log'>

/** Mails of one call on their way at once. */
const maxHands = 5
/** Of what is left of a call a mail waits for its turn at most; the rest is for handing it over. */
const patience = 0.75

/**
 * SMTP knows no keys: a server takes the same mail twice. So before the text of a mail is sent a row says that it is being
 * handed over, and after the answer what the answer was. The same call again sends what has no row or was put off. A mail
 * whose row says "being handed over" when nobody can be at it any more is unknown: it may have been accepted (a crash or a cut
 * between the end of DATA and 250), and nobody gets anything twice.
 *
 * A mail that is put off (4xx) is `later` for a day, then refused. Trouble with the server rather than the mail (no connection,
 * 421, a sign-in or a sender that is refused) ends the call: `busy` or `refused` where nothing was handed over by it.
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
      // The mailer makes it, for service mail too.
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
    // Whoever finds no turn in time is left without a fate: the batch comes back for them.
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

/** Carries one mail to its fate, and writes down what must not be forgotten. Throws where the record cannot be written. */
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
    // The round decides what its text being refused means; until then it is as good as put off.
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

/** Null where it was not tried: nobody answers, or another worker has it. */
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
    // An old connection may have been closed by the server meanwhile; a new one that breaks breaks on this mail.
    if (isFresh) return { fate: { kind: 'deferred', reason: 'the connection broke' }, begun: false }
  }
}

function tellUnreached({ parts }: Office, failure: Parameters<typeof unreachedOf>[0]): void {
  const { code, originalCode, responseCode } = failure
  parts.log.warn('smtp.unreached', { code: originalCode ?? code, status: responseCode })
}
