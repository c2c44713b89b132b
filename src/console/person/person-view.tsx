// view · the person page: consent, fields, tags and history per list; campaigns
import type { SubscriptionState } from '../../consent/subscriptions-of.ts'
import { base64urlOf } from '../../platform/encoding/bytes.ts'
import { type ConsoleFrame, ConsolePage } from '../../ui/console/console.tsx'
import { Act, counted, LinkButton, PageHead, Said, State, Time } from '../../ui/console/parts.tsx'
import { grades, inOrder, languages, purposeTitle, purposeWord, stateWords } from '../people/words.ts'
import { DeliveriesPanel, type DeliveriesProps } from './deliveries-view.tsx'
import type { Fact } from './facts.ts'
import { type DetailsShown, fieldWords } from './fields.ts'

export interface OnList extends Omit<SubscriptionState, 'list'>, DetailsShown {
  readonly facts: readonly Fact[]
  readonly mayEnd: boolean
  readonly mayOpen: boolean
}

export interface PersonProps {
  readonly frame: ConsoleFrame
  readonly id: string
  readonly masked: string
  /** The full address after "Show address"; null if it can no longer be decrypted. */
  readonly address?: string | null
  readonly locale: string
  /** Null if unknown. */
  readonly timezone: string | null
  readonly onLists: readonly OnList[]
  /** The last event shown, where there are more. */
  readonly moreFacts: string | null
  readonly deliveries: DeliveriesProps['deliveries']
  /** The last campaign shown, where there are more. */
  readonly moreDeliveries: string | null
  readonly mayChange: boolean
  readonly done?: string | undefined
}

const doneWords: Readonly<Record<string, string>> = {
  ended: 'Consent is withdrawn and recorded in the ledger with your name.',
  nothing: 'There was nothing to withdraw: no consent was in force.',
  changed: 'Details saved.',
}

export const PersonPage = (props: PersonProps) => {
  const { frame, id, address, onLists, done } = props
  const said = done === undefined ? undefined : doneWords[done]
  const reachable = onLists.filter((one) => one.reachable).length
  return (
    <ConsolePage frame={frame} section="people" title="Person">
      <PageHead
        title={address ?? props.masked}
        crumb={{ label: 'People', href: '/console/people' }}
        about={
          reachable === 0
            ? 'Cannot be emailed on any list.'
            : `Can be emailed on ${counted(reachable, 'list', 'lists')}.`
        }
      >
        {address === undefined && (
          <Act action={`/console/people/${id}/address`} label="Show address" weight="quiet" icon="eye" />
        )}
      </PageHead>
      {said !== undefined && <Said>{said}</Said>}
      {address === null && (
        <Said tone="bad">The key of this address was destroyed. It can no longer be shown.</Said>
      )}
      {typeof address === 'string' && (
        <Said>This is the full address. The audit log records that you viewed it.</Said>
      )}
      {onLists.map((one) => (
        <ListPanel id={id} one={one} timezone={frame.operator.timezone} />
      ))}
      {props.moreFacts !== null && (
        <p>
          <a href={`/console/people/${id}?facts=${props.moreFacts}`}>Show later events</a>
        </p>
      )}
      <PersonPanel {...props} />
      <DeliveriesPanel
        person={id}
        deliveries={props.deliveries}
        more={props.moreDeliveries}
        timezone={frame.operator.timezone}
      />
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
                evidence grade {one.grade}
                <span class="hidden-words">: {grades[one.grade]}</span>
              </span>
            )}
            <Since one={one} timezone={timezone} />
          </p>
        </div>
        <div class="actions">
          {one.mayOpen && (
            <LinkButton href={`/console/people/${id}/evidence?list=${list.slug}`} weight="quiet">
              Open evidence
            </LinkButton>
          )}
          {one.mayEnd && (
            <LinkButton href={`/console/people/${id}/end?list=${list.slug}`} weight="quiet danger">
              Withdraw consent
            </LinkButton>
          )}
        </div>
      </div>
      {one.suppressed && (
        <Said tone="warn">
          This address is suppressed: an email bounced, was reported as spam, or the address was added by
          hand. Nothing is sent.
        </Said>
      )}
      {one.restricted && (
        <Said tone="warn">Processing is restricted. Nothing is sent until the restriction is lifted.</Said>
      )}
      <Details {...one} />
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
  const hash = base64urlOf(fact.leafHash)
  return (
    <li>
      <Time at={fact.at} timezone={timezone} />
      <div class="fact">
        <p>
          {fact.sentence}
          {fact.notice !== null && (
            <>
              {' '}
              <a href={`/n/${fact.notice}`}>View the notice they saw</a>
            </>
          )}
        </p>
        <details class="leaf">
          <summary title={hash}>
            ledger entry <code>{hash.slice(0, 8)}…</code>
          </summary>
        </details>
        <code class="code">{hash}</code>
      </div>
    </li>
  )
}

/** What this list knows: no other list sees it. */
const Details = ({ fields, tags }: DetailsShown) => {
  const known = fields.filter(({ value }) => value !== '')
  if (known.length === 0 && tags.length === 0) return null
  return (
    <dl class="facts">
      {known.map((shown) => (
        <>
          <dt>{shown.label}</dt>
          <dd>
            {fieldWords(shown)}
            {shown.field.protected && <span class="soft"> (encrypted)</span>}
          </dd>
        </>
      ))}
      {tags.length > 0 && (
        <>
          <dt>Tags</dt>
          <dd class="chips">
            {tags.map((tag) => (
              <span class="chip">{tag}</span>
            ))}
          </dd>
        </>
      )}
    </dl>
  )
}

/** What holds on every list. */
const PersonPanel = (props: PersonProps) => (
  <section class="panel" aria-labelledby="person">
    <div class="page-head">
      <h2 id="person">Person</h2>
      {props.mayChange && (
        <div class="actions">
          <LinkButton href={`/console/people/${props.id}/edit`} weight="quiet" icon="pencil">
            Edit details
          </LinkButton>
        </div>
      )}
    </div>
    <dl class="facts">
      <dt>Language</dt>
      <dd>{languages[props.locale] ?? props.locale}</dd>
      <dt>Time zone</dt>
      <dd>{props.timezone ?? <span class="soft">unknown</span>}</dd>
    </dl>
  </section>
)
