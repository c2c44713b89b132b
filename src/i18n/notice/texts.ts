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

export interface BasisText {
  readonly words: string
  /** The GDPR article, added for controllers under the GDPR. */
  readonly gdpr: string
}

export interface NoticeTexts {
  readonly quoted: (text: string) => string
  readonly titles: { readonly [key in NoticeItemKey]: string }
  /** The first layer of the notice, above the submit button. */
  readonly short: (about: { controller: string; list: string }) => readonly string[]
  readonly shortAge: (years: number) => string
  readonly basis: {
    readonly [basis in 'consent' | 'contract' | 'legal_obligation' | 'legitimate_interest']: BasisText
  }
  readonly controller: (about: { name: string; address: string; contact: string }) => readonly string[]
  readonly dpo: (address: string) => string
  readonly noDpo: (contact: string) => string
  readonly address: (list: string) => string
  readonly purpose: (about: { title: string; text: string; basis: string }) => string
  readonly field: (about: { label: string; purpose: string; basis: string; optional: string }) => string
  readonly optional: string
  readonly required: string
  readonly sensitive: string
  readonly operations: string
  readonly legitimateInterests: (basis: string) => string
  readonly legitimateFields: (labels: string) => string
  readonly obligation: (list: string) => string
  readonly obligationFields: (labels: string) => string
  readonly frequencyUnknown: string
  readonly noRecipients: (controller: string) => string
  readonly recipients: string
  readonly recipient: (about: { name: string; country: string; role: string }) => string
  readonly noTransfers: { readonly [area in 'eea' | 'home']: string }
  readonly transfer: (about: { name: string; country: string; safeguard: string }) => string
  readonly transferUnsecured: (about: { name: string; country: string }) => string
  readonly transferCopy: (contact: string) => string
  readonly storageActive: (months: number) => string
  readonly storageUnconfirmed: (hours: number) => string
  readonly storageEvidence: (years: number) => string
  readonly storageDeliveries: (months: number) => string
  readonly storageLimits: string
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
  readonly objection: (contact: string) => string
  readonly rights: (contact: string) => readonly string[]
  readonly complaint: (authority: string) => string
  readonly complaintUsual: string
  readonly complaintElsewhere: string
  readonly automated: string
  readonly furtherUse: string
}
