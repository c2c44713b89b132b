// web · console responses: security headers, page frame, form faults, cookies
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Actor } from '../audit/actor.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError, type Fault } from '../platform/errors.ts'
import type { ConsoleFrame, Section } from '../ui/console/console.tsx'
import { trialOf } from '../ui/trial.ts'
import { may, type Permission } from './roles.ts'
import type { Session } from './sessions.ts'

export type ConsoleEnv = { Bindings: Deps; Variables: { session: Session } }
export type ConsoleContext = Context<ConsoleEnv>

export const sessionCookie = 'assent_session'
export const keptCookie = 'assent_kept'
/** The name of the screen that a fresh sign-in leads back to. */
export const backCookie = 'assent_back'

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

export function screen(
  c: Context,
  status: ContentfulStatusCode,
  content: JSX.Element,
): Response | Promise<Response> {
  c.header('Content-Security-Policy', policy)
  // Forms need the Origin header; other sites must not learn console URLs.
  c.header('Referrer-Policy', 'same-origin')
  c.header('X-Robots-Tag', 'noindex, nofollow')
  c.header('Cache-Control', 'no-store')
  return c.html(content, status)
}

const sectionPermissions: Readonly<Record<Section, Permission | null>> = {
  home: null,
  lists: 'lists.read',
  people: 'subscribers.read',
  segments: 'segments.read',
  campaigns: 'campaigns.read',
  settings: null,
}
const sectionNames = ['home', 'lists', 'people', 'segments', 'campaigns', 'settings'] as const

export function frameOf(c: ConsoleContext): ConsoleFrame {
  const { operator } = c.var.session
  return {
    operator,
    trial: trialOf(c),
    sections: sectionNames.filter((name) => {
      const permission = sectionPermissions[name]
      return permission === null || may(operator.role, permission)
    }),
  }
}

export const actorOf = (c: ConsoleContext): Actor => ({ kind: 'operator', id: c.var.session.operator.id })

/** The form faults of a refused act; rethrows any other error. */
export function faultsOrThrow(error: unknown): readonly Fault[] {
  if (error instanceof DomainError && (error.code === 'invalid' || error.code === 'not_available_yet'))
    return error.faults.length > 0 ? error.faults : [{ path: '', message: error.message }]
  throw error
}

const cookieOptions = (c: ConsoleContext) => ({
  path: '/console',
  httpOnly: true,
  secure: c.env.config.publicUrl.startsWith('https:'),
  sameSite: 'Lax' as const,
})

/** Public pages never receive the cookie. Max-age, since the browser's clock may be wrong. */
export const setConsoleCookie = (
  c: ConsoleContext,
  cookie: { name: string; value: string; until: Date },
): void => {
  const maxAge = Math.floor((cookie.until.getTime() - c.env.clock().getTime()) / 1000)
  setCookie(c, nameOf(c, cookie.name), cookie.value, { ...cookieOptions(c), maxAge })
}

export const dropConsoleCookie = (c: ConsoleContext, name: string): void =>
  setCookie(c, nameOf(c, name), '', { ...cookieOptions(c), maxAge: 0 })

export const consoleCookie = (c: ConsoleContext, name: string): string => getCookie(c, nameOf(c, name)) ?? ''

/**
 * With a prefix where https: browsers then take the cookie from https alone, so that nobody between can plant one. `__Host-` would
 * need the path `/`, and send the cookie to public pages as well. RFC 6265bis 4.1.3
 */
const nameOf = (c: ConsoleContext, name: string): string =>
  cookieOptions(c).secure ? `__Secure-${name}` : name
