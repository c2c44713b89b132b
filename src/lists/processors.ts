// pure · companies to which the deployment itself passes data, whatever the list: hosting and mail. GDPR Art. 13(1)(e)-(f), 28
import * as z from 'zod'
import { type Config, isLoopback } from '../platform/config.ts'
import { line } from '../platform/form.ts'
import { isLoopbackHost } from '../platform/mail-urls.ts'

export const safeguards = ['adequacy', 'standard_clauses', 'binding_rules', 'data_privacy_framework'] as const
export type Safeguard = (typeof safeguards)[number]

const company = z.strictObject({
  name: line(200),
  country: z
    .string({ error: 'must be a country code of two letters' })
    .regex(/^[A-Z]{2}$/, 'must be a country code of two letters, such as SE or US'),
  safeguard: z
    .enum(safeguards, { error: `must be one of ${safeguards.join(', ')}` })
    .nullable()
    .default(null)
    .describe('Why data may go there; needed for countries outside the controller’s area.'),
})

const whose = z.union([z.literal('own'), company], 'must be own, or an object with name and country')

/** What the operator of a deployment answers once for all its lists. */
export const processorAnswers = z.strictObject({
  hosting: whose.describe('Who runs the machine and the database: `own`, or a company.'),
  mail_server: whose
    .nullable()
    .default(null)
    .describe('With MAIL=smtp, who runs that server: `own`, or a company.'),
})
export type ProcessorAnswers = z.output<typeof processorAnswers>

export interface Processor {
  readonly role: 'hosting' | 'mail'
  readonly name: string
  /** Null where nobody said. */
  readonly country: string | null
  readonly safeguard: Safeguard | null
}

export interface Processors {
  readonly known: readonly Processor[]
  /** What nobody answered; no sentence may claim that the known ones are all. */
  readonly unanswered: readonly Processor['role'][]
}

/** Resend, Inc. processes in the United States under the standard contractual clauses of its data processing agreement. */
const resend: Processor = { role: 'mail', name: 'Resend', country: 'US', safeguard: 'standard_clauses' }

type Sending = Pick<Config, 'mail' | 'smtp' | 'publicUrl'>

/** `answer`: null where nobody answered. */
export function processorsOf(config: Sending, answer: ProcessorAnswers | null): Processors {
  const mail = mailProcessors(config, answer?.mail_server ?? null)
  if (answer === null) return { known: mail.known, unanswered: ['hosting', ...mail.unanswered] }
  return { known: [...named('hosting', answer.hosting), ...mail.known], unanswered: mail.unanswered }
}

function mailProcessors({ mail, smtp }: Sending, answer: ProcessorAnswers['mail_server']): Processors {
  switch (mail) {
    case 'mailbox':
      return { known: [], unanswered: [] }
    case 'resend':
      return { known: [resend], unanswered: [] }
    case 'smtp': {
      if (answer !== null) return { known: named('mail', answer), unanswered: [] }
      const host = smtp?.host ?? ''
      if (isLoopbackHost(host)) return { known: [], unanswered: [] }
      return { known: [{ role: 'mail', name: host, country: null, safeguard: null }], unanswered: ['mail'] }
    }
  }
}

const named = (role: Processor['role'], whose: ProcessorAnswers['hosting']): readonly Processor[] =>
  whose === 'own' ? [] : [{ role, ...whose }]

/** Whether a notice cannot name everyone. Never on loopback, which nobody else can reach: there it may be tried out. */
export const isAnyUnknown = (config: Sending, answer: ProcessorAnswers | null): boolean =>
  !isLoopback(config.publicUrl) && processorsOf(config, answer).unanswered.length > 0
