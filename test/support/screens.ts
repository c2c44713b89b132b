// adapter · every page of the application, in a deployment with data on each of them
import { app } from '../../src/app.ts'
import { linkForOperator } from '../../src/auth/sign-in/links.ts'
import { people } from '../../src/dev/demo/people.ts'
import { linkIn, text } from './client.ts'
import {
  askForLink,
  type ConsoleClient,
  consoleClientOf,
  fromConsole,
  type OpenConsole,
  signIn,
} from './console.ts'
import { seedConfirmed } from './seed.ts'
import type { TestApp, TestList } from './test-app.ts'

export interface Screen {
  /** The route that serves the page. */
  readonly route: string
  readonly path: string
}

/** Routes that serve no page: data, style sheets, redirects. */
const noPages: ReadonlySet<string> = new Set([
  '/',
  '/healthz',
  '/readyz',
  '/assets/:name',
  '/api/openapi.json',
  '/dev/mailbox.json',
  '/s/:list/brand.css',
  '/s/:list/icon.svg',
  '/console/lists/brand.css',
  // Leads home whoever needs no passkey: test/auth/second-step.test.ts.
  '/console/passkey',
])

/** The page routes that the application registers, without the API's. */
export const routesOfPages: readonly string[] = app.routes
  .filter(({ method, path }) => method === 'GET' && !path.startsWith('/api/v1/') && !noPages.has(path))
  .map(({ path }) => path)

export interface Furnished {
  readonly desk: ConsoleClient
  /** The cookie of a form that was saved after its session had ended. */
  readonly savedFormCookie: string
  readonly screens: readonly Screen[]
}

const label = (words: string) => ({ en: words, pl: words, sv: words, ru: words })
const email = 'eva@brand.example'

/** Creates at least three rows for each table, so that the second row is neither the first nor the last. */
export async function furnish({ house }: OpenConsole): Promise<Furnished> {
  const letter = await house.makeList({
    brand: { color: '#7a1f5c' },
    fields: [
      { key: 'first_name', label: label('First name'), purpose: 'newsletter' },
      {
        key: 'country',
        label: label('Country'),
        purpose: 'newsletter',
        type: 'choice',
        options: ['PL', 'SE', 'RU'],
        filterable: true,
      },
      { key: 'age', label: label('Age'), purpose: 'newsletter', type: 'number', filterable: true },
      { key: 'born', label: label('Born'), purpose: 'newsletter', type: 'date', filterable: true },
      { key: 'gardener', label: label('I garden'), purpose: 'newsletter', type: 'boolean' },
    ],
  })
  for (const slug of ['workshop', 'offers', 'old']) await house.makeList({ slug, name: `The ${slug} letter` })
  const crowd = people(24, 3).map((person) => ({
    email: person.email,
    locale: person.locale,
    fields: { first_name: person.firstName, country: 'PL' },
  }))
  await seedConfirmed(house.deps, letter.slug, crowd)
  await house.subscribe(letter, ['anna@example.pl'], { purposes: ['offers'] })
  await house.signUp(letter, 'waits@example.pl')
  await house.rest()

  const sent: string[] = []
  for (const subject of ['April', 'May', 'June']) {
    const campaign = await house.makeCampaign(letter, { subject })
    await house.launch(campaign)
    await house.rest()
    house.later({ minutes: 10 })
    sent.unshift(campaign.id)
  }
  const draft = await house.makeCampaign(letter, { subject: 'A draft' })
  await house.makeCampaign(letter, { subject: 'Another draft' })
  const scheduled = await house.makeCampaign(letter, { subject: 'In July' })
  await made(house, `/campaigns/${scheduled.id}/schedule`, { at: '2026-07-01T09:00:00Z' })
  const segments = await Promise.all(
    ['PL', 'SE', 'RU'].map((country) =>
      made(house, '/segments', {
        name: `In ${country}`,
        list: letter.slug,
        filter: {
          all: [
            { field: 'country', is: country },
            { any: [{ tag: 'vip' }, { confirmed: { within_days: 30 } }] },
          ],
        },
      }),
    ),
  )
  const suppressed = await Promise.all(
    ['one', 'two', 'three'].map((name) =>
      made(house, '/suppressions', { email: `${name}@example.org`, scope: 'all', reason: 'operator' }),
    ),
  )

  const { desk, savedFormCookie } = await addOperators(house)
  await desk.post('/console/lists/old/archive')
  const screens = await publicScreens(house, letter)
  // A mailbox with mails, each shown as a document in a frame.
  await house.request('/dev/mailbox.json', { method: 'DELETE' })
  await house.signUp(letter, 'asks@example.pl')
  await house.rest()
  return {
    desk,
    savedFormCookie,
    screens: [
      ...screens,
      ...(await consoleScreens(desk, {
        letter,
        sent: sent[0] ?? '',
        draft: draft.id,
        scheduled: scheduled.id,
        segment: segments[0] ?? '',
        suppressed: suppressed[0] ?? '',
      })),
    ],
  }
}

