// shell · refusals for the sender's sake, by whatever channel, suppress nobody; a person's complaint does. RFC 3464, 5965
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { deliveryHealthOf } from '../../src/campaigns/delivery-health.ts'
import { referenceToken } from '../../src/platform/vault/tokens.ts'
import { at } from '../support/client.ts'
import { arf, autoReply, dsn, forwarded, outlookReport, plainMail, qmail } from '../support/reports.ts'
import { runScript } from '../support/script.ts'
import type { SmtpMail } from '../support/smtp.ts'
import { type SmtpCampaign, sendSmtpCampaign } from '../support/smtp-campaign.ts'

const anna = 'anna@inbox.example'
const bo = 'bo@inbox.example'

/** Each has the code of a mailbox that does not exist, from the reporting server or the refusing server. */
const against = [
  '550 5.7.1 your server is on our blocklist',
  '550 5.1.1 blocked using zen.spamhaus.org',
  '550 5.1.1 message rejected for spam',
  '550 poor reputation of 192.0.2.1',
  '550 5.7.26 DMARC policy of brand.example',
  '550 5.1.1 rate limit exceeded: too many messages',
  '550 5.1.1 relay access denied',
  '451 4.7.1 greylisted',
  '550 5.1.8 sender domain does not exist',
  '550 5.7.133 the group takes only mail of its own organisation',
  '550 Absender gesperrt, Empfänger unbekannt',
] as const

const standing = async ({ house, list }: SmtpCampaign, email: string) => {
  const found = await house.subscription(list, email)
  return { state: found?.state, suppressed: found?.suppressed, sendable: found?.sendable }
}
const free = { state: 'active', suppressed: false, sendable: true }

describe('a report that blames the sender', () => {
  let scene: SmtpCampaign
  beforeAll(async () => {
    scene = await sendSmtpCampaign('anna', 'bo')
  })
  afterAll(() => scene.close())

  it.each(against)(
    '"%s" leaves the reader on every list, as a report and in words alone',
    async (diagnosis) => {
      const mail = scene.mailTo(anna)
      const messageId = `report.${against.indexOf(diagnosis)}`
      expect(await scene.take(dsn(mail, { diagnosis, messageId }))).toBe('taken')
      expect(await scene.take(qmail(mail, { 'Message-ID': `<${messageId}@words>` }, diagnosis))).toBe('taken')
      expect(await standing(scene, anna)).toEqual(free)
      expect(await scene.suppressions()).toEqual([])
    },
  )

  it('does not count towards the failures that suppress an address; one of a full mailbox does', async () => {
    const mailsTo = async (email: string): Promise<readonly SmtpMail[]> => {
      for (let nth = 0; nth < 5; nth += 1) {
        scene.house.later({ days: 4 })
        await scene.house.launch(await scene.house.makeCampaign(scene.list, { subject: `No ${nth}` }))
        await scene.house.rest()
      }
      return scene.smtp.accepted.filter(({ to }) => to === email).slice(-5)
    }
    const report = (mail: SmtpMail, nth: number, diagnosis: string): Promise<string> =>
      scene.take(dsn(mail, { diagnosis, messageId: `${mail.to}.${nth}.${diagnosis}` }))
    const since = 4 * 86_400_000
    for (const [nth, mail] of (await mailsTo(bo)).entries())
      expect(await report(mail, nth, against[nth] ?? against[0])).toBe('taken')
    expect(await standing(scene, bo)).toEqual(free)
    const rows = await scene.house.owner<{ bounce: string }[]>`
      select distinct split_part(bounce, ' ', 1) as bounce from deliveries where bounce is not null`
    expect(rows.map(({ bounce }) => bounce)).toEqual(['sender'])
    for (const [nth, mail] of (await mailsTo(bo)).entries()) {
      const arrival = { recipients: [], at: new Date(scene.house.now().getTime() - (4 - nth) * since) }
      await scene.take(dsn(mail, { diagnosis: '552 5.2.2 over quota', messageId: `full.${nth}` }), arrival)
      expect((await standing(scene, bo)).sendable).toBe(nth < 4)
    }
    expect(await scene.suppressions()).toEqual(['all bounce'])
  })
})

