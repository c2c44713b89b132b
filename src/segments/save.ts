// shell · saves segments; a filter is checked against the list's fields first
import { and, desc, eq, inArray, lt } from 'drizzle-orm'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import type { List } from '../lists/list.ts'
import type { Executor } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { isUuid } from '../platform/encoding/uuid.ts'
import { DomainError, notFound } from '../platform/errors.ts'
import { type Filter, parseFilter } from './filter.ts'
import type { Segment } from './segment.ts'
import { segments } from './tables.ts'

/** The filter. Throws a DomainError that names each fault. */
export function checkedFilter(input: unknown, list: Pick<List, 'fields'>): Filter {
  const parsed = parseFilter(input, list.fields)
  if (parsed.ok) return parsed.filter
  if ('notAvailable' in parsed)
    throw new DomainError('not_available_yet', parsed.notAvailable.message, { faults: [parsed.notAvailable] })
  throw new DomainError('invalid', 'The filter is not valid.', { faults: parsed.faults })
}

export async function createSegment(
  deps: Deps,
  actor: Actor,
  input: { name: string; list: List; filter: unknown; id?: string },
): Promise<Segment> {
  checkedFilter(input.filter, input.list)
  const now = deps.clock()
  const row = {
    id: input.id ?? deps.ids(),
    list: input.list.number,
    name: input.name,
    filter: input.filter,
    createdAt: now,
    updatedAt: now,
  }
  const isNew = await deps.db.transaction(async (tx) => {
    const made = await tx
      .insert(segments)
      .values(row)
      .onConflictDoNothing({ target: segments.id })
      .returning({ id: segments.id })
    if (made.length === 0) return false
    await recordAct(deps, tx, { actor, verb: 'segment.create', subject: { kind: 'segment', id: row.id } })
    return true
  })
  if (isNew) return row
  const before = await findSegment(deps.db, row.id)
  return before?.list === row.list && before.name === row.name
    ? before
    : createSegment(deps, actor, { ...input, id: deps.ids() })
}

/** Throws `conflict` where `seen`, the last change that the operator knew of, is outdated. */
export async function changeSegment(
  deps: Deps,
  actor: Actor,
  change: { segment: Segment; list: List; name?: string | undefined; filter?: unknown; seen?: Date },
): Promise<Segment> {
  const filter = change.filter === undefined ? change.segment.filter : change.filter
  checkedFilter(filter, change.list)
  const set = { name: change.name ?? change.segment.name, filter, updatedAt: deps.clock() }
  await deps.db.transaction(async (tx) => {
    const asSeen = change.seen === undefined ? undefined : eq(segments.updatedAt, change.seen)
    const changed = await tx
      .update(segments)
      .set(set)
      .where(and(eq(segments.id, change.segment.id), asSeen))
      .returning({ id: segments.id })
    if (changed.length === 0)
      throw new DomainError('conflict', 'Someone else changed this segment meanwhile.')
    await recordAct(deps, tx, {
      actor,
      verb: 'segment.change',
      subject: { kind: 'segment', id: change.segment.id },
    })
  })
  return { ...change.segment, ...set }
}

/** Launched campaigns keep the filter of their launch. */
export async function deleteSegment(deps: Deps, actor: Actor, id: string): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const deleted = await tx.delete(segments).where(eq(segments.id, id)).returning({ id: segments.id })
    if (deleted.length === 0) throw notFound('segment')
    await recordAct(deps, tx, { actor, verb: 'segment.delete', subject: { kind: 'segment', id } })
  })
}

export async function findSegment(db: Executor, id: string): Promise<Segment | null> {
  if (!isUuid(id)) return null
  const [row] = await db.select().from(segments).where(eq(segments.id, id))
  return row ?? null
}

/** Newest first, since ids are in order of creation. `lists`: list numbers to include; all by default. */
export const pageOfSegments = (
  db: Executor,
  page: { limit: number; before: string | null; lists?: readonly number[] | null },
): Promise<readonly Segment[]> =>
  db
    .select()
    .from(segments)
    .where(
      and(
        page.before === null ? undefined : lt(segments.id, page.before),
        page.lists == null ? undefined : inArray(segments.list, [...page.lists]),
      ),
    )
    .orderBy(desc(segments.id))
    .limit(page.limit)
