// shell · takes what a mail that came in says of one of ours, where it names that mail by a name we signed
import { type ReceivedMail, type ReportedName, readReport } from '../mail/report.ts'
import { base64urlOf, bytesOf } from '../platform/bytes.ts'
import type { Deps } from '../platform/deps.ts'
import { sha256 } from '../platform/jcs.ts'
import { openReference, openTag, openVerp, tagToken } from '../platform/vault/tokens.ts'
import { type Hearing, hear } from './hear.ts'

/** How it came in. */
export interface Arrival {
  /** Whom it was delivered to, where the mail server says so beside the mail. */
  readonly recipients: readonly string[]
  readonly at: Date
}

/** `nothing`: it is about a mail of ours and changes nothing; `answer`: of a person or a machine, and no report at all. */
export type MailHearing = Hearing | 'nothing' | 'answer'

/**
 * Anybody can write to an address, so a report is believed only as far as it holds a name that is signed; others change
 * nothing. The same report twice, by whatever way, counts once.
 */
export async function hearMail(deps: Deps, mail: ReceivedMail, arrival: Arrival): Promise<MailHearing> {
  const { kind, said, names } = readReport(mail, arrival.recipients)
  if (kind === 'answer') return 'answer'
  const tag = names.map((name) => tagOf(deps, name)).find((found) => found !== null)
  if (tag === undefined) {
    deps.log.warn('inbound.foreign_report', { kind, names: names.length })
    return 'foreign'
  }
  if (said === null) {
    deps.log.info('inbound.nothing_to_do', { kind })
    return 'nothing'
  }
  const now = deps.clock()
  const at = arrival.at > now ? now : arrival.at
  return hear(deps, eventId(mail, tag), { type: `inbound.${kind}`, tag, feedback: { ...said, at } })
}

/** Null where it was not made here, or names no mail. */
function tagOf({ vault }: Deps, { kind, token }: ReportedName): string | null {
  switch (kind) {
    case 'verp':
      return openVerp(vault, token)
    case 'tag':
      return openTag(vault, token) === null ? null : token
    case 'unsubscribe': {
      const reference = openReference(vault, 'unsub', token)
      return reference === null || reference.campaign === 0
        ? null
        : tagToken(vault, { kind: 'campaign', ...reference })
    }
  }
}

/** The Message-ID stays the same by whatever way a report comes in; with our own name in front nobody else can use it up. */
const eventId = ({ messageId, digest }: ReceivedMail, tag: string): string =>
  `inbound:${base64urlOf(sha256(bytesOf(`${tag}\0${messageId ?? digest}`)))}`
