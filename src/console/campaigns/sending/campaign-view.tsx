// view · the campaign page: progress, results, content, activity; and the cancel confirmation

import type { Permission } from '../../../auth/roles.ts'
import { type Campaign, isDeletable, isWritable, type Totals } from '../../../campaigns/campaign.ts'
import { titleOf } from '../../../campaigns/title.ts'
import type { List } from '../../../lists/list.ts'
import type { MissingFeedback } from '../../../platform/config.ts'
import type { Counts, ReasonCount } from '../../../reports/figures.ts'
import { type ConsoleFrame, ConsolePage } from '../../../ui/console/console.tsx'
import { Act, counted, LinkButton, PageHead, Said, Time } from '../../../ui/console/parts.tsx'
import { doneWord, verbWord } from '../words.ts'
import { ExplainForm } from './explain-view.tsx'
import { type Progress, ProgressPanel, settledOf } from './progress-view.tsx'
import { Results } from './results-view.tsx'

export interface Story {
  readonly at: Date
  readonly who: string
  readonly verb: string
}

export interface CampaignPageProps {
  readonly frame: ConsoleFrame
  readonly campaign: Campaign
  readonly list: List
  /** Null: the whole list. */
  readonly segment: string | null
  readonly progress: Progress
  readonly totals: Totals
  readonly reasons: readonly ReasonCount[]
  /** Which provider events do not arrive, and why. */
  readonly unheard: MissingFeedback
  readonly story: readonly Story[]
  readonly done: string | undefined
  /** The id of a duplicate, so that a second press makes no second one. */
  readonly once: string
  readonly may: (permission: Permission) => boolean
}

export const CampaignPage = (props: CampaignPageProps) => {
  const { frame, campaign, list, segment, progress } = props
  const said = doneWord(props.done)
  return (
    <ConsolePage frame={frame} section="campaigns" title={titleOf(campaign.subject)} scripts={['progress']}>
      <PageHead
        title={titleOf(campaign.subject)}
        crumb={{ label: 'Campaigns', href: '/console/campaigns' }}
        about={`To ${list.name} · ${segment ?? 'everyone'}`}
      >
        <Acts {...props} />
      </PageHead>
      {said !== null && <Said>{said}</Said>}
      <ProgressPanel progress={progress} timezone={frame.operator.timezone} />
      {(campaign.state === 'freezing' || campaign.state === 'sending') && (
        <noscript>
          <p>
            <a href={`/console/campaigns/${campaign.id}`}>Refresh</a>
          </p>
        </noscript>
      )}
      <When {...props} />
      {progress.counts.recipients > 0 && <Results {...props} />}
      {campaign.launchedAt !== null && props.may('subscribers.read') && (
        <section class="stack" aria-labelledby="explain">
          <h2 id="explain">Check one person</h2>
          <ExplainForm campaign={campaign.id} />
        </section>
      )}
      <Copy campaign={campaign} />
      <StoryOf story={props.story} timezone={frame.operator.timezone} />
    </ConsolePage>
  )
}

const Acts = ({ campaign, may, once }: CampaignPageProps) => {
  const at = `/console/campaigns/${campaign.id}`
  const { state } = campaign
  const isOver = state === 'sent' || state === 'cancelled'
  return (
    <>
      {may('campaigns.write') && (
        <Act action={`${at}/duplicate`} label="Duplicate" weight="quiet" icon="copy" fields={{ once }} />
      )}
      {may('campaigns.write') && isDeletable(campaign) && (
        <LinkButton href={`${at}/delete`} weight="quiet danger">
          Delete draft
        </LinkButton>
      )}
      {may('campaigns.send') && !isOver && state !== 'draft' && (
        <LinkButton href={`${at}/cancel`} weight="quiet danger">
          Cancel campaign
        </LinkButton>
      )}
      {may('campaigns.write') && isWritable(campaign) && (
        <LinkButton href={`${at}/edit`} weight="quiet" icon="pencil">
          Edit
        </LinkButton>
      )}
      {may('campaigns.write') && isWritable(campaign) && (
        <LinkButton href={`${at}/launch`} icon="send">
          {state === 'scheduled' ? 'Reschedule' : 'Send'}
        </LinkButton>
      )}
      {may('campaigns.send') && (state === 'sending' || state === 'freezing') && (
        <Act action={`${at}/pause`} label="Pause" icon="pause" />
      )}
      {may('campaigns.send') && state === 'paused' && (
        <Act action={`${at}/resume`} label="Resume" icon="play" />
      )}
    </>
  )
}

