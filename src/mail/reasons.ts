// pure · what a provider said, fit to be kept and shown: one line, short, naming nobody
const reasonLength = 300
/** An answer of a mail server in several lines: what it says last may turn what it said first. */
export const answerLength = 600
/** The pattern below is quadratic on a long run without an @. */
const readLength = 4000

/** Refusals quote what they refuse; what is kept and shown names nobody. */
export const withoutAddresses = (text: string): string => bare(text).slice(0, reasonLength).toWellFormed()

const bare = (text: string): string =>
  text
    .slice(0, readLength)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/(?:"[^"]*"|[^\s<>"`]+)(?:@|%40)[^\s<>"`]+/gi, '[address]')

/** The same for a server that may name somebody by half an address, or by the name they sign in with. */
export function withoutNames(text: string, names: readonly string[]): string {
  const nameless = names
    .flatMap((name) => [name, name.split('@')[0] ?? ''])
    .filter((name) => name.length > 1)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, name) => replaceWord(rest, name), bare(text))
  return nameless.slice(0, answerLength).toWellFormed()
}

/** Whatever its case; not within a longer word, so that `al` does not eat into `mailbox`. */
const replaceWord = (text: string, word: string): string =>
  text.replace(
    new RegExp(
      `(?<![\\p{L}\\p{N}])${word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}(?![\\p{L}\\p{N}])`,
      'giu',
    ),
    '[address]',
  )
