// web · console access: same-origin posts, signed-in operators, permissions
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { DomainError } from '../platform/errors.ts'
import { knockAllowances } from '../ui/door.ts'
import { maxConsolePairs, readFormWithin } from '../ui/read-body.ts'
import {
  actorOf,
  backCookie,
  type ConsoleContext,
  type ConsoleEnv,
  consoleCookie,
  keptCookie,
  screen,
  sessionCookie,
  setConsoleCookie,
} from './console.tsx'
import { passkeysOf } from './operators/find-operators.ts'
import { operatorMay } from './operators/operator.ts'
import type { Permission } from './roles.ts'
import { maxKeptBytes, saveForm } from './saved-forms.ts'
import { recordRefusal } from './security-events.ts'
import { onceSignedIn, sessionOf } from './sessions.ts'
import { AgainPage, SecondStepPage } from './sign-in/again-views.tsx'
import { freshMinutes, isFresh, lacksPasskey } from './sign-in/fresh.ts'
import { type Keeping, SessionOverPage } from './sign-in/pages.tsx'

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses cross-site writes. No page can set the headers that name a request's origin, and operators' browsers always send them.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export const sameOrigin: MiddlewareHandler<ConsoleEnv> = async (c, next) => {
  if (!reads.has(c.req.method) && !isSameOrigin(c))
    throw new DomainError(
      'forbidden',
      `This request did not come from a console page at ${c.env.config.publicUrl}.`,
    )
  await next()
}

function isSameOrigin(c: ConsoleContext): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  return c.req.header('origin') === new URL(c.env.config.publicUrl).origin
}

/**
 * Lets signed-in operators through. A form posted with an expired session is kept, so that no input is lost; a stranger's body is
 * never read.
 */
export const signedIn: MiddlewareHandler<ConsoleEnv> = async (c, next) => {
  const session = await sessionOf(c.env, consoleCookie(c, sessionCookie))
  if (session !== null) {
    c.set('session', session)
    const asked = lacksPasskey(session, c.env.config.requirePasskey) ? await secondStep(c) : null
    return asked ?? next()
  }
  if (reads.has(c.req.method)) return c.redirect('/console/sign-in', 303)
  if (isJson(c)) throw new DomainError('unauthenticated', 'Your session has ended. Sign in again.')
  const operator = await onceSignedIn(c.env, consoleCookie(c, sessionCookie))
  const kept = operator === null ? 'stranger' : await keep(c, operator)
  return screen(c, 401, <SessionOverPage kept={kept} />)
}

/** Where the second step is taken. */
const secondSteps: ReadonlySet<string> = new Set(['/console/passkey', '/console/again', '/console/sign-out'])
const addingPasskey: ReadonlySet<string> = new Set([
  '/console/settings/passkeys/options',
  '/console/settings/passkeys',
])

/**
 * Of a role that needs a passkey, after the link alone: to use one, or to add the first; null where that is done. Whoever has one cannot add another without
 * it, so that somebody who reads their mail comes no further.
 */
async function secondStep(c: ConsoleContext): Promise<Response | null> {
  if (secondSteps.has(c.req.path)) return null
  const { operator } = c.var.session
  const hasPasskey = (await passkeysOf(c.env.db, operator.id)).length > 0
  if (addingPasskey.has(c.req.path) && !hasPasskey) return null
  if (reads.has(c.req.method)) return c.redirect('/console/passkey', 303)
  if (isJson(c)) return c.json({ title: 'Use a passkey that you have first: open /console/passkey.' }, 401)
  const kept = await keep(c, operator.id)
  const fresh = isFresh(c.var.session, c.env.clock())
  return screen(
    c,
    401,
    <SecondStepPage role={operator.role} hasPasskey={hasPasskey} isFresh={fresh} kept={kept} />,
  )
}

/**
 * Null after a fresh sign-in. Else the answer that asks for one: the form is kept, and sent after it. Called before the body is
 * read.
 */
export async function askFresh(c: ConsoleContext, place: string): Promise<Response | null> {
  const { session } = c.var
  if (isFresh(session, c.env.clock())) return null
  if (isJson(c)) {
    const title = `This needs a sign-in of the last ${freshMinutes} minutes. Reload the page, and sign in again.`
    return c.json({ title }, 401)
  }
  const kept = await keep(c, session.operator.id)
  rememberPlace(c, place)
  const hasPasskey = (await passkeysOf(c.env.db, session.operator.id)).length > 0
  return screen(c, 401, <AgainPage email={session.operator.email} hasPasskey={hasPasskey} kept={kept} />)
}

const backHours = 1

/** For one hour: the screen that a sign-in leads back to. */
export const rememberPlace = (c: ConsoleContext, place: string): void =>
  setConsoleCookie(c, {
    name: backCookie,
    value: place,
    until: new Date(c.env.clock().getTime() + backHours * 3_600_000),
  })

const isJson = (c: Context): boolean => (c.req.header('content-type') ?? '').startsWith('application/json')

/** Kept forms per network in ten minutes: more than a full office needs. */
const keptDoor = { name: 'kept-forms', most: 20, seconds: 600 }

/** URL encoding: an octet becomes %D0. */
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

/** Throws `forbidden` without the permission, or for a list that the operator does not see. */
export function allow(c: ConsoleContext, permission: Permission, list?: number): void {
  const { operator } = c.var.session
  if (!operatorMay(operator, permission, list))
    throw new DomainError(
      'forbidden',
      `The role ${operator.role} may not do this, or not for this list. An owner can change that.`,
    )
}

/** By the route's template: a path may name a person. */
export const recordRefusedAct = (c: ConsoleContext): Promise<void> =>
  recordRefusal(c.env, {
    verb: 'act.refused',
    actor: actorOf(c),
    allowances: [],
    details: { method: c.req.method, path: routePath(c, -1) },
  })
