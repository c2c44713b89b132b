// What stands in for parts of libraries when they are bundled: one table of characters in every runtime, and, in the
// worker, whose size is limited, nothing in place of what is never called there.
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const inModules = (...parts) => join(root, 'node_modules', ...parts)

/** markdown-it decodes `&eacute;` by our table; for that it is bundled, also where other packages are not. */
export const namedCharacters = join(root, 'src/campaigns/render/named-characters.ts')
export const charactersOfEsbuild = {
  name: 'characters',
  setup(build) {
    build.onResolve({ filter: /^markdown-it$/ }, () => ({
      path: inModules('markdown-it/dist/markdown-it.mjs'),
    }))
    build.onResolve({ filter: /^entities$/ }, () => ({ path: namedCharacters }))
  },
}

/**
 * - linkify-it: a finder of bare addresses with its tables of Unicode; we never let it search (`linkify: false`).
 * - uc.micro, punycode.js: classes of characters, and names of hosts, that the runtime knows itself.
 * - postgres: logical replication, which no pooled connection carries, and large objects.
 * - drizzle-orm: builders for tables that name no column kinds, since ours all do; views; queries by relations, which need a
 *   schema that we do not hand over.
 * - vault: HMAC in JavaScript, which is faster on Node; a worker has its own.
 * - webauthn: pictures and names of authenticators, and the half that runs in browsers.
 * - smtp-sender: no worker sends by SMTP.
 * - zod: schemas as JSON Schema, and the page that is made of them: scripts/build-worker.mjs writes both to files.
 */
const absent = [
  [/^linkify-it$/, 'markdown-it', 'export class LinkifyIt {}'],
  [
    /^uc\.micro$/,
    'markdown-it',
    String.raw`export const P = /\p{P}/u, S = /\p{S}/u, Z = /\p{Z}/u, Cc = /\p{Cc}/u, Cf = /\p{Cf}/u, Any = /[^]/`,
  ],
  [/^punycode\.js$/, 'markdown-it', "export { default } from 'node:punycode'"],
  [/^\.\/(?:subscribe|large)\.js$/, 'postgres', 'export default () => ({})'],
  [/columns\/all\.js$/, 'drizzle-orm', 'export const getPgColumnBuilders = () => ({})'],
  [
    /\/view\.js$/,
    'drizzle-orm',
    'export const pgViewWithSchema = undefined, pgMaterializedViewWithSchema = undefined, PgMaterializedViewConfig = undefined',
  ],
  [/\/refresh-materialized-view\.js$/, 'drizzle-orm', 'export class PgRefreshMaterializedView {}'],
  [/\/query\.js$/, 'drizzle-orm', 'export class RelationalQueryBuilder {}'],
  [
    /\/relations\.js$/,
    'drizzle-orm',
    `export class One {}
    export class Many {}
    export const getOperators = undefined, getOrderByOperators = undefined, normalizeRelation = undefined
    export const createTableRelationsHelpers = undefined, extractTablesRelationalConfig = undefined`,
  ],
  [
    /^\.\/mac\.ts$/,
    'vault',
    "import { createHmac } from 'node:crypto'\nexport const shortMac = (key, message) => createHmac('sha256', key).update(message).digest()",
  ],
  [/authenticatorMetadata\.js$/, 'webauthn', 'export const authenticatorMetadata = {}'],
  [/^\.\/client\.js$/, 'webauthn', 'export default {}'],
  [/json-schema-processors\.js$/, 'zod', 'export const toJSONSchema = undefined'],
  [
    /\/to-json-schema\.js$/,
    'zod',
    'export const createToJSONSchemaMethod = () => undefined, createStandardJSONSchemaMethod = createToJSONSchemaMethod',
  ],
  [/json-schema-generator\.js$/, 'zod', 'export class JSONSchemaGenerator {}'],
  [/^\.\/smtp-sender\.ts$/, 'ask-dns.ts', 'export const smtpChecks = undefined'],
  [
    /^\.\/api\/docs\/routes\.tsx$/,
    'app.ts',
    "import { Hono } from 'hono'\nexport const docsRoutes = new Hono()",
  ],
]

/**
 * Rules of markdown-it for what we do not let it do (`html: false, linkify: false, typographer: false`): each begins by asking
 * for its option.
 */
const rules = [
  ['core/linkify', 'linkify$1'],
  ['core/replacements', 'replace'],
  ['core/smartquotes', 'smartquotes'],
  ['inline/linkify', 'linkify'],
  ['inline/html_inline', 'html_inline'],
  ['block/html_block', 'html_block'],
].map(([file, name]) => [
  new RegExp(String.raw`\n//#region src/rules_${file}\.ts[\s\S]*?\n//#endregion`),
  `\nfunction ${name}() { return false }`,
])

/**
 * Parts of one file, each found exactly once:
 * - liquidjs: the tags and filters that our templates and layouts use stay; all others are taken from it when it starts. Nor
 *   do we ask it which variables a template names, let it read files, keep what it parsed, or name days and months.
 * - markdown-it: the rules above.
 * - drizzle-orm: queries by relations; its own way to migrate.
 * - zod: kinds of text that nothing here is, and parsers made from text, which workers refuse; what is left of its tools is
 *   named directly, so that the bundler sees which are used.
 */
