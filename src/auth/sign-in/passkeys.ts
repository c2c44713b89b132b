// shell · passkeys: registration and sign-in, with signed challenges. W3C WebAuthn level 3
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { decodeAttestationObject, decodeClientDataJSON, isoBase64URL } from '@simplewebauthn/server/helpers'
import { and, eq, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Actor } from '../../audit/actor.ts'
import { recordAct } from '../../audit/record.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { base64urlOf, bytesOf, bytesOfBase64url } from '../../platform/encoding/bytes.ts'
import { sha256 } from '../../platform/encoding/jcs.ts'
import { DomainError, invalid } from '../../platform/errors.ts'
import { takeAllowances } from '../../platform/network/limits.ts'
import { makeNonce, readNonce } from '../../platform/vault/nonce.ts'
import { findOperator } from '../operators/find-operators.ts'
import type { Operator } from '../operators/operator.ts'
import type { Entry } from '../operators/operators.ts'
import { algorithmIds, coseKeyOf, isAlgorithm, storedKeyOf } from '../passkey-key.ts'
import { beginSession, endSessionsOf } from '../sessions.ts'
import { passkeys } from '../tables.ts'

const challengeSeconds = 300
const transports = ['ble', 'hybrid', 'internal', 'nfc', 'usb', 'smart-card'] as const
/**
 * No attestation is requested, and browsers let only self attestation through. Other formats carry certificates, whose revocation
 * lists the library would fetch.
 */
const attestationFormats: readonly string[] = ['none', 'packed']
const text = z.string().min(1).max(20_000)
/** base64url, padded or not. Anything else is no id, and some values make the database fail. */
const credentialId = z.string().regex(/^[\w-]{1,2000}={0,2}$/)

/** The browser's answer to a registration, checked by the library. Firefox ESR 115 sends no other members. */
const registration = z.object({
  id: credentialId,
  rawId: text,
  type: z.literal('public-key'),
  response: z.object({
    attestationObject: text,
    clientDataJSON: text,
    transports: z.array(z.enum(transports)).catch([]),
  }),
  clientExtensionResults: z.object({}).catch({}),
})

/** The browser's answer to a sign-in challenge. */
const assertion = z.object({
  id: credentialId,
  rawId: text,
  type: z.literal('public-key'),
  response: z.object({ authenticatorData: text, clientDataJSON: text, signature: text }),
  clientExtensionResults: z.object({}).catch({}),
})

/** Options for adding a passkey. @see https://www.w3.org/TR/webauthn-3/#dictdef-publickeycredentialcreationoptionsjson */
export const registrationOptions = (deps: Deps, operator: Operator) =>
  generateRegistrationOptions({
    rpName: siteOf(deps).hostname,
    rpID: siteOf(deps).hostname,
    userID: bytesOf(operator.id),
    userName: operator.email,
    userDisplayName: operator.name,
    challenge: challengeFor(deps, registering(operator)),
    timeout: challengeSeconds * 1000,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: algorithmIds,
  })

/** Options for signing in. No credential is named: the device offers those it has. */
export const signInOptions = (deps: Deps) =>
  generateAuthenticationOptions({
    rpID: siteOf(deps).hostname,
    challenge: challengeFor(deps, signingIn),
    timeout: challengeSeconds * 1000,
    userVerification: 'required',
  })

const registering = (operator: Operator): string => `passkey of ${operator.id}`
const signingIn = 'passkey at the door'

/** Valid for five minutes and one answer. */
const challengeFor = (deps: Deps, about: string): string =>
  `${makeNonce(deps.vault, about, deps.clock())}.${base64urlOf(deps.randomBytes(12))}`

const siteOf = (deps: Deps): URL => new URL(deps.config.publicUrl)

/** Throws `invalid` if the answer does not match the challenge or the key is known. */
export async function addPasskey(
  deps: Deps,
  operator: Operator,
  input: { name: string; answer: unknown },
): Promise<void> {
  const parsed = registration.safeParse(input.answer)
  if (!parsed.success) throw refused()
  const made = await readRegistration(deps, operator, parsed.data).catch((cause: unknown) => {
    throw refused(cause)
  })
  if (made === null || !(await isFirstAnswer(deps, parsed.data.response))) throw refused()
  await deps.db.transaction(async (tx) => {
    const added = await tx
      .insert(passkeys)
      .values({ ...made, operator: operator.id, name: input.name, createdAt: deps.clock() })
      .onConflictDoNothing()
      .returning({ id: passkeys.id })
    if (added.length === 0) throw invalid('answer', 'This passkey is already registered.')
    await recordAct(deps, tx, {
      actor: { kind: 'operator', id: operator.id },
      verb: 'passkey.add',
      subject: { kind: 'operator', id: operator.id },
    })
  })
}

