// pure · the ledger of a person told in sentences: what was done, how, by whom
import type { EvidencePayload } from '../../consent/evidence/commitments.ts'
import type { LedgerEntry } from '../../consent/timeline.ts'
import type { List } from '../../lists/list.ts'
import type { Json } from '../../platform/encoding/jcs.ts'
import { inOrder, joined, purposeWord } from '../people/words.ts'

export interface Fact {
  readonly eid: string
  readonly at: Date
  readonly sentence: string
  /** base64url of the hash of the notice that was shown. */
  readonly notice: string | null
  readonly leafHash: Uint8Array
}

export interface FactNames {
  /** Undefined where it is not among those shown. */
  readonly list: List | undefined
  /** Operators by id. */
  readonly operators: ReadonlyMap<string, string>
}

/** `payload` null: the evidence was destroyed, or its key; the leaf still says what and when. */
export const factOf = (entry: LedgerEntry, payload: EvidencePayload | null, names: FactNames): Fact => ({
  eid: entry.eid,
  at: new Date(entry.t),
  sentence: sentenceOf(entry, payload ?? {}, names),
  notice: entry.notice,
  leafHash: entry.leafHash,
})

function sentenceOf(entry: LedgerEntry, payload: EvidencePayload, names: FactNames): string {
  const about = inOrder(names.list, entry.purposes).map((key) => `“${purposeWord(key)}”`)
  const what = about.length === 0 ? 'consent' : joined(about)
  const by = actorWords(payload['actor'], names.operators)
  switch (entry.type) {
    case 'consent.requested':
      return `Asked ${waysToAsk[textOf(payload['method'])] ?? 'to be on the list'}${pageWords(payload['page'])}${by}.`
    case 'consent.confirmed':
      return `Confirmed ${what}${waysToConfirm[textOf(payload['confirm_method'])] ?? ''}${dwellWords(payload['seconds_since_mail'])}.`
    case 'consent.refused':
      return `Said that it was not them${payload['blocked'] === true ? ', and wants no such question again' : ''}.`
    case 'consent.expired':
      return payload['reason'] === 'not_confirmed'
        ? 'Did not answer in time.'
        : `The time of ${what} ran out.`
    case 'consent.withdrawn':
      return `Ended ${what}${waysToEnd[textOf(payload['channel'])] ?? ''}${by}${askedWords(payload['asked_by'])}.`
    case 'consent.renewed':
      return `Renewed ${what}${by}.`
    case 'consent.imported':
      return `Brought in from elsewhere with ${what}${by}.`
    default:
      return `${others[entry.type] ?? entry.type}${by}.`
  }
}

const waysToAsk: Readonly<Record<string, string>> = {
  form: 'through the form',
  json: 'through the embedded form',
  api: 'through a program of yours',
}

const waysToConfirm: Readonly<Record<string, string>> = {
  button: ' with the button',
  code: ' with the code from the mail',
}

const waysToEnd: Readonly<Record<string, string>> = {
  one_click: ' with one click in their mail program',
  page: ' on the page behind the link',
  preferences: ' in the preference centre',
  operator: '',
  complaint: ' by reporting a mail as spam',
}

/** How an operator was told. */
export const askedByWays = {
  phone: 'by phone',
  mail: 'by e-mail',
  letter: 'by letter',
  person: 'in person',
} as const
export type AskedBy = keyof typeof askedByWays

const others: Readonly<Record<string, string>> = {
  'consent.revoked': 'Consent was revoked',
  'consent.invalidated': 'Consent was declared invalid',
  'data.rectified': 'Data was corrected',
  'processing.restricted': 'Processing was limited',
  'processing.unrestricted': 'The limit on processing was lifted',
  objection: 'Objected',
  'subject.erased': 'Erased',
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** Where the form stood, without its scheme. */
const pageWords = (page: Json | undefined): string =>
  textOf(page) === ''
    ? ''
    : ` on ${textOf(page)
        .replace(/^https?:\/\//, '')
        .replace(/\/$/, '')}`

const askedWords = (way: Json | undefined): string => {
  const known = Object.entries(askedByWays).find(([key]) => key === way)
  return known === undefined ? '' : `, who was told ${known[1]}`
}

/** Empty where it was the person, or nobody. */
export function actorWords(actor: Json | undefined, operators: ReadonlyMap<string, string>): string {
  const [kind = '', id = ''] = textOf(actor).split(' ')
  if (kind === 'operator') return `, by ${operators.get(id) ?? 'an operator who is gone'}`
  if (kind === 'key') return ', by an API key'
  if (kind === 'system') return ', by Assent itself'
  return kind === 'guardian' ? ', by their guardian' : ''
}

const dwellWords = (seconds: Json | undefined): string =>
  typeof seconds === 'number' && seconds >= 0 ? `, ${durationOf(seconds)} after the mail` : ''

/** `94 s`, `12 min`, `5 h`, `3 days`. */
export function durationOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`
}
