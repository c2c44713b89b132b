// pure · converting filters to form rows and groups, and back
import type { Field } from '../../lists/list.ts'
import type { Fault } from '../../platform/errors.ts'
import { type Filter, parseFilter } from '../../segments/filter.ts'
import { conditionOf, entered, howsOf, type Row, rowOf, takesNoValue } from './rows.ts'

export type Join = 'all' | 'any'

export interface Group {
  readonly join: Join
  readonly rows: readonly Row[]
}

export interface Builder {
  readonly join: Join
  readonly items: readonly (Row | Group)[]
}

export const isGroup = (item: Row | Group): item is Group => 'rows' in item

/** The form as filter JSON, not validated yet. */
export const filterOf = ({ join, items }: Builder, fields: readonly Field[]): unknown =>
  groupJson(
    join,
    items.map((item) =>
      isGroup(item)
        ? groupJson(
            item.join,
            item.rows.map((row) => conditionOf(row, fields)),
          )
        : conditionOf(item, fields),
    ),
  )

const groupJson = (join: Join, parts: readonly unknown[]) => ({ [join]: parts })

/** The form of a filter; null for a filter with deeper nesting, with `not`, or with a value that no row can hold. */
export function builderOf(filter: Filter, fields: readonly Field[]): Builder | null {
  if ('not' in filter) return null
  if (!('all' in filter) && !('any' in filter)) {
    const row = rowOf(filter, fields)
    return row === null ? null : { join: 'all', items: [row] }
  }
  const { join, parts } = partsOf(filter)
  const items = parts.map((part) => itemOf(part, fields))
  const held = items.flatMap((item) => item ?? [])
  return held.length === items.length ? { join, items: held } : null
}

const partsOf = (filter: { all: readonly Filter[] } | { any: readonly Filter[] }) =>
  'all' in filter ? { join: 'all' as const, parts: filter.all } : { join: 'any' as const, parts: filter.any }

function itemOf(part: Filter, fields: readonly Field[]): Row | Group | null {
  if ('not' in part) return null
  if (!('all' in part) && !('any' in part)) return rowOf(part, fields)
  const { join, parts } = partsOf(part)
  const rows = parts.flatMap((one) =>
    'all' in one || 'any' in one || 'not' in one ? [] : (rowOf(one, fields) ?? []),
  )
  return rows.length === parts.length ? { join, rows } : null
}

/** `at`: the row of a fault, `0`, or `0.1` within a group; empty for the whole form. */
export interface RowFault {
  readonly at: string
  readonly message: string
}

/** The validated filter of the form, or its faults by row. */
export function readBuilder(
  builder: Builder,
  fields: readonly Field[],
): { readonly filter: Filter } | { readonly faults: readonly RowFault[] } {
  const parsed = parseFilter(filterOf(builder, fields), fields)
  if (parsed.ok) return { filter: parsed.filter }
  const faults = 'faults' in parsed ? parsed.faults : [parsed.notAvailable]
  const byRow = new Map(faults.map((fault) => [placeOf(fault), messageOf(fault, builder)]))
  return { faults: Array.from(byRow, ([at, message]) => ({ at, message })) }
}

/** What the schema says of an empty value names a type, which helps nobody who has not typed yet. */
function messageOf(fault: Fault, builder: Builder): string {
  const row = rowAt(builder, placeOf(fault))
  if (row === undefined || takesNoValue(row.how) || entered(row).length > 0) return fault.message
  return row.what === 'received'
    ? 'Choose a campaign. If none was sent to this list yet, remove this condition.'
    : 'It needs a value.'
}

/** The row at a place such as `2` or `2.1`. */
export function rowAt({ items }: Builder, at: string): Row | undefined {
  const [outer = -1, inner = -1] = at === '' ? [] : at.split('.').map(Number)
  const item = items[outer]
  return item !== undefined && isGroup(item) ? item.rows[inner] : item
}

/** `all.2.any.0.is` is row 0 of item 2. */
const placeOf = ({ path }: Fault): string =>
  (/^(?:all|any)\.(\d+)(?:\.(?:all|any)\.(\d+))?/.exec(path)?.slice(1) ?? [])
    .filter((step) => step !== undefined)
    .join('.')

/** Applies a button's act: `add`, `add:2` (in group 2), `group`, `remove:2`, `remove:2.1`. Others change nothing. */
export function changed(
  builder: Builder,
  asked: { act: string; what: (group: string) => string; fields: readonly Field[] },
): Builder {
  const [verb = '', place = ''] = asked.act.split(':')
  const [at, inner] = place.split('.').map(Number)
  if (verb === 'group') return { ...builder, items: [...builder.items, { join: 'any', rows: [] }] }
  if (verb === 'add' && place === '')
    return { ...builder, items: [...builder.items, ...newRow(asked.what(''), asked.fields)] }
  const items = builder.items.flatMap((item, index): readonly (Row | Group)[] => {
    if (index !== at) return [item]
    if (verb === 'add' && isGroup(item))
      return [{ ...item, rows: [...item.rows, ...newRow(asked.what(place), asked.fields)] }]
    if (verb !== 'remove') return [item]
    return inner !== undefined && isGroup(item)
      ? [{ ...item, rows: item.rows.filter((_, one) => one !== inner) }]
      : []
  })
  return { ...builder, items }
}

function newRow(what: string, fields: readonly Field[]): readonly Row[] {
  const [how] = Object.keys(howsOf(what, fields))
  return how === undefined ? [] : [{ what, how, values: [] }]
}
