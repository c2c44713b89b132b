// view · the people table with masked addresses, filters, and search by exact address
import type { Child } from 'hono/jsx'
import type { List } from '../../lists/list.ts'
import type { SubscriberRow } from '../../subscribers/find.ts'
import { ErrorSummary, TextField } from '../../ui/components.tsx'
import { type ConsoleFrame, ConsolePage } from '../../ui/console/console.tsx'
import {
  count,
  counted,
  Empty,
  LinkButton,
  PageHead,
  Pager,
  RowLink,
  Said,
  State,
  SubmitButton,
  Table,
} from '../../ui/console/parts.tsx'
import { Icon } from '../../ui/icons.tsx'
import { inOrder, languages, purposeWord, soughtStates, soughtWords, stateWords } from './words.ts'

export interface PeopleSought {
  readonly list: List | null
  readonly state: string | null
  readonly purpose: string | null
}

export interface PeopleProps {
  readonly frame: ConsoleFrame
  /** The lists that the operator sees. */
  readonly lists: readonly List[]
  readonly seesAll: boolean
  readonly sought: PeopleSought
  readonly counts: { readonly matching: number; readonly all: number }
  readonly people: readonly (Pick<SubscriberRow, 'locale' | 'subscriptions'> & {
    readonly id: string
    readonly masked: string
  })[]
  readonly next: string | null
  readonly isLaterPage: boolean
  /** The result of a search by address. */
  readonly search?: { readonly typed: string; readonly fault?: string; readonly isNobody?: boolean }
}

export const PeoplePage = (props: PeopleProps) => {
  const { frame, counts, search, people } = props
  const fault = search?.fault
  return (
    <ConsolePage frame={frame} section="people" title="People">
      <PageHead title="People" about={countWords(props)} />
      {fault !== undefined && (
        <ErrorSummary heading="Please fix this" faults={[{ name: 'email', message: fault }]} />
      )}
      {search?.isNobody === true && (
        <Said tone="warn">
          Nobody{props.seesAll ? '' : ' on the lists you can see'} has this address. Enter the full address,
          as it was confirmed.
        </Said>
      )}
      {counts.all === 0 && search === undefined ? (
        <NobodyYet lists={props.lists} />
      ) : (
        <>
          <div class="people-ask">
            <AddressForm typed={search?.typed ?? ''} fault={fault} />
            <SentenceForm {...props} />
          </div>
          {people.length === 0 ? <NoneSuch /> : <PeopleTable {...props} />}
          <Pager next={props.next} />
          {props.isLaterPage && (
            <p class="small">
              <a href="/console/people">Back to first page</a>
            </p>
          )}
        </>
      )}
    </ConsolePage>
  )
}

function countWords({ counts, sought }: PeopleProps): string {
  if (counts.all === 0) return 'No people yet.'
  const isAll = sought.list === null && sought.state === null && sought.purpose === null
  const everyone = counted(counts.all, 'person', 'people')
  return isAll ? `${everyone}, newest first.` : `${count(counts.matching)} of ${everyone}, newest first.`
}

const AddressForm = ({ typed, fault }: { typed: string; fault: string | undefined }) => (
  <form method="post" action="/console/people/search" class="row">
    <TextField
      name="email"
      inputmode="email"
      label="Find a person"
      hint="Enter the full email address. It is not put in any link or log."
      value={typed}
      fault={fault}
      autocomplete="off"
    />
    <SubmitButton>
      <Icon name="search" />
      Find
    </SubmitButton>
  </form>
)

/** The filters as a sentence: people on this list, who are in this state, and agreed to this purpose. */
const SentenceForm = ({ lists, sought }: PeopleProps) => {
  const purposes = new Set(lists.flatMap((list) => list.purposes.map(({ key }) => key)))
  return (
    <form method="get" action="/console/people" class="sentence">
      <Choice
        name="list"
        label="People on"
        chosen={sought.list?.slug}
        none="any list"
        options={lists.map(({ slug, name }) => [slug, name])}
      />
      <Choice
        name="state"
        label="with state"
        chosen={sought.state}
        none="any state"
        options={soughtStates.map((state) => [state, soughtWords(state)])}
      />
      <Choice
        name="purpose"
        label="and agreed to"
        chosen={sought.purpose}
        none="anything"
        options={Array.from(purposes, (key) => [key, purposeWord(key)])}
      />
      <SubmitButton weight="quiet">Show</SubmitButton>
    </form>
  )
}

const Choice = (props: {
  name: string
  label: string
  chosen: string | null | undefined
  none: string
  options: readonly (readonly [string, string])[]
}) => (
  <label class="sentence-part" for={`f-${props.name}`}>
    {props.label}{' '}
    <select class="input" id={`f-${props.name}`} name={props.name}>
      <option value="">{props.none}</option>
      {props.options.map(([value, label]) => (
        <option value={value} selected={value === props.chosen}>
          {label}
        </option>
      ))}
    </select>
  </label>
)

const PeopleTable = ({ people, lists }: PeopleProps) => {
  const listOf = (id: string) => lists.find((list) => list.id === id)
  return (
    <Table
      caption="People, newest first"
      columns={[
        { label: 'Person' },
        { label: 'Lists' },
        { label: 'Agreed to' },
        { label: 'Language' },
        { label: 'Tags' },
      ]}
      rows={people.map((person) => {
        const seen = person.subscriptions.filter(({ list }) => listOf(list) !== undefined)
        return [
          <RowLink href={`/console/people/${person.id}`}>{person.masked}</RowLink>,
          <Lines
            lines={seen.map(({ list, state }) => (
              <State tone={stateWords(state).tone}>
                <span>
                  {listOf(list)?.name} <span class="soft">{stateWords(state).words}</span>
                </span>
              </State>
            ))}
          />,
          <Lines
            lines={seen.map(({ list, granted }) => (
              <span class={granted.length === 0 ? 'soft' : undefined}>
                {granted.length === 0
                  ? 'nothing'
                  : inOrder(listOf(list), granted).map(purposeWord).join(', ')}
              </span>
            ))}
          />,
          languages[person.locale] ?? person.locale,
          <Lines
            lines={seen.map(({ tags }) =>
              tags.length === 0 ? <span class="soft">none</span> : tags.join(', '),
            )}
          />,
        ]
      })}
    />
  )
}

/** One line per list, aligned across cells. */
const Lines = ({ lines }: { lines: readonly Child[] }) => (
  <div class="lines">
    {lines.map((line) => (
      <div>{line}</div>
    ))}
  </div>
)

const NoneSuch = () => (
  <Empty title="No matches">
    <p>Nobody matches these filters. Change them, or show everyone.</p>
    <LinkButton href="/console/people" weight="quiet">
      Show everyone
    </LinkButton>
  </Empty>
)

const NobodyYet = ({ lists }: { lists: readonly List[] }) => {
  const [list] = lists
  return (
    <Empty title="No people yet">
      <p>
        People appear here when they sign up and confirm by email. Nobody can be added for them.
        {list === undefined
          ? ' First create a list that they can sign up to.'
          : ` Share the form of ${list.name} on your site or as a link.`}
      </p>
      {list === undefined ? (
        <LinkButton href="/console/lists/new">Create a list</LinkButton>
      ) : (
        <LinkButton href={`/console/lists/${list.slug}`}>Open {list.name}</LinkButton>
      )}
    </Empty>
  )
}
