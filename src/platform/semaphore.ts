// shell · how much is under way at once in this process: in the order of arrival, within a room of a given size

export interface SemaphoreOptions {
  /** What those at work may weigh together; one alone may weigh more. */
  readonly room: number
  /** Of those at work and those in line. Whoever finds all of them taken gets the error. */
  readonly full?: { readonly places: number; readonly error: () => Error }
  /** Where a runtime drops a request with everything it waits for, its place is not kept for ever. */
  readonly forgottenMs: number
}

interface Place {
  readonly weight: number
  readonly since: number
  isAtWork: boolean
}

export type Semaphore = <T>(
  who: { readonly weight: number; readonly clock: () => Date },
  act: () => T | Promise<T>,
) => Promise<T>

const lookAgainMs = 5

/**
 * Each looks for itself whether there is room: in a worker nothing of another request may wake this one, so that a queue of promises
 * (p-limit and its like) would leave it waiting.
 */
export function semaphore({ room, full, forgottenMs }: SemaphoreOptions): Semaphore {
  const places = new Set<Place>()

  const forget = (now: number): void => {
    for (const place of places) if (now - place.since > forgottenMs) places.delete(place)
  }
  const mayWork = (place: Place): boolean => {
    let atWork = 0
    for (const other of places) {
      if (other === place) return atWork === 0 || atWork + place.weight <= room
      if (!other.isAtWork) return false
      atWork += other.weight
    }
    // Forgotten while waiting.
    return true
  }
  return async ({ weight, clock }, act) => {
    forget(clock().getTime())
    if (full !== undefined && places.size >= full.places) throw full.error()
    const place: Place = { weight, since: clock().getTime(), isAtWork: false }
    places.add(place)
    try {
      while (!mayWork(place)) {
        await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
        forget(clock().getTime())
      }
      place.isAtWork = true
      return await act()
    } finally {
      places.delete(place)
    }
  }
}
