// web · /u/{token}: GET asks, POST unsubscribes at once, whatever its body. One-click by RFC 8058: no cookie, no redirect
import { type Context, Hono } from 'hono'
import { campaignIdOf } from '../campaigns/campaign-id.ts'
import { type Granted, grantedOf, withdraw } from '../consent/withdraw.ts'
import { messages } from '../i18n/messages.ts'
import { withNoBreaks } from '../i18n/typography/no-break.ts'
import type { List } from '../lists/list.ts'
import { openReference, type Reference } from '../platform/vault/tokens.ts'
import { UnknownLinkPage } from '../signup/confirmation/pages.tsx'
import { frameOf } from '../signup/pages/routes.tsx'
import { type Env, localeOf, tokenPage } from '../ui/answer.tsx'
import type { Frame } from '../ui/layout.tsx'
import { LeavePage, LeftPage, NotSubscribedPage } from './unsubscribe-pages.tsx'

export const unsubscribeRoutes = new Hono<Env>()

unsubscribeRoutes.get('/u/:token', async (c) => {
  const reference = openReference(c.env.vault, 'unsub', c.req.param('token'))
  return reference === null ? unknownLink(c) : askPage(c, reference)
})

/**
 * One-click clients send bodies of any kind: multipart, urlencoded, JSON, text, broken or empty. The body is not read. `?page`
 * in the URL marks a post from the unsubscribe page, which is answered with a page.
 */
unsubscribeRoutes.post('/u/:token', async (c) => {
  const reference = openReference(c.env.vault, 'unsub', c.req.param('token'))
  if (reference === null) return unknownLink(c)
  const fromPage = c.req.query('page') !== undefined
  const { list } = await withdraw(c.env, {
    subscription: reference.subscription,
    channel: fromPage ? 'page' : 'one_click',
    campaign: await campaignIdOf(c.env.db, reference.campaign),
    actor: { kind: 'subject' },
  })
  if (!fromPage) return oneClickAnswer(c, list)
  const known = await grantedOf(c.env, reference.subscription)
  return known === null ? nothingPage(c, null) : leftPage(c, known)
})

const unknownLink = (c: Context<Env>) =>
  tokenPage(c, 404, <UnknownLinkPage frame={{ locale: localeOf(c) }} />)

/** The language that the person chose at a form, as in the mails, unless `?lang=` names another. */
const frameFor = (c: Context<Env>, known: Granted | null, query: string): Frame => {
  if (known === null) return { locale: localeOf(c) }
  const { list, locale: chose } = known
  const locale = localeOf(c, { offered: list.locales, chose, fallback: list.default_locale })
  return frameOf(list, locale, (one) => `?${query}lang=${one}`)
}

async function askPage(c: Context<Env>, reference: Reference): Promise<Response> {
  const known = await grantedOf(c.env, reference.subscription)
  if (known === null || known.granted.length === 0) return nothingPage(c, known)
  return tokenPage(c, 200, <LeavePage frame={frameFor(c, known, '')} list={known.list.name} />)
}

const nothingPage = (c: Context<Env>, known: Granted | null) =>
  tokenPage(
    c,
    200,
    <NotSubscribedPage frame={frameFor(c, known, '')} list={known === null ? '' : known.list.name} />,
  )

const leftPage = (c: Context<Env>, known: Granted) => {
  const { list } = known
  const frame = frameFor(c, known, 'page&')
  return tokenPage(
    c,
    200,
    <LeftPage frame={frame} list={list.name} formUrl={`/s/${list.slug}?lang=${frame.locale}`} />,
  )
}

/** The answer to a one-click client: 200 and one sentence. */
function oneClickAnswer(c: Context<Env>, list: List | null): Response {
  const locale = localeOf(c, { fallback: list?.default_locale ?? 'en' })
  const { unsubscribe } = messages(locale)
  c.header('Cache-Control', 'no-store')
  c.header('Referrer-Policy', 'no-referrer')
  c.header('X-Robots-Tag', 'noindex, nofollow')
  return c.text(`${withNoBreaks(locale, list === null ? unsubscribe.nothing : unsubscribe.done)}\n`, 200)
}
