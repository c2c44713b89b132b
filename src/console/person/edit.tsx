// web · /console/people/{id}/edit: edits language, time zone, fields and tags; detects concurrent changes
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
import { changeSubscriber, type SubscriberChange } from '../../subscribers/change.ts'
import { fieldRegistry } from '../../subscribers/find.ts'
import { maskAddress } from '../../subscribers/mask.ts'
import { addressOf } from '../../subscribers/show-address.ts'
import { readForm } from '../../ui/read-body.ts'
import { type PersonSeen, personSeen } from '../people/visible-people.ts'
import { EditPage, type EditProps, type Typed } from './edit-view.tsx'
import { type FieldShown, fieldsShown } from './fields.ts'

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
  const typed = typedIn(sent, props.fields)
  try {
    await changeSubscriber(c.env, actorOf(c), {
      subscriber: person.row,
      change: changeOf(typed, props),
      seen: sent.get('version')?.[0] ?? '',
    })
  } catch (error) {
    if (error instanceof DomainError && error.code === 'conflict')
      return screen(c, 409, <EditPage {...props} typed={typed} isStale />)
    return screen(c, 422, <EditPage {...props} typed={typed} faults={faultsOrThrow(error)} />)
  }
  return c.redirect(`/console/people/${person.row.uid}?done=changed`, 303)
})

async function editProps(c: ConsoleContext, { row, lists }: PersonSeen): Promise<EditProps> {
  const fields = fieldsShown(c.env.vault, { row, lists, registry: await fieldRegistry(c.env.db) })
  const known = { locale: row.locale, timezone: row.timezone ?? '' }
  return {
    frame: frameOf(c),
    id: row.uid,
    masked: maskAddress(addressOf(c.env, row) ?? ''),
    version: row.version,
    fields,
    saved: { ...known, tags: row.tags, fields: valuesOf(fields) },
    typed: { ...known, tags: row.tags.join('\n'), fields: valuesOf(fields) },
    faults: [],
  }
}

const valuesOf = (fields: readonly FieldShown[]): ReadonlyMap<string, string> =>
  new Map(fields.map(({ field, value }) => [field.key, value]))

const typedIn = (sent: ReadonlyMap<string, readonly string[]>, fields: readonly FieldShown[]): Typed => ({
  locale: sent.get('locale')?.[0] ?? '',
  timezone: sent.get('timezone')?.[0] ?? '',
  tags: sent.get('tags')?.[0] ?? '',
  fields: new Map(fields.map(({ field }) => [field.key, sent.get(`fields.${field.key}`)?.[0] ?? ''])),
})

const tagNames = z.array(line(60)).max(100, 'A person can have at most 100 tags.')

/** Only the values that differ from the saved ones. Throws `invalid`. */
function changeOf(typed: Typed, { saved }: EditProps): SubscriberChange {
  const fields = [...typed.fields].flatMap(([key, value]) => {
    const text = value.trim()
    if (text === (saved.fields.get(key) ?? '')) return []
    return [[key, text === '' ? null : text] as const]
  })
  const names = namesIn(typed.tags, saved.tags)
  const tags = tagNames.safeParse(names)
  if (!tags.success)
    throw new DomainError('invalid', 'Please fix the tags.', { faults: tagFaults(tags.error, names) })
  const hasOtherTags = [...tags.data].sort().join('\n') !== [...saved.tags].sort().join('\n')
  return {
    ...(isLocale(typed.locale) && typed.locale !== saved.locale ? { locale: typed.locale } : {}),
    ...(typed.timezone === saved.timezone ? {} : { timezone: zoneIn(typed.timezone) }),
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

const tagFaults = (error: z.ZodError, names: readonly string[]): readonly Fault[] =>
  faultsOf(error).map(({ path, message }) => {
    const name = path === '' ? undefined : names[Number(path)]
    return { path: 'tags', message: name === undefined ? message : `“${name.slice(0, 60)}”: ${message}` }
  })
