// pure · the cookie of a browser: which one asked for a link, and which address it signed in with before. RFC 7515, 7519
import { jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import { base64urlOf } from '../../platform/encoding/bytes.ts'
import { limitHash } from '../../platform/vault/indexes.ts'
import type { Vault } from '../../platform/vault/keys.ts'

/** Apart from the audience of sessions: neither token passes for the other. */
const audience = 'browser'
const issuer = 'assent'

/** The longest that browsers keep a cookie. RFC 6265bis 5.6 */
export const browserDays = 400

export interface BrowserToken {
  /** Random; links store its hash. */
  readonly secret: string
  /** Keyed hash of the address that signed in with this browser last; null: nobody yet. */
  readonly address: string | null
}

const claims = z.object({
  bid: z.string().min(1).max(100),
  adr: z.string().max(100).optional(),
})

export const signBrowser = (vault: Vault, token: BrowserToken & { from: Date }): Promise<string> =>
  new SignJWT({ bid: token.secret, ...(token.address === null ? {} : { adr: token.address }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(token.from)
    .setExpirationTime(new Date(token.from.getTime() + browserDays * 86_400_000))
    .sign(keyOf(vault))

/** Null if the signature is foreign or the token expired. */
export async function readBrowser(vault: Vault, jws: string, now: Date): Promise<BrowserToken | null> {
  try {
    const { payload } = await jwtVerify(jws, keyOf(vault), {
      algorithms: ['HS256'],
      issuer,
      audience,
      currentDate: now,
    })
    const parsed = claims.safeParse(payload)
    return parsed.success ? { secret: parsed.data.bid, address: parsed.data.adr ?? null } : null
  } catch {
    return null
  }
}

/** What a browser remembers of an address: compared without asking the database. */
export const browserAddress = (vault: Vault, canonical: string): string =>
  base64urlOf(limitHash(vault, `browser ${canonical}`))

const keyOf = (vault: Vault): Uint8Array => new Uint8Array(vault.keys.K_session.export())
