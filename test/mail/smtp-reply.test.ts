// pure · what each answer of an SMTP server says about a mail, and about a whole batch. RFC 5321 section 4.2
import { describe, expect, it } from 'vitest'
import { withoutNames } from '../../src/mail/reasons.ts'
import { deliveryResultOf, unreachedOf } from '../../src/mail/smtp/reply.ts'
import { afterPatience, beginRun, nextOf, outcomeOf, recordResult } from '../../src/mail/smtp/round.ts'

const reply = (command: string, responseCode: number) => ({
  command,
  responseCode,
  response: `${responseCode} so`,
})

describe('an answer before the text', () => {
  it.each([
    ['RCPT TO', 550, 'refused'],
    ['RCPT TO', 503, 'deferred'],
    ['RCPT TO', 450, 'deferred'],
    ['RCPT TO', 421, 'closed'],
    ['DATA', 554, 'refused'],
    ['DATA', 451, 'deferred'],
    ['MAIL FROM', 553, 'sender_refused'],
    ['MAIL FROM', 452, 'closed'],
  ] as const)('%s %i: %s', (command, code, kind) => {
    expect(deliveryResultOf(reply(command, code), false, []).kind).toBe(kind)
  })

  it('that never came leaves the mail here', () => {
    expect(deliveryResultOf({ code: 'ECONNECTION' }, false, [])).toEqual({ kind: 'lost' })
    expect(deliveryResultOf({ code: 'ETIMEDOUT', command: 'CONN' }, false, [])).toEqual({ kind: 'lost' })
  })
})

describe('an answer after the text', () => {
  it.each([
    [554, 'text_refused'],
    [452, 'deferred'],
    [421, 'deferred'],
  ] as const)('%i: %s', (code, kind) => {
    expect(deliveryResultOf(reply('DATA', code), true, []).kind).toBe(kind)
  })

  it('that never came says nothing: it may have been accepted (RFC 1047)', () => {
    expect(deliveryResultOf({ code: 'ECONNECTION' }, true, [])).toEqual({ kind: 'unknown' })
  })
})

describe('a server that cannot be reached', () => {
  it.each([
    [{ code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' }, 'refused'],
    [{ code: 'EAUTH', responseCode: 454, command: 'AUTH PLAIN' }, 'busy'],
    [{ code: 'ESOCKET', originalCode: 'ECONNREFUSED' }, 'busy'],
    [{ code: 'EDNS', originalCode: 'ENOTFOUND' }, 'busy'],
    [{ code: 'ESOCKET', originalCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'refused'],
    [{ code: 'ESOCKET', originalCode: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'refused'],
    [{ code: 'ETLS', command: 'STARTTLS' }, 'refused'],
    [{ code: 'ETLS', command: 'STARTTLS', responseCode: 502 }, 'refused'],
    [{ code: 'ETLS', command: 'STARTTLS', responseCode: 454 }, 'busy'],
    [{ code: 'ETLS', command: 'CONN' }, 'busy'],
    [{}, 'busy'],
  ] as const)('%o: %s', (failure, kind) => {
    expect(unreachedOf(failure).kind).toBe(kind)
  })
})

describe('a reason', () => {
  it.each([
    ['550 <anna@inbox.example>: no anna here', ['anna@inbox.example'], '550 <[address]>: no [address] here'],
    ['550 Anna unknown', ['anna@inbox.example'], '550 [address] unknown'],
    ['550 mailbox al is full', ['al@inbox.example'], '550 mailbox [address] is full'],
    ['535 user a.b+c rejected\r\n', ['a.b+c@x.example'], '535 user [address] rejected '],
    ['552 żółw is away', ['żółw@inbox.example'], '552 [address] is away'],
  ])('%s', (text, names, shown) => {
    expect(withoutNames(text, names)).toBe(shown)
  })
})

describe('a batch by SMTP', () => {
  const parcels = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, index) => ({
    index,
    name,
    from: index === 6 ? 'other@brand.example' : 'news@brand.example',
    messageId: `${name}@brand.example`,
  }))
  const deferred = { kind: 'deferred', reason: '450', hours: 30, othersTaken: true, seconds: 0 } as const

  it('tries new mails first, and skips mails that are not due', () => {
    const entries = new Map([
      ['a', deferred],
      ['b', { ...deferred, seconds: 40 }],
      ['c', { kind: 'accepted' } as const],
    ])
    const round = beginRun(parcels.slice(0, 5), entries)
    const tried = [nextOf(round), nextOf(round), nextOf(round), nextOf(round)]
    expect(tried.map((one) => one?.name)).toEqual(['d', 'e', 'a', undefined])
  })

  it('leaves a batch alone while another worker sends it', () => {
    const round = beginRun(parcels, new Map([['g', { kind: 'under_way', seconds: 3.2 } as const]]))
    expect(nextOf(round)).toBeUndefined()
    expect(outcomeOf(round, 10)).toEqual({ kind: 'under_way', retryAfterSeconds: 4 })
  })

  it('does not try the other mails of a sender that is refused, and goes on with another', () => {
    const round = beginRun(parcels, new Map())
    const [first] = parcels
    if (first === undefined) throw new Error('no parcels')
    nextOf(round)
    recordResult(round, first, { kind: 'sender_refused', status: 550, reason: '550' })
    expect(nextOf(round)?.name).toBe('g')
    const [, , , , , , last] = parcels
    if (last !== undefined) recordResult(round, last, { kind: 'accepted' })
    expect(outcomeOf(round, 10)).toMatchObject({
      kind: 'accepted',
      later: { indexes: [0, 1, 2, 3, 4, 5], retryAfterSeconds: 60 },
    })
  })

  it('gives up on one mail after a day, but not while the server accepts none', () => {
    const [parcel] = parcels
    if (parcel === undefined) throw new Error('no parcels')
    const fate = { kind: 'deferred', reason: '450 no' } as const
    const after = (entry: typeof deferred | { readonly [key: string]: unknown }) =>
      afterPatience(beginRun([parcel], new Map([['a', { ...deferred, ...entry }]])), parcel, fate).kind
    expect(after({})).toBe('refused')
    expect(after({ hours: 23 })).toBe('deferred')
    expect(after({ othersTaken: false })).toBe('deferred')
  })
})
