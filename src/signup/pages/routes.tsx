// web · /s/{list}: the form, its POST from any site, and the same answer for every address
import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { type Locale, lookUpLocale } from '../../i18n/locale.ts'
import { messages } from '../../i18n/messages.ts'
import { findCachedList } from '../../lists/find.ts'
import { isOpen, type List } from '../../lists/list.ts'
import { findNotice } from '../../notices/find.ts'
import { readNotice, type ShownNotice } from '../../notices/notice.ts'
import { DomainError } from '../../platform/errors.ts'
import { visitorAddress } from '../../platform/network/peer.ts'
import { mended } from '../../subscribers/address.ts'
import { likelyDomain, suggestAddress } from '../../subscribers/likely-domain.ts'
import { type Env, formPage, localeOf } from '../../ui/answer.tsx'
import { brandCss, brandIcon } from '../../ui/brand.ts'
import { type Frame, languageButton } from '../../ui/layout.tsx'
import { readFormOrCharset, undecodable } from '../../ui/read-body.ts'
import { trialOf } from '../../ui/trial.ts'
import { acceptSignup } from '../accept.ts'
import { mailRepeatMinutes } from '../confirmation/mail-limits.ts'
import { type FormFault, faultText, maxAlso, readSignupForm, type Sent } from '../form.ts'
import { makeStamp } from '../stamp.ts'
import { ListNotFoundPage, SentPage, SignupPage } from './form-pages.tsx'

export const signupRoutes = new Hono<Env>()

const fromAnySite = cors({ origin: '*', allowMethods: ['POST'], allowHeaders: ['content-type'] })

/**
 * The CORS middleware runs for preflight requests only: a response created in advance, for one header, took a sixth of a
 * sign-up.
 */
signupRoutes.use('/s/:list', (c, next) => {
  if (c.req.method === 'OPTIONS') return fromAnySite(c, next)
  c.header('Access-Control-Allow-Origin', '*')
  return next()
})

signupRoutes.get('/s/:list', async (c) => {
  const list = await openList(c)
  return list === null ? noSuchList(c) : signupPage(c, list, { status: 200 })
})

signupRoutes.get('/s/:list/sent', async (c) => {
  const list = await openList(c)
  if (list === null) return noSuchList(c)
  const locale = localeOf(c, { offered: list.locales, fallback: list.default_locale })
  return formPage(
    c,
    200,
    <SentPage
      frame={{
        ...frameOf(
          list,
          locale,
          (one) => `/s/${list.slug}/sent?${sentQuery({ ...c.req.query(), lang: one })}`,
        ),
        trial: trialOf(c),
      }}
      formUrl={`/s/${list.slug}?lang=${locale}`}
      repeatsAfter={mailRepeatMinutes}
      slip={slipOf(c.req.query('at') ?? '')}
      sender={list.sender}
      list={c.req.query('also') === undefined ? list.name : undefined}
    />,
    { framed: true },
  )
})

signupRoutes.get('/s/:list/brand.css', async (c) => {
  const list = await openList(c)
  c.header('Cache-Control', 'public, max-age=31536000, immutable')
  return c.body(brandCss(list?.brand.color ?? null), 200, { 'Content-Type': 'text/css; charset=utf-8' })
})

signupRoutes.get('/s/:list/icon.svg', async (c) => {
  const list = await openList(c)
  c.header('Cache-Control', 'public, max-age=31536000, immutable')
  return c.body(brandIcon(list?.brand.color ?? null), 200, { 'Content-Type': 'image/svg+xml' })
})

signupRoutes.post('/s/:list', async (c) => {
  const list = await openList(c)
  const json = isJson(c)
  if (list === null) {
    if (json) throw new DomainError('not_found', 'There is no such list.')
    return noSuchList(c)
  }
  const reading = await readFormOrCharset(c)
  const sent = reading.form
  const language = sent.get(languageButton)?.[0]
  if (language !== undefined && !json) return signupPage(c, list, { status: 200, sent, asked: language })
  if (reading.kind === 'undecodable') {
    if (json) throw undecodable(reading.charset)
    return refusal(c, list, {
      sent,
      faults: [{ name: '', code: 'encoding', about: { label: '', limit: 0 } }],
    })
  }
  const read = readSignupForm(list, sent, {
    smtpUtf8: c.env.mailer.can.smtpUtf8,
    fallbackLocale: () => localeOf(c, { offered: list.locales, fallback: list.default_locale }),
  })
  if (!read.ok) return refusal(c, list, { sent, faults: read.faults })
  const outcome = await acceptSignup(c.env, list, read.form, {
    method: json ? 'json' : 'form',
    address: visitorAddress(c.env.remoteAddress, c.req.header('x-forwarded-for'), c.env.config.trustProxy),
    userAgent: c.req.header('user-agent') ?? '',
    page: withoutQuery(c.req.header('referer')),
    source: read.form.source,
    actor: 'subject',
  })
  switch (outcome.kind) {
    case 'faulty':
      return refusal(c, list, { sent, faults: outcome.faults })
    case 'limited':
    case 'full': {
      const { code, error, status } = waits[outcome.kind]
      const { retryAfterSeconds } = outcome
      const about = { label: '', limit: Math.ceil(retryAfterSeconds / 60) }
      if (json) throw new DomainError(error, messages('en').formErrors[code](about), { retryAfterSeconds })
      c.header('Retry-After', String(retryAfterSeconds))
      return signupPage(c, list, {
        status,
        sent,
        faults: [{ name: '', code, about }],
        asked: read.form.locale,
      })
    }
    case 'accepted': {
      const suggestion = suggestAddress(read.form.email)
      if (json)
        return c.json({ status: 'check_your_inbox', ...(suggestion === null ? {} : { suggestion }) }, 202)
      const query = sentQuery({
        lang: read.form.locale,
        at: suggestion === null ? undefined : domainOf(read.form.email),
        also: read.form.also.length === 0 ? undefined : 'also',
      })
      return c.redirect(`/s/${list.slug}/sent?${query}`, 303)
    }
  }
})

