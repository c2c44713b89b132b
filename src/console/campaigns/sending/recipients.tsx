// web · /console/campaigns/{id}/recipients: the recipients page by page; needs `subscribers.read`

import { Hono } from 'hono'
import { recordReading } from '../../../audit/record-reading.ts'
import { actorOf, type ConsoleEnv, frameOf, screen } from '../../../auth/console.tsx'
import { missingFeedbackOf } from '../../../platform/config.ts'
import { countsOfOne } from '../../../reports/figures.ts'
import { feedbackKinds, outcomes, recipientsOf } from '../../../reports/outcomes.ts'
import { maskedAddresses } from '../../../subscribers/show-address.ts'
import { campaignAt } from '../load-campaign.ts'
import { RecipientsPage } from './recipients-view.tsx'

export const recipientsRoutes = new Hono<ConsoleEnv>()

const maxPage = 50

recipientsRoutes.get('/campaigns/:id/recipients', async (c) => {
  const { campaign, list } = await campaignAt(c, 'subscribers.read')
  const asked = c.req.query('outcome')
  const outcome = outcomes.find((one) => one === asked) ?? null
  const heard = feedbackKinds.find((one) => one === c.req.query('heard')) ?? null
  const after = positionOf(c.req.query('after'))
  const [counts, found] = await Promise.all([
    countsOfOne(c.env.db, campaign.number, c.env.clock()),
    recipientsOf(c.env.db, {
      campaign: campaign.number,
      outcome,
      feedback: heard,
      limit: maxPage + 1,
      after,
      now: c.env.clock(),
    }),
  ])
  const rows = found.slice(0, maxPage)
  await recordReading(c.env, {
    actor: actorOf(c),
    verb: 'recipients.list',
    subject: { kind: 'campaign', id: campaign.id },
    people: rows.flatMap(({ subscriber }) => subscriber ?? []),
    details: { outcome, heard },
  })
  const last = found.length > maxPage ? rows.at(-1) : undefined
  const masked = await maskedAddresses(
    c.env,
    rows.flatMap(({ subscriber }) => subscriber ?? []),
  )
  return screen(
    c,
    200,
    <RecipientsPage
      masked={masked}
      frame={frameOf(c)}
      campaign={campaign}
      list={list}
      counts={counts}
      outcome={outcome}
      heard={heard}
      hears={missingFeedbackOf(c.env.config).returned === null}
      rows={rows}
      now={c.env.clock()}
      after={last === undefined ? null : `${last.batch}.${last.number}`}
    />,
  )
})

/** The position after the previous page; null for the first page and for malformed text. */
function positionOf(text: string | undefined): { batch: number; number: number } | null {
  const [, batch, number] = /^(\d{1,9})\.(\d{1,15})$/.exec(text ?? '') ?? []
  return batch === undefined || number === undefined ? null : { batch: Number(batch), number: Number(number) }
}
