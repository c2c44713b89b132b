// adapter · a deployment to measure: a durable embedded PostgreSQL in its own folder, migrated, used in the app's role

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { createList } from '../../src/consent/publish.ts'
import type { List } from '../../src/lists/list.ts'
import { openDeployment } from '../../src/node/deployment.ts'
import { appRole, type Urls } from '../../src/node/embedded/roles.ts'
import { startEmbedded } from '../../src/node/embedded/server.ts'
import { readConfig } from '../../src/platform/config.ts'
import type { Deps, Mailer } from '../../src/platform/deps.ts'
import { createLog } from '../../src/platform/log.ts'

export const benchKey = 'a-bootstrap-key-for-benches-0123456789'

export interface BenchHouse {
  readonly deps: Deps
  /** The superuser, who seeds with triggers off. */
  readonly admin: postgres.Sql
  readonly list: List
  /** For a second process on the same database. */
  readonly urls: Urls
  readonly secret: Uint8Array
  close(): Promise<void>
}

export async function openBenchHouse(mailer?: (deps: Omit<Deps, 'mailer'>) => Mailer): Promise<BenchHouse> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'assent-bench-'))
  const server = await startEmbedded({ dataDir })
  const read = readConfig({
    DATA_DIR: dataDir,
    SEND_RATE: '0',
    LIMIT_PER_NETWORK: '0',
    BOOTSTRAP_API_KEY: benchKey,
  })
  if (!read.ok) throw new Error(read.problem)
  const secret = new Uint8Array(randomBytes(32))
  const deployment = await openDeployment({
    config: read.config,
    urls: { app: server.appUrl, owner: server.ownerUrl, appRole },
    secret,
    holder: 'bench',
    folder: null,
    log: createLog('error', (line) => process.stderr.write(line)),
    ...(mailer === undefined ? {} : { mailer }),
  })
  const admin = postgres(server.adminUrl, { max: 2, onnotice: () => {} })
  const list = await createList(
    deployment.deps,
    { kind: 'system' },
    {
      slug: 'bench',
      name: 'Bench',
      sender: { name: 'Brand', email: 'news@brand.example' },
      controller: { name: 'Brand AB', address: 'Storgatan 1', contact_email: 'privacy@brand.example' },
      fields: [
        { key: 'first_name', label: 'First name', purpose: 'newsletter' },
        {
          key: 'country',
          label: 'Country',
          purpose: 'newsletter',
          type: 'choice',
          options: ['PL', 'DE', 'UA', 'CZ', 'SE'],
          filterable: true,
        },
        { key: 'points', label: 'Points', purpose: 'newsletter', type: 'number', filterable: true },
      ],
    },
  )
  return {
    deps: deployment.deps,
    admin,
    list,
    urls: server,
    secret,
    close: async () => {
      await admin.end()
      await deployment.close()
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
