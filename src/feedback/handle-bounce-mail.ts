// shell · takes what a mail that came in says of one of ours, where it names that mail by a name we signed
import type { ReceivedMail, ReportedName } from '../mail/inbound/received-mail.ts'
import { readReport } from '../mail/inbound/report.ts'
import type { Deps } from '../platform/deps.ts'
import { base64urlOf, bytesOf } from '../platform/encoding/bytes.ts'
import { sha256 } from '../platform/encoding/jcs.ts'
import type { Vault } from '../platform/vault/keys.ts'
import { openReference, openTag, openVerp, tagToken } from '../platform/vault/tokens.ts'
import { type FeedbackResult, recordFeedback } from './record-feedback.ts'

/** How it came in. */
export interface Arrival {
  /** Whom it was delivered to, where the mail server says so beside the mail. */
  readonly recipients: readonly string[]
  readonly at: Date
}

/** `nothing`: it is about a mail of ours and changes nothing; `answer`: of a person or a machine, and no report at all. */
export type BounceMailResult = FeedbackResult | 'nothing' | 'answer'

/**
 * Anybody can write to an address, so a report is believed only as far as it holds a name that is signed; others change
 * nothing. The same report twice, by whatever way, counts once.
 */
export async function handleBounceMail(
  deps: Deps,
  mail: ReceivedMail,
  arrival: Arrival,
): Promise<BounceMailResult> {
  const { kind, isReport, said, names } = readReport(mail, arrival.recipients)
  if (!isReport) return 'answer'
  const tag = signedName(deps.vault, names)
  if (tag === null) {
    deps.log.warn('inbound.foreign_report', { kind, names: names.length })
    return 'foreign'
  }
  if (said === null) {
    deps.log.info('inbound.nothing_to_do', { kind })
    return 'nothing'
  }
  const now = deps.clock()
  const at = arrival.at > now ? now : arrival.at
  return recordFeedback(deps, eventId(mail, tag), { type: `inbound.${kind}`, tag, feedback: { ...said, at } })
}

/** The tag of the first name that was signed here; null where none was. */
export const signedName = (vault: Vault, names: readonly ReportedName[]): string | null =>
  names
    .map(({ kind, token }) => (kind === 'verp' ? openVerp(vault, token) : tagOf(vault, token)))
    .find((tag) => tag !== null) ?? null

/** A tag as it is, a reference of a link as the tag of the mail that the link stood in. */
function tagOf(vault: Vault, token: string): string | null {
  if (openTag(vault, token) !== null) return token
  const reference = openReference(vault, 'unsub', token) ?? openReference(vault, 'pref', token)
  if (reference === null) return null
  const { subscription, campaign } = reference
  return campaign === 0
    ? tagToken(vault, { kind: 'message', subscription, message: 0 })
    : tagToken(vault, { kind: 'campaign', subscription, campaign })
}

/** The Message-ID stays the same by whatever way a report comes in; with our own name in front nobody else can use it up. */
const eventId = ({ messageId, digest }: ReceivedMail, tag: string): string =>
  `inbound:${base64urlOf(sha256(bytesOf(`${tag}\0${messageId ?? digest}`)))}`
