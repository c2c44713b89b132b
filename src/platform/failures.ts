// pure · what may be said of an unexpected error, and whether trying again can help
import type { LogIds } from './deps.ts'

/**
 * The error behind an error. Drizzle wraps what the driver throws, with the statement and its parameters in the message:
 * that message is never shown.
 */
export const rootOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? error.cause : error

/** SQLSTATE, or the code of Node or the driver; empty where there is none. */
export function codeOf(error: unknown): string {
  const root = rootOf(error)
  return root instanceof Error && 'code' in root && typeof root.code === 'string' ? root.code : ''
}

/** Its name, code and place. Messages can hold what a person typed. */
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
 * Whether the same act may well succeed in a moment: connections, serialisation, deadlocks, a full disk, a server that
 * restarts or takes no writes for a while.
 */
export const isTransient = (error: unknown): boolean =>
  /^(?:08|25006|40|53|55|57|58|CONNECT|E[A-Z_]+$)/.test(codeOf(error))

/** Each in turn: one that fails keeps none of those behind it waiting. The first error is thrown at the end. */
export async function eachInTurn<One>(
  all: readonly One[],
  act: (one: One) => Promise<unknown>,
): Promise<void> {
  const errors: unknown[] = []
  for (const one of all) await act(one).catch((error: unknown) => void errors.push(error))
  if (errors.length > 0) throw errors[0]
}
