// shell · asks DNS about a sender, within three seconds, and remembers the answers for some minutes
import type { List } from '../../lists/list.ts'
import { isLoopback } from '../../platform/config.ts'
import type { Deps, DnsAnswer, Outside } from '../../platform/deps.ts'
import { memo } from '../../platform/memory/memo.ts'
import type { Check } from '../check.ts'
import { isSampleHost } from '../links.ts'
import { readDmarc } from './dmarc.ts'
import { check, dmarcCheck, domainCheck, resendChecks } from './sender.ts'
import { smtpChecks } from './smtp-sender.ts'
import type { LookUp } from './spf.ts'

const mostMs = 3000
const keptMs = 300_000
/** A no is asked about again soon: somebody is mending it. As long as one press of the button takes, it is kept. */
const keptNoMs = 10_000

type Asking = Pick<Deps, 'config' | 'outside' | 'clock'>
type OfSender = Pick<List, 'sender'>

/** How mail leaves, as far as DNS sees it. */
interface Way {
  /** `other`: a provider of one's own, of which no names are known. */
  readonly by: 'resend' | 'smtp' | 'other'
  readonly domain: string
  readonly returns: string
}

/** By where it looks: two deployments in one process have nothing to do with each other. */
const kept = memo<string, readonly Check[]>({
  max: 100,
  lifetimeMs: (checks) =>
    checks.some(({ verdict }) => verdict === 'block' || verdict === 'unknown') ? keptNoMs : keptMs,
})

/** What was found of a list's sender lately; null where nobody asked. */
export function knownOfSender(deps: Asking, { sender }: OfSender): readonly Check[] | null {
  const way = wayOf(deps, sender.email)
  if ('words' in way) return [way]
  return kept.known({ of: deps.outside, now: deps.clock() }, keyOf(way)) ?? null
}

/** Asks anew. Never throws, and never takes longer than three seconds: what did not answer is unknown. */
export async function askAboutSender(deps: Asking, list: OfSender): Promise<readonly Check[]> {
  const way = wayOf(deps, list.sender.email)
  if ('words' in way) return [way]
  const checks = await lookAround(deps.outside, way)
  kept.keep({ of: deps.outside, now: deps.clock() }, keyOf(way), checks)
  return checks
}

const keyOf = ({ by, domain, returns }: Way): string => `${by} ${domain} ${returns}`

/**
 * Whose records count for mail from this address; a check where nobody needs to be asked, since mail reaches nobody: a mailbox
 * or a provider on this machine, links that only this machine follows, a name for examples. SMTP on loopback is no such sign:
 * many servers hand their mail to one beside them.
 */
function wayOf({ config }: Asking, address: string): Way | Check {
  const { mail, publicUrl, smtpReturnPath, resend } = config
  const domain = domainOf(address)
  const isTrial =
    mail === 'mailbox' || isLoopback(publicUrl) || (mail === 'resend' && isLoopback(resend.baseUrl))
  if (isTrial)
    return check(
      'dns',
      'unknown',
      'DNS was not asked: this deployment is for a try and cannot be sending to people.',
    )
  if (isSampleHost(domain))
    return check('dns', 'warn', `${domain} is a name for examples.`, 'Give the list a sender of your own.')
  const isKnown = mail === 'smtp' || /^https:\/\/api\.resend\.com(?:\/|$)/.test(resend.baseUrl)
  return { by: isKnown ? mail : 'other', domain, returns: domainOf(smtpReturnPath ?? address) }
}

/** As DNS writes it. */
const domainOf = (address: string): string => {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : domain
}

async function lookAround(outside: Outside, { by, domain, returns }: Way): Promise<readonly Check[]> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<'unknown'>((resolve) => {
    timer = setTimeout(resolve, mostMs, 'unknown')
  })
  const lookUp: LookUp = (name, type): Promise<DnsAnswer> => Promise.race([outside.lookUp(name, type), over])
  const mx = lookUp(domain, 'MX')
  const [key, spf, dmarc, own] = await Promise.all([
    by === 'resend' ? lookUp(`resend._domainkey.${domain}`, 'TXT') : [],
    by === 'resend' ? lookUp(`send.${domain}`, 'TXT') : [],
    readDmarc(lookUp, domain),
    by === 'smtp' ? smtpChecks(lookUp, { domain, returns, mx }) : [],
  ])
  clearTimeout(timer)
  const ofDomain = domainCheck(domain, await mx)
  const proof = by === 'resend' ? { domain, key, spf } : null
  if (ofDomain.verdict === 'block') return [ofDomain]
  return [ofDomain, ...own, ...(proof === null ? [] : resendChecks(proof)), dmarcCheck(domain, dmarc, proof)]
}
