// pure · incoming mail: which mails are reports, their contents, and harmless parsing of any mail
import { describe, expect, it } from 'vitest'
import { readReceived } from '../../src/mail/inbound/parse-mail.ts'
import { feedbackOf, type Report, readReport } from '../../src/mail/inbound/report.ts'
import { arf, autoReply, dsn, forwarded, outlookReport, plainMail, qmail } from '../support/reports.ts'

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
const answer = { kind: 'answer', isReport: false, feedback: null }
const verp = { kind: 'verp', token: name }
const tag = { kind: 'token', token }

describe('a delivery report', () => {
  it('names its mail by where it came back to, by the envelope, and by what it returns', async () => {
    const found = await read(dsn(sent))
    expect(found).toMatchObject({ kind: 'bounce', feedback: hard })
    expect(found?.names[0]).toEqual(verp)
    expect(found?.names).toContainEqual(tag)
  })

  it('still does where a mailbox shows no more than its own address', async () => {
    const found = await read(dsn(sent, { to: 'bounces@brand.example', returned: `Return-Path: <${back}>` }))
    expect(found?.names).toEqual([verp, tag])
    const piped = await read(dsn(sent, { to: 'undisclosed:;' }), [back.toUpperCase()])
    expect(piped?.names[0]).toEqual({ kind: 'verp', token: name.toUpperCase() })
  })

  it.each(['Delivered-To', 'X-Original-To', 'Envelope-To'])('is found by %s', async (header) => {
    const raw = dsn({ ...sent, parameters: {} }, { to: 'someone@else.example', returned: '' })
    expect((await read(`${header}: ${back}\r\n${raw}`))?.names).toEqual([verp])
  })

  it('is told by its envelope in xtext (RFC 3461): a hyphen may stand as +2D', async () => {
    const hyphened = `${token.slice(1)}-`
    const mail = { ...sent, parameters: { ENVID: `${token.slice(1)}+2D` } }
    const found = await read(dsn(mail, { to: 'bounces@brand.example', returned: '' }))
    expect(found?.names).toEqual([{ kind: 'token', token: hyphened }])
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
    [
      'a blocklist under a code that the reporting server made up',
      { status: '5.1.1', diagnosis: '550 5.7.1 your server is on our blocklist' },
      { kind: 'bounced', bounce: 'sender', code: '5.7.1' },
    ],
    [
      'no such mailbox under a code that says nothing, as Exim writes it',
      { status: '5.0.0', diagnosis: '550 5.1.1 no such mailbox' },
      hard,
    ],
  ])('of %s', async (_, options, feedback) => {
    expect((await read(dsn(sent, options)))?.feedback).toEqual(feedback)
  })

  it('in a multipart of another kind is one where a mail server sends it, as OpenSMTPD does', async () => {
    const mixed = dsn(sent).replace('multipart/report; report-type=delivery-status', 'multipart/mixed')
    expect((await read(mixed))?.feedback).toEqual(hard)
  })

  it('is not what somebody sends on within a mail of theirs', async () => {
    const within = dsn(sent)
      .replace('multipart/report; report-type=delivery-status', 'multipart/mixed')
      .replace('MAILER-DAEMON@mx.inbox', 'anna@inbox')
    expect(await read(within)).toMatchObject(answer)
  })

  it('is found within the mail of a virus scanner that passes it on', async () => {
    const scanned = dsn(sent).replace(/^Return-Path.*\r\n/, '')
    const outer = plainMail(
      {
        From: 'postmaster@inbox.example',
        To: back,
        Subject: 'Delivery Status Notification (Failure)',
        'Content-Type': 'multipart/mixed; boundary=o',
      },
      `--o\r\nContent-Type: message/rfc822\r\n\r\n${scanned}\r\n--o--`,
    )
    expect((await read(outer))?.feedback).toEqual(hard)
  })

  it.each<[string, string, object | null]>([
    [
      'a bounce',
      '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"a@inbox.example","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}}',
      hard,
    ],
    [
      'a bounce, wrapped once more',
      '{"Message":"{\\"bouncedRecipients\\":[{\\"action\\":\\"failed\\",\\"status\\":\\"5.2.2\\",\\"diagnosticCode\\":\\"smtp; 552 5.2.2 over quota\\"}]}"}',
      { ...soft, code: '5.2.2' },
    ],
    [
      'a complaint',
      '{"notificationType":"Complaint","complaint":{"complaintFeedbackType":"abuse"}}',
      { kind: 'complained' },
    ],
    [
      'a complaint of another kind',
      '{"notificationType":"Complaint","complaint":{"complaintFeedbackType":"not-spam"}}',
      null,
    ],
    ['a delivery', '{"notificationType":"Delivery","delivery":{"smtpResponse":"250 ok 550"}}', null],
  ])('is read in a notification of Amazon: %s', async (_, json, feedback) => {
    const found = await read(
      plainMail(
        {
          From: 'no-reply@sns.example',
          To: back,
          Subject: 'AWS Notification Message',
          'x-amz-sns-message-id': '1',
        },
        json,
      ),
    )
    expect(found?.feedback).toEqual(feedback)
  })

  it('is a refusal where Dovecot writes it as a receipt', async () => {
    const words = 'Your message to <anna@inbox.example> was automatically rejected:\r\nQuota exceeded'
    const mdn = dsn(sent).replace('report-type=delivery-status', 'report-type=disposition-notification')
    const refused = mdn
      .replace('message/delivery-status', 'message/disposition-notification')
      .replace(/I am sorry.*/, words)
    expect((await read(refused))?.feedback).toMatchObject({ kind: 'bounced', bounce: 'soft' })
  })

  it('is told apart from a read receipt (RFC 8098), which says nothing of delivery', async () => {
    const mdn = dsn(sent).replace('report-type=delivery-status', 'report-type=disposition-notification')
    expect(await read(mdn)).toMatchObject(answer)
  })

  it('is as its parts say where its type does not', async () => {
    expect((await read(dsn(sent).replace(' report-type=delivery-status;', '')))?.feedback).toEqual(hard)
  })

  it('may be packed in base64, in a charset that nobody knows', async () => {
    const fields = `Reporting-MTA: dns; mx\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n`
    const raw = dsn(sent).replace(
      /Content-Type: message\/delivery-status[\s\S]*?\r\n--part/,
      `Content-Type: message/delivery-status; charset=x-nobody\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(fields).toString('base64')}\r\n--part`,
    )
    expect((await read(raw))?.feedback).toEqual(hard)
  })
})

