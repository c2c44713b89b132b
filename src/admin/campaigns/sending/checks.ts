// pure · what is looked at before a campaign is sent, each with its sentence; and when figures have moved too far
import type { Campaign } from '../../../campaigns/campaign.ts'
import { mergeUses } from '../../../campaigns/merge-uses.ts'
import type { PreviewedMail } from '../../../delivery/preview.ts'
import { localised } from '../../../i18n/locale.ts'
import type { List } from '../../../lists/list.ts'
import { kilobytes } from '../words.ts'

export interface Check {
  readonly passed: boolean
  readonly words: string
}

/** Above this, Gmail shows the beginning and a link to the rest, and the way out is in the rest. */
export const clippedBytes = 100_000

/** More than one in a hundred, or more than fifty people. */
export const hasMoved = (shown: number, now: number): boolean =>
  !(Math.abs(now - shown) <= shown / 100) || Math.abs(now - shown) > 50

/** `mail` null: it cannot be rendered. `lacking`: how many people have no value, by field. */
export function checksOf(
  campaign: Campaign,
  list: List,
  mail: PreviewedMail | null,
  lacking: ReadonlyMap<string, number>,
): readonly Check[] {
  if (mail === null)
    return [{ passed: false, words: 'The text cannot be sent as it stands: open it, and save it again.' }]
  return [...mailChecks(mail), ...lackingChecks(campaign, list, lacking)]
}

const mailChecks = ({ headers, text, htmlBytes }: PreviewedMail): readonly Check[] => [
  headers['List-Unsubscribe-Post'] === 'List-Unsubscribe=One-Click'
    ? { passed: true, words: 'Leaving takes one click: the header is there.' }
    : { passed: false, words: 'The header for leaving with one click is missing.' },
  text.trim() === ''
    ? { passed: false, words: 'There is no plain text part.' }
    : { passed: true, words: 'There is a plain text part.' },
  htmlBytes <= clippedBytes
    ? { passed: true, words: `The mail has ${kilobytes(htmlBytes)}; mailboxes show it whole.` }
    : {
        passed: false,
        words: `The mail has ${kilobytes(htmlBytes)}: above ${kilobytes(clippedBytes)} some mailboxes cut it off, and the way to leave with it.`,
      },
]

function lackingChecks(
  campaign: Campaign,
  list: List,
  lacking: ReadonlyMap<string, number>,
): readonly Check[] {
  return mergeUses(campaign).flatMap(({ key, fallback }): readonly Check[] => {
    const field = list.fields.find((one) => one.key === key)
    if (field === undefined)
      return [
        { passed: false, words: `The list has no field ${key} any more: everybody reads nothing there.` },
      ]
    const label = localised(field.label, 'en', list.default_locale)
    const people = lacking.get(key) ?? 0
    if (people === 0) return [{ passed: true, words: `Everybody has a value for “${label}”.` }]
    const who = `${people.toLocaleString('en')} ${people === 1 ? 'person has' : 'people have'} no value for “${label}”`
    const read = fallback === '' ? 'nothing there' : `“${fallback}”`
    return [{ passed: fallback !== '', words: `${who}: they read ${read}.` }]
  })
}
