// pure · what somebody who mistyped an address probably meant. A suggestion only: the address may be right
import { mended, parseAddress } from './address.ts'

/** Domains whose misspellings are worth a question: those of many readers, long enough that one letter off is hardly another. */
const common = [
  ...['gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'hotmail.se', 'hotmail.co.uk'],
  ...['yahoo.com', 'yahoo.co.uk', 'icloud.com', 'protonmail.com', 'proton.me', 'fastmail.com'],
  ...['gazeta.pl', 'interia.pl', 'poczta.onet.pl', 'onet.pl', 'poczta.fm', 'comhem.se', 'bredband.net'],
  ...['telia.com', 'yandex.ru', 'yandex.com', 'rambler.ru', 'inbox.ru', 't-online.de', 'freenet.de'],
]
/** Domains one letter away from a common one that do have mailboxes. */
const real = new Set(['mail.com', 'ymail.com', 'email.com', 'hmail.com', 'tele.com', 'inbox.eu', 'inbox.lv'])

/** Endings that are no top-level domain, and the one beside them on a keyboard. */
const endings: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['con', 'cmo', 'ocm', 'comm', 'vom', 'xom', 'cim', 'coml', 'cpm'].map((e) => [e, 'com']),
  ),
  ...Object.fromEntries(['ner', 'nte', 'ent', 'nett'].map((e) => [e, 'net'])),
  ...Object.fromEntries(['ogr', 'rog', 'orgg'].map((e) => [e, 'org'])),
  ...{ lp: 'pl', pll: 'pl', ppl: 'pl', rru: 'ru', ruu: 'ru', sse: 'se' },
}

/** The domain that was probably meant, or null. */
export function likelyDomain(typed: string): string | null {
  const domain = typed.toLowerCase()
  const ended = domain.replace(/\.([a-z]+)$/, (whole, ending: string) =>
    Object.hasOwn(endings, ending) ? `.${endings[ending]}` : whole,
  )
  if (common.includes(ended)) return ended === domain ? null : ended
  if (real.has(domain)) return null
  const near = common.find((known) => isOneSlipAway(ended, known))
  return near ?? (ended === domain ? null : ended)
}

/** The whole address that was probably meant: null where nothing looks mistyped, or where the guess is no address either. */
export function suggestAddress(typed: string): string | null {
  if (typed.length > 1000) return null
  const text = mended(typed)
  const at = text.lastIndexOf('@')
  if (at < 1) return null
  const local = text.slice(0, at).replace(/@+$/, '')
  const domain = text
    .slice(at + 1)
    .replace(/\s+/g, '')
    .replace(/[,;]/g, '.')
    .replace(/\.{2,}/g, '.')
  const guess = `${local}@${likelyDomain(domain) ?? domain}`
  return guess !== text && parseAddress(guess, { smtpUtf8: true }).ok ? guess : null
}

/** One letter too many, too few or wrong, or two neighbours exchanged. */
function isOneSlipAway(typed: string, known: string): boolean {
  if (Math.abs(typed.length - known.length) > 1) return false
  let start = 0
  while (start < typed.length && typed[start] === known[start]) start += 1
  const [a, b] = [typed.slice(start), known.slice(start)]
  if (a.slice(1) === b || a === b.slice(1) || a.slice(1) === b.slice(1)) return true
  return a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2)
}
