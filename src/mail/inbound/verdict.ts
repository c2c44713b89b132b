// pure · classification of a refusal by the refusing server's words, then its codes. RFC 3463, RFC 3464 section 2.3.6, RFC 5321
import {
  denied,
  either,
  full,
  nonexistent,
  nullMx,
  ofServer,
  passing,
  personal,
  resting,
  sender,
  tooLarge,
  unexplained,
} from './bounce-words.ts'

/**
 * `hard`: mailbox or domain does not exist. `soft`: temporary or unclear; five over at least fourteen days make an address
 * undeliverable. `sender`: a problem of our address, route or content, which does not count against the reader, unless the refusal is
 * the reader's own (`personal`), which counts like a soft one. `none`: no failure.
 */
export type Verdict = 'hard' | 'soft' | 'sender' | 'none'

/** Each member may be missing. */
export interface Refusal {
  /** A report's Status; often invented by the reporting server if the refusing one gave no code. */
  readonly status: string | null
  /** The refusing server's words. */
  readonly words: string
  /** The report around them, which may name the command that was refused. */
  readonly around?: string
}

export interface Judgement {
  readonly verdict: Exclude<Verdict, 'none'>
  /** `5.1.1`; null if there was no code. */
  readonly code: string | null
  /** Of `sender`: refused by one reader or group, not by their server. */
  readonly personal?: true
}

/**
 * Hard requires words or a code for a missing mailbox or domain, and no sign of anything else. If signals disagree, the milder
 * wins: a reader suppressed by mistake never learns of it, and a missing mailbox bounces again. The refusing server's own code
 * outranks a Status. In doubt the bounce is soft.
 */
export function judge({ status, words, around = words }: Refusal): Judgement {
  const text = readable(words)
  const own = codesIn(words)
  const code = specificOf(own) ?? statusIn(status) ?? own[0] ?? null
  const verdict = isOfSender(around) ? 'sender' : verdictOf(text, own, statusIn(status), around)
  return { verdict, code, ...(verdict === 'sender' && isPersonal(text, own) ? { personal: true } : {}) }
}

function verdictOf(
  text: string,
  own: readonly string[],
  status: string | null,
  around: string,
): Judgement['verdict'] {
  const specific = own.filter((code) => !isGeneric(code))
  const codes = specific.length > 0 ? specific : status === null ? own : [status]
  const byCode = mildest(codes.map(kindOfCode))
  if (isOfReader.test(text) || isAnyReason.test(text)) return 'soft'
  if (sender.test(text)) return 'sender'
  if (full.test(text)) return tooLarge.test(text) && byCode === 'sender' ? 'sender' : 'soft'
  if (tooLarge.test(text)) return 'sender'
  const isDenied = byCode === 'sender' && !codes.every(isMereRefusal)
  if (isPassing(text, codes) || passing.test(text)) return isDenied ? 'sender' : 'soft'
  if (nullMx.test(text)) return 'hard'
  const isNonexistent = nonexistent.test(text) || isUnlisted(text, codes)
  if (isNonexistent && !either.test(text) && !isOutOfStep(text, own)) {
    if (isDenied) return 'sender'
    return isDoubtful(text, codes, around) ? 'soft' : 'hard'
  }
  if (byCode !== 'hard') return resting.test(text) && !isDenied ? 'soft' : (byCode ?? 'soft')
  if (resting.test(text) && !own.some(isOfNobody)) return 'soft'
  if (denied.test(text)) return 'soft'
  // A Status that only the reporting server gives is a guess at words that say something else.
  return specific.length === 0 && unexplained.test(text) ? 'soft' : 'hard'
}

/** Usual for sender problems, but here about the reader's mailbox: too much mail from anybody, or locked. */
const isOfReader =
  /(?:user|recipient|mailbox|account)[^.;]{0,60} receiving (?:e-?mails?|mail|messages) (?:at a rate|too)|(?:recipient|user|mailbox)(?:.s)? (?:account |mailbox )?(?:is |has been )(?:temporar\w+ )?(?:blocked|locked|banned)/u

/** cPanel's list of all that may be. */
const isAnyReason = /account or domain may not exist, they may be/

/**
 * Nothing of ours to mend, and no sign of what others will say. Exchange has codes of its own for a recipient that takes mail from
 * some senders only.
 */
const isPersonal = (text: string, codes: readonly string[]): boolean =>
  !ofServer.test(text) && (personal.test(text) || codes.some((code) => /^5\.7\.1[23]\d$/.test(code)))

const hardCodes: ReadonlySet<string> = new Set(['1.1', '1.2', '1.3', '1.6', '1.10', '2.1'])
/** Our address, our protocol, the size of the mail. */
const senderCodes: ReadonlySet<string> = new Set(['1.7', '1.8', '3.4', '2.3'])

/** The address does not exist. `5.2.1` also concerns existing mailboxes. */
const isOfNobody = (code: string): boolean => kindOfCode(code) === 'hard' && code !== '5.2.1'

