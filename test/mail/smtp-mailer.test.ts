// adapter · the SMTP mailer against a real server: the result of each answer, or of none, for each mail. RFC 5321
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { nameOf, openRecord } from '../../src/mail/smtp/handovers.ts'
import { handoverWriter } from '../../src/mail/smtp/record.ts'
import { addressesOf, parsed } from '../support/smtp.ts'
import {
  closeScenes,
  ids,
  mailsTo,
  onceEach,
  only,
  people,
  plain,
  scene,
  times,
  wire,
} from '../support/smtp-scene.ts'

afterEach(closeScenes)

describe('a batch to a server that takes everything', () => {
  it('is handed over mail by mail, each once, over a few connections', async () => {
    const { host, mailer } = await scene({ smtp: { timeoutSeconds: 10 } })
    const readers = people(100)
    const outcome = await mailer.send(mailsTo(readers), 'key')
    expect(outcome).toMatchObject({ kind: 'accepted', rejected: [] })
    expect(ids(outcome).every((id) => id !== null)).toBe(true)
    expect(times(host)).toEqual(onceEach(readers))
    expect(host.seen.connect).toBeLessThanOrEqual(5)
  })

  it('is not handed over again by a repeat under the same key, and answers the same; nor by another process', async () => {
    const { host, mailer, another } = await scene()
    const readers = people(7)
    const first = await mailer.send(mailsTo(readers), 'key')
    expect(await mailer.send(mailsTo(readers), 'key')).toEqual(first)
    expect(await another().send(mailsTo(readers.slice(2)), 'key')).toMatchObject({
      ids: ids(first).slice(2),
    })
    expect(host.accepted).toHaveLength(7)
    await mailer.send(mailsTo(readers), 'another key')
    expect(host.accepted).toHaveLength(14)
  })

  it('carries its headers as they were made (RFC 8058, RFC 2919), and a Message-ID, a Date and a return path of its own', async () => {
    const { host, mailer } = await scene()
    await mailer.send([wire('anna@inbox.example', { reply_to: 'hello@brand.example' })], 'key')
    const mail = await parsed(host.accepted[0])
    expect(mail.subject).toBe('Czerwiec w ogrodzie: żółte róże')
    expect(mail.from?.text).toBe('"Zielony Żółw" <news@brand.example>')
    expect(addressesOf(mail.to)).toEqual(['anna@inbox.example'])
    expect(addressesOf(mail.replyTo)).toEqual(['hello@brand.example'])
    expect(mail.date).toEqual(new Date('2026-06-01T09:00:00Z'))
    expect(mail.messageId).toMatch(/^<tag-of-anna\.[0-9a-f]{8}@brand\.example>$/)
    expect(mail.text?.trim()).toBe('Zażółć gęślą jaźń')
    expect(mail.html).toContain('<p>Zażółć gęślą jaźń</p>')
    const lines = (host.accepted[0]?.raw ?? '').replace(/\r\n[ \t]+/g, ' ').split('\r\n')
    expect(lines).toContain(`List-Unsubscribe: <https://lists.brand.example/u/${'A'.repeat(44)}>`)
    expect(lines).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
    expect(lines).toContain('List-ID: Garden <1.lists.brand.example>')
    expect(lines).toContain('Feedback-ID: c1:garden:news:assent')
    expect(lines).toContain('Precedence: bulk')
    expect(lines.filter((line) => /^(?:bcc|x-mailer|tags?):/i.test(line))).toEqual([])
    expect(host.accepted[0]?.envelopeFrom).toBe('news@brand.example')
    expect([...host.greetedBy]).toEqual(['lists.brand.example'])
  })

  it.each([
    '=?UTF-8?B?SGVsbG8=?=',
    'Save =?utf-8?q?now?= today',
    '=?',
    `=?UTF-8?Q?${'long_'.repeat(60)}?= żółw`,
  ])('shows a subject that looks encoded as it was written (RFC 2047): %j', async (subject) => {
    const { host, mailer } = await scene()
    await mailer.send([wire('anna@inbox.example', { subject })], 'key')
    expect((await parsed(host.accepted[0])).subject).toBe(subject)
    const lines = (host.accepted[0]?.raw ?? '').split('\r\n')
    expect(lines.filter((line) => /^subject:/i.test(line))).toEqual([
      expect.stringMatching(/^Subject: =\?UTF-8\?B\?[A-Za-z0-9+/=]+\?=$/),
    ])
  })

  it('has its Message-ID on one line, however long', async () => {
    const { host, mailer } = await scene()
    const tags = [{ name: 'assent', value: 'T'.repeat(90) }]
    await mailer.send([wire('anna@inbox.example', { tags })], 'key')
    expect(host.accepted[0]?.raw).toMatch(/^Message-ID: <T{90}\.[0-9a-f]{8}@brand\.example>\r$/m)
  })

  it('asks for reports of failures only, without the text, under the name of the delivery (RFC 3461)', async () => {
    const { host, mailer } = await scene()
    await mailer.send([wire('anna@inbox.example')], 'key')
    expect(host.accepted[0]?.parameters).toMatchObject({
      NOTIFY: 'FAILURE',
      RET: 'HDRS',
      ENVID: 'tag-of-anna',
    })
  })

  it('goes out from the return path that is set', async () => {
    const { host, another } = await scene()
    await another({ returnPath: () => 'bounces@brand.example' }).send([wire('anna@inbox.example')], 'key')
    expect(host.accepted[0]?.envelopeFrom).toBe('bounces@brand.example')
    expect(host.accepted[0]?.parameters).toMatchObject({ NOTIFY: 'FAILURE,DELAY' })
  })
})

