// web · /api/v1/subscribers: people, found and corrected. Addresses come by POST, never in a URL
import * as z from 'zod'
import { subscriptionStates } from '../../consent/ledger.ts'
import { locales } from '../../i18n/locale.ts'
import { zoneName } from '../../i18n/zones.ts'
import { listByNumber } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import type { Deps } from '../../platform/deps.ts'
import { isUuid } from '../../platform/encoding/uuid.ts'
import { invalid, notAvailableYet, notFound } from '../../platform/errors.ts'
import { line, sentValue } from '../../platform/form.ts'
import { openField } from '../../platform/vault/fields.ts'
import { addressIndex } from '../../platform/vault/indexes.ts'
import { matches } from '../../segments/audience.ts'
import { grades } from '../../segments/condition.ts'
import { everyone } from '../../segments/filter.ts'
import { checkedFilter } from '../../segments/save.ts'
import { filterShape } from '../../segments/segment.ts'
import { parseAddress } from '../../subscribers/address.ts'
import { changeSubscriber } from '../../subscribers/change.ts'
import {
  everybody,
  fieldRegistry,
  findSubscriber,
  onList,
  pageOfSubscribers,
  type SubscriberRow,
  withAddress,
} from '../../subscribers/find.ts'
import { pageShape, type Shown, subscriberShape } from '../answers.ts'
import { collection, type Endpoint, endpoint, pageOf } from '../endpoint.ts'
import { listNamed } from './lists.ts'

const search = z.union(
  [
    z.strictObject({ email: z.string() }).describe('The one person with this address.'),
    z
      .strictObject({
        list: z.string().max(100),
        state: z
          .enum(subscriptionStates, { error: `must be one of ${subscriptionStates.join(', ')}` })
          .optional(),
        filter: filterShape.optional(),
      })
      .describe('People on a list.'),
  ],
  { error: 'must be {email} or {list, state, filter}' },
)

const change = z
  .strictObject({
    locale: z.enum(locales, { error: `must be one of ${locales.join(', ')}` }).optional(),
    timezone: zoneName
      .nullable()
      .optional()
      .describe('Such as `Europe/Warsaw`: for quiet hours, and for campaigns at a time of their own.'),
    fields: z.record(z.string(), sentValue).optional(),
    tags: z
      .array(line(60))
      .max(100, 'must have at most 100 tags')
      .optional()
      .describe('All of them, in place of those before.'),
  })
  .meta({ id: 'SubscriberChange' })

/** State and grade, which constraints of the database limit to these values. */
const standing = z.object({ state: z.enum(subscriptionStates), grade: z.enum(grades).nullable() })

async function shower(deps: Deps): Promise<(row: SubscriberRow) => Shown<typeof subscriberShape>> {
  const registry = await fieldRegistry(deps.db)
  return (row) => ({
    id: row.uid,
    email: openField(deps.vault, { uid: row.uid, field: 'address' }, row.address),
    locale: row.locale,
    timezone: row.timezone,
    fields: Object.fromEntries(
      Object.entries(row.attributes).map(([key, value]) => [
        key,
        registry.get(key)?.protected === true && typeof value === 'string'
          ? openField(deps.vault, { uid: row.uid, field: key }, Buffer.from(value, 'base64'))
          : value,
      ]),
    ),
    tags: row.tags,
    subscriptions: row.subscriptions.map(({ list, state, grade, granted, confirmed_at, withdrawn_at }) => ({
      list,
      ...standing.parse({ state, grade }),
      purposes: granted,
      confirmed_at: confirmed_at?.toISOString() ?? null,
      withdrawn_at: withdrawn_at?.toISOString() ?? null,
    })),
  })
}

async function pageWhere(deps: Deps, which: typeof everybody, page: { limit: number; after: number | null }) {
  const rows = await pageOfSubscribers(deps.db, { limit: page.limit, before: page.after, which })
  const show = await shower(deps)
  return collection(rows, { limit: page.limit, show, position: (row) => row.number })
}

/** The person with this id. Throws `not_found`. */
export async function subscriberAt(deps: Deps, id: string): Promise<SubscriberRow> {
  const row = isUuid(id) ? await findSubscriber(deps.db, id) : null
  if (row === null) throw notFound('subscriber')
  return row
}

/** The list with this internal number. Throws `not_found`. */
export async function listOf(deps: Deps, number: number): Promise<List> {
  const list = await listByNumber(deps.db, number)
  if (list === null) throw notFound('list')
  return list
}

export const subscriberEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      method: 'GET',
      path: '/subscribers',
      permission: 'subscribers.read',
      summary: 'Everybody',
      description: 'Newest first.',
      pages: true,
      answer: pageShape(subscriberShape),
    },
    (call) => pageWhere(call.deps, everybody, pageOf(call, z.int())),
  ),
  endpoint(
    {
      method: 'POST',
      path: '/subscribers/search',
      permission: 'subscribers.read',
      summary: 'Find people',
      description:
        'By address, or by list, state and filter. A POST, so that no address stands in a URL; it changes nothing.',
      body: search,
      example: { email: 'anna@example.pl' },
      pages: true,
      answer: pageShape(subscriberShape),
    },
    async (call) => {
      const page = pageOf(call, z.int())
      if ('email' in call.body) {
        const address = parseAddress(call.body.email, { smtpUtf8: true })
        if (!address.ok) throw invalid('email', 'This is not an email address.')
        return pageWhere(
          call.deps,
          withAddress(addressIndex(call.deps.vault, address.address.canonical)),
          page,
        )
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
  ),
  endpoint(
    {
      method: 'GET',
      path: '/subscribers/:id',
      permission: 'subscribers.read',
      summary: 'One person',
      answer: subscriberShape,
    },
    async (call) => (await shower(call.deps))(await subscriberAt(call.deps, call.path('id'))),
  ),
  endpoint(
    {
      method: 'PATCH',
      path: '/subscribers/:id',
      permission: 'subscribers.write',
      summary: 'Correct a person',
      description:
        'Language, time zone, fields and tags; a field of null is taken away. Consents cannot be given here: only the person does that.',
      body: change,
      example: { fields: { first_name: 'Anna' }, tags: ['vip'] },
      answer: subscriberShape,
    },
    async (call) => {
      const { deps, body } = call
      const row = await subscriberAt(deps, call.path('id'))
      await changeSubscriber(deps, call.actor, { subscriber: row, change: body })
      return (await shower(deps))(await subscriberAt(deps, row.uid))
    },
  ),
  endpoint(
    {
      method: 'DELETE',
      path: '/subscribers/:id',
      permission: 'subscribers.write',
      summary: 'Erase a person',
    },
    async () => {
      throw notAvailableYet('', 'Erasure')
    },
  ),
]
