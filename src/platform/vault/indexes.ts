// pure · keyed hashes for lookups: addresses, suppressions, limits. docs/ledger.md 4.6
import type { Bytes } from '../encoding/bytes.ts'
import { hmac, secretKey, type Vault } from './keys.ts'

export const addressIndex = (vault: Vault, canonicalAddress: string): Bytes =>
  hmac(vault.keys.K_idx, 'addr/v1', canonicalAddress)

/** `scope` is `all` or `list:<uuid>`. */
export const suppressionHash = (vault: Vault, scope: string, canonicalAddress: string): Bytes =>
  hmac(vault.keys.K_supp, 'supp/v1', scope, canonicalAddress)

/** Counts mail per person across spellings of an address; also the hash of scope `confirmations`. */
export const limitHash = (vault: Vault, abuseKey: string): Bytes =>
  hmac(vault.keys.K_supp, 'limit/v1', abuseKey)

/** A network under a daily key, so that yesterday's hashes cannot be joined to today's. `day`: 2026-11-22. */
export const networkHash = (vault: Vault, day: string, network: string): Bytes =>
  hmac(secretKey(hmac(vault.keys.K_supp, 'network-day/v1', day)), 'network/v1', network)

/** A repeated request, by its key or its content. Keyed, because a plain hash would let an address in either be guessed. */
export const repeatHash = (vault: Vault, ...parts: readonly string[]): Bytes =>
  hmac(vault.keys.K_idx, 'repeat/v1', ...parts)
