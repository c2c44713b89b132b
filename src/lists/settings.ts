// pure · the schema of list settings: requirements, defaults fit for the strictest law, refusals
import * as z from 'zod'
import { isLocale, type Locale, type Localised, locales } from '../i18n/locale.ts'
import { messages } from '../i18n/messages.ts'
import { DomainError, type Fault, notAvailableYet } from '../platform/errors.ts'
import { faultsOf, inWords, key, line, mailAddress, paragraph } from '../platform/form.ts'
import { fieldTypes, type ListSettings, legalBases, ownPurpose, type Purpose, purposeKinds } from './list.ts'

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

const localeSchema = z.enum(locales, { error: `must be one of ${locales.join(', ')}` })
const perLocale = (most: number) => z.partialRecord(localeSchema, line(most))
/** One text for every language, or one per language. */
const localisedText = (most: number) =>
  z.union([line(most), perLocale(most)], 'must be a text, or an object with a text per language')

const optionSchema = z.union(
  [
    line(100).transform((value) => ({ value, label: value })),
    z.strictObject({ value: line(100), label: localisedText(100) }),
  ],
  'must be one line of text, or an object with value and label',
)

const purposeSchema = z.strictObject({
  key,
  kind: z.enum(purposeKinds, { error: `must be one of ${purposeKinds.join(', ')}` }).optional(),
  title: localisedText(120).optional(),
  text: localisedText(500).optional(),
})

const fieldSchema = z.strictObject({
  key,
  type: z.enum(fieldTypes, { error: `must be one of ${fieldTypes.join(', ')}` }).default('text'),
  label: localisedText(120),
  options: z.array(optionSchema).max(100, 'must have at most 100 options').default([]),
  purpose: key,
  legal_basis: z.enum(legalBases, { error: `must be one of ${legalBases.join(', ')}` }).default('consent'),
  required: z.boolean().default(false),
  protected: z
    .boolean()
    .optional()
    .describe('Stored as ciphertext; the default for text that is not filterable.'),
  filterable: z.boolean().default(false),
  sensitive: z.boolean().default(false).describe('Data of Art. 9 GDPR or close to it: the notice says so.'),
})

export const listInput = z
  .strictObject({
    slug: z
      .string({ error: 'must be a text' })
      .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'must hold a-z, 0-9 and - only, at most 63 characters')
      .describe('Its name in addresses: a-z, 0-9 and -, at most 63 characters.'),
    name: line(120),
    description: z.union([z.literal(''), line(300)], 'must be one line of text').default(''),
    default_locale: localeSchema.optional().describe('The first of its languages, where it is left out.'),
    locales: z.array(localeSchema).min(1, 'must name a language').optional(),
    sender: z.strictObject({
      name: line(120),
      email: mailAddress,
      reply_to: mailAddress.nullable().default(null),
    }),
    controller: z.strictObject({
      name: line(200),
      address: paragraph(500).refine((text) => text !== '', 'must not be empty'),
      contact_email: mailAddress,
      dpo_email: mailAddress.nullable().default(null),
      authority: line(200).nullable().default(null),
      jurisdiction: z
        .string()
        .regex(/^[A-Z]{2}$/, 'must be a country code of two letters, or EU')
        .default('EU'),
    }),
    recipients: z
      .array(
        z.strictObject({
          name: line(200),
          role: line(120),
          country: line(60),
          safeguard: line(300).nullable().default(null),
        }),
      )
      .max(50, 'must have at most 50 entries')
      .default([]),
    purposes: z
      .array(purposeSchema)
      .max(20, 'must have at most 20 purposes')
      .default([])
      .describe('Beside `newsletter`, which every list has. `opens` and `clicks` bring their own texts.'),
    fields: z
      .array(fieldSchema)
      .max(50, 'must have at most 50 fields')
      .default([])
      .describe('What the form asks for. A field needs a purpose of this list.'),
    confirm: z
      .strictObject({
        mode: z.enum(['button', 'code'], { error: 'must be button or code' }).default('button'),
        ttl_hours: z
          .int('must be whole hours')
          .min(24, 'must be at least 24')
          .max(336, 'must be at most 336')
          .default(168),
      })
      .default({ mode: 'button', ttl_hours: 168 }),
    minimum_age: z
      .int('must be whole years')
      .min(0, 'must be at least 0')
      .max(21, 'must be at most 21')
      .default(16),
    minimum_grade: z
      .enum(['A', 'B', 'C', 'D'], { error: 'must be A, B, C or D' })
      .default('C')
      .describe('How well an imported consent must be proven to be mailed.'),
    ip_storage: z
      .enum(['none', 'truncated', 'full'], { error: 'must be none, truncated or full' })
      .default('none'),
    retention: z
      .strictObject({
        evidence_years: z.int().min(1, 'must be at least 1').max(10, 'must be at most 10').default(3),
        inactive_months: z.int().min(6, 'must be at least 6').max(120, 'must be at most 120').default(36),
        deliveries_months: z.int().min(1, 'must be at least 1').max(60, 'must be at most 60').default(13),
      })
      .default({ evidence_years: 3, inactive_months: 36, deliveries_months: 13 }),
    tracking: z
      .enum(['none', 'aggregate', 'individual'], { error: 'must be none, aggregate or individual' })
      .default('none'),
    brand: z
      .strictObject({
        color: z
          .string()
          .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #1a5f7a')
          .nullable()
          .default(null),
        logo: z.null({ error: 'must be null; logos are not available yet' }).default(null),
      })
      .default({ color: null, logo: null }),
  })
  .meta({ id: 'ListSettings' })

