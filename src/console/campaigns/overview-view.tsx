// view · the campaign overview, grouped by state
import type { Campaign } from '../../campaigns/campaign.ts'
import { titleOf } from '../../campaigns/title.ts'
import type { Counts } from '../../reports/figures.ts'
import { type ConsoleFrame, ConsolePage } from '../../ui/console/console.tsx'
import {
  type Column,
  count,
  Empty,
  LinkButton,
  PageHead,
  Pager,
  RowLink,
  Said,
  State,
  Table,
  Time,
} from '../../ui/console/parts.tsx'
import { doneWord, type Group, groups, stateWords } from './words.ts'

export interface OverviewRow {
  readonly campaign: Campaign
  readonly list: string
  /** Null: the whole list. */
  readonly segment: string | null
  /** Null before the audience is frozen. */
  readonly counts: Counts | null
}

export interface OverviewPart {
  readonly group: Group
  readonly rows: readonly OverviewRow[]
  /** The id where the next page starts; null on the last page. */
  readonly next: string | null
}

export interface OverviewProps {
  readonly frame: ConsoleFrame
  readonly parts: readonly OverviewPart[]
  readonly chosen: Group['key'] | null
  readonly mayWrite: boolean
  readonly done: string | undefined
}

export const OverviewPage = ({ frame, parts, chosen, mayWrite, done }: OverviewProps) => {
  const said = doneWord(done)
  const filled = parts.filter(({ rows }) => rows.length > 0)
  return (
    <ConsolePage frame={frame} section="campaigns" title="Campaigns">
      <PageHead title="Campaigns">
        {mayWrite && (
          <LinkButton href="/console/campaigns/new" icon="plus">
            New campaign
          </LinkButton>
        )}
      </PageHead>
      {said !== null && <Said>{said}</Said>}
      {(chosen !== null || filled.length > 0) && <Tabs chosen={chosen} />}
      {filled.length === 0 && <Nothing chosen={chosen} mayWrite={mayWrite} />}
      {filled.map((part) => (
        <Part part={part} chosen={chosen} mayWrite={mayWrite} timezone={frame.operator.timezone} />
      ))}
    </ConsolePage>
  )
}

const Tabs = ({ chosen }: { chosen: Group['key'] | null }) => (
  <nav class="tabs" aria-label="Campaigns by state">
    <a href="/console/campaigns" aria-current={chosen === null ? 'page' : undefined}>
      All
    </a>
    {groups.map(({ key, title }) => (
      <a href={`/console/campaigns?show=${key}`} aria-current={chosen === key ? 'page' : undefined}>
        {title}
      </a>
    ))}
  </nav>
)

const Nothing = ({ chosen, mayWrite }: { chosen: Group['key'] | null; mayWrite: boolean }) =>
  chosen === null ? (
    <Empty title="No campaign yet">
      <ol class="steps">
        <li>
          <span>Write your email, with a live preview beside it.</span>
        </li>
        <li>
          <span>Send a test to yourself.</span>
        </li>
        <li>
          <span>Review who will get it and who will not, then send.</span>
        </li>
      </ol>
      {mayWrite ? (
        <LinkButton href="/console/campaigns/new">Create your first campaign</LinkButton>
      ) : (
        <p class="soft">Campaigns appear here once a colleague creates one.</p>
      )}
    </Empty>
  ) : (
    <Empty title="No campaigns here">
      <p>
        <a href="/console/campaigns">Show all campaigns</a>
      </p>
    </Empty>
  )

const Part = (
  props: Pick<OverviewProps, 'chosen' | 'mayWrite'> & { part: OverviewPart; timezone: string },
) => {
  const { group, rows, next } = props.part
  const opensInEditor = group.key === 'drafts' && props.mayWrite
  return (
    <section class="stack" aria-label={group.title}>
      {props.chosen === null && <h2>{group.title}</h2>}
      <Table
        caption={group.title}
        columns={columnsOf(group)}
        rows={rows.map((row) => cellsOf(group, row, { ...props, opensInEditor }))}
      />
      {next !== null && props.chosen === null && (
        <p>
          <a href={`/console/campaigns?show=${group.key}`}>Show all</a>
        </p>
      )}
      {props.chosen !== null && (
        <Pager next={next === null ? null : `/console/campaigns?show=${group.key}&after=${next}`} />
      )}
    </section>
  )
}

const whenLabels: Readonly<Record<Group['key'], string>> = {
  underway: 'Launched',
  scheduled: 'Scheduled for',
  drafts: 'Updated',
  sent: 'Finished',
  cancelled: 'Cancelled',
}

/** Some of it may have been sent. */
const isOut = (key: Group['key']): boolean => key !== 'scheduled' && key !== 'drafts'

const columnsOf = ({ key }: Group): readonly Column[] => [
  { label: 'Subject' },
  { label: 'To' },
  ...(isOut(key) ? [{ label: 'State' }] : []),
  { label: whenLabels[key] },
  ...(isOut(key) ? [{ label: 'Sent', number: true }] : []),
]

function cellsOf({ key }: Group, row: OverviewRow, look: { timezone: string; opensInEditor: boolean }) {
  const { campaign, counts } = row
  const { word, tone } = stateWords[campaign.state]
  return [
    <RowLink href={`/console/campaigns/${campaign.id}${look.opensInEditor ? '/edit' : ''}`}>
      {titleOf(campaign.subject)}
    </RowLink>,
    <>
      {row.list}
      <span class="soft"> · {row.segment ?? 'everyone'}</span>
    </>,
    ...(isOut(key) ? [<State tone={tone}>{word}</State>] : []),
    <Time at={whenOf(key, campaign)} timezone={look.timezone} />,
    ...(isOut(key) ? [<SentOf counts={counts} />] : []),
  ]
}

const whenOf = (key: Group['key'], campaign: Campaign): Date => {
  switch (key) {
    case 'underway':
      return campaign.launchedAt ?? campaign.updatedAt
    case 'scheduled':
      return campaign.scheduledAt ?? campaign.updatedAt
    case 'drafts':
      return campaign.updatedAt
    case 'sent':
    case 'cancelled':
      return campaign.finishedAt ?? campaign.updatedAt
  }
}

const SentOf = ({ counts }: { counts: Counts | null }) =>
  counts === null ? (
    <span class="soft">none yet</span>
  ) : (
    <>
      {count(counts.sent)} <span class="soft">of {count(counts.recipients)}</span>
    </>
  )
