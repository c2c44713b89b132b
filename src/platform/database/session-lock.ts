// adapter · a lock that lives as long as this process: PostgreSQL frees it with the connection, when the process is killed
import postgres from 'postgres'
import * as z from 'zod'
import { aliveSpace } from './alive.ts'
import { checkRows } from './values.ts'

export interface SessionLock {
  close(): Promise<void>
}

const againMs = 500

/**
 * Holds the lock of this name over a connection of its own, and takes it again whenever that connection was lost. Only where each
 * connection is a connection of the server: a pooler would keep the lock for a dead process, or lose it for a living one. Null
 * where another process holds a lock with the same hash. Throws connection errors.
 */
export async function holdSessionLock(url: string, name: string): Promise<SessionLock | null> {
  const state = { closing: false, taking: false }
  const client = postgres(url, {
    max: 1,
    fetch_types: false,
    onnotice: () => {},
    connect_timeout: 10,
    idle_timeout: 0,
    // By default the driver opens a new connection after half an hour or so.
    max_lifetime: null,
    connection: { application_name: 'assent alive' },
    onclose: () => void again(),
  })
  const take = async (): Promise<boolean> => {
    const [row] = checkRows(
      takenRow,
      await client`select pg_try_advisory_lock(${aliveSpace}::integer, hashtext(${name}) & 2147483647) as taken`,
    )
    return row?.taken === true
  }
  const again = async (): Promise<void> => {
    if (state.taking) return
    state.taking = true
    for (let held = false; !held && !state.closing; ) {
      await new Promise((resolve) => setTimeout(resolve, againMs).unref())
      if (!state.closing) held = await take().catch(() => false)
    }
    state.taking = false
  }
  state.taking = true
  const held = await take().catch(async (error: unknown) => {
    state.closing = true
    await client.end({ timeout: 1 })
    throw error
  })
  state.taking = false
  const close = async (): Promise<void> => {
    state.closing = true
    await client.end({ timeout: 1 })
  }
  if (held) return { close }
  await close()
  return null
}

const takenRow = z.object({ taken: z.boolean() })
