// adapter · the MIME text of a mail by SMTP: as valid as nodemailer's, and what it says is what was rendered. RFC 5322, 2045, 2047
import fc from 'fast-check'
import { type ParsedMail, simpleParser } from 'mailparser'
import MailComposer from 'nodemailer/lib/mail-composer'
import { describe, expect, it } from 'vitest'
import { renderForm } from '../../src/campaigns/render/form.ts'
import { compileCampaign, renderMail } from '../../src/campaigns/render.ts'
import { smtpForm } from '../../src/mail/smtp/form.ts'
import { composed, outgoingMailsOf } from '../../src/mail/smtp/message.ts'
import type { SpacedMail, SpacedText, WireMail } from '../../src/platform/deps.ts'
import { campaign, type Mail, person, writing } from '../support/rendered-mail.ts'

const at = new Date('2026-06-01T09:00:00Z')

/** The octets that go to the server, before the end of the text. */
function sent(wire: WireMail): Buffer {
  const [parcel] = outgoingMailsOf([wire], 'key')
  if (parcel === undefined) throw new Error('no mail')
  const { text, encoding, envelope } = composed(parcel, { at, returnPath: null })
  const raw = Buffer.from(text.join(''), encoding)
  expect(raw).toHaveLength(envelope.size)
  return raw
}

const read = (raw: Buffer): Promise<ParsedMail> =>
  simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true })

/** nodemailer keeps a lone CR, which no mail may hold; ours is a line end. RFC 5321 section 2.3.8 */
const lines = (text: string): string => text.replace(/\r\n?/g, '\n').replace(/\n$/, '')

/** What a reader sees, by the same parser for both. */
const seen = ({ subject, from, to, replyTo, text, html, headers }: ParsedMail) => ({
  subject: subject ?? '',
  from: from?.value,
  to: [to ?? []].flat().flatMap(({ value }) => value),
  replyTo: replyTo?.value,
  text: lines(text ?? ''),
  html: lines(html || ''),
  list: headers.get('list'),
  feedback: headers.get('feedback-id'),
})

/** The same mail by nodemailer's own composer. */
const byNodemailer = async (mail: Mail): Promise<Buffer> =>
  new MailComposer({
    from: mail.from,
    to: { name: '', address: mail.to[0] ?? '' },
    ...(mail.reply_to === undefined ? {} : { replyTo: mail.reply_to }),
    subject: mail.subject,
    headers: mail.headers,
    html: mail.html,
    text: mail.text,
    date: at,
    newline: '\r\n',
  })
    .compile()
    .build()

/** The lines of a mail, where they are valid: CRLF only, short enough, no dot that SMTP would eat. RFC 5321, 5322 */
function linesOf(raw: Buffer): readonly string[] {
  const text = raw.toString('latin1')
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  expect(text.endsWith('\r\n')).toBe(true)
  const lines = text.split('\r\n')
  expect(lines.filter((line) => line.length > 998)).toEqual([])
  expect(lines.filter((line) => line.startsWith('.'))).toEqual([])
  const body = lines.slice(lines.indexOf('') + 1)
  expect(body.filter((line) => line.length > 76)).toEqual([])
  expect(body.filter((line) => /[ \t]$/.test(line))).toEqual([])
  return lines
}

const isAscii = (raw: Buffer): boolean => raw.every((octet) => octet < 0x80)

const mailWith = (more: Partial<Mail>): Mail => ({
  from: '"Zielony Żółw" <news@brand.example>',
  to: ['anna@inbox.example'],
  reply_to: 'hello@brand.example',
  subject: 'June',
  html: '<p>June</p>',
  text: 'June',
  headers: { 'Feedback-ID': 'c1:garden:news:assent' },
  tags: [{ name: 'assent', value: 'tag' }],
  ...more,
})

