// sql · the lists and purposes of a request, in the words of the notices that were shown, not of today's list
import { dateText, numberText } from '../i18n/dates.ts'
import type { Locale } from '../i18n/locale.ts'
import type { List } from '../lists/list.ts'
import { findNotices } from '../notices/find.ts'
import { readNotice, type StoredNotice } from '../notices/notice.ts'
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
export const requestedListsOf = async (
  db: Executor,
  found: SignupRequest,
): Promise<readonly RequestedList[]> => requestedLists(await noticesShownTo(db, [found]), found)

/** The notices of these requests by hash, each read once. */
export async function noticesShownTo(
  db: Executor,
  requests: readonly SignupRequest[],
): Promise<ReadonlyMap<string, StoredNotice>> {
  const hashes = new Set(
    requests.flatMap(({ body, lists }) => lists.map(({ id }) => askedOf(body, id)?.notice ?? '')),
  )
  const found = await findNotices(db, [...hashes])
  return new Map(Array.from(found, ([hash, bundle]) => [hash, readNotice(bundle)]))
}

/** The same as `requestedListsOf`, with the notices at hand. */
export function requestedLists(
  notices: ReadonlyMap<string, StoredNotice>,
  { body, lists, list: formOf }: SignupRequest,
): readonly RequestedList[] {
  if (body === null) return []
  return lists.map((list) => {
    const { purposes = [], notice = '' } = askedOf(body, list.id) ?? {}
    const shown = notices.get(notice)
    if (shown === undefined) throw new Error('a notice that was shown is gone')
    return {
      list,
      name: shown.list.name,
      description: shown.list.description,
      lang: shown.lang,
      purposes: shown.purposes.filter(({ key }) => purposes.includes(key)),
      given: shown.fields.flatMap((field) => {
        const isAsked = list.number === formOf && Object.hasOwn(body.fields, field.key)
        const value = isAsked ? body.fields[field.key] : undefined
        return value === undefined || value === false
          ? []
          : [{ label: field.label, value: valueInWords(shown.lang, field, value) }]
      }),
      asked: shown.fields,
      notice,
    }
  })
}

const askedOf = (body: SignupRequest['body'], list: string) => body?.lists.find(({ id }) => id === list)

/** As the form offered it and the language writes it: the label of a choice, a date in words, a number with its comma. */
function valueInWords(
  locale: Locale,
  { type, options }: Pick<StoredNotice['fields'][number], 'type' | 'options'>,
  value: string | number | true,
): string {
  if (value === true) return '✓'
  if (typeof value === 'number') return numberText(locale, value)
  if (type === 'date' && !Number.isNaN(Date.parse(value))) return dateText(locale, new Date(value))
  return options.find((option) => option.value === value)?.label ?? value
}
