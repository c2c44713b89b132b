// entry · a data folder that was copied, moved or restored sends nothing until an operator says so. I4
import { execFile } from 'node:child_process'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { heldSentence } from '../../src/cli/sending.ts'
import { clientOf } from '../support/client.ts'
import { startAssent } from '../support/running.ts'
import { familyOf, runScript } from '../support/script.ts'
import { listSettings } from '../support/test-app.ts'

const anna = 'anna@inbox.example'

describe('a data folder', () => {
  let parent: string
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'assent-home-'))
  })
  afterAll(() => rm(parent, { recursive: true, force: true }))
  const original = () => join(parent, 'original')
  const isCopy = heldSentence('copied')

  /** The start's message, and whether a sign-up's mail arrived in the mailbox. */
  async function startedIn(
    dataDir: string,
    act: (url: string, key: string) => Promise<void> = async () => {},
  ) {
    const running = await startAssent({ dataDir })
    await act(running.url, running.key)
    await running.stop()
    return running.output()
  }
  const copyTree = promisify(execFile)
  const copy = (from: string, to: string) => copyTree('cp', ['-a', from, to])

  it('that is started again, after a stop, a kill or another port, is the same', async () => {
    await startedIn(original(), async (url, key) => {
      expect((await clientOf(url, key).api('POST', '/lists', listSettings)).status).toBe(201)
    })
    expect(await startedIn(original())).not.toContain(isCopy)
    const killed = await startAssent({ dataDir: original() })
    for (const pid of familyOf(killed.process.pid ?? 0)) process.kill(pid, 'SIGKILL')
    expect(await startedIn(original())).not.toContain(isCopy)
    const doctor = await runScript('assent', ['doctor'], { DATA_DIR: original() })
    expect(doctor.stdout).toContain('ok   Sending is on.')
  })

  it('that was copied with everything in it says so, sends nothing, and sends once allowed', async () => {
    const copied = join(parent, 'copied')
    await copy(original(), copied)
    expect(
      await startedIn(copied, async (url, key) => {
        const client = clientOf(url, key)
        await client.post(`/s/${listSettings.slug}`, [['email', anna]])
        await new Promise((resolve) => setTimeout(resolve, 2000))
        expect(await client.mails()).toEqual([])
      }),
    ).toContain(isCopy)
    const asked = { DATA_DIR: copied }
    const doctor = await runScript('assent', ['doctor'], asked)
    expect(doctor.stdout).toContain(`NOT  ${isCopy}`)
    expect(doctor.code).toBe(1)
    const allowed = await runScript('assent', ['sending', 'allow'], asked)
    expect(allowed).toMatchObject({ code: 0, stdout: 'Sending is on.\n' })
    expect(
      await startedIn(copied, async (url, key) => {
        await expect.poll(() => clientOf(url, key).mails()).toHaveLength(1)
      }),
    ).not.toContain(isCopy)
  })

  it('that was moved is a copy too', async () => {
    const moved = join(parent, 'moved')
    await rename(join(parent, 'copied'), moved)
    expect(await startedIn(moved)).toContain(isCopy)
  })

  it('into which a backup was put back, whole or the cluster alone, is a copy too', async () => {
    const backup = join(parent, 'backup')
    await copy(original(), backup)
    await rm(original(), { recursive: true })
    await copy(backup, original())
    expect(await startedIn(original())).toContain(isCopy)
    await runScript('assent', ['sending', 'allow'], { DATA_DIR: original() })
    expect(await startedIn(original())).not.toContain(isCopy)
    await rm(join(backup, 'postgres'), { recursive: true })
    await copy(join(original(), 'postgres'), join(backup, 'postgres'))
    await rm(join(original(), 'postgres'), { recursive: true })
    await copy(join(backup, 'postgres'), join(original(), 'postgres'))
    expect(await startedIn(original())).toContain(isCopy)
  })
})
