// adapter · a database's contents, table by table: to show that an act changed nothing
import type postgres from 'postgres'

/** The row count and a fingerprint of each table. */
export type Contents = Readonly<Record<string, string>>

/** Without the audit log, where reading people leaves a row; which one: test/audit/reading.test.ts. */
export const besidesReading = ({ 'public.audit_log': _, ...others }: Contents): Contents => others

/** Without security events and their counts: what was refused leaves its row and changes nothing else. */
export const besidesRefusals = ({
  'public.audit_log': _,
  'public.limits': __,
  ...others
}: Contents): Contents => others

const known = new WeakMap<postgres.Sql, Promise<readonly string[]>>()

/** The last fingerprint of each table, with the row versions it was made of. */
const found = new WeakMap<
  postgres.Sql,
  Map<string, { readonly versions: string; readonly contents: string }>
>()

/**
 * Reads every table of our schemas, or those named (`limits`), as the schema's owner. A table is read again only where the version
 * or place of one of its rows changed: hashing all rows of all tables each time took 29 ms of PostgreSQL.
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

/** Row count and size in octets of each non-empty table. */
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

/** Schema and name of each table, including drizzle's journal. */
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
