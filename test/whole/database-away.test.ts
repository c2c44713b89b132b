// adapter · a database that takes no connection for a while: every route says 503 and when to come back. RFC 9110 section 15.6.4
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { app } from '../../src/app.ts'
import { isTransient } from '../../src/platform/failures.ts'
import { referenceToken } from '../../src/platform/vault/tokens.ts'
import { type ConsoleClient, fromConsole, signIn } from '../support/console.ts'
import { eventBody, hookEnv, hookEvents, postHook } from '../support/hooks.ts'
import { ownerKey } from '../support/running.ts'
import { seedConfirmed } from '../support/seed.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
let admin: postgres.Sql
let token: string
let eva: ConsoleClient
beforeAll(async () => {
  house = await openTestApp({ env: hookEnv, connections: 2 })
  const list = await house.makeList()
  const [person] = await seedConfirmed(house.deps, list.slug, [{ email: 'anna@inbox.example' }])
  token = referenceToken(house.deps.vault, 'unsub', { subscription: person?.subscription ?? 0, campaign: 0 })
  eva = await signIn(house, { role: 'owner' })
  admin = postgres(house.database.adminUrl, { max: 1, onnotice: () => {} })
  await close()
})
afterAll(async () => {
  await open()
  await admin.end()
  await house.close()
})

/** As a pooler in front of a database that restarts: connections end, and a new one is refused (53300). */
async function close(): Promise<void> {
  const [row] = await admin<{ name: string }[]>`select current_database() as name`
  await admin`alter database ${admin(row?.name ?? '')} connection limit 0`
  await admin`
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`
}

async function open(): Promise<void> {
  const [row] = await admin<{ name: string }[]>`select current_database() as name`
  await admin`alter database ${admin(row?.name ?? '')} connection limit -1`
}

const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } }

describe('while the database is away', () => {
  it.each<[string, () => Promise<Response>]>([
    ['a form', () => house.get('/s/letter')],
    ['a sign-up', () => house.request('/s/letter', { ...form, body: 'email=bo%40inbox.example' })],
    ['an unsubscribe page', () => house.get(`/u/${token}`)],
    [
      'a one-click (RFC 8058)',
      () => house.request(`/u/${token}`, { ...form, body: 'List-Unsubscribe=One-Click' }),
    ],
    ['the console', () => eva.get('/console')],
    [
      'an act of an operator',
      () => eva.post('/console/settings/suppressions', [['email', 'bo@inbox.example']]),
    ],
    [
      'a sign-in',
      () =>
        house.request('/console/sign-in', {
          method: 'POST',
          headers: { ...form.headers, ...fromConsole(house) },
          body: 'email=eva%40brand.example',
        }),
    ],
    [
      'an event of the provider',
      () =>
        postHook(
          house,
          eventBody(house, { kind: 'campaign', subscription: 1, campaign: 1 }, hookEvents.delivered),
        ),
    ],
    ['readiness', () => house.get('/readyz')],
  ])('%s is answered 503, with the seconds to wait', async (_, ask) => {
    const answer = await ask()
    expect([answer.status, Number(answer.headers.get('retry-after'))]).toEqual([503, 5])
  })

  it.each([
    ['GET', '/lists'],
    ['GET', '/campaigns'],
    ['POST', '/signups'],
  ])('the API too: %s %s, as a problem whose sentence says to repeat it (RFC 9457)', async (method, path) => {
    const answer = await house.request(`/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${ownerKey}`, 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: JSON.stringify({ list: 'letter', email: 'bo@inbox.example' }) } : {}),
    })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await answer.json()).toMatchObject({
      code: 'overloaded',
      title: expect.stringContaining('repeat it'),
    })
  })

  it('no route at all answers 500', async () => {
    const broken: string[] = []
    const routes = app.routes.filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
    for (const { method, path } of routes) {
      const answer = await house.request(path.replace(/:\w+(?:\{[^}]*\})?/g, token), {
        method,
        headers: { authorization: `Bearer ${ownerKey}` },
        ...(method === 'GET' ? {} : { body: '{}' }),
      })
      if (answer.status === 500) broken.push(`${method} ${path}`)
    }
    expect(routes.length).toBeGreaterThan(100)
    expect(broken).toEqual([])
    expect(house.logged.join('')).not.toContain('request.broken')
  })
})

describe('an error that passes by itself', () => {
  it.each([
    ['a pooler that cannot reach its server (PgBouncer server_login_retry)', '08P01', true],
    ['a server that starts', '57P03', true],
    ['a server that is told to stop', '57P01', true],
    ['too many connections', '53300', true],
    ['a standby', '25006', true],
    ['a refused connection', 'ECONNREFUSED', true],
    ['a name that does not resolve now', 'EAI_AGAIN', true],
    ['a connection closed by the driver', 'CONNECTION_CLOSED', true],
    ['a statement that is wrong', '42601', false],
    ['a password that is wrong', '28P01', false],
    ['a fault of the program', 'ERR_INVALID_ARG_TYPE', false],
    ['no code at all', '', false],
  ])('%s (%s): %s', (_, code, expected) => {
    expect(isTransient(Object.assign(new Error('so'), { code }))).toBe(expected)
  })
})
