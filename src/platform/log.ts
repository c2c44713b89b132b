// adapter · the log: one JSON line per event, with ids and codes, never an address, a name or a token
import type { Log, LogIds } from './deps.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const

export function createLog(least: (typeof levels)[number] | 'silent', write: (line: string) => void): Log {
  const from = least === 'silent' ? levels.length : levels.indexOf(least)
  const at =
    (level: (typeof levels)[number]) =>
    (event: string, ids: LogIds = {}) => {
      if (levels.indexOf(level) >= from)
        write(`${JSON.stringify({ at: new Date().toISOString(), level, event, ...ids })}\n`)
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
