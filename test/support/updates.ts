// pure · which columns a file changes: by the query builder, or by the SET of an UPDATE or an ON CONFLICT in SQL
import type { Source } from './source.ts'

/** A table as Drizzle declares it: its name with the schema, and the name of each column by its key in code. */
export interface Columns {
  readonly table: string
  readonly symbol: string
  readonly byKey: ReadonlyMap<string, string>
}

export interface Update {
  readonly table: string
  readonly column: string
}

/** By the builder (`.update(x).set({…})`, `.onConflictDoUpdate`) and by SQL. Throws where a SET cannot be read. */
export const updatesIn = (
  source: Source,
  tables: readonly Columns[],
  fragments: Fragments,
): readonly Update[] => [
  ...builderUpdates(source, tables),
  ...sqlUpdates(source.uncommented, source.code, tables, fragments),
]

/** Columns that a template inserts by this name: `set ${mergedFeedback(…)}`. */
export type Fragments = Readonly<Record<string, readonly string[]>>

function builderUpdates({ path, code }: Source, tables: readonly Columns[]): readonly Update[] {
  const begins = /\.\s*(?:(?:update|insert)\(\s*(\w+)\s*\)|(set|onConflictDoUpdate)\()/g
  let table: Columns | undefined
  return Array.from(code.matchAll(begins)).flatMap((match): readonly Update[] => {
    const [begun, symbol, verb] = match
    if (verb === undefined) table = tables.find((one) => one.symbol === symbol)
    if (verb === undefined || table === undefined) return []
    const argument = balanced(code, match.index + begun.length - 1).slice(1, -1)
    const about = table
    const set = verb === 'set' ? argument : (/\bset\s*:\s*([\s\S]*)/.exec(argument)?.[1] ?? 'set')
    // A Map has a `set` too: what is set there is no column.
    return keysOf(set, code, path).flatMap((key) => {
      const column = about.byKey.get(key)
      return column === undefined ? [] : [{ table: about.table, column }]
    })
  })
}

/** The keys of an object as it is written down, through spreads, names and functions of the same file. */
function keysOf(expression: string, code: string, path: string): readonly string[] {
  const alone = /^\s*([\w.]+)\s*(?:\(|,?\s*$)/.exec(expression)?.[1]
  if (alone !== undefined) return namedKeys(alone, code, path)
  const open: string[] = []
  return Array.from(expression).flatMap((letter, at): readonly string[] => {
    if (letter === '(') open.push(bracketAfter(expression.slice(0, at)))
    if (letter === '[') open.push('list')
    if (letter === '{') open.push(expression[at - 1] === '$' ? 'hole' : 'object')
    if (/[)\]}]/.test(letter)) open.pop()
    const isKeyNext =
      (letter === '{' || letter === ',') &&
      /^object(?:,spread,object)*$/.test(open.filter((one) => one !== 'group').join())
    const next = isKeyNext
      ? /^\s*(?:(\w+)\s*[:,}]|(\w+)\s*$|\.\.\.([\w.]+))/.exec(expression.slice(at + 1))
      : null
    if (next === null) return []
    const [, key, last, spread] = next
    return spread === undefined ? [key ?? last ?? ''] : namedKeys(spread, code, path)
  })
}

const bracketAfter = (before: string): 'call' | 'spread' | 'group' =>
  /[\w)\]]\s*$/.test(before) ? 'call' : before.endsWith('...') ? 'spread' : 'group'

/** What `set`, `change.set`, `input.draft` or `rowOf` of this file holds: each object of that name, what the function answers, or its type. */
function namedKeys(name: string, code: string, path: string): readonly string[] {
  const own = name.split('.').at(-1) ?? ''
  const objects = [
    ...code.matchAll(new RegExp(String.raw`\b${own}\s*[:=]\s*(?=\{)`, 'g')),
    ...code.matchAll(new RegExp(String.raw`\bconst ${own} = \([^{]*=> \((?=\{)`, 'g')),
    ...code.matchAll(new RegExp(String.raw`\bfunction ${own}\([\s\S]*?\breturn (?=\{)`, 'g')),
  ].map((match) => balanced(code, match.index + match[0].length))
  const type = new RegExp(String.raw`\b${own}: ([A-Z]\w+)`).exec(code)?.[1]
  const declared = new RegExp(String.raw`\binterface ${type} (?=\{)`).exec(code)
  const keys = [
    ...objects.flatMap((object) => keysOf(object, code, path)),
    ...(declared === null
      ? []
      : Array.from(
          balanced(code, declared.index + declared[0].length).matchAll(/readonly (\w+)/g),
          ([, key = '']) => key,
        )),
  ]
  if (keys.length === 0) throw new Error(`${path}: which columns does ${name} hold?`)
  return keys
}

/** From the bracket at this place to its end. */
function balanced(code: string, from: number): string {
  let depth = 0
  for (let at = from; at < code.length; at += 1) {
    if (/[([{]/.test(code[at] ?? '')) depth += 1
    if (/[)\]}]/.test(code[at] ?? '')) depth -= 1
    if (depth === 0) return code.slice(from, at + 1)
  }
  return code.slice(from)
}

const begin =
  /\binsert\s+into\s+([\w."]+)|\bupdate\s+(?:only\s+)?([\w."]+)(?:\s+(?:as\s+)?\w+)?\s+set\b|\bdo\s+update\s+set\b/gi

/** `code` is the same text with the insides of templates blanked, so that its braces are those of the program. */
export function sqlUpdates(
  text: string,
  code: string,
  tables: readonly Columns[],
  fragments: Fragments,
): readonly Update[] {
  let inserted = ''
  return Array.from(text.matchAll(begin)).flatMap((match): readonly Update[] => {
    const [begun, into, updated] = match
    if (into !== undefined) inserted = into
    if (into !== undefined) return []
    const name = (updated ?? inserted).replaceAll('"', '')
    const table = tables.find((one) => one.table === name || one.table === `public.${name}`)
    if (table === undefined) return []
    return assignments(text, code, match.index + begun.length).flatMap((assigned) => {
      const [, column] = /^\s*"?(\w+)"?\s*=/.exec(assigned) ?? []
      const [, fragment = ''] = /^\s*\$\{(\w+)/.exec(assigned) ?? []
      const columns = column === undefined ? fragments[fragment] : [column]
      if (columns === undefined) throw new Error(`which columns does this set? ${assigned.trim()}`)
      return columns.map((column) => ({ table: table.table, column }))
    })
  })
}

/** What stands between the commas of a SET, until its clause ends. */
function assignments(text: string, code: string, from: number): readonly string[] {
  const parts = ['']
  const add = (piece: string): void => void parts.push(`${parts.pop() ?? ''}${piece}`)
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith('${', at)) {
      const hole = balanced(code, at + 1)
      add(text.slice(at, at + 1 + hole.length))
      at += hole.length
      continue
    }
    const letter = text[at] ?? ''
    if (letter === '(') depth += 1
    if (letter === ')') depth -= 1
    const isOver =
      depth < 0 ||
      letter === '`' ||
      letter === ';' ||
      (depth === 0 && clause.test(text.slice(at - 1, at + 11)))
    if (isOver) break
    if (letter === ',' && depth === 0) parts.push('')
    else add(letter)
  }
  return parts
}

const clause = /^\s(?:from|where|returning)\b/i
