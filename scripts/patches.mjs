// Applies the diffs in patches/: fixes of dependencies until their maintainers release them, each with its issues. Run after each
// installation, checked before each start.
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = resolve(import.meta.dirname, '..')

/** Leaves patched files alone. Throws for a file of another version. */
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

/** The first diffs may be present already, from this installation or an older one. */
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

/** In order of file names, like patch-package. */
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
