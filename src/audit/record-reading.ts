// shell · records who read whom, before the answer is given. GDPR Art. 5(2), 15(1), 32; CJEU C-579/21
import type { Executor } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import type { Json } from '../platform/encoding/jcs.ts'
import type { Actor } from './actor.ts'
import { recordAct } from './record.ts'

export type ReadingVerb =
  | 'people.list'
  | 'people.search'
  | 'person.read'
  | 'person.consents'
  | 'person.explain'
  | 'recipients.list'

/**
 * One row for each page, with the ids of the people on it: an access log of counts alone would not say whose data was read. A
 * search is recorded without what was searched for.
 */
export const recordReading = (
  deps: Pick<Deps, 'clock' | 'ids'> & { readonly db: Executor },
  reading: {
    actor: Actor
    verb: ReadingVerb
    subject: { kind: 'list' | 'campaign' | 'subscriber' | 'deployment'; id: string }
    people: readonly string[]
    details?: Readonly<Record<string, Json>>
  },
): Promise<void> =>
  recordAct(deps, deps.db, {
    actor: reading.actor,
    verb: reading.verb,
    subject: reading.subject,
    details: { ...reading.details, people: [...reading.people] },
  })

/** The subject of what concerns no one list or person. */
export const wholeDeployment = { kind: 'deployment', id: 'all' } as const
