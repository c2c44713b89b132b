// web · /console/settings/acts: the audit log, filtered by actor or subject
import { Hono } from 'hono'
import * as z from 'zod'
import { type AuditedAct, pageOfActs } from '../../audit/find.ts'
import { actWords, subjectWords } from '../../audit/words.ts'
import type { ConsoleContext, ConsoleEnv } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { allKeys } from '../../auth/keys.ts'
import { allOperators } from '../../auth/operators/find-operators.ts'
import { quoted } from '../../i18n/typography/marks.ts'
import { SelectField } from '../../ui/components.tsx'
import { Empty, Pager, SubmitButton, Table, Time } from '../../ui/console/parts.tsx'
import { settingsScreen } from './frame.tsx'

export const actRoutes = new Hono<ConsoleEnv>()

const maxPage = 50
/** Ids and numbers only; other values are ignored. */
const query = z.object({
  actor: z
    .union([z.uuid(), z.literal(['system', 'bootstrap', 'stranger'])])
    .optional()
    .catch(undefined),
  subject: z
    .union([z.uuid(), z.literal(['all'])])
    .optional()
    .catch(undefined),
  person: z.uuid().optional().catch(undefined),
  before: z.coerce.number().int().positive().optional().catch(undefined),
})

actRoutes.get('/settings/acts', async (c) => {
  allow(c, 'audit.read')
  const { actor, subject, person, before } = query.parse(c.req.query())
  const [acts, names] = await Promise.all([
    pageOfActs(c.env.db, { limit: maxPage, before: before ?? null, actor, subject, person }),
    namesOf(c),
  ])
  const last = acts.length === maxPage ? acts.at(-1) : undefined
  return settingsScreen(c, {
    tab: 'acts',
    title: 'Audit log',
    about:
      'Everything that operators and API keys did here, whose data they read, and what was refused. Entries cannot be changed or removed.',
    content: (
      <>
        <form method="get" action="/console/settings/acts" class="row narrow">
          <SelectField
            name="actor"
            label="By"
            value={actor ?? ''}
            options={[
              { value: '', label: 'Everyone' },
              ...Array.from(names, ([value, label]) => ({ value, label })),
            ]}
          />
          <SubmitButton weight="quiet">Show</SubmitButton>
        </form>
        {acts.length === 0 ? (
          <Empty title="No entries">
            <p>
              <a href="/console/settings/acts">Show entries by everyone</a>
            </p>
          </Empty>
        ) : (
          <Acts acts={acts} names={names} timezone={c.var.session.operator.timezone} />
        )}
        <Pager next={last === undefined ? null : olderThan(last, { actor, subject, person })} />
      </>
    ),
  })
})

function olderThan(act: AuditedAct, kept: Readonly<Record<string, string | undefined>>): string {
  const chosen = Object.entries(kept).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return `/console/settings/acts?${new URLSearchParams([...chosen, ['before', String(act.number)]])}`
}

/** Names of operators and keys by id. */
async function namesOf(c: ConsoleContext): Promise<ReadonlyMap<string, string>> {
  const [operators, keys] = await Promise.all([allOperators(c.env), allKeys(c.env)])
  return new Map([
    ...operators.map(({ id, name }) => [id, name] as const),
    ...keys.map(({ id, name }) => [id, `API key ${quoted('en', name)}`] as const),
    ['bootstrap', 'Bootstrap key'] as const,
    ['system', 'Assent'] as const,
    ['stranger', 'Somebody not signed in'] as const,
  ])
}

const Acts = (props: {
  acts: readonly AuditedAct[]
  names: ReadonlyMap<string, string>
  timezone: string
}) => (
  <Table
    caption="Audit log"
    columns={[
      { label: 'Time' },
      { label: 'By' },
      { label: 'Action' },
      { label: 'Subject' },
      { label: 'Details' },
    ]}
    rows={props.acts.map(({ at, actor, verb, subject, details }) => [
      <Time at={at} timezone={props.timezone} />,
      props.names.get(actor.id ?? actor.kind) ?? actor.kind,
      <span title={verb}>{actWords(verb)}</span>,
      <a
        href={`/console/settings/acts?${subject.kind === 'subscriber' ? 'person' : 'subject'}=${subject.id}`}
        title={subject.id}
      >
        {subjectWords(subject.kind)}
      </a>,
      inWords(details) === '' ? '' : <span class="small">{inWords(details)}</span>,
    ])}
  />
)

/** Ids, counts and reasons as recorded. */
const inWords = (details: unknown): string =>
  Object.entries(z.record(z.string(), z.unknown()).catch({}).parse(details))
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${valueWords(value)}`)
    .join('; ')

const maxIds = 3

function valueWords(value: unknown): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return JSON.stringify(value)
  return value.length > maxIds ? `${value.length} (their ids: GET /api/v1/audit)` : value.join(', ') || 'none'
}
