// view · one person: how they stand on each list and how that came about, their fields, what they were sent
import type { StandingOnList } from '../../consent/standings.ts'
import type { Delivery } from '../../delivery/deliveries.ts'
import type { List } from '../../lists/list.ts'
import { base64urlOf, bytesOfHex } from '../../platform/bytes.ts'
import { type ConsoleFrame, ConsolePage } from '../../ui/console.tsx'
import {
  Act,
  counted,
  LinkButton,
  PageHead,
  Pager,
  Said,
  State,
  Table,
  Time,
  type Tone,
} from '../../ui/console-parts.tsx'
import type { Fact } from './facts.ts'
import { type FieldShown, fieldWords } from './fields.ts'
import { grades, inOrder, languages, purposeTitle, purposeWord, stateWords } from './words.ts'

export interface OnList extends Omit<StandingOnList, 'list'> {
  readonly list: List
  readonly facts: readonly Fact[]
  readonly mayEnd: boolean
  readonly mayOpen: boolean
}

export interface PersonProps {
  readonly frame: ConsoleFrame
  readonly id: string
  readonly masked: string
  /** In clear, where the operator just asked for it; null where it cannot be read any more. */
  readonly address?: string | null
  readonly locale: string
  readonly tags: readonly string[]
  readonly fields: readonly FieldShown[]
  readonly onLists: readonly OnList[]
  /** The event after which the story goes on. */
  readonly moreFacts: string | null
  readonly deliveries: readonly (Delivery & { readonly listName: string })[]
  /** The campaign after which there is more. */
  readonly moreDeliveries: string | null
  readonly mayChange: boolean
  readonly done?: string | undefined
}

const doneWords: Readonly<Record<string, string>> = {
  ended: 'Consent is ended, from this moment. It is written into the ledger with your name.',
  nothing: 'Nothing was left to end: it had ended already.',
  changed: 'The person is corrected.',
}

export const PersonPage = (props: PersonProps) => {
  const { frame, id, address, onLists, done } = props
  const said = done === undefined ? undefined : doneWords[done]
  const reachable = onLists.filter((one) => one.reachable).length
  return (
    <ConsolePage frame={frame} section="people" title="One person">
      <PageHead
        title={address ?? props.masked}
        crumb={{ label: 'People', href: '/console/people' }}
        about={
          reachable === 0
            ? 'Cannot be reached on any list now.'
            : `Can be reached on ${counted(reachable, 'list', 'lists')}.`
        }
      >
        {address === undefined && (
          <Act action={`/console/people/${id}/address`} label="Show the address" weight="quiet" icon="eye" />
        )}
      </PageHead>
      {said !== undefined && <Said>{said}</Said>}
      {address === null && (
        <Said tone="bad">The key of this address is gone; nobody can read it any more.</Said>
      )}
      {typeof address === 'string' && (
        <Said>This is the whole address. That you looked at it stands in the audit log.</Said>
      )}
      {onLists.map((one) => (
        <ListPanel id={id} one={one} timezone={frame.operator.timezone} />
      ))}
      {props.moreFacts !== null && (
        <p>
          <a href={`/console/people/${id}?facts=${props.moreFacts}`}>What came later</a>
        </p>
      )}
      <FieldsPanel {...props} />
      <DeliveriesPanel {...props} />
    </ConsolePage>
  )
}

const ListPanel = ({ id, one, timezone }: { id: string; one: OnList; timezone: string }) => {
  const { list } = one
  const { tone, words } = stateWords(one.state)
  return (
    <section class="panel" aria-labelledby={`list-${list.slug}`}>
      <div class="page-head">
        <div>
          <h2 id={`list-${list.slug}`}>{list.name}</h2>
          <p class="standing">
            <State tone={tone}>{words}</State>
            {inOrder(list, one.granted).map((key) => (
              <span class="chip" title={purposeTitle(list, key)}>
                {purposeWord(key)}
              </span>
            ))}
            {one.grade !== null && (
              <span title={grades[one.grade]}>
                grade {one.grade}
                <span class="hidden-words">: {grades[one.grade]}</span>
              </span>
            )}
            <Since one={one} timezone={timezone} />
          </p>
        </div>
        <div class="actions">
          {one.mayOpen && (
            <LinkButton href={`/console/people/${id}/evidence?list=${list.slug}`} weight="quiet">
              Open the evidence
            </LinkButton>
          )}
          {one.mayEnd && (
            <LinkButton href={`/console/people/${id}/end?list=${list.slug}`} weight="quiet danger">
              End consent
            </LinkButton>
          )}
        </div>
      </div>
      {one.suppressed && <Said tone="warn">Mail is held back: it came back, or was reported as spam.</Said>}
      {one.restricted && (
        <Said tone="warn">Processing is limited: nothing is sent until that is lifted.</Said>
      )}
      {one.facts.length > 0 && (
        <ol class="timeline">
          {one.facts.map((fact) => (
            <FactItem fact={fact} timezone={timezone} />
          ))}
        </ol>
      )}
    </section>
  )
}

