// entry · the heartbeat on Node: parallel loops, so that a long send never delays a sign-up
import { setTimeout as sleep } from 'node:timers/promises'
import type { Deps } from '../platform/deps.ts'
import { describeError } from '../platform/failures.ts'
import { beatMilliseconds } from '../platform/heartbeat.ts'
import {
  tickBatches,
  tickCampaigns,
  tickHeartbeat,
  tickServiceMails,
  tickSignups,
  tickUpkeep,
} from '../tick.ts'

/** Fixed, and triggered by no request, so that timing reveals nothing about an address. */
const signupBeatMilliseconds = 250
const restMilliseconds = 500
const upkeepMilliseconds = 30_000
/** One batch is rendered while another waits for the provider. */
const senders = 4

export interface Loops {
  wake(): void
  /** Waits for work under way. */
  stop(): Promise<void>
}

export function startLoops(deps: Deps): Loops {
  const stopping = new AbortController()
  let rested = new AbortController()
  const wake = (): void => {
    rested.abort()
    rested = new AbortController()
  }
  const rest = (milliseconds: number, wakeable: boolean): Promise<void> =>
    sleep(milliseconds, undefined, {
      signal: wakeable ? AbortSignal.any([stopping.signal, rested.signal]) : stopping.signal,
    }).catch(() => {})

  const run = async (
    name: string,
    work: (deps: Deps, again: boolean) => Promise<boolean>,
    beat: number,
    wakeable: boolean,
  ): Promise<void> => {
    let failures = 0
    let more = false
    while (!stopping.signal.aborted) {
      try {
        more = await work(deps, more)
        failures = 0
        if (!more) await rest(beat, wakeable)
      } catch (error) {
        failures += 1
        deps.log.error('loop.failed', { loop: name, ...describeError(error) })
        await rest(Math.min(250 * 2 ** failures, 10_000), false)
      }
    }
  }
  const loops = [
    run('signups', tickSignups, signupBeatMilliseconds, false),
    run('service_mails', tickServiceMails, restMilliseconds, true),
    run('campaigns', tickCampaigns, restMilliseconds, true),
    run('heartbeat', tickHeartbeat, beatMilliseconds, false),
    run('upkeep', tickUpkeep, upkeepMilliseconds, false),
    ...Array.from({ length: senders }, () => run('batches', tickBatches, restMilliseconds, true)),
  ]
  return {
    wake,
    stop: async () => {
      stopping.abort()
      await Promise.all(loops)
    },
  }
}
