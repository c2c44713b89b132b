// adapter · one mail of a call: a connection, the claim, the handover, and what it came to. I4
import type { Deps } from '../../platform/deps.ts'
import type { Pool } from './connections.ts'
import { converse, isReset } from './conversation.ts'
import type { ClaimResult } from './handovers.ts'
import type { SmtpOptions } from './mailer.ts'
import { composed, needsSmtpUtf8, type OutgoingMail } from './message.ts'
import type { HandoverWriter } from './record.ts'
import { type DeliveryResult, deliveryResultOf, unreachedOf } from './reply.ts'
import { type BatchRun, stopRun, yieldBatch } from './round.ts'
import { closing } from './session.ts'

/** What the calls of one mailer share. */
export interface Context {
  readonly parts: Pick<Deps, 'db' | 'clock' | 'log'>
  readonly options: SmtpOptions
  readonly pool: Pool
  readonly record: HandoverWriter
  readonly state: { offersSmtpUtf8: boolean; closing: boolean }
  readonly closed: Promise<false>
}

export interface Undelivered {
  readonly parcel: OutgoingMail
  readonly notAfter: Date
  readonly isOver: () => boolean
}

interface Carried {
  /** Null if not tried: no connection, or another worker has the batch. */
  readonly result: DeliveryResult | null
  /** Whether this call has the right to send the mail, which it gives back if it does not use it. */
  readonly isClaimed: boolean
}

/** The claim of one mail, made at its first use: on a second connection the mail has it already. */
function claimOnce(context: Context, { parcel, notAfter }: Undelivered) {
  const { record, options } = context
  const state: { claim: Promise<ClaimResult> | null; isGiven: boolean; until: number } = {
    claim: null,
    isGiven: false,
    until: 0,
  }
  const timeoutMs = options.timeoutSeconds * 1000
  return {
    claim: (): Promise<ClaimResult> => {
      state.until ||= performance.now() + timeoutMs
      state.claim ??= record
        .claim(parcel.name, { notAfter, seconds: options.timeoutSeconds * 1.5 })
        .then((leave) => {
          state.isGiven = leave === 'given'
          return leave
        })
      return state.claim
    },
    isGiven: (): boolean => state.isGiven,
    /** No mail is on its way for longer than its claim holds. */
    leftMs: (): number => (state.until === 0 ? timeoutMs : Math.max(1, state.until - performance.now())),
  }
}

/** Hands one mail over, on a second connection where the first was an old one that broke. */
export async function carry(
  context: Context,
  run: BatchRun<OutgoingMail>,
  mail: Undelivered,
): Promise<Carried> {
  const { parts, options, pool, state } = context
  const { parcel, isOver } = mail
  let wasTurnedAway = false
  const returnPath = options.returnPath?.(parcel.tag) ?? null
  const message = composed(parcel, { at: parts.clock(), returnPath })
  const claiming = claimOnce(context, mail)
  const ended = (result: DeliveryResult | null): Carried => ({ result, isClaimed: claiming.isGiven() })
  for (;;) {
    const taken = await pool.take()
    if (!taken.ok) {
      logUnreached(context, taken.failure)
      stopRun(run, unreachedOf(taken.failure))
      return ended(null)
    }
    const { line, isFresh } = taken
    state.offersSmtpUtf8 = line.offers.smtpUtf8
    // Waiting for a connection took the time of this call.
    if (isOver()) {
      pool.giveBack(line)
      stopRun(run, null)
      return ended(null)
    }
    if (needsSmtpUtf8(parcel) && !line.offers.smtpUtf8) {
      pool.giveBack(line)
      return ended({ kind: 'refused', reason: 'the SMTP server offers no SMTPUTF8' })
    }
    const { begun, leave, failure } = await converse(line, message, {
      claim: claiming.claim,
      timeoutMs: claiming.leftMs(),
    }).catch((error: unknown) => {
      pool.drop(line)
      throw error
    })
    if (failure?.responseCode === closing) {
      const areOthersOpen = pool.turnedAway(line, failure)
      // Servers also end a connection after some mails or minutes; a fresh one ended is one too many, or this mail's fault.
      if (!begun && (!isFresh || areOthersOpen)) {
        if (isFresh && wasTurnedAway)
          return ended({ kind: 'deferred', reason: 'the server closed the connection' })
        wasTurnedAway ||= isFresh
        continue
      }
    } else if (failure === null || (failure.responseCode !== undefined && (await isReset(line))))
      pool.giveBack(line)
    else pool.drop(line)
    if (leave === 'taken') yieldBatch(run, options.timeoutSeconds)
    if (leave === 'late') stopRun(run, null)
    if (leave === 'taken' || leave === 'late') return ended(null)
    if (failure === null) return ended({ kind: 'accepted' })
    const names = [parcel.to, message.envelope.from, parcel.from, options.server.credentials?.user ?? '']
    const result = deliveryResultOf(failure, begun, names)
    if (result.kind !== 'lost') return ended(result)
    // The server may have closed an old connection meanwhile; a fresh one was broken by this mail.
    if (isFresh) return ended({ kind: 'deferred', reason: 'the connection broke' })
  }
}

export function logUnreached({ parts }: Context, failure: Parameters<typeof unreachedOf>[0]): void {
  const { code, originalCode, responseCode } = failure
  parts.log.warn('smtp.unreached', { code: originalCode ?? code, status: responseCode })
}
