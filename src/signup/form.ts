// pure · what a sign-up form sent, checked against the list: a request, or what to mend. GDPR Art. 4(11), 7(2)
import type { ErrorSubject, FormErrorCode } from '../i18n/catalogue.ts'
import { isLocale, type Locale, localised } from '../i18n/locale.ts'
import { type List, optionalPurposes, ownPurpose, type RegisteredField } from '../lists/list.ts'
import { type AddressFault, parseAddress } from '../subscribers/address.ts'

/** Names and values as sent; a name may come more than once. */
export type Sent = ReadonlyMap<string, readonly string[]>

export interface FormFault {
  /** The name of the control. */
  readonly name: string
  readonly code: FormErrorCode
  readonly about: ErrorSubject
}

export type FieldValue = string | number | boolean

export interface SignupForm {
  /** As typed: what the person saw in the box. */
  readonly email: string
  /** Keys of the optional purposes whose box was ticked, and the list's own. */
  readonly purposes: readonly string[]
  /** Slugs or ids of further lists. */
  readonly also: readonly string[]
  readonly fields: Readonly<Record<string, FieldValue>>
  readonly locale: Locale
  /** Each box: empty by default, as sent. Planet49: a pre-ticked box is no consent. */
  readonly controls: readonly { readonly name: string; readonly ticked: boolean }[]
  readonly stamp: string | null
  /** The field no person sees was filled. */
  readonly honeypot: boolean
}

export type FormOutcome =
  | { readonly ok: true; readonly form: SignupForm }
  | { readonly ok: false; readonly faults: readonly FormFault[] }

const textMost = 500
/** Further lists that one form may ask for. */
export const alsoMost = 10

/** Reads a form for this list. Every fault names its control; nothing that was sent is dropped in silence. */
export function readSignupForm(
  list: List,
  sent: Sent,
  options: { smtpUtf8: boolean; fallbackLocale: Locale },
): FormOutcome {
  const faults: FormFault[] = []
  const say = (name: string, code: FormErrorCode, label = name, limit = 0): void =>
    void faults.push({ name, code, about: { label: label.slice(0, 100), limit } })
  const one = (name: string): string => sent.get(name)?.[0] ?? ''

  const locale = one('locale') === '' ? options.fallbackLocale : one('locale')
  if (!isLocale(locale) || !list.locales.includes(locale)) say('locale', 'locale_unknown')
  const chosen: Locale = isLocale(locale) ? locale : list.default_locale

  const email = one('email')
  const parsed = parseAddress(email, { smtpUtf8: options.smtpUtf8 })
  if (!parsed.ok) say('email', addressErrors[parsed.reason], 'email', 254)

  const ticked = new Set((sent.get('purpose') ?? []).filter((value) => value !== ''))
  for (const purpose of ticked)
    if (!list.purposes.some((one) => one.key === purpose)) say('purpose', 'purpose_unknown', purpose)

  const fields: Record<string, FieldValue> = {}
  for (const field of list.fields) {
    const value = readField(field, sent.get(field.key) ?? [])
    const label = localised(field.label, chosen, list.default_locale)
    if (value.kind === 'fault') say(field.key, value.code, label, value.limit)
    else if (value.kind === 'value') fields[field.key] = value.value
    else if (field.required) say(field.key, 'field_required', label)
  }

  const known = new Set([
    'email',
    'purpose',
    'also',
    'locale',
    'stamp',
    'website',
    ...list.fields.map((field) => field.key),
  ])
  for (const name of sent.keys()) if (!known.has(name)) say(name, 'field_unknown')
  const also = [...new Set((sent.get('also') ?? []).filter((value) => value !== ''))]
  if (also.length > alsoMost) say('also', 'list_unknown', also[alsoMost])

  if (faults.length > 0) return { ok: false, faults }
  return {
    ok: true,
    form: {
      email: email.trim(),
      purposes: [ownPurpose, ...optionalPurposes(list).flatMap(({ key }) => (ticked.has(key) ? [key] : []))],
      also,
      fields,
      locale: chosen,
      controls: optionalPurposes(list).map(({ key }) => ({ name: key, ticked: ticked.has(key) })),
      stamp: one('stamp') === '' ? null : one('stamp'),
      honeypot: one('website') !== '',
    },
  }
}

const addressErrors: Readonly<Record<AddressFault, FormErrorCode>> = {
  empty: 'address_missing',
  too_long: 'address_too_long',
  no_at: 'address_invalid',
  local_part: 'address_invalid',
  domain: 'address_domain',
  control_characters: 'address_control',
  dots: 'address_dots',
  quoted: 'address_quoted',
  role: 'address_role',
  needs_smtputf8: 'address_smtputf8',
}

type FieldReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'value'; readonly value: FieldValue }
  | { readonly kind: 'fault'; readonly code: FormErrorCode; readonly limit: number }

const fault = (code: FormErrorCode, limit = 0): FieldReading => ({ kind: 'fault', code, limit })

/** One value of a field as typed; an empty box is no value. */
export function readField(field: RegisteredField, values: readonly string[]): FieldReading {
  const typed = (values[0] ?? '').normalize('NFC').trim()
  if (typed === '') return { kind: 'absent' }
  switch (field.type) {
    case 'text':
      if (typed.length > textMost) return fault('text_too_long', textMost)
      return isVisible(typed) ? { kind: 'value', value: typed } : fault('malformed')
    case 'number': {
      const number = Number(typed.replace(',', '.'))
      return /^[+-]?\d{1,15}([.,]\d{1,6})?$/.test(typed)
        ? { kind: 'value', value: number }
        : fault('number_invalid')
    }
    case 'boolean':
      return { kind: 'value', value: !['false', '0', 'off', 'no'].includes(typed.toLowerCase()) }
    case 'date':
      return isDay(typed) ? { kind: 'value', value: typed } : fault('date_invalid')
    case 'choice':
      return field.options.some((option) => option.value === typed)
        ? { kind: 'value', value: typed }
        : fault('choice_invalid')
  }
}

const isVisible = (text: string): boolean =>
  text.isWellFormed() && !/[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff]/u.test(text)

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}
