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
 * - uc.micro: classes of characters that the engine knows itself.
 * - postgres: logical replication, which no pooled connection carries.
 * - drizzle-orm: builders for tables that name no column kinds; ours all do.
 * - webauthn: pictures and names of authenticators, and the half that runs in browsers.
 * - zod: schemas as JSON Schema, and the page that is made of them: scripts/build-worker.mjs writes both to files.
 */
const absent = [
  [/^linkify-it$/, 'markdown-it', 'export class LinkifyIt {}'],
  [
    /^uc\.micro$/,
    'markdown-it',
    String.raw`export const P = /\p{P}/u, S = /\p{S}/u, Z = /\p{Z}/u, Cc = /\p{Cc}/u, Cf = /\p{Cf}/u, Any = /[^]/`,
  ],
  [/^\.\/subscribe\.js$/, 'postgres', 'export default () => ({})'],
  [/columns\/all\.js$/, 'drizzle-orm', 'export const getPgColumnBuilders = () => ({})'],
  [/authenticatorMetadata\.js$/, 'webauthn', 'export const authenticatorMetadata = {}'],
  [/^\.\/client\.js$/, 'webauthn', 'export default {}'],
  [/json-schema-processors\.js$/, 'zod', 'export const toJSONSchema = undefined'],
  [
    /\/to-json-schema\.js$/,
    'zod',
    'export const createToJSONSchemaMethod = () => undefined, createStandardJSONSchemaMethod = createToJSONSchemaMethod',
  ],
  [/json-schema-generator\.js$/, 'zod', 'export class JSONSchemaGenerator {}'],
  [
    /^\.\/api\/docs\/routes\.tsx$/,
    'app.ts',
    "import { Hono } from 'hono'\nexport const docsRoutes = new Hono()",
  ],
]

/** The tags and filters of liquidjs that our templates and layouts use; all others are taken from it when it starts. */
const tables = [
  [
    /\nconst tags = \{[^}]*\};/,
    "\nconst tags = { 'for': ForTag, 'case': CaseTag, 'if': IfTag, unless: UnlessTag };",
  ],
  [/\nconst filters = Object\.assign\([^;]*;/, '\nconst filters = Object.assign({ escape: escape }, misc);'],
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
    build.onLoad({ filter: /liquid\.browser\.mjs$/ }, async ({ path }) => ({
      contents: tables.reduce(replaceOnce, await readFile(path, 'utf8')),
    }))
  },
}

function replaceOnce(text, [pattern, substitute]) {
  if (text.match(new RegExp(pattern, 'g'))?.length !== 1)
    throw new Error(`liquidjs has changed: see whether ${pattern} in scripts/substitutes.mjs still fits.`)
  return text.replace(pattern, () => substitute)
}
