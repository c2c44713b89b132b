// view · the page before a campaign is sent: the people, the checks, now or later, the button
import type { Campaign } from '../../../campaigns/campaign.ts'
import type { List } from '../../../lists/list.ts'
import type { Fault } from '../../../platform/errors.ts'
import type { Preflight } from '../../../preflight/preflight.ts'
import { controlId, ErrorSummary, Hidden } from '../../../ui/components.tsx'
import { type ConsoleFrame, ConsolePage } from '../../../ui/console/console.tsx'
import { Act, count, counted, LinkButton, PageHead, Said } from '../../../ui/console/parts.tsx'
import { Icon } from '../../../ui/icons.tsx'
import { isState, leftOutWords } from '../words.ts'
import { Checks, checkLabel } from './checks-view.tsx'

export interface LaunchPageProps {
  readonly frame: ConsoleFrame
  readonly campaign: Campaign
  readonly list: List
  /** The name; null: everyone. */
  readonly segment: string | null
  readonly found: Preflight
  /** Null where the operator may send; else who can. */
  readonly senders: readonly string[] | null
  /** Whether a reason opens into its people. */
  readonly opensPeople: boolean
  readonly later: boolean
  /** By each person's own clock. */
  readonly local: boolean
  /** Zone of the house. */
  readonly houseZone: string
  readonly at: string
  readonly faults: readonly Fault[]
  readonly moved: string | null
}

export const LaunchPage = (props: LaunchPageProps) => {
  const { frame, campaign, list, segment, faults } = props
  const at = `/console/campaigns/${campaign.id}`
  return (
    <ConsolePage frame={frame} section="campaigns" title={`Send ${campaign.subject}`}>
      <PageHead
        title={campaign.subject}
        crumb={{ label: 'Campaigns', href: '/console/campaigns' }}
        about={`To ${list.name} · ${segment === null ? 'everyone' : `segment “${segment}”`}`}
      >
        <LinkButton href={`${at}/edit`} weight="quiet" icon="pencil">
          Go on writing
        </LinkButton>
        <LinkButton href={`${at}/test`} weight="quiet">
          Send a test
        </LinkButton>
      </PageHead>
      {props.moved !== null && <Said tone="warn">{props.moved}</Said>}
      <ErrorSummary
        heading="This was not sent"
        faults={faults.map(({ path, message }) => ({ name: path, message }))}
      />
      {props.found.problem === null && <People {...props} />}
      <Checks found={props.found}>
        {!hasForm(props) && (
          <Act action={`${at}/preflight`} label={checkLabel(props.found)} weight="quiet" icon="search" />
        )}
      </Checks>
      <div class="narrow stack">
        <Way {...props} />
      </div>
    </ConsolePage>
  )
}

/** Whether somebody may press a button here, and for somebody. */
const hasForm = ({ list, senders, found: { people, problem } }: LaunchPageProps): boolean =>
  list.archivedAt === null && problem === null && senders === null && people > 0

const People = ({ found: { people, leftOut }, opensPeople, list }: LaunchPageProps) => {
  const out = leftOut.reduce((sum, one) => sum + one.people, 0)
  return (
    <section class="panel narrow" aria-label="Who gets it">
      <p class="audience">
        <strong>{counted(people, 'person', 'people')}</strong> will get this.
        {out > 0 && (
          <>
            {' '}
            <strong>{count(out)}</strong> will not:
          </>
        )}
      </p>
      {out > 0 && (
        <ul class="left-out">
          {leftOut.map(({ reason, people: those }) => (
            <li>
              <span class="left-out-count">{count(those)}</span>
              {opensPeople && isState(reason) ? (
                <a href={`/console/people?list=${list.slug}&state=${reason}`}>{leftOutWords[reason]}</a>
              ) : (
                <span>{leftOutWords[reason]}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const Way = (props: LaunchPageProps) => {
  const { campaign, list, senders } = props
  const { people, problem } = props.found
  if (list.archivedAt !== null)
    return <Said tone="bad">The list is archived; nothing is sent to it any more.</Said>
  if (problem !== null)
    return (
      <Said tone="bad">
        {problem} <a href={`/console/campaigns/${campaign.id}/edit`}>Go on writing</a>
      </Said>
    )
  if (senders !== null)
    return (
      <Said tone="warn">
        You may write this campaign, not send it.{' '}
        {senders.length === 0 ? 'An owner can.' : `${sentenceOf(senders)} can.`}
      </Said>
    )
  if (people === 0)
    return (
      <Said tone="warn">
        Nobody would get this, so there is nothing to send.{' '}
        {campaign.segment === null
          ? 'The list has nobody yet who agreed to it.'
          : 'Choose another segment, or everyone.'}
      </Said>
    )
  const isStopped = props.found.checks.some(({ verdict }) => verdict === 'block')
  return (
    <>
      {isStopped && (
        <Said tone="bad">
          It cannot be sent as it stands: see above what stops it, and how to mend that. Each press looks
          again.
        </Said>
      )}
      <LaunchForm {...props} />
    </>
  )
}

const sentenceOf = (names: readonly string[]): string =>
  names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`

const times = [
  { value: 'now', label: 'Now' },
  { value: 'later', label: 'At a time' },
  { value: 'local', label: 'At a time, in each person’s time zone' },
] as const

const LaunchForm = (props: LaunchPageProps) => {
  const { frame, campaign, found, later, local, at, faults } = props
  const { people } = found
  const fault = faults.find(({ path }) => path === 'at')?.message
  const id = controlId('at')
  const chosen = local ? 'local' : later ? 'later' : 'now'
  return (
    <form method="post" action={`/console/campaigns/${campaign.id}/launch`} class="panel launch">
      <Hidden name="version" value={String(campaign.version)} />
      <Hidden name="people" value={String(people)} />
      <fieldset class="group-plain launch-when">
        <legend class="label">When?</legend>
        {times.map(({ value, label }) => (
          <>
            <input
              type="radio"
              id={controlId('when', value)}
              name="when"
              value={value}
              checked={value === chosen}
            />
            <label class="option" for={controlId('when', value)}>
              {label}
            </label>
          </>
        ))}
        <div class="field launch-time">
          <label for={id}>
            <span class="label">The time</span>
          </label>
          <span class="hint" id={`${id}-hint`}>
            <span class="launch-here">By the clock in {frame.operator.timezone}.</span>
            <span class="launch-there">
              By the clock where each person lives, or in {props.houseZone} where that is not known. It begins
              in the first of their zones.
            </span>{' '}
            Who gets it is decided then: people who leave until that moment are left out, people who come get
            it too.
          </span>
          {fault !== undefined && (
            <p class="fault" id={`${id}-fault`}>
              {fault}
            </p>
          )}
          <input
            class="input"
            type="datetime-local"
            id={id}
            name="at"
            value={at}
            aria-invalid={fault === undefined ? undefined : 'true'}
            aria-describedby={fault === undefined ? `${id}-hint` : `${id}-hint ${id}-fault`}
          />
        </div>
        <div class="actions">
          <button type="submit" class="button">
            <Icon name="send" />
            <span class="launch-now">Send to {counted(people, 'person', 'people')}</span>
            <span class="launch-later">Schedule for {counted(people, 'person', 'people')}</span>
          </button>
          <button
            type="submit"
            class="button button-quiet"
            formaction={`/console/campaigns/${campaign.id}/preflight`}
          >
            <Icon name="search" />
            {checkLabel(found)}
          </button>
        </div>
      </fieldset>
    </form>
  )
}
