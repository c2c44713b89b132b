// pure · list data pinned at launch, so that later changes of the list do not reach the mails
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
  /** Titles as agreed to; empty for campaigns launched by a version that did not pin them. */
  purposes: z
    .array(z.object({ key: z.string(), title: z.partialRecord(z.enum(locales), z.string().optional()) }))
    .readonly()
    .default([]),
  /** Of the dates in its mails. */
  zone: z.string().default('UTC'),
  fields: z.array(z.object({ key: z.string(), purpose: z.string(), protected: z.boolean() })).readonly(),
})

/** The list's data in mails. Consent and field access are checked per person when sending. */
export type PinnedList = z.output<typeof pinned>

/** Null before launch, and for campaigns launched by a version that pinned nothing. */
export const storedPin = pinned.nullable()

/** Drops the rest, such as the words of the notice. */
export const pinOf = (list: z.input<typeof pinned>): PinnedList => pinned.parse(list)
