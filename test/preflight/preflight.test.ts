// pure · preflight conclusions from DNS and from a mail: which are a definite no, and which are not
import { describe, expect, it } from 'vitest'
import { groupsOf, summaryOf } from '../../src/console/campaigns/sending/checks.ts'
import type { DnsAnswer } from '../../src/platform/deps.ts'
import { type CheckGroup, type Verdict, worstFirst } from '../../src/preflight/check.ts'
import { contentChecks, type SampleMail } from '../../src/preflight/content.ts'
import { type Dmarc, readDmarc } from '../../src/preflight/dns/dmarc.ts'
import { dmarcCheck, domainCheck, resendChecks } from '../../src/preflight/dns/sender.ts'
import { smtpChecks } from '../../src/preflight/dns/smtp-sender.ts'
import { type LookUp, readSpf } from '../../src/preflight/dns/spf.ts'
import { linksOf } from '../../src/preflight/links.ts'

/** TXT records by name; a missing name does not exist. */
const textsOf =
  (texts: Readonly<Record<string, readonly string[] | 'unknown'>>): LookUp =>
  async (name) =>
    texts[name] ?? 'no_such_name'

const chain = (from: number, to: number): Record<string, string[]> =>
  Object.fromEntries(
    Array.from({ length: to - from }, (_, nth) => [
      `n${from + nth}.se`,
      [`v=spf1 include:n${from + nth + 1}.se -all`],
    ]),
  )

describe('SPF (RFC 7208)', () => {
  it.each<[string, Record<string, string[] | 'unknown'>, string, RegExp?]>([
    ['no such name', {}, 'none'],
    ['other texts', { 'a.se': ['google-site-verification=x', 'v=spf10 -all'] }, 'none'],
    ['nobody answers', { 'a.se': 'unknown' }, 'unknown'],
    ['nobody may send', { 'a.se': ['v=spf1 -all'] }, 'nobody'],
    ['nobody may send, softly', { 'a.se': ['v=spf1 ~all'] }, 'somebody'],
    ['addresses', { 'a.se': ['v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all'] }, 'somebody'],
    ['capitals', { 'a.se': ['V=SPF1 MX A:mail.a.se/24 -ALL'] }, 'somebody'],
    ['two records', { 'a.se': ['v=spf1 mx -all', 'v=spf1 a -all'] }, 'broken', /a\.se has 2 SPF records/],
    [
      'a word nobody knows',
      { 'a.se': ['v=spf1 ipv4:1.2.3.4 -all'] },
      'broken',
      /contains the unknown term “ipv4:1\.2\.3\.4”/,
    ],
    ['a modifier nobody knows', { 'a.se': ['v=spf1 moo=cow -all'] }, 'somebody'],
    [
      'an included one',
      { 'a.se': ['v=spf1 include:b.se -all'], 'b.se': ['v=spf1 ip4:1.2.3.4 -all'] },
      'somebody',
    ],
    [
      'an included one that is not there',
      { 'a.se': ['v=spf1 include:b.se -all'] },
      'broken',
      /refers to b\.se/,
    ],
    [
      'an included one that does not answer',
      { 'a.se': ['v=spf1 include:b.se'], 'b.se': 'unknown' },
      'unknown',
    ],
    ['a redirect', { 'a.se': ['v=spf1 redirect=b.se'], 'b.se': ['v=spf1 mx -all'] }, 'somebody'],
    ['a redirect into nothing', { 'a.se': ['v=spf1 redirect=b.se'] }, 'broken', /refers to b\.se/],
    ['a redirect behind all, which does not count', { 'a.se': ['v=spf1 -all redirect=b.se'] }, 'somebody'],
    [
      'a macro, which depends on the mail',
      { 'a.se': ['v=spf1 include:%{d}.b.se exists:%{i}.c.se -all'] },
      'somebody',
    ],
    [
      'ten lookups',
      { ...chain(0, 10), 'n10.se': ['v=spf1 -all'], 'a.se': ['v=spf1 redirect=n1.se'] },
      'somebody',
    ],
    [
      'eleven lookups',
      { ...chain(0, 11), 'n11.se': ['v=spf1 -all'], 'a.se': ['v=spf1 redirect=n0.se'] },
      'broken',
      /more than 10/,
    ],
    ['itself', { 'a.se': ['v=spf1 include:a.se -all'] }, 'broken', /more than 10/],
  ])('%s', async (_, texts, kind, why) => {
    const spf = await readSpf(textsOf(texts), 'a.se')
    expect(spf.kind).toBe(kind)
    if (why !== undefined) expect(spf).toMatchObject({ why: expect.stringMatching(why) })
  })
})

