// web · schemas of the API's answers, declared once for types, tests and documentation; not used at run time
import * as z from 'zod'
import { subscriptionStates } from '../consent/ledger.ts'
import { locales } from '../i18n/locale.ts'
import { fieldTypes, legalBases, purposeKinds } from '../lists/list.ts'
import { listInput } from '../lists/settings.ts'
import { errorCodes } from '../platform/errors.ts'
import { grades } from '../segments/condition.ts'
import { suppressionReasons } from '../suppression/find.ts'

/** The value that a handler returns for a schema, read-only all the way down. */
export type Shown<Schema extends z.ZodType> = Frozen<z.output<Schema>>

type Frozen<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer One)[]
      ? readonly Frozen<One>[]
      : { readonly [Key in keyof T]: Frozen<T[Key]> | (object extends Pick<T, Key> ? undefined : never) }

export const id = z.uuid()
export const text = z.string()
export const moment = z.iso.datetime().describe('RFC 3339, in UTC.')
const locale = z.enum(locales)
const perLocale = z.partialRecord(locale, text).describe('One text per language.')

/** A page of a collection. The next page begins at the cursor, which is null on the last page. */
export const pageShape = <One extends z.ZodType>(one: One) =>
  z.strictObject({
    data: z.array(one),
    next_cursor: text.nullable().describe('`?cursor=` of the next page; null on the last.'),
  })

export const problemShape = z
  .strictObject({
    type: text.describe('Always `about:blank`: `code` says more.'),
    title: text.describe('A sentence that says what is wrong and how to mend it.'),
    status: z.int(),
    code: z.enum([...errorCodes, 'internal']),
    errors: z
      .array(
        z.strictObject({ path: text.describe('Such as `fields.0.key`; empty: the whole.'), message: text }),
      )
      .describe('Each place that is wrong.'),
  })
  .meta({ id: 'Problem', description: 'Why not, as problem details. RFC 9457.' })

const { slug, name, sender, controller, recipients, confirm, minimum_age, minimum_grade } = listInput.shape
const { ip_storage, retention, tracking } = listInput.shape

export const listShape = z
  .strictObject({
    id,
    slug,
    name,
    description: text,
    default_locale: locale,
    locales: z.array(locale),
    timezone: text.nullable(),
    sender,
    controller: controller.extend({ address: text.describe('The postal address, one or more lines.') }),
    recipients,
    purposes: z.array(
      z.strictObject({ key: text, kind: z.enum(purposeKinds), title: perLocale, text: perLocale }),
    ),
    fields: z.array(
      z.strictObject({
        key: text,
        type: z.enum(fieldTypes),
        label: perLocale,
        options: z.array(z.strictObject({ value: text, label: perLocale })),
        purpose: text,
        legal_basis: z.enum(legalBases),
        required: z.boolean(),
        protected: z.boolean(),
        filterable: z.boolean(),
        sensitive: z.boolean(),
      }),
    ),
    confirm,
    minimum_age,
    minimum_grade,
    ip_storage,
    retention,
    tracking,
    brand: z.strictObject({ color: text.nullable(), logo: text.nullable() }),
    notices: perLocale.describe('The notice in force per language, by its hash: it opens at `/n/{hash}`.'),
    created_at: moment,
    archived_at: moment.nullable(),
  })
  .meta({ id: 'List' })

export const acceptedShape = z
  .strictObject({ status: z.literal('check_your_inbox') })
  .describe('The same for everyone: it tells nothing about the address.')

export const subscriberShape = z
  .strictObject({
    id,
    email: text.nullable().describe('Null where it cannot be opened any more.'),
    locale: text,
    timezone: text.nullable().describe('IANA name; null where nobody said.'),
    subscriptions: z.array(
      z.strictObject({
        list: id,
        fields: z
          .record(text, z.union([text, z.number(), z.boolean(), z.null()]))
          .describe('By key: the values given to this list. Another list with the same key has its own.'),
        tags: z.array(text).describe('Given by this list.'),
        state: z.enum(subscriptionStates),
        purposes: z.array(text).describe('Granted and not ended since.'),
        confirmed_at: moment.nullable(),
        withdrawn_at: moment.nullable(),
        grade: z.enum(grades).nullable().describe('How well the consent is proven; A is best.'),
      }),
    ),
  })
  .meta({ id: 'Subscriber' })

const hash = text.describe('SHA-256, base64url.')

export const consentShape = z
  .strictObject({
    eid: id,
    type: text.describe('Such as `consent.confirmed`.'),
    t: text.describe('When, as it stands in the leaf.'),
    list: id.nullable(),
    seq: z.int().describe('Its place in the chain of this person and list.'),
    purposes: z.array(text),
    notice: hash.nullable().describe('The words as they were shown: they open at `/n/{hash}`.'),
    grade: text.nullable(),
    actor: z.unknown().describe('Such as `subject` or `key 0193…`; null where the evidence is gone.'),
    leaf_hash: hash,
    log_index: z.null().describe('The public log is not available yet.'),
  })
  .meta({ id: 'Consent', description: 'One act in the ledger.' })

export const evidenceShape = z
  .strictObject({
    eid: id,
    payload: z.unknown().describe('Null where the evidence was destroyed: the leaf stands without it.'),
  })
  .meta({ id: 'Evidence' })

export const segmentShape = z
  .strictObject({
    id,
    name: text,
    list: id,
    filter: z.unknown().describe('As it was saved.'),
    created_at: moment,
    updated_at: moment,
  })
  .meta({ id: 'Segment' })

export const countShape = z.strictObject({ count: z.int().describe('People who can be reached now.') })

export const suppressionShape = z
  .strictObject({
    id,
    scope: text.describe('`all`, `confirmations` or `list:<id>`.'),
    reason: z.enum(suppressionReasons),
    since: moment,
  })
  .meta({ id: 'Suppression', description: 'An address that is not mailed. The address is in none of it.' })

export const actShape = z
  .strictObject({
    id,
    at: moment,
    actor: z.strictObject({
      kind: text.describe('operator, key, system; stranger of refusals.'),
      id: text.nullable(),
    }),
    verb: text.describe('Such as `campaign.launch`.'),
    subject: z.strictObject({ kind: text, id: text }),
    details: z.unknown().describe('Ids, counts and reasons; never an address.'),
  })
  .meta({ id: 'Act', description: 'Who did what, when.' })
