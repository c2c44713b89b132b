// shell · creates or changes a list and publishes its notices, in one transaction
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import { listByNumber } from '../lists/find.ts'
import type { List, ListSettings } from '../lists/list.ts'
import { insertList, setNotices, updateList } from '../lists/save.ts'
import { faultsInChange, parseSettings } from '../lists/settings.ts'
import { noticeBundle, noticeHash } from '../notices/bundle.ts'
import { saveNotices } from '../notices/save.ts'
import type { Tx } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError, notFound } from '../platform/errors.ts'
import { recordSystemEvents } from './record.ts'

/** Throws DomainError with a sentence for each fault. */
export async function createList(deps: Deps, actor: Actor, input: unknown): Promise<List> {
  const settings = parseSettings(input)
  const id = deps.ids()
  return saveAs(deps, async (tx) => {
    const { number } = await insertList(tx, settings, { id, at: deps.clock() })
    await recordAct(deps, tx, { actor, verb: 'list.create', subject: { kind: 'list', id } })
    await publishNotices(deps, tx, { number, id, settings })
    return number
  })
}

/**
 * Earlier consents keep their own notice. Throws DomainError `invalid` with each fault, and `conflict` where `list` is not the
 * stored version, so that no change is overwritten unseen.
 */
export async function changeList(deps: Deps, actor: Actor, list: List, changes: object): Promise<List> {
  const settings = parseSettings({ ...editable(list), ...changes })
  const faults = faultsInChange(list, settings)
  if (faults.length > 0)
    throw new DomainError('invalid', 'The list was not saved: people have agreed to what it was.', { faults })
  return saveAs(deps, async (tx) => {
    const now = await readRow(
      tx,
      versionRow,
      sql`select version from lists where number = ${list.number} for update`,
    )
    if (now?.version !== list.version)
      throw new DomainError('conflict', 'Someone else changed this list meanwhile. Review it again.')
    await updateList(tx, list.number, settings)
    await recordAct(deps, tx, { actor, verb: 'list.change', subject: { kind: 'list', id: list.id } })
    await publishNotices(deps, tx, { number: list.number, id: list.id, settings })
    return list.number
  })
}

const versionRow = z.object({ version: whole })

/** The settings in the form in which they can be sent again. */
export function editable(list: List): ListSettings {
  const {
    number: _number,
    id: _id,
    notices: _notices,
    version: _version,
    createdAt: _c,
    archivedAt: _a,
    ...settings
  } = list
  return settings
}

async function saveAs(deps: Deps, save: (tx: Tx) => Promise<number>): Promise<List> {
  const number = await deps.db.transaction(save)
  const list = await listByNumber(deps.db, number)
  if (list === null) throw notFound('list')
  return list
}

async function publishNotices(
  deps: Deps,
  tx: Tx,
  list: { number: number; id: string; settings: ListSettings },
): Promise<void> {
  const bundles = list.settings.locales.map((locale) => {
    const bundle = noticeBundle({ ...list.settings, id: list.id }, locale)
    return { locale, bundle, hash: noticeHash(bundle) }
  })
  const fresh = await saveNotices(deps, tx, list.number, bundles)
  await recordSystemEvents(
    deps,
    tx,
    fresh.map((notice) => ({ type: 'notice.published', list: list.id, notice })),
  )
  await setNotices(tx, list.number, Object.fromEntries(bundles.map(({ locale, hash }) => [locale, hash])))
}
