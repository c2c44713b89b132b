// web · /console/campaigns/{id}/test: sends the campaign, marked as a test, to operators and the list's own addresses
import { Hono } from 'hono'
import {
  actorOf,
  type ConsoleContext,
  type ConsoleEnv,
  faultsOrThrow,
  frameOf,
  screen,
} from '../../../auth/console.tsx'
import type { Campaign } from '../../../campaigns/campaign.ts'
import type { List } from '../../../lists/list.ts'
import { isUuid } from '../../../platform/encoding/uuid.ts'
import { DomainError, type Fault } from '../../../platform/errors.ts'
import { ownAddresses, sendTest } from '../../../preflight/test-mail.ts'
import { readForm } from '../../../ui/read-body.ts'
import { campaignAt } from '../load-campaign.ts'
import { valueIn } from './fields.ts'
import { TestPage } from './test-mail-view.tsx'

export const testMailRoutes = new Hono<ConsoleEnv>()

/** Each test takes a slot of the provider. */
const maxAddresses = 5

testMailRoutes.get('/campaigns/:id/test', async (c) => {
  const about = await campaignAt(c, 'campaigns.write')
  return testPage(c, about, { chosen: [c.var.session.operator.email], other: '', faults: [] })
})

testMailRoutes.post('/campaigns/:id/test', async (c) => {
  const about = await campaignAt(c, 'campaigns.write')
  const form = await readForm(c)
  const chosen = form.get('to') ?? []
  const other = valueIn(form, 'other').trim()
  const addresses = [...new Set([...chosen, ...(other === '' ? [] : [other])])]
  const once = valueIn(form, 'once')
  const faults = await sendTests(c, { ...about, ...(isUuid(once) ? { once } : {}) }, addresses)
  if (faults.length > 0) return testPage(c, about, { chosen, other, faults })
  return c.redirect(`/console/campaigns/${about.campaign.id}/test?done=tested`, 303)
})

async function sendTests(
  c: ConsoleContext,
  about: { campaign: Campaign; list: List; once?: string },
  addresses: readonly string[],
): Promise<readonly Fault[]> {
  if (addresses.length === 0) return [{ path: 'other', message: 'Choose at least one address.' }]
  if (addresses.length > maxAddresses)
    return [{ path: 'other', message: `Choose at most ${maxAddresses} addresses.` }]
  try {
    for (const to of addresses) await sendTest(c.env, actorOf(c), { ...about, to })
    return []
  } catch (error) {
    if (error instanceof DomainError && error.code === 'provider_unavailable')
      return [{ path: '', message: error.message }]
    return faultsOrThrow(error).map((fault) => (fault.path === 'to' ? { ...fault, path: 'other' } : fault))
  }
}

function testPage(
  c: ConsoleContext,
  { campaign, list }: { campaign: Campaign; list: List },
  form: { chosen: readonly string[]; other: string; faults: readonly Fault[] },
) {
  const { email } = c.var.session.operator
  return screen(
    c,
    form.faults.length > 0 ? 422 : 200,
    <TestPage
      frame={frameOf(c)}
      campaign={campaign}
      list={list}
      mine={email}
      once={c.env.ids()}
      offered={ownAddresses(list).filter((address) => address !== email)}
      done={c.req.query('done')}
      {...form}
    />,
  )
}
