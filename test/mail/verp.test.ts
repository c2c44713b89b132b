// pure · return path names (VERP): recognised as ours by us alone, whatever servers do to them
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { namesIn, withName } from '../../src/mail/inbound/verp.ts'
import { missingFeedbackOf, readConfig } from '../../src/platform/config.ts'
import { base32Of, bytesOfBase32 } from '../../src/platform/encoding/bytes.ts'
import { openTag, openVerp, type Tagged, tagToken, verpToken } from '../../src/platform/vault/tokens.ts'
import { vaultOf } from '../support/vault.ts'

const vault = vaultOf(1)
const another = vaultOf(2)

const tagged = fc.oneof(
  fc.record({
    kind: fc.constant('campaign' as const),
    subscription: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    campaign: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  }),
  fc.record({ kind: fc.constant('service_mail' as const), id: fc.uuid() }),
)
const nameOf = (about: Tagged): string => verpToken(vault, tagToken(vault, about)) ?? ''

describe('the name of a mail in an address', () => {
  it('fits behind any base that is allowed, and names the same mail as its tag, in small letters and in capitals', () => {
    fc.assert(
      fc.property(tagged, (about) => {
        const address = withName('bounces-of-the-list@brand.example', nameOf(about))
        expect(address.slice(0, address.indexOf('@')).length).toBe(64)
        for (const seen of [address, address.toUpperCase(), `<${address}>`]) {
          const [name = ''] = namesIn(seen)
          expect(openTag(vault, openVerp(vault, name) ?? '')).toEqual(about)
        }
      }),
    )
  })

  it('is not believed with any letter changed, cut short, made longer, or made elsewhere', () => {
    const name = nameOf({ kind: 'campaign', subscription: 7, campaign: 3 })
    for (const [at, letter] of [...name].entries()) {
      const forged = `${name.slice(0, at)}${letter === 'a' ? 'b' : 'a'}${name.slice(at + 1)}`
      expect(openVerp(vault, forged)).toBeNull()
    }
    expect(openVerp(vault, name.slice(1))).toBeNull()
    expect(openVerp(vault, `${name}a`)).toBeNull()
    expect(openVerp(vault, name.replace(/.$/, '1'))).toBeNull()
    expect(openVerp(another, name)).toBeNull()
    expect(openVerp(vault, tagToken(vault, { kind: 'campaign', subscription: 7, campaign: 3 }))).toBeNull()
  })

  it('is not made of a tag that is not ours, as the one of a test', () => {
    expect(verpToken(vault, 'test')).toBeNull()
    expect(verpToken(vault, tagToken(another, { kind: 'campaign', subscription: 7, campaign: 3 }))).toBeNull()
  })

  it('is found among others, and only as the last part before the @', () => {
    const name = nameOf({ kind: 'campaign', subscription: 7, campaign: 3 })
    expect(namesIn(`Anna <anna@x.example>, b+${name}@brand.example`)).toEqual([name])
    for (const text of [name, `b-${name}@x`, `b+${name}+x@x`, `b+${name} @x`, `b+x${name}@x`])
      expect(namesIn(text)).toEqual([])
  })
})

describe('base32', () => {
  it.each([
    ['', ''],
    ['f', 'my'],
    ['fo', 'mzxq'],
    ['foo', 'mzxw6'],
    ['foob', 'mzxw6yq'],
    ['fooba', 'mzxw6ytb'],
    ['foobar', 'mzxw6ytboi'],
  ])('of "%s" is as RFC 4648 section 10 has it', (text, encoded) => {
    expect(base32Of(Buffer.from(text))).toBe(encoded)
    expect(Buffer.from(bytesOfBase32(encoded.toUpperCase()) ?? []).toString()).toBe(text)
  })

  it.each(['mz', '0', 'm!', 'mzxw1', 'aaa', 'ä'])(
    'is not "%s": a foreign letter, or a spare bit that is set',
    (text) => {
      expect(bytesOfBase32(text)).toBeNull()
    },
  )
})

