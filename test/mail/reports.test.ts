// pure · the fields of delivery reports (RFC 3464), as mail servers write them
import { describe, expect, it } from 'vitest'
import { readDsn } from '../../src/mail/inbound/dsn.ts'

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
  it('says what became of the mail', () => {
    expect(readDsn([{ type: 'text/plain', text: 'Sorry' }, postfix, returned])).toEqual({
      recipients: [{ action: 'failed', status: '5.1.1', verdict: 'hard' }],
    })
  })

  it.each([
    [
      'the status stands in the diagnosis alone',
      [{ ...postfix, text: postfix.text.replace('Status: 5.1.1\r\n', '') }],
      { recipients: [{ action: 'failed', status: '5.1.1', verdict: 'hard' }] },
    ],
    [
      'there is no block for the message',
      [{ ...postfix, text: postfix.text.slice(postfix.text.indexOf('Final')) }],
      { recipients: [{ action: 'failed', status: '5.1.1', verdict: 'hard' }] },
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

  const said = (fields: string, words = '') =>
    readDsn([{ type: 'message/delivery-status', text: `Reporting-MTA: dns; mx\n\n${fields}\n` }], words)
      ?.recipients[0]

  it.each([
    ['Action: failed\nStatus: 5.1.1', 'failed', 'hard'],
    ['Action: failure\nStatus: 5.1.1', 'failed', 'hard'],
    ['Action: expired\nStatus: 4.4.7', 'failed', 'soft'],
    ['Action: Failed (permanently)\nStatus: 5.1.1.', 'failed', 'hard'],
    ['Final-Recipient: rfc822; anna@inbox.example\nStatus: 5.1.1 (bad address)', 'failed', 'hard'],
    ['Final-Recipient: rfc822; anna@inbox.example\nStatus: 4.2.2', 'failed', 'soft'],
    ['Action: failed', 'failed', 'soft'],
    ['Action: failed\nStatus: 5.1.10 (host/domain does not accept mail)', 'failed', 'hard'],
    ['Action: failed\nStatus: 5.4.4 (Illegal host/domain name found)', 'failed', 'hard'],
    ['Action: failed\nStatus: 5.4.4', 'failed', 'soft'],
    ['Action: failed\nStatus: 5.7.1', 'failed', 'sender'],
    ['Action: delayed\nStatus: 4.4.1', 'delayed', 'none'],
    ['Action: deferred\nStatus: 4.4.1', 'delayed', 'none'],
    ['Action: delivered\nStatus: 2.0.0', 'delivered', 'none'],
    ['Action: relayed\nStatus: 2.0.0', 'relayed', 'none'],
    ['Action: expanded\nStatus: 2.0.0', 'expanded', 'none'],
  ])('%j is %s, %s', (fields, action, verdict) => {
    expect(said(fields)).toMatchObject({ action, verdict })
  })

  it('judges by the words for people where the fields repeat nothing of what the server said', () => {
    expect(said('Action: failed\nStatus: 5.0.0', '550 5.1.1 no such user')?.verdict).toBe('hard')
    expect(said('Action: failed\nStatus: 5.1.1', '550 5.7.1 blocked for spam')?.verdict).toBe('sender')
    expect(said('Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550', '552 over quota')?.verdict).toBe(
      'soft',
    )
  })

  it('of one to whom it was passed on is soft: the address that we wrote to was answered for', () => {
    const fields = (original: string): string =>
      `Original-Recipient: rfc822;${original}\nFinal-Recipient: rfc822; bo@gone.example\nAction: failed\nStatus: 5.1.1`
    expect(said(fields('anna@inbox.example'))?.verdict).toBe('soft')
    expect(said(fields('Bo@Gone.example'))?.verdict).toBe('hard')
    expect(said(fields('"bo"@gone.example'))?.verdict).toBe('hard')
  })
})
