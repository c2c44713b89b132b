// adapter · a mail that came in, taken apart: its headers, and the parts of a report. Bounded, and never thrown by. RFC 5322, 2045, 6522
import { createHash } from 'node:crypto'
import PostalMime from 'postal-mime'
import type { ReceivedMail } from './report.ts'
import type { Fields } from './report-fields.ts'

/**
 * So many octets of a mail are read: what a report says stands before the mail that it returns, and of that only the headers
 * count. What follows may be as long as it likes.
 */
export const readMost = 256 * 1024
/**
 * And so many lines: four hundred thousand of two letters each in `format=flowed` kept the parser, and with it the whole process,
 * for half a minute.
 */
const linesMost = 10_000
const nestingMost = 20
const headerBytesMost = 64 * 1024

/** Null where it cannot be read: nested too deeply, headers without end. */
export async function readReceived(raw: Uint8Array): Promise<ReceivedMail | null> {
  const bytes = beginningOf(raw)
  try {
    const { headers, attachments, from, messageId } = await PostalMime.parse(bytes, {
      maxNestingDepth: nestingMost,
      maxHeadersSize: headerBytesMost,
      // A mail within the mail is evidence, and is not unpacked.
      forceRfc822Attachments: true,
    })
    return {
      fields: fieldsOf(headers),
      from: from?.address ?? '',
      messageId: messageId ?? null,
      digest: createHash('sha256').update(bytes).digest('base64url'),
      parts: attachments.map(({ mimeType, content }) => ({
        type: mimeType.toLowerCase(),
        text: typeof content === 'string' ? content : new TextDecoder().decode(content),
      })),
    }
  } catch {
    return null
  }
}

function beginningOf(raw: Uint8Array): Uint8Array {
  const bytes = raw.subarray(0, readMost)
  let end = 0
  for (let lines = 0; lines < linesMost; lines += 1) {
    end = bytes.indexOf(10, end) + 1
    if (end === 0) return bytes
  }
  return bytes.subarray(0, end)
}

function fieldsOf(headers: readonly { readonly key: string; readonly value: string }[]): Fields {
  const fields = new Map<string, string[]>()
  for (const { key, value } of headers) {
    const values = fields.get(key) ?? []
    values.push(value)
    fields.set(key, values)
  }
  return fields
}
