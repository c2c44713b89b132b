// pure · what DNS says of a sender: which of it surely fails, and the record to add, a line each
import type { DnsAnswer } from '../../platform/deps.ts'
import { type Check, checking } from '../check.ts'
import { type Dmarc, tagsOf } from './dmarc.ts'

export const check = checking('sender')

/** As forms of registrars take it. */
export const add = (name: string, value: string): string => `Add a TXT record at ${name}: ${value}`

export const unknown = (key: string, name: string): Check =>
  check(key, 'unknown', `DNS did not answer for ${name}.`, 'Ask again in a minute. It stops nothing.')

/** A null MX says that a domain receives nothing; whether it may send is left to each receiver. RFC 7505 section 4.2 */
export function domainCheck(domain: string, mx: DnsAnswer): Check {
  if (mx === 'unknown') return unknown('domain', domain)
  if (mx === 'no_such_name')
    return check(
      'domain',
      'block',
      `The sender’s domain ${domain} does not exist.`,
      'Correct the sender of the list, or register the domain.',
    )
  return isNullMx(mx)
    ? check(
        'domain',
        'warn',
        `${domain} says that it receives no mail (null MX); some mailboxes then refuse mail from it.`,
        'Give it an MX record, or send from another domain.',
      )
    : check('domain', 'ok', `The sender’s domain ${domain} exists.`)
}

export const isNullMx = (mx: DnsAnswer): boolean => typeof mx !== 'string' && mx.length === 1 && mx[0] === ''

/** What proves a mail by Resend, under the names that it asks its customers for. */
export interface Proof {
  readonly domain: string
  /** At `resend._domainkey.`. */
  readonly key: DnsAnswer
  /** At `send.`: the return path, unless another was chosen at Resend. */
  readonly spf: DnsAnswer
}

/** @see https://resend.com/docs/dashboard/domains/introduction */
export function resendChecks({ domain, key, spf }: Proof): readonly Check[] {
  const [keyName, spfName] = [`resend._domainkey.${domain}`, `send.${domain}`]
  return [
    key === 'unknown'
      ? unknown('dkim', keyName)
      : hasKey(key)
        ? check('dkim', 'ok', `The key of the signature (DKIM) is at ${keyName}.`)
        : check(
            'dkim',
            'warn',
            `There is no key of the signature (DKIM) at ${keyName}. Big mailboxes ask for one, and leaving by one click counts only under it.`,
            add(keyName, 'the value that Resend shows under Domains'),
          ),
    spf === 'unknown'
      ? unknown('spf', spfName)
      : namesResend(spf)
        ? check('spf', 'ok', `SPF at ${spfName} names Resend.`)
        : check(
            'spf',
            'warn',
            `SPF at ${spfName} does not name Resend, or not in one single record. Right only where you chose another return path there.`,
            add(spfName, 'v=spf1 include:amazonses.com ~all'),
          ),
  ]
}

/** An empty `p` takes a key back. @see https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1 */
const hasKey = (answer: DnsAnswer): boolean =>
  typeof answer !== 'string' && answer.some((text) => (tagsOf(text)['p'] ?? '') !== '')

const namesResend = (answer: DnsAnswer): boolean => {
  const records = typeof answer === 'string' ? [] : answer.filter((text) => /^v=spf1(?: |$)/i.test(text))
  return records.length === 1 && / \+?include:amazonses\.com\.?(?: |$)/i.test(records[0] ?? '')
}

/**
 * Without a proof whose names are known nothing can be denied. With it a definite no: receivers are asked to refuse what is
 * not aligned, and of the two ways to be aligned neither is there. @see https://www.rfc-editor.org/rfc/rfc9989#section-5.3
 */
export function dmarcCheck(domain: string, dmarc: Dmarc | 'none' | 'unknown', proof: Proof | null): Check {
  if (dmarc === 'unknown') return unknown('dmarc', `_dmarc.${domain}`)
  if (dmarc === 'none')
    return check(
      'dmarc',
      'warn',
      `There is no DMARC record for ${domain}. Big mailboxes ask senders to many for one.`,
      add(`_dmarc.${domain}`, `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`),
    )
  const says = `DMARC at ${dmarc.at} (p=${dmarc.policy})`
  if (dmarc.policy === 'none')
    return check(
      'dmarc',
      'ok',
      `${says} lets everything through: enough to begin with. Once its reports show only mail of yours, p=quarantine protects your name.`,
    )
  return proof !== null && isDisproved(proof, dmarc)
    ? check(
        'dmarc',
        'block',
        `${says} has receivers turn away what is not proven to be from ${domain}, and nothing proves this mail: neither a key at resend._domainkey.${domain} nor SPF at send.${domain}.`,
        'Add both records as Resend shows them under Domains.',
      )
    : check('dmarc', 'ok', `${says} has receivers turn away what only claims to be from ${domain}.`)
}

const isDisproved = ({ key, spf }: Proof, { strictSpf }: Dmarc): boolean =>
  key !== 'unknown' && !hasKey(key) && spf !== 'unknown' && (strictSpf || !namesResend(spf))
