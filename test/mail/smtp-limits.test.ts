// adapter · mail servers that allow few connections at once, or small mails: nobody waits longer or is lost for it. RFC 5321, 1870
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from '../support/client.ts'
import { closeScenes, ids, mailsTo, onceEach, people, scene, times, wire } from '../support/smtp-scene.ts'

afterEach(closeScenes)

const tooMany = { code: 421, text: '4.7.0 too many connections' }

describe('a server that allows fewer connections than the mailer would open (421, RFC 5321 section 3.8)', () => {
  it.each([1, 2, 4])('of %i at once takes the whole batch in one call, over those', async (most) => {
    const { host, mailer } = await scene({ smtp: { timeoutSeconds: 20 } })
    host.allow(most)
    const readers = people(60)
    const outcome = await mailer.send(mailsTo(readers), 'key')
    expect(outcome).toMatchObject({ kind: 'accepted', rejected: [] })
    expect(outcome).not.toHaveProperty('later')
    expect(times(host)).toEqual(onceEach(readers))
    expect(host.refused()).toBeLessThanOrEqual(5)
  })

  it('is not asked for more at each mail, and the number is told, to be shown', async () => {
    const told: number[] = []
    const { host, mailer, logged } = await scene({
      smtp: { timeoutSeconds: 20, narrowed: (lines) => void told.push(lines) },
    })
    host.allow(2)
    await mailer.send(mailsTo(people(40)), 'key')
    const refused = host.refused()
    await mailer.send(mailsTo(people(40)), 'another key')
    expect(host.refused()).toBe(refused)
    expect(told.at(-1)).toBe(2)
    expect(logged.join('\n')).toMatch(/smtp\.fewer_connections \{"lines":2,.*"status":421\}/)
  })

  it('takes four batches at once, as a process sends them, and more than one connection carries', async () => {
    const { host, mailer } = await scene({ smtp: { timeoutSeconds: 20 } })
    host.allow(1)
    const readers = people(240)
    const batches = [0, 60, 120, 180].map((from) =>
      mailer.send(mailsTo(readers.slice(from, from + 60)), `key ${from}`),
    )
    for (const outcome of await Promise.all(batches)) expect(outcome).not.toHaveProperty('later')
    expect(times(host)).toEqual(onceEach(readers))
  })

  it('because another process has them all: this one waits and pauses nobody; the mails follow once there is room', async () => {
    const { host, mailer, another } = await scene({ smtp: { timeoutSeconds: 3 } })
    host.allow(1)
    await mailer.send(mailsTo(people(1)), 'key')
    const second = another()
    expect(await second.send(mailsTo(people(3)), 'other key')).toMatchObject({
      kind: 'accepted',
      rejected: [],
      later: { indexes: [0, 1, 2], retryAfterSeconds: 0 },
    })
    await mailer.close?.()
    await eventually(async () =>
      ids(await second.send(mailsTo(people(3)), 'other key')).includes(null) ? null : true,
    )
    expect(host.accepted).toHaveLength(4)
  })

  it.each(['mail', 'rcpt'] as const)(
    'and says so at %s only: the others go on over the connections left',
    async (stage) => {
      const { host, mailer } = await scene({ smtp: { timeoutSeconds: 20 } })
      const state = { refusals: 3 }
      host.judge((now) => (now === stage && state.refusals-- > 0 ? tooMany : null))
      const readers = people(30)
      const outcome = await mailer.send(mailsTo(readers), 'key')
      expect(outcome).toMatchObject({ kind: 'accepted', rejected: [] })
      expect(outcome).not.toHaveProperty('later')
      expect(times(host)).toEqual(onceEach(readers))
    },
  )

  it('or ends each connection after some mails: the next begins on another', async () => {
    const { host, mailer } = await scene({ smtp: { timeoutSeconds: 20 } })
    const state = { mails: 0 }
    host.judge((now) => {
      if (now === 'mail') state.mails += 1
      return now === 'mail' && state.mails % 7 === 0 ? tooMany : null
    })
    const readers = people(40)
    const outcome = await mailer.send(mailsTo(readers), 'key')
    expect(outcome).not.toHaveProperty('later')
    expect(times(host)).toEqual(onceEach(readers))
  })

  it('for one recipient alone (421 at each RCPT) puts that mail off, and sends the others', async () => {
    const { host, mailer } = await scene({ smtp: { timeoutSeconds: 20 } })
    host.judge((now, address) => (now === 'rcpt' && address.startsWith('reader003') ? tooMany : null))
    const outcome = await mailer.send(mailsTo(people(20)), 'key')
    expect(outcome).toMatchObject({ kind: 'accepted', rejected: [], later: { indexes: [3] } })
    expect(host.accepted).toHaveLength(19)
  })

  it('of none ends the round, with that reason and a time', async () => {
    const { host, mailer } = await scene()
    host.allow(0)
    expect(await mailer.send(mailsTo(people(20)), 'key')).toEqual({
      kind: 'busy',
      retryAfterSeconds: 30,
      reason: 'server_busy',
    })
    expect(host.refused()).toBeLessThanOrEqual(5)
  })

  it('of none for good (554 in the greeting, RFC 5321 section 3.1) is a matter for the operator', async () => {
    const { host, mailer } = await scene()
    host.judge((now) => (now === 'connect' ? { code: 554, text: '5.7.1 no service for 127.0.0.1' } : null))
    expect(await mailer.send(mailsTo(people(3)), 'key')).toEqual({
      kind: 'refused',
      status: 554,
      reason: expect.stringMatching(/^the SMTP server of SMTP_URL takes no connection from here: 554 /),
    })
  })
})

