// pure · every place where a value may stand in a mail, and its escape

/** Tabs and line ends stay: values may have several lines. */
const controls = /[^\P{Cc}\t\n]/gu

const clean = (text: string): string => text.toWellFormed().replace(controls, '')

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const html = (text: string): string =>
  clean(text).replace(/[&<>"']/g, (character) => entities[character] ?? '')

/** A whole address, or its beginning. Anything but http, https and mailto becomes `#`. */
function urlStart(text: string): string {
  const url = clean(text).trim()
  // encodeURI escapes every percent sign; existing escapes are restored.
  const encoded = encodeURI(url).replace(/%25(?=[0-9a-f]{2})/gi, '%')
  return /^(?:https?:\/\/|mailto:)/i.test(encoded) ? encoded : '#'
}

/** Can neither end the address nor begin another component. */
const urlPart = (text: string): string => encodeURIComponent(clean(text))

/** Line ends would begin another header; direction overrides would disguise the subject. */
const header = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')

export const escapes = {
  text: html,
  attribute: html,
  url_start: (text: string): string => html(urlStart(text)),
  url_part: (text: string): string => html(urlPart(text)),
  plain: clean,
  plain_url_start: urlStart,
  plain_url_part: urlPart,
  header,
} as const satisfies Record<string, (text: string) => string>

export type Place = keyof typeof escapes

export const isPlace = (name: string): name is Place => Object.hasOwn(escapes, name)

export const placeNames = Object.keys(escapes).filter(isPlace)

/** A value as text; absent values are empty. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/**
 * Encodings of an escaped value: in the mail itself, in a JSON string, or in an ASCII-only JSON string. Text must be well formed,
 * or adjacent lone surrogates would be read as one character.
 */
export const wrappings = {
  mail: (text: string): string => text,
  json: (text: string): string => JSON.stringify(text).slice(1, -1),
  ascii_json: (text: string): string => narrow(asciiJson(JSON.stringify(text).slice(1, -1))),
} as const satisfies Record<string, (text: string) => string>

export type Wrapping = keyof typeof wrappings

export const wrappingNames = Object.keys(wrappings).filter((name): name is Wrapping =>
  Object.hasOwn(wrappings, name),
)

/** The same JSON in ASCII. */
export const asciiJson = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** One octet per letter in memory: `replace` on a wider string gives a wide one. */
export const narrow = (ascii: string): string => Buffer.from(ascii, 'latin1').toString('latin1')

/** Size of a text that is wrapped already. */
export const octetsOf = (text: string, wrapping: Wrapping): number =>
  wrapping === 'ascii_json' ? text.length : Buffer.byteLength(text)