describe('a bounce in words alone', () => {
  it('is judged by the words, and counts only where it came back to a name of ours', async () => {
    expect(await read(qmail(sent))).toMatchObject({ kind: 'bounce', feedback: hard, names: [verp] })
    expect((await read(qmail({ ...sent, envelopeFrom: 'bounces@brand.example' })))?.names).toEqual([])
  })

  it.each<[string, object]>([
    ['550 5.1.1 no such user', hard],
    ['it said: 550 no such person', { ...hard, code: null }],
    ['552 5.2.2 over quota', { ...soft, code: '5.2.2' }],
    ['554 5.7.1 blocked for spam', { ...soft, bounce: 'sender', code: '5.7.1' }],
    ['I give up.', soft],
  ])('"%s"', async (words, feedback) => {
    expect((await read(qmail(sent, {}, words)))?.feedback).toEqual(feedback)
  })

  it('is not judged by the words of our own mail that it returns', async () => {
    const words =
      'It is over.\n\n--- Below this line is a copy of the message.\n\nSubject: June\n\n550 5.1.1 no such user'
    expect((await read(qmail(sent, {}, words)))?.feedback).toEqual(soft)
  })

  it('is not judged by what it repeats of our headers', async () => {
    const words =
      'Your message\n\n  To: Anna\n  Subject: [Letter] this is no spam\n\nreached nobody: the recipient name is not recognized'
    expect((await read(qmail(sent, {}, words)))?.feedback).toEqual({ ...hard, code: null })
  })

  it('is judged by the reason in its subject, as Sendmail writes it, where the text has none', async () => {
    const bare = (Subject: string) => read(qmail(sent, { Subject }, 'Your message came to nothing.'))
    expect((await bare('Returned mail: User unknown'))?.feedback).toEqual({ ...hard, code: null })
    // behind any other word stands the subject of our own mail
    expect((await bare('Undeliverable: User unknown'))?.feedback).toEqual(soft)
  })

  it.each<[string, string, object]>([
    [
      'RCPT TO, so of the reader',
      'after RCPT TO:<anna@inbox.example>:\n  550 unknown user',
      { ...hard, code: null },
    ],
    [
      'MAIL FROM, so of the sender',
      'after MAIL FROM:<bounces@brand.example>:\n  553 5.1.0 brand.example does not exist',
      { ...soft, bounce: 'sender', code: '5.1.0' },
    ],
    ['the text, by which some servers hide a filter', 'after end of data:\n  550 unknown user', soft],
    [
      'the text, with the code of a mailbox that does not exist',
      'after end of data:\n  550 5.1.1 unknown user',
      hard,
    ],
    ['the text, as Postfix writes it', '550 unknown user (in reply to end of DATA command)', soft],
    ['the text, as Sendmail writes it', '>>> DATA\n<<< 550 unknown user', soft],
    [
      'the reader, told late because the client sent ahead',
      '>>> DATA\n<<< 550 unknown user\n<<< 503 5.0.0 Need RCPT (recipient)',
      hard,
    ],
  ])('is a refusal of %s', async (_, words, feedback) => {
    const found = (await read(qmail(sent, {}, words)))?.feedback
    expect(found).toMatchObject({ kind: 'bounced', bounce: 'bounce' in feedback ? feedback.bounce : 'hard' })
  })

  it('names its mail by the copy that it returns', async () => {
    const words = `550 no such user\n\n--- Below this line is a copy of the message.\n\n${sent.raw}`
    const found = await read(qmail({ ...sent, envelopeFrom: 'bounces@brand.example' }, {}, words))
    expect(found?.names).toContainEqual(tag)
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    ['a return path that Postfix wrote for a command', { 'Return-Path': '<MAILER-DAEMON>' }],
    ['a return path with its host', { 'Return-Path': '<MAILER-DAEMON@mx.inbox.example>' }],
    ['an author without a host', { From: 'MAILER-DAEMON (Mail Delivery System)' }],
    ['an author with a name', { From: '"Mail Delivery Subsystem" <mailer-daemon@mx.inbox.example>' }],
    ['nobody as its author', { From: '<>' }],
    ['a return path of a list server that passed it on', { 'Return-Path': '<list-admin@lists.example>' }],
    ['a postmaster as its author', { From: 'postmaster@inbox.example', 'Return-Path': '<p@inbox.example>' }],
    ['no-reply as its author', { From: 'no-reply@inbox.example' }],
    [
      'a gateway as its author',
      { From: 'AntiVirus_for_SMTP_Gateways@inbox.example', Subject: 'Mail could not be delivered' },
    ],
    [
      'a subject in another language, encoded',
      {
        From: 'postmaster@inbox.example',
        Subject: '=?utf-8?B?0JLQsNGI0LUg0L/QuNGB0YzQvNC+INC90LUg0LTQvtGB0YLQsNCy0LvQtdC90L4=?=',
      },
    ],
    [
      'the header of Exim',
      { From: 'Support <help@inbox.example>', 'X-Failed-Recipients': 'anna@inbox.example' },
    ],
  ])('is one with %s', async (_, headers) => {
    expect((await read(qmail(sent, headers)))?.feedback).toEqual(hard)
  })

  it('that only warns is a delay', async () => {
    const warning = qmail(sent, { Subject: 'Warning: message delayed 24 hours' })
    expect(await read(warning)).toMatchObject({ kind: 'delayed', feedback: { kind: 'delayed' } })
  })

  it.each([
    ['an answer of somebody who is away', autoReply(sent)],
    [
      'of somebody whose program does not say so',
      autoReply(sent, { 'Auto-Submitted': 'no', 'Return-Path': '<>' }),
    ],
    ['a question whether we are human', autoReply(sent, { Subject: 'Please confirm: failure notice' })],
    ['a letter', plainMail({ From: 'anna@inbox.example', To: back, Subject: 'Re: June' }, 'Thank you!')],
    [
      'a wish to be left alone',
      plainMail(
        { From: 'anna@inbox.example', To: back, Subject: 'Re: unsubscribe' },
        'Unsubscribe me, this is spam!',
      ),
    ],
    [
      'a letter of a postmaster',
      plainMail(
        {
          From: 'postmaster@inbox.example',
          'Return-Path': '<postmaster@inbox.example>',
          To: back,
          Subject: 'June',
        },
        'Please write to us less often.',
      ),
    ],
    [
      'a report that a person passes on',
      qmail(sent, {
        From: 'postmaster@inbox.example',
        'Return-Path': '<p@inbox.example>',
        Subject: 'Fwd: failure notice',
      }),
    ],
  ])('is not %s', async (_, raw) => {
    expect(await read(raw)).toMatchObject(answer)
  })

  it('is not seen in an ordinary letter', async () => {
    const letter = plainMail(
      { From: 'anna@inbox.example', To: 'news@brand.example', Subject: 'June' },
      'Hello',
    )
    expect(await read(letter)).toEqual({
      kind: 'other',
      isReport: false,
      feedback: null,
      status: null,
      names: [],
    })
  })
})

