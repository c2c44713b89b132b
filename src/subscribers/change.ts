// shell · corrects a subscriber's language, time zone, fields and tags, with the audit row in the same transaction. GDPR Art. 16
import { eq, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { Locale } from '../i18n/locale.ts'
import { readField } from '../lists/field-value.ts'
import type { RegisteredField } from '../lists/list.ts'
import type { Tx } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError, invalid } from '../platform/errors.ts'
import { fieldRegistry, subscriberVersion, versionOfSubscriber } from './find.ts'
import { type AttributeValue, mergeFields } from './merge-fields.ts'
import { subscribers } from './tables.ts'
import { setTags } from './tags.ts'
import { isKnownZone } from './zone.ts'

export interface SubscriberChange {
  readonly locale?: Locale | undefined
  /** IANA name; null: not known. */
  readonly timezone?: string | null | undefined
  /** Values by key; null removes the value. */
  readonly fields?: Readonly<Record<string, AttributeValue | null>> | undefined
  /** The complete set, in place of the previous tags. */
  readonly tags?: readonly string[] | undefined
}

/**
 * Throws DomainError `invalid` with a fault per field (`fields.<key>`), and `conflict` where the subscriber's version is no
 * longer `seen` (SubscriberRow.version).
 */
export async function changeSubscriber(
  deps: Deps,
  actor: Actor,
  about: {
    subscriber: { readonly number: number; readonly uid: string }
    change: SubscriberChange
    seen?: string
  },
): Promise<void> {
  const { subscriber, change } = about
  const registry = await fieldRegistry(deps.db)
  const values = checkedValues(registry, change.fields ?? {})
  if (change.timezone != null && !(await isKnownZone(deps.db, change.timezone)))
    throw invalid('timezone', 'The database does not know this time zone. Choose a city nearby.')
  await deps.db.transaction(async (tx) => {
    if (about.seen !== undefined && (await lockedVersion(tx, subscriber.number)) !== about.seen)
      throw new DomainError('conflict', 'Someone else changed this person meanwhile.')
    await mergeFields(deps, tx, {
      subscriber: subscriber.number,
      fields: [...registry.values()],
      values,
      locale: change.locale,
    })
    if (change.timezone !== undefined)
      await tx
        .update(subscribers)
        .set({ timezone: change.timezone })
        .where(eq(subscribers.id, subscriber.number))
    if (change.tags !== undefined) await setTags(tx, subscriber.number, change.tags)
    await recordAct(deps, tx, {
      actor,
      verb: 'subscriber.change',
      subject: { kind: 'subscriber', id: subscriber.uid },
      details: { changed: Object.keys(change) },
    })
  })
}

function checkedValues(
  registry: ReadonlyMap<string, RegisteredField>,
  sent: Readonly<Record<string, AttributeValue | null>>,
): Readonly<Record<string, AttributeValue | null>> {
  const read = Object.entries(sent).map(([key, value]) => checkedValue(registry.get(key), key, value))
  const faults = read.flatMap((one) => ('fault' in one ? [one.fault] : []))
  if (faults.length > 0) throw new DomainError('invalid', 'Some fields are not valid.', { faults })
  return Object.fromEntries(read.flatMap((one) => ('value' in one ? [[one.key, one.value]] : [])))
}

function checkedValue(field: RegisteredField | undefined, key: string, value: AttributeValue | null) {
  const path = `fields.${key}`
  if (field === undefined) return { fault: { path, message: `There is no field "${key.slice(0, 60)}".` } }
  if (value === null) return { key, value }
  const read = readField(field, [String(value)])
  return read.kind === 'value'
    ? { key, value: read.value }
    : { fault: { path, message: `This is not a valid ${field.type}.` } }
}

async function lockedVersion(tx: Tx, subscriber: number): Promise<string> {
  const row = await readRow(
    tx,
    versionRow,
    sql`select ${versionOfSubscriber} as version from subscribers as p where p.id = ${subscriber} for update`,
  )
  return row?.version ?? ''
}

const versionRow = z.object({ version: subscriberVersion })
