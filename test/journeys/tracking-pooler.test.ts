// adapter · the whole story on Node behind a PgBouncer that tracks prepared statements
import { it } from 'vitest'
import { tracksPrepared } from '../support/pgbouncer.ts'
import { newest, startBehindPgBouncer } from './behind-pgbouncer.ts'
import { tellStory } from './story.ts'

const pooler = newest
if (pooler === undefined || !tracksPrepared(pooler.version))
  it.skip('PgBouncer of 1.21 or later is not installed: the story was not told through it', () => {})
else
  tellStory(`Node behind PgBouncer ${pooler.version} that tracks prepared statements`, () =>
    startBehindPgBouncer(pooler, 200),
  )
