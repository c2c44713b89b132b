// web · /console/people: the filtered people table; search by exact address, which comes by POST
import { Hono } from 'hono'
import { recordReading, wholeDeployment } from '../../audit/record-reading.ts'
import { actorOf, type ConsoleContext, type ConsoleEnv, frameOf, screen } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import type { List } from '../../lists/list.ts'
import { isUuid } from '../../platform/encoding/uuid.ts'
import { notFound } from '../../platform/errors.ts'
import { addressIndex } from '../../platform/vault/indexes.ts'
import { parseAddress } from '../../subscribers/address.ts'
import {
  both,
  countSubscribers,
  everybody,
  numberOfSubscriber,
  pageOfSubscribers,
  type SubscriberRow,
  subscribed,
  withAddress,
} from '../../subscribers/find.ts'
import { maskAddress } from '../../subscribers/mask.ts'
import { addressOf } from '../../subscribers/show-address.ts'
import { readForm } from '../../ui/read-body.ts'
import { PeoplePage, type PeopleProps, type PeopleSought } from './people-view.tsx'
import { listsSeen } from './visible-people.ts'
import { soughtStates } from './words.ts'

export const peopleRoutes = new Hono<ConsoleEnv>()

const peopleAtOnce = 50

peopleRoutes.get('/people', async (c) => {
  allow(c, 'subscribers.read')
  return screen(c, 200, <PeoplePage {...(await peopleProps(c))} />)
})

peopleRoutes.post('/people/search', async (c) => {
  allow(c, 'subscribers.read')
  const typed = ((await readForm(c)).get('email')?.[0] ?? '').slice(0, 1000)
  const parsed = parseAddress(typed, { smtpUtf8: true })
  if (!parsed.ok) {
    const fault = typed.trim() === '' ? 'Enter an email address.' : 'This is not a complete email address.'
    return screen(c, 422, <PeoplePage {...(await peopleProps(c))} search={{ typed, fault }} />)
  }
  const [found] = await pageOfSubscribers(c.env.db, {
    limit: 1,
    before: null,
    which: both(withAddress(addressIndex(c.env.vault, parsed.address.canonical)), theirs(c)),
    lists: c.var.session.operator.lists,
  })
  await recordReading(c.env, {
    actor: actorOf(c),
    verb: 'people.search',
    subject: wholeDeployment,
    people: found === undefined ? [] : [found.uid],
    details: { by: 'address' },
  })
  if (found !== undefined) return c.redirect(`/console/people/${found.uid}`, 303)
  return screen(c, 404, <PeoplePage {...(await peopleProps(c))} search={{ typed, isNobody: true }} />)
})

/** The filter for all people that the operator sees. */
const theirs = (c: ConsoleContext) => {
  const { lists } = c.var.session.operator
  return lists === null ? everybody : subscribed({ lists, state: null, purpose: null })
}

async function peopleProps(c: ConsoleContext): Promise<PeopleProps> {
  const lists = await listsSeen(c)
  const sought = soughtIn(c, lists)
  const which =
    sought.list === null && sought.state === null && sought.purpose === null
      ? theirs(c)
      : subscribed({
          ...sought,
          lists: sought.list === null ? c.var.session.operator.lists : [sought.list.number],
        })
  const before = await cursorOf(c)
  const [rows, matching, all] = await Promise.all([
    pageOfSubscribers(c.env.db, {
      limit: peopleAtOnce + 1,
      before,
      which,
      lists: c.var.session.operator.lists,
    }),
    countSubscribers(c.env.db, which),
    countSubscribers(c.env.db, theirs(c)),
  ])
  const shown = rows.slice(0, peopleAtOnce)
  await recordReading(c.env, {
    actor: actorOf(c),
    verb: 'people.list',
    subject: sought.list === null ? wholeDeployment : { kind: 'list', id: sought.list.id },
    people: shown.map(({ uid }) => uid),
    details: { state: sought.state, purpose: sought.purpose },
  })
  const last = rows.length > peopleAtOnce ? shown.at(-1) : undefined
  return {
    frame: frameOf(c),
    lists,
    seesAll: c.var.session.operator.lists === null,
    sought,
    counts: { matching, all },
    people: shown.map((row) => lineOf(c, row)),
    next: last === undefined ? null : nextHref(sought, last.uid),
    isLaterPage: before !== null,
  }
}

/** The filters of the query. Throws `not_found` for a list that does not exist or is not the operator's. */
function soughtIn(c: ConsoleContext, lists: readonly List[]): PeopleSought {
  const slug = c.req.query('list') ?? ''
  const list = lists.find((one) => one.slug === slug) ?? null
  if (slug !== '' && list === null) throw notFound('list')
  const purpose = c.req.query('purpose') ?? ''
  return {
    list,
    state: soughtStates.find((state) => state === c.req.query('state')) ?? null,
    purpose: /^[a-z][a-z0-9_]{0,39}$/.test(purpose) ? purpose : null,
  }
}

async function cursorOf(c: ConsoleContext): Promise<number | null> {
  const after = c.req.query('after') ?? ''
  return isUuid(after) ? numberOfSubscriber(c.env.db, after) : null
}

function nextHref({ list, state, purpose }: PeopleSought, after: string): string {
  const query = new URLSearchParams({
    ...(list === null ? {} : { list: list.slug }),
    ...(state === null ? {} : { state }),
    ...(purpose === null ? {} : { purpose }),
    after,
  })
  return `/console/people?${query}`
}

const lineOf = (c: ConsoleContext, row: SubscriberRow): PeopleProps['people'][number] => ({
  id: row.uid,
  masked: maskAddress(addressOf(c.env, row) ?? ''),
  locale: row.locale,
  subscriptions: row.subscriptions,
})
