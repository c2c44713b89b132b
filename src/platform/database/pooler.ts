// adapter · detection of a pooler between this process and PostgreSQL, and of its effect on statements and commits
import postgres from 'postgres'
import * as z from 'zod'
import { codeOf, rootOf } from '../failures.ts'
import { checkRows, whole } from './values.ts'

/**
 * `none`: each connection is a server connection (direct, or a pooler in session mode). `tracking`: the pooler assigns a
 * server connection per transaction and carries prepared statements along (PgBouncer from 1.21 with max_prepared_statements).
 * `forgetful`: the pooler drops prepared statements.
 */
export type Pooler = 'none' | 'tracking' | 'forgetful'

export interface DetectedPooler {
  readonly pooler: Pooler
  /** Whether an acknowledged commit is really committed, and COMMIT of an aborted transaction is answered with ROLLBACK. */
  readonly commitsHold: boolean
}

/** A pooler with a single server connection answers only after the transaction ends. */
const patienceMs = 2000

/** Probes over two connections of its own, which are closed afterwards; about six round trips. Throws connection errors. */
export async function detectPooler(url: string): Promise<DetectedPooler> {
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
 * Prepares a statement on the first connection and runs it again while a transaction of the second holds a server connection:
 * a pooler then uses another server connection. The driver stops preparing once the server has lost the statement.
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
  // With no transaction open, the answer always comes: waiting for a slow one leaves the decision to the answer, not to the
  // timer.
  const after = await asked.again
  if (first.options.prepare === false) return 'forgetful'
  return asked.held === before || after !== before ? 'tracking' : 'none'
}

/** A tagged template, because the driver prepares only those; an unprepared statement would prove nothing. */
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
  const [row] = checkRows(
    statusRow,
    await client.unsafe('select pg_xact_status($1::text::xid8) as status', [id]),
  )
  return row?.status === 'committed' && (await abortedIsRolledBack(client))
}

const transactionRow = z.object({ id: z.string() })
const statusRow = z.object({ status: z.string().nullable() })

/** Over a reserved connection, because the driver itself rolls back a failed transaction. */
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

/** Whether connections may ask for a statement_timeout: PgBouncer refuses settings that it cannot carry along. */
export async function takesTimeLimit(url: string): Promise<boolean> {
  const probe = postgres(url, {
    max: 1,
    fetch_types: false,
    connect_timeout: 10,
    onnotice: () => {},
    connection: { statement_timeout: 60_000 },
  })
  try {
    await probe.unsafe('select 1')
    return true
  } catch (error) {
    if (codeOf(error) !== protocolViolation) throw error
    return false
  } finally {
    await probe.end({ timeout: 1 })
  }
}

const protocolViolation = '08P01'

/**
 * A pooler in statement mode refuses transactions. PgBouncer reports this in the message only: its SQLSTATE covers any
 * protocol violation.
 */
export const isStatementMode = (error: unknown): boolean => {
  const root = rootOf(error)
  return (
    root instanceof Error &&
    codeOf(root) === protocolViolation &&
    root.message.includes('statement pooling mode')
  )
}
