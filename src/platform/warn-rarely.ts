// pure · warnings that strangers can trigger, logged at most once a minute with their count
import type { Deps } from './deps.ts'
import { identityOf } from './memory/identity.ts'
import { memo } from './memory/memo.ts'

const everyMs = 60_000

interface LoggedWarning {
  readonly at: number
  /** Since the last line. */
  readonly times: number
}
const loggedWarnings = memo<string, LoggedWarning>({ max: 100, lifetimeMs: Number.POSITIVE_INFINITY })

/** Logs a warning at once the first time, later with the count since the last line. */
export function warnRarely(
  { clock, db, log }: Pick<Deps, 'clock' | 'db' | 'log'>,
  event: string,
  ids: Readonly<Record<string, string>> = {},
): void {
  const now = clock()
  const last = loggedWarnings.known({ of: identityOf(db), now }, event)
  const times = (last?.times ?? 0) + 1
  const isDue = last === undefined || Math.abs(now.getTime() - last.at) >= everyMs
  if (isDue) log.warn(event, { ...ids, times })
  loggedWarnings.keep(
    { of: identityOf(db), now },
    event,
    isDue ? { at: now.getTime(), times: 0 } : { at: last.at, times },
  )
}
