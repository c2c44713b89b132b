// entry · the application: one value for Node, workers and tests; dependencies come with each request as env

import { sql } from 'drizzle-orm'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { routePath } from 'hono/route'
import { getPath } from 'hono/utils/url'
import { docsRoutes } from './api/docs/routes.tsx'
import { brokenProblem, notAllowed, problem } from './api/problem.ts'
import { apiRoutes } from './api/site-map.ts'
import { signInRoutes } from './auth/sign-in/routes.tsx'
import { consoleRoutes } from './console/console.tsx'
import { mailboxRoutes } from './console/mailbox.tsx'
import { hookRoutes, maxHookBytes } from './feedback/hook-routes.ts'
import { noticeRoutes } from './notices/routes.tsx'
import { DomainError } from './platform/errors.ts'
import { codeOf, describeError, isTransient } from './platform/failures.ts'
import { pathOfLink } from './platform/vault/link-path.ts'
import { preferencesRoutes } from './preferences/routes.tsx'
import { unsubscribeRoutes } from './preferences/unsubscribe-routes.tsx'
import { confirmRoutes } from './signup/confirmation/routes.tsx'
import { signupRoutes } from './signup/pages/routes.tsx'
import { type Env, errorPage } from './ui/answer.tsx'
import { assets, assetVersion } from './ui/assets.ts'
import { maxFormBytes } from './ui/read-body.ts'
import { statusOf } from './ui/status.ts'

export const app = new Hono<Env>({ getPath: (request) => pathOfLink(getPath(request)) })

app.use(async (c, next) => {
  const began = performance.now()
  await next()
  // On the finished answer, whatever made it.
  const { headers } = c.res
  headers.set('X-Content-Type-Options', 'nosniff')
  if (c.env.config.publicUrl.startsWith('https:')) headers.set('Strict-Transport-Security', onlyHttps)
  // The route's template, never its path: paths hold tokens.
  c.env.log.debug('request', {
    method: c.req.method,
    route: routePath(c, -1),
    status: c.res.status,
    ms: Math.round(performance.now() - began),
  })
})

/** A year, for this host alone: other names of the domain are not ours to decide on. RFC 6797 */
const onlyHttps = 'max-age=31536000'

const tooLarge = (): never => {
  throw new DomainError('too_large', 'The body is larger than this address takes.')
}
// Not /u/: a POST there ends the subscription, and its body is not read.
for (const path of ['/s/*', '/c/*', '/p/*', '/console/sign-in/*'])
  app.use(path, bodyLimit({ maxSize: maxFormBytes, onError: tooLarge }))
app.use('/hooks/*', bodyLimit({ maxSize: maxHookBytes, onError: tooLarge }))

app.route('/', signupRoutes)
app.route('/', confirmRoutes)
app.route('/', unsubscribeRoutes)
app.route('/', preferencesRoutes)
app.route('/', noticeRoutes)
app.route('/', hookRoutes)
app.route('/', mailboxRoutes)
app.route('/console/sign-in', signInRoutes)
app.route('/console', consoleRoutes)
app.route('/api/v1', apiRoutes)
app.route('/api', docsRoutes)

app.get('/assets/:name', (c) => {
  const name = c.req.param('name')
  const asset = Object.hasOwn(assets, name) ? assets[name] : undefined
  if (asset === undefined) return errorPage(c, 404)
  // Weak: the same tag for each encoding.
  const tag = `W/"${assetVersion(asset)}"`
  c.header('Cache-Control', 'public, max-age=31536000, immutable')
  c.header('ETag', tag)
  if (namesTag(c.req.header('if-none-match'), tag)) return c.body(null, 304)
  return c.body(asset.body, 200, { 'Content-Type': asset.type })
})

/** Compared weakly. RFC 9110 section 13.1.2 */
const namesTag = (header: string | undefined, tag: string): boolean =>
  header?.split(',').some((one) => ['*', tag, tag.slice(2)].includes(one.trim())) === true

app.get('/', (c) => c.redirect('/console', 303))

app.get('/healthz', (c) => c.json({ status: 'up' }))

app.get('/readyz', async (c) => {
  try {
    await c.env.db.execute(sql`select 1 from deployment where name = 'functions'`)
    return c.json({ status: 'ready' })
  } catch {
    c.header('Retry-After', String(databaseAwaySeconds))
    return c.json({ status: 'database does not answer' }, 503)
  }
})

// A known path with another method. Registered last, so that only unmatched requests arrive here.
const methodsOf = Map.groupBy(
  app.routes.filter(({ method, path }) => method !== 'ALL' && !path.includes('*')),
  ({ path }) => path,
)
for (const [path, routes] of methodsOf) {
  const allowed = [
    ...new Set(routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))),
  ]
  app.all(path, (c) => {
    c.header('Allow', allowed.join(', '))
    if (c.req.method === 'OPTIONS') return c.body(null, 204)
    throw notAllowed(allowed)
  })
}

const wantsProblem = (c: { req: { path: string; header: (name: string) => string | undefined } }): boolean =>
  c.req.path.startsWith('/api/') || (c.req.header('content-type') ?? '').startsWith('application/json')

app.notFound((c) =>
  wantsProblem(c)
    ? problem(c, new DomainError('not_found', 'There is nothing at this address.'))
    : errorPage(c, 404),
)

const databaseAwaySeconds = 5

/** A database that restarts, or a pooler that has lost it, is no fault of ours: programs and mailbox providers try again after 503. */
function databaseAway(c: Context<Env>, cause: unknown): DomainError {
  c.env.log.warn('request.database_away', { route: routePath(c, -1), ...describeError(cause) })
  return new DomainError(
    'overloaded',
    'The database does not answer at the moment. Nothing is wrong with the request: repeat it in a few seconds.',
    { retryAfterSeconds: databaseAwaySeconds, cause },
  )
}

app.onError((thrown, c) => {
  const error = asRefusal(c, thrown)
  if (error instanceof DomainError) {
    if (wantsProblem(c)) return problem(c, error)
    if (error.retryAfterSeconds !== undefined) c.header('Retry-After', String(error.retryAfterSeconds))
    return errorPage(c, statusOf(error.code))
  }
  const reference = c.env.ids().slice(-12)
  c.env.log.error('request.broken', { reference, route: routePath(c, -1), ...describeError(error) })
  return wantsProblem(c) ? brokenProblem(c, reference) : errorPage(c, 500, reference)
})

/** SQLSTATE query_canceled: the statement took longer than a page may ask (platform/database/database.ts). */
const tookTooLong = '57014'

/** What is nobody's bug, as a refusal: a body that never came whole, and a question that took the database too long. */
function asRefusal(c: Context<Env>, error: Error): Error {
  if (error instanceof DomainError) return error
  if (c.env.hungUp?.() === true) {
    c.env.log.debug('request.hung_up', { route: routePath(c, -1) })
    return new DomainError('malformed', 'The body ended before it was complete.', { cause: error })
  }
  if (codeOf(error) !== tookTooLong) return isTransient(error) ? databaseAway(c, error) : error
  c.env.log.warn('request.too_slow', { route: routePath(c, -1) })
  return new DomainError(
    'overloaded',
    'The database took too long over this question. Ask for less at once, or again in a minute.',
    { retryAfterSeconds: 60, cause: error },
  )
}
