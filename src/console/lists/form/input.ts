// pure · the list form as settings, and the faults of settings at the form's controls
import { isLocale, type Locale, type Localised, locales } from '../../../i18n/locale.ts'
import { reservedKeys } from '../../../lists/faults.ts'
import { type Field, type List, ownPurpose, type Purpose } from '../../../lists/list.ts'
import { keyFrom } from '../../../lists/names.ts'
import type { Fault } from '../../../platform/errors.ts'
import type { ControlFault } from '../../../ui/components.tsx'
import { type Draft, isTicked, localesOf, measures, sizeOf, typedIn } from './draft.ts'

/** Settings as the API takes them, and the form block of each purpose and field. */
export interface DraftInput {
  readonly settings: Readonly<Record<string, unknown>> & { readonly slug: string; readonly name: string }
  readonly purposes: readonly (number | 'measures' | null)[]
  readonly fields: readonly number[]
}

/** `before`: the saved list; settings without a control keep its values. A blank slug stays blank. */
export function inputOf(draft: Draft, before: List | null): DraftInput {
  const text = (name: string): string => typedIn(draft, name).trim()
  const orNull = (name: string): string | null => (text(name) === '' ? null : text(name))
  const purposes = purposesOf(draft, before)
  const fields = fieldsOf(draft, before)
  return {
    purposes: purposes.map(({ from }) => from),
    fields: fields.map(({ from }) => from),
    settings: {
      name: text('name'),
      description: text('description'),
      slug: text('slug'),
      locales: localesOf(draft),
      default_locale: text('default_locale'),
      timezone: orNull('timezone'),
      sender: { name: text('sender.name'), email: text('sender.email'), reply_to: orNull('sender.reply_to') },
      controller: {
        name: text('controller.name'),
        address: text('controller.address'),
        contact_email: text('controller.contact_email'),
        dpo_email: orNull('controller.dpo_email'),
        authority: orNull('controller.authority'),
        jurisdiction: text('controller.jurisdiction'),
        representative: orNull('controller.representative'),
      },
      recipients: recipientsOf(draft),
      purposes: purposes.map(({ purpose }) => purpose),
      fields: fields.map(({ field }) => field),
      confirm: { mode: text('confirm.mode'), ttl_hours: numberOf(text('confirm.ttl_hours')) },
      minimum_age: numberOf(text('minimum_age')),
      ip_storage: text('ip_storage'),
      retention: {
        inactive_months: numberOf(text('retention.inactive_months')),
        evidence_years: numberOf(text('retention.evidence_years')),
        deliveries_months: numberOf(text('retention.deliveries_months')),
      },
      brand: { color: orNull('brand.color'), logo: before?.brand.logo ?? null },
    },
  }
}

/** Text that is no number passes unchanged, for the schema to refuse. */
const numberOf = (text: string): number | string => (/^\d{1,6}$/.test(text) ? Number(text) : text)

const textsOf = (draft: Draft, path: string): Localised =>
  Object.fromEntries(
    locales.flatMap((locale) => {
      const text = typedIn(draft, `${path}.${locale}`).trim()
      return text === '' ? [] : [[locale, text]]
    }),
  )

const mainText = (draft: Draft, text: Localised): string => {
  const main = typedIn(draft, 'default_locale')
  return (
    (isLocale(main) ? text[main] : undefined) ?? Object.values(text).find((one) => one !== undefined) ?? ''
  )
}

interface DraftPurpose {
  readonly from: number | 'measures' | null
  readonly purpose: Pick<Purpose, 'key'> & Partial<Purpose>
}

