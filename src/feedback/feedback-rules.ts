// pure · rules for bounces and complaints: when an address counts as undeliverable, and when a campaign must pause

/** Consecutive soft bounces: since the last delivered mail, and since the last confirmation. */
export interface SoftBounces {
  readonly count: number
  readonly firstAt: Date | null
  readonly lastAt: Date | null
}

const maxSoft = 5
const softDays = 14

/** Five over at least fourteen days: a mailbox that fills up over a holiday does not count. */
export const isUndeliverableAfter = ({ count, firstAt, lastAt }: SoftBounces): boolean =>
  count >= maxSoft &&
  firstAt !== null &&
  lastAt !== null &&
  lastAt.getTime() - firstAt.getTime() >= softDays * 86_400_000

/** The delivery health of a campaign so far. */
export interface DeliveryHealth {
  /** Delivered without a later bounce. */
  readonly delivered: number
  readonly bounced: number
  readonly complained: number
  /** Refused by a mail server because of the sender. */
  readonly refused: number
  /** Never sent, because of the sender's account. */
  readonly unsent: number
}

export const noFeedback: DeliveryHealth = { delivered: 0, bounced: 0, complained: 0, refused: 0, unsent: 0 }

/** Gmail and Yahoo require less than 0.3 %. */
const complaintsAllowed = 0.003
const complaintsLeast = 5
const bouncesAllowed = 0.05
/** The minimum of bounces, or of mails, before a rate is meaningful. */
const bouncesLeast = 20
const mailsLeast = 100
/** A few refusals may come from one reader, group or company, and say nothing about the other recipients. */
export const refusedLeast = 5
const refusedAllowed = 0.05
const domainsLeast = 2
/** Growth over the acknowledged counts that pauses a resumed campaign again. */
const growth = { rate: 2, unsent: 10 } as const

/**
 * Why a campaign must pause, as a sentence for its operator; null where it may continue. `acknowledged` holds the counts at
 * the last resume. `sent` stands in where no deliveries are reported; `refusedDomains` counts the domains that refused.
 */
export function reputationProblemOf(
  now: DeliveryHealth,
  acknowledged: DeliveryHealth,
  { sent, refusedDomains }: { readonly sent: number; readonly refusedDomains: number },
): string | null {
  if (now.unsent > 0 && now.unsent >= acknowledged.unsent * growth.unsent)
    return `The mail was not sent for a reason of the sender's (${now.unsent} so far): a domain that is not verified, a key that does not hold, or a quota that is used up. Nobody was taken off the list for it. Mend the sender, then resume.`
  const delivered = now.delivered === 0 ? sent : now.delivered
  const complaints = grown(now.complained, acknowledged.complained)
  if (complaints >= complaintsLeast && now.complained >= delivered * complaintsAllowed)
    return `${now.complained} of ${delivered} people reported this as spam (${percent(now.complained, delivered)}); from 0.3 % mailbox providers begin to refuse all mail. Those who did are off the list. Ask how the others came on it before you resume.`
  const posted = now.delivered === 0 ? sent : now.delivered + now.bounced
  const refused = grown(now.refused, acknowledged.refused)
  const tried = Math.max(posted, now.refused)
  if (refused >= refusedLeast && now.refused >= tried * refusedAllowed && refusedDomains >= domainsLeast)
    return `${now.refused} of ${tried} mails were refused for a reason of the sender's (${percent(now.refused, tried)}): a blocklist, a signature that is missing, or a policy of the other side. Nobody was taken off the list for it. Mend the sender, then resume.`
  const bounces = grown(now.bounced, acknowledged.bounced)
  const isSignificant = bounces >= bouncesLeast || (bounces > 0 && posted >= mailsLeast)
  if (isSignificant && now.bounced >= posted * bouncesAllowed)
    return `${now.bounced} of ${posted} mails bounced (${percent(now.bounced, posted)}); from 5 % mailbox providers take the sender for a spammer. Addresses that do not exist are suppressed. Look at where they come from before you resume.`
  return null
}

/** The increase over the known count; 0 until the count has doubled. */
const grown = (now: number, known: number): number => (now >= known * growth.rate ? now - known : 0)

/** Whether these counts could hurt the reputation: checked before deliveries are counted, which is slow. */
export const mayHurtReputation = (now: Omit<DeliveryHealth, 'delivered'>): boolean =>
  now.unsent > 0 || now.refused >= refusedLeast || now.complained >= complaintsLeast || now.bounced > 0

const percent = (part: number, whole: number): string =>
  whole === 0 ? 'all' : `${Math.round((1000 * part) / whole) / 10} %`
