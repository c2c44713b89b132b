// web · /console/campaigns/{id}/delete: deletes a campaign that was never launched
import { Hono } from 'hono'
import { actorOf, type ConsoleContext, type ConsoleEnv, frameOf, screen } from '../../../auth/console.tsx'
import { type Campaign, isDeletable } from '../../../campaigns/campaign.ts'
import { titleOf } from '../../../campaigns/title.ts'
import { deleteCampaign } from '../../../campaigns/writing/draft.ts'
import { type ConsoleFrame, ConsolePage } from '../../../ui/console/console.tsx'
import { Act, LinkButton, PageHead } from '../../../ui/console/parts.tsx'
import { campaignAt } from '../load-campaign.ts'

export const deleteRoutes = new Hono<ConsoleEnv>()

deleteRoutes.get('/campaigns/:id/delete', async (c) => {
  const { campaign } = await campaignAt(c, 'campaigns.write')
  if (!isDeletable(campaign)) return c.redirect(`/console/campaigns/${campaign.id}`, 303)
  return screen(c, 200, <DeletePage frame={frameOf(c)} campaign={campaign} />)
})

deleteRoutes.post('/campaigns/:id/delete', async (c: ConsoleContext) => {
  const { campaign } = await campaignAt(c, 'campaigns.write')
  await deleteCampaign(c.env, actorOf(c), campaign)
  return c.redirect('/console/campaigns?done=deleted', 303)
})

const DeletePage = ({ frame, campaign }: { frame: ConsoleFrame; campaign: Campaign }) => {
  const at = `/console/campaigns/${campaign.id}`
  return (
    <ConsolePage frame={frame} section="campaigns" title="Delete this draft?">
      <PageHead title="Delete this draft?" crumb={{ label: titleOf(campaign.subject), href: at }} />
      <div class="panel narrow">
        <ul class="bullets">
          <li>Its text is deleted and cannot be restored.</li>
          <li>It has not been sent to anyone, and it will not be.</li>
          <li>The audit log records that you deleted it.</li>
        </ul>
        <div class="actions">
          <LinkButton href={at} weight="quiet">
            Keep draft
          </LinkButton>
          <Act action={`${at}/delete`} label="Delete draft" weight="danger" />
        </div>
      </div>
    </ConsolePage>
  )
}
