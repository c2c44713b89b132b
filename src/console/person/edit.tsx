// web · /console/people/{id}/edit: edits language, time zone, and fields and tags per list; detects concurrent changes
import { Hono } from 'hono'
import * as z from 'zod'
import {
  actorOf,
  type ConsoleContext,
  type ConsoleEnv,
  faultsOrThrow,
  frameOf,
  screen,
} from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { isLocale } from '../../i18n/locale.ts'
import { zoneName } from '../../i18n/zones.ts'
import { DomainError, type Fault, invalid } from '../../platform/errors.ts'
import { faultsOf, line } from '../../platform/form.ts'
import { changeSubscriber, type ListChange, type SubscriberChange } from '../../subscribers/change.ts'
import { maskAddress } from '../../subscribers/mask.ts'
import { addressOf } from '../../subscribers/show-address.ts'
import { readForm } from '../../ui/read-body.ts'
import { type PersonSeen, personSeen, recordPersonRead } from '../people/visible-people.ts'
import { EditPage, type EditProps, fieldName, type ListTyped, type Typed, tagsName } from './edit-view.tsx'
import { type DetailsShown, detailsShown } from './fields.ts'

export const editRoutes = new Hono<ConsoleEnv>()

editRoutes.get('/people/:id/edit', async (c) => {
  allow(c, 'subscribers.write')
  return screen(c, 200, <EditPage {...(await editProps(c, await personSeen(c, c.req.param('id'))))} />)
})

editRoutes.post('/people/:id/edit', async (c) => {
  allow(c, 'subscribers.write')
  const person = await personSeen(c, c.req.param('id'))
  const props = await editProps(c, person)
  const sent = await readForm(c)
  const typed = typedIn(sent, props.saved.lists)
  try {
    await changeSubscriber(c.env, actorOf(c), {
      subscriber: person.row,
      change: changeOf(typed, props),
      seen: { version: sent.get('version')?.[0] ?? '', lists: c.var.session.operator.lists },
    })
  } catch (error) {
    const isStale = error instanceof DomainError && error.code === 'conflict'
    const faults = isStale
      ? []
      : faultsOrThrow(error).map((fault) => ({ ...fault, path: controlOf(props, fault.path) }))
    await recordPersonRead(c, props.id)
    return isStale
      ? screen(c, 409, <EditPage {...props} typed={typed} isStale />)
      : screen(c, 422, <EditPage {...props} typed={typed} faults={faults} />)
  }
  return c.redirect(`/console/people/${person.row.uid}?done=changed`, 303)
})

async function editProps(c: ConsoleContext, person: PersonSeen): Promise<EditProps> {
  const { row } = person
  const kept = row.subscriptions.filter(({ state }) => state !== 'erased')
  const lists = detailsShown(c.env.vault, { ...person, row: { ...row, subscriptions: kept } })
  const known = { locale: row.locale, timezone: row.timezone ?? '' }
  return {
    frame: frameOf(c),
    id: row.uid,
    masked: maskAddress(addressOf(c.env, row) ?? ''),
    version: row.version,
    saved: { ...known, lists },
    typed: {
      ...known,
      lists: new Map(
        lists.map(({ list, fields, tags }) => [
          list.id,
          { tags: tags.join('\n'), fields: new Map(fields.map(({ field, value }) => [field.key, value])) },
        ]),
      ),
    },
    faults: [],
  }
}

const typedIn = (sent: ReadonlyMap<string, readonly string[]>, lists: readonly DetailsShown[]): Typed => ({
  locale: sent.get('locale')?.[0] ?? '',
  timezone: sent.get('timezone')?.[0] ?? '',
  lists: new Map(
    lists.map(({ list, fields }) => [
      list.id,
      {
        tags: sent.get(tagsName(list.id))?.[0] ?? '',
        fields: new Map(
          fields.map(({ field }) => [field.key, sent.get(fieldName(list.id, field.key))?.[0] ?? '']),
        ),
      },
    ]),
  ),
})

/** The control of a fault that the act found at `subscriptions.<position>.fields.<key>`. */
function controlOf({ saved }: EditProps, path: string): string {
  const [, at, key] = /^subscriptions\.(\d+)\.fields\.(.+)$/.exec(path) ?? []
  const list = saved.lists[Number(at)]?.list
  return list === undefined || key === undefined ? path : fieldName(list.id, key)
}

const tagNames = z.array(line(60)).max(100, 'A person can have at most 100 tags.')

/** Only the values that differ from the saved ones; an entry for each list, in their order. Throws `invalid`. */
function changeOf(typed: Typed, { saved }: EditProps): SubscriberChange {
  const read = saved.lists.map((known) => listChangeOf(typed.lists.get(known.list.id), known))
  const faults = read.flatMap((one) => ('faults' in one ? one.faults : []))
  if (faults.length > 0) throw new DomainError('invalid', 'Please fix the tags.', { faults })
  return {
    ...(isLocale(typed.locale) && typed.locale !== saved.locale ? { locale: typed.locale } : {}),
    ...(typed.timezone === saved.timezone ? {} : { timezone: zoneIn(typed.timezone) }),
    subscriptions: read.flatMap((one) => ('faults' in one ? [] : [one])),
  }
}

function listChangeOf(
  typed: ListTyped | undefined,
  saved: DetailsShown,
): ListChange | { readonly faults: readonly Fault[] } {
  const { list } = saved
  if (typed === undefined) return { list }
  const fields = saved.fields.flatMap(({ field: { key }, value }) => {
    const text = (typed.fields.get(key) ?? '').trim()
    return text === value ? [] : [[key, text === '' ? null : text] as const]
  })
  const names = namesIn(typed.tags, saved.tags)
  const tags = tagNames.safeParse(names)
  if (!tags.success) return { faults: tagFaults(tags.error, { names, name: tagsName(list.id) }) }
  const hasOtherTags = [...tags.data].sort().join('\n') !== [...saved.tags].sort().join('\n')
  return {
    list,
    ...(fields.length === 0 ? {} : { fields: Object.fromEntries(fields) }),
    ...(hasOtherTags ? { tags: tags.data } : {}),
  }
}

/** Tags by line or comma; a saved tag with a comma in it, which the API may give, stays whole. */
const namesIn = (text: string, saved: readonly string[]): readonly string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .flatMap((line) => (saved.includes(line) ? [line] : line.split(',')))
      .flatMap((name) => name.trim() || []),
  ),
]

/** Throws `invalid`. */
function zoneIn(text: string): string | null {
  const read = zoneName.safeParse(text)
  if (text !== '' && !read.success) throw invalid('timezone', 'This is not a time zone.')
  return read.data ?? null
}

const tagFaults = (
  error: z.ZodError,
  about: { readonly names: readonly string[]; readonly name: string },
): readonly Fault[] =>
  faultsOf(error).map(({ path, message }) => {
    const tag = path === '' ? undefined : about.names[Number(path)]
    return { path: about.name, message: tag === undefined ? message : `“${tag.slice(0, 60)}”: ${message}` }
  })
