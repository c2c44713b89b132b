// shell · how much mail may be in memory at once in this process: a worker is handed ten batches together, and has 128 MB
import { maxRequest } from './parts.ts'

/** Octets; as much again holds the requests. Four senders of one machine never wait for it. */
const maxRoom = 4 * maxRequest
const lookAgainMs = 20

const taken = new Map<object, number>()

/** Does an act that will hold so many octets once there is room; at once where nothing else is in it. */
export async function inRoom<T>(octets: number, act: () => Promise<T>): Promise<T> {
  const seat = {}
  const weight = Math.min(octets, maxRequest)
  while (taken.size > 0 && sum(taken.values()) + weight > maxRoom) await rest()
  taken.set(seat, weight)
  try {
    return await act()
  } finally {
    taken.delete(seat)
  }
}

const sum = (weights: Iterable<number>): number => Array.from(weights).reduce((all, one) => all + one, 0)

const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, lookAgainMs))
