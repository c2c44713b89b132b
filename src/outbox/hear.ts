// shell · feedback on a service mail
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Feedback } from '../mail/feedback.ts'
import { feedbackRelation, mergedFeedback } from '../mail/feedback-merge.ts'
import type { Tx } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import { serviceMailKinds } from './queue.ts'

/** The mail's subject: its kind, and its request or subscription. */
export type ServiceMailFeedback = Readonly<z.output<typeof mailRow>>

const mailRow = z.object({
  kind: z.enum(serviceMailKinds),
  request: z.string().nullable(),
  subscription: whole.nullable(),
})

/** Records feedback, and settles a mail without an answer as sent. Null where the mail no longer exists. */
export async function recordServiceMailFeedback(
  tx: Tx,
  id: string,
  feedback: Feedback,
): Promise<ServiceMailFeedback | null> {
  const mail = await readRow(
    tx,
    mailRow,
    sql`
      update service_mails as m set
        state = case when m.state = 'unknown' then 'sent' else m.state end,
        sent_at = case when m.state = 'unknown' then coalesce(m.sent_at, m.first_attempt_at) else m.sent_at end,
        ${mergedFeedback(sql`m`, sql`received`)}
      from ${feedbackRelation(feedback, sql`received`)}
      where m.id = ${id}::uuid
      returning m.kind, m.request, m.subscription`,
  )
  return mail ?? null
}
