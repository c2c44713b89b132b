// web · /api/v1/subscribers: people, found and corrected. Addresses come by POST, never in a URL
import * as z from 'zod'
import { recordReading, wholeDeployment } from '../../audit/record-reading.ts'
import { subscriptionStates } from '../../consent/ledger.ts'
import { locales } from '../../i18n/locale.ts'
import { zoneName } from '../../i18n/zones.ts'
import { storedValue } from '../../lists/field-value.ts'
import { findList, listByNumber, listsById } from '../../lists/find.ts'
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
  both,
  everybody,
  findSubscriber,
  onList,
  pageOfSubscribers,
  type SubscriberRow,
  subscribed,
  withAddress,
} from '../../subscribers/find.ts'
import { pageShape, type Shown, subscriberShape } from '../answers.ts'
import {
  asIfNotThere,
  type Call,
  collection,
  type Endpoint,
  endpoint,
  pageOf,
  type Reach,
} from '../endpoint.ts'
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
    subscriptions: z
      .array(
        z.strictObject({
          list: z.string().max(100).describe('Slug or id of a list that the person has a subscription to.'),
          fields: z
            .record(z.string(), sentValue)
            .optional()
            .describe('Values of fields of this list; null takes a value away.'),
          tags: z
            .array(line(60))
            .max(100, 'must have at most 100 tags')
            .optional()
            .describe('All of them on this list, in place of those before.'),
        }),
      )
      .max(100, 'must have at most 100 lists')
      .optional()
      .describe('What single lists know: a value or tag belongs to the list it was given to.'),
  })
  .meta({ id: 'SubscriberChange' })

/** `fields` and `tags` stood in the body itself, before they belonged to lists: who sends them so is told where they go. */
const nowOfAList = z
  .undefined({ error: 'belongs to a list: send subscriptions:[{"list":"…","fields":{…},"tags":[…]}]' })
  .optional()
const sentChange = change.extend({ fields: nowOfAList, tags: nowOfAList })

/** State and grade, which constraints of the database limit to these values. */
const standing = z.object({ state: z.enum(subscriptionStates), grade: z.enum(grades).nullable() })

/** Values of the fields that each list has now, protected ones opened. */
async function shower(
  deps: Deps,
  rows: readonly SubscriberRow[],
): Promise<(row: SubscriberRow) => Shown<typeof subscriberShape>> {
  const lists = await listsById(deps.db, [
    ...new Set(rows.flatMap(({ subscriptions }) => subscriptions.map(({ list }) => list))),
  ])
  return (row) => ({
    id: row.uid,
    email: openField(deps.vault, { uid: row.uid, field: 'address' }, row.address),
    locale: row.locale,
    timezone: row.timezone,
    subscriptions: row.subscriptions.map((one) => ({
      list: one.list,
      ...standing.parse({ state: one.state, grade: one.grade }),
      purposes: one.granted,
      fields: Object.fromEntries(
        (lists.get(one.list)?.fields ?? []).flatMap((field) => {
          const value = storedValue(deps.vault, field, { uid: row.uid, attributes: one.attributes })
          return value === undefined ? [] : [[field.key, value]]
        }),
      ),
      tags: one.tags,
      confirmed_at: one.confirmed_at?.toISOString() ?? null,
      withdrawn_at: one.withdrawn_at?.toISOString() ?? null,
    })),
  })
}

/** A page of people, recorded as read. */
async function pageWhere(
  call: Pick<Call<unknown>, 'deps' | 'lists' | 'actor'>,
  asked: typeof everybody,
  page: { limit: number; after: number | null },
  read: Pick<Parameters<typeof recordReading>[1], 'verb' | 'subject' | 'details'>,
) {
  const { deps, actor, lists } = call
  const theirs = subscribed({ lists, state: null, purpose: null })
  const rows = await pageOfSubscribers(deps.db, {
    limit: page.limit,
    before: page.after,
    which: lists === null ? asked : both(asked, theirs),
    lists,
  })
  await recordReading(deps, { actor, ...read, people: rows.map(({ uid }) => uid) })
  const show = await shower(deps, rows)
  return collection(rows, { limit: page.limit, show, position: (row) => row.number })
}

/**
 * The person with this id, and what the lists know of them that the key is limited to. Throws `not_found`, also for people on none of
 * these lists.
 */
export async function subscriberAt({ deps, lists }: Reach, id: string): Promise<SubscriberRow> {
  const row = isUuid(id) ? await findSubscriber(deps.db, id, lists) : null
  if (row === null) throw notFound('subscriber')
  if (lists !== null && row.subscriptions.length === 0) throw asIfNotThere('subscriber')
  return row
}

const shown = async (deps: Deps, row: SubscriberRow) => (await shower(deps, [row]))(row)

/** Throws `invalid` at its place in the body. */
async function listOfChange({ deps, lists }: Reach, name: string, at: number): Promise<List> {
  const list = await findList(deps.db, name)
  if (list === null || (lists !== null && !lists.includes(list.number)))
    throw invalid(`subscriptions.${at}.list`, 'There is no list with this slug or id.')
  return list
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
    (call) =>
      pageWhere(call, everybody, pageOf(call, z.int()), { verb: 'people.list', subject: wholeDeployment }),
  ),
  endpoint(
    {
      method: 'POST',
      path: '/subscribers/search',
      permission: 'subscribers.read',
      summary: 'Find people',
      description:
        'By address, or by list, state and filter. A POST, so that no address stands in a URL; it changes nothing.',
      reads: true,
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
        const named = withAddress(addressIndex(call.deps.vault, address.address.canonical))
        return pageWhere(call, named, page, {
          verb: 'people.search',
          subject: wholeDeployment,
          details: { by: 'address' },
        })
      }
      const list = await listNamed(call, call.body.list)
      const filter = call.body.filter === undefined ? everyone : checkedFilter(call.body.filter, list)
      const condition = await matches(call.deps.db, { list, filter, now: call.deps.clock() })
      const state = call.body.state ?? null
      const found = onList({ list: list.number, state, condition, before: page.after })
      return pageWhere(call, found, page, {
        verb: 'people.search',
        subject: { kind: 'list', id: list.id },
        details: { by: 'list', state, filtered: call.body.filter !== undefined },
      })
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
    async (call) => {
      const row = await subscriberAt(call, call.path('id'))
      await recordReading(call.deps, {
        actor: call.actor,
        verb: 'person.read',
        subject: { kind: 'subscriber', id: row.uid },
        people: [row.uid],
      })
      return shown(call.deps, row)
    },
  ),
  endpoint(
    {
      method: 'PATCH',
      path: '/subscribers/:id',
      permission: 'subscribers.write',
      summary: 'Correct a person',
      description:
        'Language, time zone, and per list fields and tags; a field of null is taken away. Consents cannot be given here: only the person does that.',
      body: sentChange,
      bodyShape: change,
      example: { subscriptions: [{ list: 'letter', fields: { first_name: 'Anna' }, tags: ['vip'] }] },
      answer: subscriberShape,
    },
    async (call) => {
      const { deps, body } = call
      const row = await subscriberAt(call, call.path('id'))
      const { locale, timezone } = body
      const subscriptions = await Promise.all(
        (body.subscriptions ?? []).map(async (one, at) => ({
          ...one,
          list: await listOfChange(call, one.list, at),
        })),
      )
      await changeSubscriber(deps, call.actor, {
        subscriber: row,
        change: {
          ...(locale === undefined ? {} : { locale }),
          ...(timezone === undefined ? {} : { timezone }),
          subscriptions,
        },
      })
      return shown(deps, await subscriberAt(call, row.uid))
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
