// pure · a sign-up request as it is sealed: all that a form said, until somebody decides what it means
import * as z from 'zod'
import { locales } from '../i18n/locale.ts'

const schema = z.object({
  v: z.literal(1),
  email: z.string(),
  /** What is asked for, list by list, and the notice that was shown for it. */
  lists: z.array(z.object({ id: z.string(), purposes: z.array(z.string()), notice: z.string() })).min(1),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  locale: z.enum(locales),
  /** The page it came from, without its query; null where unknown. */
  page: z.string().nullable(),
  method: z.enum(['form', 'json', 'api']),
  source: z.string().nullable(),
  controls: z.array(z.object({ name: z.string(), ticked: z.boolean() })),
  ip: z.string().nullable(),
  userAgent: z.string(),
  /** Milliseconds between the page and the post; null without a stamp. */
  dwell: z.number().nullable(),
  bot: z.boolean(),
  actor: z.string(),
})

export type SignupBody = z.infer<typeof schema>

export const signupBodyText = (body: SignupBody): string => JSON.stringify(body)

export const readSignupBody = (text: string): SignupBody => schema.parse(JSON.parse(text))
