// pure · what the outside world offers to the application: database, mailer, clock, chance, ids, log
import type { Config, MailerName } from './config.ts'
import type { Database } from './database/database.ts'
import type { Vault } from './vault/keys.ts'

/** Passed as Hono's `env`: the same application value runs in Node, in a worker and in tests. */
export interface Deps {
  readonly config: Config
  readonly db: Database
  readonly vault: Vault
  readonly mailer: Mailer
  /** Null where the provider's secret is not known: then no event that is posted can be trusted. */
  readonly verifyWebhook: VerifyWebhook | null
  readonly outside: Outside
  readonly clock: () => Date
  readonly randomBytes: (octets: number) => Uint8Array<ArrayBuffer>
  /** A fresh UUIDv7. */
  readonly ids: () => string
  readonly log: Log
  /** Asks for a tick soon; harmless to call, harmless to lose. Of what was queued: `afterCommit(db, wake)`. */
  readonly wake: () => void
  /** Who holds leases taken by this process: a process with the same holder may take them over at start. */
  readonly holder: string
  /** The address of the peer of this request, where the entry knows it. */
  readonly remoteAddress?: string | undefined
}

export type Log = Readonly<Record<'debug' | 'info' | 'warn' | 'error', (event: string, ids?: LogIds) => void>>

/** Ids, counts and codes only: never an address, a name or a token. */
export type LogIds = Readonly<Record<string, string | number | boolean | null | undefined>>

/**
 * One mail as JSON text in the provider's batch form: `{from,to:[one],reply_to,subject,html,text,headers,tags}`.
 * Text, not an object, because the fast renderer writes it directly (see campaigns/render).
 */
export type WireMail = string

/** Why a provider takes nothing. `rate`: it said 429. `no_answer`: it says nothing, and is not asked all the time. */
export type PauseReason = 'rate' | 'daily_quota' | 'monthly_quota' | 'no_answer'

/** A webhook as it was posted: three headers, and the text that they sign. Standard Webhooks 1.0.0 */
export interface PostedWebhook {
  /** The same when the event is sent again. */
  readonly id: string
  /** Seconds. */
  readonly timestamp: string
  /** `v1,<base64>`, several parted by spaces while a secret is replaced. */
  readonly signature: string
  readonly text: string
}

/**
 * The event in a webhook, undefined where its text is no JSON. `not_signed`: nobody who knows the secret sent it, or not within
 * five minutes of now, before or after.
 */
export type VerifyWebhook = (webhook: PostedWebhook) => 'not_signed' | { readonly event: unknown }

/** What is looked at out there before something is sent. Neither ever throws. */
export interface Outside {
  /**
   * The records of a name in DNS: texts in one piece, or the hosts of MX without their last dot (so a null MX is ''). Empty:
   * the name has none of this type.
   */
  lookUp(name: string, type: 'TXT' | 'MX'): Promise<DnsAnswer>
  /** Asks an address once: follows nothing, reads no body, waits five seconds at most. */
  checkUrl(url: string, method: 'HEAD' | 'GET'): Promise<UrlCheck>
}

/** `no_such_name`: the whole name does not exist (NXDOMAIN). `unknown`: nobody could say. */
export type DnsAnswer = readonly string[] | 'no_such_name' | 'unknown'

export type UrlCheck =
  | { readonly status: number; readonly location: string | null }
  /** `private`: its host lies in a network that is nobody else's to look into, so it was not asked. */
  | { readonly failure: 'no_such_host' | 'tls' | 'timeout' | 'private' | 'network' }

export interface Mailer {
  readonly name: MailerName
  /** Headers that this way of sending lets us set; the rest belong to the provider. */
  readonly can: { readonly setMessageId: boolean; readonly smtpUtf8: boolean }
  /** Hands over up to 100 mails under one idempotency key. Never throws for what the network or the provider does. */
  send(mails: readonly WireMail[], idempotencyKey: string): Promise<SendOutcome>
  /** It keeps SEND_RATE itself, mail by mail: a batch of its needs no slot. */
  readonly pacesMails?: boolean
  /** Where the provider remembers no keys, the mailer keeps its own record of every mail; absent where the provider does. */
  readonly record?: HandoverRecord
  /** Meets the server, to learn what it offers; called once, when a process starts. */
  probe?(): Promise<void>
  /** Hands over nothing more, answers `later` for the rest, and lets go of its connections. */
  close?(): Promise<void>
}

export interface HandoverRecord {
  /** For so many hours from its first use a key may be sent again. */
  readonly keyLifeHours: number
  /** What became of mails under a key, named by their tags, in the order given; null for one that was not handed over. */
  lookUp(idempotencyKey: string, tags: readonly string[]): Promise<readonly (Handover | null)[]>
}

export type Handover =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** It was on its way when the answer was lost. */
  | { readonly kind: 'unknown' }

export type SendOutcome =
  /** One id per mail in the order given, null where that mail was not accepted; `rejected` names the refused by index. */
  | {
      readonly kind: 'accepted'
      readonly ids: readonly (string | null)[]
      readonly rejected: readonly { readonly index: number; readonly reason: string }[]
      /** Indexes of mails that may have been accepted; the same request again leaves them alone. */
      readonly unknown?: readonly number[]
      /** Some were not accepted yet, for certain: the same request again hands over these alone. */
      readonly later?: { readonly indexes: readonly number[]; readonly retryAfterSeconds: number }
    }
  /**
   * The whole batch was refused for a reason of the sender's: nothing was accepted. Status 0: before anything was asked. `begun`:
   * a part of it was accepted before, here and below.
   */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string; readonly begun?: true }
  /** Not now: nothing was accepted by this request. `reason`: where it is not the number of requests. */
  | {
      readonly kind: 'busy'
      readonly retryAfterSeconds: number
      readonly reason?: PauseReason
      readonly begun?: true
    }
  /** An earlier request with this key is still under way: its outcome is not known yet. */
  | { readonly kind: 'under_way'; readonly retryAfterSeconds: number }
  /** This key was used with another body: an earlier attempt was accepted. */
  | { readonly kind: 'conflict' }
  /** No answer, or one that says nothing: the batch may or may not have been accepted. */
  | { readonly kind: 'unknown'; readonly reason: string }