describe('a mail whose turn does not come in time', () => {
  it('is later, and the repeat sends it alone', async () => {
    const { host, another } = await scene()
    let turns = 2
    const mailer = another({ turn: async () => --turns >= 0 })
    const outcome = await mailer.send(mailsTo(people(4)), 'key')
    expect(outcome).toMatchObject({ kind: 'accepted', later: { indexes: [2, 3], retryAfterSeconds: 0 } })
    turns = 4
    expect(await mailer.send(mailsTo(people(4)), 'key')).not.toHaveProperty('later')
    expect(turns).toBe(2)
    expect(host.accepted).toHaveLength(4)
  })

  it('does not keep a mailer that is told to stop', async () => {
    const { another } = await scene()
    const mailer = another({ timeoutSeconds: 60, turn: () => new Promise(() => {}) })
    const sending = mailer.send(mailsTo(people(3)), 'key')
    await mailer.close?.()
    expect(await sending).toMatchObject({ later: { indexes: [0, 1, 2] } })
  })
})

describe('a recipient that the server refuses for good', () => {
  it.each(['rcpt', 'text'] as const)('is rejected by index, at %s, and the others arrive', async (stage) => {
    const { host, mailer } = await scene()
    host.judge(only(stage, 'reader001', { code: 550, text: 'reader001@inbox.example: no reader001 here' }))
    const readers = people(3)
    const outcome = await mailer.send(mailsTo(readers), 'key')
    expect(outcome).toMatchObject({ rejected: [{ index: 1, reason: '550 [address] no [address] here' }] })
    expect(ids(outcome).map((id) => id !== null)).toEqual([true, false, true])
    host.judge(() => null)
    expect(await mailer.send(mailsTo(readers), 'key')).toEqual(outcome)
    expect(times(host)).toEqual(onceEach(['reader000@inbox.example', 'reader002@inbox.example']))
  })

  it('whose mail every reader of the server refuses is not one recipient: the batch is refused, to be mended', async () => {
    const { host, mailer, expire } = await scene()
    host.judge((stage) => (stage === 'text' ? { code: 554, text: 'looks like spam' } : null))
    expect(await mailer.send(mailsTo(people(20)), 'key')).toEqual({
      kind: 'refused',
      status: 554,
      reason: '554 looks like spam',
    })
    expect(host.seen.text).toBeLessThan(15)
    host.judge(() => null)
    await expire()
    expect(await mailer.send(mailsTo(people(20)), 'key')).toMatchObject({ kind: 'accepted', rejected: [] })
    expect(times(host)).toEqual(onceEach(people(20)))
  })
})

