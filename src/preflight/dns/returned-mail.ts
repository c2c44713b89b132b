// sql · how the last of our mails that came back was signed by the mail server
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { type Signing, signingInWords } from '../../mail/inbound/signature.ts'
import type { Executor } from '../../platform/database/database.ts'
import { readRow } from '../../platform/database/rows.ts'
import { moment } from '../../platform/database/values.ts'
import type { Check } from '../check.ts'
import { check } from './sender.ts'

/** Replaces the check of a signature that DNS cannot see; null if no mail from this domain came back yet. */
export async function signatureSeen(db: Executor, address: string): Promise<Check | null> {
  const row = await readRow(
    db,
    seenRow,
    sql`select value, updated_at as at from settings where name = 'signing'`,
  )
  const seen = signing.safeParse(row?.value)
  const from = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  if (row === undefined || !seen.success || seen.data.from !== from) return null
  return signatureCheck(seen.data, row.at)
}

export function signatureCheck(seen: Exclude<Signing, { kind: 'not_ours' }>, at: Date): Check {
  const { holds, words, mend } = signingInWords(seen)
  return check(
    'dkim',
    holds ? 'ok' : 'warn',
    `The last mail that came back (${at.toISOString().slice(0, 10)}) ${words}.`,
    mend,
  )
}

const seenRow = z.object({ value: z.unknown(), at: moment })

const signing = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none'), from: z.string() }),
  z.object({ kind: z.literal('foreign'), from: z.string(), domains: z.array(z.string()) }),
  z.object({ kind: z.literal('partial'), from: z.string(), missing: z.array(z.string()) }),
  z.object({ kind: z.literal('whole'), from: z.string() }),
])