const cuts = [
  [
    /liquid\.browser\.mjs$/,
    [
      [
        /\nconst tags = \{[^}]*\};/,
        "\nconst tags = { 'for': ForTag, 'case': CaseTag, 'if': IfTag, unless: UnlessTag };",
      ],
      [
        /\nclass Variable \{[\s\S]*?\n(?=var LookupType;)/,
        '\nconst Variable = undefined, analyze = undefined, analyzeSync = undefined;\n',
      ],
      [/\n {4}analyze\(template[\s\S]*?\n\}\r?\n/, '\n}\n'],
      [/\nvar fs = [^;]*;/, '\nvar fs = {};'],
      [/\n {8}console\.warn\('\[LiquidJS\] `fs\.dirname`[^\n]*/, ''],
      ...['Loader', 'MapFS', 'LRU', 'EchoTag', 'IncludeTag', 'TablerowTag', 'TablerowloopDrop'].map(
        (name) => [new RegExp(String.raw`\nclass ${name} [\s\S]*?\n\}(?=\r?\n)`), `\nclass ${name} {}`],
      ),
      [
        /\nconst monthNames = \[[\s\S]*?\nconst dayNamesShort = [^\n]*/,
        '\nconst monthNames = [], monthNamesShort = [], dayNames = [], dayNamesShort = [];',
      ],
      [/\nconst padSpaceChars = [^\n]*/, "\nconst padSpaceChars = '';"],
      [/\nformatCodes\.h = [^\n]*/, ''],
      [
        /\nconst filters = Object\.assign\([^;]*;/,
        '\nconst filters = Object.assign({ escape: escape }, misc);',
      ],
    ],
  ],
  [/markdown-it\.mjs$/, rules],
  [
    /[/\\]pg-core[/\\]dialect\.js$/,
    [
      [/\n {2}buildRelationalQueryWithoutPK\(\{[\s\S]*?\n\}(?=\r?\nexport)/, '\n}'],
      [/\n {2}async migrate\([\s\S]*?\n {2}\}(?=\r?\n)/, ''],
    ],
  ],
  [
    /[/\\]classic[/\\]schemas\.js$/,
    [
      [/import \{ util \} from "\.\.\/core\/index\.js"/, 'import * as util from "../core/util.js"'],
      [/core\.\$ZodObjectJIT\.init/, 'core.$ZodObject.init'],
      [/\n {4}jwt\(params\) \{[\s\S]*?(?=\n {4}guid\()/, ''],
      [/\n {4}uuidv4\(params\) \{[\s\S]*?(?=\n {4}datetime\()/, ''],
      [/\n {4}time\(params\) \{[\s\S]*?(?=\n\}\);)/, ''],
    ],
  ],
]

const quoted = String.raw`(['"])(?:\\.|(?!\1)[^\\\n])*\1`

/**
 * What only the reference of the API reads, which a worker serves as a file: the shapes of answers, and the words beside
 * declarations. Quoted words alone are taken away; whatever is written otherwise stays.
 */
const undocumented = [
  [
    /[/\\]src[/\\]api[/\\](?:campaign-)?answers\.ts$/,
    (text) =>
      Array.from(
        text.matchAll(/^export const (\w+)/gm),
        ([, name]) => `export const ${name} = () => undefined\n`,
      ).join(''),
  ],
  [
    /[/\\]src[/\\](?:api|campaigns|lists|pacing|segments)[/\\]\w+\.ts$/,
    (text) =>
      text
        .replace(new RegExp(String.raw`\s*\.describe\(\s*${quoted},?\s*\)`, 'g'), '')
        .replace(new RegExp(String.raw`\n {4}(?:summary|description):\s*${quoted},(?=\n)`, 'g'), ''),
  ],
]

export const withoutTheUnused = {
  name: 'without-the-unused',
  setup(build) {
    for (const [filter, of, contents] of absent)
      build.onResolve({ filter }, ({ path, importer }) =>
        importer.includes(of) ? { path, namespace: 'absent', pluginData: contents } : undefined,
      )
    build.onLoad({ filter: /./, namespace: 'absent' }, ({ pluginData }) => ({
      contents: pluginData,
      resolveDir: root,
    }))
    for (const [filter, shorten] of undocumented)
      build.onLoad({ filter }, async ({ path }) => ({
        contents: shorten(await readFile(path, 'utf8')),
        loader: 'ts',
      }))
    for (const [filter, parts] of cuts)
      build.onLoad({ filter }, async ({ path }) => ({
        contents: parts.reduce(cutFrom(path), await readFile(path, 'utf8')),
      }))
  },
}

const cutFrom =
  (path) =>
  (text, [pattern, substitute]) => {
    if (text.match(new RegExp(pattern, 'g'))?.length === 1) return text.replace(pattern, () => substitute)
    throw new Error(`${path} has changed: see whether ${pattern} in scripts/substitutes.mjs still fits.`)
  }
