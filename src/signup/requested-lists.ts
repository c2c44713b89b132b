// sql · the lists and purposes of a request, in the words of the notices that were shown, not of today's list
import { dateText, numberText } from '../i18n/dates.ts'
import type { Locale } from '../i18n/locale.ts'
import type { List } from '../lists/list.ts'
import { findNotice } from '../notices/find.ts'
import { type NoticeBundle, readNotice } from '../notices/notice.ts'
import type { Executor } from '../platform/database/database.ts'
import type { SignupRequest } from './confirmation/request.ts'

export interface RequestedList {
  readonly list: List
  readonly name: string
  readonly description: string
  /** The language of these words. */
  readonly lang: Locale
  readonly purposes: readonly {
    readonly key: string
    readonly title: string
    readonly text: string
    readonly optional: boolean
  }[]
  /** Field values typed with the address, possibly by somebody else; of the list whose form was used. */
  readonly given: readonly { readonly label: string; readonly value: string }[]
  /** The fields that the notice showed, each with the purpose it was asked for. */
  readonly asked: readonly { readonly key: string; readonly type: string; readonly purpose: string }[]
  /** base64url of the notice's hash. */
  readonly notice: string
}

/** One entry per list that waits for confirmation; empty once the request is closed. */
export async function requestedListsOf(
  db: Executor,
  found: SignupRequest,
): Promise<readonly RequestedList[]> {
  const { body } = found
  if (body === null) return []
  return Promise.all(
    found.lists.map(async (list) => {
      const { purposes = [], notice = '' } = body.lists.find(({ id }) => id === list.id) ?? {}
      const bundle = await findNotice(db, notice)
      if (bundle === null) throw new Error('a notice that was shown is gone')
      const shown = readNotice(bundle)
      return {
        list,
        name: shown.list.name,
        description: shown.list.description,
        lang: shown.lang,
        purposes: shown.purposes.filter(({ key }) => purposes.includes(key)),
        given: shown.fields.flatMap((field) => {
          const isAsked = list.number === found.list && Object.hasOwn(body.fields, field.key)
          const value = isAsked ? body.fields[field.key] : undefined
          return value === undefined || value === false
            ? []
            : [{ label: field.label, value: valueInWords(shown.lang, field, value) }]
        }),
        asked: shown.fields,
        notice,
      }
    }),
  )
}

/** As the form offered it and the language writes it: the label of a choice, a date in words, a number with its comma. */
function valueInWords(
  locale: Locale,
  { type, options }: Pick<NoticeBundle['fields'][number], 'type' | 'options'>,
  value: string | number | true,
): string {
  if (value === true) return '✓'
  if (typeof value === 'number') return numberText(locale, value)
  if (type === 'date' && !Number.isNaN(Date.parse(value))) return dateText(locale, new Date(value))
  return options.find((option) => option.value === value)?.label ?? value
}
