// web · /console/lists: the lists that the operator sees, with their people counted
import { Hono } from 'hono'
import { type ConsoleContext, type ConsoleEnv, frameOf, screen } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { may } from '../../auth/roles.ts'
import { countPeople, nobody, type PeopleOfList } from '../../consent/count-people.ts'
import { pageOfLists } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import { ConsolePage } from '../../ui/console/console.tsx'
import {
  type Column,
  count,
  Empty,
  LinkButton,
  PageHead,
  Pager,
  RowLink,
  Table,
  Time,
} from '../../ui/console/parts.tsx'
import { pathOf, peopleHref } from './load-list.ts'
import { endedStates, languagesInWords } from './words.ts'

const maxPage = 100

export const listOverviewRoutes = new Hono<ConsoleEnv>()

listOverviewRoutes.get('/lists', async (c) => {
  allow(c, 'lists.read')
  const { operator } = c.var.session
  const before = /^\d{1,15}$/.test(c.req.query('before') ?? '') ? Number(c.req.query('before')) : null
  const lists = await pageOfLists(c.env.db, { limit: maxPage, before, only: operator.lists })
  const people = await countPeople(
    c.env.db,
    lists.map(({ number }) => number),
  )
  const isMaker = may(operator.role, 'lists.write') && operator.lists === null
  return screen(
    c,
    200,
    <ConsolePage frame={frameOf(c)} section="lists" title="Lists">
      <PageHead title="Lists">
        {isMaker && lists.length > 0 && (
          <LinkButton href="/console/lists/new" icon="plus">
            New list
          </LinkButton>
        )}
      </PageHead>
      {lists.length === 0 ? (
        <NoList isMaker={isMaker} />
      ) : (
        <Overview lists={lists} people={people} context={c} />
      )}
      <Pager next={lists.length < maxPage ? null : `/console/lists?before=${lists.at(-1)?.number ?? ''}`} />
    </ConsolePage>,
  )
})

const Overview = (props: {
  lists: readonly List[]
  people: ReadonlyMap<number, PeopleOfList>
  context: ConsoleContext
}) => {
  const open = props.lists.filter(({ archivedAt }) => archivedAt === null)
  const archived = props.lists.filter(({ archivedAt }) => archivedAt !== null)
  return (
    <>
      {open.length > 0 && <ListTable {...props} caption="Open lists" lists={open} />}
      {archived.length > 0 && (
        <section class="stack">
          <h2>Archived</h2>
          <p class="soft">
            Their forms are closed and no campaigns are sent to them. Consents and their proof are kept.
          </p>
          <ListTable {...props} caption="Archived lists" lists={archived} />
        </section>
      )}
    </>
  )
}

const columns: readonly Column[] = [
  { label: 'List' },
  { label: 'Languages' },
  { label: 'Active', number: true },
  { label: 'Awaiting confirmation', number: true },
  { label: 'No longer subscribed', number: true },
  { label: 'Created' },
]

const ListTable = (props: {
  caption: string
  lists: readonly List[]
  people: ReadonlyMap<number, PeopleOfList>
  context: ConsoleContext
}) => {
  const { operator } = props.context.var.session
  return (
    <Table
      caption={props.caption}
      columns={columns}
      rows={props.lists.map((list) => {
        const { states } = props.people.get(list.number) ?? nobody
        return [
          <>
            <RowLink href={pathOf(list)}>{list.name}</RowLink>
            <br />
            <span class="small">/s/{list.slug}</span>
          </>,
          languagesInWords(list.locales),
          <Counted number={states.active ?? 0} href={peopleHref(operator.role, list, 'active')} />,
          <Counted number={states.pending ?? 0} href={peopleHref(operator.role, list, 'pending')} />,
          <Counted
            number={endedStates.reduce((sum, state) => sum + (states[state] ?? 0), 0)}
            href={pathOf(list)}
          />,
          <Time at={list.createdAt} timezone={operator.timezone} />,
        ]
      })}
    />
  )
}

/** A number that links to the people it counts, unless zero. */
const Counted = ({ number, href }: { number: number; href: string | undefined }) =>
  number === 0 || href === undefined ? (
    <span>{count(number)}</span>
  ) : (
    <a class="cell-link" href={href}>
      {count(number)}
    </a>
  )

const NoList = ({ isMaker }: { isMaker: boolean }) =>
  isMaker ? (
    <Empty title="No lists yet">
      <p>A list is one newsletter that people can sign up to. Three steps to your first sign-up:</p>
      <ol class="steps">
        <li>
          <span>
            <a href="/console/lists/new">Create a list</a>: its name, its sender and its controller.
          </span>
        </li>
        <li>
          <span>Preview its form and notice in each language, and adapt the texts.</span>
        </li>
        <li>
          <span>Share its link, or put the form on your site.</span>
        </li>
      </ol>
      <LinkButton href="/console/lists/new" icon="plus">
        Create your first list
      </LinkButton>
    </Empty>
  ) : (
    <Empty title="No lists yet">
      <p>Lists appear here once an owner creates one or gives you access to one.</p>
    </Empty>
  )
