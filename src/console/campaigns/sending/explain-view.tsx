// view · why one person was or was not sent a campaign; the address is shown only in the form
import type { Campaign } from '../../../campaigns/campaign.ts'
import { titleOf } from '../../../campaigns/title.ts'
import type { List } from '../../../lists/list.ts'
import type { Explained } from '../../../reports/explain.ts'
import { lastHeard } from '../../../reports/explanation.ts'
import type { RecipientRow } from '../../../reports/outcomes.ts'
import { ErrorSummary, TextField } from '../../../ui/components.tsx'
import { type ConsoleFrame, ConsolePage } from '../../../ui/console/console.tsx'
import { PageHead, State, SubmitButton, Time } from '../../../ui/console/parts.tsx'
import { heardWords, outcomeWords, recipientWord, sinceWord } from '../words.ts'

export const ExplainForm = (props: {
  /** The campaign's id. */
  campaign: string
  typed?: string
  fault?: string | undefined
}) => (
  <form method="post" action={`/console/campaigns/${props.campaign}/explain`} class="row narrow">
    <TextField
      name="email"
      inputmode="email"
      label="Email address"
      hint="The full address. It is not put in any link or log."
      value={props.typed ?? ''}
      fault={props.fault}
      autocomplete="off"
    />
    <SubmitButton weight="quiet">Check</SubmitButton>
  </form>
)

export interface ExplainPageProps {
  readonly frame: ConsoleFrame
  readonly campaign: Campaign
  readonly list: List
  readonly typed: string
  readonly fault?: string
  readonly explained?: Explained
  readonly now: Date
  /** The person's id, where the operator may see them. */
  readonly person?: string | null
}

export const ExplainPage = (props: ExplainPageProps) => {
  const { campaign, typed, fault, explained } = props
  const title = 'Check one person'
  return (
    <ConsolePage frame={props.frame} section="campaigns" title={title}>
      <PageHead
        title={title}
        crumb={{ label: titleOf(campaign.subject), href: `/console/campaigns/${campaign.id}` }}
        about={`Whether it was sent to this person, and why. To ${props.list.name}.`}
      />
      {fault !== undefined && (
        <ErrorSummary heading="Please fix this" faults={[{ name: 'email', message: fault }]} />
      )}
      <ExplainForm campaign={campaign.id} typed={typed} fault={fault} />
      {explained !== undefined && <Answer {...props} explained={explained} />}
    </ConsolePage>
  )
}

const Answer = ({ frame, now, typed, explained, person }: ExplainPageProps & { explained: Explained }) => {
  const { recipient, since, frozen_at } = explained
  const { timezone } = frame.operator
  return (
    <section class="panel" aria-label="Result">
      <h2>{verdict(explained)}</h2>
      <p>{explained.explanation}</p>
      <dl class="facts">
        <dt>Person</dt>
        <dd>{person == null ? typed : <a href={`/console/people/${person}`}>{typed}</a>}</dd>
        {recipient !== null && <RecipientFacts row={recipient} now={now} timezone={timezone} />}
        {frozen_at !== null && (
          <>
            <dt>Audience fixed</dt>
            <dd>
              <Time at={new Date(frozen_at)} timezone={timezone} />
            </dd>
          </>
        )}
        {explained.in_segment_now !== null && (
          <>
            <dt>In segment now</dt>
            <dd>{explained.in_segment_now ? 'yes' : 'no'}</dd>
          </>
        )}
      </dl>
      {since.length > 0 && (
        <>
          <h3>What happened on this list since</h3>
          <ol class="timeline">
            {since.map(({ type, t }) => (
              <li>
                <Time at={new Date(t)} timezone={timezone} />
                <span>{sinceWord(type)}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  )
}

function verdict({ got, outcome, recipient }: Explained): string {
  const isSent = outcome === 'sent' && recipient !== null
  if (got === null)
    return isSent
      ? 'It was sent, and is on its way to them'
      : 'Unknown: it may or may not have been sent to them'
  if (got) return 'It was sent to them'
  return isSent ? 'It was sent, but did not reach them' : 'It was not sent to them'
}

interface RowProps {
  readonly row: RecipientRow
  readonly now: Date
  readonly timezone: string
}

const RecipientFacts = ({ row, now, timezone }: RowProps) => {
  const { word, tone } = outcomeWords[row.outcome]
  return (
    <>
      <dt>Outcome</dt>
      <dd>
        <State tone={tone}>{row.inferred && row.outcome === 'sent' ? `${word} (inferred)` : word}</State>
      </dd>
      {row.reason !== null && (
        <>
          <dt>Reason</dt>
          <dd>{recipientWord(row.reason)}</dd>
        </>
      )}
      {row.sent_at !== null && (
        <>
          <dt>Sent</dt>
          <dd>
            <Time at={row.sent_at} timezone={timezone} />
          </dd>
        </>
      )}
      {row.consent_at !== null && (
        <>
          <dt>Consent</dt>
          <dd>
            given <Time at={row.consent_at} timezone={timezone} />
          </dd>
        </>
      )}
      {lastHeard(row, now) !== null && (
        <>
          <dt>Delivery</dt>
          <dd>
            <Since row={row} now={now} timezone={timezone} />
          </dd>
        </>
      )}
    </>
  )
}

/** The most serious feedback on one mail; nothing without feedback. */
export const Since = ({ row, now, timezone }: RowProps) => {
  const last = lastHeard(row, now)
  if (last === null) return null
  const { word, tone } = heardWords[last.heard]
  return (
    <>
      <State tone={tone}>{last.detail === null ? word : `${word}: ${last.detail}`}</State>{' '}
      <span class="soft">
        <Time at={last.at} timezone={timezone} />
      </span>
    </>
  )
}
