// pure · email addresses: accepted forms, their identity, and the reason of each refusal
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AddressFault, parseAddress } from '../../src/subscribers/address.ts'
import { suggestAddress } from '../../src/subscribers/likely-domain.ts'
import { mailboxProvider } from '../../src/subscribers/mailbox-provider.ts'

const parse = (typed: string, smtpUtf8 = true) => parseAddress(typed, { smtpUtf8 })

/** The forms of a valid address, as plain text. */
function forms(typed: string): Readonly<Record<'asTyped' | 'sendTo' | 'canonical' | 'abuseKey', string>> {
  const outcome = parse(typed)
  if (!outcome.ok) throw new Error(`${JSON.stringify(typed)} was refused: ${outcome.reason}`)
  return outcome.address
}

const reason = (typed: string, smtpUtf8 = true): AddressFault | 'taken' => {
  const outcome = parse(typed, smtpUtf8)
  return outcome.ok ? 'taken' : outcome.reason
}

describe('an address as people type it', () => {
  it.each([
    // typed, send to, canonical, abuse key
    ['anna@example.pl', 'anna@example.pl', 'anna@example.pl', 'anna@example.pl'],
    ['  Anna@Example.PL ', 'Anna@example.pl', 'anna@example.pl', 'anna@example.pl'],
    ['\u00a0anna@example.pl\u3000', 'anna@example.pl', 'anna@example.pl', 'anna@example.pl'],
    ['anna@example.pl.', 'anna@example.pl', 'anna@example.pl', 'anna@example.pl'],
    ['Ivan+News@example.ru', 'Ivan+News@example.ru', 'ivan+news@example.ru', 'ivan@example.ru'],
    ['a+b+c@example.ru', 'a+b+c@example.ru', 'a+b+c@example.ru', 'a@example.ru'],
    ['+tag@example.ru', '+tag@example.ru', '+tag@example.ru', '+tag@example.ru'],
    ['An.Na+x@Gmail.com', 'An.Na+x@gmail.com', 'an.na+x@gmail.com', 'anna@gmail.com'],
    ['an.na@googlemail.com', 'an.na@googlemail.com', 'an.na@googlemail.com', 'anna@gmail.com'],
    ['an.na@example.pl', 'an.na@example.pl', 'an.na@example.pl', 'an.na@example.pl'],
    [
      "o'hara_{x}=1/2@example.ie",
      "o'hara_{x}=1/2@example.ie",
      "o'hara_{x}=1/2@example.ie",
      "o'hara_{x}=1/2@example.ie",
    ],
    ['anna@a.b.c.example', 'anna@a.b.c.example', 'anna@a.b.c.example', 'anna@a.b.c.example'],
    ['anna@ab--cd.example', 'anna@ab--cd.example', 'anna@ab--cd.example', 'anna@ab--cd.example'],
    ['anna@1a.2b.example', 'anna@1a.2b.example', 'anna@1a.2b.example', 'anna@1a.2b.example'],
    ['info@firma.pl', 'info@firma.pl', 'info@firma.pl', 'info@firma.pl'],
    ['Admin@firma.pl', 'Admin@firma.pl', 'admin@firma.pl', 'admin@firma.pl'],
  ])('%j is sent to %s and known as %s', (typed, sendTo, canonical, abuseKey) => {
    expect(forms(typed)).toEqual({ asTyped: typed, sendTo, canonical, abuseKey })
  })
})

