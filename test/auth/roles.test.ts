// web · permissions: every declared endpoint against every role, and without a key
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endpoints } from '../../src/api/site-map.ts'
import { createKey } from '../../src/auth/keys.ts'
import { type Permission, type Role, roles } from '../../src/auth/roles.ts'
import { ownerKey } from '../support/running.ts'
import { besidesRefusals, contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

/** Written out again here: a permission gained or lost must be a decision, not a side effect. */
const allowed: Readonly<Record<Permission, readonly Role[]>> = {
  'lists.read': ['owner', 'editor', 'sender', 'analyst', 'auditor'],
  'lists.write': ['owner', 'editor'],
  'signups.write': ['owner', 'editor'],
  'subscribers.read': ['owner', 'editor', 'auditor'],
  'subscribers.write': ['owner', 'editor'],
  'evidence.open': ['owner', 'auditor'],
  'segments.read': ['owner', 'editor', 'sender', 'analyst'],
  'segments.write': ['owner', 'editor', 'sender'],
  'campaigns.read': ['owner', 'editor', 'sender', 'analyst', 'auditor'],
  'campaigns.write': ['owner', 'editor', 'sender'],
  'campaigns.send': ['owner', 'sender'],
  'operators.manage': ['owner'],
  'keys.manage': ['owner'],
  'settings.write': ['owner'],
  'audit.read': ['owner', 'auditor'],
}

let house: TestApp
const keys = new Map<Role, string>()

beforeAll(async () => {
  house = await openTestApp()
  for (const role of roles)
    keys.set(role, (await createKey(house.deps, { kind: 'system' }, { role, name: `the ${role}` })).key)
})
afterAll(() => house.close())

const somebody = '019e8269-4e80-7ef9-a8e3-baa7ee241d55'

/** Calls an endpoint with a body it cannot act on. */
const call = (method: string, path: string, authorization: string | null): Promise<Response> =>
  house.request(`/api/v1${path.replace(/:\w+/g, somebody)}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(authorization === null ? {} : { authorization }),
    },
    ...(method === 'GET' ? {} : { body: '{"unknown":true}' }),
  })

/** The audit rows that the act left. */
async function rowsOf(act: () => Promise<unknown>): Promise<readonly unknown[]> {
  const [{ last = 0 } = {}] = await house.owner<{ last: number }[]>`
    select coalesce(max(id), 0) as last from audit_log`
  await act()
  return house.owner`
    select verb, actor_kind, actor_id is not null as named, details from audit_log where id > ${last} order by id`
}

describe('an endpoint', () => {
  it('is one of those that are declared, and there are many', () => {
    expect(endpoints.length).toBeGreaterThanOrEqual(35)
    expect(new Set(endpoints.map(({ method, path }) => `${method} ${path}`)).size).toBe(endpoints.length)
  })

  it.each(endpoints)('lets in whom it may: $method $path', async ({ method, path, permission }) => {
    const before = besidesRefusals(await contentsOf(house.owner))
    for (const role of roles) {
      const answers: Response[] = []
      const left = await rowsOf(async () =>
        answers.push(await call(method, path, `Bearer ${keys.get(role)}`)),
      )
      const [answer = Response.error()] = answers
      const body = await answer.text()
      expect(answer.status, `${role}: ${body}`).toBeLessThan(500)
      if (allowed[permission].includes(role)) {
        expect([401, 403], role).not.toContain(answer.status)
        expect(left).not.toContainEqual(expect.objectContaining({ verb: 'act.refused' }))
      } else {
        expect([role, answer.status]).toEqual([role, 403])
        expect(JSON.parse(body)).toMatchObject({
          code: 'forbidden',
          title: `A key of the role ${role} may not do this (${permission}).`,
        })
        expect(left).toEqual([
          { verb: 'act.refused', actor_kind: 'key', named: true, details: { method, path } },
        ])
      }
    }
    expect(besidesRefusals(await contentsOf(house.owner))).toEqual(before)
  })

  it.each(endpoints)('lets in nobody without a key: $method $path', async ({ method, path }) => {
    const before = besidesRefusals(await contentsOf(house.owner))
    const key = keys.get('owner') ?? ''
    const wrong = [
      null,
      '',
      'Bearer',
      'Bearer ',
      'Bearer x',
      `Basic ${key}`,
      key,
      `Bearer ${key}x`,
      `Bearer ${key.slice(0, -1)}`,
      `Bearer ${key.toUpperCase()}`,
      `Bearer ${key} ${key}`,
      `Bearer ${'x'.repeat(501)}`,
      `Bearer ${ownerKey.slice(1)}`,
    ]
    const left: unknown[] = []
    for (const authorization of wrong) {
      const answers: Response[] = []
      left.push(...(await rowsOf(async () => answers.push(await call(method, path, authorization)))))
      const [answer = Response.error()] = answers
      expect([authorization, answer.status]).toEqual([authorization, 401])
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(await answer.json()).toMatchObject({
        code: 'unauthenticated',
        title: 'Send an API key that is in force: Authorization: Bearer <key>.',
      })
    }
    // One row for each that has the form of a key; nothing of the key stands in it.
    const row = { verb: 'key.refused', actor_kind: 'stranger', named: false, details: { method, path } }
    expect(left).toEqual([row, row, row, row, row])
    expect(besidesRefusals(await contentsOf(house.owner))).toEqual(before)
  })
})

describe('a key', () => {
  it('works no more once it was revoked', async () => {
    const { id, key } = await createKey(house.deps, { kind: 'system' }, { role: 'owner', name: 'short' })
    expect((await call('GET', '/lists', `bearer ${key}`)).status).toBe(200)
    await house.owner`update api_keys set revoked_at = now() where id = ${id}`
    expect((await call('GET', '/lists', `Bearer ${key}`)).status).toBe(401)
  })

  it('is not taken from the address', async () => {
    const answer = await house.request(
      `/api/v1/lists?key=${keys.get('owner')}&access_token=${keys.get('owner')}`,
    )
    expect(answer.status).toBe(401)
  })

  it('is kept as a hash alone, and never logged', async () => {
    const rows = await house.owner<{ row: string }[]>`select k::text as row from api_keys as k`
    for (const key of keys.values()) {
      expect(rows.some(({ row }) => row.includes(key))).toBe(false)
      expect(house.logged.some((line) => line.includes(key))).toBe(false)
    }
  })
})
