// pure · ledger events of a person as sentences
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
  /** Undefined for a list that is not shown. */
  readonly list: List | undefined
  /** Operators by id. */
  readonly operators: ReadonlyMap<string, string>
}

/** `payload` is null if the evidence or its key was destroyed; the leaf still holds type and time. */
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
  const to = about.length === 0 ? '' : ` to ${joined(about)}`
  const by = actorWords(payload['actor'], names.operators)
  switch (entry.type) {
    case 'consent.requested':
      return `Signed up${waysToAsk[textOf(payload['method'])] ?? ''}${pageWords(payload['page'])}${by}.`
    case 'consent.confirmed':
      return `Confirmed ${what}${waysToConfirm[textOf(payload['confirm_method'])] ?? ''}${dwellWords(payload['seconds_since_mail'])}.`
    case 'consent.refused':
      return `Said they did not sign up${payload['blocked'] === true ? ', and blocked further sign-ups' : ''}.`
    case 'consent.expired':
      return payload['reason'] === 'not_confirmed'
        ? 'Did not confirm in time.'
        : `Consent to ${what} ran out.`
    case 'consent.withdrawn':
      return withdrawnWords(to, by, payload)
    case 'consent.renewed':
      return `Renewed consent${to}${by}.`
    case 'consent.imported':
      return `Imported with consent${to}${by}.`
    default:
      return `${others[entry.type] ?? entry.type}${by}.`
  }
}

function withdrawnWords(to: string, by: string, payload: EvidencePayload): string {
  const way = waysToEnd[textOf(payload['channel'])] ?? ''
  if (by === '') return `Withdrew consent${to}${way}.`
  return `Consent${to} withdrawn${way}${way === '' ? by.replace(/^,/, '') : by}${askedWords(payload['asked_by'])}.`
}

const waysToAsk: Readonly<Record<string, string>> = {
  form: ' with the form',
  json: ' with the embedded form',
  api: ' through the API',
}

const waysToConfirm: Readonly<Record<string, string>> = {
  button: ' with the button',
  code: ' with the code from the email',
}

const waysToEnd: Readonly<Record<string, string>> = {
  one_click: ' with one-click unsubscribe in their email app',
  page: ' on the unsubscribe page',
  preferences: ' on the preference page',
  operator: '',
  complaint: ' after a spam complaint',
}

/** How the person asked an operator. */
export const askedByWays = {
  phone: 'by phone',
  mail: 'by email',
  letter: 'by letter',
  person: 'in person',
} as const

const others: Readonly<Record<string, string>> = {
  'consent.revoked': 'Consent was revoked',
  'consent.invalidated': 'Consent was invalidated',
  'data.rectified': 'Details were corrected',
  'processing.restricted': 'Processing was restricted',
  'processing.unrestricted': 'The restriction of processing was lifted',
  objection: 'Objected',
  'subject.erased': 'Erased',
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** The page of the form, without the scheme. */
const pageWords = (page: Json | undefined): string =>
  textOf(page) === ''
    ? ''
    : ` on ${textOf(page)
        .replace(/^https?:\/\//, '')
        .replace(/\/$/, '')}`

const askedWords = (way: Json | undefined): string => {
  const known = Object.entries(askedByWays).find(([key]) => key === way)
  return known === undefined ? '' : `, as asked ${known[1]}`
}

/** Empty for the person themselves, and without an actor. */
export function actorWords(actor: Json | undefined, operators: ReadonlyMap<string, string>): string {
  const [kind = '', id = ''] = textOf(actor).split(' ')
  if (kind === 'operator') return `, by ${operators.get(id) ?? 'a former operator'}`
  if (kind === 'key') return ', by an API key'
  if (kind === 'system') return ', by Assent'
  return kind === 'guardian' ? ', by their guardian' : ''
}

const dwellWords = (seconds: Json | undefined): string =>
  typeof seconds === 'number' && seconds >= 0 ? `, ${durationOf(seconds)} after the email` : ''

/** `94 s`, `12 min`, `5 h`, `3 days`. */
export function durationOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`
}
