// shell · mails kept by the mailbox mailer: read and emptied on the machine that runs it
import { desc } from 'drizzle-orm'
import * as z from 'zod'
import type { Database } from '../platform/database/database.ts'
import { textOf } from '../platform/encoding/bytes.ts'
import { openRow } from '../platform/vault/fields.ts'
import type { Vault } from '../platform/vault/keys.ts'
import { mailbox } from './tables.ts'

const wireMail = z.object({
  from: z.string(),
  to: z.tuple([z.string()]),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
})

export interface MailboxMail {
  readonly id: string
  readonly to: string
  readonly from: string
  readonly subject: string
  readonly headers: Readonly<Record<string, string>>
  readonly html: string
  readonly text: string
  readonly at: Date
}

/** Newest first, at most `limit`. Rows sealed under another key are skipped. */
export async function readMailbox(
  db: Database,
  vault: Vault,
  limit: number,
): Promise<readonly MailboxMail[]> {
  const rows = await db
    .select({ id: mailbox.id, sealed: mailbox.sealed, at: mailbox.at })
    .from(mailbox)
    .orderBy(desc(mailbox.number))
    .limit(limit)
  return rows.flatMap(({ id, sealed, at }) => {
    const plain = openRow(vault, { table: 'mailbox', id }, sealed)
    if (plain === null) return []
    const { to, ...mail } = wireMail.parse(JSON.parse(textOf(plain)))
    return [{ id, to: to[0], at, ...mail }]
  })
}

export const emptyMailbox = async (db: Database): Promise<void> => {
  await db.delete(mailbox)
}
