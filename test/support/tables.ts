// adapter · all that a database holds, table by table: to show that something changed nothing
import type postgres from 'postgres'

/** How many rows each table has, and the fingerprint of all of them. */
export type Contents = Readonly<Record<string, string>>

const known = new WeakMap<postgres.Sql, Promise<readonly string[]>>()

/** Every table of every schema of ours, or those named (`limits`), as the owner of the schema sees them. */
export async function contentsOf(owner: postgres.Sql, only?: readonly string[]): Promise<Contents> {
  const tables = (await tablesOf(owner)).filter(
    (table) => only === undefined || only.includes(table.replace(/^public\./, '')),
  )
  const selects = tables.map(
    (table) => `select '${table}' as name, count(*)::int as rows,
      md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) as print from ${table} as t`,
  )
  const rows = await owner.unsafe<{ name: string; rows: number; print: string }[]>(
    selects.join(' union all '),
  )
  return Object.fromEntries(rows.map(({ name, rows, print }) => [name, `${rows} rows, ${print}`]))
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
