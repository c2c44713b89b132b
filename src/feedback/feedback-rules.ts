// pure · what follows from bounces and complaints: when an address is worn out, when a campaign must stand still

/** Soft bounces in a row: since the last mail that arrived, and since the last confirmation. */
export interface SoftBounces {
  readonly count: number
  readonly firstAt: Date | null
  readonly lastAt: Date | null
}

const maxSoft = 5
const softDays = 14

/** Five over at least fourteen days: a full mailbox over a holiday is not the end. */
export const isUndeliverableAfter = ({ count, firstAt, lastAt }: SoftBounces): boolean =>
  count >= maxSoft &&
  firstAt !== null &&
  lastAt !== null &&
  lastAt.getTime() - firstAt.getTime() >= softDays * 86_400_000

/** How a campaign was received so far. */
export interface DeliveryHealth {
  /** Arrived and did not come back. */
  readonly delivered: number
  readonly bounced: number
  readonly complained: number
  /** Refused by a mail server for a reason of the sender's. */
  readonly refused: number
  /** Never sent, for a reason of the sender's account. */
  readonly unsent: number
}

export const noFeedback: DeliveryHealth = { delivered: 0, bounced: 0, complained: 0, refused: 0, unsent: 0 }

/** Gmail and Yahoo: never 0.3 % or more. */
const complaintsAllowed = 0.003
const complaintsLeast = 5
const bouncesAllowed = 0.05
/** So many bounces, or so many mails, before a rate says anything. */
const bouncesLeast = 20
const mailsLeast = 100
/** One reader, one group or one firm that does not want the mail says nothing of the others. */
export const refusedLeast = 5
const refusedAllowed = 0.05
const domainsLeast = 2
/** What an operator saw and went on with stops the campaign again when there is so much more of it. */
const growth = { rate: 2, unsent: 10 } as const

/**
 * Why a campaign must stand still, as a sentence for its operator; null where it may go on. `acknowledged` is what was
 * known when it was last resumed. `sent` stands in where no deliveries are told of; `refusedDomains`: how many domains refused.
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
  const isTelling = bounces >= bouncesLeast || (bounces > 0 && posted >= mailsLeast)
  if (isTelling && now.bounced >= posted * bouncesAllowed)
    return `${now.bounced} of ${posted} mails bounced (${percent(now.bounced, posted)}); from 5 % mailbox providers take the sender for a spammer. Addresses that do not exist are suppressed. Look at where they come from before you resume.`
  return null
}

/** How many are new; none, until they are as many again as were known. */
const grown = (now: number, known: number): number => (now >= known * growth.rate ? now - known : 0)

/** Whether any of it can be trouble: asked before the deliveries are counted, which are many. */
export const mayHurtReputation = (now: Omit<DeliveryHealth, 'delivered'>): boolean =>
  now.unsent > 0 || now.refused >= refusedLeast || now.complained >= complaintsLeast || now.bounced > 0

const percent = (part: number, whole: number): string =>
  whole === 0 ? 'all' : `${Math.round((1000 * part) / whole) / 10} %`
