// adapter · the provider's own record: one JSON line per accepted mail, on the disk before anyone is answered
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod'
import { courses } from './courses.ts'

const newline = 10

const addresses = z.array(z.string())

const line = z.object({
  id: z.string(),
  /** The idempotency key of the request, if it had one. */
  key: z.string().nullable(),
  /** The place in the request, refused mails counted. */
  index: z.number(),
  /** How many lines this request wrote: they stand together, and count only when all of them are there. */
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
  /** What becomes of it, recipient by recipient of `to`. */
  courses: z.array(z.enum(courses)).readonly().optional(),
  html_bytes: z.number(),
  html_sha256: z.string(),
  html: z.string().optional(),
  text: z.string().optional(),
  /** Of the path and the whole request body. */
  request_sha256: z.string(),
  /** On the first line of a permissive batch: what was refused beside it. */
  errors: z
    .array(z.object({ index: z.number(), message: z.string() }))
    .readonly()
    .optional(),
})

export type AcceptedMail = Readonly<z.output<typeof line>>

export interface RecordFile {
  /** Resolves once every line is on the disk. */
  append(batch: readonly AcceptedMail[]): Promise<void>
  /** Every request's lines in the order of acceptance. */
  batches(): Iterable<readonly AcceptedMail[]>
  mails(): Iterable<AcceptedMail>
  find(id: string): AcceptedMail | undefined
  close(): Promise<void>
}

/**
 * Opens the record, dropping what a killed provider left half written: such a batch was never answered, and
 * is nobody's. Readers of the file itself must do the same: the last `of` lines count together or not at all.
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

  /** Requests that wait for the disk together share one write and one sync. */
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

/** By its bytes, for parsing a record of millions would take a minute; no other value can hold them: its quotes are escaped. */
function mailIn(bytes: Buffer, id: string): AcceptedMail | undefined {
  const found = bytes.indexOf(`{"id":${JSON.stringify(id)},`)
  if (found === -1) return undefined
  return line.parse(JSON.parse(bytes.toString('utf8', found, bytes.indexOf(newline, found))))
}

/** Complete batches only; `end` is the offset behind each. Throws where the middle of a record is damaged. */
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