const values: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a space', ' '],
  ['Polish', 'Zażółć gęślą jaźń'],
  ['Russian', 'Вера Никитична Соколова'],
  ['an emoji of several parts', '👩🏽‍🌾'],
  ['a dot', '.'],
  ['lines that begin with dots', '.\n..\n.hidden\n\n.'],
  ['a line end at the end', 'Anna\n'],
  ['several kinds of line end', 'a\r\nb\rc\nd'],
  ['spaces and tabs at the ends of lines', 'a \nb\t\n c  '],
  ['equals signs', 'a=b==c=3D=\n='],
  ['a long word', 'x'.repeat(400)],
  ['a long word of wide letters', 'ж'.repeat(400)],
  ['a long run of dots', '.'.repeat(400)],
  ['dots where lines are broken', `${'x'.repeat(75)}.${'y'.repeat(74)}.z`],
  ['the boundary', '--=_assent--'],
  ['a From line', 'From here\nFrom there'],
  ['markup', '<b>&amp;"\'</b>'],
]

const placed = (value: string): string => `Dear ${value}, welcome ${value}${value}.\nYours, ${value}`

describe('a mail in SMTP form', () => {
  it.each(values)('says what nodemailer’s says, with %s in its text', async (_, value) => {
    const mail = mailWith({ text: placed(value), html: `<p title="${value}">${placed(value)}</p>` })
    const raw = sent(JSON.stringify(mail))
    linesOf(raw)
    expect(isAscii(raw)).toBe(true)
    expect(seen(await read(raw))).toEqual(seen(await read(await byNodemailer(mail))))
  })

  it.each([
    ['short', 'June in the garden'],
    ['in Polish', 'Czerwiec w ogrodzie: żółte róże'],
    ['in Russian, long', 'Июнь в саду: '.repeat(12)],
    ['long', 'June in the garden '.repeat(12).trim()],
    ['one long word', 'x'.repeat(200)],
    ['with quotes and a colon', 'He said: "June" (again)'],
    ['with an emoji', '👩🏽‍🌾 in June'],
  ])('has a subject as nodemailer would write it: %s', async (_, subject) => {
    const mail = mailWith({ subject })
    const raw = sent(JSON.stringify(mail))
    linesOf(raw)
    expect(isAscii(raw)).toBe(true)
    const said = seen(await read(raw))
    expect(said.subject).toBe(subject)
    expect(said).toEqual(seen(await read(await byNodemailer(mail))))
  })

  it.each([
    'anna@inbox.example',
    "o'neil+news@inbox.example",
    '"two words"@inbox.example',
    'anna@żółw.example',
    'ANNA@Inbox.Example',
  ])('is addressed as nodemailer would: %s', async (address) => {
    const mail = mailWith({ to: [address] })
    const raw = sent(JSON.stringify(mail))
    linesOf(raw)
    expect(seen(await read(raw)).to).toEqual(seen(await read(await byNodemailer(mail))).to)
  })

  it('keeps a text in any alphabet below three times its size', () => {
    const text = 'Вера Никитична, в июне тесно на грядках. '.repeat(500)
    const raw = sent(JSON.stringify(mailWith({ text, html: `<p>${text}</p>` })))
    expect(raw.length).toBeLessThan(3 * 2 * Buffer.byteLength(text) * 0.6)
    linesOf(raw)
  })

  it('says the same of any text at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          subject: fc.stringMatching(/^[ -~żółÜ–]{1,120}$/).filter((one) => !one.includes('=?')),
          text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 }),
          html: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 }),
        }),
        async (parts) => {
          const mail = mailWith(parts)
          const raw = sent(JSON.stringify(mail))
          linesOf(raw)
          expect(seen(await read(raw))).toEqual(seen(await read(await byNodemailer(mail))))
        },
      ),
      { numRuns: 150 },
    )
  })
})

/** A mail whose text is the same for all but for the values between. */
function spaced(texts: readonly string[]): SpacedMail {
  const state = { first: 0 }
  const some = (...parts: string[]): SpacedText => {
    const { first } = state
    state.first += parts.length - 1
    return { texts: parts, first }
  }
  return {
    from: some('"Brand" <news@brand.example>'),
    to: some('', ''),
    subject: some('For ', ' in June'),
    html: some(...texts),
    text: some(...texts),
    headers: { 'List-Unsubscribe': some('<https://lists.brand.example/u/', '>') },
    tag: some('', ''),
  }
}

