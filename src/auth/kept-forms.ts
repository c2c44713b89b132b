// shell · what somebody was writing when their session ended: kept sealed for a day, for whoever holds the cookie
import { and, eq, gt, inArray, lt } from 'drizzle-orm'
import * as z from 'zod'
import { bytesOf, textOf } from '../platform/bytes.ts'
import type { Deps } from '../platform/deps.ts'
import { isUuid } from '../platform/uuid.ts'
import { openRow, sealRow } from '../platform/vault/fields.ts'
import { keptForms } from './tables.ts'

const keptHours = 24

const form = z.object({
  path: z.string(),
  pairs: z.array(z.tuple([z.string(), z.string()])),
  operator: z.string().nullable().default(null),
})
/** A form as it was posted: where to, its names and values in order, and by whom, where their cookie still said so. */
export type KeptForm = z.output<typeof form>

/** Answers the id, which is the cookie's value: a UUID whose chance nobody guesses. */
export async function keepForm(deps: Deps, kept: KeptForm): Promise<string> {
  const id = deps.ids()
  await deps.db.insert(keptForms).values({ id, ...columnsOf(deps, id, kept) })
  return id
}

/**
 * In the place of the one that is kept already: a page that counts or previews by itself goes on posting after its session
 * ended. Answers whether there was one.
 */
export async function keepInPlace(deps: Deps, id: string, kept: KeptForm): Promise<boolean> {
  if (!isUuid(id)) return false
  return deps.db.transaction(async (tx) => {
    const gone = await tx
      .delete(keptForms)
      .where(and(eq(keptForms.id, id), gt(keptForms.expiresAt, deps.clock())))
      .returning({ id: keptForms.id })
    if (gone.length > 0) await tx.insert(keptForms).values({ id, ...columnsOf(deps, id, kept) })
    return gone.length > 0
  })
}

const columnsOf = (deps: Deps, id: string, kept: KeptForm) => ({
  sealed: sealRow(deps.vault, deps.chance(12), { table: 'kept_forms', id }, bytesOf(JSON.stringify(kept))),
  expiresAt: new Date(deps.clock().getTime() + keptHours * 3_600_000),
})

/** Null where there is none, it is over, or somebody else wrote it. Reading it changes nothing. */
export async function keptFormOf(deps: Deps, id: string, reader: string): Promise<KeptForm | null> {
  if (!isUuid(id)) return null
  const [row] = await deps.db
    .select({ sealed: keptForms.sealed })
    .from(keptForms)
    .where(and(eq(keptForms.id, id), gt(keptForms.expiresAt, deps.clock())))
  const bytes = row === undefined ? null : openRow(deps.vault, { table: 'kept_forms', id }, row.sealed)
  if (bytes === null) return null
  const kept = form.parse(JSON.parse(textOf(bytes)))
  return kept.operator === null || kept.operator === reader ? kept : null
}

export async function forgetForm(deps: Deps, id: string): Promise<void> {
  if (isUuid(id)) await deps.db.delete(keptForms).where(eq(keptForms.id, id))
}

const dropMost = 1000

export async function dropPastForms(deps: Deps): Promise<void> {
  const past = deps.db
    .select({ id: keptForms.id })
    .from(keptForms)
    .where(lt(keptForms.expiresAt, deps.clock()))
    .limit(dropMost)
  await deps.db.delete(keptForms).where(inArray(keptForms.id, past))
}
