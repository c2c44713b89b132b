// shell · feedback from a received report, accepted where it names one of our mails by a signed name
import { saveObservation } from '../auth/save-setting.ts'
import { type ReceivedMail, type ReportedName, returnedParts } from '../mail/inbound/received-mail.ts'
import { readReport } from '../mail/inbound/report.ts'
import { readBlocks } from '../mail/inbound/report-fields.ts'
import { signingOf } from '../mail/inbound/signature.ts'
import type { Deps } from '../platform/deps.ts'
import { base64urlOf, bytesOf } from '../platform/encoding/bytes.ts'
import { sha256 } from '../platform/encoding/jcs.ts'
import type { Vault } from '../platform/vault/keys.ts'
import { openReference, openTag, openVerp, tagToken } from '../platform/vault/tokens.ts'
import { type FeedbackResult, recordFeedback } from './record-feedback.ts'

/** How the mail arrived. */
export interface Arrival {
  /** Envelope recipients, where the mail server passes them beside the mail. */
  readonly recipients: readonly string[]
  readonly at: Date
}

/** `nothing`: a report on one of our mails without consequences; `answer`: a mail from a person or a machine, not a report. */
export type BounceMailResult = FeedbackResult | 'nothing' | 'answer'

/**
 * Anybody can write to an address, so only a report with a signed name is accepted; others change nothing. A report that
 * arrives twice, by any route, counts once.
 */
export async function handleBounceMail(
  deps: Deps,
  mail: ReceivedMail,
  arrival: Arrival,
): Promise<BounceMailResult> {
  const { kind, isReport, feedback, names } = readReport(mail, arrival.recipients)
  if (!isReport) return 'answer'
  const tag = signedName(deps.vault, names)
  if (tag === null) {
    deps.log.warn('inbound.foreign_report', { kind, names: names.length })
    return 'foreign'
  }
  await noteSigning(deps, mail)
  if (feedback === null) {
    deps.log.info('inbound.nothing_to_do', { kind })
    return 'nothing'
  }
  const now = deps.clock()
  const at = arrival.at > now ? now : arrival.at
  return recordFeedback(deps, eventId(mail, tag), {
    type: `inbound.${kind}`,
    tag,
    feedback: { ...feedback, at },
  })
}

/** Our mail with the mail server's signature, as it left: nothing else here shows what the server signs. */
async function noteSigning(deps: Deps, mail: ReceivedMail): Promise<void> {
  const [fields] = returnedParts(mail).flatMap((text) => readBlocks(text).slice(0, 1))
  const signing = fields === undefined ? null : signingOf(fields)
  if (signing !== null && signing.kind !== 'not_ours')
    await saveObservation(deps, { name: 'signing', value: signing })
}

/** The tag of the first name signed here, or null. */
export const signedName = (vault: Vault, names: readonly ReportedName[]): string | null =>
  names
    .map(({ kind, token }) => (kind === 'verp' ? openVerp(vault, token) : tagOf(vault, token)))
    .find((tag) => tag !== null) ?? null

/** A tag as given; a link's reference becomes the tag of the mail that held the link. */
function tagOf(vault: Vault, token: string): string | null {
  if (openTag(vault, token) !== null) return token
  const reference = openReference(vault, 'unsub', token) ?? openReference(vault, 'pref', token)
  if (reference === null) return null
  const { subscription, campaign } = reference
  return campaign === 0
    ? tagToken(vault, { kind: 'message', subscription, message: 0 })
    : tagToken(vault, { kind: 'campaign', subscription, campaign })
}

/** The Message-ID is the same by any route; our tag in front keeps others from using up the id. */
const eventId = ({ messageId, digest }: ReceivedMail, tag: string): string =>
  `inbound:${base64urlOf(sha256(bytesOf(`${tag}\0${messageId ?? digest}`)))}`
