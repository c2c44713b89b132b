// adapter · the whole story on Node behind a PgBouncer that does not track prepared statements
import { it } from 'vitest'
import { tracksPrepared } from '../support/pgbouncer.ts'
import { newest, startBehindPgBouncer } from './behind-pgbouncer.ts'
import { tellStory } from './story.ts'

const pooler = newest
if (pooler === undefined) it.skip('PgBouncer is not installed: the story was not told through it', () => {})
else
  tellStory(`Node behind PgBouncer ${pooler.version} that does not track prepared statements`, () =>
    startBehindPgBouncer(pooler, tracksPrepared(pooler.version) ? 0 : null),
  )
