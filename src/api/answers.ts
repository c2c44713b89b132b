// web · the shape of all that the API answers, declared once: types, tests and documentation read it, nothing at run time
import * as z from 'zod'
import { campaignStates, storedContent } from '../campaigns/campaign.ts'
import { subscriptionStates } from '../consent/ledger.ts'
import { outcomes } from '../delivery/outcomes.ts'
import { checkGroups, verdicts } from '../delivery/preflight/check.ts'
import { waitReasons } from '../delivery/waits.ts'
import { locales } from '../i18n/locale.ts'
import { fieldTypes, legalBases, purposeKinds } from '../lists/list.ts'
import { listInput } from '../lists/settings.ts'
import { errorCodes } from '../platform/errors.ts'
import { grades } from '../segments/condition.ts'
import { suppressionReasons } from '../suppression/find.ts'

/** What a handler hands over for a schema: its values, and nothing may change them on the way. */
export type Shown<Schema extends z.ZodType> = Frozen<z.output<Schema>>

type Frozen<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer One)[]
      ? readonly Frozen<One>[]
      : { readonly [Key in keyof T]: Frozen<T[Key]> | (object extends Pick<T, Key> ? undefined : never) }

const id = z.uuid()
const text = z.string()
const moment = z.iso.datetime().describe('RFC 3339, in UTC.')
const locale = z.enum(locales)
const perLocale = z.partialRecord(locale, text).describe('One text per language.')

/** A page of a collection: the next begins at the cursor, which is null on the last. */
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
    fields: z.record(text, z.union([text, z.number(), z.boolean(), z.null()])),
    tags: z.array(text),
    subscriptions: z.array(
      z.strictObject({
        list: id,
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

const count = z.int().min(0)

export const campaignShape = z
  .strictObject({
    id,
    list: id,
    segment: id.nullable(),
    purpose: text,
    subject: text,
    preheader: text,
    content: storedContent,
    tracking: text,
    state: z.enum(campaignStates),
    problem: text.nullable().describe('Why it stands still, where it does.'),
    totals: z
      .strictObject({
        recipients: count,
        sent: count,
        skipped: count,
        rejected: count,
        unknown: count,
        delivered: count.describe('Arrived and did not come back, as far as the provider told.'),
        delayed: count.describe('Put off at least once, whatever came after.'),
        bounced: count,
        complained: count,
        failed: count.describe('Taken by the provider, and never sent.'),
        suppressed: count.describe('Held back by a list of the provider’s own.'),
        withdrawn: count,
      })
      .describe(
        'Every recipient ends as sent, skipped, rejected or unknown. What the provider tells beside that needs its webhook: without it these are 0. Of a campaign to more than 50,000 people what is told afterwards may be up to 15 seconds old.',
      ),
    progress: z
      .strictObject({
        handled: count.describe('Whose end is known.'),
        recipients: count.describe('So far, while it is freezing.'),
        frozen_share: z
          .number()
          .min(0)
          .max(1)
          .nullable()
          .describe('How much of the list was looked at, about; null once the audience is written down.'),
        rate_per_second: z
          .number()
          .nullable()
          .describe('People a second in the last minute; null where too few went out to tell.'),
        expected_end: moment.nullable().describe('Null where nobody can tell.'),
        waits: z
          .array(
            z.strictObject({
              reason: z.enum(waitReasons),
              until: moment.nullable().describe('When it goes on, or is tried again, by itself.'),
              mailbox: text.optional().describe('Whose limit it is, where the reason is `cap`.'),
              explanation: text.describe('The reason as a sentence, with what can be done.'),
            }),
          )
          .describe('Why it does not move now; empty while it does.'),
      })
      .nullable()
      .describe('While it is freezing, sending or paused, or what it left with the provider is not settled.'),
    created_at: moment.nullable(),
    updated_at: moment.nullable(),
    scheduled_at: moment.nullable(),
    local_time: text
      .nullable()
      .describe('Such as `2026-12-01T08:00`, by the clock of each person; null: at one moment for all.'),
    launched_at: moment.nullable(),
    finished_at: moment.nullable(),
    version: z.int(),
  })
  .meta({ id: 'Campaign' })

const checkShape = z
  .strictObject({
    key: text.describe('Such as `dmarc`; several links share one.'),
    group: z.enum(checkGroups),
    verdict: z.enum(verdicts),
    words: text.describe('What is so.'),
    mend: text.nullable().describe('How to mend it.'),
  })
  .meta({ id: 'Check' })

export const preflightShape = z
  .strictObject({
    verdict: z.enum(verdicts).describe('The worst of all checks; `block` alone keeps it from being sent.'),
    people: count.describe('Who would get it now.'),
    left_out: z
      .array(z.strictObject({ reason: text, people: count }))
      .describe('Those of the list, or of the segment, who would not.'),
    headers: z
      .array(z.strictObject({ name: text, value: text }))
      .describe(
        'Of the mail to a sample reader. Whoever hands it over adds Date, Message-ID, DKIM-Signature.',
      ),
    checks: z.array(checkShape).describe('The worst first.'),
  })
  .meta({ id: 'Preflight' })

export const recipientShape = z
  .strictObject({
    subscriber: id.nullable(),
    outcome: z.enum(outcomes),
    reason: text.nullable().describe('Why not, where not.'),
    inferred: z
      .boolean()
      .describe('The answer of the provider never came; what is said follows from a later one.'),
    consent: z
      .strictObject({ eid: id, seq: z.int().nullable() })
      .nullable()
      .describe('The act that allowed it.'),
    batch: z.int(),
    sent_at: moment.nullable(),
    delivered_at: moment.nullable(),
    delayed_at: moment.nullable(),
    bounced_at: moment.nullable(),
    bounce: text
      .nullable()
      .describe('`hard`, `soft` or `sender`, and the code where the other side gave one.'),
    complained_at: moment.nullable(),
    failed_at: moment.nullable(),
    failure: text.nullable().describe('Why the provider never sent what it had taken.'),
    suppressed_at: moment.nullable().describe('When the provider held it back by a list of its own.'),
  })
  .meta({ id: 'Recipient' })

export const explainedShape = recipientShape
  .omit({ subscriber: true, outcome: true, reason: true })
  .partial()
  .extend({
    got: z.boolean().nullable().describe('Null: not known whether they did.'),
    subscriber: id.nullable().describe('Null: nobody by this address.'),
    outcome: z.enum([...outcomes, 'not_a_recipient']),
    reason: text.nullable(),
    explanation: text.describe('The reason, or the outcome, as a sentence.'),
    frozen_at: moment.nullable().describe('When the audience was written down.'),
    in_segment_now: z.boolean().nullable().describe('Null where there is no segment, or nobody can say.'),
    since: z
      .array(z.strictObject({ eid: id, type: text, t: text }))
      .describe('What they did on this list since, oldest first.'),
  })
  .meta({
    id: 'Explanation',
    description: 'Why this person got it, or did not; of a recipient with all that is known of the mail.',
  })

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
      kind: text.describe('operator, key, system.'),
      id: text.nullable(),
    }),
    verb: text.describe('Such as `campaign.launch`.'),
    subject: z.strictObject({ kind: text, id: text }),
    details: z.unknown().describe('Ids, counts and reasons; never an address.'),
  })
  .meta({ id: 'Act', description: 'Who did what, when.' })
