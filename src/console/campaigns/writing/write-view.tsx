// view · the screens where a campaign is written, and the one where two wrote at once
import { type Campaign, isWritable } from '../../../campaigns/campaign.ts'
import type { List } from '../../../lists/list.ts'
import type { Fault } from '../../../platform/errors.ts'
import type { SegmentName } from '../../../segments/find-names.ts'
import { SelectField } from '../../../ui/components.tsx'
import { type ConsoleFrame, ConsolePage } from '../../../ui/console/console.tsx'
import { Empty, LinkButton, PageHead, Said, SubmitButton } from '../../../ui/console/parts.tsx'
import { doneWord } from '../words.ts'
import { type WritingFields, writingOf } from './fields.ts'
import { WritingForm } from './form-view.tsx'

const crumb = { label: 'Campaigns', href: '/console/campaigns' }

export const ChooseListPage = ({ frame, lists }: { frame: ConsoleFrame; lists: readonly List[] }) => (
  <ConsolePage frame={frame} section="campaigns" title="Write a campaign">
    <PageHead title="Write a campaign" crumb={crumb} />
    {lists.length === 0 ? (
      <Empty title="There is no list to write to">
        <p>A campaign goes to the people of a list, so that comes first.</p>
        <LinkButton href="/console/lists">Look at the lists</LinkButton>
      </Empty>
    ) : (
      <form method="get" class="panel narrow">
        <SelectField
          name="list"
          label="To which list?"
          options={lists.map(({ slug, name }) => ({ value: slug, label: name }))}
        />
        <div class="actions">
          <SubmitButton>Go on</SubmitButton>
        </div>
      </form>
    )}
  </ConsolePage>
)

interface Shown {
  readonly frame: ConsoleFrame
  readonly list: List
  readonly segments: readonly SegmentName[]
  readonly fields: WritingFields
  readonly faults: readonly Fault[]
}

export const NewPage = ({ frame, ...shown }: Shown & { unsaved: boolean }) => (
  <ConsolePage frame={frame} section="campaigns" title="Write a campaign" scripts={['writing']}>
    <PageHead title="Write a campaign" crumb={crumb} about={`To ${shown.list.name}`} />
    <WritingForm
      action="/console/campaigns/new"
      version={null}
      previewHref="/console/campaigns/preview"
      submit="Save"
      {...shown}
    />
  </ConsolePage>
)

export const EditPage = ({
  frame,
  campaign,
  done,
  ...shown
}: Shown & { campaign: Campaign; done: string | undefined }) => {
  const at = `/console/campaigns/${campaign.id}`
  const said = doneWord(done)
  return (
    <ConsolePage frame={frame} section="campaigns" title={campaign.subject} scripts={['writing']}>
      <PageHead title={campaign.subject} crumb={crumb} about={`To ${shown.list.name}`}>
        <LinkButton href={at} weight="quiet">
          About this campaign
        </LinkButton>
      </PageHead>
      {said !== null && shown.faults.length === 0 && <Said>{said}</Said>}
      {campaign.problem !== null && (
        <Said tone="warn">It could not be sent at its time: {campaign.problem}</Said>
      )}
      {campaign.state === 'scheduled' && (
        <Said tone="warn">It is scheduled: what you save here is what goes out.</Said>
      )}
      <WritingForm
        action={`${at}/edit`}
        version={campaign.version}
        previewHref={`${at}/copy`}
        submit="Save"
        unsaved={shown.faults.length > 0}
        {...shown}
      />
    </ConsolePage>
  )
}

/** Nothing was overwritten. Where it was launched meanwhile, yours can still become a draft of its own. */
export const ConflictPage = ({ frame, campaign, ...shown }: Shown & { campaign: Campaign }) => {
  const at = `/console/campaigns/${campaign.id}`
  const canSave = isWritable(campaign)
  return (
    <ConsolePage frame={frame} section="campaigns" title="Two of you wrote at once" scripts={['writing']}>
      <PageHead
        title="Two of you wrote at once"
        crumb={crumb}
        about={`${campaign.subject} · to ${shown.list.name}`}
      />
      <Said tone="warn">
        {canSave
          ? 'Somebody saved this campaign after you opened it. Theirs is saved; yours is in the form below and nowhere else yet.'
          : 'Somebody sent this campaign, or cancelled it, after you opened it. What they sent stays; yours is in the form below, and can become a draft of its own.'}
      </Said>
      <Theirs campaign={campaign} yours={shown.fields} href={canSave ? `${at}/edit` : at} />
      <h2>Yours</h2>
      <WritingForm
        action={canSave ? `${at}/edit` : '/console/campaigns/new'}
        version={canSave ? campaign.version : null}
        previewHref="/console/campaigns/preview"
        submit={canSave ? 'Save mine over theirs' : 'Save mine as a new draft'}
        unsaved
        {...shown}
      />
    </ConsolePage>
  )
}

const Theirs = ({ campaign, yours, href }: { campaign: Campaign; yours: WritingFields; href: string }) => {
  const theirs = writingOf(campaign)
  return (
    <section class="panel" aria-labelledby="theirs">
      <h2 id="theirs">Theirs</h2>
      <dl class="facts">
        <dt>Subject</dt>
        <dd>{same(theirs.subject, yours.subject)}</dd>
        <dt>Preview text</dt>
        <dd>{same(theirs.preheader, yours.preheader)}</dd>
        <dt>To whom</dt>
        <dd>{theirs.segment === yours.segment ? 'as in yours' : 'another choice than yours'}</dd>
      </dl>
      {theirs.body === yours.body ? (
        <p class="soft">The text is the same as yours.</p>
      ) : (
        <code class="snippet">{theirs.body}</code>
      )}
      <div class="actions">
        <LinkButton href={href} weight="quiet">
          Keep theirs, and drop mine
        </LinkButton>
      </div>
    </section>
  )
}

const same = (theirs: string, yours: string) => (
  <>
    {theirs === '' ? 'none' : theirs}
    {theirs === yours && <span class="soft"> (the same as yours)</span>}
  </>
)
