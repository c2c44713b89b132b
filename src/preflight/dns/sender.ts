// pure · sender checks from DNS answers, with the record to add
import type { DnsAnswer } from '../../platform/deps.ts'
import { type Check, checking } from '../check.ts'
import { type Dmarc, tagsOf } from './dmarc.ts'

export const check = checking('sender')

/** The fix, in the form that registrars ask for. */
export const add = (name: string, value: string): string => `Add a TXT record at ${name}: ${value}`

export const unknown = (key: string, name: string): Check =>
  check(
    key,
    'unknown',
    `DNS did not answer for ${name}.`,
    'Try again in a minute. This does not block sending.',
  )

/** A null MX means that a domain receives no mail; whether it may send is left to each receiver. RFC 7505 section 4.2 */
export function domainCheck(domain: string, mx: DnsAnswer): Check {
  if (mx === 'unknown') return unknown('domain', domain)
  if (mx === 'no_such_name')
    return check(
      'domain',
      'block',
      `The sender’s domain ${domain} does not exist.`,
      'Fix the sender address of the list, or register the domain.',
    )
  return isNullMx(mx)
    ? check(
        'domain',
        'warn',
        `${domain} is set up to receive no email (null MX). Some mailbox providers refuse email from such domains.`,
        'Add an MX record, or send from another domain.',
      )
    : check('domain', 'ok', `The sender’s domain ${domain} exists.`)
}

export const isNullMx = (mx: DnsAnswer): boolean => typeof mx !== 'string' && mx.length === 1 && mx[0] === ''

/** The records that authenticate mail sent by Resend, at the names that Resend documents. */
export interface Proof {
  readonly domain: string
  /** The answer for `resend._domainkey.`. */
  readonly key: DnsAnswer
  /** The answer for `send.`: the default return path at Resend. */
  readonly spf: DnsAnswer
}

/** @see https://resend.com/docs/dashboard/domains/introduction */
export function resendChecks({ domain, key, spf }: Proof): readonly Check[] {
  const [keyName, spfName] = [`resend._domainkey.${domain}`, `send.${domain}`]
  return [
    key === 'unknown'
      ? unknown('dkim', keyName)
      : hasKey(key)
        ? check('dkim', 'ok', `The DKIM key is at ${keyName}.`)
        : check(
            'dkim',
            'warn',
            `There is no DKIM key at ${keyName}. Large mailbox providers require one, and one-click unsubscribe only counts with it.`,
            add(keyName, 'the value that Resend shows under Domains'),
          ),
    spf === 'unknown'
      ? unknown('spf', spfName)
      : namesResend(spf)
        ? check('spf', 'ok', `SPF at ${spfName} includes Resend.`)
        : check(
            'spf',
            'warn',
            `SPF at ${spfName} does not include Resend, or there is more than one SPF record. This is correct only if you chose another return path at Resend.`,
            add(spfName, 'v=spf1 include:amazonses.com ~all'),
          ),
  ]
}

/** An empty `p` revokes a key. @see https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1 */
const hasKey = (answer: DnsAnswer): boolean =>
  typeof answer !== 'string' && answer.some((text) => (tagsOf(text)['p'] ?? '') !== '')

const namesResend = (answer: DnsAnswer): boolean => {
  const records = typeof answer === 'string' ? [] : answer.filter((text) => /^v=spf1(?: |$)/i.test(text))
  return records.length === 1 && / \+?include:amazonses\.com\.?(?: |$)/i.test(records[0] ?? '')
}

/**
 * Blocks only with a known proof: the policy asks receivers to refuse unaligned mail, and neither DKIM nor SPF is aligned.
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-5.3
 */
export function dmarcCheck(domain: string, dmarc: Dmarc | 'none' | 'unknown', proof: Proof | null): Check {
  if (dmarc === 'unknown') return unknown('dmarc', `_dmarc.${domain}`)
  if (dmarc === 'none')
    return check(
      'dmarc',
      'warn',
      `There is no DMARC record for ${domain}. Large mailbox providers require one from bulk senders.`,
      add(`_dmarc.${domain}`, `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`),
    )
  const says = `DMARC at ${dmarc.at} (p=${dmarc.policy})`
  if (dmarc.policy === 'none')
    return check(
      'dmarc',
      'ok',
      `${says} blocks nothing, which is fine to start with. Once its reports show only your own email, p=quarantine protects your domain.`,
    )
  return proof !== null && isDisproved(proof, dmarc)
    ? check(
        'dmarc',
        'block',
        `${says} makes receivers refuse email that is not authenticated for ${domain}, and this email would not be: there is no DKIM key at resend._domainkey.${domain} and no matching SPF at send.${domain}.`,
        'Add both records, as Resend shows them under Domains.',
      )
    : check('dmarc', 'ok', `${says} makes receivers act on email that only claims to be from ${domain}.`)
}

const isDisproved = ({ key, spf }: Proof, { strictSpf }: Dmarc): boolean =>
  key !== 'unknown' && !hasKey(key) && spf !== 'unknown' && (strictSpf || !namesResend(spf))
