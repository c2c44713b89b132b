// shell · a weighted semaphore for this process: work runs in order of arrival, within a total weight

export interface SemaphoreOptions {
  /** Total weight of running work; a single heavier job may run alone. */
  readonly room: number
  /** Limits running plus waiting jobs; a job beyond `places` gets the error. */
  readonly full?: { readonly places: number; readonly error: () => Error }
  /** A place expires after this time, since a runtime may drop a request together with everything it awaits. */
  readonly expiryMs: number
}

interface Place {
  readonly weight: number
  readonly since: number
  isAtWork: boolean
}

export type Semaphore = <T>(
  job: { readonly weight: number; readonly clock: () => Date },
  act: () => T | Promise<T>,
) => Promise<T>

const pollMs = 5

/**
 * Each job polls for room: in a worker, one request must not wake another, so a queue of promises (p-limit and the like)
 * would leave a job waiting.
 */
export function semaphore({ room, full, expiryMs }: SemaphoreOptions): Semaphore {
  const places = new Set<Place>()

  const dropExpired = (now: number): void => {
    for (const place of places) if (now - place.since > expiryMs) places.delete(place)
  }
  const mayWork = (place: Place): boolean => {
    let atWork = 0
    for (const other of places) {
      if (other === place) return atWork === 0 || atWork + place.weight <= room
      if (!other.isAtWork) return false
      atWork += other.weight
    }
    // The place expired while waiting.
    return true
  }
  return async ({ weight, clock }, act) => {
    dropExpired(clock().getTime())
    if (full !== undefined && places.size >= full.places) throw full.error()
    const place: Place = { weight, since: clock().getTime(), isAtWork: false }
    places.add(place)
    try {
      while (!mayWork(place)) {
        await new Promise((resolve) => setTimeout(resolve, pollMs))
        dropExpired(clock().getTime())
      }
      place.isAtWork = true
      return await act()
    } finally {
      places.delete(place)
    }
  }
}
