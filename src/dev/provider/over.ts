// adapter · finished webhook messages: accepted by the receiver, or given up
import { open, readFile } from 'node:fs/promises'

export interface Over {
  has(id: string): boolean
  add(id: string): void
  /** Earlier runs' ids are needed only at the start. */
  forget(): void
  close(): Promise<void>
}

/** One id per line. Not synced: receivers must tolerate repeats, and a torn line matches no id. */
export async function openOver(file: string): Promise<Over> {
  const earlier = new Set((await readFile(file, 'utf8').catch(() => '')).split('\n'))
  let lines = ''
  let writing = Promise.resolve()

  async function flush(): Promise<void> {
    const group = lines
    lines = ''
    if (group === '') return
    const handle = await open(file, 'a', 0o600)
    await handle.appendFile(group).finally(() => handle.close())
  }

  return {
    has: (id) => earlier.has(id),
    add(id) {
      // The leading newline ends a torn line.
      lines += `\n${id}\n`
      writing = writing.then(flush)
    },
    forget: () => earlier.clear(),
    close: () => writing,
  }
}
