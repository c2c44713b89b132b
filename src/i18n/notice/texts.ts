// pure · the type of a notice's texts: the keys that each language must fill. GDPR Art. 13, 21(4)

/** The items of a notice in reading order. */
export const noticeItemKeys = [
  'controller',
  'dpo',
  'purposes',
  'legitimate_interests',
  'obligation',
  'frequency',
  'recipients',
  'transfers',
  'storage',
  'tracking',
  'double_opt_in',
  'ip_storage',
  'ledger',
  'age',
  'withdrawal',
  'objection',
  'rights',
  'complaint',
  'automated',
  'further_use',
] as const
export type NoticeItemKey = (typeof noticeItemKeys)[number]

/** The law that a controller is under: GDPR, or the GDPR of the United Kingdom. */
export type Law = 'eu' | 'uk'

export interface BasisText {
  readonly words: string
  /** The article, added for controllers under the GDPR or the UK GDPR. `law` is its name in the language. */
  readonly article: (law: string) => string
}

export interface NoticeTexts {
  readonly quoted: (text: string) => string
  readonly titles: { readonly [key in NoticeItemKey]: string }
  readonly laws: { readonly [law in Law]: string }
  /** The first layer of the notice, above the submit button: the act of agreeing, then how to stop. */
  readonly short: (about: { controller: string; list: string }) => readonly string[]
  readonly shortAge: (years: number) => string
  readonly basis: {
    /** `explicit_consent`: of data of a special category. GDPR Art. 9(2)(a) */
    readonly [basis in
      | 'consent'
      | 'explicit_consent'
      | 'contract'
      | 'legal_obligation'
      | 'legitimate_interest']: BasisText
  }
  readonly controller: (about: { name: string; address: string; contact: string }) => readonly string[]
  /** Of a controller outside the Union. GDPR Art. 27 */
  readonly representative: (who: string) => string
  readonly dpo: (address: string) => string
  readonly noDpo: (contact: string) => string
  readonly address: (list: string) => string
  readonly purpose: (about: { title: string; text: string; basis: string }) => string
  readonly field: (about: { label: string; purpose: string; basis: string; optional: string }) => string
  readonly optional: string
  readonly required: string
  /** `law`: its name in the language; null where neither GDPR applies. */
  readonly sensitive: (law: string | null) => string
  /** Beside the control of such a field: answering is the explicit consent. */
  readonly sensitiveHint: (purpose: string, law: string | null) => string
  readonly operations: string
  readonly legitimateInterests: (basis: string) => string
  /** What rests on the legitimate interest in every deployment. */
  readonly interests: readonly string[]
  readonly legitimateFields: (labels: string) => string
  readonly obligation: (list: string) => string
  readonly obligationFields: (labels: string) => string
  readonly frequencyUnknown: string
  readonly noRecipients: (controller: string) => string
  readonly recipients: string
  /** `country`: null where nobody said. */
  readonly recipient: (about: { name: string; country: string | null; role: string }) => string
  /** What companies do that the deployment itself passes data to. */
  readonly roles: { readonly [role in 'hosting' | 'mail']: string }
  readonly safeguards: {
    readonly [safeguard in
      | 'adequacy'
      | 'standard_clauses'
      | 'binding_rules'
      | 'data_privacy_framework']: string
  }
  /** Where the operator has not said who hosts the deployment or takes its mail. */
  readonly recipientsUnknown: (contact: string) => string
  readonly noTransfers: { readonly [area in 'eea' | 'home']: string }
  readonly transfer: (about: { name: string; country: string; safeguard: string }) => string
  readonly transferUnsecured: (about: { name: string; country: string }) => string
  readonly transferCopy: (contact: string) => string
  readonly transfersUnknown: (contact: string) => string
  readonly storageKept: (contact: string) => string
  readonly storageProof: string
  readonly storageUnconfirmed: (hours: number) => string
  readonly storageLimits: (networkHours: number, addressDays: number) => string
  readonly storageSuppression: string
  readonly tracking: { readonly [mode in 'none' | 'aggregate']: string }
  readonly trackingIndividual: (purposes: string) => string
  /** Nothing is measured, although the list asks for consent to it. */
  readonly trackingLater: (purposes: string) => string
  readonly doubleOptIn: readonly string[]
  readonly ip: { readonly [mode in 'none' | 'truncated' | 'full']: string }
  readonly ledger: readonly string[]
  readonly age: (years: number) => string
  readonly noAge: string
  readonly withdrawal: (contact: string) => readonly string[]
  readonly objection: (contact: string) => readonly string[]
  readonly rights: (contact: string) => readonly string[]
  readonly complaint: (authority: string) => string
  readonly complaintUsual: string
  readonly complaintElsewhere: string
  readonly automated: string
  readonly furtherUse: string
}
