// view · segments in words; for which list a new one is; what deleting one does
import type { Campaign } from '../../campaigns/campaign.ts'
import type { List } from '../../lists/list.ts'
import type { Segment } from '../../segments/segment.ts'
import { type ConsoleFrame, ConsolePage } from '../../ui/console/console.tsx'
import {
  Act,
  counted,
  Empty,
  LinkButton,
  PageHead,
  Pager,
  RowLink,
  Said,
  Table,
  Time,
} from '../../ui/console/parts.tsx'

export const SegmentsPage = (props: {
  frame: ConsoleFrame
  segments: readonly { segment: Segment; list: List; words: string | null }[]
  hasLists: boolean
  mayWrite: boolean
  next: string | null
  done: string | undefined
}) => (
  <ConsolePage frame={props.frame} section="segments" title="Segments">
    <PageHead title="Segments" about="Parts of a list, told by what is known of the people on it.">
      {props.hasLists && (
        <LinkButton href="/console/segments/new" icon="plus">
          {props.mayWrite ? 'New segment' : 'Count people'}
        </LinkButton>
      )}
    </PageHead>
    {props.done === 'deleted' && <Said>The segment is deleted.</Said>}
    {props.segments.length === 0 ? <NoSegments {...props} /> : <SegmentTable {...props} />}
    <Pager next={props.next} />
  </ConsolePage>
)

const SegmentTable = (props: Parameters<typeof SegmentsPage>[0]) => (
  <Table
    caption="Segments, the newest first"
    columns={[{ label: 'Segment' }, { label: 'List' }, { label: 'Who that is' }, { label: 'Changed' }]}
    rows={props.segments.map(({ segment, list, words }) => [
      <RowLink href={`/console/segments/${segment.id}`}>{segment.name}</RowLink>,
      list.name,
      words ?? 'It asks about something that the list has no more: open it and mend it.',
      <Time at={segment.updatedAt} timezone={props.frame.operator.timezone} />,
    ])}
  />
)

const NoSegments = ({ hasLists, mayWrite }: { hasLists: boolean; mayWrite: boolean }) => (
  <Empty title="No segment yet">
    <p>
      Without one a campaign goes to everybody on its list. A segment names some of them: those in one
      country, those who confirmed lately, those who were sent the last letter.
    </p>
    {hasLists ? (
      <LinkButton href="/console/segments/new">
        {mayWrite ? 'Make the first segment' : 'Count people'}
      </LinkButton>
    ) : (
      <LinkButton href="/console/lists/new">First make a list</LinkButton>
    )}
  </Empty>
)

export const ChooseListPage = ({ frame, lists }: { frame: ConsoleFrame; lists: readonly List[] }) => (
  <ConsolePage frame={frame} section="segments" title="New segment">
    <PageHead
      title="New segment"
      crumb={{ label: 'Segments', href: '/console/segments' }}
      about="A segment is a part of one list. Which?"
    />
    {lists.length === 0 ? (
      <NoSegments hasLists={false} mayWrite />
    ) : (
      <Table
        caption="Lists to choose from"
        columns={[{ label: 'List' }, { label: 'What it promises' }]}
        rows={lists.map((list) => [
          <RowLink href={`/console/segments/new?list=${list.slug}`}>{list.name}</RowLink>,
          list.description,
        ])}
      />
    )}
  </ConsolePage>
)

export const DeleteSegmentPage = (props: {
  frame: ConsoleFrame
  segment: Segment
  campaigns: readonly Campaign[]
}) => {
  const { segment, campaigns } = props
  return (
    <ConsolePage frame={props.frame} section="segments" title="Delete a segment">
      <PageHead
        title={`Delete “${segment.name}”?`}
        crumb={{ label: segment.name, href: `/console/segments/${segment.id}` }}
      />
      <section class="panel narrow">
        <h2>What will happen</h2>
        <ul class="bullets">
          <li>The segment can be chosen no more. The people in it stay as they are.</li>
          <li>Campaigns that were launched keep the filter they were launched with.</li>
          {campaigns.length === 0 ? (
            <li>No campaign that is still to be sent goes to it.</li>
          ) : (
            <li>
              {counted(campaigns.length, 'campaign that is', 'campaigns that are')} still to be sent{' '}
              {campaigns.length === 1 ? 'goes' : 'go'} to it, and cannot go out before somebody chooses
              another:{' '}
              {campaigns.map(({ id, subject }, at) => (
                <>
                  {at > 0 && ', '}
                  <a href={`/console/campaigns/${id}`}>{subject || 'without a subject'}</a>
                </>
              ))}
              .
            </li>
          )}
        </ul>
        <div class="actions">
          <Act action={`/console/segments/${segment.id}/delete`} label="Delete it" weight="danger" />
          <LinkButton href={`/console/segments/${segment.id}`} weight="quiet">
            Keep it
          </LinkButton>
        </div>
      </section>
    </ConsolePage>
  )
}