describe('DMARC (RFC 9989)', () => {
  const none = 'none' as const
  it.each<[string, Record<string, string[] | 'unknown'>, string, string | Partial<Dmarc>]>([
    ['no record', {}, 'a.se', none],
    ['nobody answers', { '_dmarc.a.se': 'unknown' }, 'a.se', 'unknown'],
    ['its own', { '_dmarc.a.se': ['v=DMARC1; p=reject'] }, 'a.se', { at: 'a.se', policy: 'reject' }],
    [
      'other texts beside it',
      { '_dmarc.a.se': ['x', 'v=DMARC1;p=quarantine;'] },
      'a.se',
      { policy: 'quarantine' },
    ],
    ['capitals', { '_dmarc.a.se': ['v=DMARC1; P=Reject'] }, 'a.se', { policy: 'reject' }],
    ['two, which count as none', { '_dmarc.a.se': ['v=DMARC1; p=reject', 'v=DMARC1; p=none'] }, 'a.se', none],
    [
      'no policy, which means none',
      { '_dmarc.a.se': ['v=DMARC1; rua=mailto:x@a.se'] },
      'a.se',
      { policy: 'none' },
    ],
    ['a policy nobody knows', { '_dmarc.a.se': ['v=DMARC1; p=maybe'] }, 'a.se', { policy: 'none' }],
    ['pct, which is gone', { '_dmarc.a.se': ['v=DMARC1; p=reject; pct=1'] }, 'a.se', { policy: 'reject' }],
    [
      'a test: one step less',
      { '_dmarc.a.se': ['v=DMARC1; p=reject; t=y'] },
      'a.se',
      { policy: 'quarantine' },
    ],
    [
      'a test of a quarantine',
      { '_dmarc.a.se': ['v=DMARC1; p=quarantine; t=y'] },
      'a.se',
      { policy: 'none' },
    ],
    ['strict', { '_dmarc.a.se': ['v=DMARC1; p=reject; aspf=s'] }, 'a.se', { strictSpf: true }],
    [
      'the organisation’s',
      { '_dmarc.a.se': ['v=DMARC1; p=reject'] },
      'news.a.se',
      { at: 'a.se', policy: 'reject' },
    ],
    [
      'the organisation’s for those below',
      { '_dmarc.a.se': ['v=DMARC1; p=reject; sp=none'] },
      'x.news.a.se',
      { policy: 'none' },
    ],
    [
      'the highest',
      { '_dmarc.b.a.se': ['v=DMARC1; p=none'], '_dmarc.a.se': ['v=DMARC1; p=reject'] },
      'c.b.a.se',
      { at: 'a.se' },
    ],
    [
      'one that says it is an organisation',
      { '_dmarc.b.a.se': ['v=DMARC1; p=none; psd=n'], '_dmarc.a.se': ['v=DMARC1; p=reject'] },
      'c.b.a.se',
      { at: 'b.a.se' },
    ],
    [
      'the one below a registry',
      { '_dmarc.a.gov': ['v=DMARC1; p=none'], '_dmarc.gov': ['v=DMARC1; p=reject; psd=y'] },
      'c.a.gov',
      { at: 'a.gov' },
    ],
    [
      'the registry’s, where there is no other',
      { '_dmarc.gov': ['v=DMARC1; p=reject; psd=y'] },
      'c.a.gov',
      { at: 'gov', policy: 'reject' },
    ],
  ])('%s', async (_, texts, domain, expected) => {
    const dmarc = await readDmarc(textsOf(texts), domain)
    if (typeof expected === 'string') expect(dmarc).toBe(expected)
    else expect(dmarc).toMatchObject(expected)
  })

  it('asks at most eight names of a very long one', async () => {
    const asked: string[] = []
    await readDmarc(async (name) => {
      asked.push(name)
      return []
    }, 'a.b.c.d.e.f.g.h.i.j.se')
    expect(asked).toHaveLength(8)
    expect(asked.slice(0, 2)).toEqual([
      '_dmarc.a.b.c.d.e.f.g.h.i.j.se',
      '_dmarc.e.f.g.h.i.j.se'.replace('e.f', 'e.f'),
    ])
    expect(asked.at(-1)).toBe('_dmarc.se')
  })
})

