// pure · the words of a campaign's footer: why somebody gets it, how to stop, who answers for it
import type { Catalogue } from '../../i18n/catalogue.ts'
import { type Locale, type Localised, localised } from '../../i18n/locale.ts'
import { messages } from '../../i18n/messages.ts'
import { ownPurpose } from '../../lists/list.ts'

export type FooterWords = Pick<
  Catalogue['footer'],
  'why' | 'whyUndated' | 'leave' | 'preferences' | 'contact'
>

export interface FooterPurpose {
  readonly key: string
  readonly title: Localised
}

/** `purpose`: the campaign's. Of the list's own purpose, and of one that nothing is known of, the list is named alone. */
export function footerWords(
  locale: Locale,
  purpose: FooterPurpose | undefined,
  defaultLocale: Locale,
): FooterWords {
  const { footer } = messages(locale)
  if (purpose === undefined || purpose.key === ownPurpose) return footer
  const title = localised(purpose.title, locale, defaultLocale).replace(/\.$/, '')
  return {
    ...footer,
    why: (list, date) => footer.whyPurpose(title, list, date),
    whyUndated: (list) => footer.whyPurposeUndated(title, list),
  }
}
