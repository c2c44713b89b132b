// sql · the names of segments, for a choice or a label
import { asc, eq, inArray } from 'drizzle-orm'
import type { Executor } from '../platform/database/database.ts'
import { segments } from './tables.ts'

export interface SegmentName {
  readonly id: string
  readonly name: string
}

const named = { id: segments.id, name: segments.name }

/** The maximum for a choice. */
const most = 500

export const segmentNamesOf = (db: Executor, list: number): Promise<readonly SegmentName[]> =>
  db.select(named).from(segments).where(eq(segments.list, list)).orderBy(asc(segments.name)).limit(most)

/** By id; a deleted segment has no entry. */
export async function namesOfSegments(
  db: Executor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select(named)
    .from(segments)
    .where(inArray(segments.id, [...ids]))
  return new Map(rows.map(({ id, name }) => [id, name]))
}
