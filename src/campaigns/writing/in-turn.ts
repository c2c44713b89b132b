// shell · a queue for rendering on request: one text at a time, a limited line, and the event loop runs in between
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

/** Runs heavy work (previews, tests, draft checks) one at a time. Throws DomainError `rate_limited` if too many wait. */
export const inTurn = <T>({ clock }: Pick<Deps, 'clock'>, act: () => T): Promise<T> =>
  line({ weight: 1, clock }, async () => {
    // Lets requests that arrived meanwhile run first.
    await new Promise((resolve) => setTimeout(resolve, 1))
    return act()
  })