describe('a mail that the server puts off', () => {
  it.each(['rcpt', 'text'] as const)('at %s is later, and the repeat sends it alone', async (stage) => {
    const { host, mailer, expire } = await scene()
    const readers = people(4)
    host.judge(only(stage, 'reader002', { code: 451, text: 'greylisted' }))
    const outcome = await mailer.send(mailsTo(readers), 'key')
    expect(outcome).toMatchObject({
      kind: 'accepted',
      rejected: [],
      later: { indexes: [2], retryAfterSeconds: 10 },
    })
    host.judge(() => null)
    expect(await mailer.send(mailsTo(readers), 'key')).toMatchObject({ later: { indexes: [2] } })
    expect(host.accepted).toHaveLength(3)
    await expire()
    const last = await mailer.send(mailsTo(readers), 'key')
    expect(last).not.toHaveProperty('later')
    expect(times(host)).toEqual(onceEach(readers))
  })

  it('for more than a day while others were taken is refused; while nobody was, it waits', async () => {
    const { host, mailer, age } = await scene()
    host.judge(only('rcpt', 'reader000', { code: 450, text: 'not now' }))
    const readers = people(2)
    await mailer.send(mailsTo(readers.slice(0, 1)), 'key')
    await age(30)
    expect(await mailer.send(mailsTo(readers.slice(0, 1)), 'key')).toMatchObject({ later: { indexes: [0] } })
    await mailer.send(mailsTo(readers), 'key')
    await age(30)
    expect(await mailer.send(mailsTo(readers), 'key')).toMatchObject({
      rejected: [{ index: 0, reason: 'not taken for 24 hours: 450 not now' }],
    })
  })

  it('does not keep the batch going when the server defers one after the other', async () => {
    const { host, mailer } = await scene()
    host.judge((stage) => (stage === 'rcpt' ? { code: 452, text: 'too many' } : null))
    const outcome = await mailer.send(mailsTo(people(60)), 'key')
    expect(outcome).toMatchObject({ kind: 'accepted', later: { retryAfterSeconds: 60 } })
    expect(host.seen.rcpt).toBeLessThan(15)
  })
})

describe('a connection that is cut', () => {
  it.each(['mail', 'rcpt'] as const)('at %s hands nothing over: the mail is later', async (stage) => {
    const { host, mailer, expire } = await scene()
    const state = { cut: true }
    host.judge((at, address) =>
      state.cut && at === stage && (stage === 'mail' || address.startsWith('reader001')) ? 'cut' : null,
    )
    const readers = people(3)
    const outcome = await mailer.send(mailsTo(readers), 'key')
    expect(outcome).toMatchObject({ kind: 'accepted', rejected: [] })
    expect(outcome).not.toHaveProperty('unknown')
    state.cut = false
    await expire()
    await mailer.send(mailsTo(readers), 'key')
    expect(times(host)).toEqual(onceEach(readers))
  })

  it.each([
    ['accept_and_cut', 1],
    ['cut', 0],
  ] as const)(
    'after the text (%s) makes it unknown, and nobody ever sends it again',
    async (verdict, arrived) => {
      const { host, mailer, another, expire } = await scene()
      host.judge(only('text', 'reader001', verdict))
      const readers = people(3)
      const outcome = await mailer.send(mailsTo(readers), 'key')
      expect(outcome).toMatchObject({ kind: 'accepted', rejected: [], unknown: [1] })
      host.judge(() => null)
      await expire()
      expect(await another().send(mailsTo(readers), 'key')).toEqual(outcome)
      expect(times(host)['reader001@inbox.example'] ?? 0).toBe(arrived)
    },
  )

  it('between two mails, by a server that has had enough, is made good by another', async () => {
    const { host, mailer } = await scene()
    await mailer.send(mailsTo(people(1)), 'key')
    const state = { cuts: 1 }
    host.judge((stage) => (stage === 'mail' && state.cuts-- > 0 ? 'cut' : null))
    expect(await mailer.send(mailsTo(people(1)), 'another key')).not.toHaveProperty('later')
    expect(host.accepted).toHaveLength(2)
  })

  it('by silence is the same: before the text later, after it unknown', async () => {
    const { host, mailer } = await scene()
    host.judge((stage, address) =>
      (stage === 'rcpt' && address.startsWith('reader000')) ||
      (stage === 'text' && address.startsWith('reader001'))
        ? { waitMs: 5000 }
        : null,
    )
    expect(await mailer.send(mailsTo(people(3)), 'key')).toMatchObject({
      later: { indexes: [0] },
      unknown: [1],
    })
  })
})

