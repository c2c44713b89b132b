// shell · what SpamAssassin and rspamd think of our mails, where they are installed; the mails themselves give them no reason to doubt
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { composed, outgoingMailsOf } from '../../src/mail/smtp/message.ts'
import { serviceMailWire } from '../../src/outbox/service-wire.ts'
import { confirmationMail } from '../../src/signup/confirmation/mails.ts'
import { mailOf, writing } from '../support/rendered-mail.ts'

const at = new Date('2026-05-03T10:02:00Z')
const tag = 'A'.repeat(44)

const confirmation = (locale: 'en' | 'pl' | 'sv' | 'ru'): string =>
  serviceMailWire({
    text: confirmationMail({
      locale,
      zone: 'UTC',
      color: null,
      controller: {
        name: 'Brand AB',
        address: 'Gatan 1\n111 22 Stockholm',
        contact_email: 'privacy@brand.example',
        dpo_email: null,
        jurisdiction: 'SE',
        representative: null,
      },
      lists: [{ name: 'Letter', purposes: ['Letter'], noticeUrl: 'https://lists.brand.example/n/hash' }],
      requestedAt: at,
      expiresAt: at,
      confirmUrl: `https://lists.brand.example/c/${tag}`,
      code: null,
    }),
    from: { name: 'Brand', email: 'news@brand.example' },
    replyTo: null,
    to: 'anna@mail.example',
    tag,
  })

const campaign = (): string =>
  JSON.stringify(
    mailOf(
      writing('# June\n\nThe roses are out. [See them](https://brand.example/roses).', {
        subject: 'The garden in June',
        preheader: 'What is in flower',
      }),
    ),
  )

const mails: readonly (readonly [string, string])[] = [
  ['a confirmation in English', confirmation('en')],
  ['a confirmation in Polish', confirmation('pl')],
  ['a confirmation in Swedish', confirmation('sv')],
  ['a confirmation in Russian', confirmation('ru')],
  ['a campaign', campaign()],
]

function octetsOf(wire: string): Buffer {
  const [mail] = outgoingMailsOf([wire], 'key')
  if (mail === undefined) throw new Error('no mail')
  const { text, encoding } = composed(mail, { at, returnPath: 'bounces@brand.example' })
  return Buffer.from(text.join(''), encoding)
}

const hasSpamAssassin = ((): boolean => {
  try {
    execFileSync('spamassassin', ['--version'])
    return true
  } catch {
    return false
  }
})()

/** The controller or proxy of a running rspamd. */
const rspamd = process.env['RSPAMD_URL'] ?? 'http://127.0.0.1:11333'
const hasRspamd = await fetch(`${rspamd}/ping`, { signal: AbortSignal.timeout(1000) }).then(
  async (answer) => answer.ok && (await answer.text()).includes('pong'),
  () => false,
)

describe.skipIf(!hasSpamAssassin)('SpamAssassin (apt-get install spamassassin)', () => {
  it.each(mails)('has no point against %s', (_, wire) => {
    const shown = execFileSync('spamassassin', ['--local', '--test-mode'], { input: octetsOf(wire) })
    const [, score = 'none', tests = ''] =
      /^X-Spam-Status: \w+, score=(-?[\d.]+)[^=]*required=[\d.]+\s+tests=([\s\S]*?)\s+\w+=/m.exec(
        shown.toString(),
      ) ?? []
    expect(Number(score), tests).toBeLessThanOrEqual(0.1)
  })
})

describe.skipIf(!hasRspamd)(
  'rspamd (a running one; RSPAMD_URL names another than that of this machine)',
  () => {
    it.each(mails)('doubts nothing in the content of %s', async (_, wire) => {
      const answer = await fetch(`${rspamd}/checkv2`, {
        method: 'POST',
        body: octetsOf(wire).toString(),
      })
      const { symbols } = z.object({ symbols: z.record(z.string(), z.unknown()) }).parse(await answer.json())
      const ofContent =
        /^(?:URI_COUNT_ODD|R_PARTS_DIFFER|MIME_HTML_ONLY|ZERO_FONT|HTML_|R_WHITE_ON_WHITE|MANY_INVISIBLE)/
      expect(Object.keys(symbols).filter((name) => ofContent.test(name))).toEqual([])
    })
  },
)
