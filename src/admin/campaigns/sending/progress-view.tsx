// view · how far a campaign got: a bar, its counts, and the same in words
import type { CampaignState } from '../../../campaigns/campaign.ts'
import type { Counts } from '../../../delivery/figures.ts'
import { count, counted, Said, State, Time } from '../../../ui/console-parts.tsx'
import { durationWords, stateWords } from '../words.ts'

export interface Progress {
  readonly id: string
  readonly state: CampaignState
  readonly problem: string | null
  readonly counts: Counts
  /** Measured, or what the provider allows; null where neither is known. */
  readonly peoplePerSecond: number | null
  /** Until when the provider asked us to wait. */
  readonly waitsUntil: Date | null
}

/** `data-again` holds for as long as there is something to wait for. */
export const ProgressPanel = ({ progress, timezone }: { progress: Progress; timezone: string }) => {
  const { state, problem, id, waitsUntil } = progress
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
      {waitsUntil !== null && isMoving && (
        <Said tone="warn">
          The provider asked us to wait until <Time at={waitsUntil} timezone={timezone} />; it goes on by
          itself.
        </Said>
      )}
      {problem !== null && <Said tone="bad">It stands still: {problem}</Said>}
    </section>
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

function sentenceOf({ state, counts, peoplePerSecond }: Progress): string {
  const { recipients, sent } = counts
  const left = recipients - settledOf(counts)
  switch (state) {
    case 'freezing':
      return 'The people who get it are being written down, each with the consent that allows it.'
    case 'sending': {
      const handed = `${count(sent)} of ${counted(recipients, 'person', 'people')}`
      if (peoplePerSecond === null) return `${handed}; ${count(left)} to go.`
      return `${handed}, ${durationWords(left / peoplePerSecond)} left at the provider’s pace.`
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
