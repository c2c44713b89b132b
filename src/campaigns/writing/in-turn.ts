// shell · texts that are rendered for somebody who waits: one at a time, so many in line, and the loop breathes in between
import type { Deps } from '../../platform/deps.ts'
import { DomainError } from '../../platform/errors.ts'
import { semaphore } from '../../platform/semaphore.ts'

const line = semaphore({
  room: 1,
  full: {
    // The largest text takes half a second: nobody waits longer than four.
    places: 8,
    error: () =>
      new DomainError(
        'rate_limited',
        'Too many texts are being looked at in this moment; try again in a few seconds.',
        { retryAfterSeconds: 3 },
      ),
  },
  forgottenMs: 30_000,
})

/**
 * Does what takes the processor and memory for itself, when its turn comes: previews, tests, checks of a draft. Throws DomainError
 * `rate_limited` where too many wait.
 */
export const inTurn = <T>({ clock }: Pick<Deps, 'clock'>, act: () => T): Promise<T> =>
  line({ weight: 1, clock }, async () => {
    // Requests that came meanwhile are heard first.
    await new Promise((resolve) => setTimeout(resolve, 1))
    return act()
  })
