// pure · what follows from bounces and complaints: when an address is worn out, when a campaign must stand still

/** Soft bounces in a row: since the last mail that arrived, and since the last confirmation. */
export interface SoftBounces {
  readonly count: number
  readonly firstAt: Date | null
  readonly lastAt: Date | null
}

const softMost = 5
const softDays = 14

/** Five over at least fourteen days: a full mailbox over a holiday is not the end. */
export const isWornOut = ({ count, firstAt, lastAt }: SoftBounces): boolean =>
  count >= softMost &&
  firstAt !== null &&
  lastAt !== null &&
  lastAt.getTime() - firstAt.getTime() >= softDays * 86_400_000

/** How a campaign was received so far. */
export interface Reception {
  /** Arrived and did not come back. */
  readonly delivered: number
  readonly bounced: number
  readonly complained: number
  /** Refused for a reason of the sender's, or never sent for one. */
  readonly refused: number
}

export const untroubled: Reception = { delivered: 0, bounced: 0, complained: 0, refused: 0 }

/** Gmail and Yahoo: never 0.3 % or more. */
const complaintsAllowed = 0.003
const complaintsLeast = 5
const bouncesAllowed = 0.05
/** So many bounces, or so many mails, before a rate says anything. */
const bouncesLeast = 20
const mailsLeast = 100
/** What an operator saw and went on with stops the campaign again when there is so much more of it. */
const growth = { rate: 2, refused: 10 } as const

/**
 * Why a campaign must stand still, as a sentence for its operator; null where it may go on. `acknowledged` is what was
 * known when it was last resumed. `sent` stands in where no deliveries are told of.
 */
export function troubleOf(now: Reception, acknowledged: Reception, sent: number): string | null {
  if (now.refused > 0 && now.refused >= acknowledged.refused * growth.refused)
    return `The mail was refused for a reason of the sender's (${now.refused} so far): a domain that is not verified, a quota that is used up, or a policy of the other side. Nobody was taken off the list for it. Mend the sender, then resume.`
  const delivered = now.delivered === 0 ? sent : now.delivered
  const complaints = grown(now.complained, acknowledged.complained)
  if (complaints >= complaintsLeast && now.complained >= delivered * complaintsAllowed)
    return `${now.complained} of ${delivered} people reported this as spam (${percent(now.complained, delivered)}); from 0.3 % mailbox providers begin to refuse all mail. Those who did are off the list. Ask how the others came on it before you resume.`
  const posted = now.delivered === 0 ? sent : now.delivered + now.bounced
  const bounces = grown(now.bounced, acknowledged.bounced)
  const isTelling = bounces >= bouncesLeast || (bounces > 0 && posted >= mailsLeast)
  if (isTelling && now.bounced >= posted * bouncesAllowed)
    return `${now.bounced} of ${posted} mails bounced (${percent(now.bounced, posted)}); from 5 % mailbox providers take the sender for a spammer. Addresses that do not exist are suppressed. Look at where they come from before you resume.`
  return null
}

/** How many are new; none, until they are as many again as were known. */
const grown = (now: number, known: number): number => (now >= known * growth.rate ? now - known : 0)

/** Whether any of it can be trouble: asked before the deliveries are counted, which are many. */
export const mayBeTrouble = (now: Omit<Reception, 'delivered'>): boolean =>
  now.refused > 0 || now.complained >= complaintsLeast || now.bounced > 0

const percent = (part: number, whole: number): string =>
  whole === 0 ? 'all' : `${Math.round((1000 * part) / whole) / 10} %`
