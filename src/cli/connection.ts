// adapter · the database connection finding of `doctor`
import type { Config } from '../platform/config.ts'
import { detectPooler, type Pooler } from '../platform/database/pooler.ts'
import type { Finding } from './doctor.ts'

/** Throws the connection's own errors. */
export async function connectionFinding(
  { databaseUrl }: Pick<Config, 'databaseUrl'>,
  appUrl: string,
): Promise<Finding> {
  const { pooler, commitsHold } = await detectPooler(appUrl)
  return {
    holds: commitsHold,
    sentence: commitsHold
      ? `${databaseUrl === undefined ? 'The embedded database' : 'DATABASE_URL'} ${ways[pooler]}`
      : 'DATABASE_URL goes through a program that does not report commits truthfully. Connect to PostgreSQL directly or through another pooler.',
  }
}

const ways: Readonly<Record<Pooler, string>> = {
  none: 'connects directly. Acknowledged commits are real.',
  tracking: 'connects through a pooler that keeps prepared statements. Acknowledged commits are real.',
  forgetful:
    'connects through a pooler that does not keep prepared statements, so none are used and each sign-up costs the database a little more. With PgBouncer 1.21 or newer, set max_prepared_statements to 200.',
}
