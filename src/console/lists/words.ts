// pure · the settings of a list in words of the console: languages, fields, states, who may be asked what
import type { SubscriptionState } from '../../consent/ledger.ts'
import type { Locale } from '../../i18n/locale.ts'
import { countryName, enumerated } from '../../i18n/words.ts'
import type { Field, FieldType, LegalBasis, List } from '../../lists/list.ts'

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
  text: 'a line of text',
  number: 'a number',
  boolean: 'a box to tick',
  date: 'a date',
  choice: 'one of several answers',
}

export const basisWords: Readonly<Record<LegalBasis, string>> = {
  consent: 'consent: people may leave it empty or take it back',
  contract: 'contract: needed to deliver what they ordered',
  legal_obligation: 'legal obligation: a law demands it',
  legitimate_interest: 'legitimate interest: you have weighed it against theirs',
}

/** How a field is kept, as the end of a sentence. */
export function keptWords(field: Pick<Field, 'protected' | 'filterable'>): string {
  if (field.protected) return 'sealed in the database; segments can ask only whether it is there'
  return field.filterable
    ? 'readable in the database, so that segments can ask for it'
    : 'readable in the database'
}

export const stateWords: Readonly<Record<SubscriptionState, string>> = {
  active: 'Active',
  pending: 'Waiting to confirm',
  withdrawn: 'Left',
  expired: 'Never confirmed',
  refused: 'Refused',
  revoked: 'Revoked',
  invalidated: 'Invalidated',
  erased: 'Erased',
}

/** Those whose subscription was there and is over. */
export const endedStates = ['withdrawn', 'expired', 'refused', 'revoked', 'invalidated', 'erased'] as const

export const confirmWords = ({ confirm }: Pick<List, 'confirm'>): string =>
  `by ${confirm.mode === 'code' ? 'a button and a code of six digits' : 'a button'} behind the link in one message, within ${hoursInWords(confirm.ttl_hours)}`

const hoursInWords = (hours: number): string =>
  hours % 24 === 0 ? `${hours / 24} ${hours === 24 ? 'day' : 'days'}` : `${hours} hours`

export const ipWords: Readonly<Record<List['ip_storage'], string>> = {
  none: 'not kept',
  truncated: 'kept shortened, so that it names a network and no person',
  full: 'kept whole, sealed with the evidence',
}

export const ageWords = (years: number): string =>
  years === 0 ? 'no age is named' : `people below ${years} are told that it is not for them`

export const retentionWords = ({ retention }: Pick<List, 'retention'>): string =>
  `subscriptions ${retention.inactive_months} months without a sign of life, evidence ${retention.evidence_years} years after consent ended, single deliveries ${retention.deliveries_months} months`

export const countryWords = (code: string): string => (code === '' ? '' : countryName('en', code))

const campaignStates: Readonly<Record<string, string>> = {
  freezing: 'being prepared',
  paused: 'paused on its way',
}

/** How a campaign stands; most states are words already. */
export const campaignWords = (state: string): string => campaignStates[state] ?? state

/** What an earlier act of this screen did. */
export const doneWords: Readonly<Record<string, string>> = {
  created: 'The list is made. Its form is open; put its link where people can find it.',
  saved: 'Saved. From now on the form shows the new words; whoever agreed before keeps theirs.',
  archived: 'The list is archived: its form is closed and nothing is sent to it. Consents and proof stay.',
  reopened: 'The list is open again: its form takes sign-ups, and campaigns can be launched.',
}
