// shell · a queue for rendering on request: one text at a time, a limited line, and the event loop runs in between
import type { Deps } from '../../platform/deps.ts'
import { DomainError } from '../../platform/errors.ts'

/** Per process, the one at work included. The largest text takes half a second, so nobody waits longer than four. */
const maxLine = 8
/** A runtime may drop a request together with everything it awaits. */
const forgottenMs = 30_000
const lookAgainMs = 5

const line = new Map<object, number>()

/** Runs heavy work (previews, tests, draft checks) one at a time. Throws DomainError `rate_limited` if too many wait. */
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
    // Lets requests that arrived meanwhile run first.
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
