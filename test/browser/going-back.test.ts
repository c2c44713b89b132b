// web · Back, and another language, after a form was refused: what was typed is there, in each engine
import { afterAll, beforeAll, describe, it } from 'vitest'
import { eventually } from '../support/client.ts'
import { type OpenConsole, openConsole } from '../support/console.ts'
import { chromium } from '../support/engines/chromium.ts'
import { firefox } from '../support/engines/firefox.ts'
import { webkit } from '../support/engines/webkit.ts'
import { openWindow, type Window } from '../support/engines/window.ts'

/** Ten times what a loaded machine takes, so that no test waits for ever. */
const timeout = 600_000

describe.each([chromium, firefox, webkit])('a visitor in $name', { timeout }, (kind) => {
  const rule = it.skipIf(kind.missing !== null)
  let open: OpenConsole
  let window: Window

  beforeAll(async () => {
    if (kind.missing !== null) return
    open = await openConsole()
    await open.house.makeList()
    window = await openWindow(kind, (engine) => engine.resize(390, 844))
  }, timeout)
  afterAll(async () => {
    await window?.close()
    await open?.close()
  }, timeout)

  const evaluate = (expression: string): Promise<unknown> => window.engine.evaluate(expression)
  const becomes = (expression: string, wanted: unknown): Promise<true> =>
    eventually(async () => {
      // Between two pages there is no document.
      const found = await evaluate(`document.readyState === 'complete' ? ${expression} : null`).catch(
        () => null,
      )
      return JSON.stringify(found) === JSON.stringify(wanted) ? true : null
    }, 60)

  const typeAndSend = async (email: string): Promise<void> => {
    await window.engine.goto(`${open.house.url}/s/letter?lang=en`)
    await evaluate(`void (document.querySelector('[name=email]').value = ${JSON.stringify(email)})`)
    await evaluate(`void (document.querySelector('[name=purpose]').checked = true)`)
    await evaluate(`void document.querySelector('form .button').click()`)
    await becomes(`document.querySelector('.summary') !== null`, true)
  }
  const typed = `[document.documentElement.lang, document.querySelector('[name=email]')?.value,
    document.querySelector('[name=purpose]')?.checked]`

  rule('comes back to the refused form and to what was typed', () =>
    window.undisturbed('back', async () => {
      await typeAndSend('not an address')
      await evaluate(`void (location.href = ${JSON.stringify(`${open.house.url}/healthz`)})`)
      await becomes('location.pathname', '/healthz')
      await evaluate('void history.back()')
      await becomes('location.pathname', '/s/letter')
      await becomes(typed, ['en', 'not an address', true])
    }),
  )

  rule('is brought to the summary of what is wrong, without a script', () =>
    window.undisturbed('summary', async () => {
      await typeAndSend('not an address')
      await becomes(`document.activeElement.className`, 'summary stack')
    }),
  )

  rule('reads the form in another language with what was typed', () =>
    window.undisturbed('language', async () => {
      await typeAndSend('not an address')
      await evaluate(`void document.querySelector('button[value=sv]').click()`)
      await becomes(typed, ['sv', 'not an address', true])
    }),
  )
})