/** The row to store. A refused answer gives null or throws the library's error. */
async function readRegistration(deps: Deps, operator: Operator, answer: z.output<typeof registration>) {
  const attestation = decodeAttestationObject(isoBase64URL.toBuffer(answer.response.attestationObject))
  if (!attestationFormats.includes(attestation.get('fmt'))) return null
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: answer,
    expectedChallenge: isOurChallenge(deps, registering(operator)),
    expectedOrigin: siteOf(deps).origin,
    expectedRPID: siteOf(deps).hostname,
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithmIds,
  })
  if (!verified || registrationInfo.credential.id !== answer.id) return null
  const { credential, credentialDeviceType } = registrationInfo
  const key = storedKeyOf(credential.publicKey)
  if (key === null) return null
  return {
    ...key,
    id: credential.id,
    counter: credential.counter,
    transports: answer.response.transports,
    synced: credentialDeviceType === 'multiDevice',
  }
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

/**
 * Takes all passkeys from somebody who lost the device, or whose device was taken, and ends their sessions. They then sign in by a
 * link, and add a new one. Returns how many there were.
 */
export async function removePasskeysOf(deps: Deps, actor: Actor, operator: string): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const gone = await tx
      .delete(passkeys)
      .where(eq(passkeys.operator, operator))
      .returning({ id: passkeys.id })
    if (gone.length === 0) return 0
    await endSessionsOf(deps, tx, { operator })
    await recordAct(deps, tx, {
      actor,
      verb: 'passkey.remove_all',
      subject: { kind: 'operator', id: operator },
      details: { passkeys: gone.length },
    })
    return gone.length
  })
}

/** Throws the same `unauthenticated` for an unknown key, a wrong answer and a disabled operator. */
export async function enterByPasskey(
  deps: Deps,
  input: { answer: unknown; userAgent: string },
): Promise<Entry> {
  const parsed = assertion.safeParse(input.answer)
  if (!parsed.success) throw notKnown()
  const [key] = await deps.db.select().from(passkeys).where(eq(passkeys.id, parsed.data.id))
  const operator = key === undefined ? null : await findOperator(deps, key.operator)
  if (key === undefined || operator === null || operator.disabledAt !== null) throw notKnown()
  const counter = await readAssertion(deps, key, parsed.data).catch((cause: unknown) => {
    throw notKnown(cause)
  })
  if (counter === null || !(await isFirstAnswer(deps, parsed.data.response))) throw notKnown()
  return deps.db.transaction(async (tx) => {
    if (!(await used(deps, tx, { id: key.id, before: key.counter, counter }))) throw notKnown()
    const session = { operator: operator.id, method: 'passkey', userAgent: input.userAgent } as const
    return { operator: operator.id, ...(await beginSession(deps, tx, session)) }
  })
}

/** The authenticator's counter. A refused answer gives null or throws the library's error. */
async function readAssertion(
  deps: Deps,
  { id, publicKey, algorithm, counter }: typeof passkeys.$inferSelect,
  answer: z.output<typeof assertion>,
): Promise<number | null> {
  if (!isAlgorithm(algorithm)) return null
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: answer,
    expectedChallenge: isOurChallenge(deps, signingIn),
    expectedOrigin: siteOf(deps).origin,
    expectedRPID: siteOf(deps).hostname,
    credential: { id, publicKey: coseKeyOf({ publicKey, algorithm }), counter },
    requireUserVerification: true,
  })
  return verified ? authenticationInfo.newCounter : null
}

/** Fenced by the checked counter: of two answers from copies of a key, only one succeeds. */
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

/** Whether the challenge was made here for this purpose within five minutes. */
const isOurChallenge =
  (deps: Deps, about: string) =>
  (challenge: string): boolean => {
    const [time = '', mac = ''] = Buffer.from(bytesOfBase64url(challenge) ?? [])
      .toString()
      .split('.')
    const nonce = readNonce(deps.vault, about, `${time}.${mac}`, deps.clock())
    return (
      nonce.kind === 'valid' && deps.clock().getTime() - nonce.shownAt.getTime() <= challengeSeconds * 1000
    )
  }

/** Asked last, outside the `catch`: a database error must not pass for a wrong answer. */
async function isFirstAnswer(deps: Deps, answer: { clientDataJSON: string }): Promise<boolean> {
  const { challenge } = decodeClientDataJSON(answer.clientDataJSON)
  const once = { name: 'passkey:challenge', most: 1, seconds: 2 * challengeSeconds }
  const [first] = await takeAllowances(
    deps.db,
    [{ hash: sha256(bytesOf(challenge)), window: once }],
    deps.clock(),
  )
  return first === true
}

const refused = (cause?: unknown): DomainError =>
  new DomainError('invalid', 'The passkey could not be added. Try again.', { cause })

const notKnown = (cause?: unknown): DomainError =>
  new DomainError('unauthenticated', 'This passkey is not known here. Use a link sent by email instead.', {
    cause,
  })
