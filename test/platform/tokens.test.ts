// pure · HMAC-SHA-256 as published, and the tokens of links and tags built on it
import { createSecretKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bytesOf } from '../../src/platform/encoding/bytes.ts'
import { hmac } from '../../src/platform/vault/keys.ts'
import {
  campaignTokens,
  openReference,
  openTag,
  referenceToken,
  tagToken,
} from '../../src/platform/vault/tokens.ts'
import { vaultOf } from '../support/vault.ts'

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** RFC 4231, sections 4.2 to 4.4 and 4.8: including a key longer than a block. */
const published = [
  {
    key: new Uint8Array(20).fill(0x0b),
    said: bytesOf('Hi There'),
    mac: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  },
  {
    key: bytesOf('Jefe'),
    said: bytesOf('what do ya want for nothing?'),
    mac: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  },
  {
    key: new Uint8Array(20).fill(0xaa),
    said: new Uint8Array(50).fill(0xdd),
    mac: '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  },
  {
    key: new Uint8Array(131).fill(0xaa),
    said: bytesOf(
      'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    ),
    mac: '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  },
]

describe('a MAC', () => {
  it.each(published)('is what RFC 4231 prints: $mac', ({ key, said, mac }) => {
    expect(hexOf(hmac(createSecretKey(key), said))).toBe(mac)
  })
})

describe('the three tokens of a mail', () => {
  const vault = vaultOf(5)

  it.each([
    { subscription: 1, campaign: 0 },
    { subscription: 4_294_967_296, campaign: 4_294_967_295 },
    { subscription: Number.MAX_SAFE_INTEGER, campaign: 2 ** 40 + 3 },
  ])('are those made one by one, and open again: %o', (reference) => {
    const tagged = { kind: 'campaign', ...reference } as const
    const tokens = campaignTokens(vault, reference)
    expect(tokens).toEqual({
      unsubscribe: referenceToken(vault, 'unsub', reference),
      preferences: referenceToken(vault, 'pref', reference),
      tag: tagToken(vault, tagged),
    })
    expect(openReference(vault, 'unsub', tokens.unsubscribe)).toEqual(reference)
    expect(openReference(vault, 'pref', tokens.preferences)).toEqual(reference)
    expect(openTag(vault, tokens.tag)).toEqual(tagged)
  })
})
