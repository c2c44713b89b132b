// entry · the worker in wrangler dev: a large campaign by its queue, what it leaves behind, how it refuses to start
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Provider, startProvider } from '../../src/dev/provider/server.ts'
import { at, type Client, clientOf, eventually, text } from '../support/client.ts'
import { listSettings } from '../support/house.ts'
import { freePort, type RunningAssent, startAssent } from '../support/running.ts'
import { familyOf, isAlive, runScript } from '../support/script.ts'
import { seedRunning } from '../support/seed.ts'

/** Four messages of the queue, ten batches each. Seeding takes most of the time. */
const count = 4000

describe(`a campaign to ${count.toLocaleString('en')} people, by the queue of a worker`, () => {
  const readers = Array.from({ length: count }, (_, n) => `reader.${n}@inbox.example`)
  let folder = ''
  let provider: Provider
  let running: RunningAssent
  let client: Client
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'assent-worker-test-'))
    provider = await startProvider({ recordFile: path.join(folder, 'record.jsonl') })
    running = await startAssent({
      script: 'dev-worker',
      env: { MAIL: 'resend', RESEND_API_KEY: 're_worker', RESEND_BASE_URL: provider.url },
    })
    client = clientOf(running.url, running.key)
    expect((await client.api('POST', '/lists', listSettings)).status).toBe(201)
    await seedRunning(
      running.dataDir,
      listSettings.slug,
      readers.map((email) => ({ email })),
    )
  })
  afterAll(async () => {
    await running?.stop()
    await provider?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('reaches each of them once, as the provider counts (I4)', async () => {
    const made = await client.api('POST', '/campaigns', {
      list: listSettings.slug,
      subject: 'June',
      content: { format: 'markdown', body: 'The garden in June, for {{ subscriber.email }}.' },
    })
    const campaign = text(made.body, 'id')
    const began = performance.now()
    expect((await client.api('POST', `/campaigns/${campaign}/launch`)).status).toBe(202)
    const body = await eventually(async () => {
      const answer = await client.api('GET', `/campaigns/${campaign}`)
      return at(answer.body, 'state') === 'sent' ? answer.body : null
    })
    const seconds = (performance.now() - began) / 1000
    process.stdout.write(
      `worker: ${count} recipients in ${seconds.toFixed(1)} s, ${provider.requests()} requests\n`,
    )
    const accepted = provider.accepted().map(({ to }) => to.join(','))
    expect(accepted.toSorted()).toEqual(readers.toSorted())
    expect(provider.stats).toMatchObject({ conflicts: 0, refused: 0 })
    expect(at(body, 'totals')).toMatchObject({ recipients: count, sent: count, skipped: 0, unknown: 0 })
  })

  it('serves what pages load by their content, to be kept for ever', async () => {
    const page = await (await client.get(`/s/${listSettings.slug}`)).text()
    const href = /<link rel="stylesheet" href="(\/assets\/[^"]+)"/.exec(page)?.[1] ?? ''
    const sheet = await client.get(href)
    expect(sheet.status).toBe(200)
    expect(sheet.headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect(sheet.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(sheet.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('leaves no process behind when it is told to stop', async () => {
    const family = familyOf(running.process.pid ?? 0)
    expect(family.length).toBeGreaterThan(4)
    expect(await running.stop()).toBe(0)
    await expect.poll(() => family.filter(isAlive)).toEqual([])
  })
})

describe('a worker that cannot start', () => {
  it('names a bad variable in one line, and leaves with 1', async () => {
    const ended = await runScript('dev-worker', [], { SEND_RATE: 'many' })
    expect(ended).toEqual({ code: 1, stdout: '', stderr: 'SEND_RATE must be a whole number.\n' })
  })

  it('says so where the port is taken', async () => {
    const port = await freePort()
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
    const dataDir = await mkdtemp(path.join(tmpdir(), 'assent-worker-test-'))
    try {
      const ended = await runScript('dev-worker', [], { PORT: String(port), DATA_DIR: dataDir })
      expect(ended.code).toBe(1)
      expect(ended.stderr).toBe('PORT is in use by another program; choose another PORT.\n')
    } finally {
      other.close()
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})
