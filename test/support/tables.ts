// adapter · all that a database holds, table by table: to show that something changed nothing
import type postgres from 'postgres'

/** How many rows each table has, and the fingerprint of all of them. */
export type Contents = Readonly<Record<string, string>>

const known = new WeakMap<postgres.Sql, Promise<readonly string[]>>()

/** What was last found in each table, and by which versions of its rows. */
const found = new WeakMap<
  postgres.Sql,
  Map<string, { readonly versions: string; readonly contents: string }>
>()

/**
 * Every table of every schema of ours, or those named (`limits`), as the owner of the schema sees them. A table is read again only
 * where the version or place of one of its rows changed: to hash all rows of all tables each time took 29 ms of PostgreSQL.
 */
export async function contentsOf(owner: postgres.Sql, only?: readonly string[]): Promise<Contents> {
  const tables = (await tablesOf(owner)).filter(
    (table) => only === undefined || only.includes(table.replace(/^public\./, '')),
  )
  const before = found.get(owner) ?? new Map()
  found.set(owner, before)
  const versions = await askEach(
    owner,
    tables,
    `count(*) || ' ' || coalesce(sum(hashtextextended(t.ctid || ' ' || t.xmin, 0)), 0) as found`,
  )
  const changed = tables.filter((table) => before.get(table)?.versions !== versions.get(table))
  const contents = await askEach(
    owner,
    changed,
    `count(*) || ' rows, ' || md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) as found`,
  )
  for (const table of changed)
    before.set(table, { versions: versions.get(table) ?? '', contents: contents.get(table) ?? '' })
  return Object.fromEntries(tables.map((table) => [table, before.get(table)?.contents ?? '']))
}

async function askEach(
  owner: postgres.Sql,
  tables: readonly string[],
  selected: string,
): Promise<ReadonlyMap<string, string>> {
  if (tables.length === 0) return new Map()
  const selects = tables.map((table) => `select '${table}' as name, ${selected} from ${table} as t`)
  const rows = await owner.unsafe<{ name: string; found: string }[]>(selects.join(' union all '))
  return new Map(rows.map(({ name, found }) => [name, found]))
}

export interface Size {
  readonly rows: number
  readonly octets: number
}

/** How many rows and octets each table has, of those that have any. */
export async function sizesOf(owner: postgres.Sql): Promise<Readonly<Record<string, Size>>> {
  const selects = (await tablesOf(owner)).map(
    (table) => `select '${table}' as name, count(*)::int as rows,
      coalesce(sum(pg_column_size(t.*)), 0)::int as octets from ${table} as t`,
  )
  const rows = await owner.unsafe<(Size & { name: string })[]>(selects.join(' union all '))
  return Object.fromEntries(
    rows.flatMap(({ name, ...size }) => (size.rows === 0 ? [] : [[name.replace(/^public\./, ''), size]])),
  )
}

/** Schema and name of each table, drizzle's journal among them. */
export function tablesOf(owner: postgres.Sql): Promise<readonly string[]> {
  const tables =
    known.get(owner) ??
    owner<{ name: string }[]>`
      select format('%I.%I', schemaname, tablename) as name
      from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')
      order by 1`.then((rows) => rows.map(({ name }) => name))
  known.set(owner, tables)
  return tables
}
