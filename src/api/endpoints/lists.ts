// web · /api/v1/lists
import * as z from 'zod'
import { changeList, createList, editable } from '../../consent/publish.ts'
import { findList, pageOfLists } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import { listInput } from '../../lists/settings.ts'
import { notFound } from '../../platform/errors.ts'
import { listShape, pageShape, type Shown } from '../answers.ts'
import { collection, type Endpoint, endpoint, holdToLists, pageOf, type Reach } from '../endpoint.ts'

/** Any object: lists/settings checks each setting. */
const settings = z.record(z.string(), z.unknown())

/** The list by slug or id. Throws `not_found`, and `forbidden` where the key is limited to others. */
export async function listNamed(reach: Reach, name: string): Promise<List> {
  const list = await findList(reach.deps.db, name)
  if (list === null) throw notFound('list')
  holdToLists(reach, list.number)
  return list
}

/** The documented shape of a change: every setting is optional, and none has a default. */
const settingsChange = listInput.partial().meta({ id: 'ListChange' })

function shown(list: List): Shown<typeof listShape> {
  const { slug, name, ...settings } = editable(list)
  return {
    id: list.id,
    slug,
    name,
    ...settings,
    notices: list.notices,
    created_at: list.createdAt.toISOString(),
    archived_at: list.archivedAt?.toISOString() ?? null,
  }
}

export const listEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      method: 'POST',
      path: '/lists',
      permission: 'lists.write',
      whole: true,
      summary: 'Create a list',
      description:
        'Only slug, name, sender and controller are required; the rest has defaults fit for the strictest law. A `label`, `title` or `text` is a string, or one per language. A language without every text is refused.',
      body: settings,
      bodyShape: listInput,
      example: {
        slug: 'garden',
        name: 'The Garden Letter',
        description: 'One letter a month, never more.',
        sender: { name: 'Brand', email: 'news@brand.example' },
        controller: {
          name: 'Brand AB',
          address: 'Storgatan 1\n111 22 Stockholm',
          contact_email: 'privacy@brand.example',
          jurisdiction: 'SE',
        },
        fields: [{ key: 'first_name', label: 'First name', purpose: 'newsletter' }],
      },
      status: 201,
      answer: listShape,
    },
    async (call) => shown(await createList(call.deps, call.actor, call.body)),
  ),
  endpoint(
    {
      method: 'GET',
      path: '/lists',
      permission: 'lists.read',
      summary: 'All lists',
      description: 'Newest first.',
      pages: true,
      answer: pageShape(listShape),
    },
    async (call) => {
      const { limit, after } = pageOf(call, z.int())
      const lists = await pageOfLists(call.deps.db, { limit, before: after, only: call.lists })
      return collection(lists, { limit, show: shown, position: (list) => list.number })
    },
  ),
  endpoint(
    {
      method: 'GET',
      path: '/lists/:list',
      permission: 'lists.read',
      summary: 'One list',
      answer: listShape,
    },
    async (call) => shown(await listNamed(call, call.path('list'))),
  ),
  endpoint(
    {
      method: 'PATCH',
      path: '/lists/:list',
      permission: 'lists.write',
      summary: 'Change a list',
      description:
        'What is left out stays as it is. Purposes that people were asked for cannot go, and a field keeps its type; everybody keeps the notice they saw.',
      body: settings,
      bodyShape: settingsChange,
      example: { description: 'Two letters a month.' },
      answer: listShape,
    },
    async (call) =>
      shown(await changeList(call.deps, call.actor, await listNamed(call, call.path('list')), call.body)),
  ),
]