const Since = ({ one, timezone }: { one: OnList; timezone: string }) => {
  const at = one.state === 'active' ? one.confirmedAt : (one.withdrawnAt ?? one.requestedAt)
  return at === null ? null : (
    <span class="soft">
      since <Time at={at} timezone={timezone} />
    </span>
  )
}

const FactItem = ({ fact, timezone }: { fact: Fact; timezone: string }) => {
  const hash = base64urlOf(bytesOfHex(fact.leafHash))
  return (
    <li>
      <Time at={fact.at} timezone={timezone} />
      <div class="fact">
        <p>
          {fact.sentence}
          {fact.notice !== null && (
            <>
              {' '}
              <a href={`/n/${fact.notice}`}>The notice they were shown</a>
            </>
          )}
        </p>
        <details class="leaf">
          <summary title={hash}>
            leaf <code>{hash.slice(0, 8)}…</code>
          </summary>
          <code class="code">{hash}</code>
        </details>
      </div>
    </li>
  )
}

const FieldsPanel = (props: PersonProps) => {
  const known = props.fields.filter(({ value }) => value !== '')
  return (
    <section class="panel" aria-labelledby="fields">
      <div class="page-head">
        <h2 id="fields">Fields and tags</h2>
        {props.mayChange && (
          <div class="actions">
            <LinkButton href={`/console/people/${props.id}/edit`} weight="quiet" icon="pencil">
              Correct them
            </LinkButton>
          </div>
        )}
      </div>
      <dl class="facts">
        <dt>Language</dt>
        <dd>{languages[props.locale] ?? props.locale}</dd>
        {known.map((shown) => (
          <>
            <dt>{shown.label}</dt>
            <dd>
              {fieldWords(shown)}
              {shown.isProtected && <span class="soft"> (kept encrypted)</span>}
            </dd>
          </>
        ))}
        <dt>Tags</dt>
        <dd class="chips">
          {props.tags.length === 0 ? (
            <span class="soft">none</span>
          ) : (
            props.tags.map((tag) => <span class="chip">{tag}</span>)
          )}
        </dd>
      </dl>
    </section>
  )
}

const outcomeWords: Readonly<Record<Delivery['outcome'], { readonly tone: Tone; readonly words: string }>> = {
  waiting: { tone: 'busy', words: 'waiting' },
  sent: { tone: 'good', words: 'sent' },
  skipped: { tone: 'none', words: 'left out' },
  rejected: { tone: 'bad', words: 'refused by the provider' },
  unknown: { tone: 'warn', words: 'not known whether sent' },
}

/** Why the claim left somebody out; what is not among these is shown as it stands. */
const reasonWords: Readonly<Record<string, string>> = {
  withdrawn: 'their consent had ended',
  revoked: 'their consent had been revoked',
  invalidated: 'their consent had been declared invalid',
  expired: 'their consent had run out',
  refused: 'they had said it was not them',
  pending: 'they had not confirmed',
  restricted: 'processing was limited',
  suppressed: 'mail to them is held back',
  not_now: 'not within the time they allow',
  erased: 'they had been erased',
  cancelled: 'the campaign was cancelled before',
}

const DeliveriesPanel = (props: PersonProps) => {
  const { timezone } = props.frame.operator
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
            <OutcomeCell one={one} />,
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
      <Pager
        next={
          props.moreDeliveries === null
            ? null
            : `/console/people/${props.id}?deliveries=${props.moreDeliveries}`
        }
      />
    </section>
  )
}

const OutcomeCell = ({ one }: { one: Delivery }) => {
  const { tone, words } = outcomeWords[one.outcome]
  const reason = one.reason === null ? null : (reasonWords[one.reason] ?? one.reason.replaceAll('_', ' '))
  return (
    <>
      <State tone={tone}>{words}</State>
      {reason !== null && <div class="small">{reason}</div>}
      {one.inferred && <div class="small">the provider took it; its answer was lost</div>}
    </>
  )
}
