// pure · who receives the data: companies that the list names, and those to which the deployment itself passes data. GDPR Art. 13(1)(e)-(f)
import type { Locale } from '../i18n/locale.ts'
import { messages } from '../i18n/messages.ts'
import { countryName } from '../i18n/words.ts'
import type { ListSettings } from '../lists/list.ts'
import type { Processor, Processors } from '../lists/processors.ts'
import { areaOf, isAbroad } from './authority.ts'

export interface Recipient {
  readonly name: string
  readonly role: string
  /** Null where nobody said. */
  readonly country: string | null
  readonly safeguard: string | null
}

/** Sentences, then points. */
type Told = readonly [text: readonly string[], points: readonly string[]]

/** In one language. A company that the list names itself is not named again. */
export function recipientsIn(
  list: ListSettings,
  locale: Locale,
  { known }: Processors,
): readonly Recipient[] {
  const { roles, safeguards } = messages(locale).notice
  const isNamed = ({ name }: Processor): boolean =>
    list.recipients.some((one) => wordsOf(one.name).includes(wordsOf(name)))
  const own = known
    .filter((processor) => !isNamed(processor))
    .map(({ name, role, country, safeguard }) => ({
      name,
      role: roles[role],
      country,
      safeguard: safeguard === null ? null : safeguards[safeguard],
    }))
  return [...list.recipients, ...own]
}

/** Whole words, so that `Host` is not found in `Hostinger`. */
const wordsOf = (name: string): string =>
  ` ${name
    .toLowerCase()
    .split(/[^\p{L}\p{N}.-]+/u)
    .filter((word) => word !== '')
    .join(' ')} `

export function recipientsText(list: ListSettings, locale: Locale, processors: Processors): Told {
  const { notice } = messages(locale)
  const recipients = recipientsIn(list, locale, processors)
  const unknown = processors.unanswered.length > 0
  if (recipients.length === 0 && !unknown) return [[notice.noRecipients(list.controller.name)], []]
  const points = recipients.map(({ name, country, role }) =>
    notice.recipient({
      name,
      country: country === null ? null : countryName(locale, country),
      role: unstopped(role),
    }),
  )
  return [
    [
      ...(unknown ? [notice.recipientsUnknown(list.controller.contact_email)] : []),
      ...(points.length > 0 ? [notice.recipients] : []),
    ],
    points,
  ]
}

/** That none is abroad is said only where all are known. */
export function transfersText(list: ListSettings, locale: Locale, processors: Processors): Told {
  const { notice } = messages(locale)
  const { jurisdiction, contact_email } = list.controller
  const points = recipientsIn(list, locale, processors).flatMap(({ name, country, safeguard }) => {
    if (country === null || !isAbroad(country, jurisdiction)) return []
    const about = { name, country: countryName(locale, country) }
    return safeguard === null
      ? notice.transferUnsecured(about)
      : notice.transfer({ ...about, safeguard: unstopped(safeguard) })
  })
  const unknown = processors.unanswered.length > 0 ? [notice.transfersUnknown(contact_email)] : []
  if (points.length > 0) return [[...unknown, notice.transferCopy(contact_email)], points]
  return [unknown.length > 0 ? unknown : [notice.noTransfers[areaOf(jurisdiction)]], []]
}

/** An operator's text inside a built-in sentence loses its full stop. */
export const unstopped = (text: string): string => text.replace(/\.$/, '')