describe('a server that refuses during the conversation', () => {
  let scene: SmtpCampaign
  afterEach(() => scene.close())
  const refuse = async (stage: 'rcpt' | 'text', code: number, text: string) => {
    scene = await sendSmtpCampaign('anna', 'bo')
    scene.smtp.judge((now, address) => (now === stage && address === anna ? { code, text } : null))
    await scene.house.launch(await scene.house.makeCampaign(scene.list, { subject: 'July' }))
    await scene.house.rest()
    return standing(scene, anna)
  }

  it.each([
    ['rcpt', '5.1.1 blocked using zen.spamhaus.org'],
    ['rcpt', '5.1.1 over quota'],
    ['text', '5.1.1 message rejected for spam'],
    ['rcpt', '5.1.1 user unknown, '.padEnd(700, 'and so on ')],
  ] as const)('at %s with "%s" takes nobody off the list', async (stage, text) => {
    expect(await refuse(stage, 550, text)).toEqual(free)
    expect(await scene.suppressions()).toEqual([])
  })

  it.each([
    ['5.7.1 blocked using zen.spamhaus.org', 1],
    ['5.1.1 user unknown', 0],
  ])(
    'with "%s" counts %i among the refusals that stop a campaign, as a report of it would',
    async (text, refused) => {
      await refuse('rcpt', 550, text)
      const [july] = await scene.house.owner<{ number: number }[]>`
      select max(number)::int as number from campaigns`
      expect(await deliveryHealthOf(scene.house.deps.db, july?.number ?? 0)).toMatchObject({ refused })
    },
  )

  it.each([
    ['rcpt', 'no such user here'],
    ['rcpt', '5.1.1 user unknown'],
    ['text', '5.1.1 mailbox does not exist'],
  ] as const)('at %s with "%s" has nobody there', async (stage, text) => {
    expect(await refuse(stage, 550, text)).toMatchObject({ suppressed: true, sendable: false })
    expect(await scene.suppressions()).toEqual(['all bounce'])
  })
})

describe('one person whose mail is refused each time', () => {
  let scene: SmtpCampaign
  afterEach(() => scene.close())
  /** Five campaigns, four days apart; `answer` reports or refuses each mail to Anna. */
  const refusedFiveTimes = async (answer: {
    readonly refusal?: { readonly code: number; readonly text: string }
    readonly diagnosis?: string
    readonly exceptNth?: number
  }) => {
    scene = await sendSmtpCampaign('anna', 'bo', 'cleo')
    const sendable: (boolean | undefined)[] = []
    for (let nth = 0; nth < 5; nth += 1) {
      scene.house.later({ days: 4 })
      const isRefused = nth !== answer.exceptNth
      const { refusal, diagnosis } = answer
      scene.smtp.judge((stage, address) =>
        isRefused && refusal !== undefined && stage === 'rcpt' && address === anna ? refusal : null,
      )
      const campaign = await scene.house.makeCampaign(scene.list, { subject: `No ${nth}` })
      await scene.house.launch(campaign)
      await scene.house.rest()
      const mail = scene.smtp.accepted.findLast(({ to }) => to === anna)
      if (isRefused && diagnosis !== undefined && mail !== undefined)
        await scene.take(dsn(mail, { diagnosis, messageId: `nth.${nth}` }))
      const { body } = await scene.house.api('GET', `/campaigns/${campaign.id}`)
      expect(at(body, 'state')).toBe('sent')
      sendable.push((await standing(scene, anna)).sendable)
    }
    return sendable
  }
  const four = [true, true, true, true]

  it.each([
    ['552 5.2.2 mailbox full', 552, '5.2.2 mailbox full'],
    ['550 5.7.1 this user does not take mail from you', 550, '5.7.1 this user does not take mail from you'],
  ])('wears out alike, by a report and at RCPT, with "%s"', async (diagnosis, code, text) => {
    expect(await refusedFiveTimes({ diagnosis })).toEqual([...four, false])
    await scene.close()
    expect(await refusedFiveTimes({ refusal: { code, text } })).toEqual([...four, false])
    expect(await scene.suppressions()).toEqual(['all bounce'])
    expect((await standing(scene, bo)).sendable).toBe(true)
  })

  it.each([
    [550, '5.7.1 blocked using zen.spamhaus.org'],
    [553, '5.1.8 sender domain does not exist'],
    [552, '5.2.3 message larger than this server takes'],
  ])('does not for the sender’s sake, at RCPT with "%i %s" as in a report', async (code, text) => {
    expect(await refusedFiveTimes({ refusal: { code, text } })).toEqual([...four, true])
    await scene.close()
    expect(await refusedFiveTimes({ diagnosis: `${code} ${text}` })).toEqual([...four, true])
    expect(await scene.suppressions()).toEqual([])
  })

  it('starts anew where a mail went through: nothing was heard of it for longer than servers try', async () => {
    const full = { code: 552, text: '5.2.2 mailbox full' }
    expect(await refusedFiveTimes({ refusal: full, exceptNth: 2 })).toEqual([...four, true])
  })
})

