// web · a crashed engine is told apart from a failing page, and leaves no processes or files behind
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../support/client.ts'
import { type Engine, EngineLost } from '../support/engines/engine.ts'
import { webkit } from '../support/engines/webkit.ts'
import { openWindow, type Window } from '../support/engines/window.ts'
import { freePort } from '../support/running.ts'
import { familyOf } from '../support/script.ts'

const server = createServer((_, answer) =>
  answer.setHeader('content-type', 'text/html').end('<h1>A page</h1>'),
)
let url = ''
beforeAll(async () => {
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

/** Processes started by this file, with their descendants. */
const running = (name: RegExp): readonly number[] =>
  familyOf(process.pid).filter((pid) => {
    try {
      return name.test(readFileSync(`/proc/${pid}/comm`, 'utf8'))
    } catch {
      return false
    }
  })

/** Evaluates a promise that never settles, and kills programs meanwhile. */
async function endOver(engine: Engine, programs: RegExp): Promise<never> {
  const asked = engine.evaluate('new Promise((resolve) => { window.asked = resolve })')
  const pids = running(programs)
  expect(pids.length).toBeGreaterThan(0)
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  throw new Error(`the page answered ${await asked}`)
}
const page = /^WebKitWebProces/

describe.skipIf(webkit.missing !== null)(
  webkit.missing === null ? 'a window of WebKit' : `a window of WebKit, left out: ${webkit.missing}`,
  () => {
    it('that fails over a script is the same window afterwards', async () => {
      const engine = await webkit.open()
      await engine.goto(url)
      await expect(engine.evaluate('nothing.of.this.name')).rejects.not.toBeInstanceOf(EngineLost)
      await expect(engine.evaluate('Promise.reject(new Error("no"))')).rejects.not.toBeInstanceOf(EngineLost)
      expect(await engine.evaluate('document.querySelector("h1").textContent')).toBe('A page')
      await engine.close()
    })

    it.each([
      ['its page', page],
      ['its browser', /^MiniBrowser/],
      ['its driver', /^WebKitWebDriver/],
    ])('is lost with %s, whatever is asked of it, and closes all the same', async (_, programs) => {
      const engine = await webkit.open()
      await engine.goto(url)
      await expect(endOver(engine, programs)).rejects.toBeInstanceOf(EngineLost)
      await expect(engine.goto(url)).rejects.toBeInstanceOf(EngineLost)
      await expect(engine.resize(390, 900)).rejects.toBeInstanceOf(EngineLost)
      await expect(engine.click(10, 10)).rejects.toBeInstanceOf(EngineLost)
      await engine.close()
      await eventually(async () => (running(/WebKit|MiniBrowser|Xvfb/).length === 0 ? true : null))
    })
  },
)

describe.skipIf(webkit.missing !== null)(
  'what is done in a window whose engine may end by a fault of its own',
  () => {
    let window: Window
    let times = 0
    beforeEach(async () => {
      times = 0
      window = await openWindow(webkit, (engine) => engine.goto(url))
    })
    afterEach(() => window.close())

    const headingAfter = (ends: number) => async (): Promise<unknown> => {
      times += 1
      if (times <= ends) await endOver(window.engine, page)
      return window.engine.evaluate('document.querySelector("h1").textContent')
    }

    it('begins again in a new one, which was prepared as the first was', async () => {
      expect(await window.undisturbed('a page', headingAfter(1))).toBe('A page')
      expect(times).toBe(2)
    })

    it('has failed where it ends the new one too', async () => {
      await expect(window.undisturbed('a page', headingAfter(2))).rejects.toBeInstanceOf(EngineLost)
      expect(times).toBe(2)
    })

    it('has two new ones in all', async () => {
      for (const _ of ['first', 'second']) {
        times = 0
        expect(await window.undisturbed('a page', headingAfter(1))).toBe('A page')
      }
      times = 0
      await expect(window.undisturbed('a page', headingAfter(1))).rejects.toBeInstanceOf(EngineLost)
      expect(times).toBe(1)
    })

    it('is done once where it fails by itself', async () => {
      const failing = async (): Promise<void> => {
        times += 1
        await window.engine.evaluate('nothing.of.this.name')
      }
      await expect(window.undisturbed('a page', failing)).rejects.not.toBeInstanceOf(EngineLost)
      expect(times).toBe(1)
    })
  },
)
