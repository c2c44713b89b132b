// shell · corrects a subscriber's language, time zone, and what each list knows, with the audit row in the same transaction. GDPR Art. 16
import { eq, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { Locale } from '../i18n/locale.ts'
import { readField } from '../lists/field-value.ts'
import type { List, RegisteredField } from '../lists/list.ts'
import type { Tx } from '../platform/database/database.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError, type Fault, invalid } from '../platform/errors.ts'
import { type ListsSeen, subscriberVersion, versionOfSubscriber } from './find.ts'
import { type AttributeValue, ensureTags, saveDetails } from './save-details.ts'
import { subscribers } from './tables.ts'
import { isKnownZone } from './zone.ts'

/** What one list knows of the person, as it shall be. */
export interface ListChange {
  readonly list: Pick<List, 'number' | 'id' | 'fields'>
  /** Values by key; null removes the value. */
  readonly fields?: Readonly<Record<string, AttributeValue | null>> | undefined
  /** The complete set, in place of the previous tags of this list. */
  readonly tags?: readonly string[] | undefined
}

export interface SubscriberChange {
  readonly locale?: Locale | undefined
  /** IANA name; null: not known. */
  readonly timezone?: string | null | undefined
  readonly subscriptions?: readonly ListChange[] | undefined
}

/**
 * Throws DomainError `invalid` with a fault per field (`subscriptions.<position>.fields.<key>`), and `conflict` where the
 * subscriber's version, as far as the lists `seen` go, is no longer the one seen (SubscriberRow.version).
 */
export async function changeSubscriber(
  deps: Deps,
  actor: Actor,
  about: {
    subscriber: { readonly number: number; readonly uid: string }
    change: SubscriberChange
    seen?: { readonly version: string; readonly lists: ListsSeen }
  },
): Promise<void> {
  const { subscriber, change } = about
  const subscriptions = checkedChanges(change.subscriptions ?? [])
  if (change.timezone != null && !(await isKnownZone(deps.db, change.timezone)))
    throw invalid('timezone', 'The database does not know this time zone. Choose a city nearby.')
  await deps.db.transaction(async (tx) => {
    await lockSubscriptionsOf(tx, subscriber.number, subscriptions)
    const version = await lockedVersion(tx, subscriber.number, about.seen?.lists ?? null)
    if (about.seen !== undefined && version !== about.seen.version)
      throw new DomainError('conflict', 'Someone else changed this person meanwhile.')
    await ensureTags(
      tx,
      subscriptions.flatMap(({ tags = [] }) => tags),
    )
    for (const { list, fields, tags } of subscriptions)
      await saveDetails(deps, tx, { subscriber, list, values: fields, tags })
    await savePerson(tx, subscriber.number, change)
    await recordAct(deps, tx, {
      actor,
      verb: 'subscriber.change',
      subject: { kind: 'subscriber', id: subscriber.uid },
      details: {
        changed: changedIn(change),
        ...listsChangedIn(subscriptions),
      },
    })
  })
}

async function savePerson(tx: Tx, subscriber: number, { locale, timezone }: SubscriberChange): Promise<void> {
  const set = {
    ...(locale === undefined ? {} : { locale }),
    ...(timezone === undefined ? {} : { timezone }),
  }
  if (Object.keys(set).length === 0) return
  await tx.update(subscribers).set(set).where(eq(subscribers.id, subscriber))
}

const changedIn = ({ subscriptions = [], ...person }: SubscriberChange): readonly string[] => [
  ...Object.keys(person),
  ...(['fields', 'tags'] as const).filter((part) => subscriptions.some((one) => one[part] !== undefined)),
]

const listsChangedIn = (changes: readonly ListChange[]): { lists?: readonly string[] } => {
  const lists = changes.flatMap(({ list, fields, tags }) =>
    fields === undefined && tags === undefined ? [] : [list.id],
  )
  return lists.length === 0 ? {} : { lists }
}

function checkedChanges(sent: readonly ListChange[]): readonly ListChange[] {
  const faults: Fault[] = []
  const checked = sent.map(({ list, fields = {}, tags }, at): ListChange => {
    if (sent.findIndex((one) => one.list.number === list.number) !== at)
      faults.push({ path: `subscriptions.${at}.list`, message: 'This list is there twice.' })
    const read = Object.entries(fields).map(([key, value]) =>
      checkedValue(
        list.fields.find((one) => one.key === key),
        { key, value, path: `subscriptions.${at}.fields.${key}` },
      ),
    )
    faults.push(...read.flatMap((one) => ('fault' in one ? [one.fault] : [])))
    const values = read.flatMap((one) => ('value' in one ? [[one.key, one.value] as const] : []))
    return { list, tags, ...(values.length === 0 ? {} : { fields: Object.fromEntries(values) }) }
  })
  if (faults.length > 0) throw new DomainError('invalid', 'Some fields are not valid.', { faults })
  return checked
}

function checkedValue(
  field: RegisteredField | undefined,
  { key, value, path }: { key: string; value: AttributeValue | null; path: string },
) {
  if (field === undefined)
    return { fault: { path, message: `There is no field "${key.slice(0, 60)}" on this list.` } }
  if (value === null) return { key, value }
  const read = readField(field, [String(value)])
  return read.kind === 'value'
    ? { key, value: read.value }
    : { fault: { path, message: `This is not a valid ${field.type}.` } }
}

/**
 * Before the person's row, in the order of a confirmation, so that the two cannot deadlock. Throws `invalid` for a list that the
 * person has no subscription to, or an erased one: nothing is kept about them there.
 */
async function lockSubscriptionsOf(
  tx: Tx,
  subscriber: number,
  changes: readonly ListChange[],
): Promise<void> {
  if (changes.length === 0) return
  const rows = await readRows(
    tx,
    listRow,
    sql`
      select s.list
      from subscriptions as s
      where s.subscriber = ${subscriber}
        and s.list = any(${`{${changes.map(({ list }) => list.number).join(',')}}`}::bigint[])
        and s.state <> 'erased'
      order by s.id
      for key share`,
  )
  const faults = changes.flatMap(({ list }, at) =>
    rows.some((row) => row.list === list.number)
      ? []
      : [{ path: `subscriptions.${at}.list`, message: 'This person has no subscription to this list.' }],
  )
  if (faults.length > 0) throw new DomainError('invalid', 'Some lists are not the person’s.', { faults })
}

const listRow = z.object({ list: whole })

async function lockedVersion(tx: Tx, subscriber: number, lists: ListsSeen): Promise<string> {
  await tx
    .select({ id: subscribers.id })
    .from(subscribers)
    .where(eq(subscribers.id, subscriber))
    .for('update')
  const row = await readRow(
    tx,
    versionRow,
    sql`select ${versionOfSubscriber(lists)} as version from subscribers as p where p.id = ${subscriber}`,
  )
  return row?.version ?? ''
}

const versionRow = z.object({ version: subscriberVersion })
