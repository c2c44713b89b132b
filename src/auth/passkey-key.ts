// pure · passkey public keys: stored as SPKI, checked as COSE. RFC 5280 section 4.1, RFC 9053 section 7.1, RFC 8230
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { cose, decodeCredentialPublicKey, isoCBOR } from '@simplewebauthn/server/helpers'
import { type Bytes, base64urlOf } from '../platform/encoding/bytes.ts'

const { COSEALG, COSECRV, COSEKEYS, COSEKTY } = cose

/** Values of the column `algorithm`. Every authenticator supports one of the two. */
export type Algorithm = 'ES256' | 'RS256'

/** In order of preference, for the browser. */
export const algorithmIds = [COSEALG.ES256, COSEALG.RS256]

export const isAlgorithm = (name: string): name is Algorithm => name === 'ES256' || name === 'RS256'

/** `publicKey`: SubjectPublicKeyInfo in base64url; passkeys stored by the first version have padding. */
export interface StoredKey {
  readonly publicKey: string
  readonly algorithm: Algorithm
}

/** Null for another algorithm or curve. Throws for a point off the curve and for invalid CBOR. */
export function storedKeyOf(coseKey: Bytes): StoredKey | null {
  const known = jwkOf(decodeCredentialPublicKey(coseKey))
  if (known === null) return null
  const spki = createPublicKey({ key: known.jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' })
  return { publicKey: base64urlOf(spki), algorithm: known.algorithm }
}

function jwkOf(key: cose.COSEPublicKey): { jwk: JsonWebKey; algorithm: Algorithm } | null {
  const id = key.get(COSEKEYS.alg)
  if (cose.isCOSEPublicKeyEC2(key) && id === COSEALG.ES256) {
    const [x, y] = [key.get(COSEKEYS.x), key.get(COSEKEYS.y)]
    if (key.get(COSEKEYS.crv) !== COSECRV.P256 || x === undefined || y === undefined) return null
    return {
      jwk: { kty: 'EC', crv: 'P-256', x: base64urlOf(x), y: base64urlOf(y) },
      algorithm: 'ES256',
    }
  }
  if (cose.isCOSEPublicKeyRSA(key) && id === COSEALG.RS256) {
    const [n, e] = [key.get(COSEKEYS.n), key.get(COSEKEYS.e)]
    if (n === undefined || e === undefined) return null
    return { jwk: { kty: 'RSA', n: base64urlOf(n), e: base64urlOf(e) }, algorithm: 'RS256' }
  }
  return null
}

/** Throws if the stored value is no key. */
export function coseKeyOf({ publicKey, algorithm }: StoredKey): Bytes {
  const spki = Buffer.from(publicKey, 'base64url')
  const { x, y, n, e } = createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({ format: 'jwk' })
  const entries: readonly (readonly [number, number | Bytes])[] =
    algorithm === 'ES256'
      ? [
          [COSEKEYS.kty, COSEKTY.EC2],
          [COSEKEYS.alg, COSEALG.ES256],
          [COSEKEYS.crv, COSECRV.P256],
          [COSEKEYS.x, octetsOf(x)],
          [COSEKEYS.y, octetsOf(y)],
        ]
      : [
          [COSEKEYS.kty, COSEKTY.RSA],
          [COSEKEYS.alg, COSEALG.RS256],
          [COSEKEYS.n, octetsOf(n)],
          [COSEKEYS.e, octetsOf(e)],
        ]
  return isoCBOR.encode(new Map(entries))
}

/** Empty if key type and algorithm differ: no signature verifies then. */
const octetsOf = (number: string | undefined): Bytes => new Uint8Array(Buffer.from(number ?? '', 'base64url'))
