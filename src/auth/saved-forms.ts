// shell · forms posted after a session expired: kept sealed for a day, for the same operator in the same browser
import { and, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Deps } from '../platform/deps.ts'
import { bytesOf, textOf } from '../platform/encoding/bytes.ts'
import { isUuid, uuidOf } from '../platform/encoding/uuid.ts'
import { type Allowance, takeTogether } from '../platform/network/limits.ts'
import { openRow, sealRow } from '../platform/vault/fields.ts'
import { keptForms } from './tables.ts'

const keptHours = 24
/** Room for 60,000 Latin or 30,000 Cyrillic characters. */
export const maxKeptBytes = 64 * 1024
/** Browsers in which one operator's sessions may expire within a day. */
const maxPerOperator = 5
/** 32 MB in total. */
const maxInAll = 500

const form = z.object({ path: z.string(), pairs: z.array(z.tuple([z.string(), z.string()])) })
/** A posted form: its path, and its pairs in order. */
export type SavedForm = z.output<typeof form>

export type SaveOutcome =
  /** `id` is the cookie's value: 128 random bits. */
  | { readonly kind: 'kept'; readonly id: string }
  | { readonly kind: 'too_large' }
  /** The operator's or the deployment's maximum of kept forms is reached. */
  | { readonly kind: 'full' }
  | { readonly kind: 'limited' }

/**
 * Replaces the form `before` if the same operator owns it: pages with live counts or previews go on posting after the session
 * ended. Otherwise inserts a new form, which counts against the limits of the network.
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
    // Serialised, so that concurrent inserts are counted.
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

/** Null if unknown, expired, or another operator's. Changes nothing. */
export async function savedFormOf(deps: Deps, id: string, operator: string): Promise<SavedForm | null> {
  if (!isUuid(id)) return null
  const [row] = await deps.db
    .select({ sealed: keptForms.sealed })
    .from(keptForms)
    .where(mine(deps, id, operator))
  const bytes = row === undefined ? null : openRow(deps.vault, { table: 'kept_forms', id }, row.sealed)
  return bytes === null ? null : form.parse(JSON.parse(textOf(bytes)))
}

/** Ignores another operator's form. */
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
