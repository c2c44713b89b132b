// adapter · one mail over one connection: envelope, then the record's leave, then the text, then what the server says to it
import { Readable } from 'node:stream'
import type { Connection } from './connections.ts'
import { failureOf } from './connections.ts'
import type { ClaimResult } from './handovers.ts'
import type { Envelope } from './message.ts'
import type { SmtpFailure } from './reply.ts'

export interface Said {
  /** What the record said when the server was ready for the text; null where it never was. `given`: it was on its way. */
  readonly leave: ClaimResult | null
  /** Null: the server has it. */
  readonly failure: SmtpFailure | null
}

interface Course {
  leave: ClaimResult | null
  problem: { readonly error: unknown } | null
}

/**
 * Hands one mail over. `claim` is asked after the server said 354 and before the first octet of the text, so that a mail is
 * unknown only where its text was on its way; a record that cannot be written throws, and the text stays here.
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

/** Whether the connection is ready for another mail after one that the server refused. */
export const isReset = ({ connection }: Connection): Promise<boolean> =>
  new Promise((resolve) => {
    if (connection.destroyed) return resolve(false)
    connection.once('end', () => resolve(false))
    connection.reset((error) => resolve(error === null))
  })
