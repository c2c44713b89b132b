// pure · the rules of the layout, each a question to the text of the tree: who imports whom, who writes what, single doors
// Long because the rules are one list, to be read in one go.
import { type Import, lineOf, readSource, type Source } from './source.ts'
import { tablesOf, writesIn } from './writes.ts'

export interface Violation {
  readonly rule: Rule
  readonly path: string
  readonly line: number
  readonly message: string
}

/** In the order of the story: a folder imports from itself and from those before it. */
export const folders: readonly string[] = [
  'platform',
  'i18n',
  'audit',
  'throttle',
  'mail',
  'outbox',
  'ui',
  'auth',
  'lists',
  'notices',
  'subscribers',
  'suppression',
  'consent',
  'log',
  'receipts',
  'signup',
  'segments',
  'sending-rules',
  'campaigns',
  'preferences',
  'feedback',
  'delivery',
  'preflight',
  'reports',
  'automation',
  'measuring',
  'imports',
  'rights',
  'retention',
  'accountability',
  'api',
  'console',
  'node',
  'worker',
  'dev',
  'cli',
]

/** The runtimes, where entries stand beside what only they need. */
const runtimes: readonly string[] = ['node', 'worker', 'dev', 'cli']

const anything = /^/
const drizzle = /^drizzle-orm(?:\/|$)/

/**
 * What each kind may import: kinds of our own, and libraries. Types cost nothing at run time, so a type of ours may come from
 * any kind. A verb saves, so shell names tables and Drizzle; the mailbox mailer keeps its mails in a table of its own.
 */
const kinds: Readonly<
  Record<string, { readonly own: readonly string[]; readonly libraries: readonly RegExp[] }>
