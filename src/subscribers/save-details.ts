// shell · writes what one list knows of a person: field values, protected ones as ciphertext, and tags
import { sql } from 'drizzle-orm'
import type { List, RegisteredField } from '../lists/list.ts'
import type { Tx } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { sealField } from '../platform/vault/fields.ts'
import { details, tags } from './tables.ts'

export type AttributeValue = string | number | boolean

export interface DetailsChange {
  readonly subscriber: { readonly number: number; readonly uid: string }
  readonly list: Pick<List, 'number' | 'fields'>
  /** By key, of fields of this list; null removes a value. Other keys are passed over. */
  readonly values?: Readonly<Record<string, AttributeValue | null>> | undefined
  /** The complete set, in place of the previous tags of this list; ensureTags has made them. */
  readonly tags?: readonly string[] | undefined
}

/** The subscription exists and is locked: the foreign key needs it, and acts that meet take their locks in one order. */
export async function saveDetails(
  deps: Pick<Deps, 'vault' | 'randomBytes'>,
  tx: Tx,
  { subscriber, list, values = {}, tags: names }: DetailsChange,
): Promise<void> {
  const known = list.fields.filter((field) => Object.hasOwn(values, field.key))
  if (known.length === 0 && names === undefined) return
  const removed = known.flatMap(({ key }) => (values[key] === null ? [key] : []))
  const set = Object.fromEntries(
    known.flatMap((field) => {
      const value = values[field.key]
      return value === undefined || value === null
        ? []
        : [[field.key, stored(deps, subscriber.uid, field, value)]]
    }),
  )
  await tx
    .insert(details)
    .values({
      list: list.number,
      subscriber: subscriber.number,
      attributes: set,
      tags: sql`${idsOf(names ?? [])}`,
    })
    .onConflictDoUpdate({
      target: [details.list, details.subscriber],
      set: {
        attributes: sql`(${details.attributes} - ${`{${removed.join(',')}}`}::text[]) || excluded.attributes`,
        tags: names === undefined ? sql`${details.tags}` : sql`excluded.tags`,
      },
    })
}

const idsOf = (names: readonly string[]) => sql`array(
  select id from tags where name in (select jsonb_array_elements_text(${JSON.stringify(names)}::jsonb)) order by id)`

/** Tags are an operator's own words, created at first use: all of a transaction at once, in order, so that two cannot deadlock. */
export async function ensureTags(tx: Tx, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await tx
    .insert(tags)
    .values([...new Set(names)].sort().map((name) => ({ name })))
    .onConflictDoNothing()
}

const stored = (
  deps: Pick<Deps, 'vault' | 'randomBytes'>,
  uid: string,
  field: RegisteredField,
  value: AttributeValue,
): AttributeValue =>
  field.protected
    ? Buffer.from(
        sealField(deps.vault, deps.randomBytes(12), { uid, field: field.key }, String(value)),
      ).toString('base64')
    : value
