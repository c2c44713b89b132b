// pure · dates and times in words, in UTC or a named zone; the same text on every machine
import { recent } from '../platform/memory/recent.ts'
import type { Locale } from './locale.ts'
import { noBreakSpace } from './typography/no-break.ts'
import { wallTime } from './zones.ts'

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

/** `3 May 2026`, the day in that zone. */
export const dateTextIn = (zone: string, locale: Locale, at: Date): string =>
  dateText(locale, wallClock(zone, at))

/** `3 May 2026, 10:02 UTC`, or `3 May 2026, 12:02 UTC+2`: beside a thing, or as the end of a term. */
export function dateTimeText(locale: Locale, at: Date, zone = 'UTC'): string {
  const joints = { en: ', ', pl: `, godz.${noBreakSpace}`, sv: ` kl.${noBreakSpace}`, ru: ', ' }
  return joined(locale, at, { zone, joint: joints[locale] })
}

/** `3 May 2026 at 10:02 UTC`: when something happened. */
export function momentText(locale: Locale, at: Date, zone = 'UTC'): string {
  const joints = {
    en: ' at ',
    pl: ` o${noBreakSpace}godz.${noBreakSpace}`,
    sv: ` kl.${noBreakSpace}`,
    ru: ` в${noBreakSpace}`,
  }
  return joined(locale, at, { zone, joint: joints[locale] })
}

/** A time never parts from its zone at the end of a line; the offset, since short names of zones differ between machines. */
function joined(locale: Locale, at: Date, { zone, joint }: { zone: string; joint: string }): string {
  const wall = wallClock(zone, at)
  const offset = `UTC${offsetText(wall, at)}`
  const time = `${wall.toISOString().slice(11, 16)}${noBreakSpace}${locale === 'en' ? offset : `(${offset})`}`
  return `${dateText(locale, wall)}${joint}${time}`
}

/** `42.5`, with the comma of the language. */
export const numberText = (locale: Locale, number: number): string =>
  new Intl.NumberFormat(tags[locale], { maximumFractionDigits: 20, useGrouping: false }).format(number)

/** The clock on the wall of that zone, as if it were UTC. */
const wallClock = (zone: string, at: Date): Date => (zone === 'UTC' ? at : new Date(`${wallTime(zone, at)}Z`))

/** `+2`, `-3:30`, or nothing. */
function offsetText(wall: Date, at: Date): string {
  const minutes = Math.floor(wall.getTime() / 60_000) - Math.floor(at.getTime() / 60_000)
  if (minutes === 0) return ''
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`
}

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
