// entry · docs/ledger.md matches the code: transitions, every label and key, and the printed example
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  beginning,
  type ConsentState,
  follow,
  subjectEventTypes,
  subscriptionStates,
} from '../../src/consent/ledger.ts'
import { vaultKeyNames } from '../../src/platform/vault/keys.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs/ledger.md'), 'utf8')

/** The text below a heading, up to the next heading. */
const section = (number: string): string =>
  page
    .split(/^#{2,3} (?=\d)/m)
    .find((part) => part.startsWith(`${number} `) || part.startsWith(`${number}. `)) ?? ''

const rowsOf = (text: string): readonly (readonly string[])[] =>
  Array.from(text.matchAll(/^\| (.+) \|$/gm), ([, row = '']) => row.split(' | '))

/** Every domain-separation label in the sources. */
function labelsInSources(): readonly string[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  return [
    ...new Set(
      files.flatMap((text) =>
        Array.from(text.matchAll(/'([a-z][a-z-]*(?:\/[a-z-]+)*\/v\d+)(?:\\0)?'/g), ([, label = '']) => label),
      ),
    ),
  ]
}

/** The table columns in which an act is lawful, over every reachable history. */
function lawfulPlaces(): ReadonlySet<string> {
  const mail = ['newsletter', 'offers']
  const purposes = ['clicks', ...mail]
  const choices = Array.from({ length: 8 }, (_, bits) => purposes.filter((_, at) => (bits >> at) % 2 === 1))
  const lawful = new Set<string>()
  const known = new Set<string>()
  const reach = (standing: ConsentState): void => {
    const { state, granted, restricted } = standing
    const place = standing.seq < 0 ? 'new' : state
    const name = [place, granted, restricted].join()
    if (known.has(name)) return
    known.add(name)
    for (const type of subjectEventTypes)
      for (const named of choices) {
        const after = follow(standing, { type, purposes: named }, mail)
        if (after === null) continue
        lawful.add(`${type} ${place}`)
        reach(after)
      }
  }
  reach(beginning)
  return lawful
}

describe('the page on the ledger', () => {
  it('names every type of event, once, and none besides', () => {
    const types = rowsOf(section('3.2'))
      .slice(1)
      .map(([type = '']) => type)
    const system = ['notice.published', 'retention.run', 'log.origin']
    expect(types.sort()).toEqual([...subjectEventTypes, ...system].map((type) => `\`${type}\``).sort())
  })

  it('says of each act from which states it can be lawful', () => {
    const table = rowsOf(section('3.3'))
    const columns = ['new', ...subscriptionStates]
    const start = table.findIndex((row) => row.join() === ['type', ...columns].join())
    expect(start).toBeGreaterThan(0)
    const lawful = lawfulPlaces()
    expect(table.slice(start + 1)).toEqual(
      subjectEventTypes.map((type) => [
        `\`${type}\``,
        ...columns.map((column) => (lawful.has(`${type} ${column}`) ? 'yes' : '–')),
      ]),
    )
  })

  it('has the label of every key, hash and token', () => {
    const labels = labelsInSources()
    expect(labels.length).toBeGreaterThan(15)
    expect(labels.filter((label) => !page.includes(`"${label}"`) && !page.includes(`\`${label}\``))).toEqual(
      [],
    )
  })

  it('names the keys of a deployment', () => {
    const names = rowsOf(section('4.1'))
      .slice(1)
      .map(([name = '']) => name)
    expect(names).toEqual(vaultKeyNames.map((name) => `\`${name}\``))
  })

  it('has an example that prints what it says, by Node alone', () => {
    const [, program = ''] = /^```js\n([\s\S]*?)^```$/m.exec(section('8')) ?? []
    const [, printed = ''] = /^```text\n([\s\S]*?)^```$/m.exec(section('8')) ?? []
    const folder = mkdtempSync(join(tmpdir(), 'assent-example-'))
    try {
      const file = join(folder, 'example.mjs')
      writeFileSync(file, program)
      expect(execFileSync(process.execPath, [file], { cwd: root, encoding: 'utf8' })).toBe(printed)
    } finally {
      rmSync(folder, { recursive: true })
    }
    expect(printed.match(/ true$/gm)).toHaveLength(6)
    expect(printed).not.toContain('false')
  })
})
