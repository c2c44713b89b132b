// pure · what the session cookie holds: a signed secret and whose it is. RFC 7515, 7519
import { jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import type { Vault } from '../platform/vault/keys.ts'

const issuer = 'assent'
const audience = 'console'

export interface SessionToken {
  /** Of the row; the row holds its hash. */
  readonly secret: string
  readonly operator: string
}

const claims = z.object({ sid: z.string().min(1).max(100), sub: z.uuid() })

/** A compact JWS. What it says is believed only together with the row that its secret names. */
export const signSession = (
  vault: Vault,
  token: SessionToken & { readonly from: Date; readonly until: Date },
): Promise<string> =>
  new SignJWT({ sid: token.secret })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(token.operator)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(token.from)
    .setExpirationTime(token.until)
    .sign(keyOf(vault))

/** Null where it was not signed here, was over more than `lateSeconds` ago, or says something else. */
export async function readSession(
  vault: Vault,
  jws: string,
  { now, lateSeconds = 0 }: { now: Date; lateSeconds?: number },
): Promise<SessionToken | null> {
  try {
    const { payload } = await jwtVerify(jws, keyOf(vault), {
      algorithms: ['HS256'],
      issuer,
      audience,
      currentDate: now,
      clockTolerance: lateSeconds,
    })
    const parsed = claims.safeParse(payload)
    return parsed.success ? { secret: parsed.data.sid, operator: parsed.data.sub } : null
  } catch {
    return null
  }
}

const keyOf = (vault: Vault): Uint8Array => new Uint8Array(vault.keys.K_session.export())
