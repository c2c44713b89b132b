// view · the screens for writing a campaign, and for an edit conflict
import { type Campaign, isWritable } from '../../../campaigns/campaign.ts'
import { titleOf } from '../../../campaigns/title.ts'
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
  <ConsolePage frame={frame} section="campaigns" title="New campaign">
    <PageHead title="New campaign" crumb={crumb} />
    {lists.length === 0 ? (
      <Empty title="You need a list first">
        <p>A campaign goes to the people on a list.</p>
        <LinkButton href="/console/lists">Go to lists</LinkButton>
      </Empty>
    ) : (
      <form method="get" class="panel narrow">
        <SelectField
          name="list"
          label="List"
          options={lists.map(({ slug, name }) => ({ value: slug, label: name }))}
        />
        <div class="actions">
          <SubmitButton>Continue</SubmitButton>
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

export const NewPage = ({ frame, ...shown }: Shown & { unsaved: boolean; once: string }) => (
  <ConsolePage frame={frame} section="campaigns" title="New campaign" scripts={['writing']}>
    <PageHead title="New campaign" crumb={crumb} about={`To ${shown.list.name}`} />
    <WritingForm
      action="/console/campaigns/new"
      version={null}
      previewHref="/console/campaigns/preview"
      submit="Save"
      autosaves
      {...shown}
    />
  </ConsolePage>
)

export const EditPage = ({
  frame,
  campaign,
  done,
  ...shown
}: Shown & { campaign: Campaign; done: string | undefined; isSaved: boolean }) => {
  const at = `/console/campaigns/${campaign.id}`
  const said = doneWord(done)
  return (
    <ConsolePage frame={frame} section="campaigns" title={titleOf(campaign.subject)} scripts={['writing']}>
      <PageHead title={titleOf(campaign.subject)} crumb={crumb} about={`To ${shown.list.name}`}>
        <LinkButton href={at} weight="quiet">
          Campaign overview
        </LinkButton>
      </PageHead>
      {said !== null && (shown.isSaved || shown.faults.length === 0) && <Said>{said}</Said>}
      {campaign.problem !== null && (
        <Said tone="warn">It could not be sent as scheduled: {campaign.problem}</Said>
      )}
      {campaign.state === 'scheduled' && (
        <Said tone="warn">This campaign is scheduled. Changes you save here will be sent.</Said>
      )}
      <WritingForm
        action={`${at}/edit`}
        version={campaign.version}
        previewHref={`${at}/copy`}
        submit="Save"
        unsaved={!shown.isSaved}
        autosaves={campaign.state === 'draft'}
        {...shown}
      />
    </ConsolePage>
  )
}

/** Shown instead of overwriting. After a launch meanwhile, the operator's version can become a new draft. */
export const ConflictPage = ({
  frame,
  campaign,
  once,
  ...shown
}: Shown & { campaign: Campaign; once: string }) => {
  const at = `/console/campaigns/${campaign.id}`
  const canSave = isWritable(campaign)
  return (
    <ConsolePage
      frame={frame}
      section="campaigns"
      title="Someone else edited this campaign"
      scripts={['writing']}
    >
      <PageHead
        title="Someone else edited this campaign"
        crumb={crumb}
        about={`${titleOf(campaign.subject)} · to ${shown.list.name}`}
      />
      <Said tone="warn">
        {canSave
          ? 'A colleague saved this campaign after you opened it. Their version is saved. Yours is only in the form below.'
          : 'A colleague sent or cancelled this campaign after you opened it. Your version is only in the form below; you can save it as a new draft.'}
      </Said>
      <Theirs campaign={campaign} yours={shown.fields} href={canSave ? `${at}/edit` : at} />
      <h2>Your version</h2>
      <WritingForm
        action={canSave ? `${at}/edit` : '/console/campaigns/new'}
        version={canSave ? campaign.version : null}
        {...(canSave ? {} : { once })}
        previewHref="/console/campaigns/preview"
        submit={canSave ? 'Replace with my version' : 'Save as a new draft'}
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
      <h2 id="theirs">Their version</h2>
      <dl class="facts">
        <dt>Subject</dt>
        <dd>{same(theirs.subject, yours.subject)}</dd>
        <dt>Preview text</dt>
        <dd>{same(theirs.preheader, yours.preheader)}</dd>
        <dt>Audience</dt>
        <dd>{theirs.segment === yours.segment ? 'same as yours' : 'different from yours'}</dd>
      </dl>
      {theirs.body === yours.body ? (
        <p class="soft">The text is the same as yours.</p>
      ) : (
        <code class="snippet">{theirs.body}</code>
      )}
      <div class="actions">
        <LinkButton href={href} weight="quiet">
          Keep their version
        </LinkButton>
      </div>
    </section>
  )
}

const same = (theirs: string, yours: string) => (
  <>
    {theirs === '' ? 'none' : theirs}
    {theirs === yours && <span class="soft"> (same as yours)</span>}
  </>
)
