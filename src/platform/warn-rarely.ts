// pure · what strangers can make us write into the log is written once a minute, with how often it happened
import type { Deps } from './deps.ts'
import { identityOf } from './identity.ts'

const everyMs = 60_000

interface Said {
  readonly at: number
  /** Since then. */
  readonly times: number
}
const said = new WeakMap<object, Map<string, Said>>()

/** A warning: at once the first time, and then with the number of times since the last line. */
export function warnRarely(
  { clock, db, log }: Pick<Deps, 'clock' | 'db' | 'log'>,
  event: string,
  ids: Readonly<Record<string, string>> = {},
): void {
  const memory = said.get(identityOf(db)) ?? new Map<string, Said>()
  said.set(identityOf(db), memory)
  const now = clock().getTime()
  const last = memory.get(event)
  const times = (last?.times ?? 0) + 1
  const isDue = last === undefined || Math.abs(now - last.at) >= everyMs
  if (isDue) log.warn(event, { ...ids, times })
  memory.set(event, isDue ? { at: now, times: 0 } : { at: last.at, times })
}
