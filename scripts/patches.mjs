// What we mend in a dependency until its maintainers do: the diffs in patches/, each with the issues that it answers. Applied
// after each installation, checked before each start.
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = resolve(import.meta.dirname, '..')

/** Leaves alone what is patched already. Throws where the text is not the one that the diffs were made for. */
export async function applyPatches() {
  const { applyPatch, parsePatch, reversePatch } = await import('diff')
  const strict = (text, diff) => applyPatch(text, diff, { fuzzFactor: 0 })
  for (const [file, diffs] of await diffsByFile(parsePatch)) {
    const path = join(root, file)
    const text = await readFile(path, 'utf8')
    const patched = patchedFrom(text, diffs, {
      apply: strict,
      revert: (one, diff) => strict(one, reversePatch(diff)),
    })
    if (patched === null)
      throw new Error(`${file} is not the version that patches/ was made for. Run npm ci to install it anew.`)
    if (patched === text) continue
    const draft = `${path}.${process.pid}`
    await writeFile(draft, patched)
    await rename(draft, path)
  }
}

/** The first so many diffs may be there already, from this installation or from an older one with fewer of them. */
function patchedFrom(text, diffs, { apply, revert }) {
  for (let present = diffs.length; present >= 0; present -= 1) {
    const bare = diffs
      .slice(0, present)
      .reduceRight((one, diff) => (one === false ? false : revert(one, diff)), text)
    const whole =
      bare === false
        ? false
        : diffs.slice(present).reduce((one, diff) => (one === false ? false : apply(one, diff)), text)
    if (whole !== false) return whole
  }
  return null
}

/** In the order of their names, as patch-package orders them too. */
async function diffsByFile(parsePatch) {
  const byFile = new Map()
  const names = (await readdir(join(root, 'patches'))).filter((name) => name.endsWith('.patch')).sort()
  for (const name of names)
    for (const diff of parsePatch(await readFile(join(root, 'patches', name), 'utf8'))) {
      const file = diff.newFileName.replace(/^b\//, '')
      byFile.set(file, [...(byFile.get(file) ?? []), diff])
    }
  return byFile
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await applyPatches()
