// shell · creates or changes a list and publishes its notices, in one transaction; publishes anew what has become untrue
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Actor } from '../audit/actor.ts'
import { recordAct } from '../audit/record.ts'
import { saveSetting } from '../auth/save-setting.ts'
import { faultsInChange } from '../lists/faults.ts'
import { findList, listByNumber, listsByNumber, openListNumbers } from '../lists/find.ts'
import { findProcessors } from '../lists/find-processors.ts'
import { isOpen, type List, type ListSettings } from '../lists/list.ts'
import type { ProcessorAnswers, Processors } from '../lists/processors.ts'
import { insertList, setNotices, updateList } from '../lists/save.ts'
import { parseSettings } from '../lists/settings.ts'
import { noticeBundle, noticeHash } from '../notices/bundle.ts'
import { saveNotices } from '../notices/save.ts'
import type { Tx } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError, invalid, notFound } from '../platform/errors.ts'
import { perObject } from '../platform/memory/per-object.ts'
import { isKnownZone } from '../subscribers/zone.ts'
import { recordSystemEvents } from './record.ts'

/**
 * Throws DomainError with a sentence for each fault. `once`: the id of the form, so that a form sent twice makes one list; with
 * another name it makes another.
 */
export async function createListOnce(
  deps: Deps,
  actor: Actor,
  act: { input: unknown; once: string },
): Promise<List> {
  try {
    return await createList(deps, actor, act.input, act.once)
  } catch (error) {
    const before = error instanceof DomainError ? await findList(deps.db, act.once) : null
    if (before === null || before.id !== act.once) throw error
    return before.name === parseSettings(act.input).name ? before : createList(deps, actor, act.input)
  }
}

/** Throws DomainError with a sentence for each fault. */
export async function createList(
  deps: Deps,
  actor: Actor,
  input: unknown,
  id: string = deps.ids(),
): Promise<List> {
  const settings = parseSettings(input)
  await checkZone(deps, settings.timezone)
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
  if (settings.timezone !== list.timezone) await checkZone(deps, settings.timezone)
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

async function checkZone(deps: Deps, zone: string | null): Promise<void> {
  if (zone !== null && !(await isKnownZone(deps.db, zone)))
    throw invalid('timezone', 'The database does not know this time zone. Choose a city nearby.')
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
  const bundles = bundlesOf(list, await findProcessors(deps, tx))
  const fresh = await saveNotices(deps, tx, list.number, bundles)
  await recordSystemEvents(
    deps,
    tx,
    fresh.map((notice) => ({ type: 'notice.published', list: list.id, notice })),
  )
  await setNotices(tx, list.number, Object.fromEntries(bundles.map(({ locale, hash }) => [locale, hash])))
}

const bundlesOf = (list: { id: string; settings: ListSettings }, processors: Processors) =>
  list.settings.locales.map((locale) => {
    const bundle = noticeBundle({ ...list.settings, id: list.id }, locale, processors)
    return { locale, bundle, hash: noticeHash(bundle) }
  })

/** Who hosts the deployment and its mail server. The notices of all open lists say so from then on. */
export async function answerProcessors(deps: Deps, actor: Actor, answers: ProcessorAnswers): Promise<void> {
  await saveSetting(deps, actor, { name: 'processors', value: answers })
  await republishNotices(deps)
}

/**
 * Publishes the notices of open lists that no longer say what is true: after a change of what the deployment passes data to, or of
 * what the product does. Consents given before keep their own notice. Returns how many lists have a new one.
 */
export async function republishNotices(deps: Deps): Promise<number> {
  let changed = 0
  for (const number of await openListNumbers(deps.db))
    changed += Number(await deps.db.transaction((tx) => republish(deps, tx, number)))
  if (changed > 0) deps.log.info('notices.republished', { lists: changed })
  return changed
}

/** Once per process: a new version may say something else, and MAIL may have changed. */
export async function republishAtStart(deps: Deps): Promise<void> {
  const start = startOf(deps.db)
  if (start.republished) return
  await republishNotices(deps)
  start.republished = true
}

const startOf = perObject(() => ({ republished: false }))

async function republish(deps: Deps, tx: Tx, number: number): Promise<boolean> {
  await tx.execute(sql`select from lists where number = ${number} for update`)
  const [list] = await listsByNumber(tx, [number])
  if (list === undefined || !isOpen(list)) return false
  const settings = editable(list)
  const stored: Readonly<Record<string, string | undefined>> = list.notices
  const bundles = bundlesOf({ id: list.id, settings }, await findProcessors(deps, tx))
  if (bundles.every(({ locale, hash }) => stored[locale] === hash)) return false
  await publishNotices(deps, tx, { number, id: list.id, settings })
  return true
}
