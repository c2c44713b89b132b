// shell · what an unexpected error does to a campaign: it stands still and says so, unless trying again may help
import { stopForProblem } from '../campaigns/progress.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError } from '../platform/errors.ts'
import { describeError, isTransient } from '../platform/failures.ts'

/** Throws what may pass by itself. Anything else would fail the same way each time: a person is told, and may try again. */
export async function stopUnlessPassing(deps: Deps, number: number, error: unknown): Promise<void> {
  if (error instanceof DomainError) return stopForProblem(deps, number, error.message)
  if (isTransient(error)) throw error
  const said = describeError(error)
  deps.log.error('campaign.failed', { number, ...said })
  const name = [said['error'], said['code']].filter(Boolean).join(' ')
  await stopForProblem(
    deps,
    number,
    `An unexpected error (${name}); see the log under campaign.failed. Nobody is skipped: resume the campaign to try again.`,
  )
}
