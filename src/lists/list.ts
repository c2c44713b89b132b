// pure · a list: sender, controller, purposes, fields, settings. GDPR Art. 13
import type { Locale, Localised } from '../i18n/locale.ts'

export const purposeKinds = ['mail', 'measure', 'data'] as const
export type PurposeKind = (typeof purposeKinds)[number]

/** The purposes that the product measures for today: none. A list may ask for them already; its notice says that nothing is measured. */
export const measured: readonly string[] = []

/** Why a list under this law is not published and no campaign is sent to it; null where it may be. */
export const whyUnlawful = (jurisdiction: string): string | null =>
  jurisdiction === 'RU'
    ? 'Russian law (152-FZ, 38-FZ) asks for what Assent does not do: separate consents to the processing and to advertising, a published policy, answers within ten working days, and a database in Russia. Choose another country only if the controller is established there.'
    : null

/** The list's own purpose: the mail that a sign-up is about. */
export const ownPurpose = 'newsletter'

export interface Purpose {
  readonly key: string
  /** mail: something is sent; measure: behaviour is counted; data: a field is used. */
  readonly kind: PurposeKind
  readonly title: Localised
  readonly text: Localised
}

export const fieldTypes = ['text', 'number', 'boolean', 'date', 'choice'] as const
export type FieldType = (typeof fieldTypes)[number]

export const legalBases = ['consent', 'contract', 'legal_obligation', 'legitimate_interest'] as const
export type LegalBasis = (typeof legalBases)[number]

export interface Field {
  readonly key: string
  readonly type: FieldType
  readonly label: Localised
  /** The accepted values; of a choice only. */
  readonly options: readonly { readonly value: string; readonly label: Localised }[]
  /** Without a grant of this purpose the field is not used. */
  readonly purpose: string
  readonly legal_basis: LegalBasis
  readonly required: boolean
  /** Stored as ciphertext; filters can ask only whether a value `exists`. */
  readonly protected: boolean
  readonly filterable: boolean
  /** Data of a special category, which needs explicit consent. Art. 9(2)(a) */
  readonly sensitive: boolean
}

/** The form of a field's stored values. Other lists may give the same key another meaning: values belong to one list. */
export interface RegisteredField {
  readonly key: string
  readonly type: FieldType
  readonly protected: boolean
  readonly options: readonly { readonly value: string }[]
}

export interface Sender {
  readonly name: string
  readonly email: string
  readonly reply_to: string | null
}

export interface Controller {
  readonly name: string
  /** The postal address, one or more lines. */
  readonly address: string
  readonly contact_email: string
  readonly dpo_email: string | null
  /** Name and contact of the representative in the Union, for a controller outside it. Art. 27 */
  readonly representative: string | null
  /** The supervisory authority; null: the usual one of the jurisdiction. */
  readonly authority: string | null
  /** ISO 3166-1 alpha-2, or EU. */
  readonly jurisdiction: string
}

/** A further recipient of the data, such as hosting or a mail relay. Art. 13(1)(e)-(f). */
export interface DataRecipient {
  readonly name: string
  readonly role: string
  readonly country: string
  readonly safeguard: string | null
}

export interface Retention {
  /** Years the evidence is kept after consent ended, to the end of that calendar year. */
  readonly evidence_years: number
  /** Months without any act of the person after which a subscription ends. */
  readonly inactive_months: number
  /** Months for which records of single deliveries are kept. */
  readonly deliveries_months: number
}

export interface ListSettings {
  readonly slug: string
  readonly name: string
  /** One line for readers: what is sent, and how often. */
  readonly description: string
  readonly default_locale: Locale
  readonly locales: readonly Locale[]
  /** For people whose own zone is unknown; null: the deployment's. */
  readonly timezone: string | null
  readonly sender: Sender
  readonly controller: Controller
  readonly recipients: readonly DataRecipient[]
  readonly purposes: readonly Purpose[]
  readonly fields: readonly Field[]
  readonly confirm: { readonly mode: 'button' | 'code'; readonly ttl_hours: number }
  readonly minimum_age: number
  readonly minimum_grade: 'A' | 'B' | 'C' | 'D'
  readonly ip_storage: 'none' | 'truncated' | 'full'
  readonly retention: Retention
  readonly tracking: 'none' | 'aggregate' | 'individual'
  readonly brand: { readonly color: string | null; readonly logo: string | null }
}

/** A stored list: settings, identifiers, and the notice in force per language (base64url of its hash). */
export interface List extends ListSettings {
  /** The internal number; never shown. */
  readonly number: number
  readonly id: string
  readonly notices: { readonly [locale in Locale]?: string | undefined }
  readonly version: number
  readonly createdAt: Date
  readonly archivedAt: Date | null
}

export const mailPurposes = (list: Pick<ListSettings, 'purposes'>): readonly string[] =>
  list.purposes.filter((purpose) => purpose.kind === 'mail').map((purpose) => purpose.key)

/** Whether the form of a list takes sign-ups. */
export const isOpen = (list: Pick<List, 'archivedAt' | 'controller'>): boolean =>
  list.archivedAt === null && whyUnlawful(list.controller.jurisdiction) === null

/** Purposes beside the list's own; each gets one box, empty. */
export const optionalPurposes = (list: Pick<ListSettings, 'purposes'>): readonly Purpose[] =>
  list.purposes.filter((purpose) => purpose.key !== ownPurpose)
