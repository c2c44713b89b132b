// pure · a person's field values as text, protected ones decrypted; only for the person's own pages
import { localised } from '../../i18n/locale.ts'
import type { Field, List, RegisteredField } from '../../lists/list.ts'
import { openField } from '../../platform/vault/fields.ts'
import type { Vault } from '../../platform/vault/keys.ts'

export interface FieldShown {
  readonly field: Field
  readonly label: string
  /** The value as typed; empty without one. */
  readonly value: string
  readonly isProtected: boolean
}

/** The fields of the lists that the operator sees, one per key, in the order of the lists. */
export function fieldsShown(
  vault: Vault,
  about: {
    row: { uid: string; attributes: Readonly<Record<string, string | number | boolean>> }
    lists: readonly List[]
    registry: ReadonlyMap<string, RegisteredField>
  },
): readonly FieldShown[] {
  const { row, lists, registry } = about
  const byKey = new Map(
    lists.toReversed().flatMap((list) => list.fields.map((field) => [field.key, { list, field }] as const)),
  )
  return Array.from(byKey, ([key, { list, field }]) => {
    const stored = Object.hasOwn(row.attributes, key) ? row.attributes[key] : undefined
    const isProtected = registry.get(key)?.protected === true
    const value =
      isProtected && typeof stored === 'string'
        ? openField(vault, { uid: row.uid, field: key }, Buffer.from(stored, 'base64'))
        : stored
    return {
      field,
      label: localised(field.label, 'en', list.default_locale) || key,
      value: String(value ?? ''),
      isProtected,
    }
  })
}

/** A value for display: yes and no, the label of a choice. */
export function fieldWords({ field, value }: FieldShown): string {
  if (field.type === 'boolean') return value === 'true' ? 'yes' : value === '' ? '' : 'no'
  const option = field.options.find((one) => one.value === value)
  return option === undefined ? value : localised(option.label, 'en', 'en') || value
}
