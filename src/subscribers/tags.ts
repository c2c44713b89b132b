// shell · tags of a subscriber: an operator's own words, created at first use
import { eq, sql } from 'drizzle-orm'
import type { Tx } from '../platform/database/database.ts'
import { subscribers, tags } from './tables.ts'

export async function setTags(tx: Tx, subscriber: number, names: readonly string[]): Promise<void> {
  if (names.length > 0)
    await tx
      .insert(tags)
      .values([...new Set(names)].sort().map((name) => ({ name })))
      .onConflictDoNothing()
  await tx
    .update(subscribers)
    .set({
      tags: sql`array(select id from tags
        where name in (select jsonb_array_elements_text(${JSON.stringify(names)}::jsonb)) order by id)`,
    })
    .where(eq(subscribers.id, subscriber))
}
