// pure · configuration from the environment: names, defaults, and a sentence for the first missing or bad variable
import * as z from 'zod'
import {
  type ImapServer,
  isLoopbackHost,
  readImapUrl,
  readSmtpUrl,
  type SmtpServer,
  type SmtpUrlOutcome,
} from './mail-urls.ts'
import { isTrustable } from './network/peer.ts'

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`))

const secret = z
  .string()
  .refine((text) => Buffer.from(text, 'base64').length === 32, 'must be base64 of exactly 32 bytes')
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))

const postgresUrl = z.string().refine((text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text), {
  message: 'must look like postgres://user:password@host:5432/database',
})

/** As in auth/roles.ts, which this room does not know. */
const operatorRoles: readonly string[] = ['owner', 'editor', 'sender', 'analyst', 'auditor']

const variables = z.object({
  PORT: wholeNumber(0, 65_535).default(8787),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL such as https://lists.brand.example' })
    .refine(isOriginOnly, {
      error:
        'must end after the host and port, as in https://lists.brand.example: every mailed link would be dead under a path, so give Assent a host of its own',
    })
    .optional(),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: postgresUrl.optional(),
  MIGRATE_DATABASE_URL: postgresUrl.optional(),
  SECRET: secret.optional(),
  SECRET_PREVIOUS: secret.optional(),
  MAIL: z.enum(['mailbox', 'resend', 'smtp'], { error: 'must be mailbox, resend or smtp' }).optional(),
  RESEND_API_KEY: z.string().optional(),
  RESEND_BASE_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL such as https://api.resend.com' })
    .default('https://api.resend.com'),
  RESEND_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/, 'must be the signing secret of the webhook: whsec_ and base64')
    .optional(),
  SMTP_URL: z.string().optional(),
  SMTP_RETURN_PATH: z
    .email('must be an address such as bounces@brand.example')
    .regex(
      /^[^+]{1,19}@.{1,189}$/,
      'must have no + and at most 19 characters before its @: the name of each mail is put between them',
    )
    .optional(),
  INBOUND_URL: z.string().optional(),
  SEND_RATE: wholeNumber(0, 10_000).optional(),
  LEASE_SECONDS: wholeNumber(3, 3600).default(120),
  POST_TIMEOUT_SECONDS: wholeNumber(1, 1200).optional(),
  BOOTSTRAP_API_KEY: z.string().min(32, 'must have 32 characters or more').optional(),
  LIMIT_PER_NETWORK: wholeNumber(0, 1_000_000).default(20),
  TRUST_PROXY: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
    .refine(
      (peers) => peers.every(isTrustable),
      'must hold IP addresses, networks such as 10.0.0.0/8 or fd00::/8, or loopback, parted by commas',
    ),
  REQUIRE_PASSKEY: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
    .refine(
      (roles) => roles.every((role) => role === 'all' || operatorRoles.includes(role)),
      `must be all, or roles parted by commas: ${operatorRoles.join(', ')}`,
    )
    .transform((roles) => (roles.includes('all') ? operatorRoles : roles)),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], {
      error: 'must be debug, info, warn, error or silent',
    })
    .default('info'),
})

/** Whether a URL has no path, query, fragment, user or password; a trailing slash is no path. */
function isOriginOnly(text: string): boolean {
  if (!URL.canParse(text)) return true
  const url = new URL(text)
  return (
    /^\/*$/.test(url.pathname) &&
    [url.search, url.hash, url.username, url.password].every((part) => part === '') &&
    !/[?#]/.test(text)
  )
}

/** Lower-case, without a trailing slash; of text that is no URL, the text. */
const originOf = (text: string): string => (URL.canParse(text) ? new URL(text).origin : text)

export type MailerName = 'mailbox' | 'resend' | 'smtp'

export interface Config {
  readonly port: number
  readonly host: string
  /** Without a trailing slash. */
  readonly publicUrl: string
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  readonly migrateDatabaseUrl: string | undefined
  readonly secret: Uint8Array | undefined
  readonly secretPrevious: Uint8Array | undefined
  readonly mail: MailerName
  readonly resend: {
    readonly apiKey: string
    readonly baseUrl: string
    readonly webhookSecret: string | undefined
  }
  /** Null unless MAIL is `smtp`. */
  readonly smtp: SmtpServer | null
  /** The return path for undeliverable mail; null: the sender of each mail. */
  readonly smtpReturnPath: string | null
  /** The mailbox that bounces and complaints are read from; null: not read here, or piped in. */
  readonly inbound: ImapServer | null
  /** Provider requests per second (SMTP: mails per second); 0: no limit. */
  readonly sendRate: number
  readonly leaseSeconds: number
  readonly postTimeoutSeconds: number
  readonly bootstrapApiKey: string | undefined
  /** Sign-ups per network in ten minutes from a page opened before; 0: no network limits. */
  readonly limitPerNetwork: number
  readonly trustProxy: readonly string[]
  /** Roles for which a link by mail alone does not suffice. */
  readonly requirePasskey: readonly string[]
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** For runtimes other than Node, which cannot connect to a mail server. Null where the configuration needs no such connection. */
export const whyNode = ({ mail, inbound }: Config): string | null =>
  mail === 'smtp'
    ? 'MAIL=smtp works on Node only; a worker sends with MAIL=resend.'
    : inbound === null
      ? null
      : 'INBOUND_URL works on Node only; a worker hears of bounces by RESEND_WEBHOOK_SECRET.'

/** Why deliveries, or bounces and complaints, are not reported back; null where they are. */
export interface MissingFeedback {
  readonly delivered: string | null
  readonly returned: string | null
}

export function missingFeedbackOf({ mail, smtpReturnPath, resend }: Config): MissingFeedback {
  if (mail === 'smtp' && smtpReturnPath !== null)
    return { delivered: 'mail servers report failures only', returned: null }
  const missing =
    mail === 'smtp'
      ? 'bounces are not read, because SMTP_RETURN_PATH is not set'
      : resend.webhookSecret === undefined
        ? 'provider events are not received, because RESEND_WEBHOOK_SECRET is not set'
        : null
  return { delivered: missing, returned: missing }
}

export type ConfigOutcome =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problem: string }

/** Reads the environment; the problem is one sentence that names the first bad variable. An empty value counts as absent. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ConfigOutcome {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = variables.safeParse(present)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return { ok: false, problem: `${String(issue?.path[0])} ${issue?.message}.` }
  }
  const { MAIL, SMTP_URL, INBOUND_URL } = parsed.data
  const smtp = MAIL === 'smtp' ? serverOf('SMTP_URL', SMTP_URL, readSmtpUrl) : null
  if (typeof smtp === 'string') return { ok: false, problem: smtp }
  const inbound = serverOf('INBOUND_URL', INBOUND_URL, readImapUrl)
  if (typeof inbound === 'string') return { ok: false, problem: inbound }
  const config = configOf(parsed.data, smtp, inbound)
  const problem = problemOf(parsed.data, config)
  return problem === null ? { ok: true, config } : { ok: false, problem }
}

/** Returns the server, null without a URL, or the problem. The problem never quotes the URL, which holds a password. */
function serverOf<S>(name: string, url: string | undefined, read: (url: string) => SmtpUrlOutcome<S>) {
  if (url === undefined) return null
  const outcome = read(url)
  return outcome.ok ? outcome.server : `${name} ${outcome.problem}.`
}

function configOf(
  env: z.output<typeof variables>,
  smtp: SmtpServer | null,
  inbound: ImapServer | null,
): Config {
  const publicUrl = originOf(env.PUBLIC_URL ?? `http://${hostInUrl(env.HOST)}:${env.PORT}`)
  return {
    port: env.PORT,
    host: env.HOST,
    publicUrl,
    dataDir: env.DATA_DIR,
    databaseUrl: env.DATABASE_URL,
    migrateDatabaseUrl: env.MIGRATE_DATABASE_URL,
    secret: env.SECRET,
    secretPrevious: env.SECRET_PREVIOUS,
    mail: env.MAIL ?? 'mailbox',
    resend: {
      apiKey: env.RESEND_API_KEY ?? '',
      baseUrl: env.RESEND_BASE_URL.replace(/\/+$/, ''),
      webhookSecret: env.RESEND_WEBHOOK_SECRET,
    },
    smtp,
    smtpReturnPath: env.SMTP_RETURN_PATH ?? null,
    inbound,
    // A Resend request carries up to a hundred mails, an SMTP transaction one.
    sendRate: env.SEND_RATE ?? (smtp === null ? 5 : 50),
    leaseSeconds: env.LEASE_SECONDS,
    postTimeoutSeconds:
      env.POST_TIMEOUT_SECONDS ?? Math.max(1, Math.min(20, Math.floor(env.LEASE_SECONDS / 3))),
    bootstrapApiKey: env.BOOTSTRAP_API_KEY,
    limitPerNetwork: env.LIMIT_PER_NETWORK,
    trustProxy: env.TRUST_PROXY,
    requirePasskey: env.REQUIRE_PASSKEY,
    logLevel: env.LOG_LEVEL,
  }
}

