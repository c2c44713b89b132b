// pure · what is wrong with the settings of a list, or with a change of them, in words
import { isLocale, type Locale, type Localised } from '../i18n/locale.ts'
import type { Fault } from '../platform/errors.ts'
import { type ListSettings, ownPurpose, type PurposeKind, whyUnlawful } from './list.ts'

interface SentPurpose {
  readonly key: string
  readonly kind?: PurposeKind | undefined
}

/** Control names that the form uses itself. */
export const reservedKeys = [
  'email',
  'purpose',
  'also',
  'locale',
  'stamp',
  'website',
  'source',
  'list',
  'action',
  'nonce',
  'code',
]

export function faultsIn(settings: ListSettings, sent: readonly SentPurpose[]): readonly Fault[] {
  const faults: Fault[] = []
  const addFault = (path: string, message: string): void => void faults.push({ path, message })
  const unlawful = whyUnlawful(settings.controller.jurisdiction)
  if (unlawful !== null) addFault('controller.jurisdiction', unlawful)
  if (!settings.locales.includes(settings.default_locale))
    addFault('default_locale', 'The default language must be one of the languages of the list.')
  for (const [at, purpose] of sent.entries()) {
    if (sent.findIndex((other) => other.key === purpose.key) !== at)
      addFault(`purposes.${at}.key`, `The purpose "${purpose.key}" is there twice.`)
    if (purpose.key === ownPurpose && purpose.kind !== undefined && purpose.kind !== 'mail')
      addFault(`purposes.${at}.kind`, 'The purpose "newsletter" is of kind mail.')
  }
  for (const purpose of settings.purposes) {
    const at = sent.findIndex((one) => one.key === purpose.key)
    for (const part of ['title', 'text'] as const)
      faults.push(...missingIn(purpose[part], settings.locales, `purposes.${Math.max(at, 0)}.${part}`))
  }
  for (const [at, field] of settings.fields.entries()) {
    const path = `fields.${at}`
    if (reservedKeys.includes(field.key))
      addFault(`${path}.key`, `"${field.key}" is a name the form uses itself.`)
    if (settings.fields.findIndex((other) => other.key === field.key) !== at)
      addFault(`${path}.key`, `The field "${field.key}" is there twice.`)
    if (!settings.purposes.some((purpose) => purpose.key === field.purpose))
      addFault(
        `${path}.purpose`,
        `A field needs a purpose of this list; there is no purpose "${field.purpose}".`,
      )
    if (field.protected && field.filterable)
      addFault(
        `${path}.filterable`,
        'A protected field is stored as ciphertext and cannot be filterable; choose one of the two.',
      )
    if (field.protected && field.type !== 'text') addFault(`${path}.protected`, 'Only text can be protected.')
    if (field.type === 'choice' && field.options.length < 2)
      addFault(`${path}.options`, 'A choice needs two options or more.')
    if (field.type !== 'choice' && field.options.length > 0)
      addFault(`${path}.options`, 'Only a choice has options.')
    if (field.type === 'boolean' && field.required)
      addFault(`${path}.required`, 'A box cannot be required: leaving it empty is an answer too.')
    if (field.sensitive && field.legal_basis !== 'consent')
      addFault(
        `${path}.legal_basis`,
        'Special category data need the person’s explicit consent (GDPR Art. 9(2)(a)); choose consent as the legal basis.',
      )
    if (field.required && field.legal_basis === 'consent' && field.purpose !== ownPurpose)
      addFault(
        `${path}.required`,
        'A field of an optional purpose cannot be required: nobody may be made to agree.',
      )
    faults.push(...missingIn(field.label, settings.locales, `${path}.label`))
    for (const [option, { label }] of field.options.entries())
      faults.push(...missingIn(label, settings.locales, `${path}.options.${option}.label`))
  }
  return faults
}

const missingIn = (text: Localised, offered: readonly Locale[], path: string): readonly Fault[] =>
  offered
    .filter((locale) => isLocale(locale) && text[locale] === undefined)
    .map((locale) => ({ path, message: `The text for "${locale}" is missing; a language needs every text.` }))

/** Opens and clicks are measures by their keys. */
export const kindOf = ({ key, kind }: SentPurpose): PurposeKind =>
  kind ?? (isMeasureKey(key) ? 'measure' : 'mail')

const isMeasureKey = (key: string): boolean => key === 'opens' || key === 'clicks'

/** Purposes may not be removed or change their kind, nor fields their type or protection. */
export function faultsInChange(before: ListSettings, after: ListSettings): readonly Fault[] {
  const faults: Fault[] = []
  for (const purpose of before.purposes) {
    const remaining = after.purposes.find((one) => one.key === purpose.key)
    if (remaining === undefined)
      faults.push({
        path: 'purposes',
        message: `The purpose "${purpose.key}" cannot be removed: people have already been asked for it.`,
      })
    else if (remaining.kind !== purpose.kind)
      faults.push({ path: 'purposes', message: `The kind of the purpose "${purpose.key}" cannot change.` })
  }
  for (const field of before.fields) {
    const remaining = after.fields.find((one) => one.key === field.key)
    if (remaining !== undefined && (remaining.type !== field.type || remaining.protected !== field.protected))
      faults.push({
        path: 'fields',
        message: `The type and protection of the field "${field.key}" cannot change.`,
      })
  }
  return faults
}
