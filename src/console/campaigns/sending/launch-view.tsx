// view · the launch page: audience, checks, time, send button
import type { Campaign } from '../../../campaigns/campaign.ts'
import { titleOf } from '../../../campaigns/title.ts'
import { quoted } from '../../../i18n/typography/marks.ts'
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
  /** The segment's name; null: the whole list. */
  readonly segment: string | null
  readonly found: Preflight
  /** Names of the operators who may send; null where this operator may. */
  readonly senders: readonly string[] | null
  /** Whether a reason links to its people. */
  readonly opensPeople: boolean
  readonly later: boolean
  /** In each person's own time zone. */
  readonly local: boolean
  /** The default time zone. */
  readonly zoneOfOthers: string
  readonly at: string
  readonly faults: readonly Fault[]
  readonly moved: string | null
}

export const LaunchPage = (props: LaunchPageProps) => {
  const { frame, campaign, list, segment, faults } = props
  const at = `/console/campaigns/${campaign.id}`
  return (
    <ConsolePage frame={frame} section="campaigns" title={`Send ${titleOf(campaign.subject)}`}>
      <PageHead
        title={titleOf(campaign.subject)}
        crumb={{ label: 'Campaigns', href: '/console/campaigns' }}
        about={`To ${list.name} · ${segment === null ? 'everyone' : `segment ${quoted('en', segment)}`}`}
      >
        <LinkButton href={`${at}/edit`} weight="quiet" icon="pencil">
          Continue editing
        </LinkButton>
        <LinkButton href={`${at}/test`} weight="quiet">
          Send test email
        </LinkButton>
      </PageHead>
      {props.moved !== null && <Said tone="warn">{props.moved}</Said>}
      <ErrorSummary
        heading="Not sent yet. Please fix this"
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

/** Returns whether the page shows the launch form. */
const hasForm = ({ list, senders, found: { people, problem } }: LaunchPageProps): boolean =>
  list.archivedAt === null && problem === null && senders === null && people > 0

const People = ({ found: { people, leftOut }, opensPeople, list }: LaunchPageProps) => {
  const out = leftOut.reduce((sum, one) => sum + one.people, 0)
  return (
    <section class="panel narrow" aria-label="Audience">
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
    return <Said tone="bad">This list is archived. Campaigns cannot be sent to it.</Said>
  if (problem !== null)
    return (
      <Said tone="bad">
        {problem} <a href={`/console/campaigns/${campaign.id}/edit`}>Continue editing</a>
      </Said>
    )
  if (senders !== null)
    return (
      <Said tone="warn">
        You can edit this campaign but not send it.{' '}
        {senders.length === 0 ? 'An owner can send it.' : `${sentenceOf(senders)} can send it.`}
      </Said>
    )
  if (people === 0)
    return (
      <Said tone="warn">
        Nobody would get this campaign.{' '}
        {campaign.segment === null
          ? 'Nobody on this list can be emailed yet.'
          : 'Choose another segment, or everyone on the list.'}
      </Said>
    )
  const isStopped = props.found.checks.some(({ verdict }) => verdict === 'block')
  return (
    <>
      {isStopped && (
        <Said tone="bad">
          This campaign cannot be sent yet: fix the checks above that block sending. They run again each time
          you press Send.
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
  { value: 'later', label: 'At a set time' },
  { value: 'local', label: 'At a set time, in each person’s time zone' },
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
        <legend class="label">When</legend>
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
            <span class="label">Date and time</span>
          </label>
          <span class="hint" id={`${id}-hint`}>
            <span class="launch-here">In your time zone, {frame.operator.timezone}.</span>
            <span class="launch-there">
              In each person’s time zone, or {props.zoneOfOthers} where theirs is unknown. Sending starts in
              the earliest time zone.
            </span>{' '}
            The audience is fixed when sending starts: people who unsubscribe before then are skipped, and
            people who join are included.
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