describe('a server whose SIZE is below the mail (RFC 1870)', () => {
  const advice =
    'Raise its limit (Postfix: message_size_limit), then resume; or cancel, and send a shorter one'
  const long = (to: string) => wire(to, { text: 'word '.repeat(2000) })

  it.each([1, 6, 30])(
    'by its EHLO: of a batch of %i nobody is refused, and the text or the server is to blame',
    async (count) => {
      const { host, mailer } = await scene({ size: 600 })
      const outcome = await mailer.send(mailsTo(people(count)), 'key')
      expect(outcome).toEqual({
        kind: 'refused',
        status: 0,
        reason: `the email is larger than the mail server takes by its SIZE. ${advice}`,
      })
      expect(host.accepted).toEqual([])
    },
  )

  it.each([
    ['mail', 552, 'message size exceeds fixed maximum message size'],
    ['mail', 552, '5.3.4 Message size exceeds fixed limit'],
    ['mail', 552, '5.2.3 too long'],
    ['rcpt', 552, '5.3.4 message too big for system'],
    ['text', 552, '5.3.4 Error: message file too big'],
    ['text', 552, 'message exceeds fixed maximum message size'],
    ['text', 554, '5.3.4 too large'],
  ] as const)(
    'at %s by %i "%s": the same, and once it is mended everybody gets it',
    async (stage, code, text) => {
      const { host, mailer, expire } = await scene()
      host.judge((now) => (now === stage ? { code, text } : null))
      expect(await mailer.send(mailsTo(people(3)), 'key')).toEqual({
        kind: 'refused',
        status: code,
        reason: `the email is larger than the mail server takes: ${code} ${text}. ${advice}`,
      })
      host.judge(() => null)
      await expire()
      expect(await mailer.send(mailsTo(people(3)), 'key')).not.toHaveProperty('later')
      expect(times(host)).toEqual(onceEach(people(3)))
    },
  )

  it.each([
    ['rcpt', 552, '5.2.2 mailbox full'],
    ['rcpt', 552, 'mailbox full'],
    ['text', 552, '5.2.2 over quota'],
    ['text', 552, 'user is over quota'],
    ['rcpt', 552, '5.2.3 message larger than this recipient takes'],
  ] as const)(
    'is not a mailbox that is full, or closed to its size: at %s %i "%s" is that person’s',
    async (stage, code, text) => {
      const { host, mailer } = await scene()
      host.judge((now, address) => (now === stage && address.startsWith('reader001') ? { code, text } : null))
      expect(await mailer.send(mailsTo(people(3)), 'key')).toMatchObject({
        kind: 'accepted',
        rejected: [{ index: 1, reason: `${code} ${text}` }],
      })
    },
  )

  it('for half of the people: they wait, and the others are not asked again', async () => {
    const { host, mailer } = await scene({ size: 6000 })
    const readers = people(8)
    const mails = readers.map((to, at) => (at % 2 === 0 ? long(to) : wire(to)))
    expect(await mailer.send(mails, 'key')).toMatchObject({ kind: 'refused', status: 0, begun: true })
    expect(times(host)).toEqual(onceEach(readers.filter((_, at) => at % 2 === 1)))
  })

  it('for one in thirty, whose own words make it long, is that person’s matter', async () => {
    const { host, mailer } = await scene({ size: 6000, smtp: { timeoutSeconds: 20 } })
    const mails = people(30).map((to, at) => (at === 4 ? long(to) : wire(to)))
    expect(await mailer.send(mails, 'key')).toMatchObject({
      kind: 'accepted',
      rejected: [{ index: 4, reason: 'larger than the server takes' }],
    })
    expect(host.accepted).toHaveLength(29)
  })
})

describe('a server that refuses every recipient for the sender’s sake', () => {
  const denied = { code: 554, text: '5.7.1 relay access denied' }

  it('refuses the campaign, not its readers: they wait, and get it once the server is mended', async () => {
    const { host, mailer, expire } = await scene({ smtp: { timeoutSeconds: 20 } })
    host.judge((now) => (now === 'rcpt' ? denied : null))
    expect(await mailer.send(mailsTo(people(40)), 'key')).toEqual({
      kind: 'refused',
      status: 554,
      reason: '554 5.7.1 relay access denied',
    })
    expect(host.seen.rcpt).toBeLessThan(15)
    host.judge(() => null)
    await expire()
    expect(await mailer.send(mailsTo(people(40)), 'key')).toMatchObject({ rejected: [] })
    expect(times(host)).toEqual(onceEach(people(40)))
  })

  it('while it takes others refuses those readers alone', async () => {
    const { host, mailer } = await scene({ smtp: { timeoutSeconds: 20 } })
    host.judge((now, address) => (now === 'rcpt' && /01[2-8]/.test(address) ? denied : null))
    const outcome = await mailer.send(mailsTo(people(20)), 'key')
    expect(outcome.kind === 'accepted' ? outcome.rejected.map(({ index }) => index) : outcome).toEqual([
      12, 13, 14, 15, 16, 17, 18,
    ])
  })
})
