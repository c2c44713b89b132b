// adapter · one mail over one connection: envelope, claim, text, the server's answer
import { Readable } from 'node:stream'
import type { Connection } from './connections.ts'
import { failureOf } from './connections.ts'
import type { ClaimResult } from './handovers.ts'
import type { Envelope } from './message.ts'
import type { SmtpFailure } from './reply.ts'

export interface Said {
  /** Null if the server never became ready for the text. `given`: text sent. */
  readonly leave: ClaimResult | null
  /** Null: accepted. */
  readonly failure: SmtpFailure | null
}

interface Course {
  leave: ClaimResult | null
  problem: { readonly error: unknown } | null
}

/**
 * `claim` runs between the server's 354 and the first octet of the text, so that a mail becomes unknown only once its text is on
 * the way. Throws, without sending the text, if the claim cannot be recorded.
 */
export async function converse(
  { connection }: Connection,
  mail: { readonly envelope: Envelope; readonly text: Buffer },
  { claim, timeoutMs }: { claim: () => Promise<ClaimResult>; timeoutMs: number },
): Promise<Said> {
  const course: Course = { leave: null, problem: null }
  const text = new Readable({
    read() {
      claim().then(
        (leave) => {
          course.leave = leave
          if (leave !== 'given') return this.destroy(new Error(leave))
          this.push(mail.text)
          return this.push(null)
        },
        (error: unknown) => {
          course.problem = { error }
          this.destroy(new Error('not recorded'))
        },
      )
    },
  })
  const failure = await new Promise<SmtpFailure | null>((resolve) => {
    const timer = setTimeout(() => {
      connection.close()
      resolve({ code: 'ETIMEDOUT' })
    }, timeoutMs)
    const { size, dsn, from, to } = mail.envelope
    connection.send({ from, to, size, dsn }, text, (error) => {
      clearTimeout(timer)
      resolve(error === null ? null : failureOf(error))
    })
  })
  if (course.problem !== null) throw course.problem.error
  return { leave: course.leave, failure }
}

/** Whether another mail can follow a refused one. */
export const isReset = ({ connection }: Connection): Promise<boolean> =>
  new Promise((resolve) => {
    if (connection.destroyed) return resolve(false)
    connection.once('end', () => resolve(false))
    connection.reset((error) => resolve(error === null))
  })
