// adapter · what tells a data folder from a copy of it: where it lies, and which file its control file is
import { realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openDataFolder } from './data-folder.ts'

/**
 * The same after every restart, crash, upgrade and reboot: PostgreSQL writes its control file in place, and the number of a
 * disk, which may change, is not asked. Another after the folder was moved, unpacked or copied back, whole or the cluster
 * alone: a copied file has another number and another birth. A picture of a whole disk looks the same; docs/deploy-node.md
 * says what to do then.
 */
export async function fingerprintOf(dataDir: string): Promise<string> {
  const { path, cluster } = openDataFolder(dataDir)
  const { ino, birthtimeNs } = await stat(join(cluster, 'global', 'pg_control'), { bigint: true })
  return `${await realpath(path)} ${ino} ${birthtimeNs}`
}
