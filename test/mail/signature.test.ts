// shell · what the mail server signs of our mail, and who is told when one-click unsubscribe is left out. RFC 6376, 8058, 9477
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBlocks } from '../../src/mail/inbound/report-fields.ts'
import { openDkimLine, signingInWords, signingOf } from '../../src/mail/inbound/signature.ts'
import { signatureSeen } from '../../src/preflight/dns/returned-mail.ts'
import { dsn, forwarded } from '../support/reports.ts'
import { runScript } from '../support/script.ts'
import { type SmtpCampaign, sendSmtpCampaign } from '../support/smtp-campaign.ts'

const mail = [
  'From: "Brand" <news@brand.example>',
  'List-Unsubscribe: <https://lists.brand.example/u/x>',
  'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
]
const complaints = ['CFBL-Address: b@brand.example; report=arf', 'CFBL-Feedback-ID: x']

const signature = (h: string, domain = 'brand.example'): string =>
  `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=${domain}; s=mail;\r\n\tt=1780000000; bh=abc=;\r\n\th=${h};\r\n\tb=AbC/+=\r\n\t dEf=`

const signing = (...lines: readonly string[]) =>
  signingOf(readBlocks(lines.join('\r\n'))[0] ?? new Map<string, readonly string[]>())

/** As OpenDKIM signs unless it is told otherwise. */
const openDkim = 'From:To:Date:Subject:List-Id:List-Help:List-Unsubscribe:List-Subscribe:From'
const whole = 'from:to:list-unsubscribe:List-Unsubscribe-Post'

describe('the signature of a mail', () => {
  it.each([
    ['covers one-click unsubscribe', [signature(whole)], 'whole'],
    [
      'is folded between the names of headers',
      [signature('From:To:List-Unsubscribe:\r\n\t List-Unsubscribe-Post')],
      'whole',
    ],
    ['is for the domain above that of the sender', [signature(whole, 'example')], 'whole'],
    ['is for a domain below', [signature(whole, 'mail.Brand.example')], 'whole'],
    ['is one of several, and the better of them covers it', [signature('From'), signature(whole)], 'whole'],
    ['is missing', [], 'none'],
    ['is the relay’s alone', [signature(whole, 'relay.example')], 'foreign'],
    ['only looks like the domain', [signature(whole, 'and.example')], 'foreign'],
    ['is the default of OpenDKIM', [signature(openDkim)], 'partial'],
    [
      'is the relay’s in full, and the sender’s in part',
      [signature(whole, 'relay.example'), signature('From')],
      'partial',
    ],
    [
      'names a header that only begins alike',
      [signature('From:List-Unsubscribe:List-Unsubscribe-Posted')],
      'partial',
    ],
  ])('%s', (_, signatures, kind) => {
    expect(signing(...signatures, ...mail).kind).toBe(kind)
  })

  it('is told which headers it leaves out', () => {
    expect(signing(signature(openDkim), ...mail, ...complaints)).toEqual({
      kind: 'partial',
      from: 'brand.example',
      missing: ['List-Unsubscribe-Post', 'CFBL-Address', 'CFBL-Feedback-ID'],
    })
    expect(signing(signature('From'), ...mail)).toMatchObject({
      missing: ['List-Unsubscribe', 'List-Unsubscribe-Post'],
    })
  })

  it('does not matter on mail that cannot be left by one click: a confirmation, a letter', () => {
    expect(signing('From: news@brand.example')).toEqual({ kind: 'not_ours' })
    expect(signing('List-Unsubscribe-Post: List-Unsubscribe=One-Click')).toEqual({ kind: 'not_ours' })
  })

  it('is mended by a line that covers all it leaves out', () => {
    const found = signing(signature(openDkim), ...mail, ...complaints)
    if (found.kind !== 'partial') throw new Error('not partial')
    expect(signingInWords(found).mend).toContain(openDkimLine)
    for (const name of found.missing) expect(openDkimLine).toContain(`+${name.toLowerCase()}`)
  })
})

describe('a mail server that leaves one-click unsubscribe unsigned', () => {
  let scene: SmtpCampaign
  let folder = ''
  beforeAll(async () => {
    scene = await sendSmtpCampaign('anna', 'bo')
    folder = await mkdtemp(path.join(tmpdir(), 'assent-signed-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
    await scene.close()
  })

  const headers = (): string => {
    const { raw } = scene.mailTo('anna@inbox.example')
    return raw.slice(0, raw.indexOf('\r\n\r\n'))
  }
  let nth = 0
  const comesBack = (signatures: string): Promise<string> => {
    nth += 1
    return scene.take(
      dsn(scene.mailTo('anna@inbox.example'), {
        action: 'delayed',
        status: '4.4.1',
        messageId: `back.${nth}`,
        returned: `${signatures}\r\n${headers()}`.trim(),
      }),
    )
  }
  const seen = () => signatureSeen(scene.house.deps.db, 'news@brand.example')
  const all = `${whole}:cfbl-address:cfbl-feedback-id`

  it('is unknown until a mail comes back', async () => {
    expect(await seen()).toBeNull()
  })

  it('is a warning before sending once one came back, with the line that mends it', async () => {
    expect(await comesBack(signature(`${openDkim}:cfbl-address:cfbl-feedback-id`))).toBe('taken')
    expect(await seen()).toMatchObject({
      key: 'dkim',
      verdict: 'warn',
      words: expect.stringContaining('does not cover List-Unsubscribe-Post,'),
      mend: expect.stringContaining(openDkimLine),
    })
  })

  it('says nothing about another sender', async () => {
    expect(await signatureSeen(scene.house.deps.db, 'news@other.example')).toBeNull()
  })

  it('passes as soon as a mail comes back with a better signature', async () => {
    await comesBack(signature(all))
    expect(await seen()).toMatchObject({ verdict: 'ok', mend: null })
    await comesBack('')
    expect(await seen()).toMatchObject({
      verdict: 'warn',
      words: expect.stringContaining('no DKIM signature'),
    })
  })

  it('learns nothing from a report that names no mail of ours', async () => {
    await comesBack(signature(all))
    const forged = {
      ...scene.mailTo('anna@inbox.example'),
      envelopeFrom: 'bounces@brand.example',
      parameters: {},
    }
    expect(await scene.take(dsn(forged, { messageId: 'forged', returned: mail.join('\r\n') }))).toBe(
      'foreign',
    )
    expect(await seen()).toMatchObject({ verdict: 'ok' })
  })

  it.each([
    [
      'signed in full',
      () => `${signature(all)}\r\n${headers()}\r\n\r\nHello`,
      0,
      /^ok .* is signed for brand\.example/,
    ],
    [
      'the default of OpenDKIM',
      () => `${signature(openDkim)}\r\n${headers()}\r\n\r\nHello`,
      1,
      /List-Unsubscribe-Post.*SignHeaders/,
    ],
    ['a forward that holds it', () => forwarded(`${headers()}\r\n\r\nHello`), 1, /has no DKIM signature/],
    ['a confirmation', () => 'From: news@brand.example\r\n\r\nHello', 1, /no email to a list/],
  ])('is found by doctor --mail in a saved test, without a database: %s', async (name, raw, code, says) => {
    const file = path.join(folder, `${name}.eml`)
    await writeFile(file, raw())
    const variables = { DATA_DIR: path.join(folder, 'none') }
    const ended = await runScript('assent', ['doctor', '--mail', file], variables, 60)
    expect(ended).toMatchObject({ code, stderr: '' })
    expect(ended.stdout).toMatch(says)
  })
})