describe('a sender’s domain', () => {
  it.each<[string, DnsAnswer, string]>([
    ['that does not exist stops everything', 'no_such_name', 'block'],
    ['nobody answered for stops nothing', 'unknown', 'unknown'],
    ['with a null MX is a warning: whether it may send is left to the receiver (RFC 7505 4.2)', [''], 'warn'],
    ['without MX may have an address', [], 'ok'],
    ['with MX is fine', ['mail.a.se'], 'ok'],
  ])('%s', (_, mx, verdict) => {
    expect(domainCheck('a.se', mx).verdict).toBe(verdict)
  })
})

describe('mail by Resend', () => {
  const key = ['p=MIGf']
  const spf = ['v=spf1 include:amazonses.com ~all']
  const record = (policy: 'none' | 'quarantine' | 'reject', strictSpf = false) => ({
    at: 'a.se',
    policy,
    strictSpf,
  })
  const verdicts = (facts: { key: DnsAnswer; spf: DnsAnswer }) =>
    resendChecks({ domain: 'a.se', ...facts }).map(({ verdict }) => verdict)

  it.each<[string, DnsAnswer, DnsAnswer, string[]]>([
    ['with both records', key, spf, ['ok', 'ok']],
    ['with a key that was taken back', ['v=DKIM1; p='], spf, ['warn', 'ok']],
    ['without a key', 'no_such_name', spf, ['warn', 'ok']],
    ['with another text there', ['hello'], spf, ['warn', 'ok']],
    ['without SPF, which another return path may have', key, [], ['ok', 'warn']],
    ['with two SPF records', key, [...spf, ...spf], ['ok', 'warn']],
    ['with an SPF that names another', key, ['v=spf1 include:other.se -all'], ['ok', 'warn']],
    ['of which nobody could say', 'unknown', 'unknown', ['unknown', 'unknown']],
  ])('%s', (_, one, other, expected) => {
    expect(verdicts({ key: one, spf: other })).toEqual(expected)
  })

  it.each<[string, ReturnType<typeof record> | 'none' | 'unknown', DnsAnswer, DnsAnswer, string]>([
    ['no DMARC at all', 'none', key, spf, 'warn'],
    ['no answer', 'unknown', 'no_such_name', [], 'unknown'],
    ['p=none and no proof', record('none'), 'no_such_name', [], 'ok'],
    ['p=reject and a signature', record('reject'), key, [], 'ok'],
    ['p=reject and SPF alone', record('reject'), [], spf, 'ok'],
    ['p=reject, strict, and SPF alone, in a domain below', record('reject', true), [], spf, 'block'],
    ['p=reject and no proof', record('reject'), 'no_such_name', [], 'block'],
    ['p=quarantine and no proof', record('quarantine'), 'no_such_name', 'no_such_name', 'block'],
    ['p=reject, no key, and no answer about SPF', record('reject'), [], 'unknown', 'ok'],
    ['p=reject, no SPF, and no answer about the key', record('reject'), 'unknown', [], 'ok'],
  ])('%s', (_, dmarc, one, other, verdict) => {
    expect(dmarcCheck('a.se', dmarc, { domain: 'a.se', key: one, spf: other }).verdict).toBe(verdict)
  })

  it('is told which record to add, on a line to be pasted', () => {
    expect(dmarcCheck('a.se', 'none', null).mend).toBe(
      'Add a TXT record at _dmarc.a.se: v=DMARC1; p=none; rua=mailto:dmarc@a.se',
    )
    const [, missing] = resendChecks({ domain: 'a.se', key, spf: [] })
    expect(missing?.mend).toBe('Add a TXT record at send.a.se: v=spf1 include:amazonses.com ~all')
  })
})

