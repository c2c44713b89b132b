// shell · what the owner of a list is told about its forms: sign-ups refused by limits, and names of fields that the list lacks
import type { List } from '../lists/list.ts'
import type { Deps } from '../platform/deps.ts'
import { identityOf } from '../platform/memory/identity.ts'
import { memo } from '../platform/memory/memo.ts'
import { addToCount, countsOf } from '../platform/network/limits.ts'
import { limitHash } from '../platform/vault/indexes.ts'
import type { Vault } from '../platform/vault/keys.ts'

const keptSeconds = 7 * 86_400
const refusedWindow = 'form:refused'
const unknownPrefix = 'form:unknown:'
/** Strangers choose the names: this many per list are kept, each of at most this length. */
const maxNames = 20
const maxNameLength = 40

export interface FormNotes {
  /** Sign-ups refused by the limits per network in the days since `since`; null where there were none. */
  readonly refused: { readonly times: number; readonly since: Date } | null
  readonly unknown: readonly string[]
}

/** Counts live where limits do, and end with their window. The space keeps this hash apart from that of any address. */
const hashOf = (vault: Vault, list: Pick<List, 'id'>): Uint8Array => limitHash(vault, `form ${list.id}`)

/** Writes per second and list; more refusals are added to the next write, so that a flood does not fight over one row. */
const maxWritesPerSecond = 10

interface Written {
  readonly at: number
  readonly writes: number
  /** Refusals not written yet. */
  readonly held: number
}
const writtenRefusals = memo<string, Written>({ max: 1000, lifetimeMs: Number.POSITIVE_INFINITY })

export async function noteRefusal(deps: Deps, list: List): Promise<void> {
  const now = deps.clock()
  const times = timesToWrite(deps, list, now)
  if (times > 0)
    await addToCount(
      deps.db,
      { hash: hashOf(deps.vault, list), name: refusedWindow, times, seconds: keptSeconds },
      now,
    )
}

function timesToWrite({ db }: Deps, list: List, now: Date): number {
  const of = { of: identityOf(db), now }
  const last = writtenRefusals.known(of, list.id)
  const isSameSecond = last !== undefined && Math.abs(now.getTime() - last.at) < 1000
  const times = 1 + (last?.held ?? 0)
  if (isSameSecond && last.writes >= maxWritesPerSecond) {
    writtenRefusals.keep(of, list.id, { ...last, held: times })
    return 0
  }
  const before = isSameSecond ? last : { at: now.getTime(), writes: 0 }
  writtenRefusals.keep(of, list.id, { at: before.at, writes: before.writes + 1, held: 0 })
  return times
}

/** Names noted by this process lately. */
const notedNames = memo<string, true>({ max: 10_000, lifetimeMs: 3_600_000 })

export async function noteUnknownNames(deps: Deps, list: List, names: readonly string[]): Promise<void> {
  const now = deps.clock()
  const of = { of: identityOf(deps.db), now }
  const visible = names.map(nameShown).filter((name) => name !== '')
  const fresh = visible.filter((name) => notedNames.known(of, `${list.id} ${name}`) === undefined)
  if (fresh.length === 0) return
  const hash = hashOf(deps.vault, list)
  const before = await countsOf(deps.db, hash, now)
  const kept = before.filter(({ window }) => window.startsWith(unknownPrefix)).map(({ window }) => window)
  for (const name of new Set(fresh)) {
    const window = `${unknownPrefix}${name}`
    if (!kept.includes(window) && kept.length < maxNames) {
      await addToCount(deps.db, { hash, name: window, times: 1, seconds: keptSeconds }, now)
      kept.push(window)
    }
    notedNames.keep(of, `${list.id} ${name}`, true)
  }
}

const nameShown = (name: string): string => {
  const visible = name.toWellFormed().replace(/\p{C}/gu, '').trim()
  return [...visible].slice(0, maxNameLength).join('')
}

export async function findFormNotes(
  deps: Pick<Deps, 'db' | 'vault' | 'clock'>,
  list: List,
): Promise<FormNotes> {
  const counts = await countsOf(deps.db, hashOf(deps.vault, list), deps.clock())
  const refused = counts.find(({ window }) => window === refusedWindow)
  return {
    refused:
      refused === undefined
        ? null
        : { times: refused.count, since: new Date(refused.until.getTime() - keptSeconds * 1000) },
    unknown: counts
      .filter(({ window }) => window.startsWith(unknownPrefix))
      .map(({ window }) => window.slice(unknownPrefix.length))
      .sort(),
  }
}
