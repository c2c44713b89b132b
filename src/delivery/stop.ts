// shell · unexpected errors of a campaign: stops it with an explanation, unless a retry may help
import { stopForProblem } from '../campaigns/progress.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError } from '../platform/errors.ts'
import { describeError, isTransient } from '../platform/failures.ts'

/** Throws transient errors. Any other would recur: the campaign stops, and an operator can resume it. */
export async function stopUnlessTransient(deps: Deps, number: number, error: unknown): Promise<void> {
  if (error instanceof DomainError) return stopForProblem(deps, number, error.message)
  if (isTransient(error)) throw error
  const description = describeError(error)
  deps.log.error('campaign.failed', { number, ...description })
  const name = [description['error'], description['code']].filter(Boolean).join(' ')
  await stopForProblem(
    deps,
    number,
    `An unexpected error (${name}); see the log under campaign.failed. Nobody is skipped: resume the campaign to try again.`,
  )
}
