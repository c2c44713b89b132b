// shell · passkeys: a challenge we signed, answered by a key that never leaves its device. W3C WebAuthn level 3
import { server } from '@passwordless-id/webauthn'
import { and, eq, sql } from 'drizzle-orm'
import * as z from 'zod'
import { recordAct } from '../audit/record.ts'
import { base64urlOf, bytesOf } from '../platform/bytes.ts'
import type { Tx } from '../platform/database.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError, invalid } from '../platform/errors.ts'
import { sha256 } from '../platform/jcs.ts'
import { takeAllowances } from '../platform/limits.ts'
import { makeNonce, readNonce } from '../platform/vault/nonce.ts'
import { paddedSignature } from './ecdsa-signature.ts'
import { findOperator } from './find-operators.ts'
import type { Operator } from './operator.ts'
import type { Entry } from './operators.ts'
import { beginSession } from './sessions.ts'
import { passkeys } from './tables.ts'

const challengeSeconds = 300
const algorithms = ['ES256', 'RS256'] as const
const transports = ['ble', 'hybrid', 'internal', 'nfc', 'usb', 'smart-card'] as const
const text = z.string().min(1).max(20_000)
/** base64url, padded or not; anything else is no id, and some of it the database refuses with an error. */
const credentialId = z.string().regex(/^[\w-]{1,2000}={0,2}$/)

/** What the browser answers to a request for a new key; the library reads the inside. */
const registration = z.object({
  id: credentialId,
  rawId: text,
  type: z.literal('public-key'),
  response: z.object({
    attestationObject: text,
    authenticatorData: text,
    clientDataJSON: text,
    publicKey: text,
    publicKeyAlgorithm: z.number(),
    transports: z.array(z.enum(transports)).catch([]),
  }),
  clientExtensionResults: z.object({}).catch({}),
  user: z.object({ id: text, name: text, displayName: text }),
})

/** What the browser answers to a challenge at the door. */
const assertion = z.object({
  id: credentialId,
  rawId: text,
  type: z.literal('public-key'),
  response: z.object({ authenticatorData: text, clientDataJSON: text, signature: text }),
  clientExtensionResults: z.object({}).catch({}),
})

/** Good for five minutes and one answer; base64url, as the library wants it. */
export const passkeyChallenge = (deps: Deps, about: string): string =>
  base64urlOf(bytesOf(`${makeNonce(deps.vault, about, deps.clock())}.${base64urlOf(deps.chance(12))}`))

export const forRegistering = (operator: string): string => `passkey of ${operator}`
export const forSigningIn = 'passkey at the door'

/** Adds a key to an operator. Throws `invalid` where the answer does not fit the challenge. */
export async function addPasskey(
  deps: Deps,
  operator: Operator,
  input: { name: string; answer: unknown },
): Promise<void> {
  const parsed = registration.safeParse(input.answer)
  if (!parsed.success) throw refused()
  const info = await server
    .verifyRegistration(parsed.data, {
      challenge: challengeCheck(deps, forRegistering(operator.id)),
      origin: new URL(deps.config.publicUrl).origin,
      userVerified: true,
    })
    .catch((cause: unknown) => {
      throw refused(cause)
    })
  const { id, publicKey, algorithm, transports } = info.credential
  await deps.db.transaction(async (tx) => {
    const added = await tx
      .insert(passkeys)
      .values({
        id,
        operator: operator.id,
        name: input.name,
        publicKey,
        algorithm,
        transports: [...transports],
        counter: info.authenticator.counter,
        synced: info.synced,
        createdAt: deps.clock(),
      })
      .onConflictDoNothing()
      .returning({ id: passkeys.id })
    if (added.length === 0) throw invalid('answer', 'This passkey is known already.')
    await recordAct(deps, tx, {
      actor: { kind: 'operator', id: operator.id },
      verb: 'passkey.add',
      subject: { kind: 'operator', id: operator.id },
    })
  })
}

