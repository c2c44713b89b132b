// web · responses with public pages: headers and locale
import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { chooseLocale, type Locale, locales } from '../i18n/locale.ts'
import type { Deps } from '../platform/deps.ts'
import { ErrorPage } from './error-page.tsx'

export type Env = { Bindings: Deps }

const policyOf = (forms: 'self' | 'none', frames: 'self' | 'none'): string =>
  [
    "default-src 'none'",
    "style-src 'self'",
    `form-action '${forms}'`,
    `frame-ancestors '${frames}'`,
    "base-uri 'none'",
  ].join('; ')

/** Answers with a public page; its policy allows no script. */
export function page(
  c: Context<Env>,
  status: ContentfulStatusCode,
  content: JSX.Element,
): Response | Promise<Response> {
  return answer(c, { status, content, policy: policyOf('self', 'none') })
}

/** A public page as a preview in a console frame; its forms cannot be submitted. */
export const framedPage = (
  c: Context,
  status: ContentfulStatusCode,
  content: JSX.Element,
): Response | Promise<Response> => answer(c, { status, content, policy: policyOf('none', 'self') })

function answer(
  c: Context,
  { status, content, policy }: { status: ContentfulStatusCode; content: JSX.Element; policy: string },
): Response | Promise<Response> {
  c.header('Content-Security-Policy', policy)
  c.header('Referrer-Policy', 'no-referrer')
  c.header('Cache-Control', 'no-store')
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

/** The locale by `?lang=`, else Accept-Language, else the fallback. */
export const localeOf = (
  c: Context<Env>,
  known: { offered?: readonly Locale[]; fallback: Locale } = { fallback: 'en' },
): Locale =>
  chooseLocale({
    asked: c.req.query('lang'),
    acceptLanguage: c.req.header('accept-language'),
    offered: known.offered ?? locales,
    fallback: known.fallback,
  })

export const errorPage = (c: Context<Env>, status: ContentfulStatusCode, reference?: string) =>
  page(c, status, <ErrorPage frame={{ locale: localeOf(c) }} status={status} reference={reference} />)
