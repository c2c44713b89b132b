// pure · SMTP_URL and related variables: accepted values, and the sentence for each refusal
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/platform/config.ts'
import { readSmtpUrl } from '../../src/platform/mail-urls.ts'

describe('the URL of a mail server', () => {
  it.each([
    ['smtps://news:a%40b@mail.example', { host: 'mail.example', port: 465, tls: 'from_start' }],
    ['smtp://news:secret@mail.example', { host: 'mail.example', port: 587, tls: 'upgrade' }],
    ['smtp://mail.example:2525/', { host: 'mail.example', port: 2525, tls: 'upgrade' }],
    ['smtp://127.0.0.1:25', { host: '127.0.0.1', port: 25, tls: 'offered' }],
    ['smtp://localhost:25?tls=off', { host: 'localhost', port: 25, tls: 'never' }],
    ['smtp://[::1]:25', { host: '::1', port: 25, tls: 'offered' }],
  ])('%s', (url, server) => {
    expect(readSmtpUrl(url)).toMatchObject({ ok: true, server })
  })

  it('has its user and password decoded, or neither', () => {
    expect(readSmtpUrl('smtps://a%40b.example:p%3A%2Fq@mail.example')).toMatchObject({
      server: { credentials: { user: 'a@b.example', password: 'p:/q' } },
    })
    expect(readSmtpUrl('smtps://mail.example')).toMatchObject({ server: { credentials: null } })
  })

  const shape = 'must look like smtps://user:password@host:465, or smtp://user:password@host:587'
  it.each([
    ['mail.example:25', shape],
    ['https://mail.example', shape],
    ['smtp://', shape],
    ['smtp://mail.example/queue', `${shape}, with nothing behind the port`],
    ['smtp://news@mail.example', 'must have a user and a password'],
    ['smtp://:secret@mail.example', 'must have a user and a password'],
    ['smtp://news:se%cret@mail.example', 'must have a user and a password'],
    ['smtp://mail.example?tls=off', 'may say ?tls=off only with smtp:// and a server on loopback'],
    ['smtps://127.0.0.1?tls=off', 'may say ?tls=off only with smtp:// and a server on loopback'],
    ['smtp://127.0.0.1?pool=5', 'knows no option but ?tls=off'],
  ])('is refused as %s, and not quoted', (url, problem) => {
    const read = readSmtpUrl(url)
    expect(read.ok ? '' : read.problem).toContain(problem)
    expect(JSON.stringify(read)).not.toMatch(/secret|se%cret/)
  })
})

describe('a deployment that sends by SMTP', () => {
  const smtp = { MAIL: 'smtp', SMTP_URL: 'smtps://news:secret@mail.example' }
  const site = 'https://lists.brand.example'

  it.each([
    ['SMTP_URL is missing; MAIL=smtp needs it.', { MAIL: 'smtp', PUBLIC_URL: site }],
    [
      'SMTP_URL must look like smtps://user:password@host:465, or smtp://user:password@host:587.',
      { ...smtp, SMTP_URL: 'mail.example', PUBLIC_URL: site },
    ],
    [
      'PUBLIC_URL must be https when MAIL=smtp, since mailbox providers ask for one-click links over https.',
      { ...smtp, PUBLIC_URL: 'http://lists.brand.example' },
    ],
    [
      'SMTP_RETURN_PATH must be an address such as bounces@brand.example.',
      { ...smtp, PUBLIC_URL: site, SMTP_RETURN_PATH: 'bounces' },
    ],
  ])('says: %s', (problem, env) => {
    expect(readConfig(env)).toEqual({ ok: false, problem })
  })

  it('may be without https where the mail server is on this machine', () => {
    const read = readConfig({ MAIL: 'smtp', SMTP_URL: 'smtp://127.0.0.1:25' })
    expect(read.ok && read.config.smtp).toMatchObject({ host: '127.0.0.1', tls: 'offered' })
  })

  it('knows no SMTP_URL while mail goes another way', () => {
    const read = readConfig({ SMTP_URL: 'nonsense' })
    expect(read.ok && read.config.smtp).toBeNull()
  })
})
