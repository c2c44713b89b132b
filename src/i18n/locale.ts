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
  const preferred = [wish.asked ?? '', ...rangesOf(wish.acceptLanguage ?? '')].map((tag) =>
    tag.toLowerCase().slice(0, 2),
  )
  return preferred.flatMap((tag) => wish.offered.filter((locale) => locale === tag))[0] ?? wish.fallback
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
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)
