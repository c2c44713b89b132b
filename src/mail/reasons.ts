// pure · a provider's reasons made fit to store and show: one line, short, without addresses
const reasonLength = 300
/** An answer can have several lines, and the last may qualify the first. */
export const answerLength = 600
/** The pattern below is quadratic on a long run without an @. */
const readLength = 4000

/** Refusals quote addresses. */
export const withoutAddresses = (text: string): string => bare(text).slice(0, reasonLength).toWellFormed()

const bare = (text: string): string =>
  text
    .slice(0, readLength)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/(?:"[^"]*"|[^\s<>"`]+)(?:@|%40)[^\s<>"`]+/gi, '[address]')

/** A server may also quote half an address or a sign-in name. */
export function withoutNames(text: string, names: readonly string[]): string {
  const nameless = names
    .flatMap((name) => [name, name.split('@')[0] ?? ''])
    .filter((name) => name.length > 1)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, name) => replaceWord(rest, name), bare(text))
  return nameless.slice(0, answerLength).toWellFormed()
}

/** Whole words only, so that `al` does not match within `mailbox`. */
const replaceWord = (text: string, word: string): string =>
  text.replace(
    new RegExp(
      `(?<![\\p{L}\\p{N}])${word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}(?![\\p{L}\\p{N}])`,
      'giu',
    ),
    '[address]',
  )
