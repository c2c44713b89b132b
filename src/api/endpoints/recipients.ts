// web · /api/v1/campaigns/{id}/recipients and /explain: outcomes of recipients, and the reasons
import * as z from 'zod'
import { recordReading } from '../../audit/record-reading.ts'
import { invalid } from '../../platform/errors.ts'
import { explainCampaign } from '../../reports/explain.ts'
import { feedbackKinds, outcomes, type RecipientRow, recipientsOf } from '../../reports/outcomes.ts'
import { publishedReason } from '../../reports/published-reasons.ts'
import { parseAddress } from '../../subscribers/address.ts'
import { findSubscriber } from '../../subscribers/find.ts'
import { pageShape, type Shown } from '../answers.ts'
import { explainedShape, recipientShape } from '../campaign-answers.ts'
import { collection, type Endpoint, endpoint, pageOf, type Reach } from '../endpoint.ts'
import { campaignAt } from './campaigns.ts'
import { listOf } from './subscribers.ts'

const instant = (at: Date | null): string | null => at?.toISOString() ?? null

const shown = (row: RecipientRow): Shown<typeof recipientShape> => ({
  subscriber: row.subscriber,
  outcome: row.outcome,
  reason: publishedReason(row),
  inferred: row.inferred,
  consent: row.eid === null ? null : { eid: row.eid, seq: row.seq },
  batch: row.batch,
  sent_at: instant(row.sent_at),
  delivered_at: instant(row.delivered_at),
  delayed_at: instant(row.delayed_at),
  bounced_at: instant(row.bounced_at),
  bounce: row.bounce,
  complained_at: instant(row.complained_at),
  failed_at: instant(row.failed_at),
  failure: row.failure,
  suppressed_at: instant(row.suppressed_at),
})

/** A choice in the query; a refusal lists the allowed words. */
const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words, description: string) =>
  z
    .enum(words, { error: `is one of ${words.join(', ')}` })
    .optional()
    .describe(description)

/** The id of a person on one of the lists that the key sees; null for anybody else. */
async function personReached(reach: Reach, id: string | null): Promise<string | null> {
  if (id === null || reach.lists === null) return id
  const row = await findSubscriber(reach.deps.db, id, reach.lists)
  return row === null || (reach.lists !== null && row.subscriptions.length === 0) ? null : row.uid
}

export const recipientEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      method: 'GET',
      path: '/campaigns/:id/recipients',
      permission: 'subscribers.read',
      summary: 'Who got it',
      description:
        'Every recipient with what became of them, what the provider said of their mail since, and the consent behind each.',
      query: z.object({
        outcome: oneOf(outcomes, 'Only those of whom this became.'),
        heard: oneOf(feedbackKinds, 'Only those of whose mail the provider said this.'),
      }),
      pages: true,
      answer: pageShape(recipientShape),
    },
    async (call) => {
      const campaign = await campaignAt(call, call.path('id'))
      const { outcome = null, heard = null } = call.query
      const { limit, after } = pageOf(call, z.strictObject({ batch: z.int32(), number: z.int() }))
      const now = call.deps.clock()
      const rows = await recipientsOf(call.deps.db, {
        campaign: campaign.number,
        outcome,
        feedback: heard,
        limit,
        after,
        now,
      })
      await recordReading(call.deps, {
        actor: call.actor,
        verb: 'recipients.list',
        subject: { kind: 'campaign', id: campaign.id },
        people: rows.flatMap(({ subscriber }) => subscriber ?? []),
        details: { outcome, heard },
      })
      return collection(rows, { limit, position: ({ batch, number }) => ({ batch, number }), show: shown })
    },
  ),
  endpoint(
    {
      method: 'POST',
      path: '/campaigns/:id/explain',
      permission: 'subscribers.read',
      summary: 'Why (not) this person',
      description:
        'Of any address: whether they got it, when, on which consent, and what happened since; or why not, in a word and a sentence.',
      reads: true,
      body: z.strictObject({ email: z.string({ error: 'must be an email address' }) }),
      example: { email: 'anna@example.pl' },
      answer: explainedShape,
    },
    async (call) => {
      const { deps, actor, body } = call
      const campaign = await campaignAt(call, call.path('id'))
      const parsed = parseAddress(body.email, { smtpUtf8: true })
      if (!parsed.ok) throw invalid('email', 'This is not an email address.')
      const list = await listOf(deps, campaign.list)
      const { recipient, ...explained } = await explainCampaign(deps, {
        campaign,
        list,
        address: parsed.address,
      })
      const subscriber = await personReached(call, explained.subscriber)
      await recordReading(deps, {
        actor,
        verb: 'person.explain',
        subject: { kind: 'campaign', id: campaign.id },
        people: subscriber === null ? [] : [subscriber],
      })
      const inSegment = subscriber === null ? null : explained.in_segment_now
      return {
        ...explained,
        subscriber,
        in_segment_now: inSegment,
        ...(recipient === null ? {} : shown(recipient)),
      }
    },
  ),
]
