// view · what one person was sent, campaign by campaign, and because of which consent
import type { Delivery } from '../../reports/deliveries.ts'
import { Pager, State, Table, Time, type Tone } from '../../ui/console/parts.tsx'
import { recipientWord } from '../campaigns/words.ts'

export interface DeliveriesProps {
  /** The id of the person. */
  readonly person: string
  readonly deliveries: readonly (Delivery & { readonly listName: string })[]
  /** The campaign after which there is more. */
  readonly more: string | null
  readonly timezone: string
}

export const DeliveriesPanel = (props: DeliveriesProps) => {
  const { timezone } = props
  return (
    <section class="stack" aria-labelledby="deliveries">
      <h2 id="deliveries">What they were sent</h2>
      {props.deliveries.length === 0 ? (
        <p class="soft">No campaign has gone out to them yet.</p>
      ) : (
        <Table
          caption="Campaigns to this person, the newest first"
          columns={[
            { label: 'Campaign' },
            { label: 'List' },
            { label: 'Outcome' },
            { label: 'When' },
            { label: 'Because of' },
          ]}
          rows={props.deliveries.map((one) => [
            <a href={`/console/campaigns/${one.campaign}`}>{one.subject}</a>,
            one.listName,
            <OutcomeCell one={one} timezone={timezone} />,
            one.sentAt === null ? (
              <span class="soft">not sent</span>
            ) : (
              <Time at={one.sentAt} timezone={timezone} />
            ),
            one.consentAt === null ? (
              <span class="soft">not known</span>
            ) : (
              <>
                the consent of <Time at={one.consentAt} timezone={timezone} />
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
  const { tone, words } = outcomeWords[one.outcome]
  return (
    <>
      <State tone={tone}>{words}</State>
      {one.reason !== null && <div class="small">{recipientWord(one.reason)}</div>}
      {heardOf(one).map(({ words, at }) => (
        <div class="small">
          {words} <Time at={at} timezone={timezone} />
        </div>
      ))}
      {one.inferred && <div class="small">the provider took it; its answer was lost</div>}
    </>
  )
}

/** What the provider said of the mail since. */
const heardOf = ({ deliveredAt, bouncedAt, complainedAt }: Delivery) =>
  [
    { words: 'delivered', at: bouncedAt === null ? deliveredAt : null },
    { words: 'came back', at: bouncedAt },
    { words: 'reported as spam', at: complainedAt },
  ].flatMap(({ words, at }) => (at === null ? [] : [{ words, at }]))

const outcomeWords: Readonly<Record<Delivery['outcome'], { readonly tone: Tone; readonly words: string }>> = {
  waiting: { tone: 'busy', words: 'waiting' },
  sent: { tone: 'good', words: 'sent' },
  skipped: { tone: 'none', words: 'left out' },
  rejected: { tone: 'bad', words: 'refused by the provider' },
  unknown: { tone: 'warn', words: 'not known whether sent' },
}
