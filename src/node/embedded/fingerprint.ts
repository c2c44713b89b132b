// adapter · fingerprint of a data folder, which differs in a copy: its path, and the identity of its control file
import { realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openDataFolder } from './data-folder.ts'

/**
 * Stable across restarts, crashes, upgrades and reboots: PostgreSQL writes its control file in place, and the disk's number, which
 * may change, is not used. Changes if folder or cluster is moved, unpacked or copied back: a copy has a new inode and birth time.
 * An image of a whole disk is not detected; docs/deploy-node.md says what to do then.
 */
export async function fingerprintOf(dataDir: string): Promise<string> {
  const { path, cluster } = openDataFolder(dataDir)
  const { ino, birthtimeNs } = await stat(join(cluster, 'global', 'pg_control'), { bigint: true })
  return `${await realpath(path)} ${ino} ${birthtimeNs}`
}
