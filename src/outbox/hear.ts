// shell · writes down what the provider says of a service mail
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Feedback } from '../mail/feedback.ts'
import { mergedFeedback, saidRow } from '../mail/feedback-merge.ts'
import type { Tx } from '../platform/database/database.ts'
import { readRow } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import { serviceMailKinds } from './queue.ts'

/** What the mail was about. */
export type ServiceMailFeedback = Readonly<z.output<typeof heardRow>>

const heardRow = z.object({
  kind: z.enum(serviceMailKinds),
  request: z.string().nullable(),
  subscription: whole.nullable(),
})

/** A mail whose answer never came is known to be sent by now. Null where there is no such mail any more. */
export async function recordServiceMailFeedback(
  tx: Tx,
  id: string,
  feedback: Feedback,
): Promise<ServiceMailFeedback | null> {
  const mail = await readRow(
    tx,
    heardRow,
    sql`
      update service_mails as m set
        state = case when m.state = 'unknown' then 'sent' else m.state end,
        sent_at = case when m.state = 'unknown' then coalesce(m.sent_at, m.first_attempt_at) else m.sent_at end,
        ${mergedFeedback(sql`m`, sql`said`)}
      from ${saidRow(feedback, sql`said`)}
      where m.id = ${id}::uuid
      returning m.kind, m.request, m.subscription`,
  )
  return mail ?? null
}