/** Purposes in their saved order: another order would make another notice. */
function purposesOf(draft: Draft, before: List | null): readonly DraftPurpose[] {
  const known = new Map(before?.purposes.map((purpose) => [purpose.key, purpose]))
  const kept = (key: string): Purpose | { readonly key: string } => known.get(key) ?? { key }
  const taken = new Set([ownPurpose, ...measures])
  const further = Array.from({ length: sizeOf(draft, 'purposes') }, (_, at): DraftPurpose | null => {
    const path = `purposes.${at}`
    const [title, text] = [textsOf(draft, `${path}.title`), textsOf(draft, `${path}.text`)]
    if (typedIn(draft, `${path}.key`) === '' && isBlank(title) && isBlank(text)) return null
    const key = purposeKey(draft, at, taken)
    taken.add(key)
    return { from: at, purpose: { key, kind: known.get(key)?.kind ?? 'mail', title, text } }
  }).filter((one) => one !== null)
  const ticked = measures.filter((measure) => isTicked(draft, 'measures', measure) || known.has(measure))
  const all: readonly DraftPurpose[] = [
    { from: null, purpose: kept(ownPurpose) },
    ...further,
    ...ticked.map((key) => ({ from: 'measures' as const, purpose: kept(key) })),
  ]
  const order = [...known.keys()]
  const rank = ({ purpose }: DraftPurpose): number =>
    order.includes(purpose.key) ? order.indexOf(purpose.key) : order.length
  return all.toSorted((a, b) => rank(a) - rank(b))
}

/** The typed key, else one made from the title, so that fields can refer to an unsaved purpose. */
export function purposeKey(draft: Draft, at: number, taken: ReadonlySet<string>): string {
  const typed = typedIn(draft, `purposes.${at}.key`).trim()
  return typed === '' ? keyFrom(mainText(draft, textsOf(draft, `purposes.${at}.title`)), taken) : typed
}

/** The draft with a key for every purpose that has a title. */
export function withPurposeKeys(draft: Draft): Draft {
  const keyed = new Map(draft)
  const taken = new Set<string>([ownPurpose, ...measures])
  for (let at = 0; at < sizeOf(draft, 'purposes'); at += 1) {
    if (typedIn(draft, `purposes.${at}.key`) === '' && isBlank(textsOf(draft, `purposes.${at}.title`)))
      continue
    const key = purposeKey(draft, at, taken)
    taken.add(key)
    keyed.set(`purposes.${at}.key`, [key])
  }
  return keyed
}

const isBlank = (text: Localised): boolean => Object.keys(text).length === 0

function fieldsOf(draft: Draft, before: List | null) {
  const blocks = Array.from({ length: sizeOf(draft, 'fields') }, (_, at) => at)
  const taken = new Set([
    ...reservedKeys,
    ...blocks.flatMap((at) => typedIn(draft, `fields.${at}.key`).trim() || []),
  ])
  return blocks.flatMap((from) => {
    const path = `fields.${from}`
    const label = textsOf(draft, `${path}.label`)
    const typed = typedIn(draft, `${path}.key`).trim()
    if (typed === '' && isBlank(label) && isBlank(textsOf(draft, `${path}.options`))) return []
    const known = before?.fields.find(({ key }) => key === typed)
    const key = typed === '' ? keyFrom(mainText(draft, label), taken) : typed
    taken.add(key)
    return [{ from, field: fieldOf(draft, { path, key, label, known }) }]
  })
}

function fieldOf(
  draft: Draft,
  about: { path: string; key: string; label: Localised; known: Field | undefined },
) {
  const { path, key, label, known } = about
  // A saved field keeps its type and storage: people have already seen it.
  const type = known?.type ?? typedIn(draft, `${path}.type`)
  return {
    key,
    type,
    label,
    options: type === 'choice' ? optionsOf(draft, path, known) : [],
    purpose: typedIn(draft, `${path}.purpose`) || ownPurpose,
    legal_basis: typedIn(draft, `${path}.legal_basis`) || 'consent',
    required: isTicked(draft, `${path}.required`, 'yes'),
    filterable: isTicked(draft, `${path}.filterable`, 'yes'),
    sensitive: isTicked(draft, `${path}.sensitive`, 'yes'),
    ...(known === undefined ? {} : { protected: known.protected }),
  }
}

