// adapter · the pointer on every page, in one engine: what is seen is what is pressed
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { eventually } from './client.ts'
import { type OpenConsole, openConsole } from './console.ts'
import type { Engine, EngineKind } from './engines/engine.ts'
import { hitsOfPage } from './hits.ts'
import { type Furnished, furnish, routesOfPages } from './screens.ts'

const hits = z.object({ controls: z.number(), rows: z.number(), faults: z.array(z.string()) })
const point = z.object({ x: z.number(), y: z.number() })
const height = 900

/** Declares the tests of one engine; where it cannot be had they are skipped, and their heading says why. */
export function pointing(kind: EngineKind): void {
  const { name, missing } = kind
  describe.skipIf(missing !== null)(
    missing === null ? `in ${name}` : `in ${name}, left out: ${missing}`,
    () => {
      let console: OpenConsole
      let engine: Engine
      let house: Furnished

      beforeAll(async () => {
        ;[console, engine] = await Promise.all([openConsole(), kind.open()])
        house = await furnish(console)
        for (const cookie of [house.desk.cookie, house.keptCookie]) {
          const [cookieName = '', value = ''] = cookie.split('=')
          await engine.setCookie(urlOf('/console'), { name: cookieName, value })
        }
      }, 60_000)
      afterAll(async () => {
        await engine?.close()
        await console?.close()
      }, 30_000)

      const urlOf = (path: string): string => `${console.house.url}${path}`
      const go = (path: string): Promise<void> => engine.goto(urlOf(path))
      const where = async (): Promise<string> =>
        z.string().parse(await engine.evaluate('location.pathname + location.search'))
      const arrives = (path: string): Promise<true> =>
        eventually(async () => {
          // Between two pages there is none to ask.
          const at = await engine
            .evaluate('document.readyState === "complete" && location.pathname')
            .catch(() => null)
          return at === path ? true : null
        })
      /** Presses the middle of what an expression finds, which is brought into sight. */
      const press = async (element: string): Promise<void> => {
        const found = await engine.evaluate(`(() => {
        const found = ${element}
        found.scrollIntoView({ block: 'center', behavior: 'instant' })
        const { left, top, width, height } = found.getBoundingClientRect()
        return { x: left + width / 2, y: top + height / 2 }
      })()`)
        const { x, y } = point.parse(found)
        await engine.click(x, y)
      }
      const texts = async (list: string): Promise<readonly string[]> =>
        z.array(z.string()).parse(await engine.evaluate(list))

      it('is shown every page that the application has', () => {
        expect(routesOfPages.filter((route) => !house.screens.some((one) => one.route === route))).toEqual([])
        expect(house.screens.filter(({ route }) => !routesOfPages.includes(route))).toEqual([])
      })

      it('hits each control where it is seen, and nowhere else, on a desk and on a phone', async () => {
        const wrong: string[] = []
        let rows = 0
        for (const { path } of house.screens) {
          await go(path)
          for (const width of [1280, 390]) {
            await engine.resize(width, height)
            const found = hits.parse(await engine.evaluate(hitsOfPage))
            wrong.push(...found.faults.map((fault) => `${path} at ${width}: ${fault}`))
            rows += found.rows
          }
        }
        expect(wrong).toEqual([])
        expect(rows).toBeGreaterThan(20)
      }, 120_000)

      it('goes from each entry of the rail to where it says', async () => {
        await engine.resize(1280, height)
        const from = '/console/campaigns'
        await go(from)
        const hrefs = await texts(`[...document.querySelectorAll('.rail nav a')].map((one) => one.pathname)`)
        expect(hrefs.length).toBe(6)
        for (const href of hrefs) {
          await go(from)
          await press(`document.querySelector('.rail nav a[href="${href}"]')`)
          await arrives(href)
        }
      }, 30_000)

      it('opens the row that is pressed, in whichever of its cells, on a desk and on a phone', async () => {
        for (const [screen, width] of [
          ['/console/lists', 1280],
          ['/console/people', 1280],
          ['/console/segments', 1280],
          ['/console/settings/operators', 1280],
          ['/console/people', 390],
        ] as const) {
          await engine.resize(width, height)
          await go(screen)
          const hrefs = await texts(`[...document.querySelectorAll('.row-link')].map((one) => one.pathname)`)
          expect(hrefs.length).toBeGreaterThanOrEqual(3)
          for (const nth of [0, 1]) {
            await go(screen)
            await press(`document.querySelectorAll('.row-link')[${nth}].closest('tr').cells[1]`)
            await arrives(hrefs[nth] ?? '')
          }
        }
      }, 30_000)

      it('goes nowhere from a press beside the rows', async () => {
        await engine.resize(1280, height)
        for (const screen of ['/console/lists', '/console/people', '/console/campaigns']) {
          await go(screen)
          await engine.evaluate(
            `void addEventListener('click', ({ target }) => { window.pressed = target.closest('a, button')?.href ?? 'nothing' }, true)`,
          )
          for (const element of ['h1', 'th', 'main']) {
            await engine.evaluate('void (window.pressed = "not yet")')
            if (element === 'main') await engine.click(1250, height - 10)
            else await press(`document.querySelector('main ${element}')`)
            expect(await engine.evaluate('window.pressed'), `${screen}, ${element}`).toBe('nothing')
          }
          expect(await where()).toBe(screen)
        }
      })

      it('acts by the button and the link that stand in a row', async () => {
        await engine.resize(1280, height)
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
        const before = z.number().parse(await engine.evaluate(buttons))
        await press(`document.querySelector('td button')`)
        await eventually(async () =>
          (await engine.evaluate(`location.search === '?done=session'`).catch(() => false)) === true
            ? true
            : null,
        )
        expect(await engine.evaluate(buttons)).toBe(before - 1)
      }, 30_000)

      it('shows which of several is chosen, and what follows from it', async () => {
        await engine.resize(1280, height)
        await go('/console/campaigns/new?list=letter')
        const looks = `[...document.querySelectorAll('.choice')].map((one) => getComputedStyle(one).backgroundColor)`
        const widthOfPreview = `document.querySelector('.preview-frame').clientWidth`
        const [desk, phone, plain] = await texts(looks)
        expect([desk === phone, phone === plain]).toEqual([false, true])
        await press(`document.querySelector('.choice[for$=phone]')`)
        expect(await engine.evaluate(widthOfPreview)).toBe(390)
        expect(await texts(looks)).toEqual([phone, desk, plain])

        const draft = house.screens.find(({ route }) => route.endsWith('/launch'))?.path ?? ''
        await go(draft)
        const seen = `[...document.querySelectorAll('.launch-when [class^=launch], .launch-when .launch-time')]
          .filter((one) => one.checkVisibility()).map((one) => one.className)`
        expect(await texts(seen)).toEqual(['launch-now'])
        await press(`document.querySelector('.option[for$=later]')`)
        expect(await texts(seen)).toEqual(['field launch-time', 'launch-here', 'launch-later'])
        await press(`document.querySelector('.option[for$=local]')`)
        expect(await texts(seen)).toEqual(['field launch-time', 'launch-there', 'launch-later'])
      })

      it('offers a passkey with its name and its button, or neither', async () => {
        await go('/console/settings')
        const offered = (element: string) =>
          engine.evaluate(`document.querySelector('${element}').checkVisibility()`)
        const isThere = await engine.evaluate(`'PublicKeyCredential' in window`)
        expect(await offered('[data-passkey-name]')).toBe(isThere)
        expect(await offered('button[data-passkey]')).toBe(isThere)
        expect(await offered('[data-no-passkeys]')).toBe(!isThere)
      })

      it('signs up by the public form, by its box and its button', async () => {
        await engine.resize(390, height)
        await go('/s/letter')
        await press(`document.querySelector('label.box span')`)
        expect(await engine.evaluate(`document.querySelector('.box input').checked`)).toBe(true)
        await engine.evaluate(`void (document.querySelector('[name=email]').value = 'pressed@example.pl')`)
        await press(`document.querySelector('form button')`)
        await arrives('/s/letter/sent')
      })
    },
  )
}
