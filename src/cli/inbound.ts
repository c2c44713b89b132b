// entry · npm run assent -- inbound: processes one mail from standard input, or the mails of a Maildir
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

/** Processes the piped mail; `recipients`: the envelope recipients. Throws if the mail has to be piped again. */
export async function takePiped(deps: Deps, recipients: readonly string[]): Promise<Counts> {
  if (process.stdin.isTTY)
    throw new StartRefused('inbound needs an email on standard input, or --maildir PATH.')
  const raw = await beginningOf(process.stdin)
  if (raw.length === 0) throw new StartRefused('Standard input was empty.')
  return { [await takeMail(deps, raw, { recipients, at: deps.clock() })]: 1 }
}

/** Keeps the first `maxRead` octets, but reads to the end: the writer of a closed pipe would fail. */
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
 * Processes the mails in `new` by name and moves each to `cur` as seen. A mail processed twice after a kill in between counts
 * once. Throws transient errors and leaves the remaining mails in place.
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

/** Null if another process moved the file. */
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

/** Checks that the mailbox of INBOUND_URL opens; no finding without one. */
export async function inboundFindings({ inbound }: Config): Promise<readonly Finding[]> {
  if (inbound === null) return []
  try {
    await visitMailbox(inbound, async () => {})
    return [{ holds: true, sentence: 'The mailbox of INBOUND_URL can be opened.' }]
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    return [{ holds: false, sentence: `Bounces and complaints are not read: ${why} (INBOUND_URL).` }]
  }
}

const words = {
  taken: 'processed',
  repeated: 'already known',
  foreign: 'not about our email',
  nothing: 'without consequence',
  answer: 'not a report',
  unreadable: 'unreadable',
  failed: 'failed; see the log',
} as const satisfies Record<InboundHearing | 'failed', string>

/** `2 processed, 1 already known.`, or a sentence for none. */
export const countsSentence = (counts: Counts): string => {
  const parts = Object.entries(words).flatMap(([hearing, word]) => {
    const count = new Map<string, number>(Object.entries(counts)).get(hearing) ?? 0
    return count === 0 ? [] : [`${count} ${word}`]
  })
  return parts.length === 0 ? 'There was no email.' : `${parts.join(', ')}.`
}
