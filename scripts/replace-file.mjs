// Atomic replacement of a file that others may be reading.
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Readers see the old or the new file. Unchanged contents are not written, so that file watchers stay quiet. */
export async function replaceFile(path, contents) {
  const before = await readFile(path).catch(() => null)
  if (before?.equals(Buffer.from(contents))) return
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  await mkdir(dirname(path), { recursive: true })
  await writeFile(draft, contents)
  await rename(draft, path)
}
