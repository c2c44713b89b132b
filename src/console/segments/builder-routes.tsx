// web · /console/segments/new and /{id}: build, count and save a segment; only Save changes anything
import { Hono } from 'hono'
import { actorOf, type ConsoleContext, type ConsoleEnv, frameOf, screen } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { operatorMay } from '../../auth/operators/operator.ts'
import { sentCampaigns, subjectsOf } from '../../campaigns/find.ts'
import { quoted } from '../../i18n/typography/marks.ts'
import { findList, listByNumber } from '../../lists/find.ts'
import { type List, ownPurpose } from '../../lists/list.ts'
import { isUuid } from '../../platform/encoding/uuid.ts'
import { DomainError, notFound } from '../../platform/errors.ts'
import { faultsOf, line, parseJson } from '../../platform/form.ts'
import { countAudience, countOnList } from '../../segments/audience.ts'
import { everyone, type Filter, namesIn, parseFilter } from '../../segments/filter.ts'
import { changeSegment, createSegment, findSegment } from '../../segments/save.ts'
import type { Segment } from '../../segments/segment.ts'
import { filterWords } from '../../segments/words.ts'
import { readForm } from '../../ui/read-body.ts'
import { builderOf, changed, filterOf, type RowFault, readBuilder } from './builder.ts'
import { type BuilderProps, SegmentPage } from './builder-view.tsx'
import { builderIn } from './form-data.ts'
import { type RowContext, withFirstOptions } from './options.ts'

export const builderRoutes = new Hono<ConsoleEnv>()

type Sent = ReadonlyMap<string, readonly string[]>
type Form = BuilderProps['form']

builderRoutes.get('/segments/:id', async (c) => {
  allow(c, 'segments.read')
  const about = await aboutOf(c, c.req.param('id'), c.req.query('list') ?? '')
  const filter = about.segment === null ? everyone : about.segment.filter
  const opened = formOf(filter, about.list)
  const props = await propsOf(c, about, { ...opened, isChecked: true })
  return screen(c, 200, <SegmentPage {...props} done={c.req.query('done')} />)
})

builderRoutes.post('/segments/:id', async (c) => {
  allow(c, 'segments.read')
  const sent = await readForm(c)
  const about = await aboutOf(c, c.req.param('id'), one(sent, 'list'))
  const act = one(sent, 'do')
  const typed = { name: one(sent, 'name'), version: one(sent, 'version') }
  const shown = { ...acted(sent, act, about), ...typed, isChecked: checking.includes(act) }
  const props = await propsOf(c, about, shown)
  if (act === 'save') return save(c, about, props)
  return screen(c, act === 'count' && props.faults.length > 0 ? 422 : 200, <SegmentPage {...props} />)
})

/** The buttons that say what is wrong. The others, and the count while typing, take the form as it is so far. */
const checking: readonly string[] = ['save', 'count', 'as-rows']

interface About {
  readonly segment: Segment | null
  readonly list: List
  /** Those that were sent to the list. */
  readonly sent: RowContext['campaigns']
}

/** The segment and its list; for a new segment the list by its slug. Throws `not_found` and `forbidden`. */
async function aboutOf(c: ConsoleContext, id: string, slug: string): Promise<About> {
  const segment = id === 'new' ? null : await findSegment(c.env.db, id)
  if (id !== 'new' && segment === null) throw notFound('segment')
  const list = segment === null ? await findList(c.env.db, slug) : await listByNumber(c.env.db, segment.list)
  if (list === null) throw notFound('list')
  allow(c, 'segments.read', list.number)
  return { segment, list, sent: await sentCampaigns(c.env.db, list.number) }
}

const one = (sent: Sent, name: string): string => sent.get(name)?.[0] ?? ''

interface Opened {
  readonly form: Form
  readonly whyJson?: string
}

interface Shown extends Opened {
  /** Whether faults are shown. */
  readonly isChecked: boolean
  readonly name?: string
  readonly version?: string
}

const unshowable = 'This filter is too complex for the form (nested groups or “not”), so it is shown as JSON.'
const unreadable =
  'This filter uses something that the list no longer has. Fix it here; until then no campaign can be sent to this segment.'

/** The saved filter as rows, or as JSON where rows cannot hold it. */
function formOf(filter: unknown, list: List): Opened {
  const parsed = parseFilter(filter, list.fields)
  const builder = parsed.ok ? builderOf(parsed.filter, list.fields) : null
  if (builder !== null) return { form: { kind: 'rows', builder } }
  return {
    form: { kind: 'json', text: JSON.stringify(filter, null, 2) },
    whyJson: parsed.ok ? unshowable : unreadable,
  }
}

