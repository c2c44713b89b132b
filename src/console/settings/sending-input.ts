// pure · the sending rules form: typed values as rules, and faults at their controls

import type { Fault } from '../../platform/errors.ts'
import { mailboxName } from '../../segments/words.ts'
import type { SendingRules } from '../../sending-rules/rules.ts'

export interface TypedCap {
  readonly mailbox: string
  readonly per_hour: string
  readonly per_day: string
}

export interface TypedRules {
  readonly timezone: string
  readonly start: string
  /** One number per line. */
  readonly people_per_day: string
  readonly from: string
  readonly to: string
  readonly caps: readonly TypedCap[]
}

/** More than the known mailbox providers. */
const maxCaps = 30
/** Empty rows for new limits. */
const rowsFree = 2
const noCap: TypedCap = { mailbox: '', per_hour: '', per_day: '' }

const shown = (number: number | null | undefined): string => (number == null ? '' : String(number))

/** The saved rules, with empty rows below the limits. */
export const typedOf = ({ timezone, warm_up, quiet_hours, caps }: SendingRules): TypedRules => ({
  timezone,
  start: warm_up?.start ?? '',
  people_per_day: warm_up?.people_per_day.join('\n') ?? '',
  from: quiet_hours?.from ?? '',
  to: quiet_hours?.to ?? '',
  caps: withFreeRows(
    Object.entries(caps).map(([mailbox, cap]) => ({
      mailbox,
      per_hour: shown(cap?.per_hour),
      per_day: shown(cap?.per_day),
    })),
  ),
})

const isEmpty = ({ mailbox, per_hour, per_day }: TypedCap): boolean =>
  `${mailbox}${per_hour}${per_day}` === ''

const withFreeRows = (rows: readonly TypedCap[]): readonly TypedCap[] => [
  ...rows.filter((row) => !isEmpty(row)),
  ...Array.from({ length: rowsFree }, () => noCap),
]

export const typedIn = (one: (name: string) => string): TypedRules => ({
  timezone: one('timezone'),
  start: one('start').trim(),
  people_per_day: one('people_per_day').trim(),
  from: one('from').trim(),
  to: one('to').trim(),
  caps: withFreeRows(
    Array.from({ length: maxCaps }, (_, row) => ({
      mailbox: one(`caps.${row}.mailbox`),
      per_hour: one(`caps.${row}.per_hour`).trim(),
      per_day: one(`caps.${row}.per_day`).trim(),
    })),
  ),
})

/** Input for `sendingRules`; text that is no number passes unchanged, to be refused. */
export const rulesIn = (typed: TypedRules): unknown => ({
  timezone: typed.timezone,
  warm_up:
    typed.start === '' && typed.people_per_day === ''
      ? null
      : { start: typed.start, people_per_day: typed.people_per_day.split(/\s*\n\s*/).map(numberIn) },
  quiet_hours: typed.from === '' && typed.to === '' ? null : { from: typed.from, to: typed.to },
  caps: Object.fromEntries(
    typed.caps
      .filter((row) => row.mailbox !== '')
      .map(({ mailbox, per_hour, per_day }) => [
        mailbox,
        { per_hour: limitIn(per_hour), per_day: limitIn(per_day) },
      ]),
  ),
})

const numberIn = (text: string): number | string => (/^\d{1,12}$/.test(text) ? Number(text) : text)
const limitIn = (text: string): number | string | null => (text === '' ? null : numberIn(text))

/** Faults outside the schema: a limit without a provider, or two for one provider. */
export const rowFaults = ({ caps }: TypedRules): readonly Fault[] =>
  caps.flatMap((row, at) => {
    const path = `caps.${at}.mailbox`
    if (row.mailbox === '' && !isEmpty(row)) return [{ path, message: 'Choose a mailbox provider.' }]
    const isSecond = row.mailbox !== '' && caps.findIndex(({ mailbox }) => mailbox === row.mailbox) < at
    return isSecond ? [{ path, message: `${mailboxName(row.mailbox)} already has a limit above.` }] : []
  })

/** Maps the schema's fault paths to the form's controls. */
export function atControls(faults: readonly Fault[], { caps }: TypedRules): readonly Fault[] {
  return faults.map(({ path, message }) => {
    const [part = '', of = '', which = 'per_hour'] = path.split('.')
    if (part === 'warm_up' && of === 'people_per_day')
      return { path: of, message: /^\d+$/.test(which) ? `Day ${Number(which) + 1}: ${message}` : message }
    if (part === 'warm_up' || part === 'quiet_hours') return { path: of, message }
    if (part !== 'caps') return { path: part, message }
    const row = caps.findIndex(({ mailbox }) => mailbox === of)
    return { path: `caps.${Math.max(0, row)}.${which}`, message: `${mailboxName(of)}: ${message}` }
  })
}