describe('a process that died during a handover', () => {
  it('leaves a mail that nobody else touches while it may still be on its way, and that is unknown after that', async () => {
    const { host, mailer, another, orphan } = await scene()
    const readers = people(2)
    host.judge(only('text', 'reader000', { waitMs: 600 }))
    const dying = mailer.send(mailsTo(readers), 'key')
    await sleep(200)
    const early = await another().send(mailsTo(readers), 'key')
    expect(early).toMatchObject({ kind: 'under_way' })
    expect(await dying).toMatchObject({ kind: 'accepted', rejected: [] })
    expect(times(host)).toEqual(onceEach(readers))
    await orphan()
    expect(await another().send(mailsTo(readers), 'key')).toMatchObject({ unknown: [0, 1] })
    expect(host.accepted).toHaveLength(2)
  })

  it('or was stopped for longer than its lease begins nothing when it wakes up', async () => {
    const { db } = await scene()
    const name = nameOf('key', 'tag')
    const record = handoverWriter(db)
    const { notAfter } = await openRecord(db, [name], -1)
    expect(await record.claim(name, { notAfter, seconds: 1 })).toBe('late')
    const opened = await openRecord(db, [name], 10)
    expect(opened.entries.size).toBe(0)
    expect(await record.claim(name, { notAfter: opened.notAfter, seconds: 1 })).toBe('given')
    expect(await record.claim(name, { notAfter: opened.notAfter, seconds: 1 })).toBe('taken')
  })

  it('and two that send the same batch at once hand everybody over once', async () => {
    const { host, mailer, another, expire } = await scene()
    const readers = people(40)
    await Promise.all([mailer, another(), another()].map((one) => one.send(mailsTo(readers), 'key')))
    await sleep(50)
    await expire()
    // Time for all remaining mails, however loaded the machine.
    await another({ timeoutSeconds: 20 }).send(mailsTo(readers), 'key')
    expect(times(host)).toEqual(onceEach(readers))
  })
})

describe('a server that takes nothing', () => {
  it('because nobody listens, or says 421, is tried again later', async () => {
    const { host, mailer, another } = await scene()
    host.judge((stage) => (stage === 'connect' ? { code: 421, text: 'later' } : null))
    expect(await mailer.send(mailsTo(people(3)), 'key')).toMatchObject({ kind: 'busy' })
    host.judge((stage) => (stage === 'mail' ? { code: 451, text: 'no disk' } : null))
    expect(await mailer.send(mailsTo(people(3)), 'key')).toMatchObject({ kind: 'busy' })
    const nobody = another({ server: { ...plain, port: 9 } })
    expect(await nobody.send(mailsTo(people(3)), 'key')).toMatchObject({ kind: 'busy' })
    host.judge(() => null)
    await mailer.send(mailsTo(people(3)), 'key')
    expect(times(host)).toEqual(onceEach(people(3)))
  })

  it('from this sender is a problem of the sender, not of the recipients', async () => {
    const { host, mailer } = await scene()
    host.judge((stage) => (stage === 'mail' ? { code: 553, text: 'news@brand.example is not yours' } : null))
    expect(await mailer.send(mailsTo(people(30)), 'key')).toEqual({
      kind: 'refused',
      status: 553,
      reason: '553 [address] is not yours',
    })
    expect(host.seen.mail).toBeLessThanOrEqual(5)
  })
})

