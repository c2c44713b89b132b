// shell · keeps the language of a person's last confirmation, in which they are written to
import { eq } from 'drizzle-orm'
import type { Locale } from '../i18n/locale.ts'
import type { Tx } from '../platform/database/database.ts'
import { subscribers } from './tables.ts'

/** Returns who the person is. Nearly always the language is the one of the sign-up, and nothing is written. */
export async function keepLanguage(
  tx: Tx,
  number: number,
  locale: Locale,
): Promise<{ readonly number: number; readonly uid: string }> {
  const [row] = await tx
    .select({ uid: subscribers.uid, locale: subscribers.locale })
    .from(subscribers)
    .where(eq(subscribers.id, number))
  if (row === undefined) throw new Error('a subscription without its person')
  if (row.locale !== locale) await tx.update(subscribers).set({ locale }).where(eq(subscribers.id, number))
  return { number, uid: row.uid }
}
