// shell · DNS checks of a sender, within three seconds, cached for five minutes
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
/** A blocking or unknown answer is cached briefly, since it may be fixed soon: long enough for one press of the button. */
const keptNoMs = 10_000

type Asking = Pick<Deps, 'config' | 'outside' | 'clock'>
type OfSender = Pick<List, 'sender'>

/** How mail is sent, as far as DNS is concerned. */
interface Way {
  /** `other`: an unknown provider, whose DNS names are not known. */
  readonly by: 'resend' | 'smtp' | 'other'
  readonly domain: string
  readonly returns: string
}

/** Cached by `Outside`, so that deployments in one process stay separate. */
const kept = memo<string, readonly Check[]>({
  max: 100,
  lifetimeMs: (checks) =>
    checks.some(({ verdict }) => verdict === 'block' || verdict === 'unknown') ? keptNoMs : keptMs,
})

/** Cached checks of a list's sender; null without any. */
export function knownOfSender(deps: Asking, { sender }: OfSender): readonly Check[] | null {
  const way = wayOf(deps, sender.email)
  if ('words' in way) return [way]
  return kept.known({ of: deps.outside, now: deps.clock() }, keyOf(way)) ?? null
}

/** Asks DNS again. Never throws and takes at most three seconds: missing answers are unknown. */
export async function askAboutSender(deps: Asking, list: OfSender): Promise<readonly Check[]> {
  const way = wayOf(deps, list.sender.email)
  if ('words' in way) return [way]
  const checks = await lookAround(deps.outside, way)
  kept.keep({ of: deps.outside, now: deps.clock() }, keyOf(way), checks)
  return checks
}

const keyOf = ({ by, domain, returns }: Way): string => `${by} ${domain} ${returns}`

/**
 * Returns whose records count for mail from this address, or a check if DNS is not asked because no mail reaches anyone: the
 * mailbox mailer, a provider on loopback, a loopback PUBLIC_URL, an example domain. SMTP on loopback is no such sign: many
 * servers relay through a local one.
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
      'DNS was not checked, because this is a test deployment that cannot send to people.',
    )
  if (isSampleHost(domain))
    return check(
      'dns',
      'warn',
      `${domain} is an example domain.`,
      'Set a sender with your own domain in the list.',
    )
  const isKnown = mail === 'smtp' || /^https:\/\/api\.resend\.com(?:\/|$)/.test(resend.baseUrl)
  return { by: isKnown ? mail : 'other', domain, returns: domainOf(smtpReturnPath ?? address) }
}

/** The domain of an address in ASCII form. */
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