> = {
  pure: {
    own: ['pure'],
    libraries: [/^(?:zod|liquidjs|markdown-it|jose|node:crypto|@simplewebauthn\/server\/helpers)$/],
  },
  view: { own: ['view', 'pure'], libraries: [/^hono\/(?:jsx|html)$/] },
  table: { own: ['table'], libraries: [drizzle] },
  sql: { own: ['sql', 'table', 'pure'], libraries: [drizzle, /^zod$/] },
  shell: {
    own: ['shell', 'sql', 'table', 'pure', 'view'],
    libraries: [drizzle, /^(?:zod|@simplewebauthn\/server(?:\/helpers)?)$/],
  },
  adapter: { own: ['adapter', 'table', 'pure'], libraries: [anything] },
  web: { own: ['web', 'view', 'shell', 'sql', 'pure'], libraries: [/^hono(?:\/|$)/, /^@hono\//, /^zod$/] },
  client: { own: ['client', 'pure'], libraries: [/^@simplewebauthn\/browser$/] },
  entry: {
    own: ['pure', 'view', 'table', 'sql', 'shell', 'adapter', 'web', 'client', 'entry'],
    libraries: [anything],
  },
}

/** What of node:crypto is chance, and so no business of a decision. */
const chance = /^(?:random|getRandomValues|generate|webcrypto|\*|default)/

/** A write to a table by a file outside its folder that was agreed on, with the reason. */
const agreedWrites: readonly { readonly table: string; readonly path: string; readonly why: string }[] = [
  { table: 'deployment', path: 'src/node/migrate.ts', why: 'remembers which functions it applied' },
]

/** Data that the bundler hands over as text. */
const assets = /\.(?:liquid|css|sql|svg|json|txt)$/

const mostLines = 300
const mostFiles = 12

/** Folders with more files, each with the reason. */
const largerRooms: Readonly<Record<string, string>> = {
  'src/dev/provider': 'one tool, a program of its own with a README',
}

interface Tree {
  readonly files: ReadonlyMap<string, string>
  readonly sources: readonly Source[]
}

interface Finding {
  readonly path: string
  readonly line?: number
  readonly message: string
}

const rules = {
  'line 1 names the kind': ({ sources }) =>
    sources
      .filter((source) => !Object.hasOwn(kinds, source.kind))
      .map((source) =>
        say(
          source,
          1,
          `Line 1 must be \`// kind · what it knows\`; kinds: ${Object.keys(kinds).join(', ')}.`,
        ),
      ),

  'entries stand in src itself or in a runtime': ({ sources }) =>
    sources
      .filter((source) => !source.path.endsWith('.d.ts') && !runtimes.includes(source.folder))
      .filter((source) => (source.kind === 'entry') !== (source.folder === ''))
      .map((source) =>
        say(source, 1, 'A file of src itself is an entry, and an entry stands there or in a runtime.'),
      ),

  'a folder belongs to the story': ({ sources }) =>
    sources
      .filter((source) => source.folder !== '' && rankOf(source.folder) === -1)
      .map((source) =>
        say(source, 1, `The story has no folder ${source.folder}; give it its place in the list.`),
      ),

  'a folder imports only from itself and from those before it': ({ sources }) =>
    imports(sources, (source, { target, line }) => {
      if (target === null || !target.startsWith('src/') || source.kind === 'entry') return []
      if (isTables(source.path) && isTables(target)) return []
      const folder = folderOf(target)
      const isBelow = folder === '' || rankOf(folder) > rankOf(source.folder)
      return isBelow
        ? [
            say(
              source,
              line,
              `${source.folder} comes before ${folder || 'the entries'}, and may not know ${target}.`,
            ),
          ]
        : []
    }),

  'a kind imports only the kinds it may': ({ sources }) => {
    const kindOf = new Map(sources.map((source) => [source.path, source.kind]))
    return imports(sources, (source, { target, isType, line }) => {
      const kind = target === null ? undefined : kindOf.get(target)
      if (kind === undefined || isType || (kinds[source.kind]?.own.includes(kind) ?? true)) return []
      return [say(source, line, `A ${source.kind} file may not import ${target}, which is ${kind}.`)]
    })
  },

  'a kind imports only the libraries it may': ({ sources }) =>
    imports(sources, (source, { specifier, target, names, line }) => {
      const libraries = kinds[source.kind]?.libraries ?? [anything]
      if (target !== null) return []
      if (!libraries.some((library) => library.test(specifier)))
        return [say(source, line, `A ${source.kind} file may not import ${specifier}.`)]
      const drawn =
        source.kind === 'pure' && specifier === 'node:crypto'
          ? names.filter(({ there }) => chance.test(there))
          : []
      return drawn.map(({ there }) =>
        say(source, line, `A decision gets chance as an argument; it may not import ${there}.`),
      )
    }),

  'time and chance are arguments': ({ sources }) =>
    sources
      .filter(({ kind }) => !['adapter', 'client', 'entry'].includes(kind))
      .flatMap((source) =>
        inCode(
          source,
          /\bDate\.now\b|\bnew Date\s*\(\s*\)|\bnew Date\b(?!\s*[(<])|(?<![\w.])Date\s*\(\s*\)|\bMath\.random\b|\bperformance\.now\b|\brandomUUID\b|\bgetRandomValues\b/g,
          (found) => `${found} reads the clock or chance; take it from deps, or as an argument.`,
        ),
      ),

  'a decision speaks to nobody': ({ sources }) =>
    sources
      .filter(({ kind }) => kind === 'pure' || kind === 'view')
      .flatMap((source) =>
        inCode(
          source,
          /(?<![\w.])(?:fetch|setTimeout|setInterval)\s*\(|(?<![\w.])(?:process|console)\s*\./g,
          (found) => `${found} has no place in a ${source.kind} file.`,
        ),
      ),

  'only an entry reads the environment or listens': ({ sources }) =>
    sources
      .filter(({ kind }) => kind !== 'entry')
      .flatMap((source) => [
        ...inCode(
          source,
          /\bprocess\s*\.\s*env\b|\bimport\.meta\.env\b|\.listen\s*\(/g,
          (found) => `${found} belongs to an entry.`,
        ),
        ...inCode(
          source,
          /\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b/g,
          () => 'The environment belongs to an entry.',
        ),
        ...source.imports
          .filter(
            ({ specifier, names }) =>
              (specifier === 'node:process' && names.some(({ there }) => there !== 'pid')) ||
              (specifier === '@hono/node-server' && names.some(({ there }) => there === 'serve')),
          )
          .map(({ line, specifier }) => say(source, line, `${specifier} belongs to an entry.`)),
      ]),

  'a loop is woken after the commit': ({ sources }) =>
    sources
      .filter(({ kind }) => kind !== 'entry')
      .flatMap((source) =>
        inCode(
          source,
          /\bwake\s*\(\s*\)/g,
          () => 'Until the commit a loop finds nothing: afterCommit(db, deps.wake).',
        ),
      ),

  'a table is written only in its own folder': ({ sources }) => {
    const tables = tablesOf(sources)
    return sources.flatMap((source) =>
      writesIn(source, tables)
        .filter(({ table }) => table.folder !== source.folder)
        .filter(
          ({ table }) =>
            !agreedWrites.some((agreed) => agreed.table === table.name && agreed.path === source.path),
        )
        .map(({ table, line }) =>
          say(
            source,
            line,
            `${table.name} is written in src/${table.folder} only; call a verb of it, or an SQL function.`,
          ),
        ),
    )
  },

  'an SQL function names its caller': ({ files }) =>
    sqlFunctions(files).flatMap(([path, text]) => {
      const callers = callersOf(text)
      if (callers.length === 0) return [{ path, message: 'The first line must be `-- caller: src/…`.' }]
      return callers
        .filter((caller) => !files.has(caller))
        .map((caller) => ({ path, message: `Its caller ${caller} does not exist.` }))
    }),

  'only consent writes the ledger': ({ files, sources }) => [
    ...sources.flatMap((source) =>
      writesIn(source, tablesOf(sources))
        .filter(({ table }) => table.name === 'consent_events' && source.folder !== 'consent')
        .map(({ line }) => say(source, line, 'Only src/consent writes consent_events.')),
    ),
    ...sqlFunctions(files)
      .filter(([, text]) =>
        /\b(?:insert\s+into|update|delete\s+from|truncate)\s+(?:only\s+)?consent_events\b/i.test(
          withoutSqlComments(text),
        ),
      )
      .filter(([, text]) => callersOf(text).some((caller) => folderOf(caller) !== 'consent'))
      .map(([path]) => ({
        path,
        message: 'An SQL function that writes consent_events is called by src/consent only.',
      })),
  ],

  'the mailer has one caller for each kind of mail': ({ sources }) => {
    const calls = sources.flatMap((source) =>
      inCode(source, /\bmailer\s*\??\s*\.\s*send\b/g, (found) => found),
    )
    return [
      ...calls
        .filter(({ path }) => !mailDoors.some(({ folder }) => folder === folderOf(path)))
        .map((call) => ({
          ...call,
          message: 'The mailer is called by outbox (service mail) and delivery (marketing) only.',
        })),
      ...mailDoors.flatMap(({ folder, mail }) => {
        const doors = [...new Set(calls.map(({ path }) => path).filter((path) => folderOf(path) === folder))]
        if (doors.length === 0)
          return [{ path: `src/${folder}`, message: `Nobody here hands ${mail} to the mailer.` }]
        return doors
          .slice(1)
          .map((path) => ({ path, message: `${doors[0]} already hands ${mail} to the mailer.` }))
      }),
    ]
  },

  'one place turns refusals into statuses': ({ sources }) => {
    const codes = errorCodesOf(sources)
    const mapped = new RegExp(
      String.raw`(?<![\w$])['"]?(${codes.join('|')})['"]?\]?\s*:\s*(?:return\s+)?[45]\d\d\b`,
      'g',
    )
    const places =
      codes.length === 0
        ? []
        : sources.filter(
            (source) => new Set(Array.from(source.uncommented.matchAll(mapped), ([, code]) => code)).size > 1,
          )
    const [first, ...more] = places.toSorted((a, b) => Number(b.folder === 'ui') - Number(a.folder === 'ui'))
    return more.map((source) => say(source, 1, `${first?.path} already turns refusals into statuses.`))
  },

  'rows of SQL pass a schema': ({ sources }) =>
    sources.flatMap((source) => [
      ...inCode(
        source,
        /\b(?:execute|unsafe|sql)\s*<|(?<=[\w)])<\s*\{[^{}]*\}\s*\[\]\s*>\s*[`(]/g,
        () =>
          'A type given to a statement is only a promise; read its rows with readRows, or pass checkRows.',
      ),
      ...inText(
        source,
        /#>>\s*'\{\}'|(?<![\w.])(?:encode|array_to_string|string_agg)\s*\(/g,
        (found) =>
          `${found.trim()} makes a text of a value: select the value, as src/platform/database/values.ts reads it.`,
      ),
      ...(source.kind === 'sql' || source.kind === 'shell'
        ? inText(
            source,
            /\.split\(','\)/g,
            () => 'An array comes from the database as an array: see src/platform/database/values.ts.',
          )
        : []),
    ]),

  'a long file says why': ({ sources }) =>
    sources
      .filter(({ text }) => text.trimEnd().split('\n').length > mostLines)
      .filter(({ text }) => !/^\s*(?:\/\/|\/?\*+).*\bLong because \S/m.test(text))
      .map((source) =>
        say(source, 1, `More than ${mostLines} lines; split it, or say in a comment: Long because ….`),
      ),

  'no barrel': ({ sources }) =>
    sources
      .filter(({ path, code }) => /\/index\.tsx?$/.test(path) || isBarrel(code))
      .map((source) =>
        say(source, 1, 'A file that only hands on what others export hides where things are.'),
      ),

  'a name says what is inside': ({ sources }) =>
    sources
      .filter(({ path }) => {
        const [, ...steps] = path.replace(/(?:\.d)?\.tsx?$/, '').split('/')
        return steps.some((step) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(step) || fog.test(step))
      })
      .map((source) =>
        say(
          source,
          1,
          'Names are kebab-case words of the trade; utils, helpers, common, managers could hold anything.',
        ),
      ),

  'nothing that is shipped imports from test': ({ sources }) =>
    imports(sources, (source, { target, line }) =>
      target?.startsWith('test/') ? [say(source, line, 'What tests and src both need stands in src.')] : [],
    ),

  'a folder holds a dozen files': ({ sources }) =>
    Array.from(
      Map.groupBy(sources, ({ path }) => path.slice(0, path.lastIndexOf('/'))),
      ([folder, files]) => ({ folder, count: files.length }),
    )
      .filter(({ folder, count }) => count > mostFiles && !Object.hasOwn(largerRooms, folder))
      .map(({ folder, count }) => ({
        path: folder,
        message: `${count} files are two rooms: divide it, or give the reason in largerRooms and ARCHITECTURE.md.`,
      })),

  'a relative import names a file that is there': ({ files, sources }) =>
    imports(sources, (source, { specifier, target, line }) => {
      if (target === null || assets.test(target)) return []
      if (!/\.tsx?$/.test(target)) return [say(source, line, `${specifier} lacks its extension.`)]
      const isThere = files.has(target) || target.startsWith('test/')
      return isThere ? [] : [say(source, line, `There is no ${target}.`)]
    }),

  'no assertion but as const': ({ sources }) =>
    sources.flatMap((source) =>
      inCode(
        {
          ...source,
          code: source.code.replace(
            /(?<![\w$.])(?:import|export)\s+(?:type\s+)?(?:[\w$*\s,]*\{[^}]*\}|\*\s*as\s+\w+)/g,
            (clause) => clause.replace(/[^\n]/g, ' '),
          ),
        },
        /(?<![\w$.])as\s+(?!const\b)(?=[A-Z{([]|(?:string|number|boolean|bigint|unknown|never|any|typeof|keyof|readonly)\b|[a-z]\w*\.[A-Za-z])/g,
        () => 'Narrow it, or check it at the border; `as` only promises.',
      ),
    ),
} satisfies Record<string, (tree: Tree) => readonly Finding[]>

export type Rule = keyof typeof rules

export const ruleNames: readonly Rule[] = Object.keys(rules).filter((name) => isRule(name))

/** Everything that breaks one of these rules, in a tree given as path -> text: src, and drizzle/functions. */
export function violations(
  files: ReadonlyMap<string, string>,
  asked: readonly Rule[] = ruleNames,
): readonly Violation[] {
  const sources = Array.from(files)
    .filter(([path]) => /^src\/.*\.tsx?$/.test(path))
    .map(([path, text]) => sourceOf(path, text))
  return asked.flatMap((rule) => {
    const findings: readonly Finding[] = rules[rule]({ files, sources })
    return findings.map(({ path, line = 1, message }) => ({ rule, path, line, message }))
  })
}

/** Read once per text: a hundred copies of the tree differ in a file each. */
function sourceOf(path: string, text: string): Source {
  const known = sourcesRead.get(path)
  if (known?.text === text) return known
  const source = readSource(path, text)
  sourcesRead.set(path, source)
  return source
}

const sourcesRead = new Map<string, Source>()

function isRule(name: string): name is Rule {
  return Object.hasOwn(rules, name)
}

const mailDoors = [
  { folder: 'outbox', mail: 'service mail' },
  { folder: 'delivery', mail: 'marketing' },
] as const

const fog = /(?:^|-)(?:utils?|helpers?|common|misc|managers?|stuff|lib)(?:-|$)/

const say = (source: Source, line: number, message: string): Finding => ({ path: source.path, line, message })

const folderOf = (path: string): string => /^src\/([^/]+)\//.exec(path)?.[1] ?? ''
const rankOf = (folder: string): number => folders.indexOf(folder)
const isTables = (path: string): boolean => path.endsWith('/tables.ts')

const imports = (
  sources: readonly Source[],
  check: (source: Source, found: Import) => readonly Finding[],
): readonly Finding[] => sources.flatMap((source) => source.imports.flatMap((found) => check(source, found)))

const inCode = (source: Source, pattern: RegExp, message: (found: string) => string): readonly Finding[] =>
  Array.from(source.code.matchAll(pattern), (match) =>
    say(source, lineOf(source.code, match.index), message(match[0])),
  )

/** Within texts and templates too, where the code is not ours but SQL. */
const inText = (source: Source, pattern: RegExp, message: (found: string) => string): readonly Finding[] =>
  Array.from(source.uncommented.matchAll(pattern), (match) =>
    say(source, lineOf(source.uncommented, match.index), message(match[0])),
  )

const sqlFunctions = (files: ReadonlyMap<string, string>): readonly (readonly [string, string])[] =>
  Array.from(files).filter(([path]) => /^drizzle\/functions\/.*\.sql$/.test(path))

const callersOf = (sqlText: string): readonly string[] =>
  /^-- caller: (src\/\S+(?:, src\/\S+)*)\s*$/m.exec(sqlText.split('\n')[0] ?? '')?.[1]?.split(', ') ?? []

const withoutSqlComments = (sqlText: string): string => sqlText.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')

const errorCodesOf = (sources: readonly Source[]): readonly string[] => {
  const errors = sources.find(({ path }) => path === 'src/platform/errors.ts')
  const [, list = ''] = /errorCodes = \[([^\]]*)\]/.exec(errors?.uncommented ?? '') ?? []
  return Array.from(list.matchAll(/'(\w+)'/g), ([, code = '']) => code)
}

const isBarrel = (code: string): boolean => {
  const left = code.replace(/\b(?:import|export)\s+(?:type\s+)?[^'"]*?\bfrom\s*['"][^'"]*['"];?/g, '')
  return /\bexport\b[^'"]*\bfrom\b/.test(code) && left.trim() === ''
}
