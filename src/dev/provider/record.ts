// adapter · the provider's record: one JSON line per accepted mail, on disk before the request is answered
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod'
import { courses } from './courses.ts'

const newline = 10

const addresses = z.array(z.string())

const line = z.object({
  id: z.string(),
  /** The request's idempotency key, if any. */
  key: z.string().nullable(),
  /** Position in the request, including refused mails. */
  index: z.number(),
  /** Lines that this request wrote: consecutive, valid only if complete. */
  of: z.number(),
  at: z.string(),
  to: addresses,
  cc: addresses.optional(),
  bcc: addresses.optional(),
  reply_to: addresses.optional(),
  from: z.string(),
  subject: z.string(),
  headers: z.record(z.string(), z.string()),
  tags: z.array(z.object({ name: z.string(), value: z.string() })),
  /** For each recipient of `to`. */
  courses: z.array(z.enum(courses)).readonly().optional(),
  html_bytes: z.number(),
  html_sha256: z.string(),
  html: z.string().optional(),
  text: z.string().optional(),
  /** Of the path and the whole request body. */
  request_sha256: z.string(),
  /** On the first line of a permissive batch: the refused mails. */
  errors: z
    .array(z.object({ index: z.number(), message: z.string() }))
    .readonly()
    .optional(),
})

export type AcceptedMail = Readonly<z.output<typeof line>>

export interface RecordFile {
  /** Resolves once every line is on disk. */
  append(batch: readonly AcceptedMail[]): Promise<void>
  /** The lines of each request, in order of acceptance. */
  batches(): Iterable<readonly AcceptedMail[]>
  mails(): Iterable<AcceptedMail>
  find(id: string): AcceptedMail | undefined
  close(): Promise<void>
}

/**
 * Opens the record without a batch that a killed provider left incomplete, whose request was never answered. Readers of the file
 * must do the same: the last `of` lines count together or not at all.
 */
export async function openRecord(file: string): Promise<RecordFile> {
  await mkdir(dirname(file), { recursive: true })
  let size = existsSync(file) ? wholeBytes(file) : 0
  if (existsSync(file)) await truncate(file, size)
  const handle = await open(file, 'a', 0o600)

  let closed = false
  let waiting: { bytes: Buffer; done: () => void; failed: (error: unknown) => void }[] = []
  let writing = Promise.resolve()

  const onDisk = () => readFileSync(file).subarray(0, size)

  /** Group commit: waiting requests share one write and one sync. */
  async function flush(): Promise<void> {
    const group = waiting
    waiting = []
    if (group.length === 0) return
    const bytes = Buffer.concat(group.map((one) => one.bytes))
    try {
      await handle.appendFile(bytes)
      await handle.datasync()
      size += bytes.length
      for (const { done } of group) done()
    } catch (error) {
      await truncate(file, size)
      for (const { failed } of group) failed(error)
    }
  }

  return {
    append(batch) {
      if (closed) return Promise.reject(new Error('the record is closed'))
      const bytes = Buffer.from(batch.map((mail) => `${JSON.stringify(mail)}\n`).join(''))
      return new Promise((done, failed) => {
        waiting.push({ bytes, done, failed })
        writing = writing.then(flush)
      })
    },
    batches: () => batchesIn(onDisk()),
    mails: () => mailsIn(onDisk()),
    find: (id) => mailIn(onDisk(), id),
    async close() {
      closed = true
      await writing
      await handle.close()
    },
  }
}

function wholeBytes(file: string): number {
  const bytes = readFileSync(file)
  let whole = 0
  for (const batch of rawBatchesIn(bytes)) whole = batch.end
  return whole
}

function* batchesIn(bytes: Buffer): Generator<readonly AcceptedMail[]> {
  for (const { mails } of rawBatchesIn(bytes)) yield mails
}

function* mailsIn(bytes: Buffer): Generator<AcceptedMail> {
  for (const mails of batchesIn(bytes)) yield* mails
}

/** Searches bytes: parsing a record of millions would take a minute. No other value matches, since its quotes are escaped. */
function mailIn(bytes: Buffer, id: string): AcceptedMail | undefined {
  const found = bytes.indexOf(`{"id":${JSON.stringify(id)},`)
  if (found === -1) return undefined
  return line.parse(JSON.parse(bytes.toString('utf8', found, bytes.indexOf(newline, found))))
}

/** Complete batches; `end` is the offset behind each. Throws if the middle of the record is damaged. */
function* rawBatchesIn(bytes: Buffer): Generator<{ mails: readonly AcceptedMail[]; end: number }> {
  let mails: AcceptedMail[] = []
  let start = 0
  for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
    mails.push(line.parse(JSON.parse(bytes.toString('utf8', start, end))))
    start = end + 1
    if (mails.length !== mails[0]?.of) continue
    yield { mails, end: start }
    mails = []
  }
}
