// shell · what an operator was writing when their session ended: kept sealed for a day, for them and who holds the cookie
import { and, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Deps } from '../platform/deps.ts'
import { bytesOf, textOf } from '../platform/encoding/bytes.ts'
import { isUuid, uuidOf } from '../platform/encoding/uuid.ts'
import { type Allowance, takeTogether } from '../platform/network/limits.ts'
import { openRow, sealRow } from '../platform/vault/fields.ts'
import { keptForms } from './tables.ts'

const keptHours = 24
/** A letter of 60,000 characters; of 30,000 in Cyrillic. */
export const maxKeptBytes = 64 * 1024
/** Browsers in which one operator's sessions end within a day. */
const maxPerOperator = 5
/** 32 MB. */
const maxInAll = 500

const form = z.object({ path: z.string(), pairs: z.array(z.tuple([z.string(), z.string()])) })
/** A form as it was posted: where to, its names and values in order. */
export type SavedForm = z.output<typeof form>

export type SaveOutcome =
  /** `id` is the cookie's value: 128 bits of chance. */
  | { readonly kind: 'kept'; readonly id: string }
  | { readonly kind: 'too_large' }
  /** This operator has as many waiting as may, or the whole deployment has. */
  | { readonly kind: 'full' }
  | { readonly kind: 'limited' }

/**
 * In the place of the form that `before` names where that one is this operator's: a page that counts or previews by itself goes
 * on posting after its session ended. Else as a new one, which takes the allowances of a network.
 */
export async function saveForm(
  deps: Deps,
  kept: SavedForm,
  from: { operator: string; before: string; allowances: readonly Allowance[] },
): Promise<SaveOutcome> {
  const plain = bytesOf(JSON.stringify(kept))
  if (plain.length > maxKeptBytes) return { kind: 'too_large' }
  const { operator, before } = from
  if (isUuid(before)) {
    const replaced = await deps.db
      .update(keptForms)
      .set(contentOf(deps, before, plain))
      .where(mine(deps, before, operator))
      .returning({ id: keptForms.id })
    if (replaced.length > 0) return { kind: 'kept', id: before }
  }
  return insertForm(deps, plain, from)
}

async function insertForm(
  deps: Deps,
  plain: Uint8Array,
  { operator, allowances }: { operator: string; allowances: readonly Allowance[] },
): Promise<SaveOutcome> {
  const id = uuidOf(deps.randomBytes(16))
  const { sealed, expiresAt } = contentOf(deps, id, plain)
  return deps.db.transaction(async (tx): Promise<SaveOutcome> => {
    if ((await takeTogether(tx, allowances, deps.clock())) !== null) return { kind: 'limited' }
    // One after the other, so that all who come at once are counted.
    await tx.execute(sql`lock table kept_forms in share row exclusive mode`)
    const inserted = await tx.execute(sql`
      insert into kept_forms (id, operator, sealed, expires_at)
      select ${id}::uuid, ${operator}::uuid, ${Buffer.from(sealed)}::bytea, ${expiresAt.toISOString()}::timestamptz
      where (select count(*) from kept_forms where operator = ${operator}::uuid) < ${maxPerOperator}
        and (select count(*) from kept_forms) < ${maxInAll}
      returning 1`)
    return inserted.length > 0 ? { kind: 'kept', id } : { kind: 'full' }
  })
}

const contentOf = (deps: Deps, id: string, plain: Uint8Array) => ({
  sealed: sealRow(deps.vault, deps.randomBytes(12), { table: 'kept_forms', id }, plain),
  expiresAt: new Date(deps.clock().getTime() + keptHours * 3_600_000),
})

const mine = (deps: Deps, id: string, operator: string) =>
  and(eq(keptForms.id, id), eq(keptForms.operator, operator), gt(keptForms.expiresAt, deps.clock()))

/** Null where there is none, it is over, or another operator wrote it. Reading it changes nothing. */
export async function savedFormOf(deps: Deps, id: string, operator: string): Promise<SavedForm | null> {
  if (!isUuid(id)) return null
  const [row] = await deps.db
    .select({ sealed: keptForms.sealed })
    .from(keptForms)
    .where(mine(deps, id, operator))
  const bytes = row === undefined ? null : openRow(deps.vault, { table: 'kept_forms', id }, row.sealed)
  return bytes === null ? null : form.parse(JSON.parse(textOf(bytes)))
}

/** Leaves another operator's alone. */
export async function forgetForm(deps: Deps, id: string, operator: string): Promise<void> {
  if (isUuid(id)) await deps.db.delete(keptForms).where(mine(deps, id, operator))
}

const maxDrop = 1000

export async function dropPastForms(deps: Deps): Promise<void> {
  const past = deps.db
    .select({ id: keptForms.id })
    .from(keptForms)
    .where(lt(keptForms.expiresAt, deps.clock()))
    .limit(maxDrop)
  await deps.db.delete(keptForms).where(inArray(keptForms.id, past))
}
