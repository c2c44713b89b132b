// pure · an opened evidence payload as labelled facts
import type { Json } from '../../platform/encoding/jcs.ts'
import { languages } from '../people/words.ts'
import { actorWords, durationOf } from './facts.ts'

export interface EvidenceFact {
  readonly label: string
  /** A Date is shown in the operator's time zone. */
  readonly value: string | Date
}

/** The facts in the order of `labels`; unknown keys come last, as they are. */
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
    if (Array.isArray(value) && value.length === 0) return []
    return [{ label: labels[key] ?? key, value: wordsOf(key, value, operators) }]
  })
}

/** The facts of the mail, with prefixed keys. */
const mailOf = (mail: Json | undefined): { readonly [key: string]: Json } =>
  mail === undefined || !isRecord(mail)
    ? {}
    : Object.fromEntries(Object.entries(mail).map(([key, value]) => [`mail_${key}`, value]))

const labels: Readonly<Record<string, string>> = {
  address_as_typed: 'Address as typed',
  address_canonical: 'Address, normalised',
  requested_at: 'Signed up',
  method: 'Sign-up method',
  page: 'Page',
  source: 'Source',
  language: 'Language',
  controls: 'Checkboxes on the form',
  purposes_asked: 'Purposes asked for',
  request_ip: 'IP address at sign-up',
  request_user_agent: 'Browser at sign-up',
  dwell_ms: 'Time on the form',
  mail_sent_at: 'Email sent',
  mail_provider: 'Mail provider',
  mail_provider_id: 'Provider’s message ID',
  mail_body_sha256: 'SHA-256 of the email',
  confirmed_at: 'Confirmed',
  confirm_method: 'Confirmation method',
  confirm_ip: 'IP address at confirmation',
  confirm_user_agent: 'Browser at confirmation',
  confirm_dwell_ms: 'Time on the confirmation page',
  confirm_controls: 'Checkboxes on the confirmation page',
  seconds_since_mail: 'Time from email to confirmation',
  lawful_basis: 'Legal basis',
  withdrawn_at: 'Withdrawn',
  channel: 'Withdrawn through',
  asked_by: 'Asked by',
  campaign: 'Campaign whose link was used',
  reason: 'Reason',
  blocked: 'Blocked further sign-ups',
  actor: 'Recorded by',
  mailer: 'Mail provider',
  workflow: 'Sign-up procedure',
}
const order: readonly string[] = Object.keys(labels)

const channels: Readonly<Record<string, string>> = {
  one_click: 'one-click unsubscribe in their email app',
  page: 'the unsubscribe page',
  preferences: 'the preference page',
  operator: 'an operator',
  complaint: 'a spam complaint',
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
  if ((key === 'controls' || key === 'confirm_controls') && Array.isArray(value))
    return value.map(boxWords).join('; ')
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
    ? `${plain(box['name'])}: ${box['default'] === false ? 'unticked by default' : 'ticked by default'}, ${box['submitted'] === true ? 'ticked' : 'left unticked'}`
    : plain(box)

const purposesIn = (asked: Json): readonly string[] =>
  isRecord(asked) && Array.isArray(asked['purposes']) ? asked['purposes'].map(plain) : [plain(asked)]

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