describe('a return path', () => {
  const problem =
    'SMTP_RETURN_PATH must have no + and at most 19 characters before its @: the name of each mail is put between them.'
  it.each(['bounces+x@brand.example', 'a-base-of-20-letters@brand.example', `b@${'a.'.repeat(98)}example`])(
    '%s is refused at the start',
    (address) => {
      expect(readConfig({ SMTP_RETURN_PATH: address })).toEqual({ ok: false, problem })
    },
  )

  it('of nineteen characters is taken', () => {
    const read = readConfig({ SMTP_RETURN_PATH: 'bounces-of-the-list@brand.example' })
    expect(read.ok && read.config.smtpReturnPath).toBe('bounces-of-the-list@brand.example')
  })
})

describe('what is not known of mails that were sent', () => {
  const read = (env: Readonly<Record<string, string>>) => {
    const found = readConfig(env)
    return found.ok ? missingFeedbackOf(found.config) : null
  }
  const resend = { MAIL: 'resend', RESEND_API_KEY: 're_x', PUBLIC_URL: 'https://lists.brand.example' }
  const smtp = { MAIL: 'smtp', SMTP_URL: 'smtp://127.0.0.1:25' }
  it.each([
    [{ ...resend, RESEND_WEBHOOK_SECRET: `whsec_${'a'.repeat(24)}` }, null, null],
    [resend, /RESEND_WEBHOOK_SECRET is not set$/, /RESEND_WEBHOOK_SECRET is not set$/],
    [smtp, /SMTP_RETURN_PATH is not set$/, /SMTP_RETURN_PATH is not set$/],
    [{ ...smtp, SMTP_RETURN_PATH: 'b@brand.example' }, /failures only$/, null],
  ])('by %j', (env, delivered, returned) => {
    const matching = (why: RegExp | null) => (why === null ? null : expect.stringMatching(why))
    expect(read(env)).toEqual({ delivered: matching(delivered), returned: matching(returned) })
  })
})

describe('the URL of the mailbox that is read', () => {
  const url = 'imaps://b%40brand.example:se%3Acret@mail.example'
  it.each([
    [url, { host: 'mail.example', port: 993, tls: 'from_start', mailbox: 'INBOX' }],
    [`${url}/Bounces%20of%20all`, { mailbox: 'Bounces of all' }],
    ['imap://u:p@mail.example/', { port: 143, tls: 'upgrade', mailbox: 'INBOX' }],
    ['imap://u:p@localhost:1143?tls=off', { port: 1143, tls: 'never' }],
    ['imap://u:p@127.0.0.1', { tls: 'offered' }],
  ])('%s', (text, expected) => {
    const read = readConfig({ INBOUND_URL: text })
    expect(read.ok && read.config.inbound).toMatchObject(expected)
  })

  it('has its user and password decoded', () => {
    const read = readConfig({ INBOUND_URL: url })
    expect(read.ok && read.config.inbound?.credentials).toEqual({
      user: 'b@brand.example',
      password: 'se:cret',
    })
  })

  const shape = 'INBOUND_URL must look like imaps://user:password@host:993, or imap://user:password@host:143.'
  it.each([
    ['smtps://u:secret@mail.example', shape],
    ['imaps://mail.example/INBOX', shape],
    ['imaps://u:secret@mail.example/%E4', shape],
    ['secret', shape],
    ['imaps://u@mail.example', 'must have a user and a password, or neither'],
    ['imap://u:secret@mail.example?tls=off', 'may say ?tls=off only with imap:// and a server on loopback'],
    ['imaps://u:secret@mail.example?idle=1', 'knows no option but ?tls=off'],
  ])('is refused as %s, and not quoted', (text, problem) => {
    const read = readConfig({ INBOUND_URL: text })
    expect(read.ok ? '' : read.problem).toContain(problem)
    expect(JSON.stringify(read)).not.toContain('secret')
  })
})
