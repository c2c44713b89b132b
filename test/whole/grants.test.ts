// entry · what the application's role may change is what the application changes: column by column, in the database itself
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { feedbackColumnsInSql } from '../../src/mail/feedback-columns.ts'
import { appRole } from '../../src/node/embedded/roles.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { readSource } from '../support/source.ts'
import { type Columns, type Fragments, sqlUpdates, type Update, updatesIn } from '../support/updates.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const textsBelow = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:tsx?|sql)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, 'utf8')])

const sourceTexts = textsBelow('src')

/** Written by the owner of the schema. */
const asOwner = ['src/node/migrate.ts']

/** Granted for what is not built yet; the gate's tests hold the database to it already. */
const notUsedYet = ['subscriptions.not_before', 'messages.state', 'messages.sent_at']

const feedbackColumnNames = Object.values(feedbackColumnsInSql).map(({ name }) => name)

const fragments: Fragments = {
  mergedFeedback: feedbackColumnNames,
  claimedBy: ['state', 'attempt', 'holder', 'lease_until', 'first_attempt_at'],
  pulledBack: ['first_attempt_at', 'lease_until'],
  accountColumns: ['skips', 'rejects', 'unknowns', 'left_out'],
}

interface Declared extends Columns {
  readonly types: ReadonlyMap<string, string>
}

async function declaredTables(): Promise<readonly Declared[]> {
  const files = sourceTexts.map(([path]) => path).filter((path) => path.endsWith('/tables.ts'))
  const modules: readonly Readonly<Record<string, unknown>>[] = await Promise.all(
    files.map((path) => import(path)),
  )
  return modules.flatMap((exported) =>
    Object.entries(exported).flatMap(([symbol, table]): readonly Declared[] => {
      if (!is(table, PgTable)) return []
      const { name, schema = 'public', columns } = getTableConfig(table)
      return [
        {
          symbol,
          table: `${schema}.${name}`,
          byKey: new Map(
            Object.entries(table).flatMap(([key, column]) =>
              columns.includes(column) ? [[key, column.name]] : [],
            ),
          ),
          types: new Map(columns.map((column) => [column.name, column.getSQLType()])),
        },
      ]
    }),
  )
}

let database: TestDatabase
let owner: postgres.Sql
let tables: readonly Declared[]
beforeAll(async () => {
  database = await createDatabase()
  owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} })
  tables = await declaredTables()
})
afterAll(async () => {
  await owner.end()
  await database.drop()
})

interface Stored {
  readonly column: string
  readonly type: string
  readonly granted: boolean
}

/** Every column of ours as the database has it, `table.column`; of those in `public` without the schema. */
const storedColumns = (): Promise<readonly Stored[]> => owner<Stored[]>`
  select format('%s.%s', c.oid::regclass, a.attname) as column, format_type(a.atttypid, a.atttypmod) as type,
    has_column_privilege(${appRole}, c.oid, a.attnum, 'update') as granted
  from pg_class as c
  join pg_namespace as n on n.oid = c.relnamespace
  join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where n.nspname in ('public', 'keys') and c.relkind = 'r'
  order by 1`

const nameOf = ({ table, column }: Update): string => `${table.replace(/^public\./, '')}.${column}`

/** What the program and the functions that run as its role change. */
function changedColumns(): readonly string[] {
  const bySource = sourceTexts
    .map(([path, text]) => readSource(path.slice(root.length), text))
    .filter(({ path }) => !asOwner.includes(path))
    .flatMap((source) => updatesIn(source, tables, fragments))
  const byFunctions = textsBelow('drizzle/functions')
    .filter(([, text]) => !text.includes('security definer'))
    .map(([, text]) => text.replaceAll(/--.*/g, ''))
    .flatMap((text) => sqlUpdates(text, text, tables, fragments))
  return [...new Set([...bySource, ...byFunctions].map(nameOf))].sort()
}

describe('the tables', () => {
  it('are in the database as the code declares them, column by column', async () => {
    const declared = tables.flatMap(({ table, types }) =>
      Array.from(types, ([column, type]) => `${nameOf({ table, column })} ${sameWords(type)}`),
    )
    const stored = (await storedColumns()).map(({ column, type }) => `${column} ${sameWords(type)}`)
    expect(declared.toSorted()).toEqual(stored.toSorted())
  })
})

/** PostgreSQL and Drizzle spell some types differently. */
const sameWords = (type: string): string =>
  type.replace('timestamp(3) with', 'timestamp (3) with').replace('character(', 'char(')

describe("the application's role", () => {
  it('may change every column that the application changes', async () => {
    const granted = await grantedColumns()
    expect(changedColumns().filter((column) => !granted.includes(column))).toEqual([])
  })

  it('may change nothing that the application never changes', async () => {
    const changed = changedColumns()
    const unused = (await grantedColumns()).filter((column) => !changed.includes(column))
    expect(unused).toEqual(notUsedYet.toSorted())
  })

  it('may change what was said of a mail wherever it is kept, each column of it', async () => {
    const granted = await grantedColumns()
    for (const table of ['deliveries', 'service_mails'])
      for (const column of feedbackColumnNames) expect(granted).toContain(`${table}.${column}`)
  })
})

const grantedColumns = async (): Promise<readonly string[]> =>
  (await storedColumns()).filter(({ granted }) => granted).map(({ column }) => column)

/** `${code}`, as it stands in a template. */
const hole = (code: string): string => ['$', '{', code, '}'].join('')

describe('a change of a column', () => {
  const sown = (text: string): readonly string[] =>
    updatesIn(readSource('src/lists/save.ts', `// shell · sown\n${text}`), tables, fragments).map(nameOf)

  it.each([
    [
      'by the builder',
      'db.update(lists).set({ slug, archivedAt: at(now, { name: 1 }) })',
      ['slug', 'archived_at'],
    ],
    ['by a choice', 'db.update(lists).set(now ? { slug } : { name: text })', ['slug', 'name']],
    [
      'by a spread',
      'const row = { slug: 1 }\ndb.update(lists).set({ ...row, version })',
      ['slug', 'version'],
    ],
    [
      'by a spread of a choice',
      'db.update(lists).set({ version, ...(name ? {} : { slug: f({ name }) }) })',
      ['version', 'slug'],
    ],
    [
      'on conflict',
      'db.insert(lists).values(x).onConflictDoUpdate({ target: lists.id, set: { slug } })',
      ['slug'],
    ],
    [
      'in SQL',
      `sql\`update lists as l set "slug" = ${hole('f({ a: `,` })')}, name = case when a = b then 1 end where version = 1\``,
      ['slug', 'name'],
    ],
    [
      'in SQL on conflict',
      'sql`insert into lists as l (id) values (1) on conflict (id) do update set name = greatest(l.name, $1) returning id`',
      ['name'],
    ],
    ['in a WITH', 'sql`with x as (update lists set slug = 1), y as (select 1) select`', ['slug']],
  ])('is seen %s', (_, text, columns) => {
    expect(sown(text)).toEqual(columns.map((column) => `lists.${column}`))
  })

  it.each([
    ['of a name that nobody knows', 'db.update(lists).set(given)'],
    ['of a fragment that nobody knows', `sql\`update lists set ${hole('given(x)')} where true\``],
  ])('is not passed over in silence where it is %s', (_, text) => {
    expect(() => sown(text)).toThrow('which columns')
  })
})
