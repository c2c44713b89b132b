// pure · conversion between wall-clock times and moments; names of time zones
import * as z from 'zod'
import { recent } from '../platform/memory/recent.ts'

export const isTimezone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Names only: Intl reads `+01:00` as an offset east of UTC, PostgreSQL as the opposite. */
export const zoneName = z
  .string({ error: 'must be a time zone such as Europe/Warsaw' })
  .max(60, 'must be a time zone such as Europe/Warsaw')
  .refine((name) => /^[a-z]/i.test(name) && isTimezone(name), 'must be a time zone such as Europe/Warsaw')

/** `2026-06-04T08:00`, the format of a datetime-local input. */
export function wallTime(timezone: string, at: Date): string {
  const parts = clockOf(timezone).formatToParts(at)
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((one) => one.type === type)?.value ?? ''
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`
}

/** Kept, since a clock takes a hundred times longer to make than to read. */
const clocks = recent<string, Intl.DateTimeFormat>(100)

function clockOf(timezone: string): Intl.DateTimeFormat {
  const known = clocks.get(timezone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  clocks.set(timezone, made)
  return made
}

/**
 * The moment of a wall-clock time; the first of two when clocks go back. Null for malformed text, and for a time skipped when
 * clocks go forward.
 */
export function atWallTime(timezone: string, text: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text)) return null
  const asUtc = new Date(`${text}Z`)
  if (Number.isNaN(asUtc.getTime())) return null
  // The offsets a day before and a day after: around a clock change they differ, and perhaps only one leads back to `text`.
  const moments = [-1, 1].map((days) => {
    const near = new Date(asUtc.getTime() + days * 86_400_000)
    return new Date(asUtc.getTime() - offsetMs(timezone, near))
  })
  return (
    moments.sort((a, b) => a.getTime() - b.getTime()).find((at) => wallTime(timezone, at) === text) ?? null
  )
}

const offsetMs = (timezone: string, at: Date): number =>
  new Date(`${wallTime(timezone, at)}Z`).getTime() - Math.floor(at.getTime() / 60_000) * 60_000