/** The posted form after its button's act. */
function acted(sent: Sent, act: string, { list, sent: campaigns }: About): Opened {
  if (one(sent, 'mode') === 'json') {
    const text = one(sent, 'json').replaceAll('\r\n', '\n')
    const read = readJson(text, list)
    return act === 'as-rows' && 'filter' in read
      ? formOf(read.filter, list)
      : { form: { kind: 'json', text } }
  }
  const after = changed(builderIn(sent), {
    act,
    what: (group) => one(sent, group === '' ? 'add' : `add.${group}`),
    fields: list.fields,
  })
  const builder = withFirstOptions(after, { list, campaigns })
  if (act !== 'as-json') return { form: { kind: 'rows', builder } }
  return { form: { kind: 'json', text: JSON.stringify(filterOf(builder, list.fields), null, 2) } }
}

type Read = { readonly filter: Filter } | { readonly faults: readonly RowFault[] }

function readJson(text: string, list: List): Read {
  try {
    const parsed = parseFilter(parseJson(text), list.fields)
    if (parsed.ok) return { filter: parsed.filter }
    const faults = 'faults' in parsed ? parsed.faults : [parsed.notAvailable]
    return { faults: faults.map(({ path, message }) => ({ at: path, message })) }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { faults: [{ at: '', message: error.faults[0]?.message ?? 'This is not JSON.' }] }
  }
}

const readOf = (form: Form, list: List): Read =>
  form.kind === 'rows' ? readBuilder(form.builder, list.fields) : readJson(form.text, list)

async function propsOf(
  c: ConsoleContext,
  { segment, list, sent }: About,
  shown: Shown,
): Promise<BuilderProps> {
  const read = readOf(shown.form, list)
  const filter = 'filter' in read ? read.filter : null
  const named = filter === null ? [] : namesIn(filter).campaigns
  const subjects = await subjectsOf(c.env.db, named, c.var.session.operator.lists)
  const further = Array.from(subjects, ([id, subject]) => ({ id, subject })).filter(
    ({ id }) => !sent.some((campaign) => campaign.id === id),
  )
  return {
    frame: frameOf(c),
    context: { list, campaigns: [...sent, ...further] },
    ...(segment === null ? {} : { id: segment.id, savedName: segment.name }),
    name: shown.name ?? segment?.name ?? '',
    version: shown.version ?? segment?.updatedAt.toISOString() ?? c.env.ids(),
    form: shown.form,
    ...(shown.whyJson === undefined ? {} : { whyJson: shown.whyJson }),
    faults: 'faults' in read && shown.isChecked ? read.faults : [],
    counted: filter === null ? null : await countedOf(c, list, filter, subjects),
    mayWrite: operatorMay(c.var.session.operator, 'segments.write', list.number),
    maySeePeople: operatorMay(c.var.session.operator, 'subscribers.read', list.number),
  }
}

async function countedOf(
  c: ConsoleContext,
  list: List,
  filter: Filter,
  campaigns: ReadonlyMap<string, string>,
) {
  const [reachable, onList] = await Promise.all([
    countAudience(c.env.db, { list, purpose: ownPurpose, filter, now: c.env.clock() }),
    countOnList(c.env.db, list),
  ])
  return { reachable, onList, words: filterWords(filter, { list, campaigns }) }
}

const nameInput = line(120)

async function save(c: ConsoleContext, { segment, list }: About, props: BuilderProps) {
  allow(c, 'segments.write', list.number)
  const name = nameInput.safeParse(props.name)
  const read = readOf(props.form, list)
  if (!name.success || 'faults' in read)
    return screen(
      c,
      422,
      <SegmentPage {...props} nameFault={name.success ? undefined : faultsOf(name.error)[0]?.message} />,
    )
  const { filter } = read
  if (segment === null) {
    const once = isUuid(props.version) ? { id: props.version } : {}
    const made = await createSegment(c.env, actorOf(c), { name: name.data, list, filter, ...once })
    return c.redirect(`/console/segments/${made.id}?done=created`, 303)
  }
  try {
    const seen = new Date(props.version)
    if (Number.isNaN(seen.getTime())) throw new DomainError('conflict', 'The form has no version.')
    await changeSegment(c.env, actorOf(c), { segment, list, name: name.data, filter, seen })
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'conflict') throw error
    return clash(c, { segment, list }, props)
  }
  return c.redirect(`/console/segments/${segment.id}?done=changed`, 303)
}

/** Shows both versions; the next save overwrites the newer one. */
async function clash(c: ConsoleContext, about: { segment: Segment; list: List }, props: BuilderProps) {
  const theirs = await findSegment(c.env.db, about.segment.id)
  if (theirs === null) throw notFound('segment')
  const parsed = parseFilter(theirs.filter, about.list.fields)
  const { lists } = c.var.session.operator
  const campaigns = parsed.ok
    ? await subjectsOf(c.env.db, namesIn(parsed.filter).campaigns, lists)
    : new Map()
  const words = parsed.ok ? filterWords(parsed.filter, { list: about.list, campaigns }) : unreadable
  const version = theirs.updatedAt.toISOString()
  return screen(
    c,
    409,
    <SegmentPage {...props} version={version} theirs={`${quoted('en', theirs.name)}. ${words}`} />,
  )
}