function problemOf(env: z.output<typeof variables>, config: Config): string | null {
  if (env.MAIL === undefined && !isLoopback(config.publicUrl))
    return 'MAIL must be set to resend or smtp when PUBLIC_URL is not on loopback.'
  if (config.mail === 'smtp' && config.smtp === null) return 'SMTP_URL is missing; MAIL=smtp needs it.'
  if (config.mail === 'resend' && config.resend.apiKey === '')
    return 'RESEND_API_KEY is missing; MAIL=resend needs it.'
  const isRemote =
    config.mail === 'resend'
      ? !isLoopback(config.resend.baseUrl)
      : config.smtp !== null && !isLoopbackHost(config.smtp.host)
  if (isRemote && !config.publicUrl.startsWith('https:'))
    return `PUBLIC_URL must be https when MAIL=${config.mail}, since mailbox providers ask for one-click links over https.`
  if (config.leaseSeconds < 3 * config.postTimeoutSeconds)
    return `LEASE_SECONDS must be at least three times POST_TIMEOUT_SECONDS (${3 * config.postTimeoutSeconds}).`
  if (env.DATABASE_URL !== undefined && env.SECRET === undefined)
    return 'SECRET is missing; with DATABASE_URL it must be given (base64 of 32 random bytes).'
  if (env.MIGRATE_DATABASE_URL !== undefined && env.DATABASE_URL === undefined)
    return 'DATABASE_URL is missing; MIGRATE_DATABASE_URL alone is not enough.'
  return null
}

/** Whether a URL points to this machine: 127.0.0.0/8, ::1 or localhost. */
export function isLoopback(url: string): boolean {
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname)
}

const hostInUrl = (host: string): string =>
  host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host
