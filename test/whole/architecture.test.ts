// entry · the layout holds, and each rule that says so was seen to fail on a violation sown into a copy of the tree
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { folders, type Rule, ruleNames, violations } from '../support/architecture.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const filesBelow = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:tsx?|sql)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')])

const tree: ReadonlyMap<string, string> = new Map([...filesBelow('src'), ...filesBelow('drizzle/functions')])

/** Files to put into the copy; null takes one out. The violation is expected at `at`, else in the first of them. */
interface Seed {
  readonly title: string
  readonly files: Readonly<Record<string, string | null>>
  readonly at?: string
}

const file = (path: string, ...lines: readonly string[]): Seed['files'] => ({
  [path]: `${lines.join('\n')}\n`,
})

/** `${code}`, as it stands in a template. */
const hole = (code: string): string => ['$', '{', code, '}'].join('')

const outboxDoor = Array.from(tree).find(
  ([path, text]) => path.startsWith('src/outbox/') && /mailer\s*\.send/.test(text),
)

const seeds: Readonly<Record<Rule, readonly Seed[]>> = {
  'line 1 names the kind': [
    {
      title: 'no first comment',
      files: file('src/lists/sown.ts', "import { bytesOf } from '../platform/encoding/bytes.ts'"),
    },
    { title: 'a kind that is none', files: file('src/lists/sown.ts', '// service · does things') },
    { title: 'a kind and not a word more', files: file('src/lists/sown.ts', '// pure ·') },
    { title: 'the kind on line 2', files: file('src/ui/sown.tsx', '', '// view · late') },
  ],
  'entries stand in src itself or in a runtime': [
    {
      title: 'an entry among the decisions',
      files: file('src/lists/sown.ts', '// entry · listens from here'),
    },
    { title: 'a decision among the entries', files: file('src/sown.ts', '// pure · decides from here') },
  ],
  'a folder belongs to the story': [
    { title: 'a folder of its own invention', files: file('src/billing/invoice.ts', '// pure · an invoice') },
  ],
  'a folder imports only from itself and from those before it': [
    {
      title: 'an early folder knows a late one',
      files: file('src/lists/sown.ts', '// shell · x', "import { a } from '../consent/record.ts'"),
    },
    {
      title: 'also for a type only',
      files: file('src/platform/sown.ts', '// pure · x', "import type { List } from '../lists/list.ts'"),
    },
    {
      title: 'also in passing on',
      files: file('src/lists/sown.ts', '// sql · x', "export * from '../segments/where.ts'"),
    },
    {
      title: 'also by a call',
      files: file('src/lists/sown.ts', '// shell · x', "const late = () => import('../delivery/send.ts')"),
    },
    {
      title: 'a folder knows an entry',
      files: file('src/console/sown.ts', '// shell · x', "import { migrate } from '../node/migrate.ts'"),
    },
    {
      title: 'tables of others, from what is no table',
      files: file('src/lists/sown.ts', '// sql · x', "import { subscriptions } from '../consent/tables.ts'"),
    },
  ],
  'a kind imports only the kinds it may': [
    {
      title: 'a decision knows a query',
      files: file('src/lists/sown.ts', '// pure · x', "import { listByNumber } from './find.ts'"),
    },
    {
      title: 'a decision knows an adapter',
      files: file(
        'src/lists/sown.ts',
        '// pure · x',
        "import { openDatabase } from '../platform/database/database.ts'",
      ),
    },
    {
      title: 'a page knows a verb',
      files: file('src/consent/sown.tsx', '// view · x', "import { recordActs } from './record.ts'"),
    },
    {
      title: 'a query knows a verb',
      files: file('src/consent/sown.ts', '// sql · x', "import { recordActs } from './record.ts'"),
    },
    {
      title: 'a verb knows a route',
      files: file('src/signup/sown.ts', '// shell · x', "import { answer } from '../ui/answer.tsx'"),
    },
    {
      title: 'a route knows a table',
      files: file('src/signup/sown.ts', '// web · x', "import { signupRequests } from './tables.ts'"),
    },
    {
      title: 'a table knows a decision',
      files: file('src/lists/tables.ts', '// table · x', "import { locales } from '../i18n/locale.ts'"),
    },
    {
      title: 'a client knows a page',
      files: file('src/ui/sown.ts', '// client · x', "import { PublicPage } from './layout.tsx'"),
    },
    {
      title: 'an adapter knows a verb',
      files: file('src/mail/sown.ts', '// adapter · x', "import { recordAct } from '../audit/record.ts'"),
    },
  ],
  'a kind imports only the libraries it may': [
    {
      title: 'a decision with Drizzle',
      files: file('src/lists/sown.ts', '// pure · x', "import { sql } from 'drizzle-orm'"),
    },
    {
      title: 'a decision with files',
      files: file('src/lists/sown.ts', '// pure · x', "import { readFileSync } from 'node:fs'"),
    },
    {
      title: 'a decision with chance',
      files: file(
        'src/lists/sown.ts',
        '// pure · x',
        "import { createHash, randomBytes } from 'node:crypto'",
      ),
    },
    {
      title: 'a decision with all of node:crypto',
      files: file('src/lists/sown.ts', '// pure · x', "import * as crypto from 'node:crypto'"),
    },
    {
      title: 'a verb with Hono',
      files: file('src/lists/sown.ts', '// shell · x', "import { Hono } from 'hono'"),
    },
    {
      title: 'a route with Drizzle',
      files: file('src/console/sown.tsx', '// web · x', "import { eq } from 'drizzle-orm'"),
    },
    {
      title: 'a page with routes',
      files: file('src/ui/sown.tsx', '// view · x', "import { Hono } from 'hono'"),
    },
    {
      title: 'a browser with a framework',
      files: file('src/ui/sown.ts', '// client · x', "import { render } from 'hono/jsx/dom'"),
    },
  ],
  'time and chance are arguments': [
    ...[
      'Date.now()',
      'new Date()',
      'new Date',
      'Date()',
      'Math.random()',
      'performance.now()',
      'crypto.randomUUID()',
    ].map((call) => ({
      title: `${call} in a decision`,
      files: file('src/lists/sown.ts', '// pure · x', `export const x = () => ${call}`),
    })),
    {
      title: 'the clock in a verb',
      files: file('src/lists/sown.ts', '// shell · x', 'export const x = () => new Date()'),
    },
    {
      title: 'the clock within a template',
      files: file(
        'src/lists/sown.ts',
        '// pure · x',
        `export const x = \`at ${hole(`\`${hole('Date.now()')}\``)}\``,
      ),
    },
  ],
  'a decision speaks to nobody': [
    {
      title: 'over the network',
      files: file('src/lists/sown.ts', '// pure · x', "export const x = () => fetch('https://example.org')"),
    },
    { title: 'to the terminal', files: file('src/lists/sown.ts', '// pure · x', "console.log('here')") },
    {
      title: 'to its process',
      files: file('src/ui/sown.tsx', '// view · x', 'export const x = process.pid'),
    },
    { title: 'after a while', files: file('src/lists/sown.ts', '// pure · x', 'setTimeout(() => {}, 5)') },
  ],
  'only an entry reads the environment or listens': [
    {
      title: 'an adapter reads a variable',
      files: file('src/mail/sown.ts', '// adapter · x', 'export const x = process.env.SMTP_URL'),
    },
    {
      title: 'a verb takes it apart',
      files: file('src/mail/sown.ts', '// shell · x', 'const { env } = process'),
    },
    {
      title: 'by import',
      files: file('src/mail/sown.ts', '// adapter · x', "import { env } from 'node:process'"),
    },
    { title: 'an adapter listens', files: file('src/mail/sown.ts', '// adapter · x', 'server.listen(25)') },
    {
      title: 'a route serves',
      files: file('src/api/sown.ts', '// web · x', "import { serve } from '@hono/node-server'"),
    },
  ],
  'a loop is woken after the commit': [
    { title: 'a wake in an act', files: file('src/lists/sown.ts', '// shell · x', 'deps.wake()') },
    { title: 'a wake taken out of deps', files: file('src/lists/sown.ts', '// shell · x', 'wake ( )') },
  ],
  'a table is written only in its own folder': [
    ...[
      'tx.insert(lists).values(row)',
      'tx.update(lists).set(row)',
      'tx.delete(lists)',
      `sql\`update ${hole('lists')} set name = 1\``,
    ].map((write) => ({
      title: write,
      files: file('src/consent/sown.ts', '// shell · x', "import { lists } from '../lists/tables.ts'", write),
    })),
    {
      title: 'under another name',
      files: file(
        'src/consent/sown.ts',
        '// shell · x',
        "import { lists as all } from '../lists/tables.ts'",
        'tx.insert(all)',
      ),
    },
    {
      title: 'by way of the whole module',
      files: file(
        'src/consent/sown.ts',
        '// shell · x',
        "import * as t from '../lists/tables.ts'",
        'tx.insert(t.lists)',
      ),
    },
    ...[
      'insert into suppressions (hash)',
      'INSERT INTO "suppressions" (hash)',
      'update suppressions set reason = 1',
      'update only suppressions as s set reason = 1',
      'delete from suppressions where true',
      'truncate suppressions',
      'with gone as (delete from public.suppressions returning id) select 1',
    ].map((statement) => ({
      title: statement,
      files: file('src/signup/sown.ts', '// shell · x', `sql\`\n  ${statement}\``),
    })),
    {
      title: 'a key of another schema',
      files: file('src/log/sown.ts', '// shell · x', 'sql`delete from keys.subscription_keys`'),
    },
  ],
  'an SQL function names its caller': [
    {
      title: 'no caller',
      files: file('drizzle/functions/sown.sql', 'create or replace function sown() returns void'),
    },
    {
      title: 'a caller below line 1',
      files: file('drizzle/functions/sown.sql', '', '-- caller: src/node/migrate.ts'),
    },
    {
      title: 'a caller that is gone',
      files: file('drizzle/functions/sown.sql', '-- caller: src/lists/gone.ts'),
    },
    {
      title: 'one of two that is gone',
      files: file('drizzle/functions/sown.sql', '-- caller: src/node/migrate.ts, src/lists/gone.ts'),
    },
  ],
  'only consent writes the ledger': [
    {
      title: 'a verb elsewhere',
      files: file('src/signup/sown.ts', '// shell · x', 'sql`insert into consent_events values (1)`'),
    },
    {
      title: 'a verb elsewhere, with the builder',
      files: file(
        'src/signup/sown.ts',
        '// shell · x',
        "import { consentEvents } from '../consent/tables.ts'",
        'tx.insert(consentEvents)',
      ),
    },
    {
      title: 'an SQL function for somebody else',
      files: file(
        'drizzle/functions/sown.sql',
        '-- caller: src/node/migrate.ts',
        'insert into consent_events select 1;',
      ),
    },
  ],
  'the mailer has one caller for each kind of mail': [
    {
      title: 'a third caller',
      files: file('src/rights/sown.ts', '// shell · x', 'await deps.mailer.send([], key)'),
    },
    {
      title: 'a second caller for marketing',
      files: {
        ...file('src/delivery/a.ts', '// shell · x', 'await mailer.send([], key)'),
        ...file('src/delivery/zz.ts', '// shell · x', 'await mailer?.send([], key)'),
      },
      at: 'src/delivery/zz.ts',
    },
    { title: 'none for service mail', files: { [outboxDoor?.[0] ?? '']: null }, at: 'src/outbox' },
  ],
  'one place turns refusals into statuses': [
    {
      title: 'a second table',
      files: {
        ...file('src/ui/aa.ts', '// pure · x', 'export const a = { not_found: 404, forbidden: 403 }'),
        ...file('src/api/sown.ts', '// web · x', 'const statuses = { not_found: 404, conflict: 409 }'),
      },
      at: 'src/api/sown.ts',
    },
    {
      title: 'a second switch',
      files: {
        ...file('src/ui/aa.ts', '// pure · x', 'export const a = { not_found: 404, forbidden: 403 }'),
        ...file(
          'src/api/sown.ts',
          '// web · x',
          'switch (code) {',
          "case 'not_found': return 404",
          "case 'conflict':",
          '  return 409',
          '}',
        ),
      },
      at: 'src/api/sown.ts',
    },
  ],
  'rows of SQL pass a schema': [
    {
      title: 'a type given to a statement',
      files: file('src/lists/sown.ts', '// sql · x', 'db.execute<{ id: number }>(sql`select id from lists`)'),
    },
    {
      title: 'a named type, on lines of its own',
      files: file(
        'src/lists/sown.ts',
        '// sql · x',
        'db.execute<',
        '  Found & Record<string, unknown>',
        '>(sql`select 1`)',
      ),
    },
    {
      title: 'a type given to the driver',
      files: file('src/node/sown.ts', '// adapter · x', 'await client<{ pid: number }[]>`select 1 as pid`'),
    },
    {
      title: 'a type given to the driver for a text',
      files: file('src/node/sown.ts', '// adapter · x', "await tx.unsafe<Row[]>('select 1 as pid')"),
    },
    {
      title: 'a type given to a column',
      files: file('src/lists/sown.ts', '// sql · x', 'db.select({ at: sql<string>`max(at)` })'),
    },
    ...[
      "select to_json(created_at) #>> '{}' as at from lists",
      "select encode(hash, 'hex') as hash from limits",
      "select encode(sha256(convert_to(concat(name, 'x'), 'UTF8')), 'hex') from lists",
      "select array_to_string(granted, ',') as granted from subscriptions",
      "select string_agg(id::text, ',') as ids from lists",
    ].map((statement) => ({
      title: statement,
      files: file('src/lists/sown.ts', '// sql · x', `export const x = sql\`${statement}\``),
    })),
    {
      title: 'an array taken apart by hand',
      files: file('src/lists/sown.ts', '// shell · x', "rows.map((row) => row.granted.split(','))"),
    },
  ],
  'a long file says why': [
    {
      title: '301 lines without a word',
      files: file('src/lists/sown.ts', '// pure · x', ...Array.from({ length: 300 }, () => '// and more')),
    },
  ],
  'no barrel': [
    { title: 'an index', files: file('src/lists/index.ts', '// pure · x', 'export const x = 1') },
    {
      title: 'a file that only hands on',
      files: file(
        'src/lists/sown.ts',
        '// sql · x',
        "export * from './find.ts'",
        "export { type List } from './list.ts'",
      ),
    },
  ],
  'a name says what is inside': [
    ...[
      'utils.ts',
      'list-helpers.ts',
      'common.tsx',
      'campaign-manager.ts',
      'ListStore.ts',
      'list_store.ts',
      'helpers/one.ts',
    ].map((name) => ({
      title: name,
      files: file(`src/lists/${name}`, '// pure · x'),
    })),
  ],
  'nothing that is shipped imports from test': [
    {
      title: 'a verb knows a test',
      files: file(
        'src/delivery/sown.ts',
        '// shell · x',
        "import { people } from '../../test/support/people.ts'",
      ),
    },
    {
      title: 'the command line knows a test',
      files: file('src/cli/sown.ts', '// entry · x', "import { people } from '../../test/support/people.ts'"),
    },
  ],
  'a folder holds a dozen files': [
    {
      title: 'the thirteenth',
      files: Object.assign(
        {},
        ...Array.from({ length: 13 }, (_, at) => file(`src/rights/sown-${at}.ts`, '// pure · x')),
      ),
      at: 'src/rights',
    },
  ],
  'a relative import names a file that is there': [
    {
      title: 'without its extension',
      files: file('src/lists/sown.ts', '// pure · x', "import type { List } from './list'"),
    },
    {
      title: 'of a file that is gone',
      files: file('src/lists/sown.ts', '// pure · x', "import type { List } from './gone.ts'"),
    },
  ],
  'no assertion but as const': [
    {
      title: 'to a type',
      files: file('src/lists/sown.ts', '// pure · x', 'export const x = JSON.parse(text) as Field'),
    },
    {
      title: 'by way of unknown',
      files: file('src/lists/sown.ts', '// pure · x', 'export const x = y as unknown as { a: 1 }'),
    },
    {
      title: 'on a page',
      files: file('src/ui/sown.tsx', '// view · x', 'export const x = <p>{title as string}</p>'),
    },
    {
      title: 'to what a library infers',
      files: file('src/lists/sown.ts', '// pure · x', 'export const x = read.data as z.output<typeof field>'),
    },
  ],
}

