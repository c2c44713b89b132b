// pure · local times in zones whose clocks go forward and back
import { describe, expect, it } from 'vitest'
import { atWallTime, wallTime } from '../../src/i18n/zones.ts'

describe('a time as a clock shows it', () => {
  it.each([
    ['Europe/Stockholm', '2026-06-04T08:00', '2026-06-04T06:00:00.000Z'],
    ['Europe/Warsaw', '2026-01-31T23:59', '2026-01-31T22:59:00.000Z'],
    ['Asia/Kolkata', '2026-06-04T00:15', '2026-06-03T18:45:00.000Z'],
    ['America/Los_Angeles', '2026-12-31T20:00', '2027-01-01T04:00:00.000Z'],
    ['Pacific/Kiritimati', '2026-06-04T08:00', '2026-06-03T18:00:00.000Z'],
    ['UTC', '2026-06-04T08:00', '2026-06-04T08:00:00.000Z'],
    // The hours around a change forward.
    ['Europe/Stockholm', '2026-03-29T01:59', '2026-03-29T00:59:00.000Z'],
    ['Europe/Stockholm', '2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
    ['Europe/Stockholm', '2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
    // A time shown twice means the first.
    ['Europe/Stockholm', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
  ])('%s %s is %s, and back', (timezone, text, at) => {
    expect(atWallTime(timezone, text)?.toISOString()).toBe(at)
    expect(wallTime(timezone, new Date(at))).toBe(text)
  })

  it.each([
    ['the clock leaps over it', 'Europe/Stockholm', '2026-03-29T02:30'],
    ['there is no such day', 'UTC', '2026-02-30T08:00'],
    ['it is no time', 'UTC', 'tomorrow'],
    ['it has no hour', 'UTC', '2026-06-04'],
    ['it is empty', 'UTC', ''],
  ])('is none where %s', (_, timezone, text) => {
    expect(atWallTime(timezone, text)).toBeNull()
  })
})
