// entry · citations exist: sections, invariants, links, files. Each rule was seen to fail on a fault planted in a copy of the tree
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type CitationRule, citationRules, faultsIn } from '../support/citations.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const isText = (path: string): boolean =>
  /\.(?:tsx?|mts|m?js|sql|md|liquid|toml)$|(?:^|\/)(?:package\.json|Dockerfile)$/.test(path)

/** Files whose planted faults and rules are no citations. */
const ours = ['test/whole/citations.test.ts', 'test/support/citations.ts']

const filesBelow = (place: string): readonly string[] =>
  statSync(join(root, place)).isDirectory()
    ? readdirSync(join(root, place), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    : [place]

const places = readdirSync(root, { withFileTypes: true })
  .filter(
    (entry) =>
      entry.isFile() || ['src', 'drizzle', 'scripts', 'test', 'docs', 'templates'].includes(entry.name),
  )
  .map(({ name }) => name)

const tree: ReadonlyMap<string, string> = new Map(
  places
    .flatMap(filesBelow)
    .map((path) => [
      path,
      isText(path) && !ours.includes(path) ? readFileSync(join(root, path), 'utf8') : '',
    ]),
)

/** Text to append to files of the copy, new or not; null removes a file. The fault is expected in the first, else at `at`. */
interface Seed {
  readonly title: string
  readonly files: Readonly<Record<string, string | null>>
  readonly at?: string
}

const seeds: Readonly<Record<CitationRule, readonly Seed[]>> = {
  'a cited page is in the repository, by its path': [
    { title: 'a page that is not there', files: { 'src/lists/sown.ts': '// pure · x. docs/gone.md' } },
    {
      title: 'a page by its place on a machine',
      files: { 'src/lists/sown.ts': '// /opt/papers/ledger.md' },
    },
    { title: 'a page without its folder', files: { 'src/lists/sown.ts': '// pure · x. ledger.md' } },
    { title: 'in SQL', files: { 'drizzle/functions/sown.sql': '-- docs/gone.md 3' } },
    { title: 'in a script', files: { 'scripts/sown.mjs': '// as design.md has it' } },
    { title: 'in a page', files: { 'docs/sown.md': 'See docs/gone.md.' } },
    { title: 'that was taken away', files: { 'docs/ledger.md': null }, at: 'src/consent/ledger.ts' },
  ],
  'a cited section is a heading of that page': [
    { title: 'a section that is not there', files: { 'src/lists/sown.ts': '// pure · x. docs/ledger.md 9' } },
    {
      title: 'a subsection that is not there',
      files: { 'test/sown.test.ts': "it('x (docs/ledger.md 4.12)')" },
    },
    { title: 'the second of two', files: { 'test/sown.test.ts': '// docs/ledger.md 4.4, 4.99' } },
    { title: 'the end of several', files: { 'drizzle/functions/sown.sql': '-- docs/ledger.md 5.1 to 5.99' } },
    { title: 'of a page without numbers', files: { 'src/lists/sown.ts': '// docs/benchmarks.md 2' } },
  ],
  'a section is cited in one form': [
    { title: 'with the word', files: { 'src/lists/sown.ts': '// docs/ledger.md, section 6' } },
    { title: 'the other way round', files: { 'src/lists/sown.ts': '// section 6 of docs/ledger.md' } },
    { title: 'with a sign', files: { 'src/lists/sown.ts': '// docs/ledger.md § 6' } },
    { title: 'with a comma', files: { 'src/lists/sown.ts': '// docs/ledger.md, 6.1' } },
  ],
  'a section names its document': [
    { title: 'a bare section', files: { 'src/lists/sown.ts': '/** Section 4.6.4. */' } },
    { title: 'of a page that has none such', files: { 'docs/ledger.md': '\nAs section 12 says.' } },
  ],
  'a page that has numbers keeps to them': [
    { title: 'a number of its own invention', files: { 'docs/ledger.md': '\nIt is hashed (4.44).' } },
    { title: 'the second of two', files: { 'docs/ledger.md': '\nIt is hashed (4.4, 4.44).' } },
  ],
  'an invariant is one of the table': [
    { title: 'an eleventh', files: { 'src/lists/sown.ts': '// pure · x. I11' } },
    { title: 'in SQL', files: { 'drizzle/functions/sown.sql': '-- I0: x' } },
    { title: 'in a page', files: { 'docs/sown.md': 'As I12 says.' } },
    { title: 'without the table', files: { 'ARCHITECTURE.md': null }, at: 'src/delivery/freeze/freeze.ts' },
  ],
  'an invariant names exactly the tests that cite it': [
    {
      title: 'a test that no row names',
      files: { 'test/sown.test.ts': "it('x (I3)')" },
      at: 'ARCHITECTURE.md',
    },
    { title: 'a test that is gone', files: { 'test/consent/race.test.ts': null }, at: 'ARCHITECTURE.md' },
    {
      title: 'a test that does not cite it',
      files: { 'ARCHITECTURE.md': '\n| I7 | x | `test/campaigns/render.test.ts` | |\n' },
    },
  ],
  'a link of a page leads somewhere': [
    { title: 'to no file', files: { 'docs/sown.md': '[x](gone.md)' } },
    { title: 'to no picture', files: { 'README.md': '\n![x](docs/images/gone.png)' } },
    { title: 'to no heading of another page', files: { 'docs/sown.md': '[x](ledger.md#9-none)' } },
    { title: 'to no heading of its own', files: { 'docs/sown.md': '# One\n[x](#two)' } },
    { title: 'out of the repository', files: { 'docs/sown.md': '[x](../../shared/README.md)' } },
    { title: 'by reference', files: { 'docs/sown.md': '[x][y]\n\n[y]: gone.md\n' } },
  ],
  'a file that is named is there': [
    { title: 'a test', files: { 'docs/sown.md': 'Held by `test/gone.test.ts`.' } },
    { title: 'a source file', files: { 'README.md': '\n`src/gone/away.ts`' } },
    {
      title: 'a function, from a comment',
      files: { 'src/lists/sown.ts': '// see drizzle/functions/gone.sql' },
    },
  ],
  'no path leads out of the repository': [
    { title: 'from a script', files: { 'scripts/sown.mjs': "read('../../beside/ledger')" } },
    { title: 'to what stands beside it', files: { 'test/sown.test.ts': "read('../beside/ledger')" } },
    { title: 'from the root', files: { 'README.md': '\nSee ../beside/ledger.' } },
    { title: 'from deep within', files: { 'src/a/b/sown.ts': '// pure · x. ../../../../beside' } },
  ],
  'nothing cites what is outside the repository': [
    { title: 'a paper by number', files: { 'test/sown.test.ts': '// standards 3.7' } },
    {
      title: 'a paper by name',
      files: { 'test/sown.test.ts': '// x. design: "When the answer never came"' },
    },
    { title: 'a paper without a name', files: { 'src/lists/sown.ts': '// ledger specification' } },
    { title: 'what a paper says', files: { 'src/lists/sown.ts': '/** x; the contract says ten. */' } },
    { title: 'a task by number', files: { 'test/sown.test.ts': '// shell · x leaves none (2.10)' } },
    {
      title: 'a task by number, in a title',
      files: { 'test/sown.test.ts': "it('leaves none (2.10)', async () => {})" },
    },
    { title: 'a place on somebody’s machine', files: { 'docs/sown.md': 'It lies in /home/eva/assent.' } },
  ],
}

function grown(seed: Seed): ReadonlyMap<string, string> {
  const copy = new Map(tree)
  for (const [path, text] of Object.entries(seed.files)) {
    if (text === null) copy.delete(path)
    else copy.set(path, `${copy.get(path) ?? ''}${text}`)
  }
  return copy
}

describe('what the repository cites', () => {
  it('is there', () => {
    expect(
      faultsIn(tree).map(({ rule, path, line, message }) => `${path}:${line} ${message} (${rule})`),
    ).toEqual([])
  })

  it('is found where it stands: sections, invariants and links are there to be checked', () => {
    const cited = (pattern: RegExp): number =>
      Array.from(tree.values()).reduce((sum, text) => sum + Array.from(text.matchAll(pattern)).length, 0)
    expect(cited(/docs\/ledger\.md \d/g)).toBeGreaterThan(15)
    expect(cited(/\bI\d+\b/g)).toBeGreaterThan(60)
    expect(cited(/\]\([^)]+\.md/g)).toBeGreaterThan(5)
  })
})

describe.each(citationRules)('that %s', (rule) => {
  it.each(seeds[rule])('fails on $title', (seed) => {
    const at = seed.at ?? Object.keys(seed.files)[0]
    expect(faultsIn(grown(seed), [rule]).map(({ path }) => path)).toContain(at)
  })
})
