// sql · a sign-up request by the token of its link, as the pages and the mails need it
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
  /** The number of the list whose form it was. */
  readonly list: number
  readonly locale: Locale
  readonly state: RequestState
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly tries: number
  /** Null once the request is closed: nothing of the person is kept here then. */
  readonly body: SignupBody | null
  /** The lists that wait for the answer. */
  readonly lists: readonly List[]
}

/** Null where there is no such request, or nothing was decided about it yet. */
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

/** Null before anything was decided, and where nothing could be. */
const stateOf = (text: string): RequestState | null =>
  text === 'open' || text === 'confirmed' || text === 'refused' || text === 'expired' ? text : null

/** What the person ticked for a list, beside what the list is about. */
export const askedPurposes = (body: SignupBody, list: List): readonly string[] =>
  body.lists.find(({ id }) => id === list.id)?.purposes ?? []
