// pure · what one list knows of a person: field values as text, protected ones decrypted, and tags; only for the person's own pages
import { localised } from '../../i18n/locale.ts'
import { storedValue } from '../../lists/field-value.ts'
import type { Field, List } from '../../lists/list.ts'
import type { Vault } from '../../platform/vault/keys.ts'
import type { SubscriberRow } from '../../subscribers/find.ts'

export interface FieldShown {
  readonly field: Field
  readonly label: string
  /** The value as typed; empty without one. */
  readonly value: string
}

export interface DetailsShown {
  readonly list: List
  readonly fields: readonly FieldShown[]
  readonly tags: readonly string[]
}

/** One entry for each list that the operator sees and the person has a subscription to, in that order. */
export const detailsShown = (
  vault: Vault,
  { row, lists }: { row: Pick<SubscriberRow, 'uid' | 'subscriptions'>; lists: readonly List[] },
): readonly DetailsShown[] =>
  row.subscriptions.flatMap(({ list: id, attributes, tags }) => {
    const list = lists.find((one) => one.id === id)
    if (list === undefined) return []
    const fields = list.fields.map((field) => ({
      field,
      label: localised(field.label, 'en', list.default_locale) || field.key,
      value: String(storedValue(vault, field, { uid: row.uid, attributes }) ?? ''),
    }))
    return [{ list, fields, tags }]
  })

/** A value for display: yes and no, the label of a choice. */
export function fieldWords({ field, value }: FieldShown): string {
  if (field.type === 'boolean') return value === 'true' ? 'yes' : value === '' ? '' : 'no'
  const option = field.options.find((one) => one.value === value)
  return option === undefined ? value : localised(option.label, 'en', 'en') || value
}
