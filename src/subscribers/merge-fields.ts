// shell · writes a subscriber's field values, protected ones as ciphertext
import { eq, sql } from 'drizzle-orm'
import type { RegisteredField } from '../lists/list.ts'
import type { Tx } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { sealField } from '../platform/vault/fields.ts'
import { subscribers } from './tables.ts'

export type AttributeValue = string | number | boolean

/** Sets the values of registered fields; null removes a value. */
export async function mergeFields(
  deps: Pick<Deps, 'vault' | 'randomBytes'>,
  tx: Tx,
  change: {
    subscriber: number
    fields: readonly RegisteredField[]
    values: Readonly<Record<string, AttributeValue | null>>
    locale?: string | undefined
  },
): Promise<void> {
  const [row] = await tx
    .select({ uid: subscribers.uid })
    .from(subscribers)
    .where(eq(subscribers.id, change.subscriber))
    .for('update')
  if (row === undefined) return
  const known = change.fields.filter((field) => Object.hasOwn(change.values, field.key))
  const removed = known.filter((field) => change.values[field.key] === null).map((field) => field.key)
  const set = Object.fromEntries(
    known.flatMap((field) => {
      const value = change.values[field.key]
      return value === undefined || value === null ? [] : [[field.key, stored(deps, row.uid, field, value)]]
    }),
  )
  await tx
    .update(subscribers)
    .set({
      attributes: sql`(${subscribers.attributes} - ${`{${removed.join(',')}}`}::text[]) || ${JSON.stringify(set)}::jsonb`,
      ...(change.locale === undefined ? {} : { locale: change.locale }),
    })
    .where(eq(subscribers.id, change.subscriber))
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
