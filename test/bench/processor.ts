// adapter · processor time of PostgreSQL, by its processes as Linux counts them
import { readFileSync } from 'node:fs'
import type postgres from 'postgres'

/** A tick of /proc is a hundredth of a second on Linux. */
const microsecondsPerTick = 10_000

/** Starts counting; the returned function returns microseconds. 0 where there is no /proc. */
export async function processorOfPostgres(admin: postgres.Sql): Promise<() => Promise<number>> {
  const total = async (): Promise<number> => {
    const rows = await admin<{ pid: number }[]>`select pid from pg_stat_activity`
    return rows.reduce((sum, { pid }) => sum + ticksOf(pid), 0)
  }
  const before = await total()
  return async () => ((await total()) - before) * microsecondsPerTick
}

/** utime and stime, the 14th and 15th values; the second is the name, in brackets. */
function ticksOf(pid: number): number {
  try {
    const values = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return Number(values[11] ?? 0) + Number(values[12] ?? 0)
  } catch {
    return 0
  }
}
