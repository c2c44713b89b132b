// pure · the schema of a notice: everything a person is shown before agreeing, in one language. GDPR Art. 13
import * as z from 'zod'
import { locales } from '../i18n/locale.ts'
import { noticeItemKeys } from '../i18n/notice/texts.ts'
import { fieldTypes, legalBases, purposeKinds } from '../lists/list.ts'

/** The steps of a sign-up: form, mail, confirmation. Changed steps need a new version. */
export const workflow = 'doi/1'

const option = z.strictObject({ value: z.string(), label: z.string() })

const item = z.strictObject({
  /** The GDPR paragraph that requires the item; null for additional items. */
  article: z.string().nullable(),
  title: z.string(),
  /** Paragraphs, followed by `points`. */
  text: z.array(z.string()),
  points: z.array(z.string()),
})

const control = z.strictObject({
  name: z.string(),
  type: z.enum(['email', 'text', 'number', 'date', 'select', 'checkbox']),
  /** The value a ticked checkbox posts; null for other types. */
  value: z.string().nullable(),
  label: z.string(),
  /** Small text beside the label. */
  mark: z.string().nullable(),
  hint: z.string().nullable(),
  required: z.boolean(),
  /** Always empty: a pre-ticked box is no consent. CJEU C-673/17 */
  default: z.union([z.literal(''), z.literal(false)]),
  options: z.array(option),
})
export type NoticeControl = z.infer<typeof control>

const form = z.strictObject({
  heading: z.string(),
  promise: z.string(),
  controls: z.array(control),
  short_notice: z.array(z.string()),
  details: z.string(),
  submit: z.string(),
  /** The rendered form, without parts that change per visit. */
  html: z.string(),
})

const party = z.strictObject({
  name: z.string(),
  address: z.string(),
  contact_email: z.string(),
  dpo_email: z.string().nullable(),
  jurisdiction: z.string(),
})

const recipient = z.strictObject({
  name: z.string(),
  role: z.string(),
  country: z.string(),
  safeguard: z.string().nullable(),
})

/** Stored notices are never rewritten: another shape needs an additional version. */
const first = z.strictObject({
  v: z.literal(1),
  workflow: z.string(),
  lang: z.enum(locales),
  list: z.strictObject({ id: z.string(), name: z.string(), description: z.string() }),
  controller: party,
  authority: z.string(),
  purposes: z.array(
    z.strictObject({
      key: z.string(),
      kind: z.enum(purposeKinds),
      title: z.string(),
      text: z.string(),
      legal_basis: z.enum(legalBases),
      optional: z.boolean(),
    }),
  ),
  fields: z.array(
    z.strictObject({
      key: z.string(),
      type: z.enum(fieldTypes),
      label: z.string(),
      purpose: z.string(),
      legal_basis: z.enum(legalBases),
      optional: z.boolean(),
      sensitive: z.boolean(),
      options: z.array(option),
    }),
  ),
  items: z.record(z.enum(noticeItemKeys), item),
  recipients: z.array(recipient),
  retention: z.strictObject({
    evidence_years: z.int(),
    inactive_months: z.int(),
    deliveries_months: z.int(),
    confirmation_hours: z.int(),
  }),
  rights: z.array(z.string()),
  withdrawal: z.array(z.string()),
  tracking: z.enum(['none', 'aggregate', 'individual']),
  ip_storage: z.enum(['none', 'truncated', 'full']),
  minimum_age: z.int(),
  confirm: z.enum(['button', 'code']),
  form,
})

/** The representative, recipients of the deployment, and those times alone that a job keeps to. */
const second = first.extend({
  v: z.literal(2),
  controller: party.extend({ representative: z.string().nullable() }),
  recipients: z.array(recipient.extend({ country: z.string().nullable() })),
  /** Recipients that the notice cannot name, because nobody said. */
  recipients_unknown: z.array(z.enum(['hosting', 'mail'])),
  retention: z.strictObject({
    confirmation_hours: z.int(),
    network_hash_hours: z.int(),
    address_hash_days: z.int(),
  }),
})

export const noticeSchema = z.discriminatedUnion('v', [first, second])
export type NoticeBundle = z.infer<typeof second>
export type NoticeItems = NoticeBundle['items']

/** A notice without its rendered form. */
export type NoticeContent = Omit<NoticeBundle, 'form'> & { form: Omit<NoticeBundle['form'], 'html'> }

/** A stored notice, of any version. */
export type StoredNotice = z.infer<typeof noticeSchema>

/** What forms and pages read of a notice, of any version. */
export type ShownNotice = Pick<NoticeContent, 'lang' | 'list' | 'items' | 'form'>

/** Validates a stored notice. Throws a ZodError if it is none. */
export const readNotice = (bundle: unknown): StoredNotice => noticeSchema.parse(bundle)

/** Validates a notice of today. Throws a ZodError if it is none. */
export const newNotice = (bundle: unknown): NoticeBundle => second.parse(bundle)
