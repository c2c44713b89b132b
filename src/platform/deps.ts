// pure · the application's dependencies: database, mailer, clock, random bytes, ids, log
import type { Config, MailerName } from './config.ts'
import type { Database } from './database/database.ts'
import type { Vault } from './vault/keys.ts'

/** Passed as Hono's `env`: the same application value runs in Node, in a worker and in tests. */
export interface Deps {
  readonly config: Config
  readonly db: Database
  readonly vault: Vault
  readonly mailer: Mailer
  /** Null without the provider's secret: no posted event can then be trusted. */
  readonly verifyWebhook: VerifyWebhook | null
  readonly outside: Outside
  readonly clock: () => Date
  readonly randomBytes: (octets: number) => Uint8Array<ArrayBuffer>
  /** Returns a new UUIDv7. */
  readonly ids: () => string
  readonly log: Log
  /** Requests a tick soon; harmless to call and harmless to lose. For queued work: `afterCommit(db, wake)`. */
  readonly wake: () => void
  /** The lease holder of this process: a process with the same holder may take its leases over at start. */
  readonly holder: string
  /** The peer address of this request, where the entry knows it. */
  readonly remoteAddress?: string | undefined
  /** Whether this request's connection ended before its body was complete, where the entry knows it. */
  readonly hungUp?: (() => boolean) | undefined
}

export type Log = Readonly<Record<'debug' | 'info' | 'warn' | 'error', (event: string, ids?: LogIds) => void>>

/** Ids, counts and codes only: never an address, a name or a token. */
export type LogIds = Readonly<Record<string, string | number | boolean | null | undefined>>

/**
 * One mail as JSON text in the provider's batch form: `{from,to:[one],reply_to,subject,html,text,headers,tags}`. Text, not an
 * object, because the fast renderer writes it directly (see campaigns/render).
 */
export type WireMail = string

/** Text with places for values: the first stands between `texts[0]` and `texts[1]`, and is the `first` of a person's values. */
export interface SpacedText {
  readonly texts: readonly string[]
  readonly first: number
}

/** A mail to many people, whose values are escaped for their places. */
export interface SpacedMail {
  readonly from: SpacedText
  readonly to: SpacedText
  readonly replyTo?: SpacedText
  readonly subject: SpacedText
  readonly html: SpacedText
  readonly text: SpacedText
  readonly headers: Readonly<Record<string, SpacedText>>
  readonly tag: SpacedText
}

/** Encodes what is common to the mails once; the returned function makes the mail of one person. */
export type MailForm = (mail: SpacedMail) => (values: readonly string[]) => WireMail

/**
 * Why a provider takes nothing. `rate`: 429. `no_answer`: no response, so requests pause. `server_busy`: a mail server takes no
 * connection or mail for now (421 and its like).
 */
export type PauseReason = 'rate' | 'daily_quota' | 'monthly_quota' | 'no_answer' | 'server_busy'

/** A webhook as posted: three headers and the text they sign. Standard Webhooks 1.0.0 */
export interface PostedWebhook {
  /** The same for each delivery of one event. */
  readonly id: string
  /** Unix seconds. */
  readonly timestamp: string
  /** `v1,<base64>`; several, separated by spaces, during a secret rotation. */
  readonly signature: string
  readonly text: string
}

/**
 * The event in a webhook; undefined where its text is not JSON. `not_signed`: the signature is not made with the secret, or
 * its timestamp is more than five minutes off.
 */
export type VerifyWebhook = (webhook: PostedWebhook) => 'not_signed' | { readonly event: unknown }

/** Lookups outside, made before something is sent. Neither ever throws. */
export interface Outside {
  /**
   * The DNS records of a name: TXT values joined, or MX hosts without the trailing dot (a null MX is ''). Empty: the name has
   * no record of this type.
   */
  lookUp(name: string, type: 'TXT' | 'MX'): Promise<DnsAnswer>
  /** Requests a URL once: no redirects, no body, five seconds at most. */
  checkUrl(url: string, method: 'HEAD' | 'GET'): Promise<UrlCheck>
}

/** `no_such_name`: NXDOMAIN. `unknown`: no usable answer. */
export type DnsAnswer = readonly string[] | 'no_such_name' | 'unknown'

export type UrlCheck =
  | { readonly status: number; readonly location: string | null }
  /** `private`: the host lies in a private network, so no request was made. */
  | { readonly failure: 'no_such_host' | 'tls' | 'timeout' | 'private' | 'network' }

export interface Mailer {
  readonly name: MailerName
  /** Headers that this mailer lets us set; the provider sets the rest. */
  readonly can: { readonly setMessageId: boolean; readonly smtpUtf8: boolean }
  /** The mailer's own form, cheaper to send than JSON; it takes both. */
  readonly form?: MailForm
  /** Hands over up to 100 mails under one idempotency key. Never throws for network or provider errors. */
  send(mails: readonly WireMail[], idempotencyKey: string): Promise<SendOutcome>
  /** The mailer enforces SEND_RATE itself, mail by mail: its batches need no slot. */
  readonly pacesMails?: boolean
  /** The mailer's own record of every mail; absent where the provider remembers idempotency keys. */
  readonly record?: HandoverRecord
  /** Connects to the server to learn its capabilities; called once, at process start. */
  probe?(): Promise<void>
  /** Stops handing over, answers `later` for the rest, and closes its connections. */
  close?(): Promise<void>
}

export interface HandoverRecord {
  /** Hours from its first use during which a key may be sent again. */
  readonly keyLifeHours: number
  /** Results of the mails under a key, looked up by tag, in the order given; null for a mail that was not handed over. */
  lookUp(idempotencyKey: string, tags: readonly string[]): Promise<readonly (Handover | null)[]>
}

export type Handover =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** In transit when the answer was lost. */
  | { readonly kind: 'unknown' }

export type SendOutcome =
  /** One id per mail in the order given, null for a mail that was not accepted; `rejected` names refused mails by index. */
  | {
      readonly kind: 'accepted'
      readonly ids: readonly (string | null)[]
      readonly rejected: readonly { readonly index: number; readonly reason: string }[]
      /** Indexes of mails that may have been accepted; repeating the request skips them. */
      readonly unknown?: readonly number[]
      /** Mails certainly not accepted yet: repeating the request hands over only these. */
      readonly later?: { readonly indexes: readonly number[]; readonly retryAfterSeconds: number }
    }
  /**
   * The whole batch was refused because of the sender: nothing was accepted. Status 0: refused before any request. `begun`
   * (here and below): an earlier part of the batch was accepted.
   */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string; readonly begun?: true }
  /** Not now: this request accepted nothing. `reason`: given unless the limit is the request rate. */
  | {
      readonly kind: 'busy'
      readonly retryAfterSeconds: number
      readonly reason?: PauseReason
      readonly begun?: true
    }
  /** An earlier request with this key is still in progress: its outcome is not known yet. */
  | { readonly kind: 'under_way'; readonly retryAfterSeconds: number }
  /** This key was used with another body: an earlier attempt was accepted. */
  | { readonly kind: 'conflict' }
  /** No answer, or an inconclusive one: the batch may or may not have been accepted. */
  | { readonly kind: 'unknown'; readonly reason: string }
