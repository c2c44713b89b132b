// shell · group commit: writes that arrive during a commit form the next group
import { isTransient } from '../failures.ts'

interface Member<One> {
  readonly one: One
  readonly written: () => void
  readonly failed: (error: unknown) => void
}

/** Writes the whole group or nothing. */
type Write<One> = (group: readonly One[]) => Promise<unknown>

interface Ways {
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
export function batchWrites<One>(write: Write<One>, ways: Ways): (one: One) => Promise<void> {
  const waiting: Member<One>[] = []
  let underWay = 0
  let isGathering = false

  const gather = (): void => {
    if (isGathering || underWay >= ways.maxGroups || waiting.length === 0) return
    isGathering = true
    setImmediate(() => {
      isGathering = false
      void setOut(waiting.splice(0, ways.maxMembers))
      gather()
    })
  }
  const setOut = async (group: readonly Member<One>[]): Promise<void> => {
    underWay += 1
    let timer: ReturnType<typeof setTimeout> | undefined
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, ways.patienceMs)
    })
    await Promise.race([writeGroup(write, group), patience])
    clearTimeout(timer)
    underWay -= 1
    gather()
  }
  return (one) =>
    new Promise((written, failed) => {
      waiting.push({ one, written, failed })
      gather()
    })
}

/** Never rejects: each member's promise carries its own outcome. */
async function writeGroup<One>(write: Write<One>, group: readonly Member<One>[]): Promise<void> {
  try {
    await write(group.map(({ one }) => one))
    for (const { written } of group) written()
  } catch (error) {
    // After a lost connection the group may have been written: a retry could only find out that the rows already exist.
    if (group.length === 1 || isTransient(error)) for (const { failed } of group) failed(error)
    else for (const member of group) await writeGroup(write, [member])
  }
}
