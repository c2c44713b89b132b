// entry · one temporary PostgreSQL for the whole run, with a migrated template for the test databases
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { appRole } from '../../src/node/embedded/roles.ts'
import { type EmbeddedServer, startEmbedded } from '../../src/node/embedded/server.ts'
import { migrate } from '../../src/node/migrate.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The cluster for test databases, or the reason for its absence: tests without a database still run. */
    cluster:
      | { ready: true; ownerUrl: string; appUrl: string; adminUrl: string }
      | { ready: false; reason: string }
  }
}

const { ASSENT_TEST_WITHOUT_DATABASE } = process.env

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (ASSENT_TEST_WITHOUT_DATABASE === '1') {
    project.provide('cluster', { ready: false, reason: 'this run was started without a database' })
    return async () => {}
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'assent-test-'))
  const server = await startEmbedded({ dataDir, durable: false })
  await offerTemplate(project, server)
  return async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function offerTemplate(
  project: TestProject,
  { ownerUrl, appUrl, adminUrl }: EmbeddedServer,
): Promise<void> {
  try {
    await migrate({ ownerUrl, appRole })
    project.provide('cluster', { ready: true, ownerUrl, appUrl, adminUrl })
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    project.provide('cluster', { ready: false, reason: `the migrations failed: ${reason}` })
  }
}
