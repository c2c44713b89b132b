// shell · changes the sending rules; running campaigns follow them from their next batch
import type { Actor } from '../audit/actor.ts'
import { saveSetting } from '../auth/save-setting.ts'
import { afterCommit } from '../platform/database/after-commit.ts'
import type { Deps } from '../platform/deps.ts'
import { invalid } from '../platform/errors.ts'
import { isKnownZone } from '../subscribers/zone.ts'
import type { SendingRules } from './rules.ts'

/** Throws DomainError `invalid` if the database does not know the time zone. */
export async function changeRules(deps: Deps, actor: Actor, rules: SendingRules): Promise<void> {
  if (!(await isKnownZone(deps.db, rules.timezone)))
    throw invalid('timezone', 'The database does not know this time zone. Choose a city nearby.')
  await saveSetting(deps, actor, { name: 'sending', value: rules })
  afterCommit(deps.db, deps.wake)
}
