// pure · remarks on the words of a campaign: what a save refuses, and what preflight would say without an audience

import type { Writing } from '../../campaigns/writing/content.ts'
import { emptyWhen } from '../../campaigns/writing/empty-subject.ts'
import { mergeUses } from '../../campaigns/writing/merge-uses.ts'
import { localised } from '../../i18n/locale.ts'
import type { List } from '../../lists/list.ts'
import type { Fault } from '../../platform/errors.ts'
import type { Check } from '../check.ts'
import { contentChecks, type SampleMail } from '../content.ts'
import { foreignTagChecks } from '../foreign-tags.ts'

export const places = ['subject', 'preheader', 'content.body'] as const
export type Place = (typeof places)[number]

export const remarkVerdicts = ['block', 'warn'] as const

export interface Remark {
  /** `fault`: a save refuses it. Else the key of a check of preflight. */
  readonly code: string
  readonly verdict: (typeof remarkVerdicts)[number]
  readonly message: string
  /** Null: the mail as a whole. */
  readonly where: Place | null
  /** Of the body, where it is known; from 1. */
  readonly line: number | null
}

export const isPlace = (path: string): path is Place => places.some((place) => place === path)

export const remarkOfFault = ({ path, message, line }: Fault): Remark => ({
  code: 'fault',
  verdict: 'block',
  message,
  where: isPlace(path) ? path : null,
  line: line ?? null,
})

/** Passed checks are no remarks. */
export const remarksOfChecks = (checks: readonly Check[], where: Place | null): readonly Remark[] =>
  checks.flatMap(({ key, verdict, words, mend }): readonly Remark[] =>
    verdict === 'block' || verdict === 'warn'
      ? [{ code: key, verdict, message: mend === null ? words : `${words} ${mend}`, where, line: null }]
      : [],
  )

/** Remarks that need no rendered mail. `readable`: the places without faults. */
export const remarksOnSource = (
  writing: Writing,
  list: Pick<List, 'fields' | 'default_locale'>,
  readable: readonly Place[],
): readonly Remark[] =>
  readable.flatMap((place) => {
    const alone = onlyAt(writing, place)
    return [
      ...(place === 'subject' ? emptySubjectRemarks(writing.subject) : []),
      ...remarksOfChecks(foreignTagChecks(alone), place),
      ...fallbackRemarks(alone, list, place),
    ]
  })

const onlyAt = ({ subject, preheader, content }: Writing, place: Place): Writing => ({
  subject: place === 'subject' ? subject : '',
  preheader: place === 'preheader' ? preheader : '',
  content: { ...content, body: place === 'content.body' ? content.body : '' },
})

function emptySubjectRemarks(subject: string): readonly Remark[] {
  const [set] = emptyWhen(subject)
  if (set === undefined) return []
  const message =
    set.length === 0
      ? 'The subject can be empty: all its words depend on conditions, and some people may meet none of them. Add words outside the conditions, or an {% else %} with words to each of them.'
      : `The subject is empty for whoever has no value for ${set.join(', ')}; a campaign is not sent while it reaches such a person. Add words, or a default value: {{ subscriber.${set[0]} | default: "…" }}`
  return [{ code: 'subject', verdict: 'warn', message, where: 'subject', line: null }]
}

/** Of the values that a sign-up may leave out. */
const fallbackRemarks = (
  alone: Writing,
  { fields, default_locale }: Pick<List, 'fields' | 'default_locale'>,
  where: Place,
): readonly Remark[] =>
  mergeUses(alone).flatMap(({ key, fallback }): readonly Remark[] => {
    const field = fields.find((one) => one.key === key)
    if (field === undefined || field.required || fallback !== '') return []
    const label = localised(field.label, 'en', default_locale)
    const message = `The merge field stays empty for whoever has no value for “${label}”. Add a default value: {{ subscriber.${key} | default: "…" }}`
    return [{ code: 'field', verdict: 'warn', message, where, line: null }]
  })

/** Checks of the rendered mail that its words decide; the others are about the list and the deployment. */
const placeOfCheck: Readonly<Record<string, Place>> = {
  way_out: 'content.body',
  text_part: 'content.body',
  size: 'content.body',
}

export const remarksOnMail = (mail: SampleMail, address: string): readonly Remark[] =>
  contentChecks(mail, address).flatMap((check) => {
    const place = placeOfCheck[check.key]
    return place === undefined ? [] : remarksOfChecks([check], place)
  })
