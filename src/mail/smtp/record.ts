// adapter · writes of the SMTP mailer's record, those of one moment together: one commit for the mails of all connections. I4
import type { Database } from '../../platform/database/database.ts'
import { isTransient } from '../../platform/failures.ts'
import {
  type ClaimResult,
  type ClaimTerms,
  type RecordChange,
  type Settled,
  writeRecord,
} from './handovers.ts'

export interface HandoverWriter {
  /** The right to send a mail's text. */
  claim(mail: string, terms: ClaimTerms): Promise<ClaimResult>
  settle(mail: string, settled: Settled): Promise<void>
}

interface Waiting {
  readonly change: RecordChange
  readonly done: (leave: ClaimResult) => void
  readonly failed: (error: unknown) => void
}

/** The next group forms while one is written: two at once were half as large each, and cost PostgreSQL twice the commits. */
const maxGroups = 1
const maxChanges = 100

/**
 * A commit for each claim and each result made two durable writes a mail. Now a connection that waits for its claim waits with the
 * others, and the results of mails just accepted are in the same statement.
 */
export function handoverWriter(db: Pick<Database, '$client'>): HandoverWriter {
  const waiting: Waiting[] = []
  const state = { groups: 0, starts: false }

  const start = (): void => {
    if (state.starts || state.groups >= maxGroups || waiting.length === 0) return
    state.starts = true
    // After pending replies were read, so that what comes together is written together.
    setImmediate(() => {
      state.starts = false
      state.groups += 1
      void write(db, nextGroup(waiting)).finally(() => {
        state.groups -= 1
        start()
      })
      start()
    })
  }
  const add = (change: RecordChange): Promise<ClaimResult> =>
    new Promise((done, failed) => {
      waiting.push({ change, done, failed })
      start()
    })
  return {
    claim: (mail, terms) => add({ mail, kind: 'claimed', ...terms }),
    settle: async (mail, settled) => void (await add({ mail, ...settled })),
  }
}

/** Takes out the changes of the next group: each mail once. */
function nextGroup(waiting: Waiting[]): readonly Waiting[] {
  const group = new Map<string, Waiting>()
  const later: Waiting[] = []
  for (const one of waiting.splice(0))
    if (group.size < maxChanges && !group.has(one.change.mail)) group.set(one.change.mail, one)
    else later.push(one)
  waiting.push(...later)
  return [...group.values()]
}

/**
 * Never rejects: each change has its own answer. Results are written once more after a broken connection, since a lost one would
 * make the mail unknown; a claim is not, since its first writing may have been committed, and would then be taken for another's.
 */
async function write(db: Pick<Database, '$client'>, group: readonly Waiting[], again = false): Promise<void> {
  try {
    const leaves = await writeRecord(
      db,
      group.map(({ change }) => change),
    )
    for (const { change, done } of group) done(leaves.get(change.mail) ?? 'given')
  } catch (error) {
    const results =
      again || !isTransient(error) ? [] : group.filter(({ change }) => change.kind !== 'claimed')
    for (const one of group) if (!results.includes(one)) one.failed(error)
    if (results.length > 0) await write(db, results, true)
  }
}
