// entry · npm run assent -- inbound: one mail from standard input, as a mail server pipes it, or the mails of a Maildir
import { open, readdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { visitMailbox } from '../mail/inbound/imap.ts'
import { maxRead } from '../mail/inbound/parse-mail.ts'
import { type InboundHearing, takeMail } from '../node/inbound.ts'
import { StartRefused } from '../node/start-refused.ts'
import type { Config } from '../platform/config.ts'
import type { Deps } from '../platform/deps.ts'
import { codeOf, describeError, isTransient } from '../platform/failures.ts'
import type { Finding } from './doctor.ts'

export type Counts = Partial<Record<InboundHearing | 'failed', number>>

/** `recipients`: the envelope recipients that the mail server names. Throws where the mail has to be piped again. */
export async function takePiped(deps: Deps, recipients: readonly string[]): Promise<Counts> {
  if (process.stdin.isTTY)
    throw new StartRefused('inbound reads one mail from standard input, or those of --maildir PATH.')
  const raw = await beginningOf(process.stdin)
  if (raw.length === 0) throw new StartRefused('Standard input was empty: no mail came in.')
  return { [await takeMail(deps, raw, { recipients, at: deps.clock() })]: 1 }
}

/** Reads the stream to its end, since a writer fails when its pipe is not read; keeps the part that is parsed. */
export async function beginningOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const kept: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    if (length < maxRead) kept.push(chunk)
    length += chunk.length
  }
  return Buffer.concat(kept)
}

/**
 * Takes each mail in `new`, oldest name first, then moves it to `cur` as seen; a crash in between repeats the mail, which
 * counts once. A transient failure is thrown, and the remaining mails stay in place.
 */
export async function takeMaildir(deps: Deps, maildir: string): Promise<Counts> {
  const fresh = path.join(maildir, 'new')
  const entries = await readdir(fresh, { withFileTypes: true }).catch((error: unknown) => {
    throw new StartRefused(`--maildir must be a Maildir that can be read (${codeOf(error)}).`, error)
  })
  const counts: Counts = {}
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  for (const name of names.toSorted()) {
    const hearing = await takeFile(deps, path.join(fresh, name))
    if (hearing === null) continue
    counts[hearing] = (counts[hearing] ?? 0) + 1
    const flags = hearing === 'failed' ? 'FS' : 'S'
    await rename(path.join(fresh, name), path.join(maildir, 'cur', `${name.split(':')[0]}:2,${flags}`))
  }
  return counts
}

/** Null where another process took the file away. */
async function takeFile(deps: Deps, file: string): Promise<InboundHearing | 'failed' | null> {
  try {
    const handle = await open(file, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxRead), 0, maxRead, 0)
      const at = (await handle.stat()).mtime
      return await takeMail(deps, buffer.subarray(0, bytesRead), { recipients: [], at })
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    if (isTransient(error)) throw error
    deps.log.error('inbound.failed', describeError(error))
    return 'failed'
  }
}

/** Whether the mailbox opens, asked of its server now; empty where none is configured. */
export async function inboundFindings({ inbound }: Config): Promise<readonly Finding[]> {
  if (inbound === null) return []
  try {
    await visitMailbox(inbound, async () => {})
    return [{ holds: true, sentence: 'The mailbox of INBOUND_URL opens.' }]
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    return [{ holds: false, sentence: `Bounces and complaints wait: ${why} (INBOUND_URL).` }]
  }
}

const words = {
  taken: 'taken',
  repeated: 'known already',
  foreign: 'about no mail of ours',
  nothing: 'of no consequence',
  answer: 'no report',
  unreadable: 'unreadable',
  failed: 'failed; see the log',
} as const satisfies Record<InboundHearing | 'failed', string>

/** `2 taken, 1 known already`, or a sentence that no mail came in. */
export const countsSentence = (counts: Counts): string => {
  const parts = Object.entries(words).flatMap(([hearing, word]) => {
    const count = new Map<string, number>(Object.entries(counts)).get(hearing) ?? 0
    return count === 0 ? [] : [`${count} ${word}`]
  })
  return parts.length === 0 ? 'No mail came in.' : `${parts.join(', ')}.`
}