describe('mail by a server of one’s own', () => {
  const checks = async (
    texts: Record<string, string[] | 'unknown'>,
    more: { returns?: string; mx?: DnsAnswer } = {},
  ) => {
    const { returns = 'a.se', mx = ['mail.a.se'] } = more
    const all = await smtpChecks(textsOf(texts), { domain: 'a.se', returns, mx: Promise.resolve(mx) })
    return all.map(({ key, verdict }) => `${key} ${verdict}`)
  }

  it.each<[string, Record<string, string[] | 'unknown'>, { returns?: string; mx?: DnsAnswer }, string]>([
    ['SPF in order', { 'a.se': ['v=spf1 mx -all'] }, {}, 'ok'],
    ['no SPF', {}, {}, 'warn'],
    ['no answer', { 'a.se': 'unknown' }, {}, 'unknown'],
    ['two records', { 'a.se': ['v=spf1 mx -all', 'v=spf1 -all'] }, {}, 'warn'],
    [
      'SPF that lets nobody send: a relay may put its own return path',
      { 'a.se': ['v=spf1 -all'] },
      {},
      'warn',
    ],
    ['the same beside a null MX: taken out of mail', { 'a.se': ['v=spf1 -all'] }, { mx: [''] }, 'block'],
    [
      'the same for the return path of another domain',
      { 'b.se': ['v=spf1 -all'] },
      { returns: 'b.se', mx: [''] },
      'warn',
    ],
    [
      'a return path in a domain below',
      { 'bounces.a.se': ['v=spf1 mx -all'] },
      { returns: 'bounces.a.se' },
      'ok',
    ],
    ['a return path elsewhere', { 'b.se': ['v=spf1 mx -all'] }, { returns: 'b.se' }, 'warn'],
  ])('%s', async (_, texts, more, verdict) => {
    // The key's selector is unknown: a DKIM failure cannot be concluded.
    expect(await checks(texts, more)).toEqual(['dkim unknown', `spf ${verdict}`])
  })

  it('is never denied by DMARC', () => {
    expect(dmarcCheck('a.se', { at: 'a.se', policy: 'reject', strictSpf: true }, null).verdict).toBe('ok')
  })
})

