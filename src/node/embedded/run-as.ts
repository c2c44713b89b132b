// adapter · ways to run PostgreSQL as a user other than root, so that it ends with this process
import { spawnSync } from 'node:child_process'
import { StartRefused } from '../start-refused.ts'
import type { Binaries } from './binaries.ts'

export interface RunAs {
  readonly prefix: readonly string[]
  /** User of the process and owner of the cluster; undefined: the current user. */
  readonly uid: number | undefined
}

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly identity: { readonly uid?: number; readonly gid?: number }
}

/**
 * PostgreSQL refuses to run as root. In a user namespace it appears to be nobody while its files stay root's, which also works
 * below a folder that only root may enter. Where namespaces are forbidden, it really runs as nobody.
 */
const nobody = 65_534
const asMappedNobody = ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--']

/** Linux: the kernel signals PostgreSQL when this process dies. Elsewhere the next start finds the orphan. */
const endingWithUs = ['setpriv', '--pdeathsig', 'INT', '--']

/** The first way that works here. Throws StartRefused if none does. */
export function findRunAs(binaries: Binaries): RunAs {
  let failure = ''
  for (const way of waysToTry()) {
    const { file, args, identity } = commandOf(way, binaries.postgres, ['--version'])
    const probe = spawnSync(file, args, { ...identity, cwd: '/', env: environment, encoding: 'utf8' })
    if (probe.status === 0) return way
    failure = probe.error?.message ?? probe.stderr.trim().split('\n').at(-1) ?? ''
  }
  throw new StartRefused(`The embedded PostgreSQL does not run here: ${failure}`)
}

function waysToTry(): readonly RunAs[] {
  if (process.getuid?.() !== 0) return [way(endingWithUs), way([])]
  return [
    way([...asMappedNobody, ...endingWithUs]),
    way(asMappedNobody),
    way(endingWithUs, nobody),
    way([], nobody),
  ]
}

const way = (prefix: readonly string[], uid?: number): RunAs => ({ prefix, uid })

export function commandOf(runAs: RunAs, binary: string, args: readonly string[]): Command {
  const [file = binary, ...rest] = [...runAs.prefix, binary, ...args]
  return { file, args: rest, identity: runAs.uid === undefined ? {} : { uid: runAs.uid, gid: runAs.uid } }
}

/** Complete: PGPORT, PGDATA and the like of the caller stay out. */
export const environment = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' }
