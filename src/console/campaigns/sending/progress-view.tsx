// view · how far a campaign got: a bar, its counts, and the same in words
import type { CampaignState } from '../../../campaigns/campaign.ts'
import { type Blocker, sentenceOfBlocker } from '../../../reports/blockers.ts'
import type { Estimate } from '../../../reports/estimate.ts'
import type { Counts } from '../../../reports/figures.ts'
import { count, counted, Said, State, Time } from '../../../ui/console/parts.tsx'
import { durationWords, stateWords } from '../words.ts'

export interface Progress {
  readonly id: string
  readonly state: CampaignState
  readonly problem: string | null
  readonly counts: Counts
  /** Null where there is nothing to wait for. */
  readonly outlook: Estimate | null
  readonly now: Date
}

/** `data-again` holds for as long as there is something to wait for. */
export const ProgressPanel = ({ progress, timezone }: { progress: Progress; timezone: string }) => {
  const { state, problem, id, outlook } = progress
  const { word, tone } = stateWords[state]
  const isMoving = state === 'freezing' || state === 'sending'
  return (
    <section
      class="panel"
      id="progress"
      aria-label="Progress"
      data-state={state}
      data-again={isMoving ? `/console/campaigns/${id}/progress` : undefined}
    >
      <p>
        <State tone={tone}>
          <strong>{word}</strong>
        </State>
      </p>
      {progress.counts.recipients > 0 && <Bar counts={progress.counts} />}
      <p>{sentenceOf(progress)}</p>
      {state === 'sending' && outlook?.peoplePerSecond != null && (
        <p class="soft">
          {count(Math.round(outlook.peoplePerSecond))} a second in the last minute.
          {outlook.endsAt !== null && (
            <>
              {' '}
              Done at about <Time at={outlook.endsAt} timezone={timezone} />.
            </>
          )}
        </p>
      )}
      {problem !== null && <Said tone="bad">It stands still: {problem}</Said>}
      {outlook?.blockers.map((wait) => (
        <Waiting wait={wait} timezone={timezone} />
      ))}
    </section>
  )
}

const untilWords: Readonly<Record<string, string>> = {
  daily_quota: 'Next at',
  monthly_quota: 'Next at',
  no_answer: 'Next at',
  answer_missing: 'Next at',
  answer_unknown: 'That is from',
  quiet_hours: 'It goes on at',
  warm_up: 'It goes on at',
  cap: 'It goes on at',
  local_time: 'It goes on at',
}

/** A pause is told by its state, and by its problem where it has one. */
const Waiting = (props: { wait: Blocker; timezone: string }) => {
  const { reason, until } = props.wait
  return reason === 'paused' ? null : (
    <Said tone="warn">
      {sentenceOfBlocker(props.wait)}
      {until !== null && (
        <>
          {' '}
          {untilWords[reason] ?? 'Until'} <Time at={until} timezone={props.timezone} />.
        </>
      )}
    </Said>
  )
}

/** Parts of a thousand; whatever is there shows at least as a line. */
const Bar = ({ counts }: { counts: Counts }) => {
  const { recipients, sent, skipped, rejected, unknown } = counts
  const widthOf = (people: number): number =>
    people === 0 ? 0 : Math.max(3, Math.round((people / recipients) * 1000))
  const parts = [
    { name: 'bar-sent', width: widthOf(sent) },
    { name: 'bar-skipped', width: widthOf(skipped) },
    { name: 'bar-bad', width: widthOf(rejected + unknown) },
  ]
  return (
    <svg
      class="progress-bar"
      viewBox="0 0 1000 12"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${count(settledOf(counts))} of ${count(recipients)} done`}
    >
      {parts.map(({ name, width }, at) => (
        <rect class={name} x={xOf(parts, at)} y="0" width={width} height="12" />
      ))}
    </svg>
  )
}

const xOf = (parts: readonly { width: number }[], at: number): number =>
  parts.slice(0, at).reduce((sum, { width }) => sum + width, 0)

export const settledOf = ({ sent, skipped, rejected, unknown }: Counts): number =>
  sent + skipped + rejected + unknown

const percentOf = (outlook: Estimate | null): string => `${Math.floor((outlook?.frozenShare ?? 0) * 100)} %`

function sentenceOf({ state, counts, outlook, now }: Progress): string {
  const { recipients, sent } = counts
  const left = recipients - settledOf(counts)
  switch (state) {
    case 'freezing':
      return `The people who get it are being written down, each with the consent that allows it: ${count(recipients)} so far, ${percentOf(outlook)} of the list looked at.`
    case 'sending': {
      const handed = `${count(sent)} of ${counted(recipients, 'person', 'people')}`
      if (outlook?.endsAt == null) return `${handed}; ${count(left)} to go.`
      const seconds = (outlook.endsAt.getTime() - now.getTime()) / 1000
      return `${handed}, ${durationWords(seconds)} left${outlook.peoplePerSecond === null ? ' at the provider’s pace' : ''}.`
    }
    case 'paused':
      return recipients === 0
        ? 'Nobody was written down yet; nothing was sent.'
        : `${count(sent)} of ${counted(recipients, 'person', 'people')}; ${count(left)} wait until it goes on.`
    case 'sent':
      return recipients === 0
        ? 'Nobody was left to send it to.'
        : `${count(sent)} of ${counted(recipients, 'person', 'people')} were sent it.`
    case 'cancelled':
      return sent === 0
        ? 'It was cancelled before anybody got it.'
        : `${count(sent)} of ${counted(recipients, 'person', 'people')} were sent it before it was cancelled.`
    case 'draft':
      return 'Nobody gets it before somebody sends it.'
    case 'scheduled':
      return 'It goes out by itself at its time; who gets it is decided then.'
  }
}
