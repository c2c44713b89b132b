// pure · what the form of a campaign holds, as it was posted; kept as it is where it is refused
import type { Campaign } from '../../../campaigns/campaign.ts'
import type { Draft } from '../../../campaigns/writing/draft.ts'
import { type List, mailPurposes } from '../../../lists/list.ts'
import type { Fault } from '../../../platform/errors.ts'

export interface WritingFields {
  readonly purpose: string
  /** The id, or empty for everyone. */
  readonly segment: string
  readonly subject: string
  readonly preheader: string
  readonly body: string
}

/** Names and values as they were posted. */
export type Form = ReadonlyMap<string, readonly string[]>

export const valueIn = (form: Form, name: string): string => form.get(name)?.[0] ?? ''

/** A browser posts line ends as CR LF. */
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

/** The version that the form was read with; null where it says none. */
export function versionIn(form: Form): number | null {
  const text = valueIn(form, 'version')
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}

/** By the names of the form's controls. */
export const controlFaults = (faults: readonly Fault[]): readonly Fault[] =>
  faults.map((fault) => (fault.path === 'content.body' ? { ...fault, path: 'body' } : fault))
