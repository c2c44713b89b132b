// pure · a filter as one English sentence
import type { Locale } from '../i18n/locale.ts'
import { localised } from '../i18n/locale.ts'
import { quoted as quotedName } from '../i18n/typography/marks.ts'
import type { Field, List } from '../lists/list.ts'
import type { Condition, Confirmed, FieldCondition, FieldValue } from './condition.ts'
import type { Filter } from './filter.ts'

export interface WordsContext {
  readonly list: Pick<List, 'name' | 'fields' | 'default_locale'>
  /** Subjects by id, of the campaigns that the filter names. */
  readonly campaigns: ReadonlyMap<string, string>
}

/** `People on Garden letter whose country is Poland and who confirmed in the last 30 days.` */
export function filterWords(filter: Filter, context: WordsContext): string {
  const { name } = context.list
  if ('all' in filter && filter.all.length === 0) return `Everyone on ${name}.`
  if ('any' in filter && filter.any.length === 0) return 'Nobody: “any” without conditions matches no one.'
  return `People on ${name} ${clause(filter, context, 0)}.`
}

function clause(filter: Filter, context: WordsContext, depth: number): string {
  if ('all' in filter)
    return joinedClauses(filter.all, { context, depth, word: 'and', none: 'without further conditions' })
  if ('any' in filter)
    return joinedClauses(filter.any, { context, depth, word: 'or', none: 'who match no condition' })
  if ('not' in filter) {
    const words = `who are not among those ${clause(filter.not, context, depth + 1)}`
    return depth > 0 ? `(${words})` : words
  }
  return conditionWords(filter, context)
}

function joinedClauses(
  parts: readonly Filter[],
  how: { context: WordsContext; depth: number; word: string; none: string },
): string {
  if (parts.length === 0) return how.none
  const words = parts.map((part) => clause(part, how.context, how.depth + 1)).join(` ${how.word} `)
  return how.depth > 0 && parts.length > 1 ? `(${words})` : words
}

function conditionWords(condition: Condition, context: WordsContext): string {
  if ('field' in condition) return fieldWords(condition, context)
  if ('tag' in condition) return `who have the tag ${quoted(condition.tag)}`
  if ('locale' in condition) return `whose language is ${languageNames[condition.locale]}`
  if ('purpose' in condition) return `who agreed to ${quoted(condition.purpose.replaceAll('_', ' '))}`
  if ('mailbox' in condition) return `whose mailbox provider is ${mailboxName(condition.mailbox)}`
  if ('grade' in condition)
    return condition.grade === 'A'
      ? 'whose evidence grade is A'
      : `whose evidence grade is ${condition.grade} or better`
  if ('confirmed' in condition) return `who confirmed ${confirmedWords(condition.confirmed)}`
  return `who were sent ${quotedName('en', context.campaigns.get(condition.received) ?? condition.received)}`
}

export const languageNames: Readonly<Record<Locale, string>> = {
  en: 'English',
  pl: 'Polish',
  sv: 'Swedish',
  ru: 'Russian',
}

const properNames: Readonly<Record<string, string>> = {
  gmail: 'Gmail',
  gmx: 'GMX',
  wp: 'WP',
  mailru: 'Mail.ru',
  laposte: 'La Poste',
  tonline: 'T-Online',
  other: 'any other provider',
}
export const mailboxName = (provider: string): string =>
  properNames[provider] ?? `${provider.slice(0, 1).toUpperCase()}${provider.slice(1)}`

function fieldWords(condition: FieldCondition, context: WordsContext): string {
  const field = context.list.fields.find(({ key }) => key === condition.field)
  const name = field === undefined ? condition.field : inSentence(fieldLabel(field, context.list))
  const say = (value: FieldValue): string => valueWords(value, field, context.list)
  const isDay = field?.type === 'date'
  if ('is' in condition) return `whose ${name} is ${say(condition.is)}`
  if ('is_not' in condition) return `whose ${name} is not ${say(condition.is_not)}`
  if ('in' in condition) return `whose ${name} is one of ${condition.in.map(say).join(', ')}`
  if ('gt' in condition) return `whose ${name} is ${isDay ? 'after' : 'more than'} ${say(condition.gt)}`
  if ('gte' in condition)
    return `whose ${name} is ${isDay ? 'on or after' : 'at least'} ${say(condition.gte)}`
  if ('lt' in condition) return `whose ${name} is ${isDay ? 'before' : 'less than'} ${say(condition.lt)}`
  if ('lte' in condition)
    return `whose ${name} is ${isDay ? 'on or before' : 'at most'} ${say(condition.lte)}`
  if ('contains' in condition) return `whose ${name} contains ${quoted(condition.contains)}`
  return `whose ${name} is ${condition.exists ? 'known' : 'not known'}`
}

export const fieldLabel = (field: Pick<Field, 'key' | 'label'>, list: Pick<List, 'default_locale'>): string =>
  localised(field.label, 'en', list.default_locale) || field.key

/** A label in the middle of a sentence; VAT stays VAT, and a question is quoted. */
function inSentence(label: string): string {
  if (/[?!.…]$/.test(label)) return `answer to ${quotedName('en', label)}`
  return /^\p{Lu}\p{Ll}/u.test(label) ? `${label.slice(0, 1).toLowerCase()}${label.slice(1)}` : label
}

function valueWords(value: FieldValue, field: Field | undefined, list: WordsContext['list']): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return String(value)
  if (field?.type === 'date') return dayWords(value)
  const option = field?.options.find((one) => one.value === value)
  return option === undefined ? quoted(value) : localised(option.label, 'en', list.default_locale) || value
}

const confirmedWords = ({ before, after, within_days }: Confirmed): string =>
  [
    within_days === undefined
      ? []
      : within_days === 1
        ? 'in the last day'
        : `in the last ${within_days} days`,
    after === undefined ? [] : `on or after ${momentWords(after)}`,
    before === undefined ? [] : `before ${momentWords(before)}`,
  ]
    .flat()
    .join(' and ')

/** A day alone; a time with its minute, in UTC. */
const momentWords = (iso: string): string =>
  iso.endsWith('T00:00:00.000Z')
    ? dayWords(iso.slice(0, 10))
    : `${dayWords(iso.slice(0, 10))}, ${iso.slice(11, 16)} UTC`

const dayWords = (day: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`))

/** A value as it is stored, marks of its own included. */
const quoted = (text: string): string => `“${text}”`