describe('a complaint', () => {
  const complained = { kind: 'complaint', isReport: true, feedback: { kind: 'complained' } }

  it('names its mail by what came back, then by where it was sent to', async () => {
    const returned = `Message-ID: <x@y>\r\nCFBL-Feedback-ID: ${token}`
    expect(await read(arf(sent))).toMatchObject(complained)
    expect((await read(arf(sent, 'abuse', { to: back, returned })))?.names).toEqual([tag, verp])
  })

  it.each(['abuse', 'ABUSE', 'fraud', 'opt-out', 'opt-out-list', 'abuse (spam button)'])(
    'of the type %s is a wish to get no more',
    async (type) => {
      expect(await read(arf(sent, type))).toMatchObject(complained)
    },
  )

  it.each(['virus', 'other', 'not-spam', 'auth-failure', 'unheard-of'])(
    'of the type %s changes nothing (RFC 5965 section 7.3, RFC 6591)',
    async (type) => {
      expect(await read(arf(sent, type))).toMatchObject({ kind: 'other', isReport: true, feedback: null })
    },
  )

  it('is made by the button of Apple Mail, which writes a mail', async () => {
    const headers = {
      From: 'anna@inbox.example',
      To: back,
      Subject: 'unsubscribe',
      'X-Apple-Unsubscribe': 'true',
      'Auto-Submitted': 'auto-replied',
    }
    expect(await read(plainMail(headers, 'Apple Mail sent this email to unsubscribe.'))).toMatchObject({
      ...complained,
      names: [verp],
    })
  })

  it('and something else at once changes nothing', async () => {
    const both = arf(sent).replace('Feedback-Type: abuse', 'Feedback-Type: abuse\r\nFeedback-Type: not-spam')
    expect(await read(both)).toMatchObject({ feedback: null })
  })

  const lines = (raw: string): string => raw.replaceAll('\r\n', '\n')
  const inBase64 = (raw: string, type: string): string =>
    raw.replace(
      new RegExp(`Content-Type: ${type}\\r\\n\\r\\n([\\s\\S]*?)\\r\\n--`),
      (_, text: string) =>
        `Content-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(text).toString('base64')}\r\n--`,
    )
  it.each<[string, string]>([
    ["of Yahoo's version", arf(sent).replace('Version: 1', 'Version: 0.1')],
    ['without a version', arf(sent).replace('Version: 1\r\n', '')],
    ['without the name of its maker', arf(sent).replace('User-Agent: Provider/1.0\r\n', '')],
    ['without a type, in a report of that kind', arf(sent).replace('Feedback-Type: abuse\r\n', '')],
    ['with the headers alone', arf(sent).replace('message/rfc822', 'text/rfc822-headers')],
    [
      'in a multipart of another kind',
      arf(sent).replace('multipart/report; report-type=feedback-report', 'multipart/mixed'),
    ],
    ['with lines as on Unix', lines(arf(sent))],
    ['with the report in base64', inBase64(arf(sent), 'message/feedback-report')],
    ['with our mail in base64', inBase64(arf(sent), 'message/rfc822')],
    [
      'with our mail as a file',
      arf(sent).replace('message/rfc822', 'application/octet-stream; name="mail.eml"'),
    ],
    ['with our mail as text', arf(sent).replace('message/rfc822', 'text/plain')],
    ['passed on within another mail', forwarded(arf(sent))],
    [
      "in Outlook's wrapper, which says it by a header alone",
      outlookReport(sent, { 'X-HmXmrOriginalRecipient': 'anna@inbox.example' }),
    ],
    ["in Outlook's wrapper without that header", outlookReport(sent, { From: '<staff@hotmail.com>' })],
    ['in a wrapper of a feedback loop', outlookReport(sent, { From: 'fbl@provider.example' })],
    ['in a wrapper that says so', outlookReport(sent, { Subject: 'Abuse report for 192.0.2.1' })],
  ])('is one %s', async (_, raw) => {
    const found = await read(raw)
    expect(found).toMatchObject(complained)
    expect(found?.names).toContainEqual(tag)
  })

  it('names its mail by a link that quoted-printable has broken (RFC 2045 section 6.7)', async () => {
    const returned = `Subject: June\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nhttps://lists.brand.example/u/${token.slice(0, 20)}=\r\n${token.slice(20)}`
    expect((await read(arf(sent, 'abuse', { returned })))?.names).toEqual([tag])
  })

  it.each<[string, string]>([
    [
      'a mail of ours that somebody sends on',
      outlookReport(sent, { From: 'anna@inbox.example', Subject: 'Fwd: June' }),
    ],
    [
      'an answer that quotes it',
      plainMail(
        { From: 'anna@inbox.example', To: back, Subject: 'Re: June' },
        `This is abuse, spam!\n\n> ${sent.raw}`,
      ),
    ],
    [
      'a letter about reports',
      plainMail(
        { From: 'anna@inbox.example', To: back, Subject: 'June' },
        'What is\nFeedback-Type: abuse\nfor?',
      ),
    ],
    ['an absence that quotes it', autoReply(sent, { Subject: 'Out of office: abuse desk' })],
  ])('is not %s', async (_, raw) => {
    expect(await read(raw)).toMatchObject({ isReport: false, feedback: null })
  })
})

