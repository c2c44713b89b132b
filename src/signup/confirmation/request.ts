// sql · sign-up requests by their ids, for pages and mails
import { inArray } from 'drizzle-orm'
import type { Locale } from '../../i18n/locale.ts'
import { isLocale } from '../../i18n/locale.ts'
import type { List } from '../../lists/list.ts'
import type { Executor } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { textOf } from '../../platform/encoding/bytes.ts'
import { openRow } from '../../platform/vault/fields.ts'
import { readSignupBody, type SignupBody } from '../body.ts'
import { listsOfRequests } from '../processing/queries.ts'
import { signupRequests } from '../tables.ts'

export type RequestState = 'open' | 'confirmed' | 'refused' | 'expired'

export interface SignupRequest {
  readonly id: string
  /** The number of the list whose form was used. */
  readonly list: number
  readonly locale: Locale
  readonly state: RequestState
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly tries: number
  /** Null once the request is closed, when its personal data is deleted. */
  readonly body: SignupBody | null
  /** The lists that wait for the confirmation. */
  readonly lists: readonly List[]
}

/** Null for an unknown request, and for one that is not processed yet or was set aside. */
export const findRequest = async (
  deps: Pick<Deps, 'vault'>,
  db: Executor,
  id: string,
): Promise<SignupRequest | null> => (await findRequests(deps, db, [id])).get(id) ?? null

/** Several, by id, in as many statements as one; the others have no entry. */
export async function findRequests(
  deps: Pick<Deps, 'vault'>,
  db: Executor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, SignupRequest>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select()
    .from(signupRequests)
    .where(inArray(signupRequests.id, [...ids]))
  const open = rows.filter(({ state }) => state === 'open').map(({ id }) => id)
  const lists = await listsOfRequests(db, open)
  return new Map(
    rows.flatMap((row) => {
      const found = requestOf(deps, row, lists.get(row.id) ?? [])
      return found === null ? [] : [[row.id, found] as const]
    }),
  )
}

function requestOf(
  deps: Pick<Deps, 'vault'>,
  row: typeof signupRequests.$inferSelect,
  lists: readonly List[],
): SignupRequest | null {
  const { id, list, locale, sealed, createdAt, expiresAt, tries } = row
  const state = stateOf(row.state)
  if (state === null || !isLocale(locale)) return null
  const plain = sealed.length === 0 ? null : openRow(deps.vault, { table: 'signup_requests', id }, sealed)
  const body = plain === null ? null : readSignupBody(textOf(plain))
  return { id, list, locale, state, createdAt, expiresAt, tries, body, lists }
}

/** Null for `received` and `stuck`. */
const stateOf = (text: string): RequestState | null =>
  text === 'open' || text === 'confirmed' || text === 'refused' || text === 'expired' ? text : null
