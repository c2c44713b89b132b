// pure · what people of an audience lack, and that there is one
import type { Campaign } from '../campaigns/campaign.ts'
import { mergeUses } from '../campaigns/writing/merge-uses.ts'
import { localised } from '../i18n/locale.ts'
import type { List } from '../lists/list.ts'
import { type Check, checking } from './check.ts'

const check = checking('audience')

const writeFallback = (key: string): string =>
  `Say what they read instead: {{ subscriber.${key} | default: "…" }}`

/** `lacking`: how many have no value, by field. */
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
        `The list has no field ${key} any more: everybody reads nothing there.`,
        'Take it out of the text, or give the list the field again.',
      )
    const label = localised(field.label, 'en', list.default_locale)
    const people = lacking.get(key) ?? 0
    if (people === 0) return check('field', 'ok', `Everybody has a value for “${label}”.`)
    const who = `${people.toLocaleString('en')} ${people === 1 ? 'person has' : 'people have'} no value for “${label}”`
    return fallback === ''
      ? check('field', 'warn', `${who}: they read nothing there.`, writeFallback(key))
      : check('field', 'ok', `${who}: they read “${fallback}”.`)
  })
}

/** `problem`: why the audience cannot be named. The same that a launch refuses. */
export function audienceChecks(
  { archivedAt }: Pick<List, 'archivedAt'>,
  people: number,
  problem: string | null,
): readonly Check[] {
  const choose = 'Choose another segment, or everyone.'
  if (archivedAt !== null)
    return [check('list', 'block', 'The list is archived; nothing is sent to it any more.')]
  if (problem !== null) return [check('segment', 'block', problem, choose)]
  return people > 0 ? [] : [check('people', 'block', 'Nobody would get this campaign.', choose)]
}
