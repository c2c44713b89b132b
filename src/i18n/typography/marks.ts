// pure · marks around and behind names: quotation marks with the inner marks of the language, colons, full stops
import type { Locale } from '../locale.ts'

interface Pair {
  readonly open: string
  readonly close: string
}

const pair = (open: string, close: string): Pair => ({ open, close })

/** The marks of each language, and those of a quotation inside another. */
const marksOf = {
  en: [pair('“', '”'), pair('‘', '’')],
  pl: [pair('„', '”'), pair('«', '»')],
  sv: [pair('”', '”'), pair('’', '’')],
  ru: [pair('«', '»'), pair('„', '“')],
} as const satisfies Record<Locale, readonly [outer: Pair, inner: Pair]>

/**
 * A name in quotation marks. Marks of its own, in whatever style they were typed, become the inner marks: „Listy «z ogrodu»”. A
 * name that stands in marks as a whole gets no second pair.
 */
export function quoted(locale: Locale, name: string): string {
  const characters = [...name]
  const pairs = pairsIn(characters)
  const [outer, inner] = marksOf[locale]
  const isWhole = pairs.some(({ from, to }) => from === 0 && to === characters.length - 1)
  const marked = [...characters]
  for (const { from, to } of pairs) {
    const around = pairs.filter((other) => other.from < from && to < other.to).length + (isWhole ? 0 : 1)
    const { open, close } = around % 2 === 0 ? outer : inner
    marked[from] = open
    marked[to] = close
  }
  return isWhole ? marked.join('') : [outer.open, ...marked, outer.close].join('')
}

/**
 * A name inside a sentence. Polish and Russian quote names, since they would have to inflect them; English and Swedish quote only
 * a name whose last mark would meet the mark of the sentence ("Ready?").
 */
export const named = (locale: Locale, name: string): string =>
  locale === 'pl' || locale === 'ru' || /[.,:;?!…]["'“”’»)]?$/u.test(name) ? quoted(locale, name) : name

/** A label with its colon; a label that ends in a mark of its own gets none ("What do you like best?"). */
export const labelled = (label: string): string => (/[.?!:…]$/u.test(label) ? label : `${label}:`)

/** The end of a sentence with its full stop; a text that ends in a mark of its own gets none ("Ogród sp. z o.o."). */
export const ended = (text: string): string => (/[.?!…]$/u.test(text) ? text : `${text}.`)

/** Texts in a row, parted by semicolons; behind a text that ends in a mark of its own there is none. */
export const inRow = (texts: readonly string[]): string =>
  texts.map((text, at) => (at === texts.length - 1 || /[.?!…]$/u.test(text) ? text : `${text};`)).join(' ')

const doubleMarks = '"„“”«»‟'
const singleMarks = "'‘’‚‹›"

/** Matching marks of any style, told by their neighbours: one opens before a word, one closes behind it; an apostrophe does neither. */
function pairsIn(characters: readonly string[]): readonly { readonly from: number; readonly to: number }[] {
  const open: { readonly at: number; readonly kind: string }[] = []
  const pairs: { readonly from: number; readonly to: number }[] = []
  for (const [at, character] of characters.entries()) {
    const kind = [doubleMarks, singleMarks].find((marks) => marks.includes(character))
    if (kind === undefined) continue
    const before = characters[at - 1] ?? ' '
    const after = characters[at + 1] ?? ' '
    const isBehindOpening = /[\s([{/–—-]/u.test(before) || open.at(-1)?.at === at - 1
    if (isBehindOpening && !/\s/u.test(after)) {
      open.push({ at, kind })
      continue
    }
    const last = open.findLastIndex((one) => one.kind === kind)
    if (last === -1 || /\s/u.test(before) || /[\p{L}\p{N}]/u.test(after)) continue
    const [opening] = open.splice(last)
    if (opening !== undefined) pairs.push({ from: opening.at, to: at })
  }
  return pairs
}
