// pure · what the DKIM signatures of a mail cover: one-click unsubscribe counts only if its headers are signed. RFC 6376, 8058, 9477
import { type Fields, firstOf } from './report-fields.ts'

/**
 * `not_ours`: no mail to a list. `foreign`: signed, but not for the sender's domain. `partial`: `missing` names headers that no
 * signature of that domain covers.
 */
export type Signing =
  | { readonly kind: 'not_ours' }
  | { readonly kind: 'none'; readonly from: string }
  | { readonly kind: 'foreign'; readonly from: string; readonly domains: readonly string[] }
  | { readonly kind: 'partial'; readonly from: string; readonly missing: readonly string[] }
  | { readonly kind: 'whole'; readonly from: string }

/**
 * A signature must cover both headers of one-click unsubscribe, and the address for complaints.
 * @see https://www.rfc-editor.org/rfc/rfc8058#section-4
 * @see https://www.rfc-editor.org/rfc/rfc9477
 */
const mustBeCovered = [
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
  'CFBL-Address',
  'CFBL-Feedback-ID',
] as const

/** For `opendkim.conf`: by default OpenDKIM leaves List-Unsubscribe-Post unsigned. */
export const openDkimLine =
  'SignHeaders *,+list-unsubscribe-post,+cfbl-address,+cfbl-feedback-id,+message-id,+mime-version,+content-type'

/** By its headers alone; whether a signature is valid is for receivers to say. */
export function signingOf(fields: Fields): Signing {
  const from = /@([^\s<>@]{1,255})>?\s*$/.exec(firstOf(fields, 'from') ?? '')?.[1]?.toLowerCase()
  if (from === undefined || !fields.has('list-unsubscribe-post')) return { kind: 'not_ours' }
  const all = (fields.get('dkim-signature') ?? []).flatMap(signatureOf)
  if (all.length === 0) return { kind: 'none', from }
  const own = all.filter(({ domain }) => isAligned(domain, from))
  if (own.length === 0) return { kind: 'foreign', from, domains: all.map(({ domain }) => domain) }
  const [best] = own
    .map(({ covered }) =>
      mustBeCovered.filter((name) => fields.has(name.toLowerCase()) && !covered.has(name.toLowerCase())),
    )
    .toSorted((a, b) => a.length - b.length)
  return best === undefined || best.length === 0
    ? { kind: 'whole', from }
    : { kind: 'partial', from, missing: best }
}

function signatureOf(
  value: string,
): readonly { readonly domain: string; readonly covered: ReadonlySet<string> }[] {
  const tags = new Map(
    value.split(';').map((one): [string, string] => {
      const [name = '', ...rest] = one.split('=')
      return [name.trim(), rest.join('=').replace(/\s+/g, '').toLowerCase()]
    }),
  )
  const domain = tags.get('d') ?? ''
  return domain === '' ? [] : [{ domain, covered: new Set((tags.get('h') ?? '').split(':')) }]
}

/** As DMARC aligns loosely, as far as two names tell. @see https://www.rfc-editor.org/rfc/rfc9989#section-4.4.1 */
const isAligned = (domain: string, from: string): boolean =>
  domain === from || from.endsWith(`.${domain}`) || domain.endsWith(`.${from}`)

/** The finding in a sentence, without its end; `mend`: null where nothing is to be done. */
export function signingInWords(signing: Exclude<Signing, { kind: 'not_ours' }>): {
  readonly holds: boolean
  readonly words: string
  readonly mend: string | null
} {
  const { from } = signing
  const mend = `Let the mail server sign them with DKIM for ${from}. With OpenDKIM, opendkim.conf needs the line: ${openDkimLine}`
  switch (signing.kind) {
    case 'whole':
      return {
        holds: true,
        words: `is signed for ${from}, and the signature covers one-click unsubscribe`,
        mend: null,
      }
    case 'partial':
      return {
        holds: false,
        words: `is signed for ${from}, but the signature does not cover ${signing.missing.join(', ')}, which therefore count for nothing (RFC 8058)`,
        mend,
      }
    case 'foreign':
      return {
        holds: false,
        words: `is signed for ${signing.domains.join(', ')}, not for ${from}, the domain of the sender`,
        mend,
      }
    case 'none':
      return {
        holds: false,
        words: `has no DKIM signature, so one-click unsubscribe does not count (RFC 8058), and large mailbox providers refuse it`,
        mend,
      }
  }
}
