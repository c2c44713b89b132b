// shell · turning sending on and off: a restored copy sends nothing until allowed. Audited
import { recordAct } from '../audit/record.ts'
import type { Database } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { blockerSentences } from '../reports/blockers.ts'
import { allowSending, holdSending, type SendHold } from '../throttle/restored-copy.ts'
import type { Finding } from './doctor.ts'

/** Runs with the owner's role: the application's role may not declare that it is no copy. */
export const setSending = (
  deps: Deps,
  owner: Database,
  to: { readonly sends: 'allow' | 'hold'; readonly folder: string | null },
): Promise<void> =>
  owner.transaction(async (tx) => {
    await (to.sends === 'allow' ? allowSending(tx, to.folder) : holdSending(tx))
    await recordAct(deps, tx, {
      actor: { kind: 'system' },
      verb: `sending.${to.sends}`,
      subject: { kind: 'deployment', id: 'sending' },
    })
  })

export const heldSentence = (hold: SendHold): string => blockerSentences[hold]

export const sendingFinding = (hold: SendHold | null): Finding => ({
  holds: hold === null,
  sentence: hold === null ? 'Sending is on.' : heldSentence(hold),
})