describe('signing in', () => {
  const signIn = (password: string) => ({ server: { credentials: { user: 'news@brand.example', password } } })

  it('happens once a connection', async () => {
    const { host, mailer } = await scene({ authOptional: false, ...signIn('right') })
    await mailer.send(mailsTo(people(10)), 'key')
    expect(host.accepted).toHaveLength(10)
    expect(new Set(host.signedIn.map(([user]) => user))).toEqual(new Set(['news@brand.example']))
  })

  it('that is refused stops everything, and neither the log nor the reason says more than that', async () => {
    const { host, mailer, logged } = await scene({ authOptional: false, ...signIn('swordfish') })
    const outcome = await mailer.send(mailsTo(people(10)), 'key')
    expect(outcome).toEqual({
      kind: 'refused',
      status: 535,
      reason: 'the SMTP server refused the sign-in of SMTP_URL',
    })
    expect(logged).toContain('smtp.unreached {"code":"EAUTH","status":535}')
    expect(`${logged.join()}${JSON.stringify(outcome)}`).not.toMatch(/swordfish|news@|inbox/)
    expect(host.accepted).toEqual([])
  })
})

describe('encryption', () => {
  const selfMade = 'the SMTP server of SMTP_URL offers no encryption, or a certificate that is not trusted'

  it('with a self-signed certificate does not count: by STARTTLS', async () => {
    const { host, mailer } = await scene({ disabledCommands: [] })
    expect(await mailer.send(mailsTo(people(3)), 'key')).toEqual({
      kind: 'refused',
      status: 0,
      reason: selfMade,
    })
    expect(host.accepted).toEqual([])
  })

  it('and from the start', async () => {
    const { mailer } = await scene({ secure: true, server: { tls: 'from_start' } })
    expect(await mailer.send(mailsTo(people(3)), 'key')).toEqual({
      kind: 'refused',
      status: 0,
      reason: selfMade,
    })
  })

  it('is not done without where it is required, whatever the server offers', async () => {
    const { host, mailer } = await scene({ server: { tls: 'upgrade' } })
    expect(await mailer.send(mailsTo(people(3)), 'key')).toMatchObject({ kind: 'refused', reason: selfMade })
    expect(host.seen.mail).toBe(0)
  })

  it('is left out on this machine where that was asked for', async () => {
    const { host, mailer } = await scene({ disabledCommands: [], server: { tls: 'never' } })
    await mailer.send(mailsTo(people(3)), 'key')
    expect(host.accepted).toHaveLength(3)
  })
})

describe('an address with letters of its own', () => {
  it('is taken where the server offers SMTPUTF8, and the mailer says so after meeting it', async () => {
    const { host, mailer } = await scene()
    expect(mailer.can.smtpUtf8).toBe(false)
    await mailer.probe?.()
    expect(mailer.can.smtpUtf8).toBe(true)
    await mailer.send([wire('żółw@inbox.example')], 'key')
    expect(host.accepted.map(({ to }) => to)).toEqual(['żółw@inbox.example'])
    expect(host.accepted[0]?.parameters).toMatchObject({ SMTPUTF8: true })
  })

  it('is refused where it does not', async () => {
    const { host, mailer } = await scene({ hideSMTPUTF8: true })
    await mailer.probe?.()
    expect(mailer.can.smtpUtf8).toBe(false)
    expect(await mailer.send([wire('żółw@inbox.example'), ...mailsTo(people(1))], 'key')).toMatchObject({
      rejected: [{ index: 0, reason: 'the SMTP server offers no SMTPUTF8' }],
    })
    expect(host.accepted).toHaveLength(1)
  })
})

describe('a mailer that is told to stop', () => {
  it('finishes what is on its way, and says later of the rest', async () => {
    const { host, mailer, another } = await scene({ smtp: { timeoutSeconds: 5 } })
    host.judge((stage) => (stage === 'text' ? { waitMs: 200 } : null))
    const readers = people(40)
    const sending = mailer.send(mailsTo(readers), 'key')
    await sleep(300)
    await mailer.close?.()
    const outcome = await sending
    expect(outcome).toMatchObject({ kind: 'accepted', rejected: [], later: { retryAfterSeconds: 0 } })
    expect(ids(outcome).filter((id) => id !== null)).toHaveLength(host.accepted.length)
    host.judge(() => null)
    await another().send(mailsTo(readers), 'key')
    expect(times(host)).toEqual(onceEach(readers))
  })
})
