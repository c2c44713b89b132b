// pure · a sign-up form checked against its list: a valid request, or the faults to mend. GDPR Art. 4(11), 7(2)
import type { ErrorSubject, FormErrorCode } from '../i18n/catalogue.ts'
import { type Locale, localised, lookUpLocale } from '../i18n/locale.ts'
import { messages } from '../i18n/messages.ts'
import { type FieldValue, readField } from '../lists/field-value.ts'
import { type List, optionalPurposes, ownPurpose } from '../lists/list.ts'
import { charsetName } from '../platform/encoding/form-charset.ts'
import { type AddressFault, parseAddress } from '../subscribers/address.ts'
import { suggestAddress } from '../subscribers/likely-domain.ts'

/** Form names and values as sent; a name may repeat. */
export type Sent = ReadonlyMap<string, readonly string[]>

export interface FormFault {
  /** The name of the control. */
  readonly name: string
  readonly code: FormErrorCode
  readonly about: ErrorSubject
  /** An address that was probably meant. */
  readonly suggestion?: string
}

export interface SignupForm {
  /** As typed, trimmed. */
  readonly email: string
  /** Keys of the list's own purpose and of each box that was ticked. */
  readonly purposes: readonly string[]
  /** Slugs or ids of further lists. */
  readonly also: readonly string[]
  readonly fields: Readonly<Record<string, FieldValue>>
  readonly locale: Locale
  /** Every box and whether it was ticked. Boxes start empty: a pre-ticked box is no consent (Planet49). */
  readonly controls: readonly { readonly name: string; readonly ticked: boolean }[]
  readonly stamp: string | null
  /** The notice whose words a form on another site has, as it says itself. */
  readonly shownNotice: string | null
  /** Where a form on another site stands, as its author wrote it there. */
  readonly source: string | null
  /** A field hidden from people was filled. */
  readonly honeypot: boolean
  /** Names that the list does not know, passed over. */
  readonly unknown: readonly string[]
}

export type FormOutcome =
  | { readonly ok: true; readonly form: SignupForm }
  | { readonly ok: false; readonly faults: readonly FormFault[] }

export const maxAlso = 10

/**
 * The name of the field that people do not see. The hyphen keeps it apart from the keys of fields, and it names nothing that
 * browsers and password managers fill in.
 */
export const honeypotName = 'leave-empty'
/** The same in forms copied before, which password managers fill with an address of the web. */
const formerHoneypotName = 'website'

/** The hash of the notice in a form for other sites, whose words stay as they are when the list changes. */
export const shownNoticeName = 'shown-notice'

/**
 * Every fault names its control. Names that the list does not know are passed over, since forms of other sites also send the
 * name of their button or of a campaign; the form's authors learn of them by the list's page.
 */
export function readSignupForm(
  list: List,
  sent: Sent,
  options: { smtpUtf8: boolean; fallbackLocale: () => Locale },
): FormOutcome {
  const faults: FormFault[] = []
  const addFault = (name: string, code: FormErrorCode, label = name, limit = 0): void =>
    void faults.push({ name, code, about: { label: label.slice(0, 100), limit } })
  const one = (name: string): string => sent.get(name)?.[0] ?? ''

  const chosen: Locale =
    one('locale') === ''
      ? options.fallbackLocale()
      : (lookUpLocale(one('locale'), list.locales) ?? list.default_locale)

  const email = one('email')
  const parsed = parseAddress(email, { smtpUtf8: options.smtpUtf8 })
  if (!parsed.ok) {
    const suggestion = suggestAddress(email)
    const about = { label: 'email', limit: 254 }
    const code = addressErrors[parsed.reason]
    faults.push({ name: 'email', code, about, ...(suggestion === null ? {} : { suggestion }) })
  }

  const ticked = new Set((sent.get('purpose') ?? []).filter((value) => value !== ''))
  for (const purpose of ticked)
    if (!list.purposes.some((one) => one.key === purpose)) addFault('purpose', 'purpose_unknown', purpose)

  const fields: Record<string, FieldValue> = {}
  for (const field of list.fields) {
    const value = readField(field, sent.get(field.key) ?? [])
    const label = localised(field.label, chosen, list.default_locale)
    if (value.kind === 'fault') addFault(field.key, value.code, label, value.limit)
    else if (value.kind === 'value') fields[field.key] = value.value
    else if (field.required) addFault(field.key, 'field_required', label)
  }

  const known = new Set([
    'email',
    'purpose',
    'also',
    'locale',
    'stamp',
    'source',
    shownNoticeName,
    honeypotName,
    formerHoneypotName,
    charsetName,
    ...list.fields.map((field) => field.key),
  ])
  const also = [...new Set((sent.get('also') ?? []).filter((value) => value !== ''))]
  if (also.length > maxAlso) addFault('also', 'list_unknown', also[maxAlso])

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
      shownNotice: one(shownNoticeName) === '' ? null : one(shownNoticeName),
      source: sourceOf(one('source')),
      honeypot: one(honeypotName) !== '' || one(formerHoneypotName) !== '',
      unknown: [...sent.keys()].filter((name) => !known.has(name)),
    },
  }
}

/** One line. */
function sourceOf(sent: string): string | null {
  const text = sent
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 200)
  return text === '' ? null : text.toWellFormed()
}

/** The fault as a sentence, with the address that was probably meant. */
export function faultText(locale: Locale, { code, about, suggestion }: FormFault): string {
  const { formErrors, signup } = messages(locale)
  const said = formErrors[code](about)
  return suggestion === undefined ? said : `${said} ${signup.didYouMean(suggestion)}`
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