describe('a person who reports a mail as unwanted', () => {
  let scene: SmtpCampaign
  afterEach(() => scene.close())
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] as const
  const left = { state: 'withdrawn', suppressed: true, sendable: false }
  const without = (raw: string, ...lines: readonly RegExp[]): string =>
    lines.reduce((rest, line) => rest.replace(line, ''), raw)

  /** Each in a different wrapper. */
  const reports = (mailOf: (name: string) => SmtpMail): Readonly<Record<(typeof names)[number], string>> => ({
    a: arf(mailOf('a')).replace('Version: 1', 'Version: 0.1'),
    b: arf(mailOf('b'), 'opt-out'),
    c: without(arf(mailOf('c')), /User-Agent: .*\r\n/, /Version: .*\r\n/),
    d: outlookReport(mailOf('d'), { 'X-HmXmrOriginalRecipient': 'd@inbox.example' }),
    e: arf(mailOf('e')).replace('message/rfc822', 'text/rfc822-headers'),
    f: forwarded(arf(mailOf('f'))),
    // The returned part still holds only the leave link.
    g: arf(mailOf('g'), 'abuse', {
      returned: `Subject: June\r\n\r\n${/https?:\S+\/u\/[\w-]{44}/.exec(mailOf('g').raw)?.[0]}`,
    }),
    h: arf(mailOf('h'), 'abuse', { returned: `Return-Path: <${mailOf('h').envelopeFrom.toLowerCase()}>` }),
    i: arf(mailOf('i'), 'abuse', { returned: `CFBL-Feedback-ID: ${mailOf('i').parameters['ENVID']}` }),
  })

  it('is off the list, whatever the wrapper, by the pipe and by the mailbox alike; repeated, nothing more', async () => {
    scene = await sendSmtpCampaign(...names)
    const made = reports((name) => scene.mailTo(`${name}@inbox.example`))
    for (const [nth, name] of names.entries()) {
      if (nth % 2 === 0) expect([name, await scene.take(made[name])]).toEqual([name, 'taken'])
      else scene.imap.deliver(made[name])
    }
    await scene.readMailbox()
    for (const name of names)
      expect([name, await standing(scene, `${name}@inbox.example`)]).toEqual([name, left])
    const before = await scene.house.owner`select count(*) as count from consent_events`
    for (const name of names) expect(await scene.take(made[name])).toBe('repeated')
    expect(await scene.house.owner`select count(*) as count from consent_events`).toEqual(before)
    expect(await scene.totals()).toMatchObject({ complained: names.length })
  })

  it('by a link that names no campaign is off its list too', async () => {
    scene = await sendSmtpCampaign('anna')
    const token = referenceToken(scene.house.deps.vault, 'pref', {
      subscription: scene.seeded[0]?.subscription ?? 0,
      campaign: 0,
    })
    const returned = `Subject: June\r\n\r\nhttps://lists.brand.example/p/${token}`
    expect(await scene.take(arf(scene.mailTo(anna), 'abuse', { returned }))).toBe('taken')
    expect(await standing(scene, anna)).toEqual(left)
  })

  it('is the mail’s recipient: without a name that we signed, or with a forged one, nobody is', async () => {
    scene = await sendSmtpCampaign('anna')
    const mail = scene.mailTo(anna)
    const forgedIn = (text: string): string =>
      text
        .replace(/=\r\n/g, '')
        .replace(/[\w-]{44}/g, (name) => `${name.startsWith('B') ? 'C' : 'B'}${name.slice(1)}`)
    const none = { ...mail, envelopeFrom: 'x@y.example', parameters: {}, raw: 'Subject: June\r\n\r\nHello' }
    const forged = { ...none, raw: forgedIn(mail.raw) }
    for (const one of [none, forged])
      for (const raw of [arf(one), arf(one, 'opt-out'), outlookReport(one, { From: 'staff@hotmail.com' })])
        expect(await scene.take(raw)).toBe('foreign')
    expect(await standing(scene, anna)).toEqual(free)
    expect(scene.house.logged.join('')).toContain('inbound.foreign_report')
  })

  it('is nobody who replies, is away, or forwards a mail, though all of it is quoted', async () => {
    scene = await sendSmtpCampaign('anna')
    const mail = scene.mailTo(anna)
    const quoted = mail.raw.replaceAll('\r\n', '\r\n> ')
    for (const raw of [
      plainMail(
        { From: anna, To: mail.envelopeFrom, Subject: 'Re: June' },
        `This is spam. Unsubscribe!\r\n\r\n> ${quoted}`,
      ),
      autoReply(mail, { 'Return-Path': '<>' }),
      outlookReport(mail, { From: anna, Subject: 'Fwd: June' }),
    ])
      expect(await scene.take(raw)).toBe('answer')
    expect(await standing(scene, anna)).toEqual(free)
  })
})

