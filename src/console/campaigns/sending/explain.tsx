// web · /console/campaigns/{id}/explain: why one person was or was not sent it; the address comes by POST and is not stored
import { Hono } from 'hono'
import { recordReading } from '../../../audit/record-reading.ts'
import { actorOf, type ConsoleContext, type ConsoleEnv, frameOf, screen } from '../../../auth/console.tsx'
import type { List } from '../../../lists/list.ts'
import { explainCampaign } from '../../../reports/explain.ts'
import { parseAddress } from '../../../subscribers/address.ts'
import { findSubscriber } from '../../../subscribers/find.ts'
import { readForm } from '../../../ui/read-body.ts'
import { campaignAt } from '../load-campaign.ts'
import { ExplainPage } from './explain-view.tsx'

export const explainRoutes = new Hono<ConsoleEnv>()

explainRoutes.get('/campaigns/:id/explain', async (c) => {
  const about = await campaignAt(c, 'subscribers.read')
  return screen(c, 200, <ExplainPage frame={frameOf(c)} now={c.env.clock()} {...about} typed="" />)
})

explainRoutes.post('/campaigns/:id/explain', async (c) => {
  const { campaign, list } = await campaignAt(c, 'subscribers.read')
  const typed = ((await readForm(c)).get('email')?.[0] ?? '').trim().slice(0, 1000)
  const page = { frame: frameOf(c), now: c.env.clock(), campaign, list, typed }
  const parsed = parseAddress(typed, { smtpUtf8: true })
  if (!parsed.ok) {
    const fault = typed === '' ? 'Enter an email address.' : 'This is not a complete email address.'
    return screen(c, 422, <ExplainPage {...page} fault={fault} />)
  }
  const explained = await explainCampaign(c.env, { campaign, list, address: parsed.address })
  const person = await personOn(c, list, explained.subscriber)
  await recordReading(c.env, {
    actor: actorOf(c),
    verb: 'person.explain',
    subject: { kind: 'campaign', id: campaign.id },
    people: person === null ? [] : [person],
  })
  return screen(c, 200, <ExplainPage {...page} explained={explained} person={person} />)
})

/** The id of a person on this list; null for anyone else, so that the page does not reveal that they exist. */
async function personOn(c: ConsoleContext, list: List, id: string | null): Promise<string | null> {
  const row = id === null ? null : await findSubscriber(c.env.db, id, [list.number])
  return row?.subscriptions.some((one) => one.list === list.id) === true ? row.uid : null
}
