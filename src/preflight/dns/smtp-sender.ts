// pure · DNS checks for mail through an SMTP server: SPF of the return path; the DKIM selector is unknown
import type { DnsAnswer } from '../../platform/deps.ts'
import type { Check } from '../check.ts'
import { add, check, isNullMx, unknown } from './sender.ts'
import type { LookUp, Spf } from './spf.ts'
import { readSpf } from './spf.ts'

/** `returns`: the domain of the return path, whose SPF counts. `domain`: the domain of From. */
export async function smtpChecks(
  lookUp: LookUp,
  sender: { domain: string; returns: string; mx: Promise<DnsAnswer> },
): Promise<readonly Check[]> {
  const [spf, mx] = await Promise.all([readSpf(lookUp, sender.returns), sender.mx])
  return [
    check(
      'dkim',
      'unknown',
      'The mail server adds the DKIM signature, so it was not checked. One-click unsubscribe counts only if the signature covers List-Unsubscribe and List-Unsubscribe-Post (RFC 8058); OpenDKIM leaves out the second unless it is told.',
      `Send yourself a test, save it as a file and run: npm run assent -- doctor --mail FILE. Its headers must also say dkim=pass with d=${sender.domain}.`,
    ),
    spfCheck(sender, spf, isNullMx(mx)),
  ]
}

const example = 'v=spf1 a:your.mail.server -all'

/**
 * `v=spf1 -all` alone does not block: a relay may replace the return path with its own. Together with a null MX the owner has
 * excluded the domain from mail twice.
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
        `SPF is invalid: ${spf.why}.`,
        'Fix it: at most one record per name and ten lookups in total.',
      )
    case 'nobody':
      return hasNullMx && returns === domain
        ? check(
            'spf',
            'block',
            `${domain} is excluded from email twice: by SPF (v=spf1 -all) and by a null MX.`,
            'Send from another domain, or replace both records.',
          )
        : check(
            'spf',
            'warn',
            `SPF at ${returns} allows no server to send (v=spf1 -all).`,
            `Replace that TXT record with: ${example}`,
          )
    case 'somebody':
      return mainOf(returns) === mainOf(domain)
        ? check('spf', 'ok', `SPF at ${returns} is set up.`)
        : check(
            'spf',
            'warn',
            `SPF at ${returns} is set up, but that is not ${domain}: for DMARC, only the DKIM signature counts.`,
            `Set SMTP_RETURN_PATH to an address in ${domain}.`,
          )
  }
}

/** The last two labels. Under a registry such as co.uk these are too few, which omits a warning. */
const mainOf = (domain: string): string => domain.split('.').slice(-2).join('.')
