// adapter · pointer tests of every page, in one engine: what is visible is what is pressed
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { eventually } from './client.ts'
import { type OpenConsole, openConsole } from './console.ts'
import { type EngineKind, EngineLost } from './engines/engine.ts'
import { openWindow, type Window } from './engines/window.ts'
import { hitsOfPage } from './hits.ts'
import { type Furnished, furnish, routesOfPages } from './screens.ts'

const hits = z.object({ controls: z.number(), rows: z.number(), faults: z.array(z.string()) })
const point = z.object({ x: z.number(), y: z.number() })
const [desktop, phone, height] = [1280, 390, 900]
/** Ten times what a loaded machine takes, so that no test waits for ever. */
const timeoutMilliseconds = 600_000

/**
 * Declares the tests of one engine; where the engine is missing they are skipped, and the heading says why. `styled` rewrites the
 * style sheets that the engine receives.
 */
export function pointing(kind: EngineKind, styled?: (css: string) => string): void {
  const { name, missing } = kind
  describe.skipIf(missing !== null)(
    missing === null ? `in ${name}` : `in ${name}, left out: ${missing}`,
    { timeout: timeoutMilliseconds },
    () => {
      let console: OpenConsole
      let window: Window
      let house: Furnished
      let width = 0

      beforeAll(async () => {
        const furnishing = openConsole({ styled }).then(async (opened) => {
          console = opened
          house = await furnish(opened)
        })
        window = await openWindow(kind, async (engine) => {
          await furnishing
          width = 0
          for (const cookie of [house.desk.cookie, house.savedFormCookie]) {
            const [cookieName = '', value = ''] = cookie.split('=')
            await engine.setCookie(urlOf('/console'), { name: cookieName, value })
          }
        })
      }, timeoutMilliseconds)
      afterAll(async () => {
        await window?.close()
        await console?.close()
      }, timeoutMilliseconds)

      const urlOf = (path: string): string => `${console.house.url}${path}`
      const rule = (says: string, act: () => Promise<void>): void =>
        it(says, () => window.undisturbed(says, act))

      const go = (path: string): Promise<void> => window.engine.goto(urlOf(path))
      const resize = async (to: number): Promise<void> => {
        if (width !== to) await window.engine.resize(to, height)
        width = to
      }
      /** Waits until the page of this path is loaded; of this query too, if given. */
      const arrives = (path: string): Promise<true> =>
        eventually(async () => {
          const at = await window.engine
            .evaluate('document.readyState === "complete" ? location.pathname + location.search : ""')
            .catch((error: unknown) => {
              if (error instanceof EngineLost) throw error
              return '' // There is no document between two pages.
            })
          return at === path || z.string().parse(at).startsWith(`${path}?`) ? true : null
        })
      /** Waits for an expression to reach a value, since effects of a press follow a moment later. */
      const becomes = async (expression: string, wanted: unknown): Promise<void> => {
        const found: { last: unknown } = { last: undefined }
        try {
          await eventually(async () => {
            found.last = await window.engine.evaluate(expression)
            return isDeepStrictEqual(found.last, wanted) ? true : null
          })
        } catch (error) {
          if (error instanceof EngineLost) throw error
          expect(found.last, expression).toEqual(wanted)
        }
      }
      /** Scrolls the first match into view and presses its middle. */
      const press = async (element: string): Promise<void> => {
        const found = await window.engine.evaluate(`(() => {
        const found = ${element}
        found.scrollIntoView({ block: 'center', behavior: 'instant' })
        const { left, top, width, height } = found.getBoundingClientRect()
        return { x: left + width / 2, y: top + height / 2 }
      })()`)
        const { x, y } = point.parse(found)
        await window.engine.click(x, y)
      }
      const texts = async (list: string): Promise<readonly string[]> =>
        z.array(z.string()).parse(await window.engine.evaluate(list))
      const hitsAtOnce = async (): Promise<z.output<typeof hits>> => {
        for (;;) {
          const found = hits.nullable().parse(await window.engine.evaluate(hitsOfPage))
          if (found !== null) return found
        }
      }

      it('is shown every page that the application has', () => {
        expect(routesOfPages.filter((route) => !house.screens.some((one) => one.route === route))).toEqual([])
        expect(house.screens.filter(({ route }) => !routesOfPages.includes(route))).toEqual([])
      })

      it('hits each control where it is seen, and nowhere else, on desktop and phone', async () => {
        const wrong: string[] = []
        let rows = 0
        let widths = [desktop, phone]
        for (const { path } of house.screens) {
          const looks = await window.undisturbed(path, async () => {
            const looks: { at: number; found: z.output<typeof hits> }[] = []
            await go(path)
            for (const at of widths) {
              await resize(at)
              looks.push({ at, found: await hitsAtOnce() })
            }
            return looks
          })
          for (const { at, found } of looks) {
            wrong.push(...found.faults.map((fault) => `${path} at ${at}: ${fault}`))
            rows += found.rows
          }
          // The next page begins at the width of this one, which saves a resize.
          widths = widths.toReversed()
        }
        expect(wrong).toEqual([])
        expect(rows).toBeGreaterThan(20)
      })

      rule('goes from each entry of the rail to where it says', async () => {
        await resize(desktop)
        await go('/console/campaigns')
        const hrefs = await texts(`[...document.querySelectorAll('.rail nav a')].map((one) => one.pathname)`)
        expect(hrefs.length).toBe(6)
        for (const href of hrefs) {
          await press(`document.querySelector('.rail nav a[href="${href}"]')`)
          await arrives(href)
        }
      })

      rule('opens the row that is pressed, in whichever of its cells, on desktop and phone', async () => {
        for (const [screen, at] of [
          ['/console/lists', desktop],
          ['/console/people', desktop],
          ['/console/segments', desktop],
          ['/console/settings/operators', desktop],
          ['/console/people', phone],
        ] as const) {
          await resize(at)
          for (const nth of [0, 1]) {
            await go(screen)
            const hrefs = await texts(
              `[...document.querySelectorAll('.row-link')].map((one) => one.pathname)`,
            )
            expect(hrefs.length).toBeGreaterThanOrEqual(3)
            await press(`document.querySelectorAll('.row-link')[${nth}].closest('tr').cells[1]`)
            await arrives(hrefs[nth] ?? '')
          }
        }
      })

      rule('goes nowhere from a press beside the rows', async () => {
        await resize(desktop)
        for (const screen of ['/console/lists', '/console/people', '/console/campaigns']) {
          await go(screen)
          await window.engine.evaluate(
            `void addEventListener('click', ({ target }) => { window.pressed.push(target.closest('a, button')?.href ?? 'nothing') }, true)`,
          )
          for (const element of ['h1', 'th', 'main']) {
            await window.engine.evaluate('void (window.pressed = [])')
            if (element === 'main') await window.engine.click(desktop - 30, height - 10)
            else await press(`document.querySelector('main ${element}')`)
            await becomes('window.pressed', ['nothing'])
          }
          expect(await window.engine.evaluate('location.pathname + location.search')).toBe(screen)
        }
      })

      rule('acts by the button and the link that stand in a row', async () => {
        await resize(desktop)
        await go('/console/lists')
        await press(`document.querySelector('td .cell-link')`)
        await arrives('/console/people')
        await go('/console/settings/keys')
        const [revoke = ''] = await texts(
          `[...document.querySelectorAll('td a')].slice(1, 2).map((one) => one.pathname)`,
        )
        await press(`document.querySelectorAll('td a')[1]`)
        await arrives(revoke)
        await go('/console/settings')
        const buttons = `document.querySelectorAll('td button').length`
        const before = z.number().parse(await window.engine.evaluate(buttons))
        await press(`document.querySelector('td button')`)
        await arrives('/console/settings?done=session')
        expect(await window.engine.evaluate(buttons)).toBe(before - 1)
      })

      rule('shows which of several is chosen, and what follows from it', async () => {
        await resize(desktop)
        await go('/console/campaigns/new?list=letter')
        const looks = `[...document.querySelectorAll('.choice')].map((one) => getComputedStyle(one).backgroundColor)`
        const [chosen, other, another] = await texts(looks)
        expect([chosen === other, other === another]).toEqual([false, true])
        await press(`document.querySelector('.choice[for$=phone]')`)
        await becomes(`document.querySelector('.preview-frame').clientWidth`, 390)
        await becomes(looks, [other, chosen, other])

        const draft = house.screens.find(({ route }) => route.endsWith('/launch'))?.path ?? ''
        await go(draft)
        const seen = `[...document.querySelectorAll('.launch-when [class^=launch], .launch-when .launch-time')]
          .filter((one) => one.checkVisibility()).map((one) => one.className)`
        await becomes(seen, ['launch-now'])
        await press(`document.querySelector('.option[for$=later]')`)
        await becomes(seen, ['field launch-time', 'launch-here', 'launch-later'])
        await press(`document.querySelector('.option[for$=local]')`)
        await becomes(seen, ['field launch-time', 'launch-there', 'launch-later'])
      })

      rule('offers a passkey with its name and its button, or neither', async () => {
        await go('/console/settings')
        const offered = (element: string) => `document.querySelector('${element}').checkVisibility()`
        const isThere = await window.engine.evaluate(`'PublicKeyCredential' in window`)
        await becomes(offered('[data-passkey-name]'), isThere)
        await becomes(offered('button[data-passkey]'), isThere)
        await becomes(offered('[data-no-passkeys]'), !isThere)
      })

      rule('signs up by the public form, by its box and its button', async () => {
        await resize(phone)
        await go('/s/letter')
        await press(`document.querySelector('label.box span')`)
        await becomes(`document.querySelector('.box input').checked`, true)
        await window.engine.evaluate(
          `void (document.querySelector('[name=email]').value = 'pressed@example.pl')`,
        )
        await press(`document.querySelector('form button')`)
        await arrives('/s/letter/sent')
      })
    },
  )
}
