// pure · a mail that came in: which are reports, what they say, and what no mail can do to whoever reads it
import { describe, expect, it } from 'vitest'
import { verdictOf } from '../src/mail/dsn.ts'
import { readReceived } from '../src/mail/received.ts'
import { type Report, readReport, saidOf } from '../src/mail/report.ts'
import { arf, away, dsn, note, qmail } from './support/reports.ts'

const token = 'A'.repeat(44)
const name = 'a'.repeat(44)
const back = `bounces+${name}@brand.example`
const sent = {
  to: 'anna@inbox.example',
  envelopeFrom: back,
  parameters: { ENVID: token },
  raw: `Message-ID: <${token}.0a1b2c3d@brand.example>\r\nList-Unsubscribe: <https://lists.brand.example/u/${token}>\r\n\r\nHello`,
}

async function read(raw: string | Uint8Array, recipients: readonly string[] = []): Promise<Report | null> {
  const mail = await readReceived(typeof raw === 'string' ? Buffer.from(raw) : raw)
  return mail === null ? null : readReport(mail, recipients)
}
const hard = { kind: 'bounced', bounce: 'hard', code: '5.1.1' }
const soft = { kind: 'bounced', bounce: 'soft', code: null }
const answer = { kind: 'answer', said: null, names: [] }

describe('a delivery report', () => {
  it('names its mail by where it came back to, by the envelope, and by what it returns', async () => {
    expect(await read(dsn(sent))).toEqual({
      kind: 'bounce',
      said: hard,
      names: [
        { kind: 'verp', token: name },
        { kind: 'tag', token },
        { kind: 'tag', token },
      ],
    })
  })

  it('still does where a mailbox shows no more than its own address', async () => {
    const found = await read(dsn(sent, { to: 'bounces@brand.example', returned: `Return-Path: <${back}>` }))
    expect(found?.names).toEqual([
      { kind: 'tag', token },
      { kind: 'verp', token: name },
    ])
    const piped = await read(dsn(sent, { to: 'undisclosed:;' }), [back.toUpperCase()])
    expect(piped?.names[0]).toEqual({ kind: 'verp', token: name.toUpperCase() })
  })

  it.each(['Delivered-To', 'X-Original-To', 'Envelope-To'])('is found by %s', async (header) => {
    const raw = dsn({ ...sent, parameters: {} }, { to: 'someone@else.example', returned: '' })
    expect((await read(`${header}: ${back}\r\n${raw}`))?.names).toEqual([{ kind: 'verp', token: name }])
  })

  it.each<[string, Parameters<typeof dsn>[1], object | null]>([
    ['a mailbox that is full', { status: '5.2.2' }, { kind: 'bounced', bounce: 'soft', code: '5.2.2' }],
    ['a policy', { status: '5.7.1' }, { kind: 'bounced', bounce: 'sender', code: '5.7.1' }],
    ['a delay', { action: 'delayed', status: '4.4.1' }, { kind: 'delayed' }],
    ['a delivery', { action: 'delivered', status: '2.0.0' }, { kind: 'delivered' }],
    ['a relay that tells no more', { action: 'relayed', status: '2.0.0' }, null],
    ['a list that it was passed on to', { action: 'expanded', status: '2.0.0' }, null],
    ['several, all gone', { others: [{ action: 'failed', status: '5.1.1' }] }, hard],
    ['several, one of them reached', { others: [{ action: 'delivered', status: '2.0.0' }] }, soft],
    ['several, one of them still tried', { others: [{ action: 'delayed', status: '4.4.1' }] }, soft],
    ['several, for several reasons', { others: [{ action: 'failed', status: '5.7.1' }] }, soft],
  ])('of %s', async (_, options, said) => {
    expect((await read(dsn(sent, options)))?.said).toEqual(said)
  })

  it('is not what somebody sends on within a mail of theirs', async () => {
    const forwarded = dsn(sent)
      .replace('multipart/report; report-type=delivery-status', 'multipart/mixed')
      .replace('MAILER-DAEMON@mx.inbox', 'anna@inbox')
    expect(await read(forwarded)).toEqual(answer)
  })

  it('that was read is not a receipt for one that was (RFC 8098)', async () => {
    const mdn = dsn(sent).replace('report-type=delivery-status', 'report-type=disposition-notification')
    expect(await read(mdn)).toEqual(answer)
  })

  it('is as its parts say where its type does not', async () => {
    expect((await read(dsn(sent).replace(' report-type=delivery-status;', '')))?.said).toEqual(hard)
  })

  it('may be packed in base64, in a charset that nobody knows', async () => {
    const fields = `Reporting-MTA: dns; mx\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n`
    const raw = dsn(sent).replace(
      /Content-Type: message\/delivery-status[\s\S]*?\r\n--part/,
      `Content-Type: message/delivery-status; charset=x-nobody\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(fields).toString('base64')}\r\n--part`,
    )
    expect((await read(raw))?.said).toEqual(hard)
  })
})