export async function removePasskey(deps: Deps, operator: Operator, id: string): Promise<boolean> {
  if (!credentialId.safeParse(id).success) return false
  return deps.db.transaction(async (tx) => {
    const gone = await tx
      .delete(passkeys)
      .where(and(eq(passkeys.id, id), eq(passkeys.operator, operator.id)))
      .returning({ id: passkeys.id })
    if (gone.length > 0)
      await recordAct(deps, tx, {
        actor: { kind: 'operator', id: operator.id },
        verb: 'passkey.remove',
        subject: { kind: 'operator', id: operator.id },
      })
    return gone.length > 0
  })
}

/** Signs in. Throws `unauthenticated`, the same for an unknown key, a wrong answer and an operator who was shut out. */
export async function enterByPasskey(
  deps: Deps,
  input: { answer: unknown; userAgent: string },
): Promise<Entry> {
  const parsed = assertion.safeParse(input.answer)
  if (!parsed.success) throw notKnown()
  const [key] = await deps.db.select().from(passkeys).where(eq(passkeys.id, parsed.data.id))
  const algorithm = algorithms.find((known) => known === key?.algorithm)
  const operator = key === undefined ? null : await findOperator(deps, key.operator)
  if (key === undefined || algorithm === undefined || operator === null || operator.disabledAt !== null)
    throw notKnown()
  const credential = { id: key.id, publicKey: key.publicKey, algorithm, transports: [] }
  const info = await server
    .verifyAuthentication(algorithm === 'ES256' ? padded(parsed.data) : parsed.data, credential, {
      challenge: challengeCheck(deps, forSigningIn),
      origin: new URL(deps.config.publicUrl).origin,
      userVerified: true,
      counter: key.counter,
    })
    .catch((cause: unknown) => {
      throw notKnown(cause)
    })
  return deps.db.transaction(async (tx) => {
    if (!(await used(deps, tx, { id: key.id, before: key.counter, counter: info.counter }))) throw notKnown()
    const session = { operator: operator.id, method: 'passkey', userAgent: input.userAgent } as const
    return { operator: operator.id, ...(await beginSession(deps, tx, session)) }
  })
}

const padded = (said: z.output<typeof assertion>): z.output<typeof assertion> => ({
  ...said,
  response: { ...said.response, signature: paddedSignature(said.response.signature) },
})

/** Fenced by the count it was checked against: two answers made from one key's copies cannot both come in. */
async function used(
  deps: Deps,
  tx: Tx,
  key: { id: string; before: number; counter: number },
): Promise<boolean> {
  const rows = await tx
    .update(passkeys)
    .set({ counter: sql`greatest(${passkeys.counter}, ${key.counter})`, lastUsedAt: deps.clock() })
    .where(and(eq(passkeys.id, key.id), eq(passkeys.counter, key.before)))
    .returning({ id: passkeys.id })
  return rows.length > 0
}

/** Whether the challenge was made here for this, lately, and never answered before. */
const challengeCheck =
  (deps: Deps, about: string) =>
  async (challenge: string): Promise<boolean> => {
    const text = Buffer.from(challenge, 'base64url').toString()
    const nonce = readNonce(deps.vault, about, text.split('.').slice(0, 2).join('.'), deps.clock())
    if (nonce.kind !== 'valid') return false
    if (deps.clock().getTime() - nonce.shownAt.getTime() > challengeSeconds * 1000) return false
    const once = { name: 'passkey:challenge', most: 1, seconds: 2 * challengeSeconds }
    const [first] = await takeAllowances(
      deps.db,
      [{ hash: sha256(bytesOf(challenge)), window: once }],
      deps.clock(),
    )
    return first === true
  }

const refused = (cause?: unknown): DomainError =>
  new DomainError('invalid', 'The passkey could not be added; try once more.', { cause })

const notKnown = (cause?: unknown): DomainError =>
  new DomainError('unauthenticated', 'This passkey opens nothing here. Ask for a link instead.', { cause })
