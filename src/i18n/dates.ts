// pure · dates and times in words, in UTC; the same text on every machine
import { recent } from '../platform/memory/recent.ts'
import type { Locale } from './locale.ts'
import { noBreakSpace } from './no-break.ts'

const tags = { en: 'en-GB', pl: 'pl-PL', sv: 'sv-SE', ru: 'ru-RU' } as const satisfies Record<Locale, string>

/** Formats only the parts: the separators differ between versions of the Intl data. */
const calendars = new Map<Locale, Intl.DateTimeFormat>()

/** Cached texts: a campaign repeats a few days for all recipients, and Intl takes 10 µs for each. */
const written = recent<string, string>(4000)

/** `3 May 2026`, in UTC. */
export function dateText(locale: Locale, at: Date): string {
  const key = `${locale} ${Math.floor(at.getTime() / 86_400_000)}`
  const known = written.get(key)
  if (known !== undefined) return known
  const text = write(locale, at)
  written.set(key, text)
  return text
}

function write(locale: Locale, at: Date): string {
  const parts = calendarOf(locale).formatToParts(at)
  const [day = '', month = '', year = ''] = (['day', 'month', 'year'] as const).map(
    (type) => parts.find((part) => part.type === type)?.value,
  )
  const years = { en: year, pl: `${year}${noBreakSpace}r.`, sv: year, ru: `${year} года` }
  return `${day} ${month} ${years[locale]}`
}

/** `3 May 2026, 10:02 UTC`: beside a thing, or as the end of a term. */
export function dateTimeText(locale: Locale, at: Date): string {
  const joints = { en: ', ', pl: `, godz.${noBreakSpace}`, sv: ` kl.${noBreakSpace}`, ru: ', ' }
  return `${dateText(locale, at)}${joints[locale]}${timeText(locale, at)}`
}

/** `3 May 2026 at 10:02 UTC`: when something happened. */
export function momentText(locale: Locale, at: Date): string {
  const joints = {
    en: ' at ',
    pl: ` o${noBreakSpace}godz.${noBreakSpace}`,
    sv: ` kl.${noBreakSpace}`,
    ru: ` в${noBreakSpace}`,
  }
  return `${dateText(locale, at)}${joints[locale]}${timeText(locale, at)}`
}

/** A time never parts from its zone at the end of a line. */
const timeText = (locale: Locale, at: Date): string =>
  `${at.toISOString().slice(11, 16)}${noBreakSpace}${locale === 'en' ? 'UTC' : '(UTC)'}`

function calendarOf(locale: Locale): Intl.DateTimeFormat {
  const known = calendars.get(locale)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat(tags[locale], {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    calendar: 'gregory',
    numberingSystem: 'latn',
    timeZone: 'UTC',
  })
  calendars.set(locale, made)
  return made
}