function grown(seed: Seed): ReadonlyMap<string, string> {
  const copy = new Map(tree)
  for (const [path, text] of Object.entries(seed.files)) {
    if (text === null) copy.delete(path)
    else copy.set(path, text)
  }
  return copy
}

const breaks = (files: ReadonlyMap<string, string>, rule: Rule, path: string): boolean =>
  violations(files, [rule]).some((violation) => violation.path === path)

describe('the layout', () => {
  it('holds', () => {
    expect(
      violations(tree).map(({ path, line, rule, message }) => `${path}:${line} ${rule}. ${message}`),
    ).toEqual([])
  })

  it('tells its story in folders that are there', () => {
    const there = [
      ...new Set(Array.from(tree.keys()).flatMap((path) => /^src\/([^/]+)\//.exec(path)?.[1] ?? [])),
    ]
    expect(there.filter((folder) => !folders.includes(folder))).toEqual([])
  })
})

it('has a violation to sow for every rule', () => {
  expect(ruleNames.filter((rule) => seeds[rule].length === 0)).toEqual([])
})

describe.each(ruleNames)('%s:', (rule) => {
  it.each(seeds[rule])('is broken by $title', (seed) => {
    const path = seed.at ?? Object.keys(seed.files)[0] ?? ''
    expect(breaks(tree, rule, path)).toBe(false)
    expect(breaks(grown(seed), rule, path)).toBe(true)
  })
})

describe('what only looks like a violation', () => {
  it.each<[string, Seed['files']]>([
    [
      'words in comments and texts',
      file(
        'src/lists/sown.ts',
        '// pure · Date.now() and process.env are not for us',
        '/* new Date() as Field; import { x } from "../consent/record.ts" */',
        "export const a = 'Date.now() as Field, process.env, mailer.send('",
        `export const b = \`import { x } from "../admin/x.ts" ${hole('a')} Math.random() as Field\``,
        'export const c = /Math.random() as Field/',
        'export const d = [1, 2] as const',
      ),
    ],
    [
      'a moment that was given',
      file(
        'src/lists/sown.ts',
        '// pure · x',
        'export const x = (at: Date) => new Date(at.getTime() + 1)',
        'export const y = lib.fetch(1)',
      ),
    ],
    [
      'a type of an adapter',
      file(
        'src/lists/sown.ts',
        '// pure · x',
        "import type { Database } from '../platform/database/database.ts'",
      ),
    ],
    [
      'types among names',
      file(
        'src/lists/sown.ts',
        '// pure · x',
        "import { type Database, type Tx as T } from '../platform/database/database.ts'",
      ),
    ],
    [
      'a table that points to a later one',
      file('src/lists/tables.ts', '// table · x', "import { campaigns } from '../campaigns/tables.ts'"),
    ],
    [
      'a read of a table of others',
      file(
        'src/signup/sown.ts',
        '// sql · x',
        "import { lists } from '../lists/tables.ts'",
        `sql\`select 1 from ${hole('lists')} for update of lists\``,
      ),
    ],
    [
      'an upsert into a table of our own',
      file(
        'src/suppression/sown.ts',
        '// shell · x',
        'sql`insert into suppressions (hash) values (1) on conflict (hash) do update set reason = 1`',
      ),
    ],
    [
      'a long file that says why',
      file(
        'src/lists/sown.ts',
        '// pure · x',
        '// Long because it is a table of countries.',
        ...Array.from({ length: 400 }, () => ''),
        'export const x = 1',
      ),
    ],
    [
      'a name taken over',
      file(
        'src/lists/sown.ts',
        '// pure · x',
        "import { locales as All } from '../i18n/locale.ts'",
        'export { All as Locales }',
      ),
    ],
    [
      'a function of two callers',
      file('drizzle/functions/sown.sql', '-- caller: src/node/migrate.ts, src/consent/record.ts', 'select 1'),
    ],
    [
      'statements without a type, octets that are given, and texts that come from elsewhere',
      file(
        'src/lists/sown.ts',
        '// shell · x',
        'const { count } = await tx.execute(sql`update lists set name = name`)',
        "sql`select 1 from limits where hash = decode(x, 'hex')`",
        "const bytes = utf8.encode(text).split(';')",
        'const known = new Map<number, { id: number }[]>()',
      ),
    ],
    [
      'a template of the mail',
      file('src/lists/sown.ts', '// pure · x', "import page from '../../templates/campaign.html.liquid'"),
    ],
  ])('%s', (_, files) => {
    const found = violations(grown({ title: '', files })).filter(({ path }) => Object.hasOwn(files, path))
    expect(found).toEqual([])
  })
})
