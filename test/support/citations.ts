// pure · citation rules, as checks on text: sections, invariants, links and files named in the repository

export interface Fault {
  readonly rule: CitationRule
  readonly path: string
  readonly line: number
  readonly message: string
}

interface Finding {
  readonly path: string
  readonly at?: number
  readonly message: string
}

/** Text by path; of a binary file only the path counts. */
type Tree = ReadonlyMap<string, string>

const invariantsPage = 'ARCHITECTURE.md'

const rules = {
  'a cited page is in the repository, by its path': (tree) =>
    found(tree, pagesIn, pageCited, ([, page = '']) =>
      tree.has(page) ? [] : [`There is no ${page}; pages are cited as docs/….md.`],
    ),

  'a cited section is a heading of that page': (tree) =>
    found(tree, pagesIn, sectionsCited, ([, page = '', numbers = '']) =>
      numbersIn(numbers)
        .filter((number) => tree.has(page) && !headingsOf(tree, page).numbers.has(number))
        .map((number) => `${page} has no heading ${number}.`),
    ),

  'a section is cited in one form': (tree) =>
    found(tree, pagesIn, otherForm, ([cited]) => [`“${cited}”: a section is cited as docs/ledger.md 4.2.`]),

  'a section names its document': (tree) =>
    found(tree, whole, bareSection, ([cited, number = ''], path) =>
      headingsOf(tree, path).numbers.has(number) ? [] : [`“${cited}” of what? RFC 5322 section 2.1.1.`],
    ),

  'a page that has numbers keeps to them': (tree) =>
    found(tree, prose, numbersInBrackets, ([, numbers = ''], path) => {
      const own = headingsOf(tree, path).numbers
      const strange = numbersIn(numbers).filter((number) => own.size > 0 && !own.has(number))
      return strange.map((number) => `This page has no heading ${number}.`)
    }),

  'an invariant is one of the table': (tree) => {
    const rows = invariantRows(tree)
    return found(tree, whole, invariantCited, ([name]) =>
      rows.has(name) ? [] : [`${invariantsPage} has no ${name}.`],
    )
  },

  'an invariant names exactly the tests that cite it': (tree) => {
    const cited = Array.from(tree)
      .filter(([path]) => isTest(path))
      .flatMap(([path, text]) => Array.from(text.matchAll(invariantCited), ([name]) => ({ name, path })))
    return Array.from(invariantRows(tree)).flatMap(([name, { at, row }]) => {
      const named = new Set(Array.from(row.matchAll(/`(test\/[^`]+)`/g), ([, path = '']) => path))
      const citing = new Set(cited.filter((one) => one.name === name).map(({ path }) => path))
      return [
        ...[...citing]
          .filter((path) => !named.has(path))
          .map((path) => `${name} is cited by ${path}, which its row does not name.`),
        ...[...named]
          .filter((path) => !citing.has(path))
          .map((path) => `${name} names ${path}, which does not cite it.`),
      ].map((message) => ({ path: invariantsPage, at, message }))
    })
  },

  'a link of a page leads somewhere': (tree) =>
    found(tree, prose, linkTarget, ([, inline, referenced], path) => {
      const [target = '', anchor] = (inline ?? referenced ?? '').split('#')
      if (/^[a-z][a-z+.-]*:/.test(target)) return []
      const there = target === '' ? path : resolved(path, decodeURIComponent(target))
      if (there === null || !isThere(tree, there)) return [`The link to ${target} leads nowhere.`]
      const leads = anchor === undefined || headingsOf(tree, there).anchors.has(anchor)
      return leads ? [] : [`${there} has no heading #${anchor}.`]
    }),

  'a file that is named is there': (tree) =>
    found(tree, filesIn, fileNamed, ([file]) => (isThere(tree, file) ? [] : [`There is no ${file}.`])),

  'no path leads out of the repository': (tree) =>
    found(tree, pathsIn, pathUpwards, ([upwards, name = ''], path) => {
      const there = resolved(path, upwards)
      const isOut = there === null || (there === name && !isThere(tree, name) && !made.includes(name))
      return isOut ? [`${upwards} leads out of the repository.`] : []
    }),

  'nothing cites what is outside the repository': (tree) =>
    outside.flatMap((pattern) =>
      found(tree, withoutUrls, pattern, ([cited]) => [
        `“${cited.trim()}” is not of this repository; cite the law, the RFC, or a page of docs.`,
      ]),
    ),
} satisfies Record<string, (tree: Tree) => readonly Finding[]>

export type CitationRule = keyof typeof rules

const isRule = (name: string): name is CitationRule => Object.hasOwn(rules, name)

export const citationRules: readonly CitationRule[] = Object.keys(rules).filter(isRule)

/** Returns all rule violations in a tree given as path -> text. */
export const faultsIn = (tree: Tree, asked: readonly CitationRule[] = citationRules): readonly Fault[] =>
  asked.flatMap((rule) => {
    const findings: readonly Finding[] = rules[rule](tree)
    return findings.map(({ path, at, message }) => ({
      rule,
      path,
      line: (tree.get(path) ?? '').slice(0, at ?? 0).split('\n').length,
      message,
    }))
  })

/** Matches `docs/ledger.md` and `README.md`, but not within a longer path or a URL. */
const pageCited = /(?<![\w./-])(\/?(?:[\w.-]+\/)*[\w-]+\.md)\b(?!\.\w)/g
const numberList = String.raw`\d+(?:\.\d+)*(?:(?:, | and | to )\d+\.\d+)*`
const sectionsCited = new RegExp(String.raw`(?<![\w./-])((?:[\w-]+\/)*[\w-]+\.md) (${numberList})`, 'g')
const otherForm =
  /[\w/-]+\.md,? (?:§|[Ss]ections? )\s*\d[\d.]*|\b[Ss]ections? \d[\d.]* of [\w/-]+\.md|[\w/-]+\.md, \d[\d.]*/g
const bareSection = /(?<!(?:RFC \d+,?|UWG|§) )\b[Ss]ections? (\d+(?:\.\d+)*)/g
const invariantCited = /(?<![\w.#/-])I\d+\b(?![-.]\w)/g
const numbersInBrackets = /\((\d+\.\d+(?:(?:, | and | to )\d+\.\d+)*)\)/g
const linkTarget = /\]\(\s*<?([^()\s>]+)>?(?:\s+"[^"]*")?\s*\)|^\[[^\]]+\]:\s*(\S+)/gm
const pathUpwards = /(?<![\w./])(?:\.\.\/)+([\w.-]*)/g

/** Top-level folders that are generated and not in the repository. */
const made: readonly string[] = ['node_modules', 'dist', 'data']

const fileNamed =
  /(?<![\w./@-])(?:src|test|drizzle|scripts|docs|templates)\/[\w.-]+(?:\/[\w.-]+)*\.(?:tsx?|m?js|sql|md|json|css|liquid|png)\b/g

/** References that readers cannot look up: papers, machine paths, task numbers. */
const outside: readonly RegExp[] = [
  /(?<![\w.])\/(?:home|Users)\/\w+/g,
  /\bstandards \d+(?:\.\d+)*/g,
  /\bledger specification\b/g,
  /(?<=[.,] )(?:design|requirements|standards|ux): /g,
  /\bthe (?:design|contract) says\b|\bof the design\b|; the contract\b/g,
  /\b(?:issue|story|task) \d+(?:\.\d+)+\b/g,
  /(?<=[\s'"`])\(\d+\.\d+\)(?=['"`]?,?\s*(?:$|async|\())/gm,
]

const isTest = (path: string): boolean => /^test\/.*\.test\.tsx?$/.test(path)

/** The part of a text to check, padded to the same length and lines. */
type View = (text: string, path: string) => string

/** Returns one fault per sentence that a match yields. */
const found = (
  tree: Tree,
  view: View,
  pattern: RegExp,
  say: (match: RegExpExecArray, path: string) => readonly string[],
): readonly Finding[] =>
  Array.from(tree).flatMap(([path, text]) =>
    Array.from(view(text, path).matchAll(pattern)).flatMap((match) =>
      say(match, path).map((message) => ({ path, at: match.index, message })),
    ),
  )

const numbersIn = (list: string): readonly string[] =>
  Array.from(list.matchAll(/\d+(?:\.\d+)*/g), ([number]) => number)

/** Blanks each match, keeping length and lines. */
const blanked = (text: string, pattern: RegExp): string =>
  text.replace(pattern, (found) => found.replace(/[^\n]/g, ' '))

const whole: View = (text) => text

const withoutUrls: View = (text) => (text.includes('://') ? blanked(text, /\bhttps?:\/\/[^\s)`'"]+/g) : text)

/** Text without URLs and link targets, which have a rule of their own. */
const withoutTargets: View = (text, path) =>
  path.endsWith('.md') ? blanked(withoutUrls(text, path), /(?<=\])\([^()\n]*\)/g) : withoutUrls(text, path)

/** The same, or nothing for the many files that name no page. */
const pagesIn: View = (text, path) => (text.includes('.md') ? withoutTargets(text, path) : '')

/** Files that name paths of other trees: a copy of the tree, a library. */
const writers: readonly string[] = ['test/whole/architecture.test.ts', 'scripts/substitutes.mjs']
const filesIn: View = (text, path) => (writers.includes(path) ? '' : withoutTargets(text, path))
const pathsIn: View = (text, path) => (writers.includes(path) ? '' : withoutUrls(text, path))

/** A page without its code blocks and inline code. */
const prose: View = (text, path) => (path.endsWith('.md') ? blanked(blanked(text, fence), /`[^`\n]*`/g) : '')

const fence = /^```[\s\S]*?^```/gm

interface Headings {
  readonly numbers: ReadonlySet<string>
  readonly anchors: ReadonlySet<string>
}

const headingsRead = new Map<string, Headings>()

function headingsOf(tree: Tree, page: string): Headings {
  const text = page.endsWith('.md') ? (tree.get(page) ?? '') : ''
  const known = headingsRead.get(text)
  if (known !== undefined) return known
  const titles = Array.from(blanked(text, fence).matchAll(/^#{1,6} (.+?)\s*$/gm), ([, title = '']) => title)
  const headings = {
    numbers: new Set(titles.flatMap((title) => /^(\d+(?:\.\d+)*)\.? /.exec(title)?.[1] ?? [])),
    anchors: new Set(titles.map(anchorOf)),
  }
  headingsRead.set(text, headings)
  return headings
}

/** The anchor GitHub gives a heading. */
const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

/** Rows of the invariant table, by name. */
const invariantRows = (tree: Tree): ReadonlyMap<string, { readonly at: number; readonly row: string }> =>
  new Map(
    Array.from(
      (tree.get(invariantsPage) ?? '').matchAll(/^\| (I\d+) \|.*$/gm),
      ({ 0: row, 1: name = '', index }) => [name, { at: index, row }],
    ),
  )

/** Resolves a relative link from a page; null where it leaves the repository. */
function resolved(from: string, target: string): string | null {
  const steps = target.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const step of target.split('/')) {
    if (step === '..' && steps.pop() === undefined) return null
    if (step !== '..' && step !== '.' && step !== '') steps.push(step)
  }
  return steps.join('/')
}

/** Whether the path is a file or a non-empty folder. */
const isThere = (tree: Tree, path: string): boolean =>
  tree.has(path) || Array.from(tree.keys()).some((one) => one.startsWith(`${path}/`))
