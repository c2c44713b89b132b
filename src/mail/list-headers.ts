// pure · headers that tell mailbox providers which list a mail belongs to and how to unsubscribe. RFC 2369, 2919, 8058
import { bytesOf } from '../platform/encoding/bytes.ts'

export interface ListHeaderFacts {
  readonly listId: string
  readonly listName: string
  readonly slug: string
  readonly contactEmail: string
  /** Without a trailing slash. */
  readonly publicUrl: string
  /** Groups the provider's complaint reports. */
  readonly campaign: string
  /** Accepts the one-click POST. */
  readonly unsubscribeUrl: string
}

/**
 * No mailto in List-Unsubscribe, and no CFBL headers: those need a mailer whose bounces are read.
 * @see https://www.rfc-editor.org/rfc/rfc8058#section-3.1
 */
export function listHeaders(facts: ListHeaderFacts): Readonly<Record<string, string>> {
  const signUpPage = `<${facts.publicUrl}/s/${facts.slug}>`
  return {
    'List-Id': listId(facts),
    'List-Unsubscribe': `<${facts.unsubscribeUrl}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'List-Help': signUpPage,
    'List-Owner': `<mailto:${mailtoOf(facts.contactEmail)}>`,
    'List-Subscribe': signUpPage,
    'List-Post': 'NO',
    Precedence: 'bulk',
    'Feedback-ID': `c${feedbackPart(facts.campaign)}:${feedbackPart(facts.slug)}:news:assent`,
  }
}

/**
 * `Name <id.lists.host>`, at most 255 characters. The brackets hold id and host only, so that a new name or slug leaves the list's
 * identity unchanged. @see https://www.rfc-editor.org/rfc/rfc2919#section-2
 */
export function listId(facts: Pick<ListHeaderFacts, 'listId' | 'listName' | 'publicUrl'>): string {
  const host = new URL(facts.publicUrl).hostname.replace(/[^a-z0-9.-]+/g, '-')
  const id = `<${facts.listId}.lists.${host}>`
  const phrase = phraseOf(facts.listName, 255 - id.length - 1)
  return phrase === '' ? id : `${phrase} ${id}`
}

/**
 * The phrase before an address: plain if made of atoms, quoted if ASCII, else encoded words; at most `most` characters.
 * @see https://www.rfc-editor.org/rfc/rfc2047#section-5
 */
export function phraseOf(name: string, most: number): string {
  const text = name
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zs}\u2028\u2029]+/gu, ' ')
    .trim()
  if (/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*$/.test(text) && !looksEncoded(text))
    return text.slice(0, most).trim()
  if (/^[\x20-\x7e]*$/.test(text) && !looksEncoded(text)) return quoted(text, most)
  return encodedWords(text, most)
}

function quoted(text: string, most: number): string {
  const escaped = [...text].map((character) => character.replace(/["\\]/, '\\$&'))
  while (escaped.join('').length + 2 > most) escaped.pop()
  return `"${escaped.join('')}"`
}

/** Readers would decode such a text, and show one that nobody wrote. @see https://www.rfc-editor.org/rfc/rfc2047#section-7 */
export const looksEncoded = (text: string): boolean => text.includes('=?')

/** An encoded word has at most 75 characters: 12 around 60 of base64, which hold 45 octets. */
export function encodedWords(text: string, most: number): string {
  const chunks: string[] = ['']
  for (const character of text) {
    const last = chunks.at(-1) ?? ''
    if (bytesOf(last + character).length > 45) chunks.push(character)
    else chunks[chunks.length - 1] = last + character
  }
  const words = chunks.map((chunk) => `=?UTF-8?B?${Buffer.from(bytesOf(chunk)).toString('base64')}?=`)
  while (words.join(' ').length > most) words.pop()
  return words.join(' ')
}

const mailtoOf = (address: string): string => address.split('@').map(encodeURIComponent).join('@')

/** A colon separates the fields of a Feedback-ID. */
const feedbackPart = (text: string): string => text.replace(/[^A-Za-z0-9_.-]+/g, '-')
