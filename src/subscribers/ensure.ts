// shell · a row for a person whose address we were given, made once however many ask
import { sql } from 'drizzle-orm'
import type { Locale } from '../i18n/locale.ts'
import type { Tx } from '../platform/database/database.ts'
import type { Deps } from '../platform/deps.ts'
import { hexOf } from '../platform/encoding/bytes.ts'
import { sealField } from '../platform/vault/fields.ts'
import { addressIndex } from '../platform/vault/indexes.ts'
import type { Address } from './address.ts'
import { mailboxProvider } from './mailbox-provider.ts'
import { subscribers } from './tables.ts'

/** The id and uid of each person, by canonical address; rows are made in index order, so that two batches cannot deadlock. */
export async function ensureSubscribers(
  deps: Pick<Deps, 'vault' | 'randomBytes' | 'ids' | 'clock'>,
  tx: Tx,
  people: readonly { readonly address: Address; readonly locale: Locale }[],
): Promise<ReadonlyMap<string, { readonly id: number; readonly uid: string }>> {
  if (people.length === 0) return new Map()
  const rows = people
    .map(({ address, locale }) => {
      const uid = deps.ids()
      return {
        canonical: address.canonical,
        index: hexOf(addressIndex(deps.vault, address.canonical)),
        row: {
          uid,
          addressIndex: addressIndex(deps.vault, address.canonical),
          address: sealField(deps.vault, deps.randomBytes(12), { uid, field: 'address' }, address.sendTo),
          locale,
          mailboxProvider: mailboxProvider(address.sendTo),
          createdAt: deps.clock(),
        },
      }
    })
    .sort((a, b) => (a.index < b.index ? -1 : 1))
  await tx
    .insert(subscribers)
    .values(rows.map(({ row }) => row))
    .onConflictDoNothing({ target: subscribers.addressIndex })
  const found = await tx
    .select({
      id: subscribers.id,
      uid: subscribers.uid,
      index: subscribers.addressIndex,
    })
    .from(subscribers)
    .where(
      sql`${subscribers.addressIndex} in (select decode(h, 'hex') from unnest(${`{${rows.map((row) => row.index).join(',')}}`}::text[]) as h)`,
    )
  const byIndex = new Map(found.map(({ index, ...ids }) => [hexOf(index), ids]))
  return new Map(
    rows.flatMap(({ canonical, index }) => {
      const ids = byIndex.get(index)
      return ids === undefined ? [] : [[canonical, ids]]
    }),
  )
}
