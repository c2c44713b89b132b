// web · /api/v1/segments
import * as z from 'zod'
import { ownPurpose } from '../lists/list.ts'
import type { Deps } from '../platform/deps.ts'
import { notFound } from '../platform/errors.ts'
import { countAudience } from '../segments/audience.ts'
import {
  changeSegment,
  checkedFilter,
  createSegment,
  deleteSegment,
  findSegment,
  pageOfSegments,
} from '../segments/save.ts'
import { previewInput, type Segment, segmentChange, segmentInput } from '../segments/segment.ts'
import { collection, endpoint, pageOf } from './endpoint.ts'
import { listNamed } from './lists.ts'
import { listOf } from './subscribers.ts'

async function shown(deps: Deps, segment: Segment) {
  return {
    id: segment.id,
    name: segment.name,
    list: (await listOf(deps, segment.list)).id,
    filter: segment.filter,
    created_at: segment.createdAt.toISOString(),
    updated_at: segment.updatedAt.toISOString(),
  }
}

async function segmentAt(deps: Deps, id: string): Promise<Segment> {
  const segment = await findSegment(deps.db, id)
  if (segment === null) throw notFound('segment')
  return segment
}

endpoint(
  { method: 'POST', path: '/segments', permission: 'segments.write', body: segmentInput, status: 201 },
  async (call) => {
    const list = await listNamed(call.deps, call.body.list)
    return shown(call.deps, await createSegment(call.deps, call.actor, { ...call.body, list }))
  },
)

endpoint({ method: 'GET', path: '/segments', permission: 'segments.read' }, async (call) => {
  const { limit, after } = pageOf(call, z.uuid())
  const segments = await pageOfSegments(call.deps.db, { limit, before: after })
  const page = collection(segments, { limit, show: (segment) => segment, position: (segment) => segment.id })
  return { ...page, data: await Promise.all(segments.map((segment) => shown(call.deps, segment))) }
})

endpoint(
  { method: 'POST', path: '/segments/preview', permission: 'segments.read', body: previewInput },
  async (call) => {
    const list = await listNamed(call.deps, call.body.list)
    const filter = checkedFilter(call.body.filter, list)
    return {
      count: await countAudience(call.deps.db, { list, purpose: ownPurpose, filter, now: call.deps.clock() }),
    }
  },
)

endpoint({ method: 'GET', path: '/segments/:id', permission: 'segments.read' }, async (call) =>
  shown(call.deps, await segmentAt(call.deps, call.path('id'))),
)

endpoint(
  { method: 'PATCH', path: '/segments/:id', permission: 'segments.write', body: segmentChange },
  async (call) => {
    const segment = await segmentAt(call.deps, call.path('id'))
    const list = await listOf(call.deps, segment.list)
    return shown(call.deps, await changeSegment(call.deps, call.actor, { segment, list, ...call.body }))
  },
)

endpoint(
  { method: 'DELETE', path: '/segments/:id', permission: 'segments.write', status: 204 },
  async (call) => {
    await deleteSegment(call.deps, call.actor, (await segmentAt(call.deps, call.path('id'))).id)
  },
)
