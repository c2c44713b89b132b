// pure · what a complaint sent by a mailbox provider says. RFC 5965
import { idIn } from './dsn.ts'
import { firstOf, partOf, type ReportPart, readBlocks } from './report-fields.ts'

export interface Arf {
  readonly type: 'abuse' | 'fraud' | 'virus' | 'not-spam' | 'auth-failure' | 'other'
  /** The returned mail's own names: each to be checked before it is believed. */
  readonly messageId: string | null
  readonly feedbackId: string | null
  /** The token of the one-click link, which is signed. */
  readonly unsubscribeToken: string | null
  /** What the reporter still has to say for itself: more than one complaint in a report. */
  readonly incidents: number
}

const types = ['abuse', 'fraud', 'virus', 'not-spam', 'auth-failure'] as const

/**
 * Null where the parts are those of no feedback report of version 1: Feedback-Type, User-Agent and Version must be there, each
 * once. A type nobody knows is `other`. Addresses are not read. @see https://www.rfc-editor.org/rfc/rfc5965#section-3.1
 */
export function readArf(parts: readonly ReportPart[]): Arf | null {
  const report = partOf(parts, ['message/feedback-report'])
  const [fields] = report === null ? [] : readBlocks(report)
  if (fields === undefined) return null
  const required = ['feedback-type', 'user-agent', 'version'].map((name) => fields.get(name) ?? [])
  if (required.some(({ length }) => length !== 1) || !/^1(?:\D|$)/.test(firstOf(fields, 'version') ?? ''))
    return null
  const said = firstOf(fields, 'feedback-type')
    ?.toLowerCase()
    .split(/[\s(;]/)[0]
  const [headers] = readBlocks(partOf(parts, ['message/rfc822', 'text/rfc822-headers']) ?? '')
  const incidents = Number(firstOf(fields, 'incidents') ?? 1)
  return {
    type: types.find((one) => one === said) ?? 'other',
    messageId: idIn(firstOf(headers, 'message-id')),
    feedbackId: firstOf(headers, 'feedback-id'),
    unsubscribeToken:
      /\/u\/([A-Za-z0-9_-]{44})(?![A-Za-z0-9_-])/.exec(firstOf(headers, 'list-unsubscribe') ?? '')?.[1] ??
      null,
    incidents: Number.isSafeInteger(incidents) && incidents > 0 ? incidents : 1,
  }
}
