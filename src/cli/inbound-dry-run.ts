// entry · npm run assent -- inbound --dry-run: how each mail would be read; changes nothing and needs no database
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { signedName } from '../feedback/handle-bounce-mail.ts'
import { readReceived } from '../mail/inbound/parse-mail.ts'
import { type Report, readReport, verdictOf } from '../mail/inbound/report.ts'
import type { Verdict } from '../mail/inbound/verdict.ts'
import { runningServer } from '../node/embedded/join.ts'
import { StartRefused } from '../node/start-refused.ts'
import { readConfig } from '../platform/config.ts'
import { openDatabase } from '../platform/database/database.ts'
import { codeOf } from '../platform/failures.ts'
import type { Vault } from '../platform/vault/keys.ts'
import { readVault } from '../platform/vault/load.ts'
import { beginningOf } from './inbound.ts'

/** One line of the output. */
export interface Reading {
  readonly file: string
  readonly kind: Report['kind']
  readonly verdict: Verdict
  readonly status: string | null
  /** Whether the report names a mail of this deployment; null if it names one but the keys to verify it are not available. */
  readonly signed_name: boolean | null
}

const standardInput = '-'

/** One reading per file, in order; without files, of standard input. Throws StartRefused for an unreadable file. */
export async function readFiles(files: readonly string[], vault: Vault | null): Promise<readonly Reading[]> {
  const readings: Reading[] = []
  for (const file of files.length === 0 ? [standardInput] : files)
    readings.push(await readingOf(file, await octetsOf(file), vault))
  return readings
}

/** `-`: standard input. Throws StartRefused for an unreadable file. */
export async function octetsOf(file: string): Promise<Uint8Array> {
  if (file === standardInput && process.stdin.isTTY)
    throw new StartRefused('This needs a file, or an email on standard input.')
  if (file === standardInput) return beginningOf(process.stdin)
  return readFile(file).catch((error: unknown) => {
    const why =
      codeOf(error) === 'EISDIR' ? 'is a folder; pass the files in it' : `cannot be read (${codeOf(error)})`
    throw new StartRefused(`${file} ${why}.`, error)
  })
}

async function readingOf(file: string, raw: Uint8Array, vault: Vault | null): Promise<Reading> {
  const mail = await readReceived(raw)
  if (mail === null) return { file, kind: 'other', verdict: 'none', status: null, signed_name: false }
  const { kind, feedback, status, names } = readReport(mail, [])
  const isNamed = names.length > 0 && (vault === null ? null : signedName(vault, names) !== null)
  return {
    file,
    kind,
    verdict: verdictOf(feedback),
    status,
    signed_name: isNamed,
  }
}

const connectSeconds = 3

/** The keys of the deployment if its database runs and SECRET is known, else null. Starts nothing and writes nothing. */
export async function vaultAtHand(
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Vault | null> {
  const read = readConfig(variables)
  if (!read.ok) return null
  const { databaseUrl, dataDir, secret: given, secretPrevious } = read.config
  const url = databaseUrl ?? (await runningServer(dataDir))?.appUrl
  const secret = given ?? (databaseUrl === undefined ? await keptSecret(dataDir) : undefined)
  if (url === undefined || secret === undefined) return null
  const database = openDatabase(url, { connections: 1, connectSeconds })
  try {
    return await readVault(database.db, { secret, previous: secretPrevious })
  } catch {
    return null
  } finally {
    await database.close()
  }
}

const keptSecret = (dataDir: string): Promise<Uint8Array | undefined> =>
  readFile(path.join(dataDir, 'secret'), 'utf8').then(
    (text) => new Uint8Array(Buffer.from(text.trim(), 'base64')),
    () => undefined,
  )

/** A table with one line per file. */
export function readingsTable(readings: readonly Reading[]): string {
  const rows = readings.map(({ file, kind, verdict, status, signed_name: signed }) => [
    kind,
    verdict === 'none' ? '-' : verdict,
    status ?? '-',
    signed === null ? 'not checked' : signed ? 'ours' : 'not ours',
    file,
  ])
  const lines = [['read as', 'verdict', 'status', 'signed name', 'file'], ...rows]
  const widths = [0, 1, 2, 3].map((at) => Math.max(...lines.map((line) => (line[at] ?? '').length)))
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
