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
import { isOpen, type Slot, waitForSlot } from '../throttle/provider-rate.ts'
import { type Claim, markMails, type Ready, type Settled, settleMails } from './mark.ts'
import { type ServiceMailKind, serviceMailKinds } from './queue.ts'

/** The renderer's input: ids and a language. */
export interface ServiceMail {
  readonly id: string
  readonly kind: ServiceMailKind
  readonly request: string | null
  readonly subscription: number | null
  readonly locale: Locale
}

/** The mail as bytes, the same each time; null where it has become pointless. */
export type RenderServiceMail = (mail: ServiceMail) => WireMail | null
/** Loads what these mails need, in as many statements as one of them would take. */
export type ServiceMailRenderer = (deps: Deps, mails: readonly ServiceMail[]) => Promise<RenderServiceMail>
export type ServiceMailRenderers = Readonly<Record<ServiceMailKind, ServiceMailRenderer>>

const maxBatch = 100
/** Batches on their way at once: the next is rendered while the provider answers the others. */
const maxUnderWay = 4
/** Batches of one call, so that a worker keeps to its time. */
const maxBatches = 12

/**
 * Sends the mails that are due, several batches at once while full ones are waiting; returns how many mails it claimed. A batch
 * that is not full is the last of a call: another slot of the provider's rate would be wasted.
 */
export async function sendServiceMails(deps: Deps, renderers: ServiceMailRenderers): Promise<number> {
  const underWay = new Set<Promise<unknown>>()
  const failures: unknown[] = []
  let mails = 0
  for (let batches = 0; batches < maxBatches && failures.length === 0; batches += 1) {
    const taken = await takeBatch(deps).catch((error: unknown) => {
      failures.push(error)
      return null
    })
    if (taken === null) break
    mails += taken.claim.mails.length
    const sending: Promise<unknown> = sendTaken(deps, renderers, taken)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => underWay.delete(sending))
    underWay.add(sending)
    if (taken.claim.mails.length < maxBatch) break
    if (underWay.size >= maxUnderWay) await Promise.race(underWay)
  }
  await Promise.all(underWay)
  if (failures.length > 0) throw failures[0]
  return mails
}

interface Taken {
  readonly slot: Slot
  readonly claim: Claim
  readonly claimedAt: Date
}

async function takeBatch(deps: Deps): Promise<Taken | null> {
  if (!(await isAnyDue(deps))) return null
  const slot = await waitForSlot(deps)
  const claimedAt = deps.clock()
  const claim = await claimMails(deps)
  return claim === null ? null : { slot, claim, claimedAt }
}

async function sendTaken(deps: Deps, renderers: ServiceMailRenderers, taken: Taken): Promise<void> {
  const { slot, claim, claimedAt } = taken
  const rendered = await renderAll(deps, renderers, claim.mails)
  const unsendable = rendered.flatMap((one) => ('state' in one ? [one] : []))
  if (unsendable.length > 0) await settleMails(deps, claim, unsendable)
  const ready = rendered.flatMap((one) => ('wire' in one ? [one] : []))
  if (ready.length === 0) return
  await slot.depart()
  if (isLate(deps, claimedAt)) return
  const outcome = await deps.mailer.send(
    ready.map(({ wire }) => wire),
    `service-${claim.batch}`,
  )
  await markMails(deps, claim, ready, outcome)
}

type Rendered = Ready | Settled

/** In the order of `mails`, by which the provider's answer is read. */
async function renderAll(
  deps: Deps,
  renderers: ServiceMailRenderers,
  mails: readonly ServiceMail[],
): Promise<readonly Rendered[]> {
  const byKind = Map.groupBy(mails, ({ kind }) => kind)
  const rendered = await Promise.all(
    Array.from(byKind, ([kind, some]) => renderEach(deps, renderers[kind], some)),
  )
  const byId = new Map(rendered.flat().map((one) => [one.id, one]))
  return mails.flatMap(({ id }) => byId.get(id) ?? [])
}

/** Mails rendered before other work of this process gets its turn: a hundred in one go held up every sign-up for 50 ms. */
const mailsPerTurn = 8

/** A mail that cannot be loaded or rendered is rejected and logged; the ninety-nine beside it are sent. */
async function renderEach(
  deps: Deps,
  renderer: ServiceMailRenderer,
  mails: readonly ServiceMail[],
): Promise<readonly Rendered[]> {
  const render = await renderer(deps, mails).catch((error: unknown) => {
    if (isTransient(error)) throw error
    return { error }
  })
  if (typeof render !== 'function') {
    if (mails.length === 1) return mails.map((mail) => notRendered(deps, mail, render.error))
    const alone = await Promise.all(mails.map((mail) => renderEach(deps, renderer, [mail])))
    return alone.flat()
  }
  const rendered: Rendered[] = []
  for (const mail of mails) {
    if (rendered.length % mailsPerTurn === mailsPerTurn - 1)
      await new Promise((resolve) => setImmediate(resolve))
    rendered.push(renderOne(deps, render, mail))
  }
  return rendered
}

function renderOne(deps: Deps, render: RenderServiceMail, mail: ServiceMail): Rendered {
  try {
    const wire = render(mail)
    return wire === null ? { id: mail.id, state: 'dropped' } : { id: mail.id, wire }
  } catch (error) {
    return notRendered(deps, mail, error)
  }
}

function notRendered(deps: Deps, { id }: ServiceMail, error: unknown): Settled {
  deps.log.error('service_mail.not_rendered', { mail: id, ...describeError(error) })
  return { id, state: 'rejected', problem: 'not_rendered' }
}

/** For kinds of which few are sent at once. */
export const oneByOne =
  (render: (deps: Deps, mail: ServiceMail) => Promise<WireMail | null>): ServiceMailRenderer =>
  async (deps, mails) => {
    const made = new Map(
      await Promise.all(mails.map(async (mail) => [mail.id, await render(deps, mail)] as const)),
    )
    return ({ id }) => made.get(id) ?? null
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
 * Claims, in this order: a whole batch whose answer never came; new mails, oldest first; mails of a batch refused for its
 * content, one by one, so that the faulty mail is found and the others arrive. A repeated batch is locked by its first mail, so
 * that two processes never share one: each would post a part of it under the key of the whole.
 */
async function claimMails(deps: Deps): Promise<Claim | null> {
  return deps.db.transaction(async (tx) => {
    await tx.execute(sql`
      update service_mails set state = 'unknown' where ${outlivedItsKey(deps)}`)
    const stale = await readRow(
      tx,
      staleRow,
      sql`
        select m.batch from service_mails as m
        where m.state = 'posting' and m.lease_until <= now() and ${isOpen(deps.mailer.name)}
          and not exists (
            select from service_mails as o
            where o.batch = m.batch and o.state = 'posting' and o.position < m.position)
        order by m.first_attempt_at
        limit 1
        for update of m skip locked`,
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

/** Makes the mails of killed processes claimable again at once. */
export async function takeOverServiceMails(db: Executor, holders: readonly string[]): Promise<void> {
  await db.execute(sql`update service_mails set lease_until = now() where ${isHeldBy(holders)}`)
}

/** Runs after the database clock was set back. */
export async function pullBackServiceMails({ db }: Deps): Promise<void> {
  await db.execute(sql`update service_mails set ${pulledBack} where ${liesAhead}`)
}
