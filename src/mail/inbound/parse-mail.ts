// adapter · parser of received mail: headers, text and parts. Bounded, never throws. RFC 5322, 2045, 6522
import { createHash } from 'node:crypto'
import PostalMime, { decodeWords } from 'postal-mime'
import type { ReceivedMail } from './received-mail.ts'
import type { Fields } from './report-fields.ts'

/** Octets read of a mail: the report's own text comes first, and of the returned mail only the headers matter. */
export const maxRead = 256 * 1024
/** Four hundred thousand lines of two letters in `format=flowed` blocked the parser, and the whole process, for half a minute. */
const maxLines = 10_000
const maxNesting = 20
const maxHeaderBytes = 64 * 1024

/** Null if the mail cannot be parsed: nested too deeply, or headers too large. */
export async function readReceived(raw: Uint8Array): Promise<ReceivedMail | null> {
  const bytes = beginningOf(raw)
  try {
    const {
      headers,
      attachments,
      text = '',
      html = '',
      messageId,
    } = await PostalMime.parse(bytes, {
      maxNestingDepth: maxNesting,
      maxHeadersSize: maxHeaderBytes,
      // A mail within the mail is evidence and stays unparsed.
      forceRfc822Attachments: true,
    })
    return {
      fields: fieldsOf(headers),
      messageId: messageId ?? null,
      digest: createHash('sha256').update(bytes).digest('base64url'),
      text:
        [text, wordsOf(html), attachments.length === 0 ? bodyOf(bytes) : ''].find((one) => one !== '') ?? '',
      html,
      parts: attachments.map(({ mimeType, content }) => ({
        type: mimeType.toLowerCase(),
        text: typeof content === 'string' ? content : decoded(content),
      })),
    }
  } catch {
    return null
  }
}

/** For multipart mails that have lost their boundaries. */
const bodyOf = (bytes: Uint8Array): string =>
  /\r?\n\r?\n([\s\S]*)/.exec(new TextDecoder().decode(bytes))?.[1] ?? ''

/** Report fields have no charset; Japanese servers write iso-2022-jp, recognised by its escape sequence. */
function decoded(content: ArrayBuffer | Uint8Array): string {
  const text = new TextDecoder().decode(content)
  return text.includes('\u001b$') ? new TextDecoder('iso-2022-jp').decode(content) : text
}

const wordsOf = (html: string): string =>
  html
    .replace(/<(?:br|\/p|\/div|\/tr|\/td|\/li|\/h\d)\b[^>]{0,200}>/gi, '\n')
    .replace(/<[^>]{0,2000}>/g, '')
    .replace(/&(?:#60|lt);/g, '<')
    .replace(/&(?:#62|gt);/g, '>')
    .replace(/&nbsp;/g, ' ')

function beginningOf(raw: Uint8Array): Uint8Array {
  const bytes = raw.subarray(0, maxRead)
  let end = 0
  for (let lines = 0; lines < maxLines; lines += 1) {
    end = bytes.indexOf(10, end) + 1
    if (end === 0) return bytes
  }
  return bytes.subarray(0, end)
}

function fieldsOf(headers: readonly { readonly key: string; readonly value: string }[]): Fields {
  const fields = new Map<string, string[]>()
  for (const { key, value } of headers) {
    const values = fields.get(key) ?? []
    values.push(key === 'subject' ? decodeWords(value) : value)
    fields.set(key, values)
  }
  return fields
}
