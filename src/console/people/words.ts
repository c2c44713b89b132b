// pure · words for people: states, purposes, grades, languages
import { endedState, subscriptionStates } from '../../consent/ledger.ts'
import { type Locale, localised } from '../../i18n/locale.ts'
import type { List } from '../../lists/list.ts'
import type { Tone } from '../../ui/console/parts.tsx'

const states: Readonly<Record<string, { readonly tone: Tone; readonly words: string }>> = {
  pending: { tone: 'busy', words: 'awaiting confirmation' },
  active: { tone: 'good', words: 'active' },
  refused: { tone: 'none', words: 'refused' },
  expired: { tone: 'warn', words: 'expired' },
  withdrawn: { tone: 'none', words: 'unsubscribed' },
  revoked: { tone: 'none', words: 'revoked' },
  invalidated: { tone: 'bad', words: 'invalidated' },
  erased: { tone: 'none', words: 'erased' },
}

/** The state filters: each state, and all ended states together. */
export const soughtStates = [...subscriptionStates, endedState] as const

export const soughtWords = (state: (typeof soughtStates)[number]): string =>
  state === endedState ? 'no longer subscribed (any reason)' : stateWords(state).words

export const stateWords = (state: string): { readonly tone: Tone; readonly words: string } =>
  states[state] ?? { tone: 'none', words: state }

/** A purpose in a word or two, from its key; its title is a sentence for subscribers. */
export const purposeWord = (key: string): string => key.replaceAll('_', ' ')

/** The title that people were shown; empty if the list no longer has the purpose. */
export function purposeTitle(list: List, key: string): string {
  const purpose = list.purposes.find((one) => one.key === key)
  return purpose === undefined ? '' : localised(purpose.title, 'en', list.default_locale)
}

/** Sorts purpose keys in the order of the list: its own purpose first. */
export const inOrder = (list: List | undefined, keys: readonly string[]): readonly string[] => {
  const known = list?.purposes.map(({ key }) => key) ?? []
  return keys.toSorted((a, b) => known.indexOf(a) - known.indexOf(b))
}

export const grades: Readonly<Record<string, string>> = {
  A: 'signed up and confirmed by email, and the email is known to have arrived',
  B: 'signed up and confirmed by email',
  C: 'signed up without confirmation, with a record',
  D: 'claimed at import, without a record',
}

export const languages: Readonly<Record<string, string>> = {
  en: 'English',
  pl: 'Polish',
  sv: 'Swedish',
  ru: 'Russian',
} satisfies Readonly<Record<Locale, string>>

export const joined = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
