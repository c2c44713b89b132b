// pure · the values a row offers in a menu, and the one that a row without a value starts with
import { locales, localised } from '../../i18n/locale.ts'
import type { List } from '../../lists/list.ts'
import { grades } from '../../segments/condition.ts'
import { languageNames, mailboxName } from '../../segments/words.ts'
import { mailboxProviders } from '../../subscribers/mailbox-provider.ts'
import { type Builder, isGroup } from './builder.ts'
import { fieldAsked, type Row, takesNoValue } from './rows.ts'

export interface RowContext {
  readonly list: List
  /** Sent campaigns, and those that the filter names. */
  readonly campaigns: readonly { readonly id: string; readonly subject: string }[]
}

export type Options = readonly (readonly [value: string, label: string])[]

/** The menu of a row; null where the value is typed or ticked. */
export function optionsOf({ what, how }: Row, { list, campaigns }: RowContext): Options | null {
  if (takesNoValue(how)) return null
  const field = fieldAsked(what, list.fields)
  if (field?.type === 'boolean')
    return [
      ['true', 'yes'],
      ['false', 'no'],
    ]
  if (field !== undefined)
    return field.type === 'choice' && how !== 'in'
      ? field.options.map(({ value, label }) => [value, localised(label, 'en', list.default_locale) || value])
      : null
  if (what === 'locale') return locales.map((locale) => [locale, languageNames[locale]])
  if (what === 'purpose') return list.purposes.map(({ key }) => [key, key.replaceAll('_', ' ')])
  if (what === 'mailbox') return mailboxProviders.map((provider) => [provider, mailboxName(provider)])
  if (what === 'grade') return grades.map((grade) => [grade, grade])
  if (what === 'received') return campaigns.map(({ id, subject }) => [id, subject])
  return null
}

/** Gives each row without a value the first of its menu: the one that a browser shows as chosen. */
export const withFirstOptions = (builder: Builder, context: RowContext): Builder => ({
  ...builder,
  items: builder.items.map((item) =>
    isGroup(item)
      ? { ...item, rows: item.rows.map((row) => withFirstOption(row, context)) }
      : withFirstOption(item, context),
  ),
})

function withFirstOption(row: Row, context: RowContext): Row {
  const first = optionsOf(row, context)?.[0]?.[0]
  return first === undefined || row.values.some((value) => value !== '') ? row : { ...row, values: [first] }
}
