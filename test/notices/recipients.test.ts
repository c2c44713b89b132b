// pure · who a notice names as recipients: what the list says, and what the deployment does. GDPR Art. 13(1)(e)-(f)
import { describe, expect, it } from 'vitest'
import { type Locale, locales } from '../../src/i18n/locale.ts'
import { type ProcessorAnswers, processorsOf } from '../../src/lists/processors.ts'
import { parseSettings } from '../../src/lists/settings.ts'
import { noticeBundle } from '../../src/notices/bundle.ts'
import { readConfig } from '../../src/platform/config.ts'

const site = { PUBLIC_URL: 'https://lists.brand.example' }
const resend = { ...site, MAIL: 'resend', RESEND_API_KEY: 're_x' }
const smtp = { ...site, MAIL: 'smtp', SMTP_URL: 'smtps://u:p@mail.provider.example' }
const ownServer = { MAIL: 'smtp', SMTP_URL: 'smtp://127.0.0.1:25' }
const mailbox = {}

const swede = { name: 'Glesys', country: 'SE', safeguard: null }
const american = { name: 'Cloud Inc.', country: 'US', safeguard: 'data_privacy_framework' } as const
const answers = (change: Partial<ProcessorAnswers>): ProcessorAnswers => ({
  hosting: 'own',
  mail_server: null,
  ...change,
})

function said(
  environment: Readonly<Record<string, string>>,
  answer: ProcessorAnswers | null,
  about: { locale?: Locale; recipients?: readonly object[]; jurisdiction?: string } = {},
): { recipients: string; transfers: string } {
  const { locale = 'en', recipients = [], jurisdiction = 'SE' } = about
  const read = readConfig(environment)
  if (!read.ok) throw new Error(read.problem)
  const list = parseSettings({
    slug: 'letter',
    name: 'Letter',
    locales: [...locales],
    sender: { name: 'Brand', email: 'news@brand.example' },
    controller: {
      name: 'Brand AB',
      address: 'Storgatan 1',
      contact_email: 'privacy@brand.example',
      jurisdiction,
    },
    recipients,
  })
  const { items } = noticeBundle({ ...list, id: 'x' }, locale, processorsOf(read.config, answer))
  const all = ({ text, points }: { text: readonly string[]; points: readonly string[] }): string =>
    [...text, ...points].join('\n')
  return { recipients: all(items.recipients), transfers: all(items.transfers) }
}

describe('the notice of a deployment', () => {
  it.each(locales)(
    'with MAIL=resend names Resend, its country and its safeguard by itself, in %s',
    (locale) => {
      const { recipients, transfers } = said(resend, answers({}), { locale })
      expect(recipients).toMatch(/^Resend \(.+\): .+\.$/m)
      expect(transfers).toMatch(/^Resend \(.+\)\. .+: .+\.$/m)
    },
  )

  it('that is hosted elsewhere names the host, and the safeguard where it is outside the area', () => {
    expect(said(mailbox, answers({ hosting: swede }))).toEqual({
      recipients:
        'These receive data, each for its task only:\nGlesys (Sweden): hosts this service and its data.',
      transfers: 'No recipient is outside the European Economic Area.',
    })
    expect(said(mailbox, answers({ hosting: american })).transfers).toContain(
      'Cloud Inc. (United States). Safeguard: the EU-US Data Privacy Framework (an adequacy decision).',
    )
  })

  it.each([
    ['the mailbox for trying out', mailbox, answers({})],
    ['a mail server on the same machine', ownServer, answers({})],
    ['a mail server of its own', smtp, answers({ mail_server: 'own' })],
  ])('says that nobody else receives data where all is its own: %s', (_, environment, answer) => {
    expect(said(environment, answer)).toEqual({
      recipients: 'Nobody outside Brand AB receives your data.',
      transfers: 'No recipient is outside the European Economic Area.',
    })
  })

  it.each([
    ['who hosts it', resend, null],
    ['who hosts it, with a mailbox', mailbox, null],
    ['who runs the mail server', smtp, answers({ hosting: swede })],
    ['anything', smtp, null],
  ])('claims nothing of what nobody said: %s', (_, environment, answer) => {
    for (const locale of locales) {
      const { recipients, transfers } = said(environment, answer, { locale })
      expect(recipients).toContain('privacy@brand.example')
      expect(transfers).toContain('privacy@brand.example')
    }
    const { recipients, transfers } = said(environment, answer)
    expect(`${recipients} ${transfers}`).not.toMatch(/Nobody|No recipient/)
  })

  it('names a remote mail server by its host where nobody said whose it is, without a country', () => {
    expect(said(smtp, answers({ hosting: swede })).recipients).toMatch(
      /^mail\.provider\.example: delivers the emails\.$/m,
    )
    expect(said(smtp, answers({ mail_server: swede })).recipients).toMatch(
      /^Glesys \(Sweden\): delivers the emails\.$/m,
    )
  })

  it('names a company once where the list names it itself', () => {
    const own = { name: 'Resend, Inc.', role: 'sends the letters', country: 'US', safeguard: 'a contract' }
    const { recipients, transfers } = said(resend, answers({}), { recipients: [own] })
    expect(recipients.match(/Resend/g)).toHaveLength(1)
    expect(transfers).toContain('Resend, Inc. (United States). Safeguard: a contract.')
    const similar = { ...own, name: 'Resendia' }
    expect(said(resend, answers({}), { recipients: [similar] }).recipients).toMatch(/^Resend \(/m)
  })
})
