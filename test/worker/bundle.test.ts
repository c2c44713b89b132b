// entry · the bundle wrangler would upload: small enough, and free of code that a worker refuses
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileCampaign, renderMail, renderMailSlow } from '../../src/campaigns/render.ts'
import { messages } from '../../src/i18n/messages.ts'
import { assets } from '../../src/ui/assets.ts'
import { bareEnvironment } from '../support/script.ts'

/** Cloudflare allows 3 MB on its free plan; the size decides how much loads at the first request. */
const maxKibibytes = 1024

/**
 * Every line of the upload with the word `eval` or `Function`, strings and comments included: all in libraries, none ours. None
 * creates code at run time, which a worker would refuse; test/journeys/worker.test.ts runs them there.
 */
const mentions: readonly { readonly path: string; readonly line: string; readonly why: string }[] = [
  ...[
    'if (Array.isArray(args[0]) && !(args[1] instanceof Function)) {',
    'else if (Array.isArray(args[0]) && args[1] instanceof Function) {',
    'if (args[args.length - 1] instanceof Function) {',
    'if (args[args.length - 1] instanceof Function) {',
  ].map((line) => ({ path: 'pvtsutils/build/index.js', line, why: 'asks what an argument is' })),
  {
    path: 'reflect-metadata/Reflect.js',
    line: 'return Function("return this;")();',
    why: 'called where there is no globalThis, and caught where it is refused',
  },
  {
    path: 'reflect-metadata/Reflect.js',
    line: 'return (void 0, eval)("(function() { return this; })()");',
    why: 'called where the line above was refused, and caught as well',
  },
  {
    path: 'reflect-metadata/Reflect.js',
    line: 'var functionPrototype = Object.getPrototypeOf(Function);',
    why: 'compares prototypes; with another value for Function it does not load',
  },
  {
    path: 'zod/v4/core/util.js',
    line: 'const F = Function;',
    why: 'asks whether code may be made from text: not where the browser is called Cloudflare, and caught elsewhere',
  },
  {
    path: 'zod/v4/core/doc.js',
    line: 'const F = Function;',
    why: 'called where the answer above was yes; zod interprets schemas without',
  },
  {
    path: 'zod/v4/core/json-schema-processors.js',
    line: 'handleUnrepresentable(schema, ctx, json, params, "Function types cannot be represented in JSON Schema");',
    why: 'a sentence',
  },
]

/** The source lines behind those words, through the uploaded source map. */
function whereIn(bundle: string, sourceMap: string): readonly string[] {
  const map = JSON.parse(sourceMap)
  const sources = new SourceMap(map)
  return bundle
    .split('\n')
    .flatMap((text, line) =>
      Array.from(text.matchAll(/(?<![\w$])(?:eval|Function)(?![\w$])/g), ({ index }) => {
        const { originalSource = '', originalLine = -1 } = { ...sources.findEntry(line, index) }
        const source: string = map.sourcesContent[map.sources.indexOf(originalSource)] ?? ''
        const name = originalSource.replace(/^.*\/node_modules\//, '')
        return `${name}: ${source.split('\n')[originalLine]?.trim()}`
      }),
    )
    .sort()
}

describe('what wrangler deploy uploads', () => {
  let folder = ''
  let said = ''
  let worker = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'assent-bundle-'))
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['node_modules/wrangler/bin/wrangler.js', 'deploy', '--dry-run', '--outdir', folder],
      {
        env: bareEnvironment({
          CI: '1',
          NO_COLOR: '1',
          WRANGLER_SEND_METRICS: 'false',
          WRANGLER_LOG_PATH: folder,
          XDG_CONFIG_HOME: folder,
        }),
      },
    )
    said = stdout
    worker = await readFile(path.join(folder, 'main.js'), 'utf8')
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it(`is at most ${maxKibibytes} KiB, compressed`, () => {
    const kibibytes = Number(/gzip: ([\d.]+) KiB/.exec(said)?.[1])
    process.stdout.write(`worker: ${kibibytes} KiB compressed\n`)
    expect(kibibytes).toBeLessThanOrEqual(maxKibibytes)
  })

  it('makes no code from text', async () => {
    const found = whereIn(worker, await readFile(path.join(folder, 'main.js.map'), 'utf8'))
    expect(found).toEqual(mentions.map(({ path, line }) => `${path}: ${line}`).sort())
  })

  it('has what pages load in files beside it, too', async () => {
    const written = await readFile('dist/assets/assets/public.css', 'utf8')
    expect(written).toBe(assets['public.css']?.body)
    expect(await readFile('dist/assets/_headers', 'utf8')).toContain('immutable')
  })

  it('has every binding that the worker reads', () => {
    for (const binding of ['BATCHES', 'HYPERDRIVE', 'PUBLIC_URL', 'MAIL'])
      expect(said).toContain(`env.${binding} `)
  })
})

