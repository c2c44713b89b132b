// pure · plurals, enumerations, country names
import { type Locale, locales } from './locale.ts'

interface Two {
  readonly one: string
  readonly other: string
}
interface Three {
  readonly one: string
  readonly few: string
  readonly many: string
}

/** The plural forms for whole numbers in each language. @see https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html */
export interface PluralForms {
  readonly en: Two
  readonly sv: Two
  readonly pl: Three
  readonly ru: Three
}

/** `3 years`, `3 lata`, `5 lat`: a whole number with the plural form of its noun. */
export function counted<L extends Locale>(locale: L, count: number, forms: PluralForms[L]): string {
  const known: Partial<Record<Intl.LDMLPluralRule, string>> = forms
  const rule = new Intl.PluralRules(locale).select(count)
  return `${count} ${known[rule] ?? known.other ?? known.many ?? ''}`
}

/** `5 minutes`, and from two hours on `3 hours`. */
export const waited = <L extends Locale>(
  locale: L,
  minutes: number,
  forms: { readonly minute: PluralForms[L]; readonly hour: PluralForms[L] },
): string =>
  minutes < 120
    ? counted(locale, minutes, forms.minute)
    : counted(locale, Math.ceil(minutes / 60), forms.hour)

/** `a, b and c`. */
export const enumerated = (locale: Locale, words: readonly string[]): string =>
  new Intl.ListFormat(locale === 'en' ? 'en-GB' : locale, { type: 'conjunction' }).format(words)

/** The country's name for a two-letter code; other texts are returned unchanged. */
export function countryName(locale: Locale, country: string): string {
  if (!/^[A-Z]{2}$/.test(country)) return country
  return new Intl.DisplayNames(locale, { type: 'region' }).of(country) ?? country
}

/** The code in `among` that a country written by hand stands for, in any of the four languages; null if none. */
export function countryCode(country: string, among: readonly string[]): string | null {
  const written = country.trim().toLowerCase()
  const names = (code: string): readonly string[] => [
    code,
    ...locales.map((locale) => countryName(locale, code)),
  ]
  return among.find((code) => names(code).some((name) => name.toLowerCase() === written)) ?? null
}
