// adapter · a database of the version before values belonged to lists, brought to this version: nothing is lost, nothing is mixed
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { storedValue } from '../../src/lists/field-value.ts'
import { findList } from '../../src/lists/find.ts'
import { appRole } from '../../src/node/embedded/roles.ts'
import { migrate } from '../../src/node/migrate.ts'
import { type OpenDatabase, openDatabase } from '../../src/platform/database/database.ts'
import { sealField } from '../../src/platform/vault/fields.ts'
import { countAudience } from '../../src/segments/audience.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { vaultOf } from '../support/vault.ts'

const journal = z.looseObject({ entries: z.array(z.looseObject({ tag: z.string() })) })
const thisMigration = 'details_of_lists'

const vault = vaultOf(3)
const uid = (person: number): string => `0193a8f0-0000-7ce1-8589-${String(person).padStart(12, '0')}`
const sealed = (person: number, key: string, value: string): string =>
  Buffer.from(
    sealField(vault, new Uint8Array(12).fill(person), { uid: uid(person), field: key }, value),
  ).toString('base64')

let database: TestDatabase
let owner: postgres.Sql
let opened: OpenDatabase
let folder: string

beforeAll(async () => {
  database = await createDatabase()
  owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} })
  folder = await mkdtemp(path.join(tmpdir(), 'assent-upgrade-'))
  await goBack()
  await tellAsBefore()
  await migrate({ ownerUrl: database.ownerUrl, appRole })
  opened = openDatabase(database.appUrl, { connections: 1 })
})
afterAll(async () => {
  await opened?.close()
  await owner?.end()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

/** The tables as they were before this migration, without functions and triggers, and empty. */
async function goBack(): Promise<void> {
  await cp('drizzle', folder, { recursive: true })
  await rm(path.join(folder, 'functions'), { recursive: true })
  await mkdir(path.join(folder, 'functions'))
  await writeFile(path.join(folder, 'functions/grants.sql'), 'select 1')
  const file = path.join(folder, 'meta/_journal.json')
  const { entries, ...rest } = journal.parse(JSON.parse(await readFile(file, 'utf8')))
  const before = entries.slice(
    0,
    entries.findIndex(({ tag }) => tag.endsWith(thisMigration)),
  )
  expect(before.length).toBeGreaterThan(10)
  await writeFile(file, JSON.stringify({ ...rest, entries: before }))
  await owner`drop schema public, keys, drizzle cascade`
  await owner`create schema public`
  await migrate({ ownerUrl: database.ownerUrl, appRole: null, folder })
}

interface Before {
  readonly id: number
  readonly attributes: object
  readonly tags: readonly number[]
  /** States by list number. */
  readonly on: Readonly<Record<number, string>>
}

/** Lists 1 and 2 ask for the city, 1 also for a name (protected), 3 for a size that 1 and 2 do not know; nobody asks for `old`. */
const people: readonly Before[] = [
  {
    id: 1,
    attributes: { city: 'Kraków', name: sealed(1, 'name', 'Anna'), size: 44, old: 'kept' },
    tags: [1, 2],
    on: { 1: 'active', 2: 'withdrawn' },
  },
  { id: 2, attributes: { city: 'Lund', size: 43 }, tags: [], on: { 2: 'active', 3: 'active' } },
  { id: 3, attributes: {}, tags: [2], on: { 3: 'pending' } },
  { id: 4, attributes: { old: true }, tags: [1], on: {} },
  { id: 5, attributes: { city: 'Gone' }, tags: [1], on: { 1: 'erased' } },
  { id: 6, attributes: { city: 'Visby' }, tags: [2], on: { 1: 'erased', 2: 'active' } },
  { id: 7, attributes: {}, tags: [], on: { 1: 'active' } },
]

async function tellAsBefore(): Promise<void> {
  const lists = [
    { number: 1, slug: 'one', fields: [{ key: 'city' }, { key: 'name', protected: true }] },
    { number: 2, slug: 'two', fields: [{ key: 'city' }] },
    { number: 3, slug: 'three', fields: [{ key: 'size', type: 'number' }] },
  ]
  await owner`insert into tags (id, name) overriding system value values (1, 'vip'), (2, 'press')`
  await owner`
    insert into lists (number, id, slug, name, settings, created_at) overriding system value
    select (l ->> 'number')::bigint, gen_random_uuid(), l ->> 'slug', l ->> 'slug', ${owner.json(settings)}, now()
    from jsonb_array_elements(${JSON.stringify(lists)}::text::jsonb) as l`
  await owner`
    insert into purposes (list, key, kind, position, title, text)
    select number, 'newsletter', 'mail', 0, '{"en": "News"}', '{"en": "News."}' from lists`
  await owner`
    insert into fields (list, key, position, type, label, options, purpose, legal_basis, required, protected,
      filterable, sensitive)
    select (l ->> 'number')::bigint, f ->> 'key', 0, coalesce(f ->> 'type', 'text'), '{"en": "x"}', '[]', 'newsletter',
      'consent', false, coalesce((f ->> 'protected')::boolean, false),
      not coalesce((f ->> 'protected')::boolean, false), false
    from jsonb_array_elements(${JSON.stringify(lists)}::text::jsonb) as l, jsonb_array_elements(l -> 'fields') as f`
  const rows = JSON.stringify(people.map((one) => ({ ...one, uid: uid(one.id) })))
  await owner`
    insert into subscribers (id, uid, address_index, address, locale, attributes, tags, mailbox_provider, created_at)
    overriding system value
    select (p ->> 'id')::bigint, (p ->> 'uid')::uuid, convert_to(p ->> 'id', 'UTF8'), '', 'en', p -> 'attributes',
      array(select jsonb_array_elements_text(p -> 'tags')::integer), 'other', now()
    from jsonb_array_elements(${rows}::text::jsonb) as p`
  await owner`
    insert into subscriptions (subscriber, list, state, granted)
    select (p ->> 'id')::bigint, o.list::bigint, o.state,
      case when o.state = 'active' then '{newsletter}'::text[] else '{}' end
    from jsonb_array_elements(${rows}::text::jsonb) as p, jsonb_each_text(p -> 'on') as o (list, state)`
  // An index of the version before, which goes with its column.
  await owner`create index subscribers_number_size on subscribers ((attributes ->> 'size'))`
}

const settings = {
  description: '',
  default_locale: 'en',
  locales: ['en'],
  sender: { name: 'Brand', email: 'news@brand.example', reply_to: null },
  controller: {
    name: 'Brand AB',
    address: 'Storgatan 1',
    contact_email: 'privacy@brand.example',
    dpo_email: null,
    authority: null,
    jurisdiction: 'SE',
  },
}

const detailsOf = async (person: number): Promise<Readonly<Record<string, unknown>>> =>
  Object.fromEntries(
    (
      await owner`
        select l.slug, d.attributes,
          (select coalesce(json_agg(t.name order by t.name), '[]') from tags as t where t.id = any (d.tags)) as tags
        from details as d join lists as l on l.number = d.list
        where d.subscriber = ${person}`
    ).map(({ slug, attributes, tags }) => [slug, { ...attributes, tags }]),
  )
const unassignedOf = async (person: number): Promise<unknown> =>
  (await owner`select unassigned from subscribers where id = ${person}`)[0]?.['unassigned']

describe('a value of the time when keys meant the same on every list', () => {
  it('goes to each list that asks for it and that the person has a subscription to, whatever its state', async () => {
    expect(await detailsOf(1)).toEqual({
      one: { city: 'Kraków', name: sealed(1, 'name', 'Anna'), tags: ['press', 'vip'] },
      two: { city: 'Kraków', tags: ['press', 'vip'] },
    })
    expect(await detailsOf(2)).toEqual({ two: { city: 'Lund', tags: [] }, three: { size: 43, tags: [] } })
    expect(await detailsOf(3)).toEqual({ three: { tags: ['press'] } })
    expect(await detailsOf(7)).toEqual({})
  })

  it('stays with the person where none of their lists asks for it', async () => {
    expect(await unassignedOf(1)).toEqual({ fields: { size: 44, old: 'kept' } })
    expect(await unassignedOf(4)).toEqual({ fields: { old: true }, tags: ['vip'] })
    for (const person of [2, 3, 6, 7]) expect([person, await unassignedOf(person)]).toEqual([person, null])
  })

  it('does not come back for who was erased', async () => {
    expect([await detailsOf(5), await unassignedOf(5)]).toEqual([{}, null])
    expect(await detailsOf(6)).toEqual({ two: { city: 'Visby', tags: ['press'] } })
  })

  it('is opened and counted by the list that has it, with the rights of the application', async () => {
    const row = await owner`select attributes from details where subscriber = 1 and list = 1`
    const field = { key: 'name', protected: true }
    expect(storedValue(vault, field, { uid: uid(1), attributes: row[0]?.['attributes'] })).toBe('Anna')
    const count = async (slug: string, filter: Parameters<typeof countAudience>[1]['filter']) => {
      const list = await findList(opened.db, slug)
      if (list === null) throw new Error(`there is no list ${slug}`)
      return countAudience(opened.db, { list, purpose: 'newsletter', filter, now: new Date() })
    }
    expect(await count('one', { field: 'city', is: 'Kraków' })).toBe(1)
    expect(await count('two', { field: 'city', is: 'Lund' })).toBe(1)
    expect(await count('three', { field: 'size', gte: 43 })).toBe(1)
    expect(await count('three', { tag: 'vip' })).toBe(0)
  })

  it('is indexed as it was, by its list first', async () => {
    const indexes = await owner<{ indexdef: string }[]>`
      select indexdef from pg_indexes where indexname = 'details_number_size'`
    expect(indexes.map(({ indexdef }) => indexdef)).toEqual([
      expect.stringContaining('ON public.details USING btree (list,'),
    ])
    expect(await owner`select from pg_indexes where indexname = 'subscribers_number_size'`).toHaveLength(0)
  })
})
