// pure · parses an address into its four forms, or names the fault. RFC 5321, 5322, 6531, 2142, UTS 46
import * as z from 'zod'
import { bytesOf } from '../platform/encoding/bytes.ts'

const asTyped = z.string().brand<'AsTyped'>()
const sendTo = z.string().brand<'SendTo'>()
const canonical = z.string().brand<'CanonicalAddress'>()
const abuseKey = z.string().brand<'AbuseKey'>()

/** The form's input, for evidence only. */
export type AsTyped = z.output<typeof asTyped>
/** The form to send to: the local part octet by octet, the domain as a lower-case A-label. */
export type SendTo = z.output<typeof sendTo>
/** The identity behind look-ups, suppressions and commitments. */
export type CanonicalAddress = z.output<typeof canonical>
/** The mailbox that the address most likely ends in: for limits and "block me" only, never for identity. */
export type AbuseKey = z.output<typeof abuseKey>

export interface Address {
  readonly asTyped: AsTyped
  readonly sendTo: SendTo
  readonly canonical: CanonicalAddress
  readonly abuseKey: AbuseKey
}

export const addressFaults = [
  'empty',
  'too_long',
  'no_at',
  'local_part',
  'domain',
  'control_characters',
  'dots',
  'quoted',
  'role',
  'needs_smtputf8',
] as const
export type AddressFault = (typeof addressFaults)[number]

export type AddressOutcome =
  | { readonly ok: true; readonly address: Address }
  | { readonly ok: false; readonly reason: AddressFault }

/**
 * The address in its forms, or the first fault. Never throws. `smtpUtf8`: whether the mailer can carry a local part outside
 * ASCII.
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1
 */
export function parseAddress(typed: string, options: { readonly smtpUtf8: boolean }): AddressOutcome {
  if (typed.length > longestInput) return refused('too_long')
  const text = mended(typed)
  if (text === '') return refused('empty')
  if (unseen.test(text)) return refused('control_characters')
  const at = text.lastIndexOf('@')
  if (at === -1) return refused('no_at')
  const local = text.slice(0, at)
  const domainTyped = text.slice(at + 1).replace(/\.$/, '')
  if (local.includes('"')) return refused('quoted')
  if (hasStrayDots(local) || hasStrayDots(domainTyped)) return refused('dots')
  if (!isLocalPart(local)) return refused('local_part')
  const localCanonical = foldCase(local)
  const domain = asciiDomain(domainTyped)
  if (domain === null) return refused('domain')
  if (!fits(local, domain) || !fits(localCanonical, domain)) return refused('too_long')
  if (isRole(localCanonical)) return refused('role')
  if (!options.smtpUtf8 && !isAscii(local)) return refused('needs_smtputf8')
  return {
    ok: true,
    address: {
      asTyped: asTyped.parse(typed),
      sendTo: sendTo.parse(`${local}@${domain}`),
      canonical: canonical.parse(`${localCanonical}@${domain}`),
      abuseKey: abuseKey.parse(abuseKeyOf(localCanonical, domain)),
    },
  }
}

/** Longer input is refused unread. */
const longestInput = 1000

/**
 * Characters that a reader cannot see and a header must not hold: controls (CR, LF, NUL, tab), direction marks, zero width,
 * lone surrogates, private and unassigned code points, variation selectors, fillers.
 */
const unseen = /[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u

const refused = (reason: AddressFault): AddressOutcome => ({ ok: false, reason })

/**
 * The address in what was pasted: without white space, marks of direction and the comma of a list around it, without invisible
 * characters of no width, out of `mailto:`, `<…>` or `Name <…>`. Overrides of direction and controls within stay, and are
 * refused: they serve to deceive.
 */
export function mended(typed: string): string {
  const text = typed
    .replace(noWidth, '')
    .replace(
      /^[\s\u200e\u200f\u202a-\u202c\u2066-\u2069]+|[\s,;\u200e\u200f\u202a-\u202c\u2066-\u2069]+$/gu,
      '',
    )
  const bracketed = /^[^<>\p{Cc}]*<([^<>]*)>$/u.exec(text)?.[1]
  if (bracketed !== undefined) return mended(bracketed)
  const linked = /^mailto:([^?]*)/i.exec(text)?.[1]
  return linked === undefined ? text : mended(percentDecoded(linked))
}

/** Joiners only beside ASCII: between other letters they make another word, or one emoji of two. */
const noWidth = /[\u00ad\u200b\u2060\ufeff]|(?<=^|\p{ASCII})[\u200c\u200d]|[\u200c\u200d](?=\p{ASCII}|$)/gu

/** As a URL of mail writes what its syntax reserves (RFC 6068 section 2). */
const percentDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const hasStrayDots = (part: string): boolean => /^\.|\.\.|\.$/.test(part)

/**
 * Printable, no space, and of ASCII only what needs no quotes (RFC 5322 atext), which also excludes comments, source routes and
 * a second @. A letter outside ASCII that folds into ASCII alone (the Kelvin sign, long s, ligatures, ß, the Greek question
 * mark) is refused: the address would claim the identity of another mailbox.
 */
const isLocalPart = (local: string): boolean =>
  /^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]|[^\p{ASCII}\p{Z}])+$/u.test(local) &&
  (isAscii(local) || Array.from(local).every((point) => isAscii(point) || !isAscii(foldCase(point))))

