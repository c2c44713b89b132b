// adapter · the log: one JSON line an event, with ids and codes, never an address, a name or a token
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

/** What may be said of an unexpected error: its name, code and place. Messages can hold what a person typed. */
export function describeError(error: unknown): LogIds {
  if (!(error instanceof Error)) return { error: typeof error }
  const cause = error.cause instanceof Error ? error.cause : undefined
  const code = codeOf(error) ?? (cause && codeOf(cause))
  const place = (cause?.stack ?? error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 4)
    .map((line) => line.trim().replace(/\(?file:\/\/\S*\/(\S+)\)?/, '$1'))
    .join(' < ')
  return { error: cause?.name ?? error.name, code, place }
}

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined
