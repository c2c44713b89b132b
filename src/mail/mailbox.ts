// adapter · mailbox mailer: stores mails in a sealed table, to be read on the same machine
import { sql } from 'drizzle-orm'
import type { Database } from '../platform/database/database.ts'
import type { Deps, Mailer } from '../platform/deps.ts'
import { bytesOf } from '../platform/encoding/bytes.ts'
import { sealRow } from '../platform/vault/fields.ts'
import { mailbox } from './tables.ts'

/** Accepts every mail once per idempotency key and position, like a reliable provider. */
export function mailboxMailer(
  deps: Pick<Deps, 'vault' | 'randomBytes' | 'ids' | 'clock'> & { db: Database },
): Mailer {
  return {
    name: 'mailbox',
    can: { setMessageId: false, smtpUtf8: true },
    async send(mails, idempotencyKey) {
      const rows = mails.map((mail, position) => {
        const id = deps.ids()
        const sealed = sealRow(deps.vault, deps.randomBytes(12), { table: 'mailbox', id }, bytesOf(mail))
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
