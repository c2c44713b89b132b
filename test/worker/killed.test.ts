// entry · a worker that is killed while its queue sends. I4
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { eventually } from '../support/client.ts'
import { familyOf, isAlive } from '../support/script.ts'
import { count, is, setSendingScene } from './sending-scene.ts'

const scene = setSendingScene()
const { launch, until, accepted, expectEachOnce, start } = scene

describe('a worker that is killed in the middle of a campaign', () => {
  it('goes on when it is started again, and everybody has it once (I4)', async () => {
    const id = await launch('Killed')
    await eventually(async () => (accepted('Killed').length >= 200 ? true : null))
    const { pid = 0 } = scene.running.process
    const ended = new Promise((resolve) => scene.running.process.once('exit', resolve))
    const struck = familyOf(pid).filter(isOfWrangler)
    expect(struck.length).toBeGreaterThan(0)
    for (const one of struck) if (isAlive(one)) process.kill(one, 'SIGKILL')
    await ended
    const before = accepted('Killed').length
    expect(before).toBeLessThan(count)
    await start(Number(new URL(scene.running.url).port), scene.running.dataDir)
    await until(id, is('sent'))
    await expectEachOnce(id, 'Killed')
    expect(accepted('Killed')).toHaveLength(count)
  })
})

const isOfWrangler = (pid: number): boolean => {
  try {
    return /workerd|wrangler/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    return false
  }
}