async function made(house: TestApp, path: string, body: object): Promise<string> {
  const answer = await house.api('POST', path, body)
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return text(answer.body, 'id')
}

/** Creates an owner with a saved form from an ended session, and some invited operators. */
async function addOperators(house: TestApp): Promise<{ desk: ConsoleClient; savedFormCookie: string }> {
  const before = await signIn(house, { role: 'owner', name: 'Eva Lindqvist', email })
  for (const role of ['editor', 'sender', 'auditor'] as const)
    await signIn(house, {
      role,
      name: `Nils the ${role}`,
      ...(role === 'auditor' ? { email: 'nils@brand.example' } : {}),
    })
  await before.post('/console/sign-out')
  const refused = await before.post('/console/campaigns/new', [
    ['list', 'letter'],
    ['subject', 'Kept'],
    ['body', 'What was being written when the session ended.'],
  ])
  const savedFormCookie = cookieIn(refused, 'assent_kept')
  const desks: ConsoleClient[] = []
  for (let times = 0; times < 3; times += 1)
    desks.push(consoleClientOf(house, { cookie: await enter(house), operator: before.operator }))
  const [desk = before] = desks
  for (const name of ['The shop', 'The till', 'The app'])
    await desk.post('/console/settings/keys', [
      ['name', name],
      ['role', 'editor'],
    ])
  return { desk, savedFormCookie }
}

async function enter(house: TestApp): Promise<string> {
  const { path, cookie } = await askForLink(house, email)
  const entered = await house.request(path, { method: 'POST', headers: { ...fromConsole(house), cookie } })
  return cookieIn(entered, 'assent_session')
}

/** Opens in any browser. */
async function openSignInLink(house: TestApp): Promise<string> {
  return new URL((await linkForOperator(house.deps, email)) ?? '').pathname
}

const cookieIn = (answer: Response, name: string): string =>
  new RegExp(`${name}=[^;]+`).exec(answer.headers.getSetCookie().join('\n'))?.[0] ?? ''

async function publicScreens(house: TestApp, letter: TestList): Promise<readonly Screen[]> {
  const [waiting] = await house.mailsTo('waits@example.pl')
  const mails = await house.mailsTo('anna@example.pl')
  const asked = mails.find((mail) => mail.text.includes('/c/')) ?? { text: '' }
  const letterMail = mails.find((mail) => mail.text.includes('/u/')) ?? { text: '' }
  const pathOf = (link: string): string => new URL(link).pathname
  return [
    { route: '/s/:list', path: `/s/${letter.slug}` },
    { route: '/s/:list', path: `/s/${letter.slug}?lang=ru` },
    { route: '/s/:list', path: '/s/old' },
    { route: '/s/:list', path: '/s/nothing-here' },
    { route: '/s/:list/sent', path: `/s/${letter.slug}/sent` },
    { route: '/c/:token', path: pathOf(linkIn(waiting ?? { text: '' }, 'c')) },
    { route: '/c/:token', path: pathOf(linkIn(asked, 'c')) },
    { route: '/c/:token', path: `/c/${'A'.repeat(44)}` },
    { route: '/u/:token', path: pathOf(linkIn(letterMail, 'u')) },
    { route: '/p/:token', path: pathOf(linkIn(letterMail, 'p')) },
    { route: '/n/:hash', path: pathOf(linkIn(asked, 'n')) },
    { route: '/dev/mailbox', path: '/dev/mailbox' },
    { route: '/api/docs', path: '/api/docs' },
    { route: '/console/sign-in', path: '/console/sign-in' },
    { route: '/console/sign-in/:token', path: await openSignInLink(house) },
    // Of another browser.
    { route: '/console/sign-in/:token', path: (await askForLink(house, 'nils@brand.example')).path },
    { route: '/console/sign-in/:token', path: `/console/sign-in/${'A'.repeat(44)}` },
  ]
}

