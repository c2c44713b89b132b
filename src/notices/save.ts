// shell · saves notices by content hash; stored notices are never changed
import type { Locale } from '../i18n/locale.ts'
import type { Tx } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { base64urlOf, bytesOfBase64url } from '../platform/encoding/bytes.ts'
import { canonicalJson, type Json } from '../platform/encoding/jcs.ts'
import { notices } from './tables.ts'

/** Saves bundles; returns the hashes of the new ones. */
export async function saveNotices(
  deps: Pick<Deps, 'clock'>,
  tx: Tx,
  list: number,
  bundles: readonly { readonly locale: Locale; readonly bundle: Json; readonly hash: string }[],
): Promise<readonly string[]> {
  const rows = await tx
    .insert(notices)
    .values(
      bundles.map(({ locale, bundle, hash }) => ({
        hash: bytesOfBase64url(hash) ?? new Uint8Array(),
        list,
        locale,
        bundle: canonicalJson(bundle),
        publishedAt: deps.clock(),
      })),
    )
    .onConflictDoNothing()
    .returning({ hash: notices.hash })
  return rows.map((row) => base64urlOf(row.hash))
}
