// shell · writes a list, its purposes and fields; called by consent/publish, which adds the notices
import { and, eq, isNotNull, isNull, notInArray, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Tx } from '../platform/database/database.ts'
import { readRows } from '../platform/database/rows.ts'
import { DomainError } from '../platform/errors.ts'
import { forgetLists } from './find.ts'
import type { Field, ListSettings } from './list.ts'
import { fields, lists, purposes } from './tables.ts'

/** Throws DomainError `conflict` where the slug, or the id of a form that was sent before, is taken. */
export async function insertList(
  tx: Tx,
  settings: ListSettings,
  made: { id: string; at: Date },
): Promise<{ number: number }> {
  const [row] = await tx
    .insert(lists)
    .values({ ...rowOf(settings), id: made.id, createdAt: made.at })
    .onConflictDoNothing()
    .returning({ number: lists.number })
  if (row === undefined) throw slugTaken(settings.slug)
  await saveParts(tx, row.number, settings)
  forgetLists(tx)
  return row
}

/** Throws DomainError `conflict` where the new slug is taken. */
export async function updateList(tx: Tx, number: number, settings: ListSettings): Promise<void> {
  const [taken] = await tx
    .select({ number: lists.number })
    .from(lists)
    .where(and(eq(lists.slug, settings.slug), sql`${lists.number} <> ${number}`))
  if (taken !== undefined) throw slugTaken(settings.slug)
  await tx
    .update(lists)
    .set({ ...rowOf(settings), version: sql`${lists.version} + 1` })
    .where(eq(lists.number, number))
  await saveParts(tx, number, settings)
  forgetLists(tx)
}

export const setNotices = async (
  tx: Tx,
  number: number,
  notices: Readonly<Record<string, string>>,
): Promise<void> => {
  await tx.update(lists).set({ notices }).where(eq(lists.number, number))
  forgetLists(tx)
}

/** Reopens the list where `at` is null. Returns false where nothing changed. */
export async function setArchived(tx: Tx, number: number, at: Date | null): Promise<boolean> {
  const rows = await tx
    .update(lists)
    .set({ archivedAt: at, version: sql`${lists.version} + 1` })
    .where(
      and(eq(lists.number, number), at === null ? isNotNull(lists.archivedAt) : isNull(lists.archivedAt)),
    )
    .returning({ number: lists.number })
  forgetLists(tx)
  return rows.length === 1
}

const slugTaken = (slug: string): DomainError =>
  new DomainError('conflict', `A list with the slug "${slug}" already exists. Choose another.`, {
    faults: [{ path: 'slug', message: 'This slug is taken.' }],
  })

function rowOf(whole: ListSettings) {
  const { slug, name, purposes: _purposes, fields: _fields, ...settings } = whole
  return { slug, name, settings }
}

async function saveParts(tx: Tx, list: number, settings: ListSettings): Promise<void> {
  await tx
    .insert(purposes)
    .values(settings.purposes.map((purpose, position) => ({ list, position, ...purpose })))
    .onConflictDoUpdate({
      target: [purposes.list, purposes.key],
      set: { position: sql`excluded.position`, title: sql`excluded.title`, text: sql`excluded.text` },
    })
  await saveFields(tx, list, settings)
}

async function saveFields(tx: Tx, list: number, settings: ListSettings): Promise<void> {
  await refuseOtherMeanings(tx, list, settings)
  const keys = settings.fields.map((field) => field.key)
  await tx
    .update(fields)
    .set({ removed: true })
    .where(and(eq(fields.list, list), keys.length === 0 ? undefined : notInArray(fields.key, keys)))
  if (keys.length === 0) return
  await tx
    .insert(fields)
    .values(
      settings.fields.map(({ legal_basis, ...field }, position) => ({
        list,
        position,
        legalBasis: legal_basis,
        ...field,
      })),
    )
    .onConflictDoUpdate({
      target: [fields.list, fields.key],
      set: {
        position: sql`excluded.position`,
        label: sql`excluded.label`,
        options: sql`excluded.options`,
        purpose: sql`excluded.purpose`,
        legalBasis: sql`excluded.legal_basis`,
        required: sql`excluded.required`,
        filterable: sql`excluded.filterable`,
        sensitive: sql`excluded.sensitive`,
        removed: false,
      },
    })
}

/**
 * A key whose values people gave keeps its type, protection and purpose, also while it is off the form: an answer is used for
 * what it was asked for. A key without values begins anew. Throws `invalid`. GDPR Art. 5(1)(b)
 */
async function refuseOtherMeanings(tx: Tx, list: number, settings: ListSettings): Promise<void> {
  const before = await tx.select().from(fields).where(eq(fields.list, list))
  const others = settings.fields.flatMap((field, at) => {
    const row = before.find(({ key }) => key === field.key)
    return row === undefined || hasMeaning(row, field) ? [] : [{ field, at, row }]
  })
  const told = await keysWithValues(
    tx,
    list,
    others.map(({ field }) => field.key),
  )
  const faults = others
    .filter(({ field }) => told.includes(field.key))
    .map(({ field: { key, purpose }, at, row }) => ({
      path: `fields.${at}.${row.purpose === purpose ? 'key' : 'purpose'}`,
      message: `People gave answers to "${key}", as ${row.protected ? 'protected ' : ''}${row.type} for the purpose "${row.purpose}". Keep this, or choose another key.`,
    }))
  if (faults.length > 0)
    throw new DomainError(
      'invalid',
      'The list was not saved: answers keep the purpose they were given for.',
      {
        faults,
      },
    )
  for (const { field } of others)
    await tx.delete(fields).where(and(eq(fields.list, list), eq(fields.key, field.key)))
}

type Meaning = Pick<Field, 'type' | 'protected' | 'purpose'>

const hasMeaning = (row: Readonly<Record<keyof Meaning, unknown>>, field: Meaning): boolean =>
  row.type === field.type && row.protected === field.protected && row.purpose === field.purpose

/** Those of the keys for which somebody on the list gave a value. */
async function keysWithValues(tx: Tx, list: number, keys: readonly string[]): Promise<readonly string[]> {
  if (keys.length === 0) return []
  const rows = await readRows(
    tx,
    keyRow,
    sql`
      select key
      from unnest(${`{${keys.join(',')}}`}::text[]) as key
      where exists (select from details as d where d.list = ${list} and d.attributes ->> key is not null)`,
  )
  return rows.map(({ key }) => key)
}

const keyRow = z.object({ key: z.string() })
