// web · /u/{token}: GET asks, POST leaves at once. One-click by RFC 8058: no cookie, no redirect, both encodings
import { type Context, Hono } from 'hono'
import { grantedOf, withdraw } from '../consent/withdraw.ts'
import { messages } from '../i18n/messages.ts'
import type { List } from '../lists/list.ts'
import { makeNonce, readNonce } from '../platform/vault/nonce.ts'
import { openReference, type Reference } from '../platform/vault/tokens.ts'
import { UnknownLinkPage } from '../signup/confirm-pages.tsx'
import { frameOf } from '../signup/routes.tsx'
import { type Env, localeOf, tokenPage } from '../ui/answer.tsx'
import { readForm } from '../ui/read-body.ts'
import { campaignIdOf } from './campaign.ts'
import { LeavePage, LeftPage, NotSubscribedPage } from './pages.tsx'

export const unsubscribeRoutes = new Hono<Env>()

unsubscribeRoutes.get('/u/:token', async (c) => {
  const reference = openReference(c.env.vault, 'unsub', c.req.param('token'))
  return reference === null ? unknownLink(c) : askPage(c, reference)
})

unsubscribeRoutes.post('/u/:token', async (c) => {
  const reference = openReference(c.env.vault, 'unsub', c.req.param('token'))
  if (reference === null) return unknownLink(c)
  const sent = await readForm(c).catch(() => new Map<string, readonly string[]>())
  const oneClick = sent.get('List-Unsubscribe')?.[0] === 'One-Click'
  const nonce = readNonce(c.env.vault, nonceAbout(reference), sent.get('nonce')?.[0] ?? '', c.env.clock())
  if (!oneClick && nonce.kind !== 'valid') return askPage(c, reference)
  const withdrawal = await withdraw(c.env, {
    subscription: reference.subscription,
    channel: oneClick ? 'one_click' : 'page',
    campaign: await campaignIdOf(c.env.db, reference.campaign),
    actor: { kind: 'subject' },
  })
  if (oneClick) return oneClickAnswer(c, withdrawal.list)
  return withdrawal.list === null ? nothingPage(c, null) : leftPage(c, withdrawal.list)
})

const nonceAbout = (reference: Reference): string => `leave ${reference.subscription}`

const unknownLink = (c: Context<Env>) =>
  tokenPage(c, 404, <UnknownLinkPage frame={{ locale: localeOf(c) }} />)

const frameFor = (c: Context<Env>, list: List | null) =>
  list === null
    ? { locale: localeOf(c) }
    : frameOf(list, localeOf(c, { offered: list.locales, fallback: list.default_locale }))

async function askPage(c: Context<Env>, reference: Reference): Promise<Response> {
  const known = await grantedOf(c.env, reference.subscription)
  if (known === null || known.granted.length === 0) return nothingPage(c, known?.list ?? null)
  const nonce = makeNonce(c.env.vault, nonceAbout(reference), c.env.clock())
  return tokenPage(c, 200, <LeavePage frame={frameFor(c, known.list)} list={known.list.name} nonce={nonce} />)
}

const nothingPage = (c: Context<Env>, list: List | null) =>
  tokenPage(c, 200, <NotSubscribedPage frame={frameFor(c, list)} list={list?.name ?? ''} />)

const leftPage = (c: Context<Env>, list: List) =>
  tokenPage(c, 200, <LeftPage frame={frameFor(c, list)} list={list.name} formUrl={`/s/${list.slug}`} />)

/** For a program at a mailbox provider: 200 and one sentence. */
function oneClickAnswer(c: Context<Env>, list: List | null): Response {
  const { unsubscribe } = messages(localeOf(c, { fallback: list?.default_locale ?? 'en' }))
  c.header('Cache-Control', 'no-store')
  c.header('Referrer-Policy', 'no-referrer')
  c.header('X-Robots-Tag', 'noindex, nofollow')
  c.header('X-Content-Type-Options', 'nosniff')
  return c.text(`${list === null ? unsubscribe.nothing : unsubscribe.done}\n`, 200)
}
