// pure · the keys of a deployment that never was, for tests of what is made under them
import { secretKey, type Vault } from '../../src/platform/vault/keys.ts'

/** All keys alike, other ones for each seed. */
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
