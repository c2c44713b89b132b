// adapter · the webhook messages that need not be posted again: taken, or given up
import { open, readFile } from 'node:fs/promises'

export interface Over {
  has(id: string): boolean
  add(id: string): void
  /** What an earlier run had written is needed at the start only. */
  forget(): void
  close(): Promise<void>
}

/**
 * One id a line, made with the first. Not synced: a message that is told twice is what every receiver must bear, and a half
 * line names no message.
 */
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
      // A line of its own, whatever was half written before.
      lines += `\n${id}\n`
      writing = writing.then(flush)
    },
    forget: () => earlier.clear(),
    close: () => writing,
  }
}
