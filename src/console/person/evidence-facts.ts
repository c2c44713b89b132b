// pure · a sealed payload, once opened, as facts that a person can read
import type { Json } from '../../platform/encoding/jcs.ts'
import { languages } from '../people/words.ts'
import { actorWords, durationOf } from './facts.ts'

export interface EvidenceFact {
  readonly label: string
  /** A time is shown in the reader's zone. */
  readonly value: string | Date
}

/** In the order in which somebody would tell it; what has no words here is shown as it stands. */
export function evidenceFacts(
  payload: Json,
  operators: ReadonlyMap<string, string>,
): readonly EvidenceFact[] {
  const all: { readonly [key: string]: Json } = isRecord(payload)
    ? { ...payload, ...mailOf(payload['mail']) }
    : { evidence: payload }
  const keys = [...order.filter((key) => Object.hasOwn(all, key)), ...Object.keys(all)]
  return [...new Set(keys)].flatMap((key) => {
    const value = all[key]
    if (value === undefined || value === null || value === '' || key === 'mail') return []
    return [{ label: labels[key] ?? key, value: wordsOf(key, value, operators) }]
  })
}

/** The mail's own facts beside the others. */
const mailOf = (mail: Json | undefined): { readonly [key: string]: Json } =>
  mail === undefined || !isRecord(mail)
    ? {}
    : Object.fromEntries(Object.entries(mail).map(([key, value]) => [`mail_${key}`, value]))

const labels: Readonly<Record<string, string>> = {
  address_as_typed: 'Address, as typed',
  address_canonical: 'Address, as understood',
  requested_at: 'Asked at',
  method: 'Asked through',
  page: 'On the page',
  source: 'Source',
  language: 'Language',
  controls: 'Boxes on the form',
  purposes_asked: 'Purposes that were asked for',
  request_ip: 'Network of the asker',
  request_user_agent: 'Browser of the asker',
  dwell_ms: 'Time at the form',
  mail_sent_at: 'Mail sent at',
  mail_provider: 'Mail went through',
  mail_provider_id: 'Their number for it',
  mail_body_sha256: 'SHA-256 of its text',
  confirmed_at: 'Confirmed at',
  confirm_method: 'Confirmed with the',
  confirm_ip: 'Network at the confirmation',
  confirm_user_agent: 'Browser at the confirmation',
  confirm_dwell_ms: 'Time at the confirmation page',
  seconds_since_mail: 'Between mail and confirmation',
  lawful_basis: 'Legal basis',
  withdrawn_at: 'Ended at',
  channel: 'Ended through',
  asked_by: 'The operator was told by',
  campaign: 'Campaign whose link was used',
  reason: 'Reason',
  blocked: 'Wants no such question again',
  actor: 'Who acted',
  mailer: 'Mail went through',
  workflow: 'Procedure',
}
const order: readonly string[] = Object.keys(labels)

const channels: Readonly<Record<string, string>> = {
  one_click: 'one click in their mail program',
  page: 'the page behind the link',
  preferences: 'the preference centre',
  operator: 'an operator',
  complaint: 'a report as spam',
  confirmation_page: 'the confirmation page',
}

function wordsOf(key: string, value: Json, operators: ReadonlyMap<string, string>): string | Date {
  if (key.endsWith('_at') && typeof value === 'string' && !Number.isNaN(Date.parse(value)))
    return new Date(value)
  if (key.endsWith('_ms') && typeof value === 'number') return durationOf(Math.round(value / 1000))
  if (key === 'seconds_since_mail' && typeof value === 'number') return durationOf(value)
  if (key === 'channel' && typeof value === 'string') return channels[value] ?? value
  if (key === 'language' && typeof value === 'string') return languages[value] ?? value
  if (key === 'actor') return actorWords(value, operators).replace(/^, by /, '') || 'the person'
  if (key === 'controls' && Array.isArray(value)) return value.map(boxWords).join('; ')
  if (key === 'purposes_asked' && Array.isArray(value))
    return [...new Set(value.flatMap(purposesIn))].join(', ')
  return plain(value)
}

const plain = (value: Json | undefined): string => {
  if (value === true) return 'yes'
  if (value === false) return 'no'
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : JSON.stringify(value ?? null)
}

const boxWords = (box: Json): string =>
  isRecord(box)
    ? `${plain(box['name'])}: ${box['default'] === false ? 'empty at first' : 'ticked at first'}, ${box['submitted'] === true ? 'ticked' : 'left empty'}`
    : plain(box)

const purposesIn = (asked: Json): readonly string[] =>
  isRecord(asked) && Array.isArray(asked['purposes']) ? asked['purposes'].map(plain) : [plain(asked)]

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
