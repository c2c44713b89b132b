// entry · assembly of a deployment: database, keys, mailer. Every runtime begins here
import { mailboxMailer } from './mail/mailbox.ts'
import { resendMailer } from './mail/resend/mailer.ts'
import type { Post } from './mail/resend/post.ts'
import { webhookVerifier } from './mail/resend/webhook.ts'
import type { Config } from './platform/config.ts'
import { openDatabase } from './platform/database/database.ts'
import type { Deps, Log, Mailer, Outside } from './platform/deps.ts'
import { uuidv7 } from './platform/encoding/uuid.ts'
import { identify } from './platform/memory/identity.ts'
import { createRandomBytes } from './platform/random-bytes.ts'
import type { Vault } from './platform/vault/keys.ts'
import { loadVault } from './platform/vault/load.ts'

export interface Deployment {
  readonly deps: Deps
  close(): Promise<void>
}

export interface Parts {
  readonly config: Config
  /** The application's own role. */
  readonly databaseUrl: string
  readonly secret: Uint8Array
  readonly holder: string
  readonly log: Log
  readonly outside: Outside
  readonly wake?: () => void
  readonly connections?: number
  readonly connectSeconds?: number
  /** False where a pooler drops prepared statements. */
  readonly prepares?: boolean
  /** Ends statements that run longer; a transaction that may lifts it for itself, as the freeze does. */
  readonly statementSeconds?: number
  readonly clock?: () => Date
  /** Keys already unwrapped with the same secret from the same database. */
  readonly vault?: Vault
  /** Replaces the configured mailer; the default covers the mailers that run everywhere. */
  readonly mailer?: (deps: Omit<Deps, 'mailer'>) => Mailer
  /** Posts to Resend, where the runtime has something better than fetch. */
  readonly post?: Post
}

/** Everything that a request needs, over a migrated database. Throws VaultLocked with a sentence to print. */
export async function assemble(options: Parts): Promise<Deployment> {
  const { config } = options
  const database = openDatabase(options.databaseUrl, {
    connections: options.connections ?? 20,
    ...(options.connectSeconds === undefined ? {} : { connectSeconds: options.connectSeconds }),
    ...(options.prepares === undefined ? {} : { prepares: options.prepares }),
    ...(options.statementSeconds === undefined ? {} : { statementSeconds: options.statementSeconds }),
  })
  const randomBytes = createRandomBytes()
  const clock = options.clock ?? (() => new Date())
  const vault =
    options.vault ??
    (await loadVault(
      database.db,
      { secret: options.secret, previous: config.secretPrevious },
      randomBytes,
    ).catch(async (error: unknown) => {
      await database.close()
      throw error
    }))
  identify(database.db, vault)
  const parts: Omit<Deps, 'mailer'> = {
    config,
    db: database.db,
    vault,
    clock,
    randomBytes,
    ids: monotonicIds(clock, randomBytes),
    log: options.log,
    verifyWebhook: webhookVerifier(config.resend),
    outside: options.outside,
    wake: options.wake ?? (() => {}),
    holder: options.holder,
  }
  const mailer = options.mailer?.(parts) ?? mailerOf(parts, options.post)
  return {
    deps: { ...parts, mailer },
    close: async () => {
      await mailer.close?.()
      await database.close()
    },
  }
}

/** Without SMTP: its client needs Node, so the entry passes that mailer as a part (deployment.ts). */
function mailerOf(parts: Omit<Deps, 'mailer'>, post: Post | undefined): Mailer {
  const { config } = parts
  if (config.mail === 'smtp') throw new Error('the SMTP mailer comes from the entry')
  return config.mail === 'resend'
    ? resendMailer(
        {
          apiKey: config.resend.apiKey,
          baseUrl: config.resend.baseUrl,
          timeoutMs: config.postTimeoutSeconds * 1000,
          smtpUtf8: false,
        },
        post,
      )
    : mailboxMailer(parts)
}

/** UUIDv7 that never run backwards within a process: events of one transaction keep their order by id. */
function monotonicIds(clock: () => Date, randomBytes: (octets: number) => Uint8Array): () => string {
  let last = ''
  return () => {
    let id = uuidv7(clock(), randomBytes(10))
    while (id.slice(0, 13) === last.slice(0, 13) && id <= last) id = next(last)
    last = id
    return id
  }
}

/** The id after this one: its 62 low bits plus one. RFC 9562 section 6.2, method 2. */
function next(id: string): string {
  const low = (BigInt(`0x${id.slice(19).replaceAll('-', '')}`) + 1n) & 0xbfffffffffffffffn
  const hex = low.toString(16).padStart(16, '0')
  return `${id.slice(0, 19)}${hex.slice(0, 4)}-${hex.slice(4)}`
}
