// web · the oldest browsers that are served: what is newer than they are is never needed. docs/browsers.md
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assets } from '../../src/ui/assets.ts'
import { brandCss } from '../../src/ui/brand.ts'
import { type OpenConsole, openConsole } from '../support/console.ts'
import { asReadByFloor, newerInCss, newerInHtml, newerInScript } from '../support/floor.ts'
import { type Furnished, furnish } from '../support/screens.ts'

/** What a page may use where it is there, and what the reader of an older browser has instead. */
const spared: Readonly<Record<string, string>> = {
  ':has': 'no tint under the pointer on a row; texts in languages that are not ticked stand open',
  'text-wrap': 'lines break where they are full',
  '@media (forced-colors)': 'no such mode in that browser',
  '@page': 'the margins of the printer',
  'break-after: avoid': 'a heading may be printed at the foot of a page',
}

/** Of passkeys, which the library looks for before it calls them; the words without a call are names of properties. */
const passkeys = [
  '.authenticatorAttachment',
  '.getAuthenticatorData',
  '.getPublicKey',
  '.getPublicKeyAlgorithm',
  '.getTransports',
  '.isConditionalMediationAvailable',
  '.to',
]

const styles = Object.entries(assets).filter(([name]) => name.endsWith('.css'))
const scripts = Object.entries(assets).filter(([name]) => name.endsWith('.js'))

describe('the style sheets', () => {
  const all = [...styles.map(([, { body }]) => body), brandCss('#7a1f5c')]

  it('use nothing newer than the floor but what can be spared, and the list of that is no longer than it must be', () => {
    expect(new Set(all.flatMap(newerInCss))).toEqual(new Set(Object.keys(spared)))
  })

  it('never let a control appear or go by :has() that is in no other way there', () => {
    const bare = all.map((css) => css.replaceAll(/\/\*[\s\S]*?\*\//g, ''))
    const rules = bare.flatMap((css) => css.match(/[^{}]*:has\([^{}]*\{[^}]*\}/g) ?? [])
    expect(rules.length).toBeGreaterThan(0)
    for (const rule of rules) expect(rule).toMatch(/hover|\.in-(en|pl|sv|ru)|\.only-choice/)
  })
})

describe('the scripts', () => {
  it.each(scripts)(
    'of %s call nothing newer than the floor but what they look for first',
    (name, { body }) => {
      expect(newerInScript(body).toSorted()).toEqual(name === 'passkeys.js' ? passkeys : [])
    },
  )
})

describe('the pages', () => {
  let open: OpenConsole
  let house: Furnished

  beforeAll(async () => {
    open = await openConsole()
    house = await furnish(open)
  })
  afterAll(() => open.close())

  it('have no element, attribute or kind of input newer than the floor', async () => {
    const found = new Set<string>()
    for (const { path } of house.screens)
      for (const newer of newerInHtml(await (await house.desk.get(path)).text())) found.add(newer)
    // A phone that knows it not begins an address with a capital letter.
    expect([...found]).toEqual(['<input autocapitalize>'])
  })
})

describe('what is newer than the floor', () => {
  it.each([
    ['tr:has(a) { color: red }', ':has'],
    ['a { color: color-mix(in srgb, red, blue) }', 'color: color-mix'],
    ['a { color: light-dark(red, blue) }', 'color: light-dark'],
    ['a { field-sizing: content }', 'field-sizing'],
    ['a { user-select: none }', 'user-select'],
    ['a { width: 10cqw; color: oklch(from red l c h) }', 'width: cqw'],
    ['a { interpolate-size: allow-keywords }', 'interpolate-size'],
    ['details::details-content { height: 0 }', '::details-content'],
    ['a { & b { color: red } }', 'nesting'],
    ['a:user-valid { color: red }', ':user-valid'],
    ['@starting-style { a { opacity: 0 } }', '@starting-style'],
    ['a { scrollbar-gutter: stable }', 'scrollbar-gutter'],
    ['a { view-transition-name: a }', 'view-transition-name'],
    ['a { anchor-name: --a }', 'anchor-name'],
    ['@media (width >= 10rem) { a { color: red } }', '@media (range)'],
    ['a { no-such-thing: 1 }', 'no-such-thing'],
  ])('is found in %s', (css, feature) => {
    expect(newerInCss(css)).toContain(feature)
  })

  it('may be there where the browser is asked, or has it under another name', () => {
    expect(newerInCss('@supports selector(:has(a)) { tr:has(a) { color: red } }')).toEqual([])
    expect(newerInCss('a { -webkit-user-select: none; user-select: none }')).toEqual([])
  })

  it('is passed over by those browsers as a whole', () => {
    expect(asReadByFloor('tr, tr:has(a) { color: red } a { color: red; text-wrap: pretty }')).toBe(
      'a { color: red }',
    )
  })

  it.each([
    'form.requestSubmit()',
    'a.showPicker()',
    'new Set().union(b)',
    'requestIdleCallback(f)',
    'URL.canParse(a)',
    'Promise.withResolvers()',
    'Array.fromAsync(a)',
  ])('is found in the script %s', (script) => {
    expect(newerInScript(script)).not.toEqual([])
  })

  it.each([
    '<div popover>',
    '<details name="one">',
    '<button command="close">',
    '<input type="checkbox" switch>',
  ])('is found in the page %s', (html) => {
    expect(newerInHtml(html)).not.toEqual([])
  })
})
