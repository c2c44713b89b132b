// web · /console/campaigns/new, /edit and /duplicate: creating, editing and duplicating drafts
import { Hono } from 'hono'
import {
  actorOf,
  type ConsoleContext,
  type ConsoleEnv,
  faultsOrThrow,
  frameOf,
  screen,
} from '../../../auth/console.tsx'
import { allow } from '../../../auth/guard.tsx'
import { seesList } from '../../../auth/operators/operator.ts'
import { type Campaign, isWritable } from '../../../campaigns/campaign.ts'
import { changeCampaign, createCampaign, faultsOfWriting } from '../../../campaigns/writing/draft.ts'
import { pageOfLists } from '../../../lists/find.ts'
import type { List } from '../../../lists/list.ts'
import { DomainError, type Fault } from '../../../platform/errors.ts'
import { segmentNamesOf } from '../../../segments/find-names.ts'
import { readForm } from '../../../ui/read-body.ts'
import { statusOf } from '../../../ui/status.ts'
import { campaignAt, listToWriteTo } from '../load-campaign.ts'
import {
  controlFaults,
  draftOf,
  type Form,
  nothingWritten,
  onceIn,
  valueIn,
  versionIn,
  type WritingFields,
  writingIn,
  writingOf,
} from './fields.ts'
import { ChooseListPage, ConflictPage, EditPage, NewPage } from './write-view.tsx'

export const writeRoutes = new Hono<ConsoleEnv>()

const maxLists = 200

writeRoutes.get('/campaigns/new', async (c) => {
  allow(c, 'campaigns.write')
  const asked = c.req.query('list') ?? ''
  if (asked !== '') {
    const list = await listToWriteTo(c, asked)
    return newPage(c, { list, fields: nothingWritten(list), faults: [], unsaved: false })
  }
  const lists = (await pageOfLists(c.env.db, { limit: maxLists, before: null })).filter(
    ({ number, archivedAt }) => archivedAt === null && seesList(c.var.session.operator, number),
  )
  const [only, ...more] = lists
  if (only !== undefined && more.length === 0)
    return c.redirect(`/console/campaigns/new?list=${only.slug}`, 303)
  return screen(c, 200, <ChooseListPage frame={frameOf(c)} lists={lists} />)
})

writeRoutes.post('/campaigns/new', async (c) => {
  const form = await readForm(c)
  const list = await listToWriteTo(c, valueIn(form, 'list'))
  const fields = writingIn(form)
  const once = onceIn(form)
  try {
    const saved = await createCampaign(c.env, actorOf(c), {
      list,
      draft: draftOf(fields),
      unfinished: true,
      ...(once === undefined ? {} : { id: once }),
    })
    if (isAutosave(c, form)) return autosaved(c, saved)
    return c.redirect(await nextOf(c, { form, saved, list, done: 'created' }), 303)
  } catch (error) {
    if (isAutosave(c, form)) return notAutosaved(c, error)
    return newPage(c, { list, fields, faults: controlFaults(faultsOrThrow(error)), unsaved: true, once })
  }
})

/** Posted by the island while somebody writes. A form kept from an expired session comes back as a page: it is an ordinary save. */
const isAutosave = (c: ConsoleContext, form: Form): boolean =>
  valueIn(form, 'then') === 'autosave' && c.req.header('sec-fetch-dest') !== 'document'

const autosaved = (c: ConsoleContext, { id, version }: Campaign): Response =>
  c.json({ href: `/console/campaigns/${id}/edit`, version })

/** The form keeps the text; its buttons say the rest. */
function notAutosaved(c: ConsoleContext, error: unknown): Response {
  if (!(error instanceof DomainError)) throw error
  return c.json({ message: error.faults[0]?.message ?? error.message }, statusOf(error.code))
}

/** The next page, from the pressed button; the form with what is missing, where the text cannot be sent yet. */
async function nextOf(
  c: ConsoleContext,
  { form, saved, list, done }: { form: Form; saved: Campaign; list: List; done: 'created' | 'saved' },
): Promise<string> {
  const then = valueIn(form, 'then')
  const isNext = then === 'test' || then === 'launch'
  const step = isNext && (await faultsOfWriting(c.env, saved, list)).length === 0 ? then : 'edit'
  return `/console/campaigns/${saved.id}/${step}?done=${done}`
}

