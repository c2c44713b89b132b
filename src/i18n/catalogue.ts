// pure · the type of a message catalogue: the keys that each language must fill
import type { NoticeTexts } from './notice/texts.ts'

/** The faults of a form. */
export const formErrorCodes = [
  'address_missing',
  'address_invalid',
  'address_too_long',
  'address_control',
  'address_dots',
  'address_role',
  'address_quoted',
  'address_domain',
  'address_smtputf8',
  'field_required',
  'number_invalid',
  'date_invalid',
  'choice_invalid',
  'text_too_long',
  'field_unknown',
  'purpose_unknown',
  'list_unknown',
  'locale_unknown',
  'network_limit',
  'line_full',
  'too_large',
  'malformed',
  'encoding',
  'code_missing',
  'code_wrong',
  'code_used_up',
  'page_expired',
] as const
export type FormErrorCode = (typeof formErrorCodes)[number]

/** The variables of a fault: the field's label, the allowed maximum or remainder. */
export interface ErrorSubject {
  readonly label: string
  readonly limit: number
}

export type FormErrorTexts = { readonly [code in FormErrorCode]: (about: ErrorSubject) => string }

export const pageErrorStatuses = [400, 404, 405, 413, 415, 422, 429, 500, 503] as const
export type PageErrorStatus = (typeof pageErrorStatuses)[number]

interface Titled {
  readonly title: string
  readonly text: string
}

export interface Catalogue {
  /** The language's own name for itself. */
  readonly language: string
  readonly page: {
    readonly languages: string
    readonly privacy: string
    readonly skip: string
    readonly optional: string
    readonly choose: string
    readonly errorMark: string
    readonly whatToMend: string
    readonly openAgain: string
    readonly start: string
    readonly reference: (id: string) => string
    /** Where no mail provider is set up. */
    readonly trial: string
    readonly mailbox: string
  }
  readonly signup: {
    readonly title: (list: string) => string
    readonly email: string
    readonly submit: string
    readonly details: string
    readonly also: string
    readonly alsoHint: string
    readonly honeypot: string
    readonly didYouMean: (address: string) => string
    readonly notFound: Titled
  }
  readonly sent: Titled & {
    readonly from: (sender: string) => string
    /** A member gets another mail, and the page must not tell who is one. */
    readonly subject: string
    readonly otherwise: string
    readonly spam: string
    readonly wait: string
    /** When a repeated form sends a further message, in minutes after the first. */
    readonly repeat: (after: { second: number; third: number }) => string
    readonly spelling: string
    readonly slip: (typed: string, meant: string) => string
    readonly again: string
  }
  readonly confirm: {
    readonly title: string
    readonly heading: (list: string) => string
    readonly headingOfMany: string
    readonly asked: (controller: string, when: string) => string
    readonly agree: string
    /** Where optional purposes are among what is agreed to. */
    readonly untick: string
    readonly notice: string
    readonly withdraw: string
    readonly until: (when: string) => string
    readonly yes: (list: string) => string
    readonly yesToMany: string
    readonly codeLabel: string
    readonly codeHint: string
    readonly notMe: string
    readonly notMeText: string
    readonly block: string
    /** `host`: where the forms are for which the block holds, whoever's newsletters they are for. */
    readonly blockHint: (host: string) => string
    readonly refuse: string
  }
  readonly confirmed: {
    readonly title: string
    readonly heading: string
    /** `names`: those of the lists, quoted where the language quotes them. */
    readonly text: (names: string, count: number) => string
    readonly next: string
    readonly from: (sender: string) => string
    readonly leave: string
    readonly choices: string
    readonly proof: string
    readonly proofText: string
  }
  readonly already: {
    readonly title: string
    readonly text: (names: string, count: number) => string
    readonly rest: string
  }
  readonly refused: Titled & {
    readonly blocked: (host: string) => string
    readonly unblock: (contact: string) => string
  }
  readonly expired: {
    readonly title: string
    readonly text: (when: string) => string
    readonly again: string
  }
  readonly replaced: Titled
  readonly left: Titled
  readonly unknownLink: Titled & { readonly rest: string }
  readonly signUpAgain: (list: string) => string
  readonly unsubscribe: {
    readonly title: (list: string) => string
    readonly text: string
    readonly button: string
    readonly done: string
    readonly doneText: (list: string) => string
    readonly underway: string
    readonly mistake: string
    readonly nothing: string
    readonly nothingText: (list: string) => string
  }
  readonly preferences: {
    readonly title: (list: string) => string
    readonly text: string
    readonly private: string
    readonly legend: string
    /** Said of the one purpose of kind mail that is in force. */
    readonly onlyMail: string
    /** Said where several are. */
    readonly noMail: string
    /** Follows either, where other purposes are in force too. */
    readonly restEnds: string
    readonly submit: string
    readonly none: (list: string) => string
    readonly saved: string
    readonly unchanged: string
    readonly ended: string
    readonly kept: string
    readonly allEnded: (list: string) => string
    readonly back: string
  }
  readonly noticePage: {
    readonly title: (list: string) => string
    readonly intro: (language: string) => string
    readonly fingerprint: string
    readonly text: string
    readonly form: string
    readonly formHint: string
  }
  readonly errors: { readonly [status in PageErrorStatus]: Titled }
  readonly formErrors: FormErrorTexts
  readonly mail: {
    readonly contact: (contact: string) => string
    /** The office has another name where the GDPR does not apply. */
    readonly dpo: (about: { address: string; law: 'gdpr' | 'other' }) => string
    readonly confirmation: {
      readonly subject: (list: string) => string
      readonly subjectOfMany: (controller: string) => string
      readonly heading: (list: string) => string
      readonly headingOfMany: string
      readonly asked: (controller: string, when: string) => string
      readonly confirm: string
      readonly button: string
      readonly code: string
      readonly codeHint: string
      readonly expires: (when: string) => string
      readonly notYou: string
      readonly refuse: string
      readonly notice: (list: string) => string
      readonly fallback: string
    }
    readonly already: {
      readonly subject: (list: string) => string
      readonly heading: string
      readonly text: (list: string, when: string) => string
      readonly rest: string
      readonly button: string
      readonly leave: string
    }
  }
  /** The footer of a campaign. */
  readonly footer: {
    readonly why: (list: string, date: string) => string
    readonly whyUndated: (list: string) => string
    /** For a campaign of an optional purpose, by its title. */
    readonly whyPurpose: (purpose: string, list: string, date: string) => string
    readonly whyPurposeUndated: (purpose: string, list: string) => string
    /** The sender's electronic address. Directive 2002/58 Art. 13(4) */
    readonly contact: (address: string) => string
    readonly leave: string
    readonly preferences: string
  }
  /** The prefix of a test mail's subject; equal in all languages, so that mail filters can match it. */
  readonly testMark: '[Test]'
  /** Built-in texts of purposes. */
  readonly purposes: { readonly [purpose in 'newsletter' | 'opens' | 'clicks']: Titled }
  readonly notice: NoticeTexts
}
