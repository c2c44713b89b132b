// entry · from environment variables to a database and a secret: the embedded database, or the one DATABASE_URL names
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Config, readConfig } from '../platform/config.ts'
import { isStatementMode } from '../platform/database/pooler.ts'
import { codeOf, rootOf } from '../platform/failures.ts'
import { VaultLocked } from '../platform/vault/load.ts'
import { secretOf } from './embedded/data-folder.ts'
import { fingerprintOf } from './embedded/fingerprint.ts'
import { joinOrStart } from './embedded/join.ts'
import { appRole } from './embedded/roles.ts'
import { startEmbedded } from './embedded/server.ts'
import { MigrationRefused } from './migrate.ts'
import { StartRefused } from './start-refused.ts'

export interface Environment {
  readonly config: Config
  readonly urls: { readonly app: string; readonly owner: string; readonly appRole: string | null }
  readonly secret: Uint8Array
  /** Holder of leases; stable for processes that hold the same data folder. */
  readonly holder: string
  /** Distinguishes the data folder from a copy; null if the database is not in one. */
  readonly folder: string | null
  onDatabaseLost(then: () => void): void
  /** Stops the embedded server if it was started here. */
  stop(): Promise<void>
}

/**
 * `own`: the embedded database and its folder, exclusively. `join`: a command uses a running server, or starts one for the
 * duration. `share`: like `join`, and commands may join a server started here.
 */
export type Manner = 'own' | 'join' | 'share'

/** Throws StartRefused. */
export async function openEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  manner: Manner = 'own',
): Promise<Environment> {
  const read = readConfig(variables)
  if (!read.ok) throw new StartRefused(read.problem)
  const { config } = read
  return config.databaseUrl === undefined ? embedded(config, manner) : external(config, config.databaseUrl)
}

async function embedded(config: Config, manner: Manner): Promise<Environment> {
  const kept = await secretOf(config.dataDir)
  const server =
    manner === 'own'
      ? await startEmbedded({ dataDir: config.dataDir })
      : await joinOrStart(config.dataDir, { joinable: manner === 'share' })
  let stopping = false
  return {
    config,
    urls: { app: server.appUrl, owner: server.ownerUrl, appRole },
    secret: config.secret ?? kept,
    holder: manner === 'own' ? await holderOf(config.dataDir) : randomUUID(),
    folder: await fingerprintOf(config.dataDir),
    onDatabaseLost: (then) => {
      if ('exited' in server) void Promise.resolve(server.exited).then(() => stopping || then())
    },
    stop: async () => {
      stopping = true
      await server.stop()
    },
  }
}

async function holderOf(dataDir: string): Promise<string> {
  const file = path.join(dataDir, 'holder')
  await writeFile(file, randomUUID(), { flag: 'wx' }).catch(() => {})
  return readFile(file, 'utf8')
}

async function external(config: Config, databaseUrl: string): Promise<Environment> {
  if (config.secret === undefined) throw new StartRefused('SECRET is missing.')
  const owner = config.migrateDatabaseUrl ?? databaseUrl
  const role = decodeURIComponent(new URL(databaseUrl).username)
  return {
    config,
    urls: { app: databaseUrl, owner, appRole: config.migrateDatabaseUrl === undefined ? null : role },
    secret: config.secret,
    holder: randomUUID(),
    folder: null,
    onDatabaseLost: () => {},
    stop: async () => {},
  }
}

/** Prints one line that names the problem and exits with 1. A bug keeps its stack. */
export function printAndExit(error: unknown): never {
  process.stderr.write(`${sentenceOf(error)}\n`)
  process.exit(1)
}

function sentenceOf(error: unknown): string {
  if (error instanceof StartRefused || error instanceof MigrationRefused || error instanceof VaultLocked)
    return error.message
  const root = rootOf(error)
  return root instanceof Error ? (root.stack ?? root.message) : String(root)
}

/** A refusal that names the variable, for connection and sign-in errors; other errors stay unchanged. */
export function databaseRefused(variable: string, error: unknown): unknown {
  const code = codeOf(error)
  if (isStatementMode(error))
    return new StartRefused(
      `${variable} leads through a pooler in statement mode, which lets no transaction pass: set its pool_mode to transaction or session.`,
      error,
    )
  if (unreachable.includes(code)) return new StartRefused(`${variable} does not answer (${code}).`, error)
  if (/^(28|3D)/.test(code))
    return new StartRefused(`${variable}: the database refused the sign-in (${code}).`, error)
  return error
}

/** The same for the owner's connection, which must be allowed to migrate. */
export const migrationRefused = (variable: string, error: unknown): unknown =>
  codeOf(error) === '42501'
    ? new StartRefused(
        'MIGRATE_DATABASE_URL must name the owner of the database: the role has no right to migrate it.',
        error,
      )
    : databaseRefused(variable, error)

/** The same for a server that cannot listen. */
export function listenRefused(error: unknown): unknown {
  const code = codeOf(error)
  if (code === 'EADDRINUSE')
    return new StartRefused('PORT is in use by another program; choose another PORT.', error)
  return code === '' ? error : new StartRefused(`HOST and PORT cannot be listened on (${code}).`, error)
}

const unreachable = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'ECONNRESET',
]
