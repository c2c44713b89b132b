// pure · the body of a sign-up request as it is sealed: everything the form sent, until processing
import * as z from 'zod'
import { locales } from '../i18n/locale.ts'

const schema = z.object({
  v: z.literal(1),
  email: z.string(),
  /** Per list: the purposes asked for, and the notice that was shown. */
  lists: z.array(z.object({ id: z.string(), purposes: z.array(z.string()), notice: z.string() })).min(1),
  /** Of the first list, whose form was used. */
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  locale: z.enum(locales),
  /** The page of the form, without its query; null where unknown. */
  page: z.string().nullable(),
  method: z.enum(['form', 'json', 'api']),
  source: z.string().nullable(),
  controls: z.array(z.object({ name: z.string(), ticked: z.boolean() })),
  ip: z.string().nullable(),
  userAgent: z.string(),
  /** Milliseconds between the page and the post; null without a stamp. */
  dwell: z.number().nullable(),
  actor: z.string(),
})

export type SignupBody = z.infer<typeof schema>

export const signupBodyText = (body: SignupBody): string => JSON.stringify(body)

export const readSignupBody = (text: string): SignupBody => schema.parse(JSON.parse(text))
