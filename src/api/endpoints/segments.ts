// web · /api/v1/segments
import * as z from 'zod'
import { ownPurpose } from '../../lists/list.ts'
import type { Deps } from '../../platform/deps.ts'
import { notFound } from '../../platform/errors.ts'
import { countAudience } from '../../segments/audience.ts'
import {
  changeSegment,
  checkedFilter,
  createSegment,
  deleteSegment,
  findSegment,
  pageOfSegments,
} from '../../segments/save.ts'
import { previewInput, type Segment, segmentChange, segmentInput } from '../../segments/segment.ts'
import { countShape, pageShape, type Shown, segmentShape } from '../answers.ts'
import { collection, type Endpoint, endpoint, holdToLists, pageOf, type Reach } from '../endpoint.ts'
import { listNamed } from './lists.ts'
import { listOf } from './subscribers.ts'

async function shown(deps: Deps, segment: Segment): Promise<Shown<typeof segmentShape>> {
  return {
    id: segment.id,
    name: segment.name,
    list: (await listOf(deps, segment.list)).id,
    filter: segment.filter,
    created_at: segment.createdAt.toISOString(),
    updated_at: segment.updatedAt.toISOString(),
  }
}

/** Throws `not_found`, and `forbidden` where the key is limited to other lists. */
async function segmentAt(reach: Reach, id: string): Promise<Segment> {
  const segment = await findSegment(reach.deps.db, id)
  if (segment === null) throw notFound('segment')
  holdToLists(reach, segment.list)
  return segment
}

export const segmentEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      method: 'POST',
      path: '/segments',
      permission: 'segments.write',
      summary: 'Save a segment',
      description: 'The filter is checked against the fields of the list before it is saved.',
      body: segmentInput,
      example: {
        name: 'Poland',
        list: 'garden',
        filter: { all: [{ locale: 'pl' }, { not: { tag: 'vip' } }] },
      },
      status: 201,
      answer: segmentShape,
    },
    async (call) => {
      const list = await listNamed(call, call.body.list)
      return shown(call.deps, await createSegment(call.deps, call.actor, { ...call.body, list }))
    },
  ),
  endpoint(
    {
      method: 'GET',
      path: '/segments',
      permission: 'segments.read',
      summary: 'All segments',
      description: 'Newest first.',
      pages: true,
      answer: pageShape(segmentShape),
    },
    async (call) => {
      const { limit, after } = pageOf(call, z.uuid())
      const segments = await pageOfSegments(call.deps.db, { limit, before: after, lists: call.lists })
      const page = collection(segments, {
        limit,
        show: (segment) => segment,
        position: (segment) => segment.id,
      })
      return { ...page, data: await Promise.all(segments.map((segment) => shown(call.deps, segment))) }
    },
  ),
  endpoint(
    {
      method: 'POST',
      path: '/segments/preview',
      permission: 'segments.read',
      summary: 'Count an audience',
      description: 'People whom a campaign to this filter would reach now. Nothing is saved.',
      body: previewInput,
      example: { list: 'garden', filter: { locale: 'pl' } },
      answer: countShape,
    },
    async (call) => {
      const list = await listNamed(call, call.body.list)
      const filter = checkedFilter(call.body.filter, list)
      return {
        count: await countAudience(call.deps.db, {
          list,
          purpose: ownPurpose,
          filter,
          now: call.deps.clock(),
        }),
      }
    },
  ),
  endpoint(
    {
      method: 'GET',
      path: '/segments/:id',
      permission: 'segments.read',
      summary: 'One segment',
      answer: segmentShape,
    },
    async (call) => shown(call.deps, await segmentAt(call, call.path('id'))),
  ),
  endpoint(
    {
      method: 'PATCH',
      path: '/segments/:id',
      permission: 'segments.write',
      summary: 'Change a segment',
      description: 'Campaigns that were launched keep the filter they were launched with.',
      body: segmentChange,
      example: { name: 'Poland, all' },
      answer: segmentShape,
    },
    async (call) => {
      const segment = await segmentAt(call, call.path('id'))
      const list = await listOf(call.deps, segment.list)
      return shown(call.deps, await changeSegment(call.deps, call.actor, { segment, list, ...call.body }))
    },
  ),
  endpoint(
    {
      method: 'DELETE',
      path: '/segments/:id',
      permission: 'segments.write',
      summary: 'Delete a segment',
      description: 'Campaigns that were launched keep the filter they were launched with.',
      status: 204,
    },
    async (call) => {
      await deleteSegment(call.deps, call.actor, (await segmentAt(call, call.path('id'))).id)
    },
  ),
]