/** The form of an unsaved draft. */
export async function newPage(
  c: ConsoleContext,
  shown: {
    list: List
    fields: WritingFields
    faults: readonly Fault[]
    unsaved: boolean
    once?: string | undefined
  },
) {
  const segments = await segmentNamesOf(c.env.db, shown.list.number)
  const status = shown.faults.length > 0 ? 422 : 200
  return screen(
    c,
    status,
    <NewPage frame={frameOf(c)} segments={segments} {...shown} once={shown.once ?? c.env.ids()} />,
  )
}

writeRoutes.get('/campaigns/:id/edit', async (c) => {
  const { campaign, list } = await campaignAt(c, 'campaigns.write')
  if (!isWritable(campaign)) return c.redirect(`/console/campaigns/${campaign.id}`, 303)
  const faults = controlFaults(await faultsOfWriting(c.env, campaign, list))
  return editPage(c, { campaign, list, fields: writingOf(campaign), faults, isSaved: true })
})

writeRoutes.post('/campaigns/:id/edit', async (c) => {
  const { campaign, list } = await campaignAt(c, 'campaigns.write')
  const form = await readForm(c)
  const fields = writingIn(form)
  // Version 0 always conflicts: without a version the form may be stale.
  const version = versionIn(form) ?? 0
  try {
    // Changes of a scheduled campaign are sent: only its button saves them.
    if (isAutosave(c, form) && campaign.state !== 'draft')
      throw new DomainError('conflict', 'This campaign is not a draft any more.')
    const draft = draftOf(fields)
    const saved = await changeCampaign(c.env, actorOf(c), {
      campaign,
      list,
      draft,
      version,
      unfinished: true,
      isAutosave: isAutosave(c, form),
    })
    if (isAutosave(c, form)) return autosaved(c, saved)
    return c.redirect(await nextOf(c, { form, saved, list, done: 'saved' }), 303)
  } catch (error) {
    if (isAutosave(c, form)) return notAutosaved(c, error)
    if (error instanceof DomainError && error.code === 'conflict') return conflictPage(c, fields)
    // Keep the form's version, so that the next try still detects a change meanwhile.
    const faults = controlFaults(faultsOrThrow(error))
    return editPage(c, { campaign: { ...campaign, version }, list, fields, faults, isSaved: false })
  }
})

async function editPage(
  c: ConsoleContext,
  shown: {
    campaign: Campaign
    list: List
    fields: WritingFields
    faults: readonly Fault[]
    isSaved: boolean
  },
) {
  const segments = await segmentNamesOf(c.env.db, shown.list.number)
  const status = shown.faults.length > 0 && !shown.isSaved ? 422 : 200
  const done = c.req.query('done')
  return screen(c, status, <EditPage frame={frameOf(c)} segments={segments} done={done} {...shown} />)
}

/** Shows the saved version beside the operator's form. */
async function conflictPage(c: ConsoleContext, fields: WritingFields) {
  const { campaign, list } = await campaignAt(c, 'campaigns.write')
  const segments = await segmentNamesOf(c.env.db, list.number)
  return screen(
    c,
    409,
    <ConflictPage
      frame={frameOf(c)}
      segments={segments}
      campaign={campaign}
      list={list}
      fields={fields}
      faults={[]}
      once={c.env.ids()}
    />,
  )
}

writeRoutes.post('/campaigns/:id/duplicate', async (c) => {
  const { campaign, list } = await campaignAt(c, 'campaigns.write')
  const segments = await segmentNamesOf(c.env.db, list.number)
  const isThere = segments.some(({ id }) => id === campaign.segment)
  const fields = { ...writingOf(campaign), segment: isThere ? (campaign.segment ?? '') : '' }
  const once = onceIn(await readForm(c))
  try {
    const { id } = await createCampaign(c.env, actorOf(c), {
      list,
      draft: draftOf(fields),
      unfinished: true,
      ...(once === undefined ? {} : { id: once }),
    })
    return c.redirect(`/console/campaigns/${id}/edit?done=duplicated`, 303)
  } catch (error) {
    // The text can use a field that the list no longer has.
    return newPage(c, { list, fields, faults: controlFaults(faultsOrThrow(error)), unsaved: true })
  }
})
