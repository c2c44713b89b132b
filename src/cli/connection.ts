// adapter · the finding of `doctor` on the connection to the database
import type { Config } from '../platform/config.ts'
import { detectPooler, type Pooler } from '../platform/database/pooler.ts'
import type { Finding } from './doctor.ts'

/** Throws what connecting throws. */
export async function connectionFinding(
  { databaseUrl }: Pick<Config, 'databaseUrl'>,
  appUrl: string,
): Promise<Finding> {
  const { pooler, commitsHold } = await detectPooler(appUrl)
  return {
    holds: commitsHold,
    sentence: commitsHold
      ? `${databaseUrl === undefined ? 'The embedded database' : 'DATABASE_URL'} ${ways[pooler]}`
      : 'DATABASE_URL leads through a program that does not say truly whether a transaction was committed: connect to PostgreSQL directly or through another pooler.',
  }
}

const ways: Readonly<Record<Pooler, string>> = {
  none: 'is reached directly; a commit that it acknowledges is one.',
  tracking: 'leads through a pooler, which keeps prepared statements; a commit that is acknowledged is one.',
  forgetful:
    'leads through a pooler that forgets prepared statements: none are used, and each sign-up costs the database a little more. With PgBouncer 1.21 or newer, set max_prepared_statements to 200.',
}
