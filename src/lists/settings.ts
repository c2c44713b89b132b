// pure · the schema of list settings: requirements, defaults fit for the strictest law, refusals
import * as z from 'zod'
import { type Locale, type Localised, locales } from '../i18n/locale.ts'
import { messages } from '../i18n/messages.ts'
import { zoneName } from '../i18n/zones.ts'
import { DomainError, type Fault, notAvailableYet } from '../platform/errors.ts'
import { faultsOf, inWords, key, line, mailAddress, paragraph } from '../platform/form.ts'
import { faultsIn, kindOf } from './faults.ts'
import { fieldTypes, type ListSettings, legalBases, ownPurpose, type Purpose, purposeKinds } from './list.ts'

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
  sensitive: z
    .boolean()
    .default(false)
    .describe('Special category data (Art. 9 GDPR): form and notice ask for explicit consent.'),
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
    timezone: zoneName
      .nullable()
      .default(null)
      .describe(
        'Counts for people whose own zone is not known: campaigns at a local time, quiet hours. Null: that of the deployment (`GET /sending`).',
      ),
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
      representative: paragraph(500)
        .refine((text) => text !== '', 'must not be empty')
        .nullable()
        .default(null)
        .describe(
          'Name and contact of the representative in the Union, for a controller outside it. GDPR Art. 27',
        ),
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
      .describe(
        'Beside `newsletter`, which every list has. Purposes of kind `measure` (`opens`, `clicks`) ask for a consent that nothing uses yet; the notice says so.',
      ),
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
  const faults = faultsIn(settings, sent.purposes)
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
    kind: kindOf(purpose),
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
