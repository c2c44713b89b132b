// adapter · a whole deployment in the test's own process: own database, settable clock, mailbox
import postgres from 'postgres'
import * as z from 'zod'
import { app } from '../../src/app.ts'
import { openDeployment } from '../../src/node/deployment.ts'
import { appRole } from '../../src/node/embedded/roles.ts'
import { readConfig } from '../../src/platform/config.ts'
import type { Deps, Mailer, Outside } from '../../src/platform/deps.ts'
import { createLog } from '../../src/platform/log.ts'
import { addressIndex } from '../../src/platform/vault/indexes.ts'
import { parseAddress } from '../../src/subscribers/address.ts'
import { tickUntilRest } from '../../src/tick.ts'
import { checkAnswer } from './answer-check.ts'
import { type Client, clientOf, linkIn, type Mail, text } from './client.ts'
import { createDatabase, type TestDatabase } from './database.ts'
import { valuesOf } from './page.ts'
import { ownerKey } from './running.ts'

/** A list as the API returns it, with its internal number. */
export interface TestList {
  readonly id: string
  readonly slug: string
  readonly number: number
}

/** A row of `subscriptions`, with numbers and arrays as such. */
export interface SubscriptionRow {
  readonly id: number
  readonly subscriber: number
  readonly state: string
  readonly granted: readonly string[]
  readonly seq: number
  readonly sendable: boolean
  readonly restricted: boolean
  readonly suppressed: boolean
}

/** What a person fills in on the sign-up form. */
export interface Choice {
  /** Keys of the optional purposes to tick. */
  readonly purposes?: readonly string[]
  /** Slugs of further lists. */
  readonly also?: readonly string[]
  readonly locale?: string
  readonly fields?: Readonly<Record<string, string>>
}

/**
 * A deployment under test: routes through `client` (`api`, `get`, `post`, `mails`), the database in both roles, and the usual acts
 * of people. Every API response is checked against its declaration.
 */
export interface TestApp extends Client {
  readonly deps: Deps
  /** Connections as the schema's owner, and as the application's role with its real credentials. */
  readonly owner: postgres.Sql
  readonly app: postgres.Sql
  readonly database: TestDatabase
  /** All log lines. */
  readonly logged: readonly string[]
  now(): Date
  /** Advances the clock. */
  later(by: { days?: number; hours?: number; minutes?: number; seconds?: number }): void
  /** Sends any request, as if from 127.0.0.1. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** Runs the heartbeat until no work is left. */
  rest(): Promise<void>
  makeList(settings?: object): Promise<TestList>
  /** Posts the form of a list; `rest` decides it. */
  signUp(list: TestList, email: string, choice?: Choice): Promise<Response>
  /** Opens the newest confirmation mail to an address and presses its button. */
  confirm(email: string, fields?: readonly (readonly [string, string])[]): Promise<Response>
  /** Opens a link's page and posts its form. */
  press(link: string, fields?: readonly (readonly [string, string])[]): Promise<Response>
  /** Signs people up and confirms them through the real routes; returns their subscriptions in the given order. */
  subscribe(
    list: TestList,
    emails: readonly string[],
    choice?: Choice,
  ): Promise<readonly [SubscriptionRow, ...SubscriptionRow[]]>
  /** Returns mails to an address, newest first. */
  mailsTo(email: string): Promise<readonly Mail[]>
  /** Returns null where there is no such subscription. */
  subscription(list: TestList, email: string): Promise<SubscriptionRow | null>
  /** Creates a draft through the API. */
  makeCampaign(list: TestList, draft?: object): Promise<{ id: string; number: number }>
  /** Launches a campaign; `rest` freezes it. */
  launch(campaign: { readonly id: string }): Promise<void>
  close(): Promise<void>
}

/** Fixed, so that every run has the same times. */
const startTime = new Date('2026-06-01T09:00:00.000Z')

