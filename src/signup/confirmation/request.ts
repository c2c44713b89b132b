// sql · a sign-up request by its id, for pages and mails
import { eq } from 'drizzle-orm'
import type { Locale } from '../../i18n/locale.ts'
import { isLocale } from '../../i18n/locale.ts'
import type { List } from '../../lists/list.ts'
import type { Executor } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { textOf } from '../../platform/encoding/bytes.ts'
import { openRow } from '../../platform/vault/fields.ts'
import { readSignupBody, type SignupBody } from '../body.ts'
import { listsOfRequest } from '../processing/queries.ts'
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
export async function findRequest(
  deps: Pick<Deps, 'vault'>,
  db: Executor,
  id: string,
): Promise<SignupRequest | null> {
  const [row] = await db.select().from(signupRequests).where(eq(signupRequests.id, id))
  if (row === undefined || !isLocale(row.locale)) return null
  const state = stateOf(row.state)
  if (state === null) return null
  const plain =
    row.sealed.length === 0 ? null : openRow(deps.vault, { table: 'signup_requests', id }, row.sealed)
  return {
    id,
    list: row.list,
    locale: row.locale,
    state,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    tries: row.tries,
    body: plain === null ? null : readSignupBody(textOf(plain)),
    lists: state === 'open' ? await listsOfRequest(db, id) : [],
  }
}

/** Null for `received` and `stuck`. */
const stateOf = (text: string): RequestState | null =>
  text === 'open' || text === 'confirmed' || text === 'refused' || text === 'expired' ? text : null
