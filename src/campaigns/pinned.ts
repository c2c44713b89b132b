// pure · what a campaign takes from its list when it is launched: what people get is what was launched
import * as z from 'zod'
import { locales } from '../i18n/locale.ts'

const pinned = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  default_locale: z.enum(locales),
  locales: z.array(z.enum(locales)).readonly(),
  sender: z.object({ name: z.string(), email: z.string(), reply_to: z.string().nullable() }),
  controller: z.object({ name: z.string(), address: z.string(), contact_email: z.string() }),
  fields: z.array(z.object({ key: z.string(), purpose: z.string(), protected: z.boolean() })).readonly(),
})

/** All of a list that stands in a mail. Who may have the mail, and see which field, is asked of the person each time. */
export type PinnedList = z.output<typeof pinned>

/** Null for a campaign that was not launched, or launched by a version that pinned nothing. */
export const storedPin = pinned.nullable()

/** Its own columns only: what else a list is, such as the words of its notice, is none of the mail's. */
export const pinOf = (list: PinnedList): PinnedList => pinned.parse(list)
