// shell · the limit on mail in memory in this process: a worker gets ten batches at once, and has 128 MB
import type { Deps } from '../platform/deps.ts'
import { semaphore } from '../platform/semaphore.ts'
import { maxRequest } from './parts.ts'

/** In octets; the requests take as much again. Four senders of one machine never wait here. No queue consumer lives this long. */
const mails = semaphore({ room: 4 * maxRequest, expiryMs: 900_000 })

/** Runs an act that will hold this many octets once there is room; at once where nothing else runs. */
export const inRoom = <T>(
  { clock }: Pick<Deps, 'clock'>,
  octets: number,
  act: () => Promise<T>,
): Promise<T> => mails({ weight: Math.min(octets, maxRequest), clock }, act)