const When = ({ frame, campaign, list }: CampaignPageProps) => {
  const times = [
    {
      label: campaign.localTime === null ? 'Scheduled for' : 'Starts',
      at: campaign.state === 'scheduled' ? campaign.scheduledAt : null,
    },
    { label: 'Launched', at: campaign.launchedAt },
    { label: 'Finished', at: campaign.finishedAt },
  ]
  return (
    <dl class="facts">
      {times.map(
        ({ label, at }) =>
          at !== null && (
            <>
              <dt>{label}</dt>
              <dd>
                <Time at={at} timezone={frame.operator.timezone} />
              </dd>
            </>
          ),
      )}
      {campaign.localTime !== null && (
        <>
          <dt>Local time</dt>
          <dd>{campaign.localTime.replace('T', ', ')} in each person’s time zone</dd>
        </>
      )}
      <dt>From</dt>
      <dd>
        {list.sender.name} ({list.sender.email})
      </dd>
      <dt>Preview text</dt>
      <dd>{campaign.preheader === '' ? 'none' : campaign.preheader}</dd>
    </dl>
  )
}

const Copy = ({ campaign }: { campaign: Campaign }) => {
  const at = `/console/campaigns/${campaign.id}/copy`
  return (
    <section class="stack" aria-labelledby="copy">
      <h2 id="copy">{isWritable(campaign) ? 'Preview' : 'Sent content'}</h2>
      <nav class="actions" aria-label="Preview format">
        {[
          { as: 'desktop', label: 'HTML' },
          { as: 'text', label: 'Plain text' },
        ].map(({ as, label }) => (
          <a class="button button-quiet" href={`${at}?as=${as}`} target="copy">
            {label}
          </a>
        ))}
      </nav>
      <p class="small">
        Filled in with sample data. The list’s name, sender and postal address are shown as they are now.
      </p>
      <iframe class="preview" name="copy" title="Preview of the email" src={at} />
    </section>
  )
}

const StoryOf = ({ story, timezone }: { story: readonly Story[]; timezone: string }) => (
  <section class="stack" aria-labelledby="story">
    <h2 id="story">Activity</h2>
    <ol class="timeline">
      {story.map(({ at, who, verb }) => (
        <li>
          <Time at={at} timezone={timezone} />
          <span>
            {who} {verbWord(verb)}.
          </span>
        </li>
      ))}
    </ol>
  </section>
)

/** States the consequences with their counts before the button. */
export const CancelPage = (props: { frame: ConsoleFrame; campaign: Campaign; counts: Counts }) => {
  const { campaign, counts } = props
  const at = `/console/campaigns/${campaign.id}`
  const left = counts.recipients - settledOf(counts)
  return (
    <ConsolePage frame={props.frame} section="campaigns" title="Cancel this campaign?">
      <PageHead title="Cancel this campaign?" crumb={{ label: titleOf(campaign.subject), href: at }} />
      <div class="panel narrow">
        <ul class="bullets">
          {isWritable(campaign) || counts.recipients === 0 ? (
            <li>It has not been sent to anyone, and it will not be.</li>
          ) : (
            <>
              <li>
                It has already been sent to {counted(counts.sent, 'person', 'people')}. That cannot be undone.
              </li>
              <li>
                {counted(left, 'person', 'people')} will not get it, except those whose batch is being sent
                right now: at most {batchWords}.
              </li>
            </>
          )}
          <li>A cancelled campaign cannot be edited or sent. You can duplicate it as a new draft.</li>
        </ul>
        <div class="actions">
          <LinkButton href={at} weight="quiet">
            Keep as is
          </LinkButton>
          <Act action={`${at}/cancel`} label="Cancel campaign" weight="danger" />
        </div>
      </div>
    </ConsolePage>
  )
}

const batchWords = '100 people per sending process'
