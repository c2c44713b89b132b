// entry · API keys on the command line: `key create`, limited to lists, with an end
import { createKey } from '../auth/keys.ts'
import { isRole, roles } from '../auth/roles.ts'
import { findList } from '../lists/find.ts'
import { StartRefused } from '../node/start-refused.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError } from '../platform/errors.ts'

export interface KeyAsked {
  readonly role?: string | undefined
  readonly name?: string | undefined
  /** Slugs or ids; none: every list. */
  readonly list?: readonly string[] | undefined
  /** Days until the key expires, or `never`. */
  readonly expires?: string | undefined
}

export interface KeyMade {
  readonly id: string
  readonly key: string
  readonly role: string
  readonly name: string
  readonly lists: readonly string[] | null
  readonly expires_at: string | null
}

const usualDays = '365'

/** A key without a maker: nobody's removal revokes it. Throws StartRefused with a sentence for what is wrong. */
export async function makeKey(deps: Deps, asked: KeyAsked): Promise<KeyMade> {
  const { role, name, days } = checkKey(asked)
  const lists = await listsNamed(deps, asked.list ?? [])
  const expiresAt = days === null ? null : new Date(deps.clock().getTime() + days * 86_400_000)
  const made = await createKey(
    deps,
    { kind: 'system' },
    { role, name, lists: lists?.map(({ number }) => number) ?? null, expiresAt },
  ).catch((error: unknown) => {
    throw error instanceof DomainError ? new StartRefused(error.message, error) : error
  })
  return {
    ...made,
    role,
    name,
    lists: lists?.map(({ id }) => id) ?? null,
    expires_at: expiresAt?.toISOString() ?? null,
  }
}

/** What can be refused before the database is asked. */
export function checkKey({ role = '', name = '', expires = usualDays }: KeyAsked) {
  if (!isRole(role)) throw new StartRefused(`--role must be one of ${roles.join(', ')}.`)
  if (name.trim() === '') throw new StartRefused('--name is required.')
  if (expires !== 'never' && !/^[1-9]\d{0,3}$/.test(expires))
    throw new StartRefused('--expires must be a number of days from 1 to 9999, or never.')
  return { role, name: name.trim(), days: expires === 'never' ? null : Number(expires) }
}

async function listsNamed(deps: Deps, names: readonly string[]) {
  if (names.length === 0) return null
  const found = await Promise.all(names.map(async (name) => ({ name, list: await findList(deps.db, name) })))
  return found.map(({ name, list }) => {
    if (list === null) throw new StartRefused(`--list ${name.slice(0, 63)}: there is no such list.`)
    return list
  })
}

export const keyInWords = ({ key, role, lists, expires_at }: KeyMade): string =>
  [
    key,
    `This key is shown only once: store it now. Role: ${role}. Lists: ${lists === null ? 'all' : lists.length}. ${expires_at === null ? 'It never expires.' : `It expires on ${expires_at.slice(0, 10)}.`}`,
  ].join('\n')
