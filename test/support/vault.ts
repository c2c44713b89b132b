// pure · the keys of an imaginary deployment, for tests of what they protect
import { secretKey, type Vault } from '../../src/platform/vault/keys.ts'

/** Returns a vault whose keys are all the same; each seed gives another key. */
export const vaultOf = (seed: number): Vault => {
  const key = secretKey(new Uint8Array(32).fill(seed))
  return {
    keks: [],
    keys: {
      K_idx: key,
      K_supp: key,
      K_un: key,
      K_tok: key,
      K_field: key,
      K_form: key,
      K_session: key,
      K_receipt: key,
      K_log: key,
    },
  }
}
