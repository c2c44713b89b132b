// web · cross-site requests: other sites can sign up and one-click, which are meant for them, and nothing else
import { createServer, type Server } from 'node:http'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePages, openBrowser } from '../support/browser.ts'
import { eventually, linkIn } from '../support/client.ts'
import { type ConsoleClient, type OpenConsole, openConsole, signIn } from '../support/console.ts'
import { freePort } from '../support/running.ts'
import { contentsOf } from '../support/tables.ts'
import type { TestList } from '../support/test-app.ts'

let open: OpenConsole
let browser: Browser
let desk: ConsoleClient
let list: TestList
let elsewhere: Server
let visitor: BrowserContext
let site = ''

beforeAll(async () => {
  ;[open, browser] = await Promise.all([openConsole(), openBrowser()])
  desk = await signIn(open.house, { role: 'owner' })
  list = await open.house.makeList()
  const port = await freePort()
  elsewhere = createServer((_, answer) =>
    answer.end('<!doctype html><title>Elsewhere</title><p>Another site'),
  )
  await new Promise<void>((resolve) => elsewhere.listen(port, '127.0.0.1', resolve))
  // Another host name for the same machine makes another site, not only another origin.
  site = `http://localhost:${port}/`
  visitor = await open.open(browser, desk)
})
afterAll(async () => {
  await closePages(browser)
  elsewhere.close()
  await open.close()
})

/** Submits a form from the other site; returns the status of the page the browser ended on. */
async function submit(action: string, fields: Readonly<Record<string, string>>): Promise<number> {
  const page = await visitor.newPage()
  await page.goto(site)
  await page.evaluate(
    ([to, pairs]) => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action: to })
      for (const [name, value] of Object.entries(pairs))
        form.append(Object.assign(document.createElement('input'), { name, value }))
      document.body.append(form)
      document.body.append(Object.assign(document.createElement('button'), { id: 'go' }))
      document.getElementById('go')?.addEventListener('click', () => form.submit())
    },
    [`${open.house.url}${action}`, fields] as const,
  )
  const [answer] = await Promise.all([page.waitForNavigation(), page.click('#go')])
  const first = (await answer?.request().redirectedFrom()?.response()) ?? answer
  const status = first?.status() ?? 0
  await page.close()
  return status
}

interface Asking {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** Sends a scripted request with the browser's cookies for us; null where the browser blocked reading the response. */
async function reach(path: string, asking: Asking): Promise<string | null> {
  const page = await visitor.newPage()
  await page.goto(site)
  const read = await page.evaluate(
    ([url, options]) =>
      fetch(url, { credentials: 'include', ...options }).then(
        (answer) => answer.text(),
        () => null,
      ),
    [`${open.house.url}${path}`, asking] as const,
  )
  await page.close()
  return read
}

describe('a page of another site', () => {
  it('can sign somebody up, as an embedded form does', async () => {
    expect(await submit(`/s/${list.slug}`, { email: 'visitor@brand.example' })).toBe(303)
    await open.house.rest()
    expect(await open.house.subscription(list, 'visitor@brand.example')).toMatchObject({ state: 'pending' })
  })

  it('can press one-click for somebody, as a mailbox provider does (RFC 8058)', async () => {
    await open.house.subscribe(list, ['leaver@brand.example'])
    await open.house.launch(await open.house.makeCampaign(list))
    await open.house.rest()
    const [letter] = await open.house.mailsTo('leaver@brand.example')
    const path = new URL(linkIn(letter ?? { text: '' }, 'u')).pathname
    expect(await submit(path, { 'List-Unsubscribe': 'One-Click' })).toBe(200)
    await eventually(async () =>
      (await open.house.subscription(list, 'leaver@brand.example'))?.state === 'withdrawn' ? true : null,
    )
  })

  it('can do nothing in the console, although the browser is signed in there', async () => {
    const before = await contentsOf(open.house.owner)
    const posts: [string, Record<string, string>][] = [
      ['/console/sign-out', {}],
      ['/console/settings/profile', { name: 'Mallory', timezone: 'UTC' }],
      ['/console/settings/operators', { name: 'M', email: 'm@evil.example', role: 'owner', scope: 'all' }],
      ['/console/settings/keys', { name: 'm', role: 'owner' }],
      ['/console/sign-in', { email: 'owner@brand.example' }],
    ]
    for (const [path, fields] of posts) expect(await submit(path, fields), path).toBe(403)
    expect(await contentsOf(open.house.owner)).toEqual(before)
  })

  it('can confirm nobody: it never saw the page’s nonce', async () => {
    await open.house.signUp(list, 'target@brand.example')
    await open.house.rest()
    const [asked] = await open.house.mailsTo('target@brand.example')
    await submit(new URL(linkIn(asked ?? { text: '' }, 'c')).pathname, { nonce: 'guess' })
    expect(await open.house.subscription(list, 'target@brand.example')).toMatchObject({ state: 'pending' })
  })

  it('reads nothing: not the console, not the API, not with JSON', async () => {
    for (const path of ['/console', '/console/settings', '/api/v1/lists', '/dev/mailbox.json'])
      expect(await reach(path, {}), path).toBeNull()
    const body = JSON.stringify({ name: 'x' })
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    for (const path of ['/console/settings/passkeys', '/api/v1/lists'])
      expect(await reach(path, json), path).toBeNull()
  })

  it('cannot put the console into a frame', async () => {
    const answer = await desk.get('/console/settings')
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })
})
