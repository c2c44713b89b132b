// pure · what DNS says of a sender: which of it surely fails, and the record to add, a line each
import type { DnsAnswer } from '../../platform/deps.ts'
import { type Check, checking } from './check.ts'
import type { Dmarc } from './dmarc.ts'
import type { Spf } from './spf.ts'

/** How mail leaves, as far as DNS sees it. */
export interface Way {
  /** The domain of From. */
  readonly domain: string
  /** The domain that bounces go to, whose SPF counts. */
  readonly returns: string
  /** Whose records are asked for; `smtp` and others sign with a key whose name nobody here knows. */
  readonly by: 'resend' | 'smtp'
}

export interface SenderFacts extends Way {
  readonly mx: DnsAnswer
  readonly spf: Spf
  readonly dmarc: Dmarc | 'none' | 'unknown'
  readonly dkim: 'there' | 'missing' | 'unknown'
}

const check = checking('sender')

/** `_name TXT value`, as zone files and forms of registrars take it. */
const add = (name: string, value: string): string => `Add a TXT record at ${name}: ${value}`

export const senderChecks = (facts: SenderFacts): readonly Check[] =>
  facts.mx === 'no_such_name'
    ? [
        check(
          'domain',
          'block',
          `The sender’s domain ${facts.domain} does not exist.`,
          'Correct the sender’s address of the list, or register the domain. Mailboxes refuse mail from a domain that is not there.',
        ),
      ]
    : [domainCheck(facts), dkimCheck(facts), spfCheck(facts), dmarcCheck(facts)]

/**
 * A null MX says that a domain receives nothing; whether it may send is left to each receiver (RFC 7505 section 4.2). Beside an
 * SPF that lets nobody send it is a domain that was taken out of mail, by the same hand, in two places.
 */
function domainCheck({ domain, returns, by, mx, spf }: SenderFacts): Check {
  if (mx === 'unknown') return unknown('domain', `whether ${domain} exists`)
  if (mx.length !== 1 || mx[0] !== '') return check('domain', 'ok', `The sender’s domain ${domain} exists.`)
  return by === 'smtp' && returns === domain && spf.kind === 'nobody'
    ? check(
        'domain',
        'block',
        `${domain} says in DNS that it neither sends nor receives mail (v=spf1 -all and a null MX).`,
        'Send from another domain, or replace both records.',
      )
    : check(
        'domain',
        'warn',
        `${domain} says in DNS that it receives no mail (a null MX). Some mailboxes refuse mail from such a domain.`,
        `Give ${domain} an MX record, or send from another domain.`,
      )
}

function dkimCheck({ domain, by, dkim }: SenderFacts): Check {
  const name = `resend._domainkey.${domain}`
  if (by === 'smtp')
    return check(
      'dkim',
      'unknown',
      'The mail server signs; under which name (the selector) is not known here, so its DKIM key was not looked up.',
      `Send yourself a test and look into its headers for dkim=pass with d=${domain}.`,
    )
  if (dkim === 'unknown') return unknown('dkim', name)
  return dkim === 'there'
    ? check('dkim', 'ok', `The key of the signature (DKIM) is at ${name}.`)
    : check(
        'dkim',
        'warn',
        `There is no key for the signature (DKIM) at ${name}. Gmail and Yahoo ask for one, and leaving by one click counts only under it.`,
        add(name, `the value that Resend shows under Domains, ${domain}`),
      )
}

const sesName = 'amazonses.com'

/** By Resend the mail is signed, and a return path of another name can be chosen there: a record that lacks is not a failure. */
function spfCheck({ domain, returns, by, spf }: SenderFacts): Check {
  const isResend = by === 'resend'
  const record = isResend ? `v=spf1 include:${sesName} ~all` : 'v=spf1 a:your.mail.server -all'
  if (spf.kind === 'unknown') return unknown('spf', returns)
  if (spf.kind === 'broken')
    return check(
      'spf',
      'warn',
      `SPF cannot be read: ${spf.why}.`,
      'Mend that record: one per name, ten look-ups.',
    )
  if (spf.kind === 'nobody')
    return check(
      'spf',
      'warn',
      `SPF at ${returns} lets no machine send (v=spf1 -all).`,
      `Replace the TXT record at ${returns} by: ${record}`,
    )
  const covers = spf.kind === 'somebody' && (!isResend || spf.includes.includes(sesName))
  if (!covers)
    return check(
      'spf',
      'warn',
      isResend
        ? `SPF at ${returns} does not name Resend. This is right only if you chose another return path there.`
        : `There is no SPF record at ${returns}, where bounces go.`,
      add(returns, record),
    )
  return isResend || `.${domain}`.endsWith(`.${mainOf(returns)}`)
    ? check('spf', 'ok', `SPF at ${returns} names who may send.`)
    : check(
        'spf',
        'warn',
        `SPF at ${returns} is in order, but that is another domain than ${domain}: for DMARC only the signature counts.`,
        `Choose an SMTP_RETURN_PATH in ${domain}.`,
      )
}

/** Its last two names. Under a registry such as co.uk that is too little, and one warning less is given. */
const mainOf = (domain: string): string => domain.split('.').slice(-2).join('.')

/**
 * A definite no: receivers are asked to refuse what is not aligned, and of the two ways to be aligned neither is there. It can be
 * said of Resend alone, whose names are known. @see https://www.rfc-editor.org/rfc/rfc9989#section-5.3
 */
function dmarcCheck({ domain, returns, by, spf, dkim, dmarc }: SenderFacts): Check {
  const name = `_dmarc.${domain}`
  if (dmarc === 'unknown') return unknown('dmarc', name)
  if (dmarc === 'none')
    return check(
      'dmarc',
      'warn',
      `There is no DMARC record for ${domain}. Gmail, Yahoo and Outlook ask everybody for one who sends to many.`,
      add(name, `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`),
    )
  const says = `DMARC at ${dmarc.at} asks receivers to`
  if (dmarc.policy === 'none')
    return check(
      'dmarc',
      'ok',
      `${says} let everything through (p=none). That is enough to begin with; once its reports show only mail of yours, p=quarantine protects you.`,
    )
  const wanted = dmarc.policy === 'reject' ? 'refuse' : 'set aside'
  const isSpfAligned = spf.kind === 'somebody' && spf.includes.includes(sesName) && !dmarc.strictSpf
  if (by === 'resend' && dkim === 'missing' && spf.kind !== 'unknown' && !isSpfAligned)
    return check(
      'dmarc',
      'block',
      `${says} ${wanted} mail that is not proven to be from ${domain} (p=${dmarc.policy}), and nothing proves yours: there is no key at resend._domainkey.${domain}, nor does SPF at ${returns} count.`,
      `Add both records as Resend shows them under Domains, ${domain}.`,
    )
  return check('dmarc', 'ok', `${says} ${wanted} what only claims to be from ${domain} (p=${dmarc.policy}).`)
}

const unknown = (key: string, what: string): Check =>
  check(key, 'unknown', `DNS did not answer when asked for ${what}. Nothing is concluded from that.`)
