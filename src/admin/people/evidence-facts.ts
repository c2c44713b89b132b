// pure · a sealed payload, once opened, as facts that a person can read
import type { Json } from '../../platform/jcs.ts'
import { durationOf } from './facts.ts'

export interface EvidenceFact {
  readonly label: string
  readonly value: string
}

/** In the order in which somebody would tell it; what has no words here is shown as it stands. */
export function evidenceFacts(payload: Json): readonly EvidenceFact[] {
  if (!isRecord(payload)) return [{ label: 'Evidence', value: JSON.stringify(payload) }]
  const keys = [...order.filter((key) => Object.hasOwn(payload, key)), ...Object.keys(payload)]
  return [...new Set(keys)].flatMap((key) => {
    const value = payload[key]
    return value === undefined || value === null
      ? []
      : [{ label: labels[key] ?? key, value: wordsOf(key, value) }]
  })
}

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
  mail: 'The mail',
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
const order = Object.keys(labels)

const channels: Readonly<Record<string, string>> = {
  one_click: 'one click in their mail program',
  page: 'the page behind the link',
  preferences: 'the preference centre',
  operator: 'an operator',
  complaint: 'a report as spam',
  confirmation_page: 'the confirmation page',
}

function wordsOf(key: string, value: Json): string {
  if (key.endsWith('_ms') && typeof value === 'number') return durationOf(Math.round(value / 1000))
  if (key === 'seconds_since_mail' && typeof value === 'number') return durationOf(value)
  if (key === 'channel' && typeof value === 'string') return channels[value] ?? value
  if (key === 'controls' && Array.isArray(value)) return value.map(boxWords).join('; ')
  if (key === 'purposes_asked' && Array.isArray(value)) return value.flatMap(purposesIn).join(', ')
  if (key === 'mail' && isRecord(value)) return mailWords(value)
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

const mailWords = (mail: { readonly [key: string]: Json }): string =>
  [
    `sent ${plain(mail['sent_at'])} through ${plain(mail['provider'])}`,
    mail['provider_id'] == null ? [] : `their number ${plain(mail['provider_id'])}`,
    mail['body_sha256'] == null ? [] : `SHA-256 of its text ${plain(mail['body_sha256'])}`,
  ]
    .flat()
    .join(', ')

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
