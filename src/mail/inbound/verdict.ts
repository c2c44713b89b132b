// pure · whose fault a refusal is, judged by the server that refused: by its words, then its codes. RFC 3463, RFC 3464 section 2.3.6, RFC 5321
import {
  denied,
  either,
  full,
  gone,
  passing,
  resting,
  sender,
  tooLarge,
  unexplained,
} from './bounce-words.ts'

/**
 * `hard`: there is no such mailbox or no such domain. `soft`: not now, or nobody can tell; five over fourteen days are one too
 * many. `sender`: something is wrong with us, our way or our words, and the reader is not to be punished, however often it is
 * said. `none`: no failure.
 */
export type Verdict = 'hard' | 'soft' | 'sender' | 'none'

/** What there is to judge by; each may be missing. */
export interface Refusal {
  /** The Status of a report: often made up by the server that reports, where the one that refused gave no code. */
  readonly status: string | null
  /** The words of the server that refused. */
  readonly words: string
}

export interface Judgement {
  readonly verdict: Exclude<Verdict, 'none'>
  /** `5.1.1`; null where nobody gave one. */
  readonly code: string | null
}

/**
 * Hard needs words or a code that say that the mailbox or its domain does not exist, and not one word of anything else: of two
 * signals that disagree the milder stands, since a reader who is shut out by mistake never learns of it, and one who is gone
 * bounces again. The refusing server's own code outranks a Status. In doubt it is soft.
 */
export function judge({ status, words }: Refusal): Judgement {
  const text = readable(words)
  const own = codesIn(words)
  const code = tellingOf(own) ?? statusIn(status) ?? own[0] ?? null
  return { verdict: verdictOf(text, own, statusIn(status)), code }
}

function verdictOf(text: string, own: readonly string[], status: string | null): Judgement['verdict'] {
  const told = own.filter((code) => !isGeneric(code))
  const codes = told.length > 0 ? told : status === null ? own : [status]
  const byCode = mildest(codes.map(kindOfCode))
  if (isOfReader.test(text)) return 'soft'
  if (sender.test(text)) return 'sender'
  if (full.test(text)) return tooLarge.test(text) && byCode === 'sender' ? 'sender' : 'soft'
  if (tooLarge.test(text)) return 'sender'
  const isDenied = byCode === 'sender' && !codes.every(isMereRefusal)
  if (isPassing(text, codes) || passing.test(text)) return isDenied ? 'sender' : 'soft'
  const isGone = gone.test(text) || isUnlisted(text, codes)
  if (isGone && !either.test(text) && !isOutOfStep(text, own)) return isDenied ? 'sender' : 'hard'
  if (byCode !== 'hard') return resting.test(text) && !isDenied ? 'soft' : (byCode ?? 'soft')
  if (resting.test(text) && !own.some(isOfNobody)) return 'soft'
  if (denied.test(text)) return 'soft'
  // A Status that only the reporting server gives is no more than a guess at words that say something else.
  return told.length === 0 && unexplained.test(text) ? 'soft' : 'hard'
}

/** The reader's mailbox gets more than it may, whoever sends it, or is shut itself: words that are otherwise said of a sender. */
const isOfReader =
  /(?:user|recipient|mailbox|account)[^.;]{0,60} receiving (?:e-?mails?|mail|messages) (?:at a rate|too)|(?:recipient|user|mailbox)(?:.s)? (?:account |mailbox )?(?:is |has been )(?:temporar\w+ )?(?:blocked|locked|banned)/u

const hardCodes: ReadonlySet<string> = new Set(['1.1', '1.2', '1.3', '1.6', '1.10', '2.1'])
/** Our address, our protocol, the size of the mail. */
const senderCodes: ReadonlySet<string> = new Set(['1.7', '1.8', '3.4', '2.3'])

/** Said of an address that is nobody's. `5.2.1` is said of a mailbox that is there. */
const isOfNobody = (code: string): boolean => kindOfCode(code) === 'hard' && code !== '5.2.1'

