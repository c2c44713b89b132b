// pure · audience checks: missing field values, an empty audience
import type { Campaign } from '../campaigns/campaign.ts'
import { mergeUses } from '../campaigns/writing/merge-uses.ts'
import { localised } from '../i18n/locale.ts'
import { quoted } from '../i18n/typography/marks.ts'
import { type List, whyUnlawful } from '../lists/list.ts'
import { type Check, checking } from './check.ts'

const check = checking('audience')

const writeFallback = (key: string): string => `Add a default value: {{ subscriber.${key} | default: "…" }}`

/** `lacking`: the number of people without a value, by field key. */
export function lackingChecks(
  campaign: Pick<Campaign, 'subject' | 'preheader' | 'content'>,
  list: Pick<List, 'fields' | 'default_locale'>,
  lacking: ReadonlyMap<string, number>,
): readonly Check[] {
  return mergeUses(campaign).map(({ key, fallback }) => {
    const field = list.fields.find((one) => one.key === key)
    if (field === undefined)
      return check(
        'field',
        'warn',
        `The list no longer has the field ${key}: the merge field stays empty for everyone.`,
        'Remove it from the text, or add the field to the list again.',
      )
    const label = localised(field.label, 'en', list.default_locale)
    const people = lacking.get(key) ?? 0
    if (people === 0) return check('field', 'ok', `Everyone has a value for ${quoted('en', label)}.`)
    const who = `${people.toLocaleString('en')} ${people === 1 ? 'person has' : 'people have'} no value for ${quoted('en', label)}`
    return fallback === ''
      ? check('field', 'warn', `${who}: the merge field stays empty for them.`, writeFallback(key))
      : check('field', 'ok', `${who}: they see “${fallback}”.`)
  })
}

/** `problem`: why the audience cannot be determined; a launch refuses it too. */
export function audienceChecks(
  { archivedAt, controller }: Pick<List, 'archivedAt' | 'controller'>,
  people: number,
  problem: string | null,
): readonly Check[] {
  const choose = 'Choose another segment, or everyone on the list.'
  if (archivedAt !== null)
    return [check('list', 'block', 'The list is archived. Campaigns cannot be sent to it.')]
  const unlawful = whyUnlawful(controller.jurisdiction)
  if (unlawful !== null) return [check('law', 'block', unlawful)]
  if (problem !== null) return [check('segment', 'block', problem, choose)]
  return people > 0 ? [] : [check('people', 'block', 'Nobody would get this campaign.', choose)]
}

/** `people`: for how many the subject would be empty; `sets`: of emptyWhen. */
export function subjectChecks(sets: readonly (readonly string[])[], people: number): readonly Check[] {
  if (people === 0) return []
  const [set] = sets
  if (set === undefined || set.length === 0)
    return [
      check(
        'subject',
        'block',
        'The subject can be empty: all its words depend on conditions, and some people meet none of them.',
        'Add words outside the conditions, or an {% else %} with words to each of them.',
      ),
    ]
  const who = people === 1 ? 'One person' : `${people.toLocaleString('en')} people`
  const whose =
    people === 1 ? 'has no value for the merge fields in it' : 'have no value for the merge fields in it'
  return [
    check(
      'subject',
      'block',
      `${who} would get an empty subject: ${people === 1 ? 'this person' : 'they'} ${whose}.`,
      `Add words, or a default value: {{ subscriber.${set[0]} | default: "…" }}`,
    ),
  ]
}
