// pure · the charset of a form's octets: as declared, else UTF-8, and never with letters lost. URL Standard 5.1, RFC 7578 4.6

export type Pairs = readonly (readonly [string, string])[]

export type DecodedText =
  | { readonly kind: 'decoded'; readonly text: string }
  /** `charset`: as declared; null where none was, and the octets are not UTF-8. */
  | { readonly kind: 'undecodable'; readonly charset: string | null }

export type DecodedPairs =
  | { readonly kind: 'decoded'; readonly pairs: Pairs }
  /** `pairs`: those that are ASCII. */
  | { readonly kind: 'undecodable'; readonly charset: string | null; readonly pairs: Pairs }

/** What a decoder puts where octets mean nothing. */
const lost = '\ufffd'

/** Nearly every form is UTF-8 and ends at the first look; only others are decoded octet by octet. */
export function decodeUrlencoded(octets: Uint8Array, contentType: string): DecodedPairs {
  const pairs = [...new URLSearchParams(new TextDecoder().decode(octets))]
  const charset = charsetField(pairs) ?? charsetParameter(contentType)
  const isLossless = pairs.every(([name, value]) => !name.includes(lost) && !value.includes(lost))
  if (isLossless && isUtf8(charset)) return { kind: 'decoded', pairs }
  const decoder = decoderOf(charset)
  const decoded = decoder === null ? null : rawPairs(octets, decoder)
  return decoded === null
    ? { kind: 'undecodable', charset, pairs: asciiOf(pairs) }
    : { kind: 'decoded', pairs: decoded }
}

/** A whole multipart body, whose boundaries and headers are ASCII in every charset of the web. */
export function decodeMultipart(octets: Uint8Array): DecodedText {
  const charset = declaredInParts(latin1(octets))
  const decoder = decoderOf(charset)
  try {
    return decoder === null
      ? { kind: 'undecodable', charset }
      : { kind: 'decoded', text: decoder.decode(octets) }
  } catch {
    return { kind: 'undecodable', charset }
  }
}

export const asciiOf = (pairs: Pairs): Pairs =>
  pairs.filter((pair) => pair.every((text) => /^\p{ASCII}*$/u.test(text)))

/** The field that browsers fill with the form's charset. @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html */
export const charsetName = '_charset_'

const charsetField = (pairs: Pairs): string | null =>
  pairs.find(([name, value]) => name === charsetName && value !== '')?.[1].slice(0, 40) ?? null

const charsetParameter = (contentType: string): string | null =>
  /;\s*charset="?([^\s";]{1,40})/i.exec(contentType)?.[1] ?? null

const isUtf8 = (charset: string | null): boolean =>
  charset === null || decoderOf(charset)?.encoding === 'utf-8'

/** Null for an unknown label, and for UTF-16, which no form can have. */
function decoderOf(charset: string | null): TextDecoder | null {
  try {
    const decoder = new TextDecoder(charset ?? 'utf-8', { fatal: true, ignoreBOM: true })
    return decoder.encoding.startsWith('utf-16') ? null : decoder
  } catch {
    return null
  }
}

/** Null where octets mean nothing in this charset. */
function rawPairs(octets: Uint8Array, decoder: TextDecoder): Pairs | null {
  const textOf = (raw: string): string => {
    const plain = raw
      .replaceAll('+', ' ')
      .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    return decoder.decode(Uint8Array.from(plain, (octet) => octet.charCodeAt(0)))
  }
  try {
    return latin1(octets)
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [name = '', ...value] = pair.split('=')
        return [textOf(name), textOf(value.join('='))] as const
      })
  } catch {
    return null
  }
}

/** The field `_charset_`, else the first part that names a charset. */
const declaredInParts = (body: string): string | null =>
  /\bname="?_charset_"?[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n([^\r\n]{1,40})\r?\n/i.exec(body)?.[1] ??
  /^content-type:[^\r\n]*;\s*charset="?([^\s";]{1,40})/im.exec(body)?.[1] ??
  null

/** One character per octet. */
const latin1 = (octets: Uint8Array): string => Buffer.from(octets).toString('latin1')
