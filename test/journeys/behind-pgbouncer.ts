// adapter · the story's server with a PostgreSQL of its own behind the newest installed PgBouncer, in transaction mode
import { randomBytes } from 'node:crypto'
import { createDatabase } from '../support/database.ts'
import { installed, startPgBouncer } from '../support/pgbouncer.ts'
import { startAssent } from '../support/running.ts'
import type { Running } from './story.ts'

export const newest = installed.at(-1)

/** `maxPrepared`: null where this PgBouncer does not know the setting. */
export async function startBehindPgBouncer(
  { program }: { readonly program: string },
  maxPrepared: number | null,
): Promise<Running> {
  const database = await createDatabase()
  const bouncer = await startPgBouncer({
    program,
    mode: 'transaction',
    server: database.appUrl,
    urls: [database.appUrl, database.ownerUrl],
    maxPrepared,
  })
  const running = await startAssent({
    env: {
      DATABASE_URL: bouncer.through(database.appUrl),
      MIGRATE_DATABASE_URL: bouncer.through(database.ownerUrl),
      SECRET: randomBytes(32).toString('base64'),
    },
  })
  return {
    ...running,
    stop: async () => {
      await running.stop()
      await bouncer.stop()
      await database.drop()
    },
  }
}
