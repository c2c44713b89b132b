// entry · what wrangler would upload: small enough, and free of what a worker refuses
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileCampaign, renderMail, renderMailSlow } from '../src/campaigns/render.ts'
import { messages } from '../src/i18n/messages.ts'
import { bareEnvironment } from './support/script.ts'

/** Cloudflare takes 3 MB on its free plan; what a worker weighs is what it loads at its first request. */
const kibibytesMost = 1024

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
    worker = await readFile(path.join(folder, 'worker.js'), 'utf8')
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it(`is at most ${kibibytesMost} KiB, compressed`, () => {
    const kibibytes = Number(/gzip: ([\d.]+) KiB/.exec(said)?.[1])
    process.stdout.write(`worker: ${kibibytes} KiB compressed\n`)
    expect(kibibytes).toBeLessThanOrEqual(kibibytesMost)
  })

  it('makes no code from text', () => {
    const outsideTexts = worker.replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""')
    expect(outsideTexts).not.toMatch(/(?<![\w$.])(?:eval|Function)(?![\w$])/)
  })

  it('has what pages load in files beside it, too', async () => {
    const written = await readFile('dist/assets/assets/public.css', 'utf8')
    expect(written).toBe(await readFile('src/ui/public.css', 'utf8'))
    expect(await readFile('dist/assets/_headers', 'utf8')).toContain('immutable')
  })

  it('has every binding that the worker reads', () => {
    for (const binding of ['BATCHES', 'HYPERDRIVE', 'PUBLIC_URL', 'MAIL'])
      expect(said).toContain(`env.${binding} `)
  })
})

/** What each part of the libraries is for, one beside the other, and what we do not let them do. */
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
    const worker: typeof import('../src/campaigns/render.ts') = await import(pathToFileURL(outfile).href)
    for (const body of [...written, written.join('\n\n'), written.toReversed().join('\n\n')])
      for (const one of people) {
        const [here, there] = [compileCampaign(campaign(body)), worker.compileCampaign(campaign(body))]
        expect(worker.renderMail(there, one)).toBe(renderMail(here, one))
        expect(worker.renderMailSlow(there, one)).toBe(renderMailSlow(here, one))
      }
    await rm(folder, { recursive: true, force: true })
  }, 30_000)
})
