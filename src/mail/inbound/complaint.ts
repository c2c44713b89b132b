// pure · complaints in the formats of the various mailbox providers. RFC 5965, 6449

import { type ReceivedMail, returnedParts } from './received-mail.ts'
import { type Fields, firstOf, partsOf, readBlocks } from './report-fields.ts'

/** False for other reports: "this is not spam", a virus. */
export interface Complaint {
  readonly complains: boolean
}

/**
 * Null if the mail is no report. A feedback type anywhere suffices: version, generator and outer type differ between providers
 * (Yahoo writes version 0.1, Outlook no report at all), and the signed name in the returned mail is the proof.
 * @see https://www.rfc-editor.org/rfc/rfc5965#section-3
 */
export function readComplaint(mail: ReceivedMail): Complaint | null {
  const types = [...feedbackTypes(mail), ...amazonTypes(mail)]
  // Apple Mail's button "Unsubscribe": a mail from the reader's address.
  if (mail.fields.has('x-apple-unsubscribe')) return { complains: true }
  if (types.length > 0) return { complains: types.every(isComplaintType) }
  return isBareWrapper(mail) ? { complains: true } : null
}

/**
 * `fraud` is the button "phishing", `opt-out` an explicit wish. Other types are by machines or no complaints: auth-failure (RFC
 * 6591), virus, not-spam, other, unknown types.
 */
export const isComplaintType = (type: string): boolean =>
  /^(?:abuse|fraud|phish|spam|junk|complain|opt-?out|unsubscribe)/.test(type.trim().toLowerCase())

const reportType = 'message/feedback-report'

function feedbackTypes({ fields, parts, text }: ReceivedMail): readonly string[] {
  const reports = partsOf(parts, [reportType]).map((part) => readBlocks(part)[0])
  // A report without a type counts as abuse, unless it reports an authentication failure.
  const declared = reports.flatMap((report) => [
    ...(report?.get('feedback-type') ?? (report?.has('auth-failure') ? ['auth-failure'] : ['abuse'])),
  ])
  const passedOn = parts.filter(({ type }) => type !== reportType).map((part) => part.text)
  return [
    ...declared,
    ...(fields.get('feedback-type') ?? []),
    ...[...passedOn, text]
      .flatMap(readBlocks)
      .filter(isReport)
      .flatMap((block) => block.get('feedback-type') ?? []),
  ]
}

/** In JSON, where Amazon's notifications come by mail. */
const amazonTypes = ({ fields, text }: ReceivedMail): readonly string[] =>
  fields.has('x-amz-sns-message-id') && /"notificationType\\?"\s*:\s*\\?"Complaint/.test(text)
    ? [/"complaintFeedbackType\\?"\s*:\s*\\?"([\w-]{1,40})/.exec(text)?.[1] ?? 'abuse']
    : []

/** Needs another report field in the same block: a letter about reports is no report. */
const isReport = (block: Fields): boolean =>
  block.has('feedback-type') && reportFields.some((name) => block.has(name))
const reportFields = [
  'version',
  'user-agent',
  'source-ip',
  'reported-domain',
  'reported-uri',
  'original-rcpt-to',
  'original-mail-from',
  'arrival-date',
  'received-date',
  'incidents',
] as const

/** The returned mail is the complaint: Outlook's JMRP, and AOL and others before the format existed. */
function isBareWrapper(mail: ReceivedMail): boolean {
  const returned = returnedParts(mail)
  const from = firstOf(mail.fields, 'from') ?? ''
  const subject = firstOf(mail.fields, 'subject') ?? ''
  const isMarked = [mail.fields, ...returned.flatMap((part) => readBlocks(part).slice(0, 1))].some((fields) =>
    fields.has('x-hmxmroriginalrecipient'),
  )
  return isMarked || (returned.length > 0 && (loops.test(from) || subjects.test(subject)))
}

const loops =
  /(?:^|[<\s])(?:staff@hotmail\.com|scomp@aol\.(?:net|com)|(?:[\w.+-]*[.+-])?(?:fbl|feedback-?loops?|arf|jmrp)(?:[.+-][\w.+-]*)?@)/i
const subjects =
  /^\s*(?:complaint about message|(?:e-?mail |spam |abuse )*(?:abuse|spam|feedback(?:[ -]loop)?|fbl) (?:report|complaint)\b)/i
