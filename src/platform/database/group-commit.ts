// shell · group commit: writes that arrive during a commit form the next group
import { isTransient } from '../failures.ts'

interface Member<Item> {
  readonly item: Item
  readonly written: () => void
  readonly failed: (error: unknown) => void
}

/** Writes the whole group or nothing. */
type Write<Item> = (group: readonly Item[]) => Promise<unknown>

interface GroupCommitOptions {
  /** Below this number of running groups, a new group starts at once. */
  readonly maxGroups: number
  /** Members per group. */
  readonly maxMembers: number
  /** A group that takes longer no longer blocks the next one. */
  readonly patienceMs: number
}

/**
 * Returns a function that resolves when its item is written, and rejects when the write failed or its outcome is unknown. A
 * group refused for its content is written item by item, so that a bad item fails alone. A group starts after pending input
 * was read (setImmediate), so that items that arrive together go together; a lone item starts at once.
 */
export function batchWrites<Item>(
  write: Write<Item>,
  options: GroupCommitOptions,
): (item: Item) => Promise<void> {
  const waiting: Member<Item>[] = []
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
  const startGroup = async (group: readonly Member<Item>[]): Promise<void> => {
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
async function writeGroup<Item>(write: Write<Item>, group: readonly Member<Item>[]): Promise<void> {
  try {
    await write(group.map(({ item }) => item))
    for (const { written } of group) written()
  } catch (error) {
    // After a lost connection the group may have been written: a retry could only find out that the rows already exist.
    if (group.length === 1 || isTransient(error)) for (const { failed } of group) failed(error)
    else for (const member of group) await writeGroup(write, [member])
  }
}
