// pure · no-break spaces behind one-letter words of Polish and Russian, which must not end a line
import type { Locale } from '../locale.ts'

export const noBreakSpace = '\u00a0'

const bindsShortWords = (locale: Locale): boolean => locale === 'pl' || locale === 'ru'

/** A word of one letter with the space behind it: "w domu", "с нами". */
const shortWord = /(?<![\p{L}\p{M}\p{N}_@'’/.-])(\p{L}) (?=\S)/gu

/** The same in HTML, after what is not text: style sheets, whatever is shown as typed, tags. */
const shortWordInHtml = new RegExp(
  `<(style|script|pre|code|textarea)\\b[\\s\\S]*?</\\1>|<[^>]*>|${shortWord.source}`,
  'giu',
)

/** For plain text. */
export const withNoBreaks = (locale: Locale, text: string): string =>
  bindsShortWords(locale) ? text.replace(shortWord, `$1${noBreakSpace}`) : text

/** For a page or mail in HTML; attributes are left as they are. */
export const withNoBreaksInHtml = (locale: Locale, html: string): string =>
  bindsShortWords(locale)
    ? html.replace(shortWordInHtml, (found: string, _: string | undefined, letter: string | undefined) =>
        letter === undefined ? found : `${letter}${noBreakSpace}`,
      )
    : html