export async function openTestApp(
  options: {
    env?: Readonly<Record<string, string>>
    mailer?: (deps: Omit<Deps, 'mailer'>) => Mailer
    outside?: Outside
    /**
     * Size of the pool behind `deps`; the whole run shares 100. The default of 1, as for a request in a worker, makes a pool query
     * from within a transaction hang for ever. Tests of concurrency ask for more.
     */
    connections?: number
    /** No limit by default. */
    statementSeconds?: number
  } = {},
): Promise<TestApp> {
  const read = readConfig({
    SEND_RATE: '0',
    LIMIT_PER_NETWORK: '0',
    BOOTSTRAP_API_KEY: ownerKey,
    ...options.env,
  })
  if (!read.ok) throw new Error(read.problem)
  const { config } = read
  const database = await createDatabase()
  const clock = { at: startTime }
  const logged: string[] = []
  const deployment = await openDeployment({
    config,
    urls: { app: database.appUrl, owner: database.ownerUrl, appRole },
    secret: new Uint8Array(32).fill(7),
    holder: 'house',
    folder: null,
    log: createLog('debug', (line) => void logged.push(line)),
    connections: options.connections ?? 1,
    clock: () => clock.at,
    ...(options.statementSeconds === undefined ? {} : { statementSeconds: options.statementSeconds }),
    ...(options.mailer === undefined ? {} : { mailer: options.mailer }),
    ...(options.outside === undefined ? {} : { outside: options.outside }),
  })
  const { deps } = deployment
  const owner = sqlOf(database.ownerUrl)
  const appSql = sqlOf(database.appUrl)

  const fetchHere = async (url: string, init?: RequestInit): Promise<Response> => {
    const request = new Request(url, init)
    request.headers.set('host', new URL(url).host)
    const response = await app.fetch(request, { ...deps, remoteAddress: '127.0.0.1' })
    await checkAnswer(request.method, url, response)
    return response
  }
  const client = clientOf(config.publicUrl, ownerKey, fetchHere)
  const rest = (): Promise<void> => tickUntilRest(deps)

  const press: TestApp['press'] = async (link, fields = []) => {
    const page = await (await client.get(link)).text()
    const form = /<form method="post"(?: action="([^"]+)")?/.exec(page)
    if (form === null) throw new Error('the page has no form')
    const hidden = ['nonce', 'shown'].flatMap((name) =>
      valuesOf(page, name).map((value) => [name, value] as const),
    )
    const action = form[1]?.replaceAll('&amp;', '&') ?? ''
    return client.post(new URL(action, link).href, [...hidden, ...fields])
  }
  const mailsTo: TestApp['mailsTo'] = async (email) =>
    (await client.mails()).filter((mail) => mail.to === email)
  const subscription: TestApp['subscription'] = async (list, email) => {
    const index = Buffer.from(addressIndex(deps.vault, canonical(email)))
    const [row] = await owner<SubscriptionRow[]>`
      select s.id, s.subscriber, s.state, s.granted, s.seq, s.sendable, s.restricted, s.suppressed
      from subscriptions as s
      join subscribers as p on p.id = s.subscriber
      where s.list = ${list.number} and p.address_index = ${index}`
    return row ?? null
  }
  const signUp: TestApp['signUp'] = (list, email, choice = {}) =>
    client.post(`/s/${list.slug}`, [
      ['email', email],
      ['locale', choice.locale ?? 'en'],
      ...(choice.purposes ?? []).map((purpose) => ['purpose', purpose] as const),
      ...(choice.also ?? []).map((slug) => ['also', slug] as const),
      ...Object.entries(choice.fields ?? {}),
    ])

  return {
    ...client,
    deps,
    owner,
    app: appSql,
    database,
    logged,
    now: () => clock.at,
    later: ({ days = 0, hours = 0, minutes = 0, seconds = 0 }) => {
      clock.at = new Date(clock.at.getTime() + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)
    },
    request: (path, init) => fetchHere(`${config.publicUrl}${path}`, init),
    rest,
    press,
    mailsTo,
    subscription,
    signUp,
    makeList: async (settings = {}) => {
      const made = await client.api('POST', '/lists', { ...listSettings, ...settings })
      if (made.status !== 201) throw new Error(`no list: ${JSON.stringify(made.body)}`)
      const id = text(made.body, 'id')
      const [row] = await owner<{ number: number }[]>`select number from lists where id = ${id}`
      return { id, slug: text(made.body, 'slug'), number: row?.number ?? 0 }
    },
    confirm: async (email, fields) => {
      const mail = (await mailsTo(email)).find((one) => one.text.includes('/c/'))
      return press(linkIn(mail ?? { text: '' }, 'c'), fields)
    },
    subscribe: async (list, emails, choice) => {
      for (const email of emails) await signUp(list, email, choice)
      await rest()
      const links = new Map(
        (await client.mails())
          .filter((mail) => mail.text.includes('/c/'))
          .reverse()
          .map((mail) => [mail.to, linkIn(mail, 'c')]),
      )
      for (const email of emails) await press(links.get(email) ?? '')
      const [first, ...others] = await Promise.all(emails.map((email) => subscription(list, email)))
      if (first == null) throw new Error('nobody was subscribed')
      return [first, ...others.filter((one) => one !== null)]
    },
    makeCampaign: async (list, draft = {}) => {
      const made = await client.api('POST', '/campaigns', {
        list: list.slug,
        subject: 'June',
        content: { format: 'markdown', body: 'The garden in June.' },
        ...draft,
      })
      if (made.status !== 201) throw new Error(`no campaign: ${JSON.stringify(made.body)}`)
      const id = text(made.body, 'id')
      const [row] = await owner<{ number: number }[]>`select number from campaigns where id = ${id}`
      return { id, number: row?.number ?? 0 }
    },
    launch: async ({ id }) => {
      const launched = await client.api('POST', `/campaigns/${id}/launch`)
      if (launched.status !== 202) throw new Error(`not launched: ${JSON.stringify(launched.body)}`)
    },
    close: async () => {
      await deployment.close()
      await Promise.all([owner.end(), appSql.end()])
      await database.drop()
    },
  }
}

/** A list with a second, optional newsletter. */
export const listSettings = {
  slug: 'letter',
  name: 'Garden letter',
  description: 'One letter a month about gardens.',
  default_locale: 'en',
  locales: ['en', 'pl', 'sv', 'ru'],
  sender: { name: 'Brand', email: 'news@brand.example', reply_to: 'hello@brand.example' },
  controller: {
    name: 'Brand AB',
    address: 'Storgatan 1\n111 22 Stockholm',
    contact_email: 'privacy@brand.example',
    dpo_email: 'dpo@brand.example',
    jurisdiction: 'SE',
  },
  purposes: [
    { key: 'clicks' },
    {
      key: 'offers',
      kind: 'mail',
      title: { en: 'Offers', pl: 'Oferty', sv: 'Erbjudanden', ru: 'Предложения' },
      text: {
        en: 'Now and then an offer from our shop.',
        pl: 'Od czasu do czasu oferta z naszego sklepu.',
        sv: 'Ibland ett erbjudande från vår butik.',
        ru: 'Иногда предложение из нашего магазина.',
      },
    },
  ],
}

const sqlOf = (url: string): postgres.Sql =>
  postgres(url, {
    max: 4,
    onnotice: () => {},
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
  })

const canonical = (email: string): string => {
  const parsed = parseAddress(email, { smtpUtf8: true })
  return z.string().parse(parsed.ok ? parsed.address.canonical : undefined)
}
