// web · /console/people/{id}: one person's consents, history, fields and campaigns; the address only on request
import { Hono } from 'hono'
import { actorOf, type ConsoleContext, type ConsoleEnv, frameOf, screen } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { operatorMay } from '../../auth/operators/operator.ts'
import { payloadsOf } from '../../consent/evidence/open-evidence.ts'
import { subscriptionsOf } from '../../consent/subscriptions-of.ts'
import { type LedgerEntry, ledgerOf } from '../../consent/timeline.ts'
import { isUuid } from '../../platform/encoding/uuid.ts'
import { deliveriesOf } from '../../reports/deliveries.ts'
import { maskAddress } from '../../subscribers/mask.ts'
import { addressOf, showAddress } from '../../subscribers/show-address.ts'
import { operatorNames, type PersonSeen, personSeen } from '../people/visible-people.ts'
import { type Fact, factOf } from './facts.ts'
import { detailsShown } from './fields.ts'
import { type OnList, PersonPage, type PersonProps } from './person-view.tsx'

export const personRoutes = new Hono<ConsoleEnv>()

const factsAtOnce = 200
const deliveriesAtOnce = 25

personRoutes.get('/people/:id', async (c) => {
  allow(c, 'subscribers.read')
  const person = await personSeen(c, c.req.param('id'))
  return screen(c, 200, <PersonPage {...(await personProps(c, person))} />)
})

/** Answers with the page instead of a redirect: the address must not be in a URL. */
personRoutes.post('/people/:id/address', async (c) => {
  allow(c, 'subscribers.read')
  const person = await personSeen(c, c.req.param('id'))
  const address = await showAddress(c.env, actorOf(c), person.row)
  return screen(c, 200, <PersonPage {...(await personProps(c, person))} address={address} />)
})

async function personProps(c: ConsoleContext, person: PersonSeen): Promise<PersonProps> {
  const { row, lists } = person
  const { operator } = c.var.session
  const [told, standings, deliveries] = await Promise.all([
    storyOf(c, person),
    subscriptionsOf(c.env.db, row.number),
    deliveriesOf(c.env.db, row.number, {
      limit: deliveriesAtOnce + 1,
      before: uuidIn(c.req.query('deliveries')),
      lists: operator.lists,
      now: c.env.clock(),
    }),
  ])
  const details = detailsShown(c.env.vault, person)
  const onLists = standings.flatMap((standing): readonly OnList[] => {
    const list = lists.find(({ number }) => number === standing.list)
    const known = details.find((one) => one.list.number === standing.list)
    if (list === undefined || known === undefined) return []
    const facts = told.facts.flatMap(([entry, fact]) => (entry.list === list.id ? [fact] : []))
    return [
      {
        ...standing,
        ...known,
        list,
        facts,
        mayEnd: operatorMay(operator, 'subscribers.write', list.number) && standing.granted.length > 0,
        mayOpen: operatorMay(operator, 'evidence.open', list.number) && facts.length > 0,
      },
    ]
  })
  return {
    frame: frameOf(c),
    id: row.uid,
    masked: maskAddress(addressOf(c.env, row) ?? ''),
    locale: row.locale,
    timezone: row.timezone,
    onLists,
    moreFacts: told.next,
    deliveries: deliveries.slice(0, deliveriesAtOnce).map((one) => ({
      ...one,
      listName: lists.find(({ number }) => number === one.list)?.name ?? '',
    })),
    moreDeliveries:
      deliveries.length > deliveriesAtOnce ? (deliveries[deliveriesAtOnce - 1]?.campaign ?? null) : null,
    mayChange: operatorMay(operator, 'subscribers.write'),
    done: c.req.query('done'),
  }
}

/** The person's ledger events on the lists that the operator sees; `next`: the last event shown, where there are more. */
async function storyOf(
  c: ConsoleContext,
  { row, lists }: PersonSeen,
): Promise<{ facts: readonly (readonly [LedgerEntry, Fact])[]; next: string | null }> {
  const entries = await ledgerOf(c.env.db, row.number, {
    limit: factsAtOnce,
    after: uuidIn(c.req.query('facts')),
  })
  const seen = entries.filter((entry) => lists.some(({ id }) => id === entry.list))
  const payloads = await payloadsOf(c.env, seen)
  const operators = await operatorNames(c, [...payloads.values()])
  const facts = seen.map((entry) => {
    const list = lists.find(({ id }) => id === entry.list)
    return [entry, factOf(entry, payloads.get(entry.eid) ?? null, { operators, list })] as const
  })
  return { facts, next: entries.length === factsAtOnce ? (entries.at(-1)?.eid ?? null) : null }
}

const uuidIn = (text: string | undefined): string | null => (text !== undefined && isUuid(text) ? text : null)
