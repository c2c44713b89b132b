// pure · the draft of a list: form values as text, with blocks to add and remove
import { type Locale, type Localised, locales } from '../../../i18n/locale.ts'
import { type Field, type List, ownPurpose } from '../../../lists/list.ts'

/** Values by the path of their setting, as posted: `sender.name`, `fields.0.label.pl`. */
export type Draft = ReadonlyMap<string, readonly string[]>

/** Settings with several blocks. Each block has a control `{group}.{n}.key` or `.name` that a browser always posts. */
export type Group = 'fields' | 'purposes' | 'recipients'
export const isGroup = (name: string): name is Group => Object.hasOwn(marks, name)
const marks = { fields: 'key', purposes: 'key', recipients: 'name' } as const

export const maxGroup = { fields: 50, purposes: 17, recipients: 50 } as const

export const typedIn = (draft: Draft, name: string): string => draft.get(name)?.[0] ?? ''

export const isTicked = (draft: Draft, name: string, value: string): boolean =>
  draft.get(name)?.includes(value) === true

export const localesOf = (draft: Draft): readonly Locale[] =>
  locales.filter((locale) => isTicked(draft, 'locales', locale))

/** What the form showed as the default language, beside what was chosen. */
export const shownDefault = 'default_locale.shown'

/**
 * An untouched default language follows the ticks: the first of them, where it is not among them. A default chosen by hand
 * stays, to be refused in words where it is not ticked.
 */
export function withFollowingDefault(draft: Draft): Draft {
  const { [0]: first } = localesOf(draft)
  const chosen = typedIn(draft, 'default_locale')
  const isUntouched = draft.has(shownDefault) && typedIn(draft, shownDefault) === chosen
  const posted = [...draft].filter(([name]) => name !== shownDefault)
  return new Map(
    first === undefined || !isUntouched || isTicked(draft, 'locales', chosen)
      ? posted
      : [...posted, ['default_locale', [first]]],
  )
}

/** The number of blocks of a group, counted from 0 without gaps. */
export function sizeOf(draft: Draft, group: Group): number {
  let size = 0
  while (size < maxGroup[group] && draft.has(`${group}.${size}.${marks[group]}`)) size += 1
  return size
}

export function withOneMore(draft: Draft, group: Group): Draft {
  const size = sizeOf(draft, group)
  return size === maxGroup[group] ? draft : new Map([...draft, [`${group}.${size}.${marks[group]}`, ['']]])
}

/** Removes a block and renumbers the blocks after it. */
export const withoutBlock = (draft: Draft, group: Group, block: number): Draft =>
  new Map(
    [...draft].flatMap(([name, values]) => {
      const [, own, at = '', rest] = /^(\w+)\.(\d+)\.(.+)$/.exec(name) ?? []
      if (own !== group || Number(at) < block) return [[name, values] as const]
      return Number(at) === block ? [] : [[`${group}.${Number(at) - 1}.${rest}`, values] as const]
    }),
  )

/** A new list with the strictest defaults; sender and controller are copied from `like`. */
export function freshDraft(like: List | null): Draft {
  const blank = pairsOf({
    locales: [like?.default_locale ?? 'en'],
    default_locale: like?.default_locale ?? 'en',
    'confirm.mode': 'button',
    'confirm.ttl_hours': '168',
    minimum_age: '16',
    ip_storage: 'none',
    'retention.inactive_months': '36',
    'retention.evidence_years': '3',
    'retention.deliveries_months': '13',
    'controller.jurisdiction': 'EU',
  })
  return like === null ? blank : new Map([...blank, ...sharedBy(like)])
}

/** The settings that lists of one organisation share. */
const sharedBy = (list: List): Draft =>
  new Map([
    ...pairsOf({
      'sender.name': list.sender.name,
      'sender.email': list.sender.email,
      'sender.reply_to': list.sender.reply_to ?? '',
      'controller.name': list.controller.name,
      'controller.address': list.controller.address,
      'controller.contact_email': list.controller.contact_email,
      'controller.dpo_email': list.controller.dpo_email ?? '',
      'controller.authority': list.controller.authority ?? '',
      'controller.jurisdiction': list.controller.jurisdiction,
      'controller.representative': list.controller.representative ?? '',
      'brand.color': list.brand.color ?? '',
    }),
    ...list.recipients.flatMap(({ name, role, country, safeguard }, at) => [
      ...pairsOf({
        [`recipients.${at}.name`]: name,
        [`recipients.${at}.role`]: role,
        [`recipients.${at}.country`]: country,
        [`recipients.${at}.safeguard`]: safeguard ?? '',
      }),
    ]),
  ])

/** The draft of a saved list. */
export const draftOf = (list: List): Draft =>
  new Map([
    ...sharedBy(list),
    ...pairsOf({
      version: String(list.version),
      name: list.name,
      description: list.description,
      slug: list.slug,
      locales: list.locales,
      default_locale: list.default_locale,
      timezone: list.timezone ?? '',
      measures: list.purposes.flatMap(({ key }) => (isMeasure(key) ? [key] : [])),
      'confirm.mode': list.confirm.mode,
      'confirm.ttl_hours': String(list.confirm.ttl_hours),
      minimum_age: String(list.minimum_age),
      ip_storage: list.ip_storage,
      'retention.inactive_months': String(list.retention.inactive_months),
      'retention.evidence_years': String(list.retention.evidence_years),
      'retention.deliveries_months': String(list.retention.deliveries_months),
    }),
    ...list.purposes
      .filter(({ key }) => isFurther(key))
      .flatMap(({ key, title, text }, at) => [
        ...pairsOf({ [`purposes.${at}.key`]: key }),
        ...texts(`purposes.${at}.title`, title),
        ...texts(`purposes.${at}.text`, text),
      ]),
    ...list.fields.flatMap((field, at) => [...fieldDraft(`fields.${at}`, field)]),
  ])

const fieldDraft = (at: string, field: Field): Draft =>
  new Map([
    ...pairsOf({
      [`${at}.key`]: field.key,
      [`${at}.type`]: field.type,
      [`${at}.purpose`]: field.purpose,
      [`${at}.legal_basis`]: field.legal_basis,
      [`${at}.required`]: field.required ? ['yes'] : [],
      [`${at}.filterable`]: field.filterable ? ['yes'] : [],
      [`${at}.sensitive`]: field.sensitive ? ['yes'] : [],
    }),
    ...texts(`${at}.label`, field.label),
    ...locales.map((locale): [string, string[]] => [
      `${at}.options.${locale}`,
      [field.options.map(({ label }) => label[locale] ?? '').join('\n')],
    ]),
  ])

const texts = (path: string, text: Localised): Draft =>
  new Map(locales.map((locale) => [`${path}.${locale}`, [text[locale] ?? '']]))

const pairsOf = (values: Readonly<Record<string, string | readonly string[]>>): Draft =>
  new Map(Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]))

export const measures = ['clicks', 'opens'] as const
export type Measure = (typeof measures)[number]
export const isMeasure = (key: string): key is Measure => measures.some((one) => one === key)
/** Returns whether a purpose is neither the own purpose nor a measure with built-in texts. */
export const isFurther = (key: string): boolean => key !== ownPurpose && !isMeasure(key)
