// shell · sender of mails to operators: the setting, else the sender of the first list, else this host
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Actor } from '../../audit/actor.ts'
import { readRow } from '../../platform/database/rows.ts'
import type { Deps } from '../../platform/deps.ts'
import { line, mailAddress } from '../../platform/form.ts'
import { saveSetting } from '../save-setting.ts'

export const senderInput = z.object({ name: line(100), email: mailAddress })
export type HouseSender = z.output<typeof senderInput>

const stored = z.object({ name: z.string(), email: z.string() })

/** `isSet`: whether an operator chose the sender. */
export async function houseSender(
  deps: Pick<Deps, 'db' | 'config'>,
): Promise<HouseSender & { isSet: boolean }> {
  const row = await readRow(
    deps.db,
    sendersRow,
    sql`
      select (select value from settings where name = 'sender') as chosen,
        (select settings -> 'sender' from lists order by number limit 1) as first`,
  )
  const chosen = stored.safeParse(row?.chosen)
  if (chosen.success) return { ...chosen.data, isSet: true }
  const first = stored.safeParse(row?.first)
  const host = new URL(deps.config.publicUrl).hostname
  return { ...(first.success ? first.data : { name: 'Assent', email: `assent@${host}` }), isSet: false }
}

const sendersRow = z.object({ chosen: z.unknown(), first: z.unknown() })

export const setHouseSender = (deps: Deps, actor: Actor, sender: HouseSender): Promise<void> =>
  saveSetting(deps, actor, { name: 'sender', value: sender })
