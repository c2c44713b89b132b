// pure · the four languages, and choosing one for a reader by a reduced RFC 4647 lookup

export const locales = ['en', 'pl', 'sv', 'ru'] as const
export type Locale = (typeof locales)[number]

/** A text in some or all languages. */
export type Localised = { readonly [locale in Locale]?: string | undefined }

export const isLocale = (text: unknown): text is Locale => locales.some((locale) => locale === text)

/**
 * The language for a reader: `?lang=` if offered, else the first offered one of Accept-Language, else the fallback.
 */
export function chooseLocale(wish: {
  asked?: string | undefined
  acceptLanguage?: string | undefined
  offered: readonly Locale[]
  fallback: Locale
}): Locale {
  const preferred = [wish.asked ?? '', ...rangesOf(wish.acceptLanguage ?? '')]
  return preferred.flatMap((tag) => lookUpLocale(tag, wish.offered) ?? [])[0] ?? wish.fallback
}

/**
 * The offered language for a tag such as `pl-PL`, or undefined. Look-up by RFC 4647 section 3.4 shortens a tag from its end;
 * since no language here has subtags, only the first one counts. The spelling of POSIX, `pl_PL.UTF-8`, is understood too.
 */
export function lookUpLocale(tag: string, offered: readonly Locale[]): Locale | undefined {
  const [primary] = tag
    .trim()
    .toLowerCase()
    .split(/[-_.@]/)
  return offered.find((locale) => locale === primary)
}

/** The text in `locale`, else in `fallback`, else in any language. */
export const localised = (text: Localised, locale: Locale, fallback: Locale): string =>
  text[locale] ?? text[fallback] ?? Object.values(text).find((one) => one !== undefined) ?? ''

const rangesOf = (header: string): readonly string[] =>
  header
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const quality = parameters
        .map((one) => /^\s*q=([\d.]+)$/.exec(one)?.[1])
        .find((one) => one !== undefined)
      return { tag, quality: Number(quality ?? 1) }
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)