/** Refusals that pass by waiting: 429 by the limits per network, 503 while the queue is full. RFC 9110 section 10.2.3 */
const waits = {
  limited: { code: 'network_limit', error: 'rate_limited', status: 429 },
  full: { code: 'line_full', error: 'overloaded', status: 503 },
} as const

/** `at`: a domain that may be mistyped. `also`: present where the mail is about several lists. */
const sentQuery = (about: { readonly [name: string]: string | undefined }): string =>
  new URLSearchParams(
    ['lang', 'at', 'also'].flatMap((name) => (about[name] === undefined ? [] : [[name, about[name]]])),
  ).toString()

const domainOf = (email: string): string => mended(email).split('@').at(-1) ?? ''

/** Made of the domain alone, since no address stands in a URL; whatever is not mistyped shows nothing. */
function slipOf(typed: string): { typed: string; meant: string } | undefined {
  const meant = /^[a-z0-9.-]{4,100}$/i.test(typed) ? likelyDomain(typed) : null
  return meant === null ? undefined : { typed, meant }
}

const noSuchList = (c: Context<Env>) =>
  formPage(c, 404, <ListNotFoundPage frame={{ locale: localeOf(c) }} />, { framed: c.req.method === 'POST' })

const isJson = (c: Context<Env>): boolean =>
  (c.req.header('content-type') ?? '').toLowerCase().startsWith('application/json')

async function openList(c: Context<Env>): Promise<List | null> {
  const list = await findCachedList(c.env.db, c.req.param('list') ?? '', c.env.clock())
  return list === null || !isOpen(list) ? null : list
}

/** `inLanguage`: the page's address in a language of the list. */
export const frameOf = (list: List, locale: Locale, inLanguage?: (locale: Locale) => string): Frame => ({
  locale,
  controller: list.controller.name,
  brand: list.brand.color === null ? undefined : { slug: list.slug, version: list.version },
  languages: inLanguage && list.locales.map((one) => ({ locale: one, href: inLanguage(one) })),
})

/** A failed form keeps what was typed; JSON gets the same faults as problem details. */
async function refusal(
  c: Context<Env>,
  list: List,
  { sent, faults }: { sent: Sent; faults: readonly FormFault[] },
): Promise<Response> {
  if (isJson(c)) {
    throw new DomainError('invalid', 'The sign-up is not valid.', {
      faults: faults.map((fault) => ({ path: fault.name, message: faultText('en', fault) })),
    })
  }
  return signupPage(c, list, { status: 422, sent, faults, asked: sent.get('locale')?.[0] })
}

async function signupPage(
  c: Context<Env>,
  list: List,
  about: {
    status: 200 | 422 | 429 | 503
    sent?: Sent
    faults?: readonly FormFault[]
    asked?: string | undefined
  },
): Promise<Response> {
  const asked = about.asked ?? ''
  const posted = asked === '' ? undefined : (lookUpLocale(asked, list.locales) ?? list.default_locale)
  const locale = posted ?? localeOf(c, { offered: list.locales, fallback: list.default_locale })
  const hash = list.notices[locale] ?? ''
  const notice = await noticeOf(c, hash)
  if (notice === null) throw new DomainError('not_found', 'This list has no notice in that language.')
  const stamp = makeStamp(c.env.vault, { list: list.id, notice: hash, at: c.env.clock() })
  return formPage(
    c,
    about.status,
    <SignupPage
      frame={{ ...frameOf(list, locale, (one) => `/s/${list.slug}?lang=${one}`), trial: trialOf(c) }}
      notice={notice}
      action={`/s/${list.slug}`}
      stamp={stamp}
      typed={about.sent}
      faults={about.faults}
      also={await furtherLists(c, list, about.sent)}
    />,
    { framed: c.req.method === 'POST' },
  )
}

/** Lists that a form on another site asked for; without boxes for them the second try would lose them. */
async function furtherLists(c: Context<Env>, list: List, sent: Sent | undefined) {
  const asked = [...new Set(sent?.get('also') ?? [])].slice(0, maxAlso)
  const found = await Promise.all(asked.map((name) => findCachedList(c.env.db, name, c.env.clock())))
  return asked.flatMap((slug, at) => {
    const one = found[at]
    return one == null || !isOpen(one) || one.id === list.id
      ? []
      : [{ slug, name: one.name, description: one.description }]
  })
}

async function noticeOf(c: Context<Env>, hash: string): Promise<ShownNotice | null> {
  const bundle = await findNotice(c.env.db, hash)
  return bundle === null ? null : readNotice(bundle)
}

/** The page with the form, without its query, which may hold anything. */
function withoutQuery(referer: string | undefined): string | null {
  if (referer === undefined || !URL.canParse(referer)) return null
  const { origin, pathname } = new URL(referer)
  return `${origin}${pathname}`.slice(0, 500)
}
