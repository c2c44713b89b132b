// pure · session cookie: a signed secret and the operator's id. RFC 7515, 7519
import { jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import type { Vault } from '../platform/vault/keys.ts'

const issuer = 'assent'
const audience = 'console'

export interface SessionToken {
  /** Names the session row, which stores its hash. */
  readonly secret: string
  readonly operator: string
}

const claims = z.object({ sid: z.string().min(1).max(100), sub: z.uuid() })

/** A compact JWS, trusted only together with the session row that its secret names. */
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

/** Null if the signature is foreign, the token expired more than `lateSeconds` ago, or the claims do not parse. */
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
