// web · responses with public pages: headers and locale
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { chooseLocale, type Locale, locales } from '../i18n/locale.ts'
import type { Deps } from '../platform/deps.ts'
import { ErrorPage } from './error-page.tsx'

export type Env = { Bindings: Deps }

const policyOf = (forms: "'self'" | "'none'", frames: "'self'" | "'none'" | '*'): string =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action ${forms}`,
    `frame-ancestors ${frames}`,
    "base-uri 'none'",
  ].join('; ')

/** Answers with a public page; its policy allows no script. */
export function page(
  c: Context<Env>,
  status: ContentfulStatusCode,
  content: JSX.Element,
): Response | Promise<Response> {
  return answer(c, { status, content, policy: policyOf("'self'", "'none'") })
}

/**
 * A page of the sign-up, or its notice. The reader's own browser may keep it, since Back to the answer of a POST is an error where
 * nothing was kept. `framed`: it may stand in a frame of another site, as an answer to the form there; nothing on it acts for a
 * person.
 */
export function formPage(
  c: Context<Env>,
  status: ContentfulStatusCode,
  content: JSX.Element,
  { framed }: { framed: boolean },
): Response | Promise<Response> {
  c.header('Vary', 'Accept-Language', { append: true })
  const policy = policyOf("'self'", framed ? '*' : "'none'")
  return answer(c, { status, content, policy, keeping: 'private, no-cache' })
}

/** A public page as a preview in a console frame; its forms cannot be submitted. */
export const framedPage = (
  c: Context,
  status: ContentfulStatusCode,
  content: JSX.Element,
): Response | Promise<Response> => answer(c, { status, content, policy: policyOf("'none'", "'self'") })

function answer(
  c: Context,
  {
    status,
    content,
    policy,
    keeping = 'no-store',
  }: { status: ContentfulStatusCode; content: JSX.Element; policy: string; keeping?: string },
): Response | Promise<Response> {
  c.header('Content-Security-Policy', policy)
  c.header('Referrer-Policy', 'no-referrer')
  c.header('Cache-Control', keeping)
  return c.html(content, status)
}

/** A page behind a token, excluded from search engines. */
export function tokenPage(
  c: Context<Env>,
  status: ContentfulStatusCode,
  content: JSX.Element,
): Response | Promise<Response> {
  c.header('X-Robots-Tag', 'noindex, nofollow')
  return page(c, status, content)
}

/** The locale by `?lang=`, else the one the person `chose` at a form, else Accept-Language, else the fallback. */
export const localeOf = (
  c: Context<Env>,
  known: { offered?: readonly Locale[]; chose?: string | undefined; fallback: Locale } = { fallback: 'en' },
): Locale =>
  chooseLocale({
    asked: c.req.query('lang'),
    acceptLanguage: [known.chose ?? [], c.req.header('accept-language') ?? []].flat().join(),
    offered: known.offered ?? locales,
    fallback: known.fallback,
  })

export const errorPage = (c: Context<Env>, status: ContentfulStatusCode, reference?: string) =>
  page(
    c,
    status,
    <ErrorPage
      frame={{ locale: localeOf(c) }}
      status={status}
      reference={reference}
      back={backFrom(c, status)}
    />,
  )

/** The page that the form stood on, by its address; from an unknown address, and within the console, the start. */
function backFrom(c: Context<Env>, status: number): { href: string; isSamePage: boolean } {
  const { path } = c.req
  if (status !== 404 && status !== 405 && /^\/[cnpsu]\/[\w-]+$/.test(path))
    return { href: `${path}?lang=${localeOf(c)}`, isSamePage: true }
  return { href: path.startsWith('/console') ? '/console' : '/', isSamePage: false }
}
