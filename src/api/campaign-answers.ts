// web · schemas of the API's answers about campaigns: campaign, preflight, recipients, explanation
import * as z from 'zod'
import { campaignStates, storedContent } from '../campaigns/campaign.ts'
import { mailReasons } from '../campaigns/reasons.ts'
import { subscriptionReasons } from '../consent/why-not-send.ts'
import { checkGroups, verdicts } from '../preflight/check.ts'
import { places, remarkVerdicts } from '../preflight/words/remarks.ts'
import { blockerReasons } from '../reports/blockers.ts'
import { outcomes } from '../reports/outcomes.ts'
import { explanations, publishedSkips } from '../reports/published-reasons.ts'
import { id, moment, text } from './answers.ts'

const count = z.int().min(0)

const inCode = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')

const whyNoRecipientGotIt = `Why not, where not. Of who was skipped one of ${inCode(publishedSkips)}. Of who was rejected one of ${inCode(mailReasons)}, or the words of the provider.`

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
    problem: text
      .nullable()
      .describe(
        'Why it stands still, where an operator must act: also where this deployment is a copy, or was stopped.',
      ),
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
              reason: z.enum(blockerReasons),
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
      .array(z.strictObject({ reason: z.enum(subscriptionReasons), people: count }))
      .describe('Those of the list, or of the segment, who would not.'),
    headers: z
      .array(z.strictObject({ name: text, value: text }))
      .describe(
        'Of the mail to a sample reader. Whoever hands it over adds Date, Message-ID, DKIM-Signature.',
      ),
    checks: z.array(checkShape).describe('The worst first.'),
  })
  .meta({ id: 'Preflight' })

export const previewShape = z
  .strictObject({
    subject: text.nullable().describe('Null where it has a fault.'),
    html: text.nullable().describe('The whole mail with its footer; null where the body has a fault.'),
    text: text.nullable().describe('The plain text part, likewise.'),
    bytes: count
      .nullable()
      .describe('Of the HTML in UTF-8. Gmail clips a mail above 100,000, and the unsubscribe link with it.'),
    remarks: z
      .array(
        z.strictObject({
          code: text.describe('`fault`: a save refuses it. Else the key of a check, such as `foreign_tags`.'),
          verdict: z.enum(remarkVerdicts).describe('`block`: it cannot be saved or sent so.'),
          message: text.describe('What is so, and how to mend it.'),
          where: z.enum(places).nullable().describe('Null: the mail as a whole.'),
          line: z.int().min(1).nullable().describe('Of the body, where it is known.'),
        }),
      )
      .describe('Faults first, then the rest in the order of the mail.'),
  })
  .meta({ id: 'CampaignPreview' })

export const recipientShape = z
  .strictObject({
    subscriber: id.nullable(),
    outcome: z.enum(outcomes),
    reason: text.nullable().describe(whyNoRecipientGotIt),
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
      .describe(
        '`hard`, `soft` or `sender`, the code where the other side gave one, and `personal` where the reader refuses, not their server.',
      ),
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
    got: z
      .boolean()
      .nullable()
      .describe('False where it came back, too. Null: not known whether they did, or put off so far.'),
    subscriber: id.nullable().describe('Null: nobody by this address.'),
    outcome: z.enum([...outcomes, 'not_a_recipient']),
    reason: text
      .nullable()
      .describe(`Of a recipient the same as there. Of anybody else one of ${inCode(explanations)}.`),
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
