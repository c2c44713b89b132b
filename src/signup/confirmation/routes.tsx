// web · /c/{token}: GET shows, POST decides. Only confirming needs the page's nonce, since link scanners open and post links
import { type Context, Hono } from 'hono'
import { houseZone } from '../../i18n/house-zone.ts'
import { chooseLocale, type Locale, locales } from '../../i18n/locale.ts'
import { listByNumber } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import { base64urlOf } from '../../platform/encoding/bytes.ts'
import { visitorAddress } from '../../platform/network/peer.ts'
import { makeNonce, readNonce } from '../../platform/vault/nonce.ts'
import { openRequest, referenceToken } from '../../platform/vault/tokens.ts'
import { parseAddress } from '../../subscribers/address.ts'
import { type Env, localeOf, tokenPage } from '../../ui/answer.tsx'
import { type Frame, languageButton } from '../../ui/layout.tsx'
import { readForm } from '../../ui/read-body.ts'
import { storedAddress } from '../network-limits.ts'
import { boxOf, type ConfirmFaultCode, ConfirmPage } from '../pages/confirm-page.tsx'
import { frameOf } from '../pages/routes.tsx'
import { type KnownSubscription, maxCodeTries } from '../processing/outcome.ts'
import { findKnownSubscriptions } from '../processing/queries.ts'
import { requestedListsOf } from '../requested-lists.ts'
import { type ConfirmBox, confirmSignup } from './confirm.ts'
import {
  AlreadyPage,
  ConfirmedPage,
  ExpiredPage,
  LeftPage,
  RefusedPage,
  ReplacedPage,
  UnknownLinkPage,
} from './pages.tsx'
import { refuseSignup } from './refuse.ts'
import { findRequest, type SignupRequest } from './request.ts'

export const confirmRoutes = new Hono<Env>()

confirmRoutes.get('/c/:token', async (c) => {
  const found = await requestOf(c)
  return found === null ? unknownLink(c) : currentPage(c, found)
})

confirmRoutes.post('/c/:token', async (c) => {
  const found = await requestOf(c)
  if (found === null) return unknownLink(c)
  const sent = await readForm(c)
  const one = (name: string): string => sent.get(name)?.[0] ?? ''
  // A no is obeyed without a nonce: the link alone is enough, however long the page stood open.
  if (one('action') === 'refuse') return refuse(c, found, one('block') !== '')
  const typed = { code: one('code'), boxes: boxesIn(sent) }
  if (sent.has(languageButton)) return currentPage(c, found, typed)
  const nonce = readNonce(c.env.vault, nonceAbout(found), one('nonce'), c.env.clock())
  if (nonce.kind !== 'valid') return currentPage(c, found, { fault: 'page_expired', ...typed })
  return confirm(c, found, { ...typed, dwell: c.env.clock().getTime() - nonce.shownAt.getTime() })
})

/** Each box that the page showed. A program that posts without them leaves out nothing that was asked for. */
function boxesIn(sent: ReadonlyMap<string, readonly string[]>): readonly ConfirmBox[] {
  const ticked = sent.get('purpose') ?? []
  return [...new Set(sent.get('asked') ?? [])].slice(0, maxBoxes).flatMap((box): readonly ConfirmBox[] => {
    const [, list, purpose] = /^([0-9a-f-]{36})\.([a-z][a-z0-9_]*)$/.exec(box) ?? []
    return list === undefined || purpose === undefined
      ? []
      : [{ list, purpose, ticked: ticked.includes(box) }]
  })
}

/** More than a request can have: eleven lists, each with twenty purposes. */
const maxBoxes = 250

async function requestOf(c: Context<Env>): Promise<(SignupRequest & { readonly home: List }) | null> {
  const id = openRequest(c.env.vault, 'confirm', c.req.param('token') ?? '')
  const found = id === null ? null : await findRequest(c.env, c.env.db, id)
  const home = found === null ? null : await listByNumber(c.env.db, found.list)
  return found === null || home === null ? null : { ...found, home }
}

type Found = SignupRequest & { readonly home: List }

const nonceAbout = (found: Found): string => `confirm ${found.id}`

const unknownLink = (c: Context<Env>) =>
  tokenPage(c, 404, <UnknownLinkPage frame={{ locale: localeOf(c) }} />)

/** The language chosen at the form, unless `?lang=` names another; a button for another language names it so. */
const localeFor = (c: Context<Env>, found: Found): Locale =>
  chooseLocale({ asked: c.req.query('lang'), offered: locales, fallback: found.locale })

const frameFor = (c: Context<Env>, found: Found): Frame =>
  frameOf(found.home, localeFor(c, found), (one) => `?lang=${one}`)

const formUrlOf = (list: List, locale: Locale): string => `/s/${list.slug}?lang=${locale}`

/** What a post that confirmed nothing leads to: its fault, the code that was typed, and the boxes. */
interface Retry {
  readonly fault?: ConfirmFaultCode
  readonly code?: string
  readonly boxes?: readonly ConfirmBox[]
}

