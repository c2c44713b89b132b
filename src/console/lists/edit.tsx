// web · /console/lists/new and …/edit: the list form; only its save button saves
import { Hono } from 'hono'
import { actorOf, type ConsoleContext, type ConsoleEnv, frameOf, screen } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { changeList, createListOnce } from '../../consent/publish.ts'
import { quoted } from '../../i18n/typography/marks.ts'
import { freeSlug, pageOfLists } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import { slugFrom } from '../../lists/names.ts'
import { isUuid } from '../../platform/encoding/uuid.ts'
import { DomainError, type Fault } from '../../platform/errors.ts'
import type { ControlFault } from '../../ui/components.tsx'
import { ConsolePage } from '../../ui/console/console.tsx'
import { PageHead } from '../../ui/console/parts.tsx'
import { maxConsolePairs, readForm } from '../../ui/read-body.ts'
import { differencesOf, OverwriteWarning } from './form/differences.tsx'
import {
  type Draft,
  draftOf,
  freshDraft,
  type Group,
  isGroup,
  sizeOf,
  typedIn,
  withFollowingDefault,
  withOneMore,
  withoutBlock,
} from './form/draft.ts'
import { type DraftInput, faultsAt, inputOf, withPurposeKeys } from './form/input.ts'
import { LookFrame } from './form/look-frame.tsx'
import { ListFormView } from './form/view.tsx'
import { listAsked, pathOf } from './load-list.ts'

export const listEditRoutes = new Hono<ConsoleEnv>()

listEditRoutes.get('/lists/new', async (c) => {
  mayMake(c)
  const [like = null] = await pageOfLists(c.env.db, { limit: 1, before: null })
  const draft = new Map([...freshDraft(like), ['once', [c.env.ids()]] as const])
  return formPage(c, { draft, before: null, like: like?.name })
})

listEditRoutes.post('/lists/new', async (c) => {
  mayMake(c)
  return answerForm(c, null)
})

listEditRoutes.get('/lists/:list/edit', async (c) => {
  const list = await listAsked(c, 'lists.write')
  return formPage(c, { draft: draftOf(list), before: list })
})

listEditRoutes.post('/lists/:list/edit', async (c) => answerForm(c, await listAsked(c, 'lists.write')))

/** Throws DomainError `forbidden` for operators limited to certain lists: they would not see a new one. */
export function mayMake(c: ConsoleContext): void {
  allow(c, 'lists.write')
  if (c.var.session.operator.lists !== null)
    throw new DomainError(
      'forbidden',
      'You have access to certain lists only. Ask an owner to create a new one.',
    )
}

/** Handles the pressed button: add a block, remove a block, or save. */
async function answerForm(c: ConsoleContext, before: List | null): Promise<Response> {
  const sent = await readForm(c, maxConsolePairs)
  const [does = '', group = '', at = ''] = typedIn(sent, 'do').split('.')
  const posted = new Map([...sent].filter(([name]) => name !== 'do'))
  const draft = withFollowingDefault(withPurposeKeys(posted))
  if (does === 'add' && isGroup(group))
    return formPage(c, {
      draft: withOneMore(draft, group),
      before,
      added: `${group}.${sizeOf(draft, group)}`,
    })
  if (does === 'drop' && isGroup(group)) {
    const left = mayDrop(before, { draft, group, at: Number(at) })
      ? withoutBlock(draft, group, Number(at))
      : draft
    return formPage(c, { draft: left, before, added: group })
  }
  return save(c, draft, before)
}

/** A saved purpose cannot be removed: people have already been asked for it. */
const mayDrop = (
  before: List | null,
  { draft, group, at }: { draft: Draft; group: Group; at: number },
): boolean =>
  group !== 'purposes' ||
  before?.purposes.some(({ key }) => key === typedIn(draft, `purposes.${at}.key`)) !== true

async function save(c: ConsoleContext, draft: Draft, before: List | null): Promise<Response> {
  if (before !== null && typedIn(draft, 'version') !== String(before.version))
    return overwritten(c, draft, before)
  const input = inputOf(draft, before)
  const once = typedIn(draft, 'once')
  try {
    const list =
      before === null
        ? await createListOnce(c.env, actorOf(c), {
            input: await withSlug(c, input.settings),
            once: isUuid(once) ? once : c.env.ids(),
          })
        : await changeList(c.env, actorOf(c), before, input.settings)
    return c.redirect(`${pathOf(list)}?done=${before === null ? 'created' : 'saved'}`, 303)
  } catch (error) {
    const faults = faultsOf(error)
    if (faults === null && before !== null && error instanceof DomainError && error.code === 'conflict')
      return overwritten(c, draft, await listAsked(c, 'lists.write'))
    if (faults === null) throw error
    return formPage(c, { draft, before, faults: faultsAt(faults, { draft, input }) })
  }
}

/** Fills an empty slug with the first free one made from the name. */
async function withSlug(c: ConsoleContext, settings: DraftInput['settings']) {
  const { slug, name } = settings
  return slug === '' ? { ...settings, slug: await freeSlug(c.env.db, slugFrom(name)) } : settings
}

/** The faults of a DomainError, a taken slug among them; null for other errors. */
const faultsOf = (error: unknown): readonly Fault[] | null =>
  error instanceof DomainError && error.faults.length > 0 ? error.faults : null

/** After a save by another operator: shows their version and keeps the form, with the new version number. */
const overwritten = (c: ConsoleContext, draft: Draft, now: List): Promise<Response> =>
  formPage(c, {
    draft: new Map([...draft, ['version', [String(now.version)]]]),
    before: now,
    clash: true,
  })

async function formPage(
  c: ConsoleContext,
  about: {
    draft: Draft
    before: List | null
    faults?: readonly ControlFault[]
    added?: string
    clash?: boolean
    /** The name of the list that a new one copies its defaults from. */
    like?: string | undefined
  },
): Promise<Response> {
  const { draft, before, faults = [], added, clash = false, like } = about
  const action = before === null ? '/console/lists/new' : `${pathOf(before)}/edit`
  const title = before === null ? 'New list' : `Edit ${before.name}`
  return screen(
    c,
    faults.length > 0 ? 422 : clash ? 409 : 200,
    <ConsolePage
      frame={frameOf(c)}
      section="lists"
      title={faults.length > 0 ? `Please check: ${title}` : title}
    >
      <PageHead
        title={title}
        crumb={
          before === null
            ? { label: 'Lists', href: '/console/lists' }
            : { label: before.name, href: pathOf(before) }
        }
        about={before === null ? newListAbout(like) : undefined}
      />
      {clash && before !== null && (
        <OverwriteWarning differences={differencesOf({ theirs: draftOf(before), yours: draft })} />
      )}
      <ListFormView
        form={{ draft, before, faults, added }}
        action={action}
        publicUrl={c.env.config.publicUrl}
      />
      <LookFrame draft={draft} action={`${action}/preview`} saved={before !== null} />
    </ConsolePage>,
  )
}

const newListAbout = (like: string | undefined): string =>
  like === undefined
    ? 'A list is one newsletter: its name, its sender and its controller. Everything else has defaults that follow the strictest law.'
    : `Sender, controller and recipients are copied from ${quoted('en', like)}. Change what differs.`
