// web · /api/v1/subscribers: people, their consents, the evidence behind them. Addresses come by POST, never in a URL
import * as z from 'zod'
import { subscriptionStates } from '../consent/ledger.ts'
import { openEvidence, payloadsOf } from '../consent/open-evidence.ts'
import { ledgerOf } from '../consent/timeline.ts'
import { locales } from '../i18n/locale.ts'
import { listByNumber } from '../lists/find.ts'
import type { List } from '../lists/list.ts'
import { base64urlOf, bytesOfHex } from '../platform/bytes.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError, invalid, notAvailableYet, notFound } from '../platform/errors.ts'
import { line, sentValue } from '../platform/form.ts'
import { isUuid } from '../platform/uuid.ts'
import { openField } from '../platform/vault/fields.ts'
import { addressIndex } from '../platform/vault/indexes.ts'
import { matches } from '../segments/audience.ts'
import { everyone } from '../segments/filter.ts'
import { checkedFilter } from '../segments/save.ts'
import { parseAddress } from '../subscribers/address.ts'
import { changeSubscriber } from '../subscribers/change.ts'
import {
  everybody,
  fieldRegistry,
  findSubscriber,
  onList,
  pageOfSubscribers,
  type SubscriberRow,
  withAddress,
} from '../subscribers/find.ts'
import { collection, endpoint, pageOf } from './endpoint.ts'
import { listNamed } from './lists.ts'

const search = z.union(
  [
    z.strictObject({ email: z.string() }),
    z.strictObject({
      list: z.string().max(100),
      state: z
        .enum(subscriptionStates, { error: `must be one of ${subscriptionStates.join(', ')}` })
        .optional(),
      filter: z.unknown().optional(),
    }),
  ],
  { error: 'must be {email} or {list, state, filter}' },
)

const change = z.strictObject({
  locale: z.enum(locales, { error: `must be one of ${locales.join(', ')}` }).optional(),
  fields: z.record(z.string(), sentValue).optional(),
  tags: z.array(line(60)).max(100, 'must have at most 100 tags').optional(),
})

const instant = (text: string | null): string | null =>
  text === null ? null : new Date(`${text}Z`).toISOString()

async function shower(deps: Deps): Promise<(row: SubscriberRow) => unknown> {
  const registry = await fieldRegistry(deps.db)
  return (row) => ({
    id: row.uid,
    email: openField(deps.vault, { uid: row.uid, field: 'address' }, bytesOfHex(row.address)),
    locale: row.locale,
    fields: Object.fromEntries(
      Object.entries(row.attributes).map(([key, value]) => [
        key,
        registry.get(key)?.protected === true && typeof value === 'string'
          ? openField(deps.vault, { uid: row.uid, field: key }, Buffer.from(value, 'base64'))
          : value,
      ]),
    ),
    tags: row.tags,
    subscriptions: row.subscriptions.map(({ id: _, granted, confirmed_at, withdrawn_at, ...one }) => ({
      ...one,
      purposes: granted,
      confirmed_at: instant(confirmed_at),
      withdrawn_at: instant(withdrawn_at),
    })),
  })
}

async function pageWhere(deps: Deps, which: typeof everybody, page: { limit: number; after: number | null }) {
  const rows = await pageOfSubscribers(deps.db, { limit: page.limit, before: page.after, which })
  const show = await shower(deps)
  return collection(rows, { limit: page.limit, show, position: (row) => row.number })
}

async function subscriberAt(deps: Deps, id: string): Promise<SubscriberRow> {
  const row = isUuid(id) ? await findSubscriber(deps.db, id) : null
  if (row === null) throw notFound('subscriber')
  return row
}

endpoint({ method: 'GET', path: '/subscribers', permission: 'subscribers.read' }, (call) =>
  pageWhere(call.deps, everybody, pageOf(call, z.int())),
)

endpoint(
  { method: 'POST', path: '/subscribers/search', permission: 'subscribers.read', body: search },
  async (call) => {
    const page = pageOf(call, z.int())
    if ('email' in call.body) {
      const address = parseAddress(call.body.email, { smtpUtf8: true })
      if (!address.ok) throw invalid('email', 'This is not an e-mail address.')
      return pageWhere(call.deps, withAddress(addressIndex(call.deps.vault, address.address.canonical)), page)
    }
    const list = await listNamed(call.deps, call.body.list)
    const filter = call.body.filter === undefined ? everyone : checkedFilter(call.body.filter, list)
    const condition = await matches(call.deps.db, { list, filter, now: call.deps.clock() })
    return pageWhere(
      call.deps,
      onList({ list: list.number, state: call.body.state ?? null, condition }),
      page,
    )
  },
)

endpoint({ method: 'GET', path: '/subscribers/:id', permission: 'subscribers.read' }, async (call) =>
  (await shower(call.deps))(await subscriberAt(call.deps, call.path('id'))),
)

endpoint(
  { method: 'PATCH', path: '/subscribers/:id', permission: 'subscribers.write', body: change },
  async (call) => {
    const { deps, body } = call
    const row = await subscriberAt(deps, call.path('id'))
    await changeSubscriber(deps, call.actor, { subscriber: row, change: body })
    return (await shower(deps))(await subscriberAt(deps, row.uid))
  },
)

endpoint({ method: 'DELETE', path: '/subscribers/:id', permission: 'subscribers.write' }, async () => {
  throw notAvailableYet('', 'Erasure')
})

endpoint(
  { method: 'GET', path: '/subscribers/:id/consents', permission: 'subscribers.read' },
  async (call) => {
    const { deps } = call
    const row = await subscriberAt(deps, call.path('id'))
    const { limit, after } = pageOf(call, z.uuid())
    const entries = await ledgerOf(deps.db, row.number, { limit, after })
    const payloads = await payloadsOf(deps, entries)
    return collection(entries, {
      limit,
      position: (entry) => entry.eid,
      show: (entry) => ({
        eid: entry.eid,
        type: entry.type,
        t: entry.t,
        list: entry.list,
        seq: entry.seq,
        purposes: entry.purposes,
        notice: entry.notice,
        grade: entry.type === 'consent.confirmed' || entry.type === 'consent.imported' ? entry.grade : null,
        actor: payloads.get(entry.eid)?.['actor'] ?? null,
        leaf_hash: base64urlOf(bytesOfHex(entry.leafHash)),
        log_index: null,
      }),
    })
  },
)

const evidenceAsk = z.strictObject({
  list: z.string({ error: 'must be the slug or id of a list' }).max(100),
  reason: line(500),
})

endpoint(
  { method: 'POST', path: '/subscribers/:id/evidence', permission: 'evidence.open', body: evidenceAsk },
  async (call) => {
    const row = await subscriberAt(call.deps, call.path('id'))
    const list = await listNamed(call.deps, call.body.list)
    const opened = await openEvidence(call.deps, {
      actor: call.actor,
      subscriber: row,
      list,
      reason: call.body.reason,
    })
    if (opened.length === 0) throw new DomainError('not_found', 'This person was never on that list.')
    return { data: opened, next_cursor: null }
  },
)

endpoint({ method: 'GET', path: '/subscribers/:id/receipt', permission: 'subscribers.read' }, async () => {
  throw notAvailableYet('', 'The receipt')
})

/** A list by its inner number: for answers that name it by id. */
export async function listOf(deps: Deps, number: number): Promise<List> {
  const list = await listByNumber(deps.db, number)
  if (list === null) throw notFound('list')
  return list
}
