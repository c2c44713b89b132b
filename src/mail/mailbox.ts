// adapter · the mailbox mailer: keeps what it is given in a sealed table, for a person at the same machine to read
import { desc, sql } from 'drizzle-orm'
import * as z from 'zod'
import { bytesOf, textOf } from '../platform/bytes.ts'
import type { Database } from '../platform/database.ts'
import type { Deps, Mailer } from '../platform/deps.ts'
import { openRow, sealRow } from '../platform/vault/fields.ts'
import type { Vault } from '../platform/vault/keys.ts'
import { mailbox } from './tables.ts'

const table = 'mailbox'

/** Accepts everything, once per idempotency key and position, like a provider that keeps its promises. */
export function mailboxMailer(
  deps: Pick<Deps, 'vault' | 'chance' | 'ids' | 'clock'> & { db: Database },
): Mailer {
  return {
    name: 'mailbox',
    can: { setMessageId: false, smtpUtf8: true },
    async send(mails, idempotencyKey) {
      const rows = mails.map((mail, position) => {
        const id = deps.ids()
        const sealed = sealRow(deps.vault, deps.chance(12), { table, id }, bytesOf(mail))
        return { id, idempotencyKey, position, sealed, at: deps.clock() }
      })
      await deps.db.insert(mailbox).values(rows).onConflictDoNothing()
      const kept = await deps.db
        .select({ id: mailbox.id, position: mailbox.position })
        .from(mailbox)
        .where(sql`${mailbox.idempotencyKey} = ${idempotencyKey}`)
      const ids = new Map(kept.map(({ id, position }) => [position, id]))
      return { kind: 'accepted', ids: mails.map((_, position) => ids.get(position) ?? null), rejected: [] }
    },
  }
}

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

/** Newest first, at most `limit`. Rows sealed under another key are passed over. */
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
    const plain = openRow(vault, { table, id }, sealed)
    if (plain === null) return []
    const { to, ...mail } = wireMail.parse(JSON.parse(textOf(plain)))
    return [{ id, to: to[0], at, ...mail }]
  })
}

export const emptyMailbox = async (db: Database): Promise<void> => {
  await db.delete(mailbox)
}
