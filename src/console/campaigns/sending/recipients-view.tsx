// view · the recipients of a campaign, filtered by outcome or feedback
import type { Campaign } from '../../../campaigns/campaign.ts'
import { titleOf } from '../../../campaigns/title.ts'
import type { List } from '../../../lists/list.ts'
import type { Counts } from '../../../reports/figures.ts'
import type { FeedbackKind, Outcome, RecipientRow } from '../../../reports/outcomes.ts'
import { type ConsoleFrame, ConsolePage } from '../../../ui/console/console.tsx'
import {
  count,
  Empty,
  LinkButton,
  PageHead,
  RowLink,
  State,
  Table,
  Time,
} from '../../../ui/console/parts.tsx'
import { heardWords, outcomeWords, recipientWord } from '../words.ts'
import { Since } from './explain-view.tsx'
import { settledOf } from './progress-view.tsx'

export interface RecipientsPageProps {
  readonly frame: ConsoleFrame
  readonly campaign: Campaign
  readonly list: List
  readonly counts: Counts
  /** Null: all outcomes. */
  readonly outcome: Outcome | null
  /** Null: any feedback, or none. */
  readonly heard: FeedbackKind | null
  /** Whether provider events arrive. */
  readonly hears: boolean
  readonly rows: readonly RecipientRow[]
  readonly now: Date
  /** Masked addresses by the id of the person. */
  readonly masked: ReadonlyMap<string, string>
  /** Where the next page starts; null on the last. */
  readonly after: string | null
}

export const RecipientsPage = (props: RecipientsPageProps) => {
  const { frame, campaign, rows, after, outcome, heard, hears } = props
  const at = `/console/campaigns/${campaign.id}`
  const chosen = [outcome === null ? [] : `outcome=${outcome}&`, heard === null ? [] : `heard=${heard}&`]
    .flat()
    .join('')
  return (
    <ConsolePage frame={frame} section="campaigns" title="Recipients">
      <PageHead
        title="Recipients"
        crumb={{ label: titleOf(campaign.subject), href: at }}
        about={`What happened to the email of each person, and on which consent. To ${props.list.name}.`}
      />
      <Tabs {...props} at={`${at}/recipients`} />
      {hears && <HeardTabs heard={heard} at={`${at}/recipients`} />}
      {rows.length === 0 ? (
        <Empty title="No recipients here">
          <p>
            <a href={at}>Back to results</a>
          </p>
        </Empty>
      ) : (
        <Table
          caption="Recipients"
          columns={[
            { label: 'Person' },
            { label: 'Outcome' },
            { label: 'Reason' },
            { label: 'Sent' },
            ...(hears ? [{ label: 'Delivery' }] : []),
          ]}
          rows={rows.map((row) =>
            cellsOf(row, {
              now: props.now,
              timezone: frame.operator.timezone,
              hears,
              masked: props.masked,
            }),
          )}
        />
      )}
      {after !== null && (
        <nav class="actions" aria-label="Pages">
          <LinkButton href={`${at}/recipients?${chosen}after=${after}`} weight="quiet">
            More
          </LinkButton>
        </nav>
      )}
    </ConsolePage>
  )
}

const Tabs = ({ at, counts, outcome, heard }: RecipientsPageProps & { at: string }) => {
  const { recipients, sent, skipped, rejected, unknown } = counts
  const tabs = [
    { key: null, label: 'All', people: recipients },
    { key: 'sent', label: 'Sent', people: sent },
    { key: 'waiting', label: 'Waiting', people: recipients - settledOf(counts) },
    { key: 'skipped', label: 'Skipped', people: skipped },
    { key: 'rejected', label: 'Rejected', people: rejected },
    { key: 'unknown', label: 'Unknown', people: unknown },
  ]
  return (
    <nav class="tabs" aria-label="By outcome">
      {tabs.map(({ key, label, people }) => (
        <a
          href={key === null ? at : `${at}?outcome=${key}`}
          aria-current={key === outcome && heard === null ? 'page' : undefined}
        >
          {label}&nbsp;<span class="soft">{count(people)}</span>
        </a>
      ))}
    </nav>
  )
}

const feedbackTabs: readonly FeedbackKind[] = [
  'delivered',
  'delayed',
  'bounced',
  'complained',
  'failed',
  'suppressed',
]

const HeardTabs = ({ at, heard }: { at: string; heard: FeedbackKind | null }) => (
  <nav class="tabs" aria-label="By delivery">
    <span class="tabs-label">Delivery</span>
    {feedbackTabs.map((key) => (
      <a href={`${at}?heard=${key}`} aria-current={key === heard ? 'page' : undefined}>
        {heardWords[key].word}
      </a>
    ))}
  </nav>
)

/** Shows no whole address; the person's page does, and audits it. */
function cellsOf(
  row: RecipientRow,
  about: { now: Date; timezone: string; hears: boolean; masked: ReadonlyMap<string, string> },
) {
  const { now, timezone, hears, masked } = about
  const { word, tone } = outcomeWords[row.outcome]
  return [
    row.subscriber === null ? (
      <span class="soft">Erased person</span>
    ) : (
      <RowLink href={`/console/people/${row.subscriber}`}>{masked.get(row.subscriber) ?? '…'}</RowLink>
    ),
    <State tone={tone}>{row.inferred && row.outcome === 'sent' ? `${word} (inferred)` : word}</State>,
    row.reason === null ? <Because at={row.consent_at} timezone={timezone} /> : recipientWord(row.reason),
    row.sent_at === null ? '' : <Time at={row.sent_at} timezone={timezone} />,
    ...(hears ? [<Since row={row} now={now} timezone={timezone} />] : []),
  ]
}

const Because = ({ at, timezone }: { at: Date | null; timezone: string }) =>
  at === null ? null : (
    <span class="soft">
      consent given <Time at={at} timezone={timezone} />
    </span>
  )