describe('a mail', () => {
  const leave = 'https://lists.a.se/u/abc'
  const mail: SampleMail = {
    from: '"Brand" <news@a.se>',
    reply_to: 'hello@a.se',
    subject: 'June',
    html: `<a href="${leave}">Leave</a>`,
    text: `Leave: ${leave}\nStorgatan 1\n111 22 Stockholm`,
    headers: {
      'List-Id': 'Garden <1.lists.a.se>',
      'List-Unsubscribe': `<${leave}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
    htmlBytes: 20_000,
  }
  const { 'List-Unsubscribe-Post': _, ...withoutPost } = mail.headers
  const wrong = (changed: Partial<SampleMail>): readonly string[] =>
    contentChecks({ ...mail, ...changed }, 'Storgatan 1\n111 22 Stockholm')
      .filter(({ verdict }) => verdict !== 'ok')
      .map(({ key }) => key)

  it('that has everything is fine', () => {
    expect(wrong({})).toEqual([])
  })

  it.each<[string, Partial<SampleMail>, string[]]>([
    ['a sender', { from: 'Brand' }, ['from']],
    ['a subject', { subject: ' ' }, ['subject']],
    ['somewhere to answer', { from: 'no-reply@a.se', reply_to: undefined }, ['reply_to']],
    ['a List-Id', { headers: { ...mail.headers, 'List-Id': 'Garden' } }, ['list_id']],
    ['the header of one click (RFC 8058)', { headers: withoutPost }, ['one_click']],
    ['https', { ...JSON.parse(JSON.stringify(mail).replaceAll('https:', 'http:')) }, ['https']],
    ['the way out in the HTML', { html: '' }, ['way_out']],
    ['the way out in the text', { text: 'Storgatan 1, 111 22 Stockholm' }, ['way_out']],
    ['the postal address', { text: leave }, ['postal_address']],
    ['a text part', { text: '' }, ['way_out', 'postal_address', 'text_part']],
    ['a size that is shown whole', { htmlBytes: 100_001 }, ['size']],
    ['headers of bearable length (RFC 5322 2.1.1)', { subject: 'ä'.repeat(500) }, ['header_length']],
  ])('that lacks %s', (_name, changed, keys) => {
    expect(wrong(changed)).toEqual(keys)
  })
})

describe('the links of a mail', () => {
  const ours = 'https://lists.a.se'
  const html = (...urls: string[]): string => urls.map((url) => `<a class="x" href="${url}">x</a>`).join('\n')
  const links = (complete: string, bare = complete) => linksOf({ complete, bare }, ours, 'reader@example.com')

  it('are asked once each, without what stands behind #, pictures too', () => {
    const { asked, checks } = links(
      `${html('https://shop.se/a?b=1&amp;c=2#top', 'https://shop.se/a?b=1&amp;c=2', 'mailto:a@b.se', 'tel:+46')}<img alt="" src="https://shop.se/p.png">`,
    )
    expect(asked).toEqual(['https://shop.se/a?b=1&c=2', 'https://shop.se/p.png'])
    expect(checks).toEqual([])
  })

  it('are not asked where they are ours: they carry tokens', () => {
    expect(links(html(`${ours}/u/abc`, `${ours}/p/abc`, `${ours}/s/letter`))).toEqual({
      asked: [],
      checks: [],
    })
  })

  it('are not asked where each reader has another, which is said', () => {
    const { asked, checks } = links(
      html('https://shop.se/?name=Alice', 'https://shop.se/', 'https://shop.se/?to=reader%40example.com'),
      html('https://shop.se/?name=', 'https://shop.se/', 'https://shop.se/?to=reader%40example.com'),
    )
    expect(asked).toEqual(['https://shop.se/'])
    expect(checks.map(({ words }) => words)).toEqual([
      '2 links were not tested: each person gets a different address.',
    ])
  })

  it('are at most fifty', () => {
    const { asked, checks } = links(html(...Array.from({ length: 53 }, (_, nth) => `https://shop.se/${nth}`)))
    expect(asked).toHaveLength(50)
    expect(checks.map(({ words }) => words)).toEqual(['3 links were not tested: at most 50 are.'])
  })

  it.each([
    ['http://localhost:3000/', 'your readers cannot reach'],
    ['https://127.0.0.1/', 'your readers cannot reach'],
    ['http://192.168.1.4/', 'your readers cannot reach'],
    ['http://172.20.0.1/', 'your readers cannot reach'],
    ['http://[::1]/', 'your readers cannot reach'],
    ['http://2130706433/', 'your readers cannot reach'],
    ['http://nas.local/', 'your readers cannot reach'],
    ['http://intranet/', 'your readers cannot reach'],
    ['https://example.com/', 'an example address'],
    ['https://www.brand.example/', 'an example address'],
  ])('%s is a warning, and is not asked', (url, words) => {
    const { asked, checks } = links(html(url))
    expect(asked).toEqual([])
    expect(checks).toMatchObject([{ verdict: 'warn', words: expect.stringContaining(words) }])
  })
})

describe('the checks on the page', () => {
  const check = (group: CheckGroup, verdict: Verdict) => ({ key: 'x', group, verdict, words: '', mend: null })
  const checks = [
    check('content', 'ok'),
    check('links', 'warn'),
    check('sender', 'block'),
    check('links', 'unknown'),
  ]

  it('are summed up, the worst first', () => {
    expect(summaryOf(checks)).toBe('1 blocks sending, 1 warning, 1 unknown, 1 passed')
    expect(summaryOf([check('content', 'ok')])).toBe('1 passed')
  })

  it('stand in groups, that with the worst first; empty ones are not there', () => {
    expect(groupsOf(checks)).toEqual(['sender', 'links', 'content'])
    expect(worstFirst(checks).map(({ verdict }) => verdict)).toEqual(['block', 'warn', 'unknown', 'ok'])
  })
})