/** 501 to 504: of a command or its arguments, such as a name that we gave for ourselves. */
const isOutOfStep = (text: string, own: readonly string[]): boolean =>
  /(?:^|[^\d.])50[1-4] /.test(text) && !own.some(isOfNobody)

function kindOfCode(code: string): Judgement['verdict'] {
  const detail = code.slice(2)
  if (/^7\.(?!13$)|^6\./.test(detail) || senderCodes.has(detail) || /^5\.[1-9]/.test(detail)) return 'sender'
  return code.startsWith('5.') && hardCodes.has(detail) ? 'hard' : 'soft'
}

/** Exchange Online's edge, of an address that is in no directory of the domain. */
const isUnlisted = (text: string, codes: readonly string[]): boolean =>
  codes.includes('5.4.1') && text.includes('recipient address rejected: access denied')

/** "Not authorised", in general: Postfix writes it before whatever an access table says, "no such user" among it. */
const isMereRefusal = (code: string): boolean => /^5\.(?:7\.[01]|5\.\d+)$/.test(code)

const mildness = ['sender', 'soft', 'hard'] as const
const mildest = (kinds: readonly Judgement['verdict'][]): Judgement['verdict'] | null =>
  mildness.find((kind) => kinds.includes(kind)) ?? null

/** `5.0.0`, `5.1.0`: that it failed, and little more. */
const isGeneric = (code: string): boolean => /^\d\.(?:0\.\d+|[1-5]\.0)$/.test(code)

/** By the first reply of a server (451), else by codes (4.2.2). */
function isPassing(text: string, codes: readonly string[]): boolean {
  const reply = /(?:^|[^\d.])([45])\d\d(?= |$)/.exec(text)?.[1]
  const areAll = codes.length > 0 && codes.every((code) => code.startsWith('4.'))
  return reply === '4' || areAll
}

/** The one that says most: not a generic one where there is another. */
const tellingOf = (codes: readonly string[]): string | null => codes.find((code) => !isGeneric(code)) ?? null

/** `5.1.1`, with a comment behind it or a word before it. */
export const statusIn = (text: string | null): string | null => codesIn(text ?? '')[0] ?? null

/** Every `5.1.1` in what a server said, in order; never a part of an IP address or a version. */
const codesIn = (text: string): readonly string[] =>
  Array.from(
    text.slice(0, maxRead).matchAll(/(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?!\d|\.\d)/g),
    ([, code = '']) => code,
  )

const maxRead = 4000

/** In lower case and on one line, without what servers quote: addresses, URLs and names of hosts hold any word. */
const readable = (words: string): string =>
  words
    .slice(0, maxRead)
    .toLowerCase()
    // Amazon SES puts "unknown address error" before whatever the server said.
    .replace(/^.{0,80}?(?=\b[45]\d\d-')/s, '')
    .replace(/https?:\S+/g, namedOf)
    .replace(/(?:"[^"]{1,64}"|[^\s<>"'(),:;[\]]{1,320})@[^\s<>"'(),:;[\]]{1,320}/g, ' mailbox ')
    .replace(/while performing the \w+ handshake|\(in reply to (?:(?!mail from)[a-z ])+\)/g, ' ')
    .replace(/\b(?!resolver\.)(?:[a-z0-9_-]{1,63}\.){1,10}[a-z]{2,24}\b(?!\.?[a-z])/g, namedOf)
    .replace(/[4-5]\d\d-(?=[\d'"a-z ])/g, (code) => `${code.slice(0, 3)} `)
    .replace(/\s+/g, ' ')
    .trim()

/** A blocklist is refused by under its own name alone. */
const namedOf = (name: string): string =>
  /spamhaus|spamcop|barracuda(?:central|networks)|sorbs|uceprotect|abuseat|surbl|uribl|mailspike|senderscore|dnsbl|rbl\b/.test(
    name,
  )
    ? ' blocklist '
    : ' host '
