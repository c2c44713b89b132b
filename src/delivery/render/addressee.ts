// shell · a member of a batch in the renderer's form: address and permitted fields decrypted, links made

import type { PinnedList } from '../../campaigns/pinned.ts'
import type { Addressee } from '../../campaigns/render.ts'
import { dateTextIn } from '../../i18n/dates.ts'
import { isLocale, type Locale } from '../../i18n/locale.ts'
import { storedValue } from '../../lists/field-value.ts'
import type { Deps } from '../../platform/deps.ts'
import { openField } from '../../platform/vault/fields.ts'
import { campaignTokens } from '../../platform/vault/tokens.ts'
import type { Member } from '../claim.ts'

/** Null where the address cannot be decrypted. A field whose purpose the person did not grant is absent. */
export function addresseeOf(
  deps: Pick<Deps, 'vault' | 'config'>,
  member: Member,
  about: { list: Pick<PinnedList, 'default_locale' | 'fields' | 'zone'>; campaign: number },
): Addressee | null {
  const to = openField(deps.vault, { uid: member.uid, field: 'address' }, member.address)
  if (to === null) return null
  const locale: Locale = isLocale(member.locale) ? member.locale : about.list.default_locale
  const tokens = campaignTokens(deps.vault, { subscription: member.subscription, campaign: about.campaign })
  return {
    to,
    locale,
    subscriber: { email: to, ...permittedFields(deps, member, about.list) },
    unsubscribeUrl: `${deps.config.publicUrl}/u/${tokens.unsubscribe}`,
    preferencesUrl: `${deps.config.publicUrl}/p/${tokens.preferences}`,
    agreedOn: member.confirmedAt === null ? null : dateTextIn(about.list.zone, locale, member.confirmedAt),
    tag: tokens.tag,
  }
}

type Value = string | number | boolean

function permittedFields(
  deps: Pick<Deps, 'vault'>,
  member: Member,
  list: Pick<PinnedList, 'fields'>,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    list.fields.flatMap((field): readonly (readonly [string, Value])[] => {
      if (!member.granted.includes(field.purpose)) return []
      const value = fieldValue(deps, member, field)
      return value === null ? [] : [[field.key, value]]
    }),
  )
}

function fieldValue(
  deps: Pick<Deps, 'vault'>,
  member: Member,
  field: PinnedList['fields'][number],
): Value | null {
  const value = storedValue(deps.vault, field, member)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}
