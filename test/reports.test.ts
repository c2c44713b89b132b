// pure · what comes back: delivery reports (RFC 3464) and complaints (RFC 5965), as mail servers write them
import { describe, expect, it } from 'vitest'
import { readArf } from '../src/mail/arf.ts'
import { readDsn, verdictOf } from '../src/mail/dsn.ts'

const token = 'A'.repeat(44)

const postfix = {
  type: 'message/delivery-status',
  text: [
    'Reporting-MTA: dns; mx.brand.example',
    `Original-Envelope-Id: ${token}+2D`,
    'X-Postfix-Queue-ID: 4Zx',
    'Arrival-Date: Mon,  1 Jun 2026 09:00:00 +0000 (UTC)',
    '',
    'Final-Recipient: rfc822; anna@inbox.example',
    'Original-Recipient: rfc822;anna@inbox.example',
    'Action: failed',
    'Status: 5.1.1',
    'Remote-MTA: dns; mx.inbox.example',
    'Diagnostic-Code: smtp; 550 5.1.1 <anna@inbox.example>: Recipient address',
    '    rejected: User unknown',
    '',
  ].join('\r\n'),
}
const returned = {
  type: 'text/rfc822-headers',
  text: `Message-ID:\r\n <${token}.0a1b2c3d@brand.example>\r\nFeedback-ID: c1:garden:news:assent\r\nList-Unsubscribe: <https://lists.brand.example/u/${token}>\r\n`,
}

describe('a delivery report', () => {
  it('names the delivery and says what became of it', () => {
    expect(readDsn([{ type: 'text/plain', text: 'Sorry' }, postfix, returned])).toEqual({
      envelopeId: `${token}-`,
      messageId: `${token}.0a1b2c3d@brand.example`,
      recipients: [{ action: 'failed', status: '5.1.1', verdict: 'hard' }],
    })
  })

  it.each([
    ['no headers came back', [postfix], { messageId: null }],
    [
      'the status stands in the diagnosis alone',
      [{ ...postfix, text: postfix.text.replace('Status: 5.1.1\r\n', '') }],
      { recipients: [{ action: 'failed', status: '5.1.1', verdict: 'hard' }] },
    ],
    [
      'there is no block for the message',
      [{ ...postfix, text: postfix.text.slice(postfix.text.indexOf('Final')) }],
      { envelopeId: null, recipients: [{ action: 'failed', status: '5.1.1', verdict: 'hard' }] },
    ],
    [
      'lines end as on Unix, names and values are shouted',
      [
        {
          ...postfix,
          text: postfix.text.replaceAll('\r\n', '\n').replace('Action: failed', 'ACTION: FAILED'),
        },
      ],
      { recipients: [{ action: 'failed', status: '5.1.1', verdict: 'hard' }] },
    ],
    [
      'it is internationalised (RFC 6533)',
      [{ ...postfix, type: 'message/global-delivery-status' }],
      { recipients: [{ action: 'failed', status: '5.1.1', verdict: 'hard' }] },
    ],
  ])('is read where %s', (_, parts, dsn) => {
    expect(readDsn(parts)).toMatchObject(dsn)
  })

  it.each([
    ['an answer to a mail', [{ type: 'text/plain', text: 'I am away' }]],
    ['an empty report', [{ type: 'message/delivery-status', text: '' }]],
    ['a report of nobody', [{ type: 'message/delivery-status', text: 'Reporting-MTA: dns; mx' }]],
    ['a report of an unknown act', [{ type: 'message/delivery-status', text: 'A: b\n\nAction: eaten' }]],
  ])('is not %s', (_, parts) => {
    expect(readDsn(parts)).toBeNull()
  })

  it.each([
    ['failed', '5.1.1', 'hard'],
    ['failed', '5.1.2', 'hard'],
    ['failed', '5.1.3', 'hard'],
    ['failed', '5.1.6', 'hard'],
    ['failed', '5.1.10', 'hard'],
    ['failed', '5.2.1', 'hard'],
    ['failed', '5.2.2', 'soft'],
    ['failed', '4.4.7', 'soft'],
    ['failed', '5.1.0', 'soft'],
    ['failed', '5.7.1', 'sender'],
    ['failed', '5.7.515', 'sender'],
    ['failed', '5.4.4', 'sender'],
    ['failed', null, 'soft'],
    ['delayed', '4.4.1', 'none'],
    ['delivered', '2.0.0', 'none'],
    ['relayed', '2.0.0', 'none'],
    ['expanded', '2.0.0', 'none'],
  ] as const)('%s with %s: %s', (action, status, verdict) => {
    expect(verdictOf(action, status)).toBe(verdict)
  })
})

describe('a complaint', () => {
  const report = (text: string) => ({ type: 'message/feedback-report', text })
  const abuse = 'Feedback-Type: abuse\r\nUser-Agent: SomeGenerator/1.0\r\nVersion: 1\r\n'

  it('names the mail by what we put into it', () => {
    expect(
      readArf([
        { type: 'text/plain', text: 'Spam!' },
        report(abuse),
        { ...returned, type: 'message/rfc822' },
      ]),
    ).toEqual({
      type: 'abuse',
      messageId: `${token}.0a1b2c3d@brand.example`,
      feedbackId: 'c1:garden:news:assent',
      unsubscribeToken: token,
      incidents: 1,
    })
  })

  it.each([
    ['abuse', 'abuse'],
    ['FRAUD', 'fraud'],
    ['virus', 'virus'],
    ['not-spam', 'not-spam'],
    ['auth-failure', 'auth-failure'],
    ['miscategorized', 'other'],
  ])('of type %s is %s', (said, type) => {
    expect(readArf([report(abuse.replace('abuse', said))])).toMatchObject({ type })
  })

  it.each([
    ['no type', abuse.replace(/^.*\r\n/, '')],
    ['no version', abuse.replace('Version: 1\r\n', '')],
    ['another version', abuse.replace('Version: 1', 'Version: 2')],
    ['no name of its maker', abuse.replace(/User-Agent.*\r\n/, '')],
    ['two types', `${abuse}Feedback-Type: fraud\r\n`],
    ['nothing', ''],
  ])('with %s is none', (_, text) => {
    expect(readArf([report(text)])).toBeNull()
  })

  it('counts what it stands for, and believes no nonsense', () => {
    expect(readArf([report(`${abuse}Incidents: 5\r\n`)])).toMatchObject({ incidents: 5 })
    expect(readArf([report(`${abuse}Incidents: -1\r\n`)])).toMatchObject({ incidents: 1 })
  })
})