export const linesOf = (draft: Draft, path: string, locale: Locale): readonly string[] =>
  typedIn(draft, `${path}.options.${locale}`)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** Options by line in every language. A reworded line keeps its value, which stored answers refer to. */
function optionsOf(draft: Draft, path: string, known: Field | undefined) {
  const main = typedIn(draft, 'default_locale')
  const mainLocale = isLocale(main) ? main : 'en'
  const lines = linesOf(draft, path, mainLocale)
  const before = known?.options ?? []
  return lines.map((line, at) => {
    const same = before.find(({ label }) => label[mainLocale] === line)
    const reworded = before.length === lines.length ? before[at] : undefined
    const label = Object.fromEntries(
      locales.flatMap((locale) => {
        const text = linesOf(draft, path, locale)[at]
        return text === undefined ? [] : [[locale, text]]
      }),
    )
    return { value: (same ?? reworded)?.value ?? line, label }
  })
}

function recipientsOf(draft: Draft) {
  return Array.from({ length: sizeOf(draft, 'recipients') }, (_, at) => ({
    name: typedIn(draft, `recipients.${at}.name`).trim(),
    role: typedIn(draft, `recipients.${at}.role`).trim(),
    country: typedIn(draft, `recipients.${at}.country`).trim(),
    safeguard: typedIn(draft, `recipients.${at}.safeguard`).trim() || null,
  })).filter(({ name, role, country, safeguard }) => `${name}${role}${country}${safeguard ?? ''}` !== '')
}

/** Maps faults of settings to their controls; faults without a control have an empty name. */
export function faultsAt(
  faults: readonly Fault[],
  about: { draft: Draft; input: DraftInput },
): readonly ControlFault[] {
  const used = new Set<string>()
  return faults.map(({ path, message }) => {
    const name = controlOf(path, { ...about, used })
    used.add(name)
    return { name, message }
  })
}

function controlOf(
  path: string,
  about: { draft: Draft; input: DraftInput; used: ReadonlySet<string> },
): string {
  const [head = '', index = '', part = ''] = path.split('.')
  if (head === 'locales') return 'locales'
  if (head === 'purposes') {
    const from = about.input.purposes[Number(index)] ?? null
    if (from === null || index === '') return ''
    return from === 'measures' ? 'measures' : inLanguage(`purposes.${from}.${part || 'key'}`, about)
  }
  if (head === 'fields') {
    const from = about.input.fields[Number(index)]
    return from === undefined || index === '' ? '' : inLanguage(`fields.${from}.${part || 'key'}`, about)
  }
  return head === 'recipients' ? blockOfRecipient(path, about.draft) : path
}

/** A text has a control per language: the first incomplete one that has no fault yet, else the default language's. */
function inLanguage(path: string, { draft, used }: { draft: Draft; used: ReadonlySet<string> }): string {
  if (!/\.(?:label|title|text|options)$/.test(path)) return path
  const main = typedIn(draft, 'default_locale')
  const most = path.endsWith('.options')
    ? linesOf(draft, path.replace(/\.options$/, ''), isLocale(main) ? main : 'en').length
    : 1
  const lacking = localesOf(draft).find((locale) => {
    const control = `${path}.${locale}`
    const lines = typedIn(draft, control)
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '')
    return lines.length < most && !used.has(control)
  })
  return `${path}.${lacking ?? main}`
}

/** Counts filled blocks only: blank ones were not validated. */
function blockOfRecipient(path: string, draft: Draft): string {
  const [, index = '', part = 'name'] = path.split('.')
  const filled = Array.from({ length: sizeOf(draft, 'recipients') }, (_, at) => at).filter((at) =>
    ['name', 'role', 'country', 'safeguard'].some(
      (one) => typedIn(draft, `recipients.${at}.${one}`).trim() !== '',
    ),
  )
  return `recipients.${filled[Number(index)] ?? 0}.${part}`
}
