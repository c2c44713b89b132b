// pure · the sample person for previews and tests
import { type Locale, localised } from '../i18n/locale.ts'
import type { Field, List } from '../lists/list.ts'

export const sampleAddress = 'reader@example.com'

export type SampleFields = Readonly<Record<string, string | number | boolean>>

/** A realistic value for each field of a list, by its type; else its label. */
export const sampleFields = (list: Pick<List, 'fields' | 'default_locale'>, locale: Locale): SampleFields =>
  Object.fromEntries(
    list.fields.map((field) => [
      field.key,
      sampleOf(field, locale) ?? localised(field.label, locale, list.default_locale),
    ]),
  )

function sampleOf({ key, type, options }: Field, locale: Locale): string | number | boolean | undefined {
  switch (type) {
    case 'number':
      return 7
    case 'boolean':
      return true
    case 'date':
      return '1990-05-14'
    case 'choice':
      return options[0]?.value
    case 'text':
      return likely.find(({ keys }) => keys.test(key))?.values[locale]
  }
}

/** Values for common field keys. */
const likely: readonly { readonly keys: RegExp; readonly values: Readonly<Record<Locale, string>> }[] = [
  {
    keys: /^(?:first|given|fore)_?name$|^fornamn$|^imie$/,
    values: { en: 'Alice', pl: 'Anna', sv: 'Alva', ru: 'Анна' },
  },
  {
    keys: /^(?:last|family|sur)_?name$|^efternamn$|^nazwisko$/,
    values: { en: 'Green', pl: 'Kowalska', sv: 'Lindqvist', ru: 'Смирнова' },
  },
  {
    keys: /name$/,
    values: { en: 'Alice Green', pl: 'Anna Kowalska', sv: 'Alva Lindqvist', ru: 'Анна Смирнова' },
  },
  {
    keys: /^(?:city|town|ort|stad|miasto)$/,
    values: { en: 'Bristol', pl: 'Kraków', sv: 'Uppsala', ru: 'Казань' },
  },
  { keys: /^country$/, values: { en: 'GB', pl: 'PL', sv: 'SE', ru: 'RU' } },
  {
    keys: /^(?:company|organi[sz]ation|firma)$/,
    values: { en: 'Green & Sons', pl: 'Ogrody Kowalskich', sv: 'Lindqvist Trädgård', ru: 'Сад и дом' },
  },
]
