// shell · whoever comes while others are being written waits for them, and then goes with all who came meanwhile
import { isTransient } from '../failures.ts'

interface Member<One> {
  readonly one: One
  readonly written: () => void
  readonly failed: (error: unknown) => void
}

/** Writes all of them or none. */
type Write<One> = (group: readonly One[]) => Promise<unknown>

interface Ways {
  /** While fewer groups are under way, nobody waits. */
  readonly maxGroups: number
  /** Members of a group. */
  readonly maxMembers: number
  /** A group that takes longer keeps nobody waiting any more. */
  readonly patienceMs: number
}

/**
 * Answers a function that resolves when its one is written, and rejects when that one is not or nobody can say. What cannot
 * be written fails alone: a group that was refused for what is in it is written one by one. The first sets out when all that
 * has arrived by now was read, so that those who came together go together: with nobody else there, at once.
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

/** Never rejects: each member hears of its own. */
async function writeGroup<One>(write: Write<One>, group: readonly Member<One>[]): Promise<void> {
  try {
    await write(group.map(({ one }) => one))
    for (const { written } of group) written()
  } catch (error) {
    // After a lost connection it may have been written: a second try could only tell that it was there already.
    if (group.length === 1 || isTransient(error)) for (const { failed } of group) failed(error)
    else for (const member of group) await writeGroup(write, [member])
  }
}
