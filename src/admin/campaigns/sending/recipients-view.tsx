// view · the recipients of a campaign, by what became of them
import type { Campaign } from '../../../campaigns/campaign.ts'
import type { Counts } from '../../../delivery/figures.ts'
import type { Outcome, RecipientRow } from '../../../delivery/outcomes.ts'
import type { List } from '../../../lists/list.ts'
import { type ConsoleFrame, ConsolePage } from '../../../ui/console.tsx'
import {
  count,
  Empty,
  LinkButton,
  PageHead,
  RowLink,
  State,
  Table,
  Time,
  type Tone,
} from '../../../ui/console-parts.tsx'
import { skipWord } from '../words.ts'
import { settledOf } from './progress-view.tsx'

export interface RecipientsPageProps {
  readonly frame: ConsoleFrame
  readonly campaign: Campaign
  readonly list: List
  readonly counts: Counts
  /** Null: everybody. */
  readonly outcome: Outcome | null
  readonly rows: readonly RecipientRow[]
  /** Where the next page begins; null on the last. */
  readonly after: string | null
}

const outcomeWords: Readonly<Record<Outcome, { readonly word: string; readonly tone: Tone }>> = {
  waiting: { word: 'Waiting', tone: 'busy' },
  sent: { word: 'Sent', tone: 'good' },
  skipped: { word: 'Left out', tone: 'none' },
  rejected: { word: 'Refused', tone: 'bad' },
  unknown: { word: 'Unknown', tone: 'warn' },
}

export const RecipientsPage = (props: RecipientsPageProps) => {
  const { frame, campaign, rows, after, outcome } = props
  const at = `/console/campaigns/${campaign.id}`
  const chosen = outcome === null ? '' : `outcome=${outcome}&`
  return (
    <ConsolePage frame={frame} section="campaigns" title="Everybody, one by one">
      <PageHead
        title="Everybody, one by one"
        crumb={{ label: campaign.subject, href: at }}
        about={`Who got it, who did not, and because of which consent. To ${props.list.name}.`}
      />
      <Tabs {...props} at={`${at}/recipients`} />
      {rows.length === 0 ? (
        <Empty title="Nobody here">
          <p>
            <a href={at}>Back to the figures</a>
          </p>
        </Empty>
      ) : (
        <Table
          caption="Recipients"
          columns={[{ label: 'Person' }, { label: 'Outcome' }, { label: 'Why' }, { label: 'Sent' }]}
          rows={rows.map((row) => cellsOf(row, frame.operator.timezone))}
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

const Tabs = ({ at, counts, outcome }: RecipientsPageProps & { at: string }) => {
  const { recipients, sent, skipped, rejected, unknown } = counts
  const tabs = [
    { key: null, label: 'All', people: recipients },
    { key: 'sent', label: 'Sent', people: sent },
    { key: 'waiting', label: 'Waiting', people: recipients - settledOf(counts) },
    { key: 'skipped', label: 'Left out', people: skipped },
    { key: 'rejected', label: 'Refused', people: rejected },
    { key: 'unknown', label: 'Unknown', people: unknown },
  ]
  return (
    <nav class="tabs" aria-label="By outcome">
      {tabs.map(({ key, label, people }) => (
        <a
          href={key === null ? at : `${at}?outcome=${key}`}
          aria-current={key === outcome ? 'page' : undefined}
        >
          {label}&nbsp;<span class="soft">{count(people)}</span>
        </a>
      ))}
    </nav>
  )
}

/** Nobody's address stands here; the person's own page shows it, and writes down that it did. */
function cellsOf(row: RecipientRow, timezone: string) {
  const { word, tone } = outcomeWords[row.outcome]
  return [
    row.subscriber === null ? (
      <span class="soft">an erased person</span>
    ) : (
      <RowLink href={`/console/people/${row.subscriber}`}>Person {row.subscriber.slice(-12)}</RowLink>
    ),
    <State tone={tone}>{row.inferred && row.outcome === 'sent' ? `${word}, inferred` : word}</State>,
    row.reason === null ? <Because at={row.consent_at} timezone={timezone} /> : skipWord(row.reason),
    row.sent_at === null ? '' : <Time at={new Date(row.sent_at)} timezone={timezone} />,
  ]
}

const Because = ({ at, timezone }: { at: string | null; timezone: string }) =>
  at === null ? null : (
    <span class="soft">
      the consent of <Time at={new Date(at)} timezone={timezone} />
    </span>
  )
