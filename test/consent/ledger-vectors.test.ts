// entry · vectors of an independent program, row by row, against our functions (docs/ledger.md); LEDGER_VECTORS names another file
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import {
  openPayload,
  payloadCipherKey,
  payloadCommitment,
  payloadCommitmentUnder,
  payloadKey,
  sealPayload,
  subjectCommitment,
  subjectCommitmentUnder,
  subjectKey,
} from '../../src/consent/evidence/commitments.ts'
import { leafHashOf } from '../../src/consent/ledger.ts'
import {
  noteSigner,
  openCheckpoint,
  parseVerifierKey,
  signCheckpoint,
  verifierKeyOf,
} from '../../src/log/checkpoint.ts'
import {
  append,
  consistencyProof,
  emptyFrontier,
  frontierRoot,
  inclusionProof,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '../../src/log/tree.ts'
import { base64urlOf, bytesOf, bytesOfHex, hexOf } from '../../src/platform/encoding/bytes.ts'
import { canonicalJson, hashOfJson, type Json } from '../../src/platform/encoding/jcs.ts'
import { openField, openRow, sealField, sealRow } from '../../src/platform/vault/fields.ts'
import { addressIndex, limitHash, suppressionHash } from '../../src/platform/vault/indexes.ts'
import { kekOf, secretKey, unwrap, type Vault, wrap } from '../../src/platform/vault/keys.ts'
import {
  openReference,
  openRequest,
  openTag,
  referenceToken,
  requestCode,
  requestToken,
  tagToken,
} from '../../src/platform/vault/tokens.ts'

const hex = z.string().regex(/^([0-9a-f]{2})*$/)
const json: z.ZodType<Json> = z.json()
const object = z.record(z.string(), json)
const decimal = z.string().regex(/^\d+$/)

/** Strict throughout: a section or key unread by the checks below would be a vector skipped silently. */
const vectorFile = z.strictObject({
  events: z
    .array(
      z.strictObject({
        K_s_hex: hex,
        canonical_address: z.string(),
        notice: object,
        payload: object,
        K_sub_hex: hex,
        K_pay_hex: hex,
        K_enc_hex: hex,
        nonce_hex: hex,
        blob_hex: hex,
        leaf_json: z.string(),
        leaf_hash_hex: hex,
      }),
    )
    .min(1),
  lookups: z.strictObject({
    K_idx_hex: hex,
    K_supp_hex: hex,
    rows: z
      .array(
        z.strictObject({
          canonical_address: z.string(),
          list: z.string(),
          addr_idx_hex: hex,
          supp_all_hex: hex,
          supp_list_hex: hex,
        }),
      )
      .min(1),
  }),
  keys: z.strictObject({
    secret_hex: hex,
    kek_hex: hex,
    wrapped: z
      .array(z.strictObject({ aad: z.string(), key_hex: hex, nonce_hex: hex, wrapped_hex: hex }))
      .min(1),
  }),
  sealed: z.strictObject({ aad: z.string(), bytes: z.string(), nonce_hex: hex, sealed_hex: hex }),
  limit: z.strictObject({ abuse_key: z.string(), limit_hex: hex }),
  field: z.strictObject({
    K_field_hex: hex,
    subscriber: z.string(),
    field: z.string(),
    value: z.string(),
    nonce_hex: hex,
    cipher_hex: hex,
  }),
  roots_hex: z.record(decimal, hex),
  inclusion: z.array(z.strictObject({ index: z.int(), size: z.int(), path_hex: z.array(hex) })).min(1),
  consistency: z.array(z.strictObject({ from: z.int(), to: z.int(), path_hex: z.array(hex) })).min(1),
  checkpoint: z.strictObject({ private_key_hex: hex, vkey: z.string(), note: z.string() }),
  tokens: z.strictObject({
    K_un_hex: hex,
    K_tok_hex: hex,
    references: z
      .array(
        z.strictObject({
          subscription: decimal,
          campaign: decimal,
          unsubscribe: z.string(),
          preferences: z.string(),
          tag_campaign: z.string(),
          tag_message: z.string(),
        }),
      )
      .min(1),
    request: z.string(),
    code: z.string(),
    confirm: z.string(),
    guardian: z.string(),
    me: z.string(),
    tag_service_mail: z.string(),
  }),
})

const { LEDGER_VECTORS } = process.env
const file = LEDGER_VECTORS || new URL('../vectors/ledger.json', import.meta.url)
const vectors = vectorFile.parse(JSON.parse(readFileSync(file, 'utf8')))

const leafSchema = z.object({
  eid: z.string(),
  list: z.string(),
  notice: z.string(),
  pay: z.string(),
  prev: z.string().nullable(),
  seq: z.int(),
  sub: z.string(),
})
const events = vectors.events.map((event) => ({
  ...event,
  leaf: leafSchema.parse(JSON.parse(event.leaf_json)),
}))
const leafHashes = vectors.events.map((event) => bytesOfHex(event.leaf_hash_hex))
const rootAt = (size: number) => bytesOfHex(vectors.roots_hex[String(size)] ?? '')

const otherKey = secretKey(bytesOf('a key of 32 bytes, and not theirs'.slice(0, 32)))
const keyOf = (keyHex: string) => secretKey(bytesOfHex(keyHex))
const vault: Vault = {
  keks: [kekOf(bytesOfHex(vectors.keys.secret_hex))],
  keys: {
    K_idx: keyOf(vectors.lookups.K_idx_hex),
    K_supp: keyOf(vectors.lookups.K_supp_hex),
    K_un: keyOf(vectors.tokens.K_un_hex),
    K_tok: keyOf(vectors.tokens.K_tok_hex),
    K_field: keyOf(vectors.field.K_field_hex),
    K_form: otherKey,
    K_session: otherKey,
    K_receipt: otherKey,
    K_log: otherKey,
  },
}

/** Flips one bit in each byte, first and last bit by turns. */
const flipped = (bytes: Uint8Array): readonly Uint8Array[] =>
  Array.from(bytes, (_, at) =>
    bytes.map((byte, other) => (other === at ? byte ^ (at % 2 === 0 ? 1 : 128) : byte)),
  )

/** Replaces one letter in each place. */
const altered = (text: string): readonly string[] =>
  Array.from(text, (letter, at) => `${text.slice(0, at)}${letter === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`)

const hashesOf = (path: readonly string[]) => path.map(bytesOfHex)
const hexes = (path: readonly Uint8Array[]) => path.map(hexOf)

/** One check per section; the type keeps both lists the same. */
const checks: Readonly<Record<keyof typeof vectors, () => void>> = {
  events: () => {
    describe.each(events)('event $leaf.eid', (event) => {
      const key = bytesOfHex(event.K_s_hex)
      const { eid, list } = event.leaf

      it('has the keys that its K_s gives', () => {
        expect(hexOf(subjectKey(key, list))).toBe(event.K_sub_hex)
        expect(hexOf(payloadKey(key, eid))).toBe(event.K_pay_hex)
        expect(hexOf(payloadCipherKey(key, eid))).toBe(event.K_enc_hex)
      })

      it('commits to the address, the payload and the notice', () => {
        const kSub = bytesOfHex(event.K_sub_hex)
        expect(base64urlOf(subjectCommitment(key, list, event.canonical_address))).toBe(event.leaf.sub)
        expect(base64urlOf(subjectCommitmentUnder(kSub, list, event.canonical_address))).toBe(event.leaf.sub)
        expect(base64urlOf(payloadCommitment(key, eid, event.payload))).toBe(event.leaf.pay)
        expect(base64urlOf(payloadCommitmentUnder(bytesOfHex(event.K_pay_hex), event.payload))).toBe(
          event.leaf.pay,
        )
        expect(base64urlOf(hashOfJson(event.notice))).toBe(event.leaf.notice)
      })

      it('seals the payload and opens it again', () => {
        const blob = bytesOfHex(event.blob_hex)
        expect(hexOf(sealPayload(key, eid, bytesOfHex(event.nonce_hex), event.payload))).toBe(event.blob_hex)
        expect(openPayload(key, eid, blob)).toEqual(event.payload)
      })

      it('has the canonical leaf and its hash', () => {
        expect(canonicalJson(json.parse(JSON.parse(event.leaf_json)))).toBe(event.leaf_json)
        expect(hexOf(leafHashOf(bytesOf(event.leaf_json)))).toBe(event.leaf_hash_hex)
      })

      it('fails where any byte of blob, leaf or key is another', () => {
        const blob = bytesOfHex(event.blob_hex)
        for (const changed of flipped(blob)) expect(openPayload(key, eid, changed)).toBeNull()
        for (let length = 0; length < blob.length; length += 7)
          expect(openPayload(key, eid, blob.subarray(0, length))).toBeNull()
        expect(openPayload(key, `${eid.slice(0, -1)}x`, blob)).toBeNull()
        for (const changed of flipped(bytesOf(event.leaf_json)))
          expect(hexOf(leafHashOf(changed))).not.toBe(event.leaf_hash_hex)
        for (const changed of flipped(key)) {
          expect(openPayload(changed, eid, blob)).toBeNull()
          expect(base64urlOf(subjectCommitment(changed, list, event.canonical_address))).not.toBe(
            event.leaf.sub,
          )
        }
        expect(base64urlOf(payloadCommitment(key, eid, { ...event.payload, more: 1 }))).not.toBe(
          event.leaf.pay,
        )
      })
    })

    it('are chains: each names the leaf before it', () => {
      const places = new Map(
        events.map(({ leaf, leaf_hash_hex }) => [base64urlOf(bytesOfHex(leaf_hash_hex)), leaf]),
      )
      for (const { leaf } of events) {
        const before = leaf.prev === null ? { seq: -1, list: leaf.list } : places.get(leaf.prev)
        expect(before).toMatchObject({ seq: leaf.seq - 1, list: leaf.list })
      }
    })

    it('take no key that is not 32 bytes', () => {
      expect(() => subjectKey(new Uint8Array(31), 'list')).toThrow(RangeError)
      expect(() => payloadCipherKey(new Uint8Array(33), 'eid')).toThrow(RangeError)
    })
  },

  lookups: () => {
    it.each(vectors.lookups.rows)('$canonical_address is found by its keyed hashes', (row) => {
      expect(hexOf(addressIndex(vault, row.canonical_address))).toBe(row.addr_idx_hex)
      expect(hexOf(suppressionHash(vault, 'all', row.canonical_address))).toBe(row.supp_all_hex)
      expect(hexOf(suppressionHash(vault, `list:${row.list}`, row.canonical_address))).toBe(row.supp_list_hex)
      expect(hexOf(addressIndex(vault, `${row.canonical_address}x`))).not.toBe(row.addr_idx_hex)
    })
  },

  keys: () => {
    it('come from SECRET', () => {
      expect(kekOf(bytesOfHex(vectors.keys.secret_hex)).export().toString('hex')).toBe(vectors.keys.kek_hex)
    })

    it.each(vectors.keys.wrapped)('$aad is wrapped and unwrapped', (row) => {
      const [kek] = vault.keks
      const wrapped = bytesOfHex(row.wrapped_hex)
      const key = bytesOfHex(row.key_hex)
      expect(kek && hexOf(wrap(kek, bytesOfHex(row.nonce_hex), key, row.aad))).toBe(row.wrapped_hex)
      expect(unwrap(vault.keks, wrapped, row.aad)).toEqual({ key, stale: false })
      expect(unwrap([otherKey, ...vault.keks], wrapped, row.aad)).toEqual({ key, stale: true })
      expect(unwrap([otherKey], wrapped, row.aad)).toBeNull()
      expect(unwrap(vault.keks, wrapped, `${row.aad}0`)).toBeNull()
      for (const changed of flipped(wrapped)) expect(unwrap(vault.keks, changed, row.aad)).toBeNull()
    })
  },

  sealed: () => {
    it('is a row that opens only in its place', () => {
      const { aad, bytes, nonce_hex, sealed_hex } = vectors.sealed
      const [table = '', id = ''] = aad.split('\0')
      const sealed = bytesOfHex(sealed_hex)
      expect(hexOf(sealRow(vault, bytesOfHex(nonce_hex), { table, id }, bytesOf(bytes)))).toBe(sealed_hex)
      expect(openRow(vault, { table, id }, sealed)).toEqual(bytesOf(bytes))
      expect(openRow(vault, { table, id: `${id}0` }, sealed)).toBeNull()
      for (const changed of flipped(sealed)) expect(openRow(vault, { table, id }, changed)).toBeNull()
    })
  },

  limit: () => {
    it('counts under the abuse key', () => {
      expect(hexOf(limitHash(vault, vectors.limit.abuse_key))).toBe(vectors.limit.limit_hex)
    })
  },

  field: () => {
    it('opens only for its subscriber and its key', () => {
      const { subscriber, field, value, nonce_hex, cipher_hex } = vectors.field
      const at = { uid: subscriber, field }
      const cipher = bytesOfHex(cipher_hex)
      expect(hexOf(sealField(vault, bytesOfHex(nonce_hex), at, value))).toBe(cipher_hex)
      expect(openField(vault, at, cipher)).toBe(value)
      expect(openField(vault, { ...at, field: `${field}s` }, cipher)).toBeNull()
      for (const changed of flipped(cipher)) expect(openField(vault, at, changed)).toBeNull()
    })
  },

  roots_hex: () => {
    it.each(Object.entries(vectors.roots_hex))('the tree of %s', (size, root) => {
      const leaves = leafHashes.slice(0, Number(size))
      expect(leaves).toHaveLength(Number(size))
      expect(hexOf(rootOf(leaves))).toBe(root)
      const half = append(emptyFrontier, leaves.slice(0, Number(size) / 2))
      expect(hexOf(frontierRoot(append(half, leaves.slice(Number(size) / 2))))).toBe(root)
    })
  },

  inclusion: () => {
    it.each(vectors.inclusion)('leaf $index in the tree of $size', ({ index, size, path_hex }) => {
      const leaves = leafHashes.slice(0, size)
      const leafHash = leaves[index] ?? new Uint8Array()
      const claim = { leafHash, index, size, path: hashesOf(path_hex), root: rootAt(size) }
      expect(hexes(inclusionProof(leaves, index))).toEqual(path_hex)
      expect(verifyInclusion(claim)).toBe(true)
      for (const changed of flipped(leafHash))
        expect(verifyInclusion({ ...claim, leafHash: changed })).toBe(false)
      for (const root of flipped(claim.root)) expect(verifyInclusion({ ...claim, root })).toBe(false)
      for (const path of pathsBut(claim.path)) expect(verifyInclusion({ ...claim, path })).toBe(false)
      for (let other = 0; other < size; other += 1)
        expect(verifyInclusion({ ...claim, index: other })).toBe(other === index)
    })
  },

  consistency: () => {
    it.each(vectors.consistency)('the tree of $to continues that of $from', ({ from, to, path_hex }) => {
      const claim = { from, fromRoot: rootAt(from), to, toRoot: rootAt(to), path: hashesOf(path_hex) }
      expect(hexes(consistencyProof(leafHashes.slice(0, to), from))).toEqual(path_hex)
      expect(verifyConsistency(claim)).toBe(true)
      for (const fromRoot of flipped(claim.fromRoot))
        expect(verifyConsistency({ ...claim, fromRoot })).toBe(false)
      for (const toRoot of flipped(claim.toRoot)) expect(verifyConsistency({ ...claim, toRoot })).toBe(false)
      for (const path of pathsBut(claim.path)) expect(verifyConsistency({ ...claim, path })).toBe(false)
    })
  },

  checkpoint: () => {
    const { private_key_hex, vkey, note } = vectors.checkpoint
    const verifier = parseVerifierKey(vkey)
    const signer = verifier && noteSigner(verifier.name, bytesOfHex(private_key_hex))

    it('has a vkey that names its key', () => {
      expect(signer && verifierKeyOf(signer)).toBe(vkey)
      for (const changed of altered(vkey)) expect(parseVerifierKey(changed)).toBeNull()
    })

    it('opens, and signed again it is the same note', () => {
      const checkpoint = verifier && openCheckpoint(verifier, note)
      expect(checkpoint).toMatchObject({ origin: verifier?.name, root: rootAt(checkpoint?.size ?? -1) })
      expect(signer && checkpoint && signCheckpoint(signer, checkpoint)).toBe(note)
    })

    it('is refused where any letter is another, or missing', () => {
      for (const changed of altered(note)) expect(verifier && openCheckpoint(verifier, changed)).toBeNull()
      for (let at = 0; at < note.length; at += 1)
        expect(verifier && openCheckpoint(verifier, `${note.slice(0, at)}${note.slice(at + 1)}`)).toBeNull()
    })
  },

  tokens: () => {
    const { request } = vectors.tokens

    it.each(vectors.tokens.references)('of subscription $subscription and campaign $campaign', (row) => {
      const reference = { subscription: Number(row.subscription), campaign: Number(row.campaign) }
      const { subscription, campaign } = reference
      expect(referenceToken(vault, 'unsub', reference)).toBe(row.unsubscribe)
      expect(referenceToken(vault, 'pref', reference)).toBe(row.preferences)
      expect(openReference(vault, 'unsub', row.unsubscribe)).toEqual(reference)
      expect(openReference(vault, 'pref', row.preferences)).toEqual(reference)
      expect(openReference(vault, 'pref', row.unsubscribe)).toBeNull()
      const tags = [
        { token: row.tag_campaign, tagged: { kind: 'campaign', subscription, campaign } },
        { token: row.tag_message, tagged: { kind: 'message', subscription, message: campaign } },
      ] as const
      for (const { token, tagged } of tags) {
        expect(tagToken(vault, tagged)).toBe(token)
        expect(openTag(vault, token)).toEqual(tagged)
        for (const changed of altered(token)) expect(openTag(vault, changed)).toBeNull()
      }
      for (const changed of altered(row.unsubscribe))
        expect(openReference(vault, 'unsub', changed)).toBeNull()
    })

    it.each(['confirm', 'guardian', 'me'] as const)('of a request to %s', (use) => {
      const token = vectors.tokens[use]
      expect(requestToken(vault, use, request)).toBe(token)
      expect(openRequest(vault, use, token)).toBe(request)
      expect(openRequest(vault, use === 'me' ? 'confirm' : 'me', token)).toBeNull()
      for (const changed of altered(token)) expect(openRequest(vault, use, changed)).toBeNull()
    })

    it('of a service mail, and the code of six digits', () => {
      const tagged = { kind: 'service_mail', id: request } as const
      expect(tagToken(vault, tagged)).toBe(vectors.tokens.tag_service_mail)
      expect(openTag(vault, vectors.tokens.tag_service_mail)).toEqual(tagged)
      expect(requestCode(vault, request)).toBe(vectors.tokens.code)
    })
  },
}

/** Changes a bit in each byte of each node, drops a node, adds a node, swaps two. */
function pathsBut(path: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const nodes = path.flatMap((node, at) => flipped(node).map((changed) => path.with(at, changed)))
  const [first, second, ...rest] = path
  const exchanged = first === undefined || second === undefined ? [] : [[second, first, ...rest]]
  const shorter = path.length === 0 ? [] : [path.slice(1), path.slice(0, -1)]
  return [...nodes, ...shorter, [...path, new Uint8Array(32)], ...exchanged]
}

describe('the vectors', () => {
  for (const [section, check] of Object.entries(checks)) describe(section, check)

  it('have no section without a check', () => {
    expect(Object.keys(checks).sort()).toEqual(Object.keys(vectors).sort())
  })
})
