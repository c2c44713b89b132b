// shell · group commit: writes that arrive during a commit form the next group
import { isTransient } from '../failures.ts'

interface Member<Item, Result> {
  readonly item: Item
  readonly written: (result: Result) => void
  readonly failed: (error: unknown) => void
}

/** Writes the whole group or nothing; returns the result of each member, in order. */
type Write<Item, Result> = (group: readonly Item[]) => Promise<readonly Result[]>

interface GroupCommitOptions {
  /** Below this number of running groups, a new group starts at once. */
  readonly maxGroups: number
  /** Members per group. */
  readonly maxMembers: number
  /** A group that takes longer no longer blocks the next one. */
  readonly patienceMs: number
}

/**
 * Returns a function that resolves to the result of its item when that is written, and rejects when the write failed or its outcome is unknown. A
 * group refused for its content is written item by item, so that a bad item fails alone. A group starts after pending input
 * was read (setImmediate), so that items that arrive together go together; a lone item starts at once.
 */
export function batchWrites<Item, Result>(
  write: Write<Item, Result>,
  options: GroupCommitOptions,
): (item: Item) => Promise<Result> {
  const waiting: Member<Item, Result>[] = []
  let running = 0
  let isStarting = false

  const startNext = (): void => {
    if (isStarting || running >= options.maxGroups || waiting.length === 0) return
    isStarting = true
    setImmediate(() => {
      isStarting = false
      void startGroup(waiting.splice(0, options.maxMembers))
      startNext()
    })
  }
  const startGroup = async (group: readonly Member<Item, Result>[]): Promise<void> => {
    running += 1
    let timer: ReturnType<typeof setTimeout> | undefined
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, options.patienceMs)
    })
    await Promise.race([writeGroup(write, group), patience])
    clearTimeout(timer)
    running -= 1
    startNext()
  }
  return (item) =>
    new Promise((written, failed) => {
      waiting.push({ item, written, failed })
      startNext()
    })
}

/** Never rejects: each member's promise carries its own outcome. */
async function writeGroup<Item, Result>(
  write: Write<Item, Result>,
  group: readonly Member<Item, Result>[],
): Promise<void> {
  try {
    const results = await write(group.map(({ item }) => item))
    if (results.length !== group.length) throw new Error('a group has another number of results')
    for (const [at, result] of results.entries()) group[at]?.written(result)
  } catch (error) {
    // After a lost connection the group may have been written: a retry could only find out that the rows already exist.
    if (group.length === 1 || isTransient(error)) for (const { failed } of group) failed(error)
    else for (const member of group) await writeGroup(write, [member])
  }
}
