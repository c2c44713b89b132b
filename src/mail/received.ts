// adapter · a mail that came in, taken apart: its headers, and the parts of a report. Bounded, and never thrown by. RFC 5322, 2045, 6522
import { createHash } from 'node:crypto'
import PostalMime from 'postal-mime'
import type { ReceivedMail } from './report.ts'
import type { Fields } from './report-fields.ts'

/**
 * So much of a mail is read: what a report says stands before the mail that it returns, and of that only the headers count. What
 * follows may be as long as it likes.
 */
export const readMost = 2 * 1024 * 1024
const nestingMost = 20
const headerBytesMost = 256 * 1024

/** Null where it cannot be read: nested too deeply, headers without end. */
export async function readReceived(raw: Uint8Array): Promise<ReceivedMail | null> {
  const bytes = raw.subarray(0, readMost)
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

function fieldsOf(headers: readonly { readonly key: string; readonly value: string }[]): Fields {
  const fields = new Map<string, string[]>()
  for (const { key, value } of headers) {
    const values = fields.get(key) ?? []
    values.push(value)
    fields.set(key, values)
  }
  return fields
}
