// adapter · what stands between us and PostgreSQL: nothing, or a pooler, and what that pooler does to statements and commits
import postgres from 'postgres'
import * as z from 'zod'
import { codeOf, rootOf } from '../failures.ts'
import { checkRows, whole } from './values.ts'

/**
 * `none`: a connection of ours is a connection of the server, as directly or through a pooler in session mode. `tracking`: the
 * pooler gives each transaction whatever server connection is free and takes prepared statements along (PgBouncer from 1.21 with
 * max_prepared_statements). `forgetful`: the statements stay behind.
 */
export type Pooler = 'none' | 'tracking' | 'forgetful'

export interface Between {
  readonly pooler: Pooler
  /** Whether a commit that was acknowledged is one, and that of an aborted transaction is answered by ROLLBACK. */
  readonly commitsHold: boolean
}

/** A pooler with a single server connection answers only when the transaction is over. */
const patienceMs = 2000

/** Asks with two connections of its own, which are closed afterwards; about six round trips. Throws what connecting throws. */
export async function lookBetween(url: string): Promise<Between> {
  const open = () =>
    postgres(url, { max: 1, fetch_types: false, connect_timeout: 10, onnotice: () => {}, idle_timeout: 0 })
  const [first, second] = [open(), open()]
  try {
    return { pooler: await poolerOf(first, second), commitsHold: await commitsHold(second) }
  } finally {
    await Promise.all([first.end({ timeout: 1 }), second.end({ timeout: 1 })])
  }
}

/**
 * A statement is prepared on the first connection and asked again while a transaction of the second holds a server
 * connection: a pooler answers from another one. The driver stops preparing where the server had forgotten the statement.
 */
async function poolerOf(first: postgres.Sql, second: postgres.Sql): Promise<Pooler> {
  const before = await backendOf(first)
  const asked = await second.begin(async (tx) => {
    const [row] = checkRows(backendRow, await tx.unsafe('select pg_backend_pid() as pid'))
    const again = backendOf(first)
    let timer: ReturnType<typeof setTimeout> | undefined
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, patienceMs)
    })
    await Promise.race([again, patience])
    clearTimeout(timer)
    return { held: row?.pid ?? 0, again }
  })
  // Once nothing is held, the answer comes in any case: a slow one is waited for, so that only what it says decides.
  const after = await asked.again
  if (first.options.prepare === false) return 'forgetful'
  return asked.held === before || after !== before ? 'tracking' : 'none'
}

/** As a template: the driver prepares those, and a statement that is only sent tells nothing. */
const backendOf = async (client: postgres.Sql): Promise<number> => {
  const [row] = checkRows(backendRow, await client`select pg_backend_pid() as pid`)
  return row?.pid ?? 0
}

const backendRow = z.object({ pid: whole })

async function commitsHold(client: postgres.Sql): Promise<boolean> {
  const id = await client.begin(async (tx) => {
    const [row] = checkRows(transactionRow, await tx.unsafe('select pg_current_xact_id()::text as id'))
    return row?.id ?? ''
  })
  const [kept] = checkRows(
    statusRow,
    await client.unsafe('select pg_xact_status($1::text::xid8) as status', [id]),
  )
  return kept?.status === 'committed' && (await abortedIsRolledBack(client))
}

const transactionRow = z.object({ id: z.string() })
const statusRow = z.object({ status: z.string().nullable() })

/** By hand, since the driver itself rolls back what failed. */
async function abortedIsRolledBack(client: postgres.Sql): Promise<boolean> {
  const held = await client.reserve()
  try {
    await held.unsafe('begin')
    await held.unsafe('select 1 / 0').catch((error: unknown) => {
      if (codeOf(error) !== divisionByZero) throw error
    })
    return (await held.unsafe('commit')).command === 'ROLLBACK'
  } finally {
    held.release()
  }
}

const divisionByZero = '22012'

/** A pooler in statement mode lets no transaction pass. PgBouncer says so in words alone: its SQLSTATE is any breach of protocol. */
export const isStatementMode = (error: unknown): boolean => {
  const root = rootOf(error)
  return root instanceof Error && codeOf(root) === '08P01' && root.message.includes('statement pooling mode')
}