describe('a mail filled in for one person', () => {
  const text = fc.stringMatching(/^[ -~\n=.żЖ]{0,160}$/)
  const value = fc.oneof(
    fc.constantFrom(...values.map(([, one]) => one)),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
  )

  it('is the mail that the whole text would make, whatever the values are and wherever they stand', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 2, maxLength: 6 }),
        fc.array(value, { minLength: 10, maxLength: 10 }),
        async (texts, some) => {
          const holes = texts.length - 1
          const inText = some.slice(0, holes)
          const name = (some[9] ?? '')
            .replace(/\p{Cc}+/gu, ' ')
            .replaceAll('=?', '')
            .trim()
          const wire = smtpForm(spaced(texts))([
            'anna@inbox.example',
            name,
            ...inText,
            ...inText,
            'token',
            'tag-of-anna',
          ])
          const whole = texts.map((one, nth) => one + (inText[nth] ?? '')).join('')
          const raw = sent(wire)
          linesOf(raw)
          expect(isAscii(raw)).toBe(true)
          const said = seen(await read(raw))
          const wanted = await byNodemailer({
            ...mailWith({ text: whole.toWellFormed() || '\n', html: whole.toWellFormed() || '\n' }),
            from: '"Brand" <news@brand.example>',
            subject: `For ${name} in June`,
            headers: { 'List-Unsubscribe': '<https://lists.brand.example/u/token>' },
          })
          const { text: wantedText, html: wantedHtml, subject, list } = seen(await read(wanted))
          expect({ text: said.text, html: said.html, subject: said.subject, list: said.list }).toEqual({
            text: wantedText,
            html: wantedHtml,
            subject,
            list,
          })
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('a campaign by SMTP', () => {
  const body = [
    '# June',
    'Dear {{ subscriber.first_name | default: "reader" }},',
    '{% if subscriber.vip %}[your page](https://brand.example/{{ subscriber.city }}){% else %}Nothing, this time.{% endif %}',
    '.hidden behind a dot, and a line that is rather long because {{ subscriber.first_name }} has much to read in June',
    'Yours, {{ list.name }} = {{ subscriber.points }}',
  ].join('\n\n')
  const text = writing(body, {
    subject: 'June, {{ subscriber.first_name }}',
    preheader: '{{ subscriber.city }}',
  })
  const from = { name: 'Zielony Żółw', email: 'news@brand.example' }
  const compile = () => compileCampaign(campaign(text, { from, replyTo: 'hello@brand.example' }))
  const compiled = compile()

  it.each(values.map(([, value]) => value))(
    'is to each person the mail that is rendered as JSON, with the value %j in it',
    async (value) => {
      for (const locale of ['en', 'pl', 'ru'] as const) {
        const to = person(
          { first_name: value, city: value, vip: value.length % 2 === 0, points: 7 },
          { locale },
        )
        const mail: Mail = JSON.parse(renderMail(compiled, to))
        const raw = sent(renderForm(compiled, to, smtpForm))
        linesOf(raw)
        expect(isAscii(raw)).toBe(true)
        const said = seen(await read(raw))
        expect(said).toEqual(seen(await read(await byNodemailer(mail))))
        expect(said.subject.trim()).toBe(mail.subject.trim())
      }
    },
  )

  it('is encoded once: a second person costs no more than their own values', () => {
    const encoded = { times: 0 }
    const form: typeof smtpForm = (mail) => {
      encoded.times += 1
      return smtpForm(mail)
    }
    const fresh = compile()
    for (const name of ['Anna', 'Bo', 'Cleo']) renderForm(fresh, person({ first_name: name }), form)
    // Once for each language of the campaign.
    expect(encoded.times).toBe(3)
  })
})
