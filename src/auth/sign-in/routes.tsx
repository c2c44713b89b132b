// web · /console/sign-in: link by mail, passkey, first owner, invitation. GET never uses up a link
import { Hono } from 'hono'
import * as z from 'zod'
import { zoneName } from '../../i18n/zones.ts'
import { DomainError, type Fault } from '../../platform/errors.ts'
import { faultsOf, inWords, line } from '../../platform/form.ts'
import { knock, knockAllowances, waitWords } from '../../ui/door.ts'
import { readForm, readJsonAs } from '../../ui/read-body.ts'
import { statusOf } from '../../ui/status.ts'
import { trialOf } from '../../ui/trial.ts'
import {
  backCookie,
  type ConsoleContext,
  type ConsoleEnv,
  consoleCookie,
  dropConsoleCookie,
  faultsOrThrow,
  keptCookie,
  screen,
  sessionCookie,
  setConsoleCookie,
} from '../console.tsx'
import { sameOrigin } from '../guard.tsx'
import { findOperator } from '../operators/find-operators.ts'
import { operatorAddress } from '../operators/operator.ts'
import { becomeFirstOwner, type Entry, enterByLink } from '../operators/operators.ts'
import { roleWords } from '../roles.ts'
import { recordRefusal, strangerWindow } from '../security-events.ts'
import { endSession, sessionOf } from '../sessions.ts'
import {
  browserAsking,
  browserHash,
  browserOf,
  isKnown,
  rememberBrowser,
  secondsBeforeLink,
} from './browser.ts'
import { backTo } from './fresh.ts'
import { linkMinutes, mailSignInLink, type OpenLink, openLink } from './links.ts'
import {
  FirstOwnerPage,
  LinkOverPage,
  LinkSentPage,
  OtherBrowserPage,
  SignInPage,
  UseLinkPage,
  WaitPage,
} from './pages.tsx'
import { enterByPasskey, signInOptions } from './passkeys.ts'

export const signInRoutes = new Hono<ConsoleEnv>()
signInRoutes.use(sameOrigin)

signInRoutes.get('/', (c) =>
  screen(
    c,
    200,
    <SignInPage email="" faults={[]} kept={consoleCookie(c, keptCookie) !== ''} trial={trialOf(c)} />,
  ),
)

/** Minimum response time: timing must not reveal whether an operator exists. */
const answerMilliseconds = 150

signInRoutes.post('/', async (c) => {
  const sent = (await readForm(c)).get('email')?.[0] ?? ''
  const address = operatorAddress.safeParse(sent, inWords)
  if (!address.success) {
    const faults = faultsOf(address.error).map((fault) => ({ ...fault, path: 'email' }))
    return screen(c, 422, <SignInPage email={sent} faults={faults} kept={false} trial={trialOf(c)} />)
  }
  const pause = new Promise((resolve) => setTimeout(resolve, answerMilliseconds))
  const { canonical } = address.data
  const browser = await browserAsking(c)
  const seconds = await secondsBeforeLink(c, { canonical, browser })
  if (seconds !== null) {
    c.header('Retry-After', String(seconds))
    return screen(c, 429, <WaitPage wait={waitWords(seconds)} />)
  }
  await mailSignInLink(c.env, canonical, {
    locale: 'en',
    browser: { hash: browserHash(browser), isKnown: isKnown(c, browser, canonical) },
  })
  await pause
  return screen(c, 200, <LinkSentPage minutes={linkMinutes} trial={trialOf(c)} />)
})

signInRoutes.post('/passkey/options', async (c) => c.json(await signInOptions(c.env)))

const passkeyDoor = { name: 'sign-in:passkey', most: 30, seconds: 600 }

const passkeyAnswer = z.object({ answer: z.unknown() })

signInRoutes.post('/passkey', async (c) => {
  const seconds = await knock(c, passkeyDoor)
  if (seconds !== null)
    throw new DomainError('rate_limited', `There were too many attempts. Try again ${waitWords(seconds)}.`, {
      retryAfterSeconds: seconds,
    })
  const { answer } = await readJsonAs(c, passkeyAnswer)
  try {
    await comeIn(c, await enterByPasskey(c.env, { answer, userAgent: userAgentOf(c) }))
    return c.json({ to: afterSignIn(c) })
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    await noteFailed(c, 'passkey')
    return c.json({ title: error.message }, statusOf(error.code))
  }
})