async function currentPage(c: Context<Env>, found: Found, retry: Retry = {}): Promise<Response> {
  const locale = localeFor(c, found)
  const frame: Frame = { ...frameFor(c, found), zone: await houseZone(c.env) }
  const { state, body } = found
  if (state === 'confirmed')
    return tokenPage(c, 200, <AlreadyPage frame={frame} lists={[{ name: found.home.name }]} />)
  if (state === 'refused') return refusedPage(c, found, false)
  if (state !== 'open' || body === null || found.expiresAt <= c.env.clock())
    return tokenPage(
      c,
      200,
      <ExpiredPage
        frame={frame}
        list={{ name: found.home.name, formUrl: formUrlOf(found.home, locale) }}
        expiredAt={found.expiresAt}
      />,
    )
  if (found.lists.length === 0) return leftPage(c, found)
  const requested = await requestedListsOf(c.env.db, found)
  const mode = found.lists.some((list) => list.confirm.mode === 'code') ? 'code' : 'button'
  const usedUp = mode === 'code' && found.tries >= maxCodeTries
  const shown = usedUp ? 'code_used_up' : retry.fault
  return tokenPage(
    c,
    shown === undefined ? 200 : 422,
    <ConfirmPage
      frame={frame}
      controller={found.home.controller.name}
      host={hostOf(c)}
      lists={requested.map(({ list, notice, ...words }) => ({
        ...words,
        id: list.id,
        noticeUrl: `/n/${notice}`,
        formUrl: formUrlOf(list, locale),
      }))}
      requestedAt={found.createdAt}
      expiresAt={found.expiresAt}
      nonce={makeNonce(c.env.vault, nonceAbout(found), c.env.clock())}
      mode={mode}
      typedCode={retry.code}
      unticked={retry.boxes?.flatMap(({ list, purpose, ticked }) => (ticked ? [] : [boxOf(list, purpose)]))}
      refusing={c.req.query('not-me') !== undefined}
      fault={
        shown === undefined ? undefined : { code: shown, triesLeft: Math.max(0, maxCodeTries - found.tries) }
      }
    />,
  )
}

/** Why the request no longer waits: a newer one has taken its place, or was confirmed, or the person left. */
async function leftPage(c: Context<Env>, found: Found): Promise<Response> {
  const locale = localeFor(c, found)
  const frame = frameFor(c, found)
  const now = await subscriptionOf(c, found)
  if (now !== null && now.openRequest !== null) return tokenPage(c, 200, <ReplacedPage frame={frame} />)
  if (now?.state === 'active')
    return tokenPage(c, 200, <AlreadyPage frame={frame} lists={[{ name: found.home.name }]} />)
  return tokenPage(
    c,
    200,
    <LeftPage frame={frame} list={{ name: found.home.name, formUrl: formUrlOf(found.home, locale) }} />,
  )
}

/** The person's subscription to the list whose form was used, as of now; null where none is left. */
async function subscriptionOf(c: Context<Env>, { body, list }: Found): Promise<KnownSubscription | null> {
  const parsed = body === null ? null : parseAddress(body.email, { smtpUtf8: true })
  if (parsed === null || !parsed.ok) return null
  const { canonical } = parsed.address
  return (await findKnownSubscriptions(c.env, c.env.db, [canonical])).get(`${canonical} ${list}`) ?? null
}

/** A block holds for every form of the deployment, whoever's newsletter the form is for. */
const hostOf = (c: Context<Env>): string => new URL(c.env.config.publicUrl).host

const refusedPage = (c: Context<Env>, found: Found, blocked: boolean) =>
  tokenPage(
    c,
    200,
    <RefusedPage
      frame={frameFor(c, found)}
      host={hostOf(c)}
      contact={found.home.controller.contact_email}
      blocked={blocked}
    />,
  )

async function refuse(c: Context<Env>, found: Found, block: boolean): Promise<Response> {
  const refusal = await refuseSignup(c.env, found.id, { block })
  if (refusal.kind === 'unknown') return unknownLink(c)
  if (refusal.kind === 'already') return reloadedPage(c, found)
  return refusedPage(c, found, refusal.blocked)
}

/** The page for the present state of the request. */
async function reloadedPage(c: Context<Env>, found: Found, retry: Retry = {}): Promise<Response> {
  const now = await findRequest(c.env, c.env.db, found.id)
  return now === null ? unknownLink(c) : currentPage(c, { ...now, home: found.home }, retry)
}

async function confirm(
  c: Context<Env>,
  found: Found,
  typed: { code: string; boxes: readonly ConfirmBox[]; dwell: number },
): Promise<Response> {
  const { code, boxes, dwell } = typed
  const asksCode = found.lists.some((list) => list.confirm.mode === 'code')
  if (asksCode && code === '') return currentPage(c, found, { fault: 'code_missing', boxes })
  const address = visitorAddress(
    c.env.remoteAddress,
    c.req.header('x-forwarded-for'),
    c.env.config.trustProxy,
  )
  const confirmation = await confirmSignup(c.env, found.id, {
    ip: storedAddress(address, found.home.ip_storage),
    userAgent: found.home.ip_storage === 'none' ? '' : (c.req.header('user-agent') ?? '').slice(0, 256),
    code: code === '' ? null : code,
    boxes,
    dwell,
  })
  const locale = localeFor(c, found)
  const frame = frameFor(c, found)
  switch (confirmation.kind) {
    case 'confirmed':
      return tokenPage(
        c,
        200,
        <ConfirmedPage
          frame={frame}
          lists={confirmation.lists.map(({ name, description }) => ({ name, description }))}
          leafHashes={[base64urlOf(confirmation.leafHash)]}
          sender={found.home.sender.email}
          preferencesUrl={`/p/${referenceToken(c.env.vault, 'pref', { subscription: confirmation.subscription, campaign: 0 })}?lang=${locale}`}
        />,
      )
    case 'left':
      return leftPage(c, found)
    case 'code_wrong':
    case 'code_used_up':
      return reloadedPage(c, found, { fault: confirmation.kind, boxes })
    case 'unknown':
      return unknownLink(c)
    case 'already':
    case 'refused':
    case 'expired':
      return reloadedPage(c, found)
  }
}