interface Things {
  readonly letter: TestList
  readonly sent: string
  readonly draft: string
  readonly scheduled: string
  readonly segment: string
  readonly suppressed: string
}

async function consoleScreens(desk: ConsoleClient, things: Things): Promise<readonly Screen[]> {
  const found = await desk.post('/console/people/search', [['email', 'anna@example.pl']])
  const person = found.headers.get('location')?.split('/').at(-1) ?? ''
  const operators = await (await desk.get('/console/settings/operators')).text()
  const operator = /settings\/operators\/([0-9a-f-]{36})/.exec(operators)?.[1] ?? ''
  const keys = await (await desk.get('/console/settings/keys')).text()
  const key = /settings\/keys\/([0-9a-f-]{36})/.exec(keys)?.[1] ?? ''
  const at = (route: string, values: Readonly<Record<string, string>> = {}, query = ''): Screen => ({
    route: `/console${route}`,
    path: `/console${route.replaceAll(/:(\w+)/g, (_, name: string) => values[name] ?? '')}${query}`,
  })
  const list = { list: things.letter.slug }
  const campaign = (rest: string, id: string, query = ''): Screen =>
    at(`/campaigns/:id${rest}`, { id }, query)
  return [
    at(''),
    at('/kept'),
    at('/again', {}, '?for=keys'),
    at('/settings'),
    at('/settings/operators'),
    at('/settings/operators/:id', { id: operator }),
    at('/settings/keys'),
    at('/settings/keys/:id/revoke', { id: key }),
    at('/settings/sender'),
    at('/settings/sending'),
    at('/settings/processors'),
    at('/settings/suppressions'),
    at('/settings/suppressions/:id/lift', { id: things.suppressed }),
    at('/settings/acts'),
    at('/lists'),
    at('/lists/new'),
    at('/lists/new/preview'),
    at('/lists/:list', list),
    at('/lists/:list/edit', list),
    at('/lists/:list/edit/preview', list),
    at('/lists/:list/form', list),
    at('/lists/:list/archive', list),
    at('/lists/:list/preview', list),
    at('/lists/:list/preview/form', list),
    at('/lists/:list/preview/notice', list),
    at('/campaigns'),
    at('/campaigns', {}, '?state=sent'),
    at('/campaigns/new', {}, `?list=${things.letter.slug}`),
    at('/campaigns/preview'),
    campaign('', things.sent),
    campaign('', things.scheduled),
    campaign('/progress', things.sent),
    campaign('/recipients', things.sent),
    campaign('/explain', things.sent),
    campaign('/copy', things.sent),
    campaign('/edit', things.draft),
    campaign('/delete', things.draft),
    campaign('/test', things.draft),
    campaign('/preflight', things.draft),
    campaign('/launch', things.draft),
    campaign('/cancel', things.scheduled),
    at('/people'),
    at('/people', {}, `?list=${things.letter.slug}`),
    at('/people/:id', { id: person }),
    at('/people/:id/edit', { id: person }),
    at('/people/:id/end', { id: person }, `?list=${things.letter.slug}`),
    at('/people/:id/evidence', { id: person }, `?list=${things.letter.slug}`),
    at('/segments'),
    at('/segments/new', {}, `?list=${things.letter.slug}`),
    at('/segments/:id', { id: things.segment }),
    at('/segments/:id/delete', { id: things.segment }),
    { route: '/console', path: '/console/nothing-here' },
  ]
}
