// entry · npm run assent -- doctor --mail FILE: whether the mail server signed a received test mail as it must; needs no database
import { readReceived } from '../mail/inbound/parse-mail.ts'
import { returnedParts } from '../mail/inbound/received-mail.ts'
import { readBlocks } from '../mail/inbound/report-fields.ts'
import { signingInWords, signingOf } from '../mail/inbound/signature.ts'
import type { Finding } from './doctor.ts'

/** The mail itself, or the one that a report returns. */
export async function mailFinding(raw: Uint8Array): Promise<Finding> {
  const mail = await readReceived(raw)
  if (mail === null) return { holds: false, sentence: 'This email cannot be read.' }
  const returned = returnedParts(mail).flatMap((text) => readBlocks(text).slice(0, 1))
  const [signing] = [mail.fields, ...returned].map(signingOf).filter(({ kind }) => kind !== 'not_ours')
  if (signing === undefined || signing.kind === 'not_ours')
    return {
      holds: false,
      sentence:
        'This is no email to a list: it has no List-Unsubscribe-Post. Save a test of a campaign, with all of its headers.',
    }
  const { holds, words, mend } = signingInWords(signing)
  return { holds, sentence: [`The email ${words}.`, mend ?? []].flat().join(' ') }
}
