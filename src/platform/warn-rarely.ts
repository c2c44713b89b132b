// pure · what strangers can make us write into the log is written once a minute, with how often it happened
import type { Deps } from './deps.ts'
import { identityOf } from './memory/identity.ts'
import { memo } from './memory/memo.ts'

const everyMs = 60_000

interface Said {
  readonly at: number
  /** Since then. */
  readonly times: number
}
const said = memo<string, Said>({ max: 100, lifetimeMs: Number.POSITIVE_INFINITY })

/** A warning: at once the first time, and then with the number of times since the last line. */
export function warnRarely(
  { clock, db, log }: Pick<Deps, 'clock' | 'db' | 'log'>,
  event: string,
  ids: Readonly<Record<string, string>> = {},
): void {
  const now = clock()
  const last = said.known({ of: identityOf(db), now }, event)
  const times = (last?.times ?? 0) + 1
  const isDue = last === undefined || Math.abs(now.getTime() - last.at) >= everyMs
  if (isDue) log.warn(event, { ...ids, times })
  said.keep(
    { of: identityOf(db), now },
    event,
    isDue ? { at: now.getTime(), times: 0 } : { at: last.at, times },
  )
}
