// adapter · the whole story on Node, with its own PostgreSQL behind PgBouncer
import { randomBytes } from 'node:crypto'
import { it } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { installed, startPgBouncer, tracksPrepared } from '../support/pgbouncer.ts'
import { startAssent } from '../support/running.ts'
import { tellStory } from './story.ts'

/** The newest installed PgBouncer, once without tracked prepared statements and, where supported, once with them. */
const newest = installed.at(-1)
const ways = newest === undefined ? [] : tracksPrepared(newest.version) ? [0, 200] : [null]

if (newest === undefined) it.skip('PgBouncer is not installed: the story was not told through it', () => {})

for (const maxPrepared of ways)
  tellStory(
    `Node behind PgBouncer ${newest?.version} (max_prepared_statements ${maxPrepared ?? 'unknown to it'})`,
    async () => {
      const database = await createDatabase()
      const bouncer = await startPgBouncer({
        program: newest?.program ?? '',
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
    },
  )
