// shell · texts that are rendered for somebody who waits: one at a time, so many in line, and the loop breathes in between
import type { Deps } from '../../platform/deps.ts'
import { DomainError } from '../../platform/errors.ts'

/** In this process, the one at work among them. The largest text takes half a second: nobody waits longer than four. */
const maxLine = 8
/** Where a runtime drops a request with everything it waits for, its place is not kept for ever. */
const forgottenMs = 30_000
const lookAgainMs = 5

const line = new Map<object, number>()

/**
 * Does what takes the processor and memory for itself, when its turn comes: previews, tests, checks of a draft. Throws DomainError
 * `rate_limited` where too many wait.
 */
export async function inTurn<T>({ clock }: Pick<Deps, 'clock'>, act: () => T): Promise<T> {
  const place = {}
  forget(clock())
  if (line.size >= maxLine)
    throw new DomainError(
      'rate_limited',
      'Too many texts are being looked at in this moment; try again in a few seconds.',
      { retryAfterSeconds: 3 },
    )
  line.set(place, clock().getTime())
  try {
    while (line.keys().next().value !== place) {
      await rest(lookAgainMs)
      forget(clock())
    }
    // Requests that came meanwhile are heard first.
    await rest(1)
    return act()
  } finally {
    line.delete(place)
  }
}

function forget(now: Date): void {
  for (const [place, since] of line) if (now.getTime() - since > forgottenMs) line.delete(place)
}

const rest = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))
