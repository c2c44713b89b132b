// shell · hands service mail over: claim, render, post under one key, mark. A crash at any point repeats the same request
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { type Locale, locales } from '../i18n/locale.ts'
import type { Executor, Tx } from '../platform/database/database.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { moment, whole } from '../platform/database/values.ts'
import type { Deps, WireMail } from '../platform/deps.ts'
import { describeError, isTransient } from '../platform/failures.ts'
import { claimedBy, isHeldBy, isLate, liesAhead, outlivedItsKey, pulledBack } from '../throttle/lease.ts'
import { isOpen, waitForSlot } from '../throttle/provider-rate.ts'
import { type Claim, markMails, type Ready, type Settled, settleMails } from './mark.ts'
import { type ServiceMailKind, serviceMailKinds } from './queue.ts'

/** What a renderer is told: ids and a language. */
export interface ServiceMail {
  readonly id: string
  readonly kind: ServiceMailKind
  readonly request: string | null
  readonly subscription: number | null
  readonly locale: Locale
}

/** The same bytes whenever it is asked; null where there is nothing to say any more. */
export type ServiceMailRenderer = (deps: Deps, mail: ServiceMail) => Promise<WireMail | null>
export type ServiceMailRenderers = Readonly<Record<ServiceMailKind, ServiceMailRenderer>>

const maxBatch = 100

/** Sends one batch of what waits; answers how many mails it settled. */
export async function sendServiceMails(deps: Deps, renderers: ServiceMailRenderers): Promise<number> {
  if (!(await isAnyDue(deps))) return 0
  const slot = await waitForSlot(deps)
  const claimedAt = deps.clock()
  const claim = await claimMails(deps)
  if (claim === null) return 0
  const rendered = await Promise.all(claim.mails.map((mail) => rendering(deps, renderers, mail)))
  const gone = rendered.flatMap((one) => ('state' in one ? [one] : []))
  if (gone.length > 0) await settleMails(deps, claim, gone)
  const ready = rendered.flatMap((one) => ('wire' in one ? [one] : []))
  if (ready.length > 0) {
    await slot.depart()
    if (isLate(deps, claimedAt)) return claim.mails.length
    const outcome = await deps.mailer.send(
      ready.map(({ wire }) => wire),
      `service-${claim.batch}`,
    )
    await markMails(deps, claim, ready, outcome)
  }
  return claim.mails.length
}

/** A mail that cannot be rendered is one mail lost and told of, not the ninety-nine beside it. */
async function rendering(
  deps: Deps,
  renderers: ServiceMailRenderers,
  mail: ServiceMail,
): Promise<Ready | Settled> {
  try {
    const wire = await renderers[mail.kind](deps, mail)
    return wire === null ? { id: mail.id, state: 'dropped' } : { id: mail.id, wire }
  } catch (error) {
    if (isTransient(error)) throw error
    deps.log.error('service_mail.not_rendered', { mail: mail.id, ...describeError(error) })
    return { id: mail.id, state: 'rejected', problem: 'not_rendered' }
  }
}

async function isAnyDue(deps: Deps): Promise<boolean> {
  const rows = await deps.db.execute(sql`
    select 1 from service_mails
    where state in ('queued', 'posting') and (lease_until is null or lease_until <= now())
      and ${isOpen(deps.mailer.name)}
    limit 1`)
  return rows.length > 0
}

const claimedRow = z.object({
  id: z.string(),
  kind: z.enum(serviceMailKinds),
  request: z.string().nullable(),
  subscription: whole.nullable(),
  locale: z.enum(locales).catch('en'),
  batch: z.string(),
  attempt: whole,
  lease_until: moment,
})

/**
 * A batch whose answer never came goes first and whole; else new mails, oldest first; at last, one by one, those of a batch
 * that was refused for its content, so that the guilty one is found and the others arrive.
 */
async function claimMails(deps: Deps): Promise<Claim | null> {
  return deps.db.transaction(async (tx) => {
    await tx.execute(sql`
      update service_mails set state = 'unknown' where ${outlivedItsKey(deps)}`)
    const stale = await readRow(
      tx,
      staleRow,
      sql`
        select batch from service_mails
        where state = 'posting' and lease_until <= now() and ${isOpen(deps.mailer.name)}
        order by first_attempt_at
        limit 1
        for update skip locked`,
    )
    const queued = sql`state = 'queued' and (lease_until is null or lease_until <= now())`
    const take = (which: SQL, most: number) =>
      takeMails(deps, tx, { which, most, batch: stale?.batch ?? deps.ids() })
    const rows =
      stale === undefined
        ? ((await take(sql`${queued} and problem is null`, maxBatch)) ??
          (await take(sql`${queued} and problem is not null`, 1)))
        : await take(
            sql`state = 'posting' and batch = ${stale.batch}::uuid and lease_until <= now()`,
            maxBatch,
          )
    const [first] = rows ?? []
    if (rows === null || first === undefined) return null
    const mails = rows
      .map(({ id, kind, request, subscription, locale }) => ({ id, kind, request, subscription, locale }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    return {
      batch: first.batch,
      repeat: stale !== undefined,
      leaseUntil: first.lease_until,
      attempt: Math.max(...rows.map(({ attempt }) => attempt)),
      mails,
    }
  })
}

const staleRow = z.object({ batch: z.string() })

/** Null where there are none. */
async function takeMails(
  deps: Deps,
  tx: Tx,
  { which, most, batch }: { which: SQL; most: number; batch: string },
): Promise<readonly z.output<typeof claimedRow>[] | null> {
  const rows = await readRows(
    tx,
    claimedRow,
    sql`
        with due as (
          select id from service_mails
          where ${which} and ${isOpen(deps.mailer.name)}
          order by created_at, id
          limit ${most}
          for update skip locked
        ), numbered as (select id, row_number() over (order by id) - 1 as position from due)
        update service_mails as m set
          ${claimedBy(deps, sql`m`)},
          batch = ${batch}::uuid,
          position = n.position
        from numbered as n
        where m.id = n.id
        returning m.id, m.kind, m.request, m.subscription, m.locale, m.batch, m.attempt, m.lease_until`,
  )
  return rows.length === 0 ? null : rows
}

/** What killed processes held is claimed again at once. */
export async function takeOverServiceMails(db: Executor, holders: readonly string[]): Promise<void> {
  await db.execute(sql`update service_mails set lease_until = now() where ${isHeldBy(holders)}`)
}

/** After the clock of the database was put back. */
export async function pullBackServiceMails({ db }: Deps): Promise<void> {
  await db.execute(sql`update service_mails set ${pulledBack} where ${liesAhead}`)
}
