// adapter · a software authenticator with its browser, which signs what a test asks for. W3C WebAuthn level 3
import { createHash, createPrivateKey, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'

export interface Device {
  readonly id: string
  readonly algorithm: 'ES256' | 'RS256'
  readonly keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
}

/** What a browser and its authenticator would send, with the changes an attacker might make. */
export interface Ceremony {
  readonly challenge: string
  /** The site as the browser reports it. */
  readonly origin?: string
  /** The site as the authenticator was given it. */
  readonly host?: string
  readonly type?: string
  /** User present 1, user verified 4, backup eligible 8, backed up 16, credential attested 64. */
  readonly flags?: number
  readonly counter?: number
  /** Forces a signature number with eight leading zero bits, as happens in one of 128 signatures. */
  readonly short?: boolean
}

/** A new key, with the changes an attacker might make. */
export interface NewKey extends Ceremony {
  readonly attestation?: 'none' | 'self' | 'certificate'
  /** COSE in hex, to attest another key. */
  readonly cose?: string
  /** The id in the response, to claim another key. */
  readonly id?: string
  readonly attestationObject?: string
}

export const b64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url')

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()

let devices = 0

export function device(algorithm: Device['algorithm'] = 'ES256'): Device {
  const keys =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { id: b64(`device ${++devices}`), algorithm, keys }
}

const clientOf = (site: string, { type, challenge, origin = site }: Ceremony): string =>
  JSON.stringify({ type, challenge, origin, crossOrigin: false })

function authenticatorOf(site: string, ceremony: Ceremony, attested = ''): Buffer {
  const { host = new URL(site).hostname, flags = 5, counter = 0 } = ceremony
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  return Buffer.concat([sha256(host), Buffer.from([flags]), count, Buffer.from(attested, 'hex')])
}

/** ECDSA signature in DER; `short` makes one with a number an octet shorter. */
function signatureOf(privateKey: KeyObject, bytes: Uint8Array, short = false): Buffer {
  for (;;) {
    const signature = createSign('sha256').update(bytes).sign(privateKey)
    if (!short || signature.length < 70) return signature
  }
}

export function assertionOf(site: string, key: Device, ceremony: Ceremony): object {
  const client = clientOf(site, { type: 'webauthn.get', ...ceremony })
  const authenticator = authenticatorOf(site, ceremony)
  const signed = Buffer.concat([authenticator, sha256(client)])
  return {
    id: key.id,
    rawId: key.id,
    type: 'public-key',
    response: {
      authenticatorData: b64(authenticator),
      clientDataJSON: b64(client),
      signature: b64(signatureOf(key.keys.privateKey, signed, ceremony.short)),
    },
    clientExtensionResults: {},
  }
}

/** A registration without the members only newer browsers add: `publicKey`, `publicKeyAlgorithm`, `authenticatorData`. */
export function registrationOf(site: string, key: Device, ceremony: NewKey): object {
  const { cose = coseOf(key), id = key.id } = ceremony
  const client = clientOf(site, { type: 'webauthn.create', ...ceremony })
  const credential = Buffer.from(key.id, 'base64url').toString('hex')
  const attested = `${'00'.repeat(16)}${octets(credential.length / 2, 2)}${credential}${cose}`
  const data = authenticatorOf(site, { flags: 69, ...ceremony }, attested)
  const object = attestationOf(key, ceremony.attestation ?? 'none', { data, client: sha256(client) })
  return {
    id,
    rawId: id,
    type: 'public-key',
    response: {
      attestationObject: ceremony.attestationObject ?? b64(Buffer.from(object, 'hex')),
      clientDataJSON: b64(client),
      transports: ['internal'],
    },
    clientExtensionResults: {},
  }
}

/** The attestation formats of W3C WebAuthn level 3: none, packed with a self attestation, fido-u2f. */
function attestationOf(
  key: Device,
  kind: 'none' | 'self' | 'certificate',
  signed: { data: Buffer; client: Buffer },
): string {
  const object = (format: string, statement: string): string =>
    `a3${cborText('fmt')}${cborText(format)}${cborText('attStmt')}${statement}${cborText('authData')}${cborBytes(signed.data)}`
  if (kind === 'none') return object('none', 'a0')
  if (kind === 'self') {
    const signature = signatureOf(key.keys.privateKey, Buffer.concat([signed.data, signed.client]))
    return object('packed', `a2${cborText('alg')}26${cborText('sig')}${cborBytes(signature)}`)
  }
  const { x = '', y = '' } = key.keys.publicKey.export({ format: 'jwk' })
  const base = Buffer.concat([
    Buffer.from([0]),
    signed.data.subarray(0, 32),
    signed.client,
    Buffer.from(key.id, 'base64url'),
    Buffer.from([4]),
    ...[x, y].map((number) => Buffer.from(number, 'base64url')),
  ])
  const signature = signatureOf(createPrivateKey({ key: maker.key, format: 'der', type: 'pkcs8' }), base)
  return object(
    'fido-u2f',
    `a2${cborText('sig')}${cborBytes(signature)}${cborText('x5c')}81${cborBytes(maker.certificate)}`,
  )
}

/** A manufacturer of authenticators, with its own certificate. */
const maker = {
  key: Buffer.from(
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkalZbqolBsuFY4J6LCwt++jWexBZNjt8lvvaNQQ3oi6hRANCAATQ3OBRBaYsNrQ8YCAX83dSanne4Q4xDQl3AFHL0b67XdKpfA/yKynlNaL3TuyYebKouBqwRi6yPFneKs0OgCEx',
    'base64',
  ),
  certificate: Buffer.from(
    'MIIB/DCCAaKgAwIBAgIUb3nLShzvF2Elb/qRGBgvHrWAfxkwCgYIKoZIzj0EAwIwVDELMAkGA1UEBhMCU0UxETAPBgNVBAoMCEJyYW5kIEFCMSIwIAYDVQQLDBlBdXRoZW50aWNhdG9yIEF0dGVzdGF0aW9uMQ4wDAYDVQQDDAVNYWtlcjAgFw0yNjExMjkxNzE5MzBaGA8yMTI2MTEwNTE3MTkzMFowVDELMAkGA1UEBhMCU0UxETAPBgNVBAoMCEJyYW5kIEFCMSIwIAYDVQQLDBlBdXRoZW50aWNhdG9yIEF0dGVzdGF0aW9uMQ4wDAYDVQQDDAVNYWtlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNDc4FEFpiw2tDxgIBfzd1Jqed7hDjENCXcAUcvRvrtd0ql8D/IrKeU1ovdO7Jh5sqi4GrBGLrI8Wd4qzQ6AITGjUDBOMB0GA1UdDgQWBBSEXH07/J5z4KeEHmme64tMk4hx6jAfBgNVHSMEGDAWgBSEXH07/J5z4KeEHmme64tMk4hx6jAMBgNVHRMBAf8EAjAAMAoGCCqGSM49BAMCA0gAMEUCIQD64Umvsrup22A7oCCu503p/+fSTuKqvTdYvw14m32GVwIgbsJ0TpMLUxkBA2HzU9KNOrh6GSAzKWjHNCzkwl3u8Yc=',
    'base64',
  ),
}

/** COSE_Key, in hex. RFC 9053 section 7.1.1, RFC 8230 section 4 */
export function coseOf({ algorithm, keys }: Device): string {
  const { x = '', y = '', n = '', e = '' } = keys.publicKey.export({ format: 'jwk' })
  const number = (text: string): string => cborBytes(Buffer.from(text, 'base64url'))
  return algorithm === 'ES256'
    ? `a501020326200121${number(x)}22${number(y)}`
    : `a401030339010020${number(n)}21${number(e)}`
}

/** RFC 8949 section 3.1, with shortest-form heads, as CTAP2 requires. */
const cborText = (text: string): string =>
  `${cborHead(0x60, text.length)}${Buffer.from(text).toString('hex')}`
export const cborBytes = (bytes: Buffer): string => `${cborHead(0x40, bytes.length)}${bytes.toString('hex')}`

function cborHead(major: number, length: number): string {
  if (length < 24) return octets(major + length, 1)
  return length < 256
    ? `${octets(major + 24, 1)}${octets(length, 1)}`
    : `${octets(major + 25, 1)}${octets(length, 2)}`
}

const octets = (number: number, count: number): string => number.toString(16).padStart(2 * count, '0')
