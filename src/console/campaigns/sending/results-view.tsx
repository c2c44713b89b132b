// view · campaign results: figures with denominators, what is unknown, and why people were not sent it

import type { Permission } from '../../../auth/roles.ts'
import type { Campaign, Totals } from '../../../campaigns/campaign.ts'
import type { MissingFeedback } from '../../../platform/config.ts'
import type { ReasonCount } from '../../../reports/figures.ts'
import type { ConsoleFrame } from '../../../ui/console/console.tsx'
import { count, Figures, Table } from '../../../ui/console/parts.tsx'
import { recipientWord } from '../words.ts'
import { type Progress, settledOf } from './progress-view.tsx'

export interface ResultsProps {
  readonly frame: ConsoleFrame
  readonly campaign: Campaign
  readonly progress: Progress
  readonly totals: Totals
  readonly reasons: readonly ReasonCount[]
  readonly unheard: MissingFeedback
  readonly may: (permission: Permission) => boolean
}

/** Shown only when above zero. */
const rare = [
  { heard: 'delayed', label: 'Delayed', note: 'at least once' },
  { heard: 'failed', label: 'Failed', note: 'accepted by the provider, then not sent' },
  { heard: 'suppressed', label: 'Suppressed', note: 'by the provider’s own list' },
] as const

export const Results = (props: ResultsProps) => {
  const { campaign, totals, progress, unheard, may } = props
  const of = `of ${count(totals.recipients)}`
  const rows = may('subscribers.read') ? `/console/campaigns/${campaign.id}/recipients?` : null
  const linked = (query: string) => (rows === null ? {} : { href: `${rows}${query}` })
  const opened = (outcome: string) => linked(`outcome=${outcome}`)
  const ofSent = `of ${count(totals.sent)} sent`
  const waiting = totals.recipients - settledOf(progress.counts)
  return (
    <section class="stack" aria-labelledby="results">
      <h2 id="results">Results</h2>
      <Figures
        figures={[
          { label: 'Sent', value: count(totals.sent), note: of, ...opened('sent') },
          ...(waiting > 0
            ? [{ label: 'Waiting', value: count(waiting), note: of, ...opened('waiting') }]
            : []),
          { label: 'Skipped', value: count(totals.skipped), note: of, ...opened('skipped') },
          { label: 'Rejected', value: count(totals.rejected), note: of, ...opened('rejected') },
          { label: 'Unknown', value: count(totals.unknown), note: of, ...opened('unknown') },
          { label: 'Unsubscribed', value: count(totals.withdrawn), note: of },
        ]}
      />
      {unheard.returned === null && (
        <Figures
          figures={[
            ...(unheard.delivered === null
              ? [
                  {
                    label: 'Delivered',
                    value: count(totals.delivered),
                    note: ofSent,
                    ...linked('heard=delivered'),
                  },
                ]
              : []),
            { label: 'Bounced', value: count(totals.bounced), note: ofSent, ...linked('heard=bounced') },
            {
              label: 'Complained',
              value: count(totals.complained),
              note: unheard.delivered === null ? `of ${count(totals.delivered)} delivered` : ofSent,
              ...linked('heard=complained'),
            },
            ...rare.flatMap(({ heard, label, note }) =>
              totals[heard] === 0
                ? []
                : [
                    {
                      label,
                      value: count(totals[heard]),
                      note: `${ofSent}, ${note}`,
                      ...linked(`heard=${heard}`),
                    },
                  ],
            ),
          ]}
        />
      )}
      <dl class="facts">
        {unheardRows(unheard).map(([label, why]) => (
          <>
            <dt>{label}</dt>
            <dd class="soft">unknown: {why}</dd>
          </>
        ))}
        <dt>Opens, clicks</dt>
        <dd class="soft">not measured: this campaign is sent without tracking</dd>
      </dl>
      <Reasons {...props} />
    </section>
  )
}

/** One reason, one row. */
function unheardRows({ delivered, returned }: MissingFeedback): readonly (readonly [string, string])[] {
  if (returned === null) return delivered === null ? [] : [['Delivered', delivered]]
  return delivered === returned
    ? [['Delivered, bounced, complained', returned]]
    : [...unheardRows({ delivered, returned: null }), ['Bounced, complained', returned]]
}

const Reasons = ({ frame, reasons, may, campaign }: ResultsProps) => (
  <>
    {reasons.length > 0 && (
      <div class="narrow">
        <Table
          caption="Why it was not sent"
          columns={[{ label: 'Why it was not sent' }, { label: 'People', number: true }]}
          rows={reasons.map(({ outcome, reason, people }) => [
            outcome === 'skipped' ? recipientWord(reason) : `rejected by the provider: ${reason}`,
            count(people),
          ])}
        />
      </div>
    )}
    {may('subscribers.read') ? (
      <p>
        <a href={`/console/campaigns/${campaign.id}/recipients`}>See all recipients</a>
      </p>
    ) : (
      <p class="soft">With the role {frame.operator.role} you see totals, but not individual people.</p>
    )}
  </>
)
