// adapter · validation of mails by the provider
import * as z from 'zod'
import { invalidField, missingField, type Refusal } from './answers.ts'

/** ASCII only: Resend does not offer SMTPUTF8, and international domains travel as A-labels. */
const bare = "[\\w.!#$%&'*+/=?^`{|}~-]+@(?:[A-Za-z0-9-]+\\.)+[A-Za-z0-9-]+"
const address = z.string().regex(new RegExp(`^(?:${bare}|[^<>\\r\\n]*<${bare}>)$`))
const addresses = (most: number) =>
  z.union([address.transform((one) => [one]), z.array(address).min(1).max(most)])

const oneLine = z.string().regex(/^[^\r\n]*$/)
const tagWord = z.string().regex(/^[A-Za-z0-9_-]{1,256}$/)

/** Resend also has attachments, scheduling and stored templates; Assent sends none of these. */
const mailShape = z.strictObject({
  from: address,
  to: addresses(50),
  cc: addresses(50).optional(),
  bcc: addresses(50).optional(),
  reply_to: addresses(50).optional(),
  subject: oneLine.min(1),
  html: z.string().optional(),
  text: z.string().optional(),
  headers: z.record(z.string().regex(/^[!-9;-~]+$/), oneLine).default({}),
  tags: z.array(z.strictObject({ name: tagWord, value: tagWord })).default([]),
})

export type Mail = z.output<typeof mailShape>

export type Checked =
  | { readonly ok: true; readonly mail: Mail }
  | { readonly ok: false; readonly refusal: Refusal }

/**
 * Refuses mail to a `blocked` domain, as Resend refuses example.com.
 * @see https://resend.com/docs/api-reference/emails/send-email
 * @see https://resend.com/docs/knowledge-base/what-email-addresses-to-use-for-testing
 */
export function checkMail(value: unknown, blocked: readonly string[]): Checked {
  const parsed = mailShape.safeParse(value)
  if (!parsed.success) return { ok: false, refusal: refusalOf(value, parsed.error.issues[0]) }
  const { html, text, to } = parsed.data
  if (!html && !text) return { ok: false, refusal: missingField('html` or `text') }
  if (to.some((one) => blocked.includes(domainOf(one))))
    return { ok: false, refusal: invalidField('to', testing) }
  return { ok: true, mail: parsed.data }
}

const testing = 'Please use our testing email address instead of domains like `example.com`.'

const details: Readonly<Record<string, string>> = {
  headers: 'Header names must be tokens and header values strings without line breaks.',
  tags: 'Tags should only contain ASCII letters, numbers, underscores, or dashes.',
  subject: 'The subject must be a string without line breaks.',
  html: 'It must be a string.',
  text: 'It must be a string.',
}

function refusalOf(value: unknown, issue: z.core.$ZodIssue | undefined): Refusal {
  if (issue?.code === 'unrecognized_keys' && issue.path.length === 0)
    return invalidField(issue.keys.join('`, `'), 'It is not known here.')
  const field = String(issue?.path[0] ?? 'body')
  const given =
    typeof value === 'object' && value !== null && Object.entries(value).find(([key]) => key === field)
  if (field !== 'body' && (!given || given[1] === '')) return missingField(field)
  const format =
    'The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.'
  return invalidField(field, field === 'body' ? 'Each email must be an object.' : (details[field] ?? format))
}

/** In lower case, of `Name <address>` or `address`. */
export const bareAddress = (given: string): string => (/<([^<>]*)>$/.exec(given)?.[1] ?? given).toLowerCase()

export const domainOf = (given: string): string => bareAddress(given).split('@')[1] ?? ''
