// view · the progress panel: a bar, its counts, and the same in words
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
  /** Null once nothing is left to send. */
  readonly outlook: Estimate | null
  readonly now: Date
}

/** `data-again` is set while the campaign is freezing or sending. */
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
          {count(Math.round(outlook.peoplePerSecond))} per second over the last minute.
          {outlook.endsAt !== null && (
            <>
              {' '}
              Expected to finish at about <Time at={outlook.endsAt} timezone={timezone} />.
            </>
          )}
        </p>
      )}
      {state === 'sending' && outlook?.allowedLines != null && (
        <p class="soft">
          The mail server takes {counted(outlook.allowedLines, 'connection', 'connections')} from here at
          once, so sending is slower than it could be. To send faster, raise its limit (Postfix:
          smtpd_client_connection_count_limit; Exim: smtp_accept_max_per_host).
        </p>
      )}
      {problem !== null && <Said tone="bad">Sending has stopped: {problem}</Said>}
      {outlook?.blockers.map((wait) => (
        <Waiting wait={wait} timezone={timezone} />
      ))}
    </section>
  )
}

const untilWords: Readonly<Record<string, string>> = {
  daily_quota: 'Next try:',
  monthly_quota: 'Next try:',
  no_answer: 'Next try:',
  server_busy: 'Next try:',
  answer_missing: 'Next try:',
  answer_unknown: 'Counted as unknown from',
  quiet_hours: 'Continues at',
  warm_up: 'Continues at',
  cap: 'Continues at',
  local_time: 'Continues at',
}

/** A pause needs no sentence here: the state and the problem already show it. */
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

/** Parts per thousand; any non-zero part is at least 3 wide. */
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
      return `Preparing the audience, with the consent of each person: ${count(recipients)} so far, ${percentOf(outlook)} of the list checked.`
    case 'sending': {
      const handed = `Sent to ${count(sent)} of ${counted(recipients, 'person', 'people')}`
      if (outlook?.endsAt == null) return `${handed}, ${count(left)} to go.`
      const seconds = (outlook.endsAt.getTime() - now.getTime()) / 1000
      return `${handed}, ${durationWords(seconds)} left${outlook.peoplePerSecond === null ? ' at the provider’s rate' : ''}.`
    }
    case 'paused':
      return recipients === 0
        ? 'Nothing has been sent yet.'
        : `Sent to ${count(sent)} of ${counted(recipients, 'person', 'people')}. ${count(left)} ${left === 1 ? 'is' : 'are'} waiting until you resume.`
    case 'sent':
      return recipients === 0
        ? 'Sent to nobody: no one in the audience could be emailed.'
        : `Sent to ${count(sent)} of ${counted(recipients, 'person', 'people')}.`
    case 'cancelled':
      return sent === 0
        ? 'Cancelled before anything was sent.'
        : `Sent to ${count(sent)} of ${counted(recipients, 'person', 'people')} before it was cancelled.`
    case 'draft':
      return 'Not sent yet.'
    case 'scheduled':
      return 'It will be sent at the scheduled time. The audience is fixed then.'
  }
}