describe('several recipients behind one address', () => {
  it.each([
    [['failed hard'], 'hard'],
    [['failed hard', 'expanded none'], 'soft'],
    [['failed sender', 'failed sender'], 'sender'],
    [['failed sender', 'failed hard'], 'soft'],
  ] as const)('%j: %s', (said, bounce) => {
    const recipients = said.map((one) => {
      const isFailed = one.startsWith('failed')
      const verdict = (['hard', 'soft', 'sender'] as const).find((kind) => one.endsWith(kind)) ?? 'none'
      return { action: isFailed ? 'failed' : 'expanded', status: null, verdict } as const
    })
    expect(feedbackOf(recipients)).toMatchObject({ kind: 'bounced', bounce })
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
      expect(found === null || found.feedback === null || found.names.length === 0).toBe(true)
    },
    5000,
  )

  it('a report that begins with more lines than anybody reads is a bounce in words alone', async () => {
    const raw = dsn(sent).replace('I am sorry', `${'a \r\n'.repeat(11_000)}I am sorry`)
    expect((await read(raw))?.feedback).toEqual(soft)
  })

  it('a report that breaks off before its fields is a bounce in words alone', async () => {
    const raw = dsn(sent)
    const broken = raw.slice(0, raw.indexOf('Reporting-MTA'))
    expect(await read(broken)).toMatchObject({ kind: 'bounce', feedback: soft, names: [verp] })
  })

  it('a report that returns ten million octets is read, and no more of it than is needed', async () => {
    const returned = `${sent.raw}\r\n${'All of it. '.repeat(1_000_000)}`
    const raw = dsn(sent, { returned })
    expect(raw.length).toBeGreaterThan(10_000_000)
    expect((await read(raw))?.feedback).toEqual(hard)
  })
})
