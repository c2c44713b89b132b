// web · /console/segments: the segments of the operator's lists, in words; deleting one
import { Hono } from 'hono'
import { actorOf, type ConsoleContext, type ConsoleEnv, frameOf, screen } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { operatorMay } from '../../auth/operators/operator.ts'
import { draftsToSegment, subjectsOf } from '../../campaigns/find.ts'
import type { List } from '../../lists/list.ts'
import { isUuid } from '../../platform/encoding/uuid.ts'
import { notFound } from '../../platform/errors.ts'
import { namesIn, parseFilter } from '../../segments/filter.ts'
import { deleteSegment, findSegment, pageOfSegments } from '../../segments/save.ts'
import type { Segment } from '../../segments/segment.ts'
import { filterWords } from '../../segments/words.ts'
import { listsSeen } from '../people/visible-people.ts'
import { ChooseListPage, DeleteSegmentPage, SegmentsPage } from './segments-view.tsx'

export const segmentRoutes = new Hono<ConsoleEnv>()

const segmentsAtOnce = 50

segmentRoutes.get('/segments', async (c) => {
  allow(c, 'segments.read')
  const lists = await listsSeen(c)
  const before = c.req.query('before') ?? ''
  const rows = await pageOfSegments(c.env.db, {
    limit: segmentsAtOnce + 1,
    before: isUuid(before) ? before : null,
    lists: c.var.session.operator.lists,
  })
  const shown = rows.slice(0, segmentsAtOnce)
  const last = rows.length > segmentsAtOnce ? shown.at(-1) : undefined
  const told = await toldOf(c, shown, lists)
  return screen(
    c,
    200,
    <SegmentsPage
      frame={frameOf(c)}
      segments={told}
      hasLists={lists.length > 0}
      mayWrite={operatorMay(c.var.session.operator, 'segments.write')}
      next={last === undefined ? null : `/console/segments?before=${last.id}`}
      done={c.req.query('done')}
    />,
  )
})

/** Each segment with its list and its filter in words; null words where the filter no longer fits the list. */
async function toldOf(c: ConsoleContext, segments: readonly Segment[], lists: readonly List[]) {
  const read = segments.flatMap((segment) => {
    const list = lists.find(({ number }) => number === segment.list)
    if (list === undefined) return []
    const parsed = parseFilter(segment.filter, list.fields)
    return [{ segment, list, filter: parsed.ok ? parsed.filter : null }]
  })
  const named = read.flatMap(({ filter }) => (filter === null ? [] : namesIn(filter).campaigns))
  const campaigns = await subjectsOf(c.env.db, [...new Set(named)], c.var.session.operator.lists)
  return read.map(({ segment, list, filter }) => ({
    segment,
    list,
    words: filter === null ? null : filterWords(filter, { list, campaigns }),
  }))
}

/** A segment belongs to one list: asks which one where there are several. */
segmentRoutes.get('/segments/new', async (c, next) => {
  allow(c, 'segments.read')
  if (c.req.query('list') !== undefined) return next()
  const lists = await listsSeen(c)
  const [only] = lists
  if (only !== undefined && lists.length === 1)
    return c.redirect(`/console/segments/new?list=${only.slug}`, 303)
  return screen(c, 200, <ChooseListPage frame={frameOf(c)} lists={lists} />)
})

async function segmentAt(c: ConsoleContext, id: string): Promise<Segment> {
  allow(c, 'segments.write')
  const segment = await findSegment(c.env.db, id)
  if (segment === null) throw notFound('segment')
  allow(c, 'segments.write', segment.list)
  return segment
}

segmentRoutes.get('/segments/:id/delete', async (c) => {
  const segment = await segmentAt(c, c.req.param('id'))
  const campaigns = await draftsToSegment(c.env.db, segment.id)
  return screen(c, 200, <DeleteSegmentPage frame={frameOf(c)} segment={segment} campaigns={campaigns} />)
})

segmentRoutes.post('/segments/:id/delete', async (c) => {
  const segment = await segmentAt(c, c.req.param('id'))
  await deleteSegment(c.env, actorOf(c), segment.id)
  return c.redirect('/console/segments?done=deleted', 303)
})
