// pure · words for list settings: languages, fields, states, retention
import type { SubscriptionState } from '../../consent/ledger.ts'
import type { Locale } from '../../i18n/locale.ts'
import { counted, countryName, enumerated } from '../../i18n/words.ts'
import type { Field, FieldType, LegalBasis, List } from '../../lists/list.ts'
import type { Safeguard } from '../../lists/processors.ts'

export const languageNames: Readonly<Record<Locale, string>> = {
  en: 'English',
  pl: 'Polish',
  sv: 'Swedish',
  ru: 'Russian',
}

export const languagesInWords = (locales: readonly Locale[]): string =>
  enumerated(
    'en',
    locales.map((locale) => languageNames[locale]),
  )

export const typeWords: Readonly<Record<FieldType, string>> = {
  text: 'text',
  number: 'number',
  boolean: 'checkbox',
  date: 'date',
  choice: 'single choice',
}

export const basisWords: Readonly<Record<LegalBasis, string>> = {
  consent: 'Consent: people can leave it empty or withdraw it',
  contract: 'Contract: needed to deliver what they ordered',
  legal_obligation: 'Legal obligation: required by law',
  legitimate_interest: 'Legitimate interest: you have weighed it against theirs',
}

export const safeguardWords: Readonly<Record<Safeguard, string>> = {
  adequacy: 'Adequacy decision of the European Commission',
  standard_clauses: 'Standard contractual clauses',
  binding_rules: 'Binding corporate rules',
  data_privacy_framework: 'EU-US Data Privacy Framework',
}

/** How a field is stored, in lower case. */
export function keptWords(field: Pick<Field, 'protected' | 'filterable'>): string {
  if (field.protected) return 'encrypted; segments can only test whether it is known'
  return field.filterable ? 'unencrypted; can be used in segments' : 'unencrypted; not used in segments'
}

export const stateWords: Readonly<Record<SubscriptionState, string>> = {
  active: 'Active',
  pending: 'Awaiting confirmation',
  withdrawn: 'Unsubscribed',
  expired: 'Expired',
  refused: 'Refused',
  revoked: 'Revoked',
  invalidated: 'Invalidated',
  erased: 'Erased',
}

/** States of subscriptions that are over. */
export const endedStates = ['withdrawn', 'expired', 'refused', 'revoked', 'invalidated', 'erased'] as const

export const confirmWords = ({ confirm }: Pick<List, 'confirm'>): string =>
  `by email, with ${confirm.mode === 'code' ? 'a button and a six-digit code' : 'a button'}, within ${hoursInWords(confirm.ttl_hours)}`

const hoursInWords = (hours: number): string =>
  hours % 24 === 0
    ? counted('en', hours / 24, { one: 'day', other: 'days' })
    : counted('en', hours, { one: 'hour', other: 'hours' })

export const ipWords: Readonly<Record<List['ip_storage'], string>> = {
  none: 'not kept',
  truncated: 'kept shortened, in the sealed evidence',
  full: 'kept in full, in the sealed evidence',
}

export const ageWords = (years: number): string => (years === 0 ? 'none' : `${years} years`)

const months = (number: number): string => counted('en', number, { one: 'month', other: 'months' })

/** No job erases by these numbers yet, so no notice states them. */
export const retentionWords = ({ retention }: Pick<List, 'retention'>): string =>
  `not applied yet (nothing is deleted automatically, and the notice states no dates): subscriptions until ${months(retention.inactive_months)} of inactivity, evidence for ${counted('en', retention.evidence_years, { one: 'year', other: 'years' })} after consent ends, delivery records for ${months(retention.deliveries_months)}`

export const countryWords = (code: string): string => (code === '' ? '' : countryName('en', code))

/** Messages for `?done=`. */
export const doneWords: Readonly<Record<string, string>> = {
  created: 'The list is created and its form is open. Share the link so that people can sign up.',
  saved: 'Your changes are saved. The form shows them from now on.',
  archived: 'The list is archived. Its form is closed and no campaigns are sent to it.',
  reopened: 'The list is open again. Its form takes sign-ups and you can send campaigns.',
}