export type ListInput = z.input<typeof listInput>

/** Throws DomainError with a sentence for each fault. */
export function parseSettings(input: unknown): ListSettings {
  const parsed = listInput.safeParse(input, inWords)
  if (!parsed.success) throw refusal(faultsOf(parsed.error))
  const sent = parsed.data
  if (sent.tracking !== 'none') throw notAvailableYet('tracking', 'Measuring of opens and clicks')
  const offered = [...new Set(sent.locales ?? [sent.default_locale ?? 'en'])]
  const settings: ListSettings = {
    ...sent,
    default_locale: sent.default_locale ?? offered[0] ?? 'en',
    locales: offered,
    purposes: purposesOf(sent.purposes, offered),
    fields: sent.fields.map((field) => ({
      ...field,
      label: spread(field.label, offered),
      options: field.options.map(({ value, label }) => ({ value, label: spread(label, offered) })),
      protected: field.protected ?? (field.type === 'text' && !field.filterable),
    })),
  }
  const faults = faultsIn(settings, sent)
  if (faults.length > 0) throw refusal(faults)
  return settings
}

const refusal = (faults: readonly Fault[]): DomainError =>
  new DomainError('invalid', 'The list was not saved. Please fix its settings.', { faults })

/** The list's own purpose comes first; built-in purposes have built-in texts in each language. */
function purposesOf(
  sent: z.output<typeof listInput>['purposes'],
  offered: readonly Locale[],
): readonly Purpose[] {
  const own = sent.find((purpose) => purpose.key === ownPurpose) ?? { key: ownPurpose }
  return [own, ...sent.filter((purpose) => purpose.key !== ownPurpose)].map((purpose) => ({
    key: purpose.key,
    kind: purpose.kind ?? (purpose.key === 'opens' || purpose.key === 'clicks' ? 'measure' : 'mail'),
    title: { ...knownText(purpose.key, 'title', offered), ...spread(purpose.title ?? {}, offered) },
    text: { ...knownText(purpose.key, 'text', offered), ...spread(purpose.text ?? {}, offered) },
  }))
}

function knownText(purpose: string, part: 'title' | 'text', offered: readonly Locale[]): Localised {
  if (purpose !== 'newsletter' && purpose !== 'opens' && purpose !== 'clicks') return {}
  return Object.fromEntries(offered.map((locale) => [locale, messages(locale).purposes[purpose][part]]))
}

const spread = (text: string | Localised, offered: readonly Locale[]): Localised =>
  typeof text === 'string' ? Object.fromEntries(offered.map((locale) => [locale, text])) : text

function faultsIn(settings: ListSettings, sent: z.output<typeof listInput>): readonly Fault[] {
  const faults: Fault[] = []
  const addFault = (path: string, message: string): void => void faults.push({ path, message })
  if (!settings.locales.includes(settings.default_locale))
    addFault('default_locale', 'The default language must be one of the languages of the list.')
  for (const [at, purpose] of sent.purposes.entries()) {
    if (sent.purposes.findIndex((other) => other.key === purpose.key) !== at)
      addFault(`purposes.${at}.key`, `The purpose "${purpose.key}" is there twice.`)
    if (purpose.key === ownPurpose && purpose.kind !== undefined && purpose.kind !== 'mail')
      addFault(`purposes.${at}.kind`, 'The purpose "newsletter" is of kind mail.')
  }
  for (const purpose of settings.purposes) {
    const at = sent.purposes.findIndex((one) => one.key === purpose.key)
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