signInRoutes.get('/:token', async (c) => {
  const link = await linkHere(c)
  return link === null ? screen(c, 404, <LinkOverPage />) : linkPage(c, link)
})

signInRoutes.post('/:token', async (c) => {
  const link = await linkHere(c)
  if (link === null || link.kind === 'elsewhere') {
    await noteFailed(c, 'link', link === null ? undefined : 'another browser')
    return link === null ? screen(c, 404, <LinkOverPage />) : screen(c, 403, <OtherBrowserPage />)
  }
  if (link.kind === 'first_owner') return firstOwner(c, link.id)
  // The link alone suffices: a post without a form signs in all the same.
  const timezone = c.req.header('content-type') === undefined ? null : zoneIn(await readForm(c))
  await comeIn(
    c,
    await enterByLink(c.env, {
      id: link.id,
      operator: link.operator.id,
      userAgent: userAgentOf(c),
      timezone,
    }),
  )
  return c.redirect(afterSignIn(c), 303)
})

/** The link of the path, as this browser may open it. */
async function linkHere(c: ConsoleContext): Promise<OpenLink | null> {
  const browser = await browserOf(c)
  return openLink(c.env, c.req.param('token') ?? '', browser === null ? null : browserHash(browser))
}

const noteFailed = (c: ConsoleContext, method: 'link' | 'passkey', why?: string): Promise<void> =>
  recordRefusal(c.env, {
    verb: 'sign_in.failed',
    actor: { kind: 'stranger' },
    allowances: knockAllowances(c, strangerWindow),
    details: { method, ...(why === undefined ? {} : { why }) },
  })

function linkPage(c: ConsoleContext, link: OpenLink) {
  if (link.kind === 'elsewhere') return screen(c, 403, <OtherBrowserPage />)
  if (link.kind === 'first_owner') return screen(c, 200, <FirstOwnerPage name="" email="" faults={[]} />)
  const { name, role } = link.operator
  const joining = link.kind === 'invitation' ? { name, role: roleWords[role].title } : null
  return screen(c, 200, <UseLinkPage host={new URL(c.env.config.publicUrl).host} joining={joining} />)
}

const ownerForm = z.object({ name: line(100), email: operatorAddress })

async function firstOwner(c: ConsoleContext, link: string): Promise<Response> {
  const sent = await readForm(c)
  const typed = { name: sent.get('name')?.[0] ?? '', email: sent.get('email')?.[0] ?? '' }
  const again = (faults: readonly Fault[]) => screen(c, 422, <FirstOwnerPage {...typed} faults={faults} />)
  const parsed = ownerForm.safeParse(typed, inWords)
  if (!parsed.success) return again(faultsOf(parsed.error))
  try {
    const { name, email: address } = parsed.data
    await comeIn(
      c,
      await becomeFirstOwner(c.env, {
        link,
        name,
        address,
        userAgent: userAgentOf(c),
        timezone: zoneIn(sent),
      }),
    )
    return c.redirect(afterSignIn(c), 303)
  } catch (error) {
    return again(faultsOrThrow(error))
  }
}

/** The browser's time zone; null where it sent none, or one that is not known here. */
function zoneIn(sent: ReadonlyMap<string, readonly string[]>): string | null {
  const zone = zoneName.safeParse(sent.get('timezone')?.[0])
  return zone.success ? zone.data : null
}

const userAgentOf = (c: ConsoleContext): string => c.req.header('user-agent') ?? ''

/** The session that this browser had before ends: nobody sees it any more. */
async function comeIn(c: ConsoleContext, { operator, cookie, until }: Entry): Promise<void> {
  const before = await sessionOf(c.env, consoleCookie(c, sessionCookie))
  if (before !== null) {
    const { id } = before.operator
    await endSession(c.env, { kind: 'operator', id }, { id: before.id, operator: id })
  }
  setConsoleCookie(c, { name: sessionCookie, value: cookie, until })
  const who = await findOperator(c.env, operator)
  if (who !== null) await rememberBrowser(c, who.email.toLowerCase())
}

/** Where they were when the console asked for a fresh sign-in, or what was kept of a form. */
function afterSignIn(c: ConsoleContext): string {
  if (consoleCookie(c, keptCookie) !== '') return '/console/kept'
  const place = consoleCookie(c, backCookie)
  if (place !== '') dropConsoleCookie(c, backCookie)
  return backTo(place)
}

/** Deletes the cookie; the act of signing out ends the session. */
export const goOut = (c: ConsoleContext): void => dropConsoleCookie(c, sessionCookie)