/** Markdown that uses each feature of the libraries side by side, including features we switch off. */
const written = [
  '# Title *x*',
  'Setext\n===',
  'Text "quotes" \'single\' -- dash ... (c) https://bare.se www.x.se',
  '> quote\n> more',
  '1. one\n2. two',
  '- a\n  - b\n- c',
  '| a | b |\n|---|:-:|\n| 1 | **2** |',
  '```js\ncode <b>\n```',
  '    indented',
  '<div>raw</div>',
  'a <b>inline</b> &eacute; &amp; &#38; <https://auto.se>',
  '[link](https://x.se "title") ![p](https://x.se/p.png) [ref]\n\n[ref]: https://y.se',
  '~~strike~~ **bold** _em_ `code`\\\nbreak  \nbreak\n\n***',
  'Dear {{ subscriber.first_name | default: "friend" }}, [leave]({{ unsubscribe_url }})',
  '{% if subscriber.n > 3 and subscriber.city contains "u" %}\nIn {{ subscriber.city }}.\n{% else %}\nNowhere.\n{% endif %}',
  '{% unless subscriber.vip %}no{% endunless %}{% case subscriber.city %}{% when "Lund" %}north{% else %}x{% endcase %}',
]

describe('what a library brings for workers', () => {
  const campaign = (body: string) => ({
    id: 'c',
    writing: {
      subject: 'S {{ subscriber.first_name }}',
      preheader: '',
      content: { format: 'markdown' as const, body },
    },
    from: { name: 'Brand', email: 'news@brand.example' },
    replyTo: null,
    list: {
      id: 'l',
      slug: 'letter',
      name: 'Letter',
      controller: { name: 'Brand AB', address: 'Gatan 1', contact_email: 'privacy@brand.example' },
    },
    words: { en: messages('en').footer },
    defaultLocale: 'en' as const,
    publicUrl: 'https://lists.brand.example',
    setsMessageId: false,
  })
  const person = (subscriber: Readonly<Record<string, string | number | boolean>>) => ({
    to: 'anna@mail.example',
    locale: 'en' as const,
    subscriber,
    unsubscribeUrl: 'https://lists.brand.example/u/x',
    preferencesUrl: 'https://lists.brand.example/p/x',
    agreedOn: null,
    tag: 't',
  })
  const people = [person({}), person({ first_name: 'Åsa', city: 'Lund', n: 7, vip: true })]

  it('changes no mail: a worker renders the bytes of Node', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'assent-renderer-'))
    const outfile = path.join(folder, 'render.mjs')
    await build({
      entryPoints: ['src/campaigns/render.ts'],
      bundle: true,
      format: 'esm',
      platform: 'browser',
      conditions: ['workerd', 'worker', 'browser'],
      external: ['node:*'],
      loader: { '.liquid': 'text' },
      outfile,
    })
    const worker: typeof import('../../src/campaigns/render.ts') = await import(pathToFileURL(outfile).href)
    for (const body of [...written, written.join('\n\n'), written.toReversed().join('\n\n')])
      for (const one of people) {
        const [here, there] = [compileCampaign(campaign(body)), worker.compileCampaign(campaign(body))]
        expect(worker.renderMail(there, one)).toBe(renderMail(here, one))
        expect(worker.renderMailSlow(there, one)).toBe(renderMailSlow(here, one))
      }
    await rm(folder, { recursive: true, force: true })
  })
})
