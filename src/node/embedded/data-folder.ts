// adapter · DATA_DIR: created, locked by one process at a time; holds the secret and the database passwords
import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { link, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { StartRefused } from '../start-refused.ts'

export interface DataFolder {
  readonly path: string
  readonly cluster: string
  readonly serverFile: string
}

export interface Lock {
  release(): void
}

const credentials = z.object({ postgres: z.string(), owner: z.string(), app: z.string() })
export type Credentials = z.output<typeof credentials>

/** Long enough for a server whose script was just killed; short for a person who started a second one. */
const lockPatienceMs = 3000
const lockBeatMs = 50

/** Creates DATA_DIR if missing. Throws StartRefused if the folder cannot be used. */
export function openDataFolder(dataDir: string): DataFolder {
  const path = resolve(dataDir)
  try {
    makeFolder(path)
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw cannotWrite(path, cause)
  }
  return { path, cluster: join(path, 'postgres'), serverFile: join(path, 'server.json') }
}

/** Not mkdir's `recursive`, which never returns for a folder in /proc. Safe for concurrent processes. */
function makeFolder(path: string): void {
  if (!existsSync(dirname(path))) makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}

/** Throws StartRefused if another process still holds the lock after three seconds. */
export async function lockDataFolder(folder: DataFolder): Promise<Lock> {
  const until = performance.now() + lockPatienceMs
  for (;;) {
    const lock = tryLock(folder)
    if (lock !== null) return lock
    if (performance.now() > until)
      throw new StartRefused(`DATA_DIR ${folder.path} is in use by another Assent.`)
    await sleep(lockBeatMs)
  }
}

/**
 * Null while another process holds the lock. An SQLite transaction, since Node has no flock: the kernel frees the lock with the
 * process, even after kill -9.
 */
export function tryLock(folder: DataFolder): Lock | null {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(join(folder.path, 'lock.sqlite'))
    database.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    database?.close()
    if (isBusy(error)) return null
    throw cannotWrite(folder.path, error)
  }
  const held = database
  return { release: () => held.isOpen && held.close() }
}

/**
 * The 32 bytes that every key is derived from, created on the first start, before the cluster. Throws StartRefused if the file is
 * lost: a new secret would make all stored data unreadable.
 */
export async function secretOf(dataDir: string): Promise<Uint8Array<ArrayBuffer>> {
  const folder = openDataFolder(dataDir)
  const file = join(folder.path, 'secret')
  if (!existsSync(file)) {
    if (existsSync(folder.cluster)) {
      throw new StartRefused(
        `${file} is missing, and the database beside it cannot be read without it; put it back or set SECRET.`,
      )
    }
    await createOnce(file, `${randomBytes(32).toString('base64')}\n`)
  }
  const bytes = new Uint8Array(Buffer.from((await readFile(file, 'utf8')).trim(), 'base64'))
  if (bytes.length !== 32)
    throw new StartRefused(`${file} must be base64 of exactly 32 bytes; put the right one back.`)
  return bytes
}

/** Created on the first start. */
export async function credentialsOf(folder: DataFolder): Promise<Credentials> {
  const file = join(folder.path, 'credentials.json')
  if (!existsSync(file)) {
    if (existsSync(folder.cluster)) {
      throw new StartRefused(
        `${file} is missing, and the database beside it cannot be opened without it; put it back.`,
      )
    }
    const password = () => randomBytes(24).toString('base64url')
    await createOnce(file, JSON.stringify({ postgres: password(), owner: password(), app: password() }))
  }
  return credentials.parse(JSON.parse(await readFile(file, 'utf8')))
}

/** Atomic: readers see the old or the new file. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const draft = await draftOf(file, text)
  await rename(draft, file)
}

/** Keeps an existing file: concurrent processes then read the same. */
async function createOnce(file: string, text: string): Promise<void> {
  const draft = await draftOf(file, text)
  try {
    await link(draft, file)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function draftOf(file: string, text: string): Promise<string> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return draft
}

function cannotWrite(path: string, cause: unknown): StartRefused {
  const reasons = new Map([
    ['EACCES', 'permission denied'],
    ['EPERM', 'permission denied'],
    ['EROFS', 'the file system is read-only'],
    ['ENOSPC', 'the disk is full'],
    ['ENOTDIR', 'a part of the path is a file'],
    ['EEXIST', 'it is a file'],
    ['ENOENT', 'no folder can be made there'],
  ])
  const code = codeOf(cause)
  const reason = reasons.get(code) ?? (code === '' && cause instanceof Error ? cause.message : code)
  return new StartRefused(`DATA_DIR ${path} cannot be written: ${reason}.`, cause)
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const sqliteBusy = 5
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy
