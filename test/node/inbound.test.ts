// shell · inbound mail: from an SMTP campaign through pipe and mailbox to person, figures and log. RFC 3464, RFC 5965
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { inviteOperator } from '../../src/auth/operators/operators.ts'
import { linkForOperator } from '../../src/auth/sign-in/links.ts'
import { examine, type Finding } from '../../src/cli/doctor.ts'
import { inboundFindings } from '../../src/cli/inbound.ts'
import { MailboxUnread } from '../../src/mail/inbound/imap.ts'
import { readMailboxPage, startInbound, takeMail } from '../../src/node/inbound.ts'
import { tagToken, verpToken } from '../../src/platform/vault/tokens.ts'
import { at, eventually } from '../support/client.ts'
import { fromConsole } from '../support/console.ts'
import { startImap } from '../support/imap.ts'
import { wordsOf } from '../support/page.ts'
import { arf, autoReply, dsn, plainMail, qmail } from '../support/reports.ts'
import { type Ended, runScript } from '../support/script.ts'
import { recipientsOf } from '../support/sender.ts'
import { parsed } from '../support/smtp.ts'
import { mailboxAt, type SmtpCampaign, sendSmtpCampaign } from '../support/smtp-campaign.ts'
import type { TestApp } from '../support/test-app.ts'

const anna = 'anna@inbox.example'
const bo = 'bo@inbox.example'
const cleo = 'cleo@inbox.example'
const dan = 'dan@inbox.example'
const eva = 'eva@inbox.example'

describe('a campaign by SMTP of which some comes back', () => {
  let scene: SmtpCampaign
  let maildir = ''
  /** Runs the command as a mail server does. */
  const pipe = (args: readonly string[], input: string): Promise<Ended> =>
    runScript('assent', ['inbound', ...args], environmentOf(scene.house), 60, input)

  beforeAll(async () => {
    scene = await sendSmtpCampaign('anna', 'bo', 'cleo', 'dan', 'eva')
    maildir = await mkdtemp(path.join(tmpdir(), 'assent-maildir-'))
    for (const folder of ['new', 'cur', 'tmp']) await mkdir(path.join(maildir, folder))
  })
  afterAll(async () => {
    await rm(maildir, { recursive: true, force: true })
    await scene.close()
  })

  it('leaves each mail under an address of its own, and asks for failures and delays (RFC 3461)', async () => {
    const paths = scene.smtp.accepted.map(({ envelopeFrom }) => envelopeFrom)
    expect(new Set(paths).size).toBe(5)
    for (const address of paths) expect(address).toMatch(/^Bounces\+[a-z2-7]{44}@brand\.example$/)
    const { parameters } = scene.mailTo(anna)
    expect(parameters).toMatchObject({ NOTIFY: 'FAILURE,DELAY', RET: 'HDRS' })
    const mail = await parsed(scene.mailTo(anna))
    expect(mail.from?.value[0]?.address).toBe('news@brand.example')
    // Mailbox providers may report to this address (RFC 9477).
    expect(mail.headers.get('cfbl-address')).toBe(`${scene.mailTo(anna).envelopeFrom}; report=arf`)
    expect(mail.headers.get('cfbl-feedback-id')).toBe(parameters['ENVID'])
  })

  it('by the pipe: a mailbox that does not exist is suppressed at once', async () => {
    const report = dsn(scene.mailTo(anna))
    expect(await pipe(['--json'], report)).toMatchObject({ code: 0, stdout: '{"taken":1}\n', stderr: '' })
    // An unsure mail server tries again, writes the address in lower case, and returns the whole mail.
    const whole = `${report}${'All of it. '.repeat(300_000)}`
    const again = await pipe(['--recipient', scene.mailTo(anna).envelopeFrom.toLowerCase()], whole)
    expect(again).toMatchObject({ code: 0, stdout: '1 already known.\n' })
    expect(await scene.suppressions()).toEqual(['all bounce'])
    expect((await scene.house.subscription(scene.list, anna))?.sendable).toBe(false)
  })

  it('from a Maildir: one that is full is counted, and the file is moved', async () => {
    await writeFile(path.join(maildir, 'new', '1.full'), dsn(scene.mailTo(bo), { status: '5.2.2' }))
    await writeFile(path.join(maildir, 'new', '2.away'), autoReply(scene.mailTo(dan)))
    const ended = await pipe(['--maildir', maildir, '--json'], '')
    expect(ended).toMatchObject({ code: 0, stdout: '{"taken":1,"answer":1}\n', stderr: '' })
    expect(await readdir(path.join(maildir, 'new'))).toEqual([])
    expect((await readdir(path.join(maildir, 'cur'))).toSorted()).toEqual(['1.full:2,S', '2.away:2,S'])
    expect((await scene.house.subscription(scene.list, bo))?.sendable).toBe(true)
    const nowhere = await pipe(['--maildir', path.join(maildir, 'nowhere')], '')
    expect(nowhere).toMatchObject({
      code: 75,
      stderr: '--maildir must be a Maildir that can be read (ENOENT).\n',
    })
  })

  it('from the mailbox: a complaint ends the consent, a delay changes nothing', async () => {
    scene.imap.deliver(arf(scene.mailTo(cleo)))
    scene.imap.deliver(dsn(scene.mailTo(dan), { action: 'delayed', status: '4.4.1' }))
    scene.imap.deliver(plainMail({ From: eva, To: 'bounces@brand.example', Subject: 'Re: June' }, 'Lovely!'))
    // Also in the mailbox, though the pipe took it already.
    scene.imap.deliver(`Received: by elsewhere\r\n${dsn(scene.mailTo(anna))}`)
    expect(await scene.readMailbox()).toBe(false)
    expect(scene.house.logged.join('')).toContain('"taken":2,"answer":1,"repeated":1')
    const report = ['\\Seen', '$AssentReport']
    expect(scene.imap.flags()).toEqual([report, report, ['\\Seen'], report])
    expect(await scene.house.subscription(scene.list, cleo)).toMatchObject({
      state: 'withdrawn',
      sendable: false,
    })
  })

  it('and all of it stands in the figures, and in what is said of each person', async () => {
    expect(await scene.totals()).toMatchObject({ recipients: 5, sent: 5, bounced: 2, complained: 1 })
    const outcomes = await recipientsOf(scene.house, scene.campaign)
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['sent', 'sent', 'sent', 'sent', 'sent'])
    expect(await scene.explain(anna)).toMatchObject({ got: false, bounce: 'hard 5.1.1' })
    expect(await scene.explain(bo)).toMatchObject({ got: false, bounce: 'soft 5.2.2' })
    expect(await scene.explain(cleo)).toMatchObject({
      got: true,
      since: [{ type: 'consent.withdrawn' }],
    })
    expect(await scene.suppressions()).toEqual(['all bounce', expect.stringMatching(/^list:.* complaint$/)])
    const next = await scene.house.makeCampaign(scene.list, { subject: 'July' })
    await scene.house.launch(next)
    await scene.house.rest()
    const july = scene.smtp.accepted.filter(({ raw }) => raw.includes('Subject: July'))
    expect(july.map(({ to }) => to).toSorted()).toEqual([bo, dan, eva])
  })

  it('and on the screen, where deliveries are "not known", since mail servers report failures only', async () => {
    const { house, campaign } = scene
    const eva = { sendTo: 'eva@brand.example', canonical: 'eva@brand.example' }
    await inviteOperator(
      house.deps,
      { kind: 'system' },
      { name: 'Eva', address: eva, role: 'owner', lists: null, locale: 'en' },
    )
    const link = new URL((await linkForOperator(house.deps, eva.canonical)) ?? '')
    const entered = await house.request(link.pathname, { method: 'POST', headers: fromConsole(house) })
    const cookie = /assent_session=[^;]+/.exec(entered.headers.get('set-cookie') ?? '')?.[0] ?? ''
    const page = await house.request(`/console/campaigns/${campaign.id}`, { headers: { cookie } })
    const words = wordsOf(await page.text()).replace(/\s+/g, ' ')
    expect(words).toContain('Bounced 2 of 5 sent')
    expect(words).toContain('Complained 1 of 5 sent')
    expect(words).toContain('Delivered unknown: mail servers report failures only')
  })

  it('and nobody is named in the log (I6)', () => {
    const log = scene.house.logged.join('')
    expect(log).toContain('inbound.read')
    expect(log).not.toMatch(/@|testpass|Bounces\+|[a-z2-7]{44}/)
  })
})

const environmentOf = (house: TestApp): Readonly<Record<string, string>> => ({
  DATABASE_URL: house.database.appUrl,
  MIGRATE_DATABASE_URL: house.database.ownerUrl,
  SECRET: Buffer.alloc(32, 7).toString('base64'),
  PUBLIC_URL: 'http://127.0.0.1:8787',
})

/** Applies to new connections; existing connections must reconnect. */
async function readOnly({ owner, app }: TestApp, setting: 'on' | 'off'): Promise<void> {
  const [row] = await owner<{ name: string }[]>`select current_database() as name`
  await owner.begin('read write', (tx) =>
    tx.unsafe(`alter database ${row?.name} set default_transaction_read_only = ${setting}`),
  )
  await app`
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where usename = current_user and datname = current_database() and pid <> pg_backend_pid()`
}

describe('mail to the return path', () => {
  let scene: SmtpCampaign
  beforeAll(async () => {
    scene = await sendSmtpCampaign('anna', 'bo')
  })
  afterAll(() => scene.close())

  const state = async () => ({
    totals: await scene.totals(),
    people: await scene.house.owner`
      select id, state, seq, sendable from subscriptions order by id`,
    heard: await scene.house.owner`select id from hook_events`,
    suppressions: await scene.suppressions(),
  })

  it('changes nothing without a name that we signed', async () => {
    const before = await state()
    const mail = scene.mailTo(anna)
    const stranger = { ...mail, parameters: { ENVID: 'A'.repeat(44) }, raw: 'Subject: x\r\n\r\n' }
    const forged = mail.envelopeFrom.replace(/\+(.)/, (_, first) => `+${first === 'a' ? 'b' : 'a'}`)
    for (const raw of [
      dsn({ ...stranger, envelopeFrom: forged }),
      dsn({ ...stranger, envelopeFrom: 'bounces@brand.example' }),
      arf({ ...stranger, envelopeFrom: forged }),
      qmail({ ...stranger, envelopeFrom: forged }),
      arf({
        ...stranger,
        envelopeFrom: 'x@y.example',
        raw: `List-Unsubscribe: <https://lists.brand.example/u/${'B'.repeat(44)}>\r\n\r\n`,
      }),
    ])
      expect(await scene.take(raw)).toBe('foreign')
    for (const raw of [autoReply(mail), plainMail({ From: anna, To: mail.envelopeFrom }, 'Hello'), ''])
      expect(await scene.take(raw)).toBe('answer')
    expect(await scene.take(`To: ${'x'.repeat(100_000)}\r\n\r\n`)).toBe('unreadable')
    for (const type of ['not-spam', 'auth-failure', 'virus', 'other'])
      expect(await scene.take(arf(mail, type))).toBe('nothing')
    expect(await state()).toEqual(before)
  })

  it('about a campaign that the person was not sent changes nothing either', async () => {
    const before = await state()
    const other = tagToken(scene.house.deps.vault, {
      kind: 'campaign',
      subscription: scene.seeded[0]?.subscription ?? 0,
      campaign: 4711,
    })
    const name = verpToken(scene.house.deps.vault, other)
    const report = dsn({
      ...scene.mailTo(anna),
      envelopeFrom: `bounces+${name}@brand.example`,
      parameters: {},
    })
    expect(await scene.take(report)).toBe('foreign')
    expect({ ...(await state()), heard: [] }).toEqual({ ...before, heard: [] })
  })

  it('that says in words alone, five times over fourteen days, that delivery failed suppresses the address', async () => {
    const campaigns = [scene.campaign]
    for (let nth = 0; nth < 4; nth += 1) {
      scene.house.later({ days: 4 })
      const next = await scene.house.makeCampaign(scene.list, { subject: `No ${nth}` })
      await scene.house.launch(next)
      await scene.house.rest()
      campaigns.push(next)
    }
    const mails = scene.smtp.accepted.filter(({ to }) => to === bo)
    expect(mails).toHaveLength(5)
    for (const [nth, mail] of mails.entries()) {
      const moment = new Date(scene.house.now().getTime() - (4 - nth) * 4 * 86_400_000)
      const taken = await takeMail(scene.house.deps, Buffer.from(qmail(mail, {}, 'It did not work out.')), {
        recipients: [],
        at: moment,
      })
      expect(taken).toBe('taken')
      expect((await scene.house.subscription(scene.list, bo))?.sendable).toBe(nth < 4)
    }
    expect(await scene.suppressions()).toEqual(['all bounce'])
  })

  it('that reports refusals of the sender for a policy pauses the campaign, and suppresses nobody', async () => {
    const next = await scene.house.makeCampaign(scene.list, { subject: 'August' })
    await scene.house.launch(next)
    await scene.house.rest()
    const mail = scene.smtp.accepted.at(-1)
    if (mail === undefined) throw new Error('nothing was sent')
    expect(await scene.take(dsn(mail, { status: '5.7.1' }))).toBe('taken')
    expect(scene.house.logged.join('')).toContain('sender.refused')
    expect((await scene.house.subscription(scene.list, anna))?.sendable).toBe(true)
  })
})

describe('a confirmation that comes back', () => {
  let scene: SmtpCampaign
  afterEach(() => scene.close())

  it('suppresses its address', async () => {
    scene = await sendSmtpCampaign('anna')
    await scene.house.signUp(scene.list, dan)
    await scene.house.rest()
    const mail = scene.mailTo(dan)
    expect(mail.envelopeFrom).toMatch(/^Bounces\+/)
    expect(mail.raw).not.toMatch(/^(?:CFBL|List)-/im)
    expect(await scene.take(dsn(mail))).toBe('taken')
    const [row] = await scene.house.owner`
      select bounce from service_mails where kind = 'confirmation'`
    expect(row).toEqual({ bounce: 'hard 5.1.1' })
    expect(await scene.suppressions()).toEqual(['all bounce'])
  })
})

describe('a mail that may have been handed over, since the answer was lost', () => {
  let scene: SmtpCampaign
  afterEach(() => scene.close())

  it('counts as handed over once it comes back', async () => {
    scene = await sendSmtpCampaign('anna', 'bo')
    scene.smtp.judge((stage, address) => (stage === 'text' && address === bo ? 'accept_and_cut' : null))
    const july = await scene.house.makeCampaign(scene.list, { subject: 'July' })
    await scene.house.launch(july)
    await scene.house.rest()
    const totals = async () => at((await scene.house.api('GET', `/campaigns/${july.id}`)).body, 'totals')
    expect(await totals()).toMatchObject({ sent: 1, unknown: 1, bounced: 0 })
    const mail = scene.smtp.accepted.filter(({ to }) => to === bo).at(-1)
    if (mail === undefined) throw new Error('it was not accepted')
    expect(await scene.take(dsn(mail, { status: '5.2.2' }))).toBe('taken')
    expect(await totals()).toMatchObject({ sent: 2, unknown: 0, bounced: 1 })
  })
})

describe('the mailbox', () => {
  let scene: SmtpCampaign
  beforeAll(async () => {
    scene = await sendSmtpCampaign('anna', 'bo', 'cleo')
  })
  afterAll(() => scene.close())

  it('of more than a page is read page by page', async () => {
    for (let nth = 0; nth < 52; nth += 1)
      scene.imap.deliver(plainMail({ From: eva, To: 'bounces@brand.example' }, `${nth}`))
    scene.imap.deliver(dsn(scene.mailTo(anna)))
    expect(await scene.readMailbox()).toBe(true)
    expect(scene.imap.flags().filter((flags) => flags.length > 0)).toHaveLength(50)
    expect(await scene.readMailbox()).toBe(false)
    expect(await scene.totals()).toMatchObject({ bounced: 1 })
  })

  it('is left alone by a copy of the deployment', async () => {
    scene.imap.deliver(plainMail({ From: eva, To: 'bounces@brand.example' }, 'not for the copy'))
    await scene.house.owner`insert into deployment (name, value) values ('held', 'copied')`
    expect(await scene.readMailbox()).toBe(false)
    expect(scene.imap.flags().at(-1)).toEqual([])
    await scene.house.owner`delete from deployment where name = 'held'`
    await scene.readMailbox()
    expect(scene.imap.flags().at(-1)).toEqual(['\\Seen'])
  })

  it('keeps reports for thirty days, and never deletes what is no report of ours', async () => {
    const count = scene.imap.flags().length
    const long = new Date(scene.house.now().getTime() - 40 * 86_400_000)
    scene.imap.deliver(dsn(scene.mailTo(bo)), long)
    scene.imap.deliver(plainMail({ From: eva, To: 'bounces@brand.example' }, 'old'), long)
    await scene.readMailbox()
    expect(scene.imap.flags()).toHaveLength(count + 1)
    expect(scene.imap.flags().at(-1)).toEqual(['\\Seen'])
  })

  it('is left as it was while the database takes nothing, and read when it does', async () => {
    scene.imap.deliver(arf(scene.mailTo(cleo)))
    await readOnly(scene.house, 'on')
    await expect(scene.readMailbox()).rejects.toThrow()
    expect(scene.imap.flags().at(-1)).toEqual([])
    await readOnly(scene.house, 'off')
    await eventually(() =>
      scene.readMailbox().then(
        () => true,
        () => null,
      ),
    )
    expect(scene.imap.flags().at(-1)).toEqual(['\\Seen', '$AssentReport'])
    expect(await eventually(async () => (await scene.totals()) ?? null)).toMatchObject({ complained: 1 })
  })

  it('is not opened with a self-signed certificate, by TLS from the start or by STARTTLS', async () => {
    for (const options of [{ secureConnection: true }, { plugins: ['STARTTLS'] }]) {
      const host = await startImap(options)
      const url = 'secureConnection' in options ? host.url.replace('imap:', 'imaps:') : host.url
      const failed = await readMailboxPage(scene.house.deps, mailboxAt(url)).catch((error: unknown) => error)
      await host.close()
      expect(failed).toMatchObject({ message: expect.stringContaining('a certificate that is not trusted') })
    }
  })

  it.each([
    [
      'a password that is wrong',
      (url: string) => url.replace('testpass', 'wrong'),
      'sign_in',
      'refused the sign-in',
    ],
    [
      'a mailbox that is not there',
      (url: string) => url.replace('INBOX', 'Nowhere'),
      'refused',
      'no such mailbox',
    ],
    ['a server that is not there', () => 'imap://u:p@127.0.0.1:1', 'ECONNREFUSED', 'does not answer'],
  ])('with %s is told of, and names nobody', async (_, other, code, sentence) => {
    const mailbox = mailboxAt(other(scene.imap.url))
    const failed = await readMailboxPage(scene.house.deps, mailbox).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(MailboxUnread)
    expect(failed).toMatchObject({ code, message: expect.stringContaining(sentence) })
    const [finding] = await inboundFindings({ ...scene.house.deps.config, inbound: mailbox })
    expect(finding).toMatchObject({ holds: false, sentence: expect.stringContaining(sentence) })
    const from = scene.house.logged.length
    const loop = startInbound(scene.house.deps, mailbox)
    await eventually(async () =>
      scene.house.logged.slice(from).join('').includes('inbound.unread') ? true : null,
    )
    await loop.stop()
    expect(scene.house.logged.slice(from).join('')).not.toMatch(/wrong|@|testuser/)
  })

  it('and the address it belongs to are said to hold by the doctor', async () => {
    const { config } = scene.house.deps
    const said = async (known: typeof config): Promise<readonly Finding[]> =>
      (await examine(scene.house.deps, { config: known, urls: { appRole: null } })).filter(({ sentence }) =>
        sentence.startsWith('Bounces'),
      )
    const [set] = await said(config)
    expect(set).toEqual({
      holds: true,
      sentence:
        'Bounces go to SMTP_RETURN_PATH, with a separate return path per email, and are read from the mailbox of INBOUND_URL.',
    })
    const [piped] = await said({ ...config, inbound: null })
    expect(piped).toMatchObject({
      holds: true,
      sentence: expect.stringContaining('npm run assent -- inbound'),
    })
    const [unset] = await said({ ...config, smtpReturnPath: null })
    expect(unset).toMatchObject({ holds: false, sentence: expect.stringContaining('are not processed') })
    expect(await inboundFindings(scene.house.deps.config)).toEqual([
      { holds: true, sentence: 'The mailbox of INBOUND_URL can be opened.' },
    ])
    expect(await inboundFindings({ ...scene.house.deps.config, inbound: null })).toEqual([])
  })

  it('is read by the loop, which stops in the middle of it when told to', async () => {
    const loop = startInbound(scene.house.deps, scene.mailbox)
    scene.imap.deliver(plainMail({ From: eva, To: 'bounces@brand.example' }, 'x'))
    await eventually(async () => (scene.imap.flags().at(-1)?.includes('\\Seen') ? true : null))
    await loop.stop()
    scene.imap.holdFlagChanges(true)
    scene.imap.deliver(plainMail({ From: eva, To: 'bounces@brand.example' }, 'y'))
    const another = startInbound(scene.house.deps, scene.mailbox)
    await eventually(async () => (scene.imap.heldFlagChanges() > 0 ? true : null))
    await another.stop()
    scene.imap.holdFlagChanges(false)
    expect(scene.imap.flags().at(-1)).toEqual([])
  })
})

describe('the pipe', () => {
  it('asks the mail server to try again while the database is away, or anything is wrong here', async () => {
    const away = await runScript(
      'assent',
      ['inbound'],
      { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/none', SECRET: Buffer.alloc(32).toString('base64') },
      60,
      'Subject: x\r\n\r\nx',
    )
    expect(away.code).toBe(75)
    expect(away.stderr).toContain('does not answer')
    const wrong = await runScript('assent', ['inbound', '--unheard-of'], {}, 60, 'x')
    expect(wrong.code).toBe(75)
  })
})
