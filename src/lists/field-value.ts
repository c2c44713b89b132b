// pure · reads one value of a registered field: from a sign-up form, the console or the API, and from where it is stored
import type { FormErrorCode } from '../i18n/catalogue.ts'
import { openField } from '../platform/vault/fields.ts'
import type { Vault } from '../platform/vault/keys.ts'
import type { RegisteredField } from './list.ts'

export type FieldValue = string | number | boolean

const maxText = 500

export type FieldReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'value'; readonly value: FieldValue }
  | { readonly kind: 'fault'; readonly code: FormErrorCode; readonly limit: number }

const fault = (code: FormErrorCode, limit = 0): FieldReading => ({ kind: 'fault', code, limit })

/** An empty box is no value. */
export function readField(field: RegisteredField, values: readonly string[]): FieldReading {
  const typed = (values[0] ?? '').normalize('NFC').trim()
  if (typed === '') return { kind: 'absent' }
  switch (field.type) {
    case 'text':
      if (typed.length > maxText) return fault('text_too_long', maxText)
      return isVisible(typed) ? { kind: 'value', value: typed } : fault('malformed')
    case 'number': {
      const number = Number(typed.replace(',', '.'))
      return /^[+-]?\d{1,15}([.,]\d{1,6})?$/.test(typed)
        ? { kind: 'value', value: number }
        : fault('number_invalid')
    }
    case 'boolean':
      return { kind: 'value', value: !['false', '0', 'off', 'no'].includes(typed.toLowerCase()) }
    case 'date':
      return isDay(typed) ? { kind: 'value', value: typed } : fault('date_invalid')
    case 'choice':
      return field.options.some((option) => option.value === typed)
        ? { kind: 'value', value: typed }
        : fault('choice_invalid')
  }
}

const isVisible = (text: string): boolean =>
  text.isWellFormed() && !/[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff]/u.test(text)

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

/**
 * Undefined without a value, null where the ciphertext of a protected field cannot be opened. `attributes`: what the list that
 * the field is of keeps of the person.
 */
export function storedValue<Value>(
  vault: Vault,
  field: Pick<RegisteredField, 'key' | 'protected'>,
  { uid, attributes }: { readonly uid: string; readonly attributes: Readonly<Record<string, Value>> },
): Value | string | null | undefined {
  const stored = Object.hasOwn(attributes, field.key) ? attributes[field.key] : undefined
  return field.protected && typeof stored === 'string'
    ? openField(vault, { uid, field: field.key }, Buffer.from(stored, 'base64'))
    : stored
}
