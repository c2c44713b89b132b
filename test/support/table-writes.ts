// pure · the database tables, and a file's writes to them: by the query builder, or in SQL
import { lineOf, type Source } from './source.ts'

export interface Table {
  readonly symbol: string
  readonly name: string
  readonly path: string
  readonly folder: string
}

/** `export const x = pgTable('x', …)` and `export const x = schema.table('x', …)` of every tables.ts. */
export const tablesOf = (sources: readonly Source[]): readonly Table[] =>
  sources
    .filter(({ path }) => path.endsWith('/tables.ts'))
    .flatMap(({ path, folder, uncommented }) =>
      Array.from(
        uncommented.matchAll(/export const (\w+) = (?:pgTable|\w+\.table)\(\s*['"](\w+)['"]/g),
        ([, symbol = '', name = '']) => ({
          symbol,
          name,
          path,
          folder,
        }),
      ),
    )

/** Finds writes by the builder on an imported table, by SQL on its name, or by SQL on the imported table. */
export function writesIn(
  source: Source,
  tables: readonly Table[],
): readonly { readonly table: Table; readonly line: number }[] {
  const here = new Map(
    source.imports.flatMap(({ target, names }) =>
      names.flatMap(({ there, here }) =>
        tables
          .filter((table) => table.path === target && (table.symbol === there || there === '*'))
          .map((table) => [there === '*' ? table.symbol : here, table] as const),
      ),
    ),
  )
  const found = (table: Table | undefined, at: number) =>
    table === undefined ? [] : [{ table, line: lineOf(source.text, at) }]
  return [
    ...Array.from(
      source.code.matchAll(/\.\s*(?:insert|update|delete)\s*\(\s*(?:\w+\.)?(\w+)\s*[,)]/g),
    ).flatMap((match) => found(here.get(match[1] ?? ''), match.index)),
    ...Array.from(source.uncommented.matchAll(sqlWrite)).flatMap((match) => {
      const [, written = '', updated = ''] = match
      const name = (written || updated).replaceAll('"', '')
      const symbol = /^\$\{\s*(\w+)\s*\}$/.exec(name)?.[1]
      return found(
        symbol === undefined
          ? tables.find((table) => table.name === name.split('.').at(-1))
          : here.get(symbol),
        match.index,
      )
    }),
  ]
}

const tableInSql = String.raw`((?:"?\w+"?\.)?"?\w+"?|\$\{\s*\w+\s*\})`
const sqlWrite = new RegExp(
  String.raw`\b(?:insert\s+into|delete\s+from(?:\s+only)?|merge\s+into|truncate(?:\s+table)?|copy)\s+${tableInSql}|\bupdate\s+(?:only\s+)?${tableInSql}(?:\s+(?:as\s+)?\w+)?\s+set\b`,
  'gi',
)
