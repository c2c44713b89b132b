// web · the browser behind a request: its cookie, and the requests for links that it may make
import { base64urlOf, bytesOf } from '../../platform/encoding/bytes.ts'
import { sha256 } from '../../platform/encoding/jcs.ts'
import { type Allowance, takeTogether } from '../../platform/network/limits.ts'
import { bucketOf, networksOf } from '../../platform/network/network.ts'
import { visitorAddress } from '../../platform/network/peer.ts'
import { limitHash } from '../../platform/vault/indexes.ts'
import { knockAllowances } from '../../ui/door.ts'
import { type ConsoleContext, consoleCookie, setConsoleCookie } from '../console.tsx'
import { type BrowserToken, browserAddress, browserDays, readBrowser, signBrowser } from './browser-token.ts'

export const browserCookie = 'assent_browser'

/** The browser by its cookie; null where it has none of ours. */
export const browserOf = (c: ConsoleContext): Promise<BrowserToken | null> =>
  readBrowser(c.env.vault, consoleCookie(c, browserCookie), c.env.clock())

export const browserHash = ({ secret }: BrowserToken): Uint8Array => sha256(bytesOf(secret))

/** The browser that asks for a link; one without a cookie gets its cookie with this answer, whoever it is. */
export async function browserAsking(c: ConsoleContext): Promise<BrowserToken> {
  return (await browserOf(c)) ?? giveCookie(c, null)
}

/** Remembers that this address signed in here. The secret is new, so that a cookie planted before is worth nothing afterwards. */
export async function rememberBrowser(c: ConsoleContext, canonical: string): Promise<void> {
  await giveCookie(c, browserAddress(c.env.vault, canonical))
}

async function giveCookie(c: ConsoleContext, address: string | null): Promise<BrowserToken> {
  const now = c.env.clock()
  const token = { secret: base64urlOf(c.env.randomBytes(16)), address }
  setConsoleCookie(c, {
    name: browserCookie,
    value: await signBrowser(c.env.vault, { ...token, from: now }),
    until: new Date(now.getTime() + browserDays * 86_400_000),
  })
  return token
}

export const isKnown = (c: ConsoleContext, browser: BrowserToken, canonical: string): boolean =>
  browser.address === browserAddress(c.env.vault, canonical)

const networkDoor = { name: 'sign-in:network', most: 20, seconds: 600 }
/** Of one network for one address: strangers elsewhere use up nothing of it. */
const addressHereDoor = { name: 'sign-in:address', most: 5, seconds: 3600 }
/** Mails to one address that browsers unknown to it may cause. */
const addressDoor = { name: 'sign-in:address:all', most: 20, seconds: 3600 }
/** Of a browser that signed in with this address before: whatever strangers do, it is let through. */
const knownDoor = { name: 'sign-in:browser', most: 10, seconds: 3600 }

/**
 * Counts a request for a link; null, or the seconds to wait. All allowances or none: a request refused for its network uses up
 * nothing of the address.
 */
export function secondsBeforeLink(
  c: ConsoleContext,
  asked: { canonical: string; browser: BrowserToken },
): Promise<number | null> {
  const { canonical, browser } = asked
  const counted = (text: string, window: Allowance['window']): Allowance => ({
    hash: bucketOf(limitHash(c.env.vault, text)),
    window,
  })
  const allowances = isKnown(c, browser, canonical)
    ? [counted(`browser ${browser.secret}`, knownDoor)]
    : [
        ...knockAllowances(c, networkDoor),
        counted(`${canonical} ${networkName(c)}`, addressHereDoor),
        counted(canonical, addressDoor),
      ]
  return takeTogether(c.env.db, allowances, c.env.clock())
}

function networkName(c: ConsoleContext): string {
  const { config, remoteAddress } = c.env
  const { narrow, wide } = networksOf(
    visitorAddress(remoteAddress, c.req.header('x-forwarded-for'), config.trustProxy),
  )
  // A /48 has 65,536 networks: its holder is one stranger.
  return wide ?? narrow
}