const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text)

const fits = (local: string, domain: string): boolean => {
  const localOctets = bytesOf(local).length
  return localOctets <= 64 && domain.length <= 255 && localOctets + 1 + domain.length <= 254
}

/** A non-ASCII label; see asciiDomain. */
const neighbour = { typed: '.ż', ascii: '.xn--hha' }

/**
 * The domain as lower-case A-labels (UTS 46, non-transitional, as in URL hosts), or null. The neighbour makes the parser map
 * every label by UTS 46 (an ASCII host is only lower-cased, and `xn--a.example` passes) and keeps it from reading `1.2` as an
 * IPv4 address. Characters that could end the host within a URL (/ \ ? # @ : % [ ]) are refused first, and the result is
 * checked letter by letter, since mapping can bring such characters back (⑴ becomes (1)).
 * @see https://www.unicode.org/reports/tr46/
 */
function asciiDomain(typed: string): string | null {
  if (!/^(?:[A-Za-z0-9.-]|[^\p{ASCII}\p{Z}])+$/u.test(typed)) return null
  const domain = isPlain(typed) ? typed.toLowerCase() : mappedDomain(typed)
  if (domain === null) return null
  const labels = domain.split('.')
  const isHost =
    labels.length > 1 && labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  return isHost && !/(?:^|\.)(?:\d+|0x[0-9a-f]*)$/.test(domain) ? domain : null
}

/** Letters, digits and hyphens without an A-label: mapping would change only the case (and takes 30 µs). */
const isPlain = (typed: string): boolean => /^[A-Za-z0-9.-]+$/.test(typed) && !/(?:^|\.)..--/.test(typed)

function mappedDomain(typed: string): string | null {
  const url = `http://${typed.normalize('NFC')}${neighbour.typed}`
  if (!URL.canParse(url)) return null
  const host = new URL(url).hostname
  return host.endsWith(neighbour.ascii) ? host.slice(0, -neighbour.ascii.length).replace(/\.$/, '') : null
}

/**
 * Full case folding of the NFC form, in NFC again. Lower, upper, lower, one code point at a time, equals Unicode's folding
 * except in two scripts: the dotless i folds to itself, Cherokee to upper case (compared over all of Unicode 15).
 * @see https://www.unicode.org/reports/tr44/#Casemapping
 */
function foldCase(local: string): string {
  if (isAscii(local)) return local.toLowerCase()
  return Array.from(local.normalize('NFC'), foldPoint).join('').normalize('NFC')
}

function foldPoint(point: string): string {
  if (point === 'ı') return point
  if (/\p{Script=Cherokee}/u.test(point)) return point.toUpperCase()
  return point.toLowerCase().toUpperCase().toLowerCase()
}

/** RFC 2142 mailboxes for problems and services: a sign-up is hardly by their reader, and mail there alarms. */
const roles = new Set([
  ...['postmaster', 'abuse', 'noc', 'security', 'hostmaster', 'webmaster'],
  ...['usenet', 'uucp', 'www', 'ftp', 'root'],
])

/** Senders whose mailbox is not read; punctuation is ignored. */
const robots = new Set(['noreply', 'donotreply', 'mailerdaemon'])

/**
 * Roles of RFC 2142 sections 4 and 5, root, and robots; a +tag is ignored. Business names (info, sales, support, marketing) and
 * admin are accepted: in small firms one person reads them and signs up with them.
 * @see https://www.rfc-editor.org/rfc/rfc2142
 */
function isRole(localCanonical: string): boolean {
  const name = withoutTag(localCanonical)
  return roles.has(name) || robots.has(name.replace(/[._-]/g, ''))
}

const withoutTag = (local: string): string => local.replace(/(?<=.)\+.*$/u, '')

function abuseKeyOf(localCanonical: string, domain: string): string {
  const name = withoutTag(localCanonical)
  const isGmail = domain === 'gmail.com' || domain === 'googlemail.com'
  return isGmail ? `${name.replaceAll('.', '')}@gmail.com` : `${name}@${domain}`
}
