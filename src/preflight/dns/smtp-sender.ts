// pure · what DNS says of mail through a mail server of one's own: its return path; its signature has a name nobody here knows
import type { DnsAnswer } from '../../platform/deps.ts'
import type { Check } from '../check.ts'
import { add, check, isNullMx, unknown } from './sender.ts'
import type { LookUp, Spf } from './spf.ts'
import { readSpf } from './spf.ts'

/** `returns`: the domain that bounces go to, whose SPF counts. `domain`: that of From. */
export async function smtpChecks(
  lookUp: LookUp,
  sender: { domain: string; returns: string; mx: Promise<DnsAnswer> },
): Promise<readonly Check[]> {
  const [spf, mx] = await Promise.all([readSpf(lookUp, sender.returns), sender.mx])
  return [
    check(
      'dkim',
      'unknown',
      'The mail server signs; under which name (the selector) is not known here, so its DKIM key was not looked up.',
      `Send yourself a test and look into its headers for dkim=pass with d=${sender.domain}.`,
    ),
    spfCheck(sender, spf, isNullMx(mx)),
  ]
}

const example = 'v=spf1 a:your.mail.server -all'

/**
 * `v=spf1 -all` alone is no definite no: a relay may put a return path of its own in place of ours. Beside a null MX the domain
 * was taken out of mail by its owner, in two places.
 */
export function spfCheck(
  { domain, returns }: { domain: string; returns: string },
  spf: Spf,
  hasNullMx: boolean,
): Check {
  switch (spf.kind) {
    case 'unknown':
      return unknown('spf', returns)
    case 'none':
      return check(
        'spf',
        'warn',
        `There is no SPF record at ${returns}, where bounces go.`,
        add(returns, example),
      )
    case 'broken':
      return check(
        'spf',
        'warn',
        `SPF cannot be read: ${spf.why}.`,
        'Mend it: one record per name, ten look-ups.',
      )
    case 'nobody':
      return hasNullMx && returns === domain
        ? check(
            'spf',
            'block',
            `${domain} says twice that it has no part in mail: by SPF (v=spf1 -all) and by a null MX.`,
            'Send from another domain, or replace both records.',
          )
        : check(
            'spf',
            'warn',
            `SPF at ${returns} lets no machine send (v=spf1 -all).`,
            `Replace that TXT record by: ${example}`,
          )
    case 'somebody':
      return mainOf(returns) === mainOf(domain)
        ? check('spf', 'ok', `SPF at ${returns} names who may send.`)
        : check(
            'spf',
            'warn',
            `SPF at ${returns} is in order, but that is another domain than ${domain}: for DMARC only the signature counts.`,
            `Choose an SMTP_RETURN_PATH in ${domain}.`,
          )
  }
}

/** Its last two names. Under a registry such as co.uk that is too little, and one warning less is given. */
const mainOf = (domain: string): string => domain.split('.').slice(-2).join('.')