describe('a bounce in words alone', () => {
  it('is soft, and counts only where it came back to a name of ours', async () => {
    expect(await read(qmail(sent))).toEqual({
      kind: 'bounce',
      said: soft,
      names: [{ kind: 'verp', token: name }],
    })
    expect((await read(qmail({ ...sent, envelopeFrom: 'bounces@brand.example' })))?.names).toEqual([])
  })

  it('that only warns is a delay', async () => {
    const warning = qmail(sent, { Subject: 'Warning: message delayed 24 hours' })
    expect((await read(warning))?.said).toEqual({ kind: 'delayed' })
  })

  it.each([
    ['an answer of somebody who is away', away(sent)],
    [
      'of somebody whose program does not say so',
      away(sent, { 'Auto-Submitted': 'no', 'Return-Path': '<>' }),
    ],
    ['a question whether we are human', away(sent, { Subject: 'Please confirm: failure notice' })],
    ['a letter', note({ From: 'anna@inbox.example', To: back, Subject: 'Re: June' }, 'Thank you!')],
    [
      'mail of a postmaster to whom one can answer',
      qmail(sent, { 'Return-Path': '<postmaster@inbox.example>' }),
    ],
  ])('is not %s', async (_, raw) => {
    expect(await read(raw)).toEqual(answer)
  })
})

describe('a complaint', () => {
  it('names its mail by the way out of it, then by what else came back', async () => {
    expect(await read(arf(sent))).toEqual({
      kind: 'complaint',
      said: { kind: 'complained' },
      names: [
        { kind: 'unsubscribe', token },
        { kind: 'verp', token: name },
        { kind: 'tag', token },
      ],
    })
  })

  it('names it first by what it was sent with for that (RFC 9477)', async () => {
    const returned = `Message-ID: <x@y>\r\nCFBL-Feedback-ID: ${token}`
    const found = await read(arf(sent, 'abuse', { to: back, returned }))
    expect(found?.names).toEqual([
      { kind: 'tag', token },
      { kind: 'verp', token: name },
    ])
  })

  it.each(['fraud', 'virus', 'other', 'not-spam', 'auth-failure', 'unheard-of'])(
    'of the kind %s changes nothing',
    async (type) => {
      expect(await read(arf(sent, type))).toMatchObject({ kind: 'complaint', said: null })
    },
  )
})

describe('several recipients behind one address', () => {
  it.each([
    [['failed 5.1.1'], 'hard'],
    [['failed 5.1.1', 'expanded 2.0.0'], 'soft'],
    [['failed 5.7.1', 'failed 5.7.26'], 'sender'],
  ] as const)('%j: %s', (said, bounce) => {
    const recipients = said.map((one) => {
      const [action = '', status = ''] = one.split(' ')
      const known = action === 'failed' ? 'failed' : 'expanded'
      return { action: known, status, verdict: verdictOf(known, status) } as const
    })
    expect(saidOf(recipients)).toMatchObject({ kind: 'bounced', bounce })
  })
})

describe('whatever else comes in', () => {
  const nested = (depth: number): string =>
    Array.from(
      { length: depth },
      (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`,
    ).join('')

  it.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['a line', 'hello'],
    ['octets', new Uint8Array(100_000).map((_, at) => (at * 7919) % 256)],
    ['zeroes', new Uint8Array(100_000)],
    ['one line without end', 'x'.repeat(5_000_000)],
    ['headers without end', 'X-A: b\r\n'.repeat(500_000)],
    ['parts within parts', nested(10_000)],
    [
      'parts that never end',
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(100_000)}`,
    ],
    ['mails within mails', 'Content-Type: message/rfc822\r\n\r\n'.repeat(50_000)],
    ['addresses without end', `To: ${'a@b.example, '.repeat(200_000)}`],
    ['lines without end', `Content-Type: text/plain; format=flowed\r\n\r\n${'a \r\n'.repeat(400_000)}`],
    ['groups without end', `To: ${'a:'.repeat(500_000)}`],
    ['brackets without end', `From: ${'<"('.repeat(80_000)}`],
    ['encoded words without end', `Subject: ${'=?utf-8?q?a'.repeat(20_000)}`],
  ])(
    '%s is dealt with, and soon',
    async (_, raw) => {
      const found = await read(raw)
      expect(found === null || found.said === null || found.names.length === 0).toBe(true)
    },
    5000,
  )

  it('a report that begins with more lines than anybody reads is a bounce in words alone', async () => {
    const raw = dsn(sent).replace('I am sorry', `${'a \r\n'.repeat(11_000)}I am sorry`)
    expect((await read(raw))?.said).toEqual(soft)
  })

  it('a report that breaks off before its fields is a bounce in words alone', async () => {
    const raw = dsn(sent)
    const broken = raw.slice(0, raw.indexOf('Reporting-MTA'))
    expect(await read(broken)).toEqual({ kind: 'bounce', said: soft, names: [{ kind: 'verp', token: name }] })
  })

  it('a report that returns ten million octets is read, and no more of it than is needed', async () => {
    const returned = `${sent.raw}\r\n${'All of it. '.repeat(1_000_000)}`
    const raw = dsn(sent, { returned })
    expect(raw.length).toBeGreaterThan(10_000_000)
    expect((await read(raw))?.said).toEqual(hard)
  })
})
