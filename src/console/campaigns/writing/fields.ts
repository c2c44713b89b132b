// pure · the values of the campaign form, kept as posted when refused
import type { Campaign } from '../../../campaigns/campaign.ts'
import type { Draft } from '../../../campaigns/writing/draft.ts'
import { type List, mailPurposes } from '../../../lists/list.ts'
import { isUuid } from '../../../platform/encoding/uuid.ts'
import type { Fault } from '../../../platform/errors.ts'

export interface WritingFields {
  readonly purpose: string
  /** The segment's id, or empty for the whole list. */
  readonly segment: string
  readonly subject: string
  readonly preheader: string
  readonly body: string
}

/** Names and values as posted. */
export type Form = ReadonlyMap<string, readonly string[]>

export const valueIn = (form: Form, name: string): string => form.get(name)?.[0] ?? ''

/** Converts line ends: browsers post CR LF. */
export const writingIn = (form: Form): WritingFields => ({
  purpose: valueIn(form, 'purpose'),
  segment: valueIn(form, 'segment'),
  subject: valueIn(form, 'subject').trim(),
  preheader: valueIn(form, 'preheader').trim(),
  body: valueIn(form, 'body').replaceAll('\r\n', '\n'),
})

export const writingOf = (campaign: Campaign): WritingFields => ({
  purpose: campaign.purpose,
  segment: campaign.segment ?? '',
  subject: campaign.subject,
  preheader: campaign.preheader,
  body: campaign.content.body,
})

export const nothingWritten = (list: List): WritingFields => ({
  purpose: mailPurposes(list)[0] ?? '',
  segment: '',
  subject: '',
  preheader: '',
  body: '',
})

export const draftOf = ({ segment, body, ...fields }: WritingFields): Draft => ({
  ...fields,
  segment: segment === '' ? null : segment,
  content: { format: 'markdown', body },
  tracking: 'none',
})

/** The version that the form was loaded with; null without one. */
export function versionIn(form: Form): number | null {
  const text = valueIn(form, 'version')
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}

/** The id of the thing that a form makes, so that a second press makes no second one; undefined where the form names none. */
export const onceIn = (form: Form): string | undefined => {
  const text = valueIn(form, 'once')
  return isUuid(text) ? text : undefined
}

/** Renames fault paths to the form's controls. */
export const controlFaults = (faults: readonly Fault[]): readonly Fault[] =>
  faults.map((fault) => (fault.path === 'content.body' ? { ...fault, path: 'body' } : fault))