/** 501 to 504 concern a command or its arguments, such as our HELO name. */
const isOutOfStep = (text: string, own: readonly string[]): boolean =>
  /(?:^|[^\d.])50[1-4] (?!.{0,12}need rcpt)/.test(text) && !own.some(isOfNobody)

function kindOfCode(code: string): Judgement['verdict'] {
  const detail = code.slice(2)
  if (/^7\.(?!13$)|^6\./.test(detail) || senderCodes.has(detail) || /^5\.[1-9]/.test(detail)) return 'sender'
  return code.startsWith('5.') && hardCodes.has(detail) ? 'hard' : 'soft'
}

/** Exchange Online, for an address not in the domain's directory. */
const isUnlisted = (text: string, codes: readonly string[]): boolean =>
  codes.includes('5.4.1') && text.includes('recipient address rejected: access denied')

/**
 * No such user, they say, and also that there is one: a code of a mailbox that takes nothing, words of one, or a refusal of the mail
 * itself, by which some servers hide a reader's filter.
 */
const isDoubtful = (text: string, codes: readonly string[], around: string): boolean =>
  !codes.some(isOfNobody) &&
  (codes.includes('5.2.1') || resting.test(text) || (isBare(text) && isAfterText(around)))

/** Without a name or a reason of its own. */
const isBare = (text: string): boolean => !/doesn.t have|invalide/.test(text)

/** A client that sends ahead has said DATA before it heard of the reader; then the text is refused for want of one. */
const isAfterText = (around: string): boolean =>
  /\b(?:reply to|after) (?:the )?(?:end of )?data\b|>>> ?data\b/i.test(around) &&
  !/\b50\d[ -].{0,12}need rcpt|no valid recipients/i.test(around)

/** Refused before any reader was named. */
const isOfSender = (around: string): boolean =>
  /\b(?:reply to|after) (?:the )?mail from\b/i.test(around.slice(0, maxRead))

/** A general "not authorised": Postfix puts this before any text of an access table, "no such user" included. */
const isMereRefusal = (code: string): boolean => /^5\.(?:7\.[01]|5\.\d+)$/.test(code)

const mildness = ['sender', 'soft', 'hard'] as const
const mildest = (kinds: readonly Judgement['verdict'][]): Judgement['verdict'] | null =>
  mildness.find((kind) => kinds.includes(kind)) ?? null

/** `5.0.0`, `5.1.0`: failed, and little more. */
const isGeneric = (code: string): boolean => /^\d\.(?:0\.\d+|[1-5]\.0)$/.test(code)

/** By a server's first reply code (451), else by status codes (4.2.2). */
function isPassing(text: string, codes: readonly string[]): boolean {
  const reply = /(?:^|[^\d.])([45])\d\d(?= |$)/.exec(text)?.[1]
  const areAll = codes.length > 0 && codes.every((code) => code.startsWith('4.'))
  return reply === '4' || areAll
}

/** A generic code only if there is no other. */
const specificOf = (codes: readonly string[]): string | null => codes.find((code) => !isGeneric(code)) ?? null

/** `5.1.1`, possibly after a word or before a comment. */
export const statusIn = (text: string | null): string | null => codesIn(text ?? '')[0] ?? null

/** In order; never part of an IP address or a version. */
const codesIn = (text: string): readonly string[] =>
  Array.from(
    text.slice(0, maxRead).matchAll(/(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?!\d|\.\d)/g),
    ([, code = '']) => code,
  )

const maxRead = 4000

/** In lower case, on one line; addresses, URLs and host names are replaced, since they may contain any word. */
const readable = (words: string): string =>
  words
    .slice(0, maxRead)
    .toLowerCase()
    // Amazon SES puts "unknown address error" in front of the server's words.
    .replace(/^.{0,80}?(?=\b[45]\d\d-')/s, '')
    // The kind of a Diagnostic-Code, and the server that was spoken to.
    .replace(/^\s*(?:smtp|[a-z]+-[\w-]+) *; /, ' ')
    .replace(/\brelay=\S+/g, ' ')
    .replace(/https?:\S+/g, namedOf)
    .replace(/(?:"[^"]{1,64}"|[^\s<>"'(),:;[\]]{1,320})@[^\s<>"'(),:;[\]]{1,320}/g, ' mailbox ')
    .replace(/while performing the \w+ handshake|\(in reply to (?:(?!mail from)[a-z ])+\)/g, ' ')
    .replace(/\b(?!resolver\.)(?:[a-z0-9_-]{1,63}\.){1,10}[a-z]{2,24}\b(?!\.?[a-z])/g, namedOf)
    .replace(/[4-5]\d\d-(?=[\d'"a-z ])/g, (code) => `${code.slice(0, 3)} `)
    .replace(/\s+/g, ' ')
    .trim()

/** Blocklists often appear by host name only. */
const namedOf = (name: string): string =>
  /spamhaus|spamcop|barracuda(?:central|networks)|sorbs|uceprotect|abuseat|surbl|uribl|mailspike|senderscore|dnsbl|rbl\b/.test(
    name,
  )
    ? ' blocklist '
    : ' host '
