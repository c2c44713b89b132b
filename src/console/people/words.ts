// pure · how a person stands, in words: states, purposes, grades
import { endedState, subscriptionStates } from '../../consent/ledger.ts'
import { localised } from '../../i18n/locale.ts'
import type { List } from '../../lists/list.ts'
import type { Tone } from '../../ui/console/parts.tsx'

const states: Readonly<Record<string, { readonly tone: Tone; readonly words: string }>> = {
  pending: { tone: 'busy', words: 'waiting to confirm' },
  active: { tone: 'good', words: 'active' },
  refused: { tone: 'none', words: 'refused' },
  expired: { tone: 'warn', words: 'ran out' },
  withdrawn: { tone: 'none', words: 'ended' },
  revoked: { tone: 'none', words: 'revoked' },
  invalidated: { tone: 'bad', words: 'declared invalid' },
  erased: { tone: 'none', words: 'erased' },
}

/** What the list of people can be asked for: each state, and all those in which nothing is in force or asked any more. */
export const soughtStates = [...subscriptionStates, endedState] as const

export const soughtWords = (state: (typeof soughtStates)[number]): string =>
  state === endedState ? 'not on it any more, however it came' : stateWords(state).words

export const stateWords = (state: string): { readonly tone: Tone; readonly words: string } =>
  states[state] ?? { tone: 'none', words: state }

/** A purpose in a word or two; its title is a sentence for those who agree to it. */
export const purposeWord = (key: string): string => key.replaceAll('_', ' ')

/** What the people were asked; empty where the list has the purpose no more. */
export function purposeTitle(list: List, key: string): string {
  const purpose = list.purposes.find((one) => one.key === key)
  return purpose === undefined ? '' : localised(purpose.title, 'en', list.default_locale)
}

/** The list's own purpose first. */
export const inOrder = (list: List | undefined, keys: readonly string[]): readonly string[] => {
  const known = list?.purposes.map(({ key }) => key) ?? []
  return keys.toSorted((a, b) => known.indexOf(a) - known.indexOf(b))
}

export const grades: Readonly<Record<string, string>> = {
  A: 'asked and confirmed, and the mail is known to have arrived',
  B: 'asked and confirmed from the mailbox',
  C: 'asked once, with a record of it',
  D: 'asserted by whoever brought it in, without a record',
}

export const languages: Readonly<Record<string, string>> = {
  en: 'English',
  pl: 'Polish',
  sv: 'Swedish',
  ru: 'Russian',
}

export const joined = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
