// view · the segments table, the choice of a list, the delete confirmation

import type { Campaign } from '../../campaigns/campaign.ts'
import { titleOf } from '../../campaigns/title.ts'
import { quoted } from '../../i18n/typography/marks.ts'
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
    <PageHead title="Segments" about="Groups of subscribers, by what you know about them.">
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
    caption="Segments, newest first"
    columns={[{ label: 'Segment' }, { label: 'List' }, { label: 'People' }, { label: 'Updated' }]}
    rows={props.segments.map(({ segment, list, words }) => [
      <RowLink href={`/console/segments/${segment.id}`}>{segment.name}</RowLink>,
      list.name,
      words ?? 'Uses something that the list no longer has. Open it to fix it.',
      <Time at={segment.updatedAt} timezone={props.frame.operator.timezone} />,
    ])}
  />
)

const NoSegments = ({ hasLists, mayWrite }: { hasLists: boolean; mayWrite: boolean }) => (
  <Empty title="No segments yet">
    <p>
      Without a segment, a campaign goes to everyone on its list. A segment selects some of them: people in
      one country, people who confirmed recently, people who were sent the last campaign.
    </p>
    {hasLists ? (
      <LinkButton href="/console/segments/new">
        {mayWrite ? 'Create your first segment' : 'Count people'}
      </LinkButton>
    ) : (
      <LinkButton href="/console/lists/new">Create a list first</LinkButton>
    )}
  </Empty>
)

export const ChooseListPage = ({ frame, lists }: { frame: ConsoleFrame; lists: readonly List[] }) => (
  <ConsolePage frame={frame} section="segments" title="New segment">
    <PageHead
      title="New segment"
      crumb={{ label: 'Segments', href: '/console/segments' }}
      about="Choose the list that the segment belongs to."
    />
    {lists.length === 0 ? (
      <NoSegments hasLists={false} mayWrite />
    ) : (
      <Table
        caption="Lists"
        columns={[{ label: 'List' }, { label: 'Description' }]}
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
    <ConsolePage frame={props.frame} section="segments" title="Delete segment">
      <PageHead
        title={`Delete ${quoted('en', segment.name)}?`}
        crumb={{ label: segment.name, href: `/console/segments/${segment.id}` }}
      />
      <section class="panel narrow">
        <h2>What will happen</h2>
        <ul class="bullets">
          <li>The segment can no longer be chosen. Its people stay on the list.</li>
          <li>Campaigns already launched are not affected.</li>
          {campaigns.length === 0 ? (
            <li>No unsent campaign uses it.</li>
          ) : (
            <li>
              {counted(campaigns.length, 'unsent campaign uses', 'unsent campaigns use')} it and cannot be
              sent until you choose another audience:{' '}
              {campaigns.map(({ id, subject }, at) => (
                <>
                  {at > 0 && ', '}
                  <a href={`/console/campaigns/${id}`}>{titleOf(subject)}</a>
                </>
              ))}
              .
            </li>
          )}
        </ul>
        <div class="actions">
          <Act action={`/console/segments/${segment.id}/delete`} label="Delete segment" weight="danger" />
          <LinkButton href={`/console/segments/${segment.id}`} weight="quiet">
            Keep segment
          </LinkButton>
        </div>
      </section>
    </ConsolePage>
  )
}
