// adapter · an SMTP mailer with a server and a database of its own, and mails to hand over
import postgres from 'postgres'
import { type SmtpOptions, smtpMailer } from '../../src/mail/smtp/mailer.ts'
import { type OpenDatabase, openDatabase } from '../../src/platform/database/database.ts'
import type { Mailer, SendOutcome, WireMail } from '../../src/platform/deps.ts'
import type { SmtpServer } from '../../src/platform/mail-urls.ts'
import { createDatabase } from './database.ts'
import { type Judge, type SmtpHost, startSmtp } from './smtp.ts'

export const plain: SmtpServer = { host: '127.0.0.1', port: 0, tls: 'offered', credentials: null }

export interface Scene {
  readonly host: SmtpHost
  readonly mailer: Mailer
  /** Makes deferred mails due. */
  expire(): Promise<unknown>
  /** Backdates the deferral by this many hours. */
  age(hours: number): Promise<unknown>
  /** As if the process at work on the mail had died before the answer. */
  orphan(): Promise<unknown>
  readonly logged: string[]
  readonly db: OpenDatabase['db']
  /** A second process that sends through the same database. */
  another(options?: Partial<SmtpOptions>): Mailer
}

const open: (() => Promise<void>)[] = []
/** For `afterEach`. */
export async function closeScenes(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close()
}

export async function scene(
  options: Parameters<typeof startSmtp>[0] & {
    smtp?: Partial<SmtpOptions>
    server?: Partial<SmtpServer>
  } = {},
): Promise<Scene> {
  const { smtp = {}, server = {}, ...hostOptions } = options
  const host = await startSmtp(hostOptions)
  open.push(host.close)
  const database = await createDatabase()
  open.push(database.drop)
  const db: OpenDatabase = openDatabase(database.appUrl, { connections: 6 })
  open.push(db.close)
  const owner = postgres(database.ownerUrl, { max: 1 })
  open.push(() => owner.end())
  const logged: string[] = []
  const log = (event: string, ids: object = {}): void => void logged.push(`${event} ${JSON.stringify(ids)}`)
  const another = (more: Partial<SmtpOptions> = {}): Mailer => {
    const mailer = smtpMailer(
      {
        db: db.db,
        clock: () => new Date('2026-06-01T09:00:00Z'),
        log: { debug: log, info: log, warn: log, error: log },
      },
      {
        server: { ...plain, port: host.port, ...server },
        hello: 'lists.brand.example',
        returnPath: null,
        turn: async () => true,
        timeoutSeconds: 1,
        ...smtp,
        ...more,
      },
    )
    open.push(async () => mailer.close?.())
    return mailer
  }
  return {
    host,
    mailer: another(),
    logged,
    db: db.db,
    another,
    expire: () => owner`update smtp_handovers set until = now()`,
    age: (hours) => owner`
      update smtp_handovers set until = now(), since = now() - ${hours} * interval '1 hour'
      where state = 'deferred'`,
    orphan: () => owner`
      update smtp_handovers set state = 'handing_over', until = now() - interval '1 second'`,
  }
}

export const wire = (to: string, more: object = {}): WireMail =>
  JSON.stringify({
    from: '"Zielony Żółw" <news@brand.example>',
    to: [to],
    subject: 'Czerwiec w ogrodzie: żółte róże',
    html: '<p>Zażółć gęślą jaźń</p>',
    text: 'Zażółć gęślą jaźń',
    headers: {
      'List-Id': 'Garden <1.lists.brand.example>',
      'List-Unsubscribe': `<https://lists.brand.example/u/${'A'.repeat(44)}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'Feedback-ID': 'c1:garden:news:assent',
      Precedence: 'bulk',
    },
    tags: [{ name: 'assent', value: `tag-of-${to.split('@')[0]?.replace(/[^a-z0-9]/g, '')}` }],
    ...more,
  })

export const people = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `reader${String(at).padStart(3, '0')}@inbox.example`)
export const mailsTo = (addresses: readonly string[]): readonly WireMail[] => addresses.map((to) => wire(to))

/** Applies a verdict to one address only, at one stage. */
export const only =
  (stage: string, who: string, verdict: ReturnType<Judge>): Judge =>
  (at, address) =>
    at === stage && address.startsWith(who) ? verdict : null

export const ids = (outcome: SendOutcome): readonly (string | null)[] =>
  outcome.kind === 'accepted' ? outcome.ids : []
export const times = (host: SmtpHost): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Array.from(
      Map.groupBy(host.accepted, ({ to }) => to),
      ([to, mails]) => [to, mails.length],
    ),
  )
export const onceEach = (addresses: readonly string[]) => Object.fromEntries(addresses.map((to) => [to, 1]))
