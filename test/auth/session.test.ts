// sql · a connection is handed on unchanged, as transaction pooling (Hyperdrive, PgBouncer) requires of the application
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
beforeAll(async () => {
  // One connection, so that any leftovers are on this one.
  house = await openTestApp({ connections: 1, env: { LIMIT_PER_NETWORK: '5' } })
  const list = await house.makeList({ fields: [{ key: 'first_name', label: 'Name', purpose: 'newsletter' }] })
  const [anna] = await house.subscribe(list, ['anna@inbox.example', 'bo@inbox.example'])
  const campaign = await house.makeCampaign(list)
  await house.launch(campaign)
  await house.rest()
  await house.api('GET', `/campaigns/${campaign.id}/recipients`)
  await house.api('POST', '/subscribers/search', { email: 'anna@inbox.example' })
  await house.api('PATCH', `/lists/${list.id}`, { name: 'Another name' })
  expect(anna.state).toBe('active')
  expect((await house.mailsTo('bo@inbox.example')).length).toBe(2)
})
afterAll(() => house.close())

/** Queries through the application's own connection. */
const rows = async (question: string): Promise<readonly unknown[]> =>
  Array.from(await house.deps.db.execute(sql.raw(question)))

describe('the connection of the application, after all of that', () => {
  it('holds no lock', async () => {
    expect(
      await rows(`select objid from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`),
    ).toEqual([])
  })

  it('listens to nothing', async () => {
    expect(await rows('select pg_listening_channels()')).toEqual([])
  })

  // A transaction's isolation level ends with it, though PostgreSQL lists it among session settings.
  it('has no setting, table or cursor of its own', async () => {
    expect(
      await rows(
        `select name, setting from pg_settings where source = 'session' and name <> 'transaction_isolation'`,
      ),
    ).toEqual([])
    expect(await rows(`select relname from pg_class where relnamespace = pg_my_temp_schema()`)).toEqual([])
    expect(await rows(`select name from pg_cursors where is_holdable`)).toEqual([])
  })

  it('has prepared statements of the driver only, by the protocol, which a pooler follows', async () => {
    expect(await rows('select name from pg_prepared_statements where from_sql')).toEqual([])
  })
})