describe('npm run assent -- inbound --dry-run', () => {
  let scene: SmtpCampaign
  let folder = ''
  beforeAll(async () => {
    scene = await sendSmtpCampaign('anna')
    folder = await mkdtemp(path.join(tmpdir(), 'assent-dry-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
    await scene.close()
  })
  const dryRun = (args: readonly string[], variables: Readonly<Record<string, string>> = {}, input = '') =>
    runScript(
      'assent',
      ['inbound', '--dry-run', ...args],
      { DATA_DIR: path.join(folder, 'none'), ...variables },
      60,
      input,
    )
  const file = async (name: string, raw: string): Promise<string> => {
    const written = path.join(folder, name)
    await writeFile(written, raw)
    return written
  }

  it('says of each file what it would be taken for, without a database; of names what can be known', async () => {
    const mail = scene.mailTo(anna)
    const files = [
      await file('1', dsn(mail, { diagnosis: '550 5.7.1 blocked for spam' })),
      await file('2', arf(mail)),
      await file('3', dsn(mail, { action: 'delayed', status: '4.4.1' })),
      await file('4', autoReply(mail)),
      await file('5', plainMail({ From: anna, To: 'news@brand.example', Subject: 'June' }, 'Hello')),
      await file('6', qmail({ ...mail, envelopeFrom: 'bounces@brand.example' })),
    ]
    const expected = [
      { kind: 'bounce', verdict: 'sender', status: '5.7.1', signed_name: null },
      { kind: 'complaint', verdict: 'none', status: null, signed_name: null },
      { kind: 'delayed', verdict: 'none', status: '4.4.1', signed_name: null },
      { kind: 'answer', verdict: 'none', status: null, signed_name: null },
      { kind: 'other', verdict: 'none', status: null, signed_name: false },
      { kind: 'bounce', verdict: 'hard', status: '5.1.1', signed_name: false },
    ]
    const ended = await dryRun([...files, '--json'])
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(ended.stdout)).toEqual(expected.map((one, nth) => ({ file: files[nth], ...one })))
    const table = await dryRun([files[0] ?? ''])
    expect(table.stdout.split('\n')[1]).toMatch(/^bounce +sender +5\.7\.1 +not checked +\//)
  })

  it('checks names with the keys of the deployment where its database is at hand, and writes nothing there', async () => {
    const mail = scene.mailTo(anna)
    const forged = {
      ...mail,
      envelopeFrom: `bounces+${'a'.repeat(44)}@brand.example`,
      parameters: {},
      raw: 'A: b\r\n\r\n',
    }
    const files = [await file('ours', dsn(mail)), await file('forged', dsn(forged))]
    const before = await scene.house.owner`select count(*) as count from hook_events`
    const ended = await dryRun([...files, '--json'], {
      DATABASE_URL: scene.house.database.appUrl,
      SECRET: Buffer.alloc(32, 7).toString('base64'),
    })
    expect(at(JSON.parse(ended.stdout), 0, 'signed_name')).toBe(true)
    expect(at(JSON.parse(ended.stdout), 1, 'signed_name')).toBe(false)
    expect(await scene.house.owner`select count(*) as count from hook_events`).toEqual(before)
    expect(await standing(scene, anna)).toEqual(free)
  })

  it('names a file that it cannot read, and reads standard input where none is named', async () => {
    expect(await dryRun([path.join(folder, 'nothing')])).toMatchObject({
      code: 1,
      stderr: `${path.join(folder, 'nothing')} cannot be read (ENOENT).\n`,
    })
    expect((await dryRun([folder])).stderr).toBe(`${folder} is a folder; pass the files in it.\n`)
    const piped = await dryRun(['--json'], {}, dsn(scene.mailTo(anna)))
    expect(JSON.parse(piped.stdout)).toMatchObject([{ file: '-', kind: 'bounce', verdict: 'hard' }])
  })
})
