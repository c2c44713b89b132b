// shell · how much mail may be in memory at once in this process: a worker is handed ten batches together, and has 128 MB
import type { Deps } from '../platform/deps.ts'
import { semaphore } from '../platform/semaphore.ts'
import { maxRequest } from './parts.ts'

/** Octets; as much again holds the requests. Four senders of one machine never wait for it. No queue's consumer lives for so long. */
const mails = semaphore({ room: 4 * maxRequest, forgottenMs: 900_000 })

/** Does an act that will hold so many octets once there is room; at once where nothing else is in it. */
export const inRoom = <T>(
  { clock }: Pick<Deps, 'clock'>,
  octets: number,
  act: () => Promise<T>,
): Promise<T> => mails({ weight: Math.min(octets, maxRequest), clock }, act)
