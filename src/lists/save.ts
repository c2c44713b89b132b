// shell · writes a list, its purposes and fields; called by consent/publish, which adds the notices
import { and, eq, isNotNull, isNull, notInArray, sql } from 'drizzle-orm'
import type { Tx } from '../platform/database/database.ts'
import { DomainError, invalid } from '../platform/errors.ts'
import { fieldsWithKey, forgetLists } from './find.ts'
import type { ListSettings } from './list.ts'
import { fields, lists, purposes } from './tables.ts'

/** Throws DomainError `conflict` where the slug is taken. */
export async function insertList(
  tx: Tx,
  settings: ListSettings,
  made: { id: string; at: Date },
): Promise<{ number: number }> {
  const [row] = await tx
    .insert(lists)
    .values({ ...rowOf(settings), id: made.id, createdAt: made.at })
    .onConflictDoNothing({ target: lists.slug })
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
  await refuseTwoMeanings(tx, list, settings)
  await tx
    .insert(purposes)
    .values(settings.purposes.map((purpose, position) => ({ list, position, ...purpose })))
    .onConflictDoUpdate({
      target: [purposes.list, purposes.key],
      set: { position: sql`excluded.position`, title: sql`excluded.title`, text: sql`excluded.text` },
    })
  const keys = settings.fields.map((field) => field.key)
  await tx
    .delete(fields)
    .where(
      keys.length === 0 ? eq(fields.list, list) : and(eq(fields.list, list), notInArray(fields.key, keys)),
    )
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
      },
    })
}

async function refuseTwoMeanings(tx: Tx, list: number, settings: ListSettings): Promise<void> {
  const elsewhere = await fieldsWithKey(
    tx,
    settings.fields.map((field) => field.key),
    list,
  )
  for (const [at, field] of settings.fields.entries()) {
    const other = elsewhere.find((one) => one.key === field.key)
    if (other !== undefined && (other.type !== field.type || other.protected !== field.protected))
      throw invalid(
        `fields.${at}.key`,
        `Another list has a field "${field.key}" that is ${other.protected ? 'protected ' : ''}${other.type}; a key means the same everywhere.`,
      )
  }
}
