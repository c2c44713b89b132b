// shell · refused sign-ins, keys and acts, recorded beside the acts that were done. Bounded, since strangers cause them
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import { wholeDeployment } from '../audit/record-reading.ts'
import type { Deps } from '../platform/deps.ts'
import type { Json } from '../platform/encoding/jcs.ts'
import { type Allowance, takeTogetherStatement, type Window } from '../platform/network/limits.ts'
import { bucketOf } from '../platform/network/network.ts'
import { limitHash } from '../platform/vault/indexes.ts'
import { warnRarely } from '../platform/warn-rarely.ts'

/** `sign_in.failed`: a link or passkey that opens nothing. `key.refused`: a key not in force. `act.refused`: without the right to it. */
export type SecurityVerb = 'sign_in.failed' | 'key.refused' | 'act.refused'

/** Of one network, counted by the caller; of one actor. The first of them tell what goes on. */
export const strangerWindow: Window = { name: 'security:network', most: 20, seconds: 3600 }
const actorWindow: Window = { name: 'security:actor', most: 100, seconds: 3600 }
/** Of all strangers: 5 MB a day at most. */
const totalWindow: Window = { name: 'security:all', most: 1000, seconds: 3600 }

/**
 * Records that something was refused: who, where, and why in a word; never an address, a network or what was sent. Beyond a limit
 * only the log counts on.
 */
export async function recordRefusal(
  deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'vault' | 'log'>,
  refused: {
    verb: SecurityVerb
    actor: Actor
    /** The network's, of a stranger. */
    allowances: readonly Allowance[]
    details: Readonly<Record<string, Json>>
  },
): Promise<void> {
  const { actor, verb, details } = refused
  const counted = (name: string, window: Window): Allowance => ({
    hash: bucketOf(limitHash(deps.vault, name)),
    window,
  })
  const allowances =
    'id' in actor
      ? [counted(actor.id, actorWindow)]
      : [...refused.allowances, counted('strangers', totalWindow)]
  // Two statements without a transaction: a request that is refused anyway must not hold a connection for longer.
  const taken = await deps.db.execute(takeTogetherStatement(allowances, deps.clock()))
  if (taken.length < allowances.length) return warnRarely(deps, 'security.more_refusals', { verb })
  await recordAct(deps, deps.db, { actor, verb, subject: wholeDeployment, details })
}