describe('a domain outside ASCII', () => {
  it.each([
    ['erik@BÜCHER.example', 'xn--bcher-kva.example'],
    ['erik@XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['erik@bu\u0308cher.example', 'xn--bcher-kva.example'],
    ['ola@żółw.pl', 'xn--w-uga1v8h.pl'],
    ['иван@пример.рф', 'xn--e1afmkfd.xn--p1ai'],
    ['ivan@пример。рф', 'xn--e1afmkfd.xn--p1ai'],
    ['ivan@пример.рф。', 'xn--e1afmkfd.xn--p1ai'],
    ['max@straße.example', 'xn--strae-oqa.example'],
    ['max@strasse.example', 'strasse.example'],
    ['joe@i❤.example', 'xn--i-7iq.example'],
    ['joe@ｅｘａｍｐｌｅ.pl', 'example.pl'],
    ['joe@①②.example', '12.example'],
  ])('%s has the domain %s', (typed, domain) => {
    expect(forms(typed).sendTo.split('@')[1]).toBe(domain)
  })

  it('keeps a homograph apart from what it imitates', () => {
    expect(forms('joe@pаypal.example').canonical).toBe('joe@xn--pypal-4ve.example')
    expect(forms('joe@paypal.example').canonical).toBe('joe@paypal.example')
  })
})

describe('a local part outside ASCII', () => {
  it('is kept octet by octet for sending, and folded for identity', () => {
    expect(forms('ŻÓŁW@example.pl')).toMatchObject({
      sendTo: 'ŻÓŁW@example.pl',
      canonical: 'żółw@example.pl',
    })
    expect(forms('z\u0307o\u0301łw@example.pl')).toMatchObject({
      sendTo: 'z\u0307o\u0301łw@example.pl',
      canonical: 'żółw@example.pl',
    })
    expect(forms('Erik.Åberg@bücher.example').canonical).toBe('erik.åberg@xn--bcher-kva.example')
    expect(forms('Иван+Новости@пример.рф')).toMatchObject({
      canonical: 'иван+новости@xn--e1afmkfd.xn--p1ai',
      abuseKey: 'иван@xn--e1afmkfd.xn--p1ai',
    })
    expect(forms('ΝΊΚΟΣ@example.gr').canonical).toBe(forms('νίκος@example.gr').canonical)
    expect(forms('ıгла@example.tr').canonical).toBe('ıгла@example.tr')
    expect(forms('🦊@example.pl').canonical).toBe('🦊@example.pl')
  })

  it('needs a mailer that offers SMTPUTF8, and is told so at the form', () => {
    expect(reason('żółw@example.pl', false)).toBe('needs_smtputf8')
    expect(reason('anna@żółw.pl', false)).toBe('taken')
  })

  it('cannot claim the identity of an ASCII mailbox', () => {
    for (const typed of [
      '\u212aate@example.pl',
      'mi\u017fs@example.pl',
      'ﬁona@example.pl',
      'gro\u00df@example.de',
      'ж\u037e@example.pl',
    ])
      expect(reason(typed)).toBe('local_part')
    expect(forms('аnna@example.pl').canonical).not.toBe(forms('anna@example.pl').canonical)
  })
})

describe('an address as people paste it', () => {
  it.each([
    'mailto:anna@example.pl',
    'MailTo:anna%40example.pl?subject=Hello%20you',
    '<anna@example.pl>',
    '<mailto:anna@example.pl>',
    'Anna <anna@example.pl>',
    '"Nowak, Anna" <anna@example.pl>',
    'Anna Nowak (home) <mailto:anna@example.pl>',
    'anna@example.pl\r\n',
    '\t anna@example.pl\n',
    '\ufeffanna@example.pl',
    'anna@example.pl\u200b',
    'an\u200bna@exam\u200cple.pl',
    'anna\u2060@example.pl',
    'an\u00adna@exam\u00adple.pl',
    '\u202aanna@example.pl\u202c',
    '\u200eanna@example.pl\u200f',
    'anna@example.pl,',
    ' anna@example.pl; ',
    '\u00a0<anna@example.pl>\u3000',
  ])('%j is anna@example.pl, and kept for evidence as it came', (typed) => {
    expect(forms(typed)).toMatchObject({ sendTo: 'anna@example.pl', asTyped: typed })
  })

  it.each([
    'Anna <anna@example.pl>, Bob <bob@example.pl>',
    'anna@example.pl, bob@example.pl',
    'Anna\r\nBcc: x <anna@example.pl>',
    'Anna <anna@example.pl> Nowak',
    'an\u202ena@example.pl',
    '\u202eanna@example.pl',
    '👩\u200d🌾@example.pl',
  ])('%j is refused: two addresses, or something that deceives', (typed) => {
    expect(reason(typed)).not.toBe('taken')
  })

  it('keeps a percent sign, which only a link escapes', () => {
    expect(forms('Anna <a%20b@example.pl>').sendTo).toBe('a%20b@example.pl')
  })
})

describe('an address that looks mistyped', () => {
  it.each([
    ['anna@gmial.com', 'anna@gmail.com'],
    ['anna@gmail.con', 'anna@gmail.com'],
    ['anna@gmail.comm', 'anna@gmail.com'],
    ['anna@gmail.co', 'anna@gmail.com'],
    ['anna@gmai.com', 'anna@gmail.com'],
    ['anna@gnail.com', 'anna@gmail.com'],
    ['anna@GMIAL.COM', 'anna@gmail.com'],
    ['anna@hotmial.com', 'anna@hotmail.com'],
    ['anna@outlok.com', 'anna@outlook.com'],
    ['anna@yahooo.com', 'anna@yahoo.com'],
    ['anna@interia.lp', 'anna@interia.pl'],
    ['ivan@yandex.rru', 'ivan@yandex.ru'],
    ['anna@example.con', 'anna@example.com'],
    ['anna@example.ner', 'anna@example.net'],
    ['anna@gmail,com', 'anna@gmail.com'],
    ['anna@example,com', 'anna@example.com'],
    ['anna@gmial,com', 'anna@gmail.com'],
    ['anna@gmail;com', 'anna@gmail.com'],
    ['anna@gmail..com', 'anna@gmail.com'],
    ['anna@gmail. com', 'anna@gmail.com'],
    ['anna@gmailcom', 'anna@gmail.com'],
    ['anna@@gmail.com', 'anna@gmail.com'],
    ['Anna <anna@gmial.com>', 'anna@gmail.com'],
  ])('%s gets the suggestion %s', (typed, meant) => {
    expect(suggestAddress(typed)).toBe(meant)
  })

  it.each([
    ...['anna@gmail.com', 'anna@mail.com', 'anna@ymail.com', 'anna@wp.pl', 'anna@o2.pl', 'anna@op.pl'],
    ...['anna@telia.com', 'anna@example.com', 'anna@brand.example', 'anna@gmail.pl', 'anna@outlook.de'],
    ...['anna@yahoo.de', 'anna@hotmail.fr', 'anna@mail.ru', 'anna@bk.ru', 'anna@firma.co', 'anna@żółw.pl'],
    ...['anna', '', '@gmial.com', 'anna nowak', 'anna@', 'a@b@gmial.com', 'x'.repeat(5000), 'anna@toString'],
  ])('%s gets none', (typed) => {
    expect(suggestAddress(typed)).toBeNull()
  })

  it('is asked about, never refused for the guess: the suggested address and the typed one are both addresses', () => {
    for (const typed of ['anna@gmial.com', 'anna@example.con', 'anna@gmail.co'])
      expect(forms(typed).sendTo).toBe(typed)
  })
})

describe('what is not an address', () => {
  const cases: Readonly<Record<Exclude<AddressFault, 'needs_smtputf8'>, readonly string[]>> = {
    empty: ['', ' ', '\u00a0 '],
    too_long: [
      `${'a'.repeat(65)}@example.pl`,
      `${'ż'.repeat(33)}@example.pl`,
      `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}.pl`,
      `a@${'b.'.repeat(126)}pl`,
      `${'a'.repeat(100_000)}@example.pl`,
      ' '.repeat(2000),
    ],
    no_at: ['anna', 'example.pl', 'anna＠example.pl', 'anna(at)example.pl'],
    local_part: [
      '@example.pl',
      'anna nowak@example.pl',
      'anna\u00a0nowak@example.pl',
      'a@b@example.pl',
      'anna(comment)@example.pl',
      '@relay.example:anna@example.pl',
      'anna;bob@example.pl',
      'anna,bob@example.pl',
      'anna\\@example.pl',
      'anna[1]@example.pl',
    ],
    domain: [
      'anna@',
      'anna@.',
      'anna@example',
      'anna@localhost',
      'anna@1.2',
      'anna@0x7f.1',
      'anna@127.0.0.1',
      'anna@１２７.0.0.1',
      'anna@a.0x1',
      'anna@a.1',
      'anna@[127.0.0.1]',
      'anna@[IPv6:::1]',
      'anna@example.pl:25',
      'anna@example.pl/path',
      'anna@example.pl?subject=x',
      'anna@example.pl#x',
      'anna@example.pl\\x',
      'anna@example%2epl',
      'anna@ex％61mple.pl',
      'anna@example／.pl',
      'anna@example(comment).pl',
      'anna@example⑴.pl',
      'anna@℀.pl',
      'anna@example.pl>',
      'anna@exa mple.pl',
      'anna@exa\u3000mple.pl',
      'anna@exa_mple.pl',
      'anna@-example.pl',
      'anna@example-.pl',
      'anna@example。。pl',
      `anna@${'b'.repeat(64)}.pl`,
      `anna@${'ż'.repeat(63)}.pl`,
      'anna@xn--a.example',
      'anna@xn--.example',
      'anna@xn--0.example',
      'anna@xn--tca.example',
      'anna@example.xn--',
      'anna@"example".pl',
    ],
    control_characters: [
      'anna@example.pl\r\nBcc: bob@example.pl',
      'an\rna@example.pl',
      'an\u0000na@example.pl',
      'anna@exam\u0000ple.pl',
      'an\u0007na@example.pl',
      'an\u007fna@example.pl',
      'an\u0085na@example.pl',
      'an\u2028na@example.pl',
      'an\u202ena@example.pl',
      'an\u2066na@example.pl',
      'an\u200ena@example.pl',
      'an\u200fna@example.pl',
      'an\u061cna@example.pl',
      'an\u180ena@example.pl',
      'an\u3164na@example.pl',
      '❤\ufe0f@example.pl',
      'anna@example.pl\u202e',
      'an\ud800na@example.pl',
      'anna@exam\udc00ple.pl',
      'an\ue000na@example.pl',
      'an\uffffna@example.pl',
      'an\u{e0041}na@example.pl',
    ],
    dots: [
      '.anna@example.pl',
      'anna.@example.pl',
      'an..na@example.pl',
      'anna@.example.pl',
      'anna@example..pl',
      'a@b.pl..',
    ],
    quoted: ['"anna"@example.pl', '"an na"@example.pl', '"a@b"@example.pl', 'an"na@example.pl'],
    role: [
      'postmaster@example.pl',
      'Abuse@example.pl',
      'ABUSE+x@example.pl',
      'noc@example.pl',
      'security@example.pl',
      'hostmaster@example.pl',
      'webmaster@example.pl',
      'root@example.pl',
      'mailer-daemon@example.pl',
      'MAILER_DAEMON@example.pl',
      'noreply@example.pl',
      'no-reply@example.pl',
      'No.Reply+1@example.pl',
      'do-not-reply@example.pl',
      'donotreply@example.pl',
    ],
  }

  it.each(Object.entries(cases))('is refused as %s', (fault, typed) => {
    expect(typed.map((one) => [one, reason(one)])).toEqual(typed.map((one) => [one, fault]))
  })
})

describe('any text whatever', () => {
  const nearly = fc
    .tuple(
      fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 20 })),
      fc.oneof(
        fc.domain(),
        fc.string({ unit: 'grapheme', maxLength: 12 }).map((label) => `${label}.example`),
      ),
    )
    .map((parts) => parts.join('@'))
  const anything = fc.oneof(
    nearly,
    fc.emailAddress(),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
  )

  it('is answered, never thrown at', () => {
    fc.assert(
      fc.property(
        anything,
        fc.boolean(),
        (typed, smtpUtf8) => typeof parse(typed, smtpUtf8).ok === 'boolean',
      ),
    )
  })

  it('has one identity: of its canonical form and of where mail is sent', () => {
    fc.assert(
      fc.property(anything, (typed) => {
        const outcome = parse(typed)
        if (!outcome.ok) return
        const { sendTo, canonical } = outcome.address
        expect(forms(canonical).canonical).toBe(canonical)
        expect(forms(sendTo).canonical).toBe(canonical)
        expect(forms(sendTo).sendTo).toBe(sendTo)
      }),
      { numRuns: 2000 },
    )
  })

  it('never brings a control, a space or a second @ into a header', () => {
    fc.assert(
      fc.property(anything, (typed) => {
        const outcome = parse(typed)
        if (!outcome.ok) return
        for (const form of [outcome.address.sendTo, outcome.address.canonical, outcome.address.abuseKey])
          expect(form).toMatch(/^[^\p{C}\p{Z}@<>(),;:\\"[\]]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/u)
      }),
      { numRuns: 2000 },
    )
  })

  it('folds every letter of Unicode the same way twice', () => {
    for (let point = 0x80; point < 0x1f000; point += 1) {
      if (point === 0x3400) point = 0xa000
      const outcome = parse(`ж${String.fromCodePoint(point)}@example.pl`)
      if (!outcome.ok) continue
      const { canonical } = outcome.address
      expect(forms(canonical).canonical).toBe(canonical)
    }
  })
})

describe('the provider of a mailbox', () => {
  it.each([
    ['gmail.com', 'gmail'],
    ['anna@googlemail.com', 'gmail'],
    ['hotmail.co.uk', 'microsoft'],
    ['live.se', 'microsoft'],
    ['outlook.com', 'microsoft'],
    ['yahoo.com.br', 'yahoo'],
    ['icloud.com', 'apple'],
    ['wp.pl', 'wp'],
    ['o2.pl', 'wp'],
    ['op.pl', 'onet'],
    ['poczta.onet.pl', 'onet'],
    ['interia.eu', 'interia'],
    ['bk.ru', 'mailru'],
    ['yandex.kz', 'yandex'],
    ['ya.ru', 'yandex'],
    ['pm.me', 'proton'],
    ['gmx.at', 'gmx'],
    ['example.pl', 'other'],
    ['gmail.com.example', 'other'],
    ['notgmail.com', 'other'],
    ['', 'other'],
  ])('%s is %s', (domain, provider) => {
    expect(mailboxProvider(domain)).toBe(provider)
  })
})
