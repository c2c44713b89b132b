// view · the campaigns sent to one person, each with its outcome and consent
import { titleOf } from '../../campaigns/title.ts'
import type { Delivery } from '../../reports/deliveries.ts'
import { Pager, State, Table, Time } from '../../ui/console/parts.tsx'
import { outcomeWords, recipientWord } from '../campaigns/words.ts'

export interface DeliveriesProps {
  /** The person's id. */
  readonly person: string
  readonly deliveries: readonly (Delivery & { readonly listName: string })[]
  /** The last campaign shown, where there are more. */
  readonly more: string | null
  readonly timezone: string
}

export const DeliveriesPanel = (props: DeliveriesProps) => {
  const { timezone } = props
  return (
    <section class="stack" aria-labelledby="deliveries">
      <h2 id="deliveries">Campaigns</h2>
      {props.deliveries.length === 0 ? (
        <p class="soft">No campaigns yet.</p>
      ) : (
        <Table
          caption="Campaigns to this person, newest first"
          columns={[
            { label: 'Campaign' },
            { label: 'List' },
            { label: 'Outcome' },
            { label: 'Sent' },
            { label: 'Consent' },
          ]}
          rows={props.deliveries.map((one) => [
            <a href={`/console/campaigns/${one.campaign}`}>{titleOf(one.subject)}</a>,
            one.listName,
            <OutcomeCell one={one} timezone={timezone} />,
            one.sentAt === null ? (
              <span class="soft">not sent</span>
            ) : (
              <Time at={one.sentAt} timezone={timezone} />
            ),
            one.consentAt === null ? (
              <span class="soft">unknown</span>
            ) : (
              <>
                given <Time at={one.consentAt} timezone={timezone} />
              </>
            ),
          ])}
        />
      )}
      <Pager next={props.more === null ? null : `/console/people/${props.person}?deliveries=${props.more}`} />
    </section>
  )
}

const OutcomeCell = ({ one, timezone }: { one: Delivery; timezone: string }) => {
  const { tone, word } = outcomeWords[one.outcome]
  return (
    <>
      <State tone={tone}>{word}</State>
      {one.reason !== null && <div class="small">{recipientWord(one.reason)}</div>}
      {heardOf(one).map(({ words, at }) => (
        <div class="small">
          {words} <Time at={at} timezone={timezone} />
        </div>
      ))}
      {one.inferred && <div class="small">inferred: the provider’s answer was lost</div>}
    </>
  )
}

/** Feedback on the mail. */
const heardOf = ({ deliveredAt, bouncedAt, complainedAt }: Delivery) =>
  [
    { words: 'delivered', at: bouncedAt === null ? deliveredAt : null },
    { words: 'bounced', at: bouncedAt },
    { words: 'reported as spam', at: complainedAt },
  ].flatMap(({ words, at }) => (at === null ? [] : [{ words, at }]))
