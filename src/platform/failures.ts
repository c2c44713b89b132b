// pure · unexpected errors: what may be logged of them, and whether a retry can help
import type { LogIds } from './deps.ts'

/**
 * The error behind an error. Drizzle wraps driver errors and puts the statement and its parameters in the message: that
 * message is never shown.
 */
export const rootOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? error.cause : error

/** SQLSTATE, or the code of Node or the driver; empty where there is none. */
export function codeOf(error: unknown): string {
  const root = rootOf(error)
  return root instanceof Error && 'code' in root && typeof root.code === 'string' ? root.code : ''
}

/** Name, code and place of an error. Messages can hold user input. */
export function describeError(error: unknown): LogIds {
  const root = rootOf(error)
  if (!(root instanceof Error)) return { error: typeof root }
  const place = (root.stack ?? '')
    .replace(root.message, '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 4)
    .map((line) => line.trim().replace(/\(?file:\/\/\S*\/(\S+)\)?/, '$1'))
    .join(' < ')
  return { error: root.name, code: codeOf(root), place }
}

/**
 * Whether the same act may succeed shortly: connection errors, serialisation failures, deadlocks, a full disk, a server that
 * restarts or is read-only for a while. Node's own `ERR_…` are faults of the program.
 */
export const isTransient = (error: unknown): boolean =>
  /^(?:08|25006|40|53|55|57|58|CONNECT|E(?!RR_)[A-Z_]+$)/.test(codeOf(error))

/** Runs `act` for each item in turn; a failure does not stop the items after it. Throws the first error at the end. */
export async function eachInTurn<One>(
  all: readonly One[],
  act: (one: One) => Promise<unknown>,
): Promise<void> {
  const errors: unknown[] = []
  for (const one of all) await act(one).catch((error: unknown) => void errors.push(error))
  if (errors.length > 0) throw errors[0]
}
