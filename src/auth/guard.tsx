// web · the door of the console: from where a post may come, who is signed in, what their role allows
import type { Context, MiddlewareHandler } from 'hono'
import { DomainError } from '../platform/errors.ts'
import { knockAllowances } from '../ui/door.ts'
import { maxConsolePairs, readFormWithin } from '../ui/read-body.ts'
import {
  type ConsoleContext,
  type ConsoleEnv,
  consoleCookie,
  keptCookie,
  screen,
  sessionCookie,
  setConsoleCookie,
} from './console.tsx'
import { operatorMay } from './operators/operator.ts'
import type { Permission } from './roles.ts'
import { maxKeptBytes, saveForm } from './saved-forms.ts'
import { onceSignedIn, sessionOf } from './sessions.ts'
import { type Keeping, SessionOverPage } from './sign-in/pages.tsx'

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what another site's page could send with our cookie. Browsers say where a request comes from in headers that
 * no page can set; one that says nothing is no browser of an operator. @see https://www.w3.org/TR/fetch-metadata/
 */
export const sameOrigin: MiddlewareHandler<ConsoleEnv> = async (c, next) => {
  if (!reads.has(c.req.method) && !isSameOrigin(c))
    throw new DomainError(
      'forbidden',
      `This was not sent from a page of the console at ${c.env.config.publicUrl}.`,
    )
  await next()
}

function isSameOrigin(c: ConsoleContext): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  return c.req.header('origin') === new URL(c.env.config.publicUrl).origin
}

/**
 * Lets operators in. A form posted with the cookie of a session that is over is kept, so that nothing written is lost. Of what a
 * stranger posts not an octet is read.
 */
export const signedIn: MiddlewareHandler<ConsoleEnv> = async (c, next) => {
  const session = await sessionOf(c.env, consoleCookie(c, sessionCookie))
  if (session !== null) {
    c.set('session', session)
    return next()
  }
  if (reads.has(c.req.method)) return c.redirect('/console/sign-in', 303)
  if (isJson(c)) throw new DomainError('unauthenticated', 'Your session is over; sign in again.')
  const operator = await onceSignedIn(c.env, consoleCookie(c, sessionCookie))
  const kept = operator === null ? 'stranger' : await keep(c, operator)
  return screen(c, 401, <SessionOverPage kept={kept} />)
}

const isJson = (c: Context): boolean => (c.req.header('content-type') ?? '').startsWith('application/json')

/** Forms of one network in ten minutes: more than an office full of people writes while their sessions end. */
const keptDoor = { name: 'kept-forms', most: 20, seconds: 600 }

/** One octet of a form is three on the way: %D0. */
const maxSentBytes = 3 * maxKeptBytes

async function keep(c: ConsoleContext, operator: string): Promise<Keeping> {
  const sent = await readFormWithin(c, { bytes: maxSentBytes, pairs: maxConsolePairs })
  if (sent === null) return 'too_large'
  const pairs = [...sent].flatMap(([name, values]) => values.map((value): [string, string] => [name, value]))
  if (pairs.every(([, value]) => value.trim() === '')) return 'nothing'
  const outcome = await saveForm(
    c.env,
    { path: c.req.path, pairs },
    { operator, before: consoleCookie(c, keptCookie), allowances: knockAllowances(c, keptDoor) },
  )
  if (outcome.kind === 'kept')
    setConsoleCookie(c, {
      name: keptCookie,
      value: outcome.id,
      until: new Date(c.env.clock().getTime() + 86_400_000),
    })
  return outcome.kind
}

/** Throws `forbidden` where the role does not allow it, or the list is not among theirs. */
export function allow(c: ConsoleContext, permission: Permission, list?: number): void {
  const { operator } = c.var.session
  if (!operatorMay(operator, permission, list))
    throw new DomainError('forbidden', `As ${operator.role} you may not do this; an owner can change that.`)
}
