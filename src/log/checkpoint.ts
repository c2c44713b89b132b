// pure · checkpoints as signed notes: signed, and verified to the byte. C2SP signed-note, tlog-checkpoint, docs/ledger.md 5.6
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { type Bytes, bytesOf, bytesOfHex, concat, hexOf } from '../platform/encoding/bytes.ts'
import { sha256 } from '../platform/encoding/jcs.ts'
import { sameBytes } from '../platform/vault/keys.ts'

/** Size and root of the log, as its operator states them. */
export interface Checkpoint {
  /** The name of the log. */
  readonly origin: string
  readonly size: number
  /** 32 bytes. */
  readonly root: Uint8Array
}

/** A trusted signer: the name in the note, and an Ed25519 public key of 32 bytes. */
export interface NoteVerifier {
  readonly name: string
  readonly publicKey: Uint8Array
}

export interface NoteSigner extends NoteVerifier {
  readonly privateKey: KeyObject
}

/** The signer with a 32-byte Ed25519 seed. Throws a RangeError for an invalid name or seed. */
export function noteSigner(name: string, seed: Uint8Array): NoteSigner {
  if (!isKeyName(name)) throw new RangeError('the name of a note key holds neither space nor plus')
  if (seed.length !== 32) throw new RangeError('an Ed25519 seed has 32 bytes')
  const privateKey = createPrivateKey({
    key: Buffer.from(concat(pkcs8Prefix, seed)),
    format: 'der',
    type: 'pkcs8',
  })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return { name, privateKey, publicKey: new Uint8Array(spki.subarray(-32)) }
}

/** keyID = SHA-256(name || 0x0A || 0x01 || pk)[:4]. @see https://c2sp.org/signed-note#signatures */
export const noteKeyId = (key: NoteVerifier): Bytes =>
  sha256(bytesOf(key.name), new Uint8Array([0x0a]), typedKey(key)).slice(0, 4)

/** vkey: `name+hex(keyID)+base64(0x01 || pk)`. */
export const verifierKeyOf = (key: NoteVerifier): string =>
  `${key.name}+${hexOf(noteKeyId(key))}+${base64Of(typedKey(key))}`

/** The key in a vkey; null where malformed, of another algorithm, or with a wrong id. */
export function parseVerifierKey(vkey: string): NoteVerifier | null {
  const [, name, id, key] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(vkey) ?? []
  const typed = bytesOfBase64(key ?? '')
  if (name === undefined || !isKeyName(name) || typed?.length !== 33 || typed[0] !== ed25519) return null
  const verifier = { name, publicKey: typed.slice(1) }
  return hexOf(noteKeyId(verifier)) === id ? verifier : null
}

/** The signed text: `<origin>\n<size>\n<base64 root>\n`. @see https://c2sp.org/tlog-checkpoint */
export function checkpointText(checkpoint: Checkpoint): string {
  const text = `${checkpoint.origin}\n${checkpoint.size}\n${base64Of(checkpoint.root)}\n`
  if (parseCheckpointText(text) === null)
    throw new RangeError('a checkpoint names its origin, a size and a root')
  return text
}

/** The whole note: text, empty line, signature. Ed25519 is deterministic: the same checkpoint gives the same note. */
export function signCheckpoint(signer: NoteSigner, checkpoint: Checkpoint): string {
  const text = checkpointText(checkpoint)
  const signature = new Uint8Array(sign(null, bytesOf(text), signer.privateKey))
  return `${text}\n${emDash} ${signer.name} ${base64Of(concat(noteKeyId(signer), signature))}\n`
}

/**
 * The checkpoint in a note that this verifier signed; null where the note is malformed, is not signed by this key, or bears an
 * invalid signature in its name. Other signatures (witnesses) are ignored.
 */
export function openCheckpoint(verifier: NoteVerifier, note: string): Checkpoint | null {
  const parts = splitNote(note)
  if (parts === null) return null
  const id = noteKeyId(verifier)
  const own = parts.signatures.filter(
    (signature) => signature.name === verifier.name && sameBytes(signature.keyId, id),
  )
  const text = bytesOf(parts.text)
  const key = publicKeyOf(verifier)
  const isSigned = own.length > 0 && own.every((one) => verify(null, text, key, one.signature))
  return isSigned ? parseCheckpointText(parts.text) : null
}

interface NoteSignature {
  readonly name: string
  readonly keyId: Uint8Array
  readonly signature: Uint8Array
}

const ed25519 = 0x01
const emDash = '\u2014'
const mostSignatures = 100
const longestNote = 64 * 1024

/** Fixed DER before the 32 bytes. @see https://www.rfc-editor.org/rfc/rfc8410#section-7 */
const pkcs8Prefix = bytesOfHex('302e020100300506032b657004220420')
const spkiPrefix = bytesOfHex('302a300506032b6570032100')

const typedKey = (key: NoteVerifier): Bytes => concat(new Uint8Array([ed25519]), key.publicKey)

const publicKeyOf = (key: NoteVerifier): KeyObject =>
  createPublicKey({ key: Buffer.from(concat(spkiPrefix, key.publicKey)), format: 'der', type: 'spki' })

const isKeyName = (name: string): boolean => /^[^\s+\p{C}]+$/u.test(name) && name.isWellFormed()

function splitNote(note: string): { text: string; signatures: readonly NoteSignature[] } | null {
  if (note.length > longestNote || !note.isWellFormed() || /[^\n\P{Cc}]/u.test(note)) return null
  const blank = note.lastIndexOf('\n\n')
  if (blank < 1 || !note.endsWith('\n')) return null
  const lines = note.slice(blank + 2, -1).split('\n')
  const signatures = lines.map(parseSignature)
  if (lines.length > mostSignatures || !signatures.every((signature) => signature !== null)) return null
  return { text: note.slice(0, blank + 1), signatures }
}

function parseSignature(line: string): NoteSignature | null {
  const [, name, encoded] = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(line) ?? []
  const bytes = bytesOfBase64(encoded ?? '')
  if (name === undefined || !isKeyName(name) || bytes === null || bytes.length < 5) return null
  return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) }
}

/** Exactly three lines: the format allows extension lines, but this log writes none, so a further line is a sign of tampering. */
function parseCheckpointText(text: string): Checkpoint | null {
  const [, origin, size, encoded] = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([^\n]+)\n$/u.exec(text) ?? []
  const root = bytesOfBase64(encoded ?? '')
  if (origin === undefined || !Number.isSafeInteger(Number(size)) || root?.length !== 32) return null
  return { origin, size: Number(size), root }
}

const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** Standard base64 with its padding; null for anything else. */
function bytesOfBase64(text: string): Bytes | null {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'))
  return base64Of(bytes) === text ? bytes : null
}
