// view · what became of everybody: figures with their denominators, what is not known, and why some did not get it

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

/** Shown where there are any. */
const rare = [
  { heard: 'delayed', label: 'Delayed', note: 'put off at least once' },
  { heard: 'failed', label: 'Failed', note: 'taken and not sent on' },
  { heard: 'suppressed', label: 'Held back', note: 'by a list of the provider’s' },
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
      <h2 id="results">What became of everybody</h2>
      <Figures
        figures={[
          { label: 'Sent', value: count(totals.sent), note: of, ...opened('sent') },
          ...(waiting > 0
            ? [{ label: 'Waiting', value: count(waiting), note: of, ...opened('waiting') }]
            : []),
          { label: 'Left out', value: count(totals.skipped), note: of, ...opened('skipped') },
          { label: 'Refused', value: count(totals.rejected), note: of, ...opened('rejected') },
          { label: 'Unknown', value: count(totals.unknown), note: of, ...opened('unknown') },
          { label: 'Left afterwards', value: count(totals.withdrawn), note: of },
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
        {(
          [
            ['Delivered', unheard.delivered],
            ['Bounced', unheard.returned],
            ['Complained', unheard.returned],
          ] as const
        ).map(
          ([label, why]) =>
            why !== null && (
              <>
                <dt>{label}</dt>
                <dd class="soft">not known: {why}</dd>
              </>
            ),
        )}
        <dt>Opened, clicked</dt>
        <dd class="soft">not measured: this campaign was sent without measuring</dd>
      </dl>
      <Reasons {...props} />
    </section>
  )
}

const Reasons = ({ frame, reasons, may, campaign }: ResultsProps) => (
  <>
    {reasons.length > 0 && (
      <div class="narrow">
        <Table
          caption="Why some did not get it"
          columns={[{ label: 'Why some did not get it' }, { label: 'People', number: true }]}
          rows={reasons.map(({ outcome, reason, people }) => [
            outcome === 'skipped' ? recipientWord(reason) : `the provider refused: ${reason}`,
            count(people),
          ])}
        />
      </div>
    )}
    {may('subscribers.read') ? (
      <p>
        <a href={`/console/campaigns/${campaign.id}/recipients`}>Look at everybody, one by one</a>
      </p>
    ) : (
      <p class="soft">As {frame.operator.role} you see figures, and no single person.</p>
    )}
  </>
)
