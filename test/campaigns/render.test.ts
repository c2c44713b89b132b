// pure · rendering a campaign: one mail per person, in which a value is always only a value
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLiquid } from '../../src/campaigns/render/liquid/liquid.ts'
import { createMarks } from '../../src/campaigns/render/marks.ts'
import { placeMarks } from '../../src/campaigns/render/places.ts'
import type { Addressee } from '../../src/campaigns/render.ts'
import { compileCampaign, renderMail, renderMailSlow } from '../../src/campaigns/render.ts'
import { checkContent, contentInput, contentOf } from '../../src/campaigns/writing/content.ts'
import { messages } from '../../src/i18n/messages.ts'
import { listHeaders, listId, phraseOf } from '../../src/mail/list-headers.ts'
import { DomainError } from '../../src/platform/errors.ts'
import {
  bodyHtml,
  campaign,
  faults,
  fields,
  html,
  type Mail,
  mailOf,
  person,
  rule,
  text,
  writing,
} from '../support/rendered-mail.ts'

describe('what a marketer writes', () => {
  it.each(['html', 'mjml', 'blocks'] as const)('is not taken as %s yet, and is told so', (format) => {
    const input = contentInput.parse({ format, body: '' })
    expect(() => contentOf(input)).toThrow(
      expect.objectContaining({
        code: 'not_available_yet',
        message: `The format ${format} is not available yet.`,
      }),
    )
  })

  it.each([
    ['an empty subject', { subject: ' ' }, 'subject', 'It needs a subject.'],
    [
      'a subject of two lines',
      { subject: 'a\r\nBcc: x' },
      'subject',
      'It must be one line without control characters.',
    ],
    [
      'a NUL in the subject',
      { subject: 'a\0' },
      'subject',
      'It must be one line without control characters.',
    ],
    [
      'a subject that is too long',
      { subject: 'a'.repeat(251) },
      'subject',
      'It must have at most 250 characters.',
    ],
    ['half a character', { subject: 'a\ud83d' }, 'subject', 'It must be valid Unicode.'],
    [
      'a preheader that is too long',
      { preheader: 'a'.repeat(251) },
      'preheader',
      'It must have at most 250 characters.',
    ],
    [
      'an unknown field in the subject',
      { subject: 'Hi {{ subscriber.foo }}' },
      'subject',
      /^There is no field "foo"\. Known fields: email, first_name, /,
    ],
    [
      'a NUL in the body',
      { content: { format: 'markdown', body: 'a\0' } },
      'content.body',
      'It must not hold control characters.',
    ],
    [
      'a body above 200 kB',
      { content: { format: 'markdown', body: 'å'.repeat(100_001) } },
      'content.body',
      'It must have at most 200 kB.',
    ],
  ] as const)('%s is refused', (_, more, path, message) => {
    const found = checkContent(writing('Hello', more), fields)
    expect(found).toEqual([
      { path, message: typeof message === 'string' ? message : expect.stringMatching(message) },
    ])
  })

  it.each([
    [
      '{{ subscriber.foo }}',
      'Line 1: There is no field "foo". Known fields: email, first_name, city, site, points, vip, joined_on, size.',
    ],
    ['\n\n{{ subscriber.__proto__ }}', /^Line 3: There is no field "__proto__"\./],
    ['{{ subscriber.constructor }}', /^Line 1: There is no field "constructor"\./],
    ['{{ subscriber["__proto__"]["polluted"] }}', /^Line 1: There is no "subscriber\["__proto__"\]/],
    ['{{ subscriber[list.name] }}', /^Line 1: There is no "subscriber\[list\.name\]"/],
    ['{{ subscriber.first_name.size }}', /^Line 1: There is no "subscriber\.first_name\.size"/],
    ['{{ subscriber }}', /^Line 1: There is no "subscriber"/],
    ['{{ mail.to }}', /^Line 1: There is no "mail\.to"/],
    ['{{ first_name }}', 'Line 1: There is no "first_name" by itself. Write subscriber.first_name.'],
    ['{{ "now" | date: "%s" }}', /^Line 1: The filter "date" needs a text made of %Y /],
    ['{{ subscriber.joined_on | date }}', 'Line 1: The filter "date" needs one argument.'],
    ['{{ subscriber.joined_on | date: list.name }}', /^Line 1: The filter "date" needs a text made of/],
    ['{{ now | date: "%Y" }}', /^Line 1: There is no "now"/],
    [
      '{{ subscriber.first_name | sample }}',
      /^Line 1: There is no filter "sample"\. Known filters: default, /,
    ],
    ['{{ subscriber.first_name | escape }}', /^Line 1: There is no filter "escape"/],
    ['{{ subscriber.first_name | mail_plain }}', /^Line 1: There is no filter "mail_plain"/],
    ['{{ subscriber.first_name | append }}', 'Line 1: The filter "append" needs one argument.'],
    ['{{ subscriber.first_name | upcase: 1 }}', 'Line 1: The filter "upcase" takes nothing.'],
    [
      '{{ subscriber.first_name | truncate: -1 }}',
      'Line 1: The filter "truncate" needs a whole number from 0 to 10000.',
    ],
    [
      '{{ subscriber.first_name | default: "a", allow_false: true }}',
      'Line 1: The filter "default" takes its arguments without names.',
    ],
    [
      '{{ subscriber.first_name | append: (1..99999999) }}',
      'Line 1: "(1..99999999)" cannot stand here: a field, a "text" or a number can.',
    ],
    [
      '{{ subscriber.points > 3 }}',
      'Line 1: "subscriber.points > 3" must be one value. A comparison belongs into {% if … %}.',
    ],
    ['{{ subscriber.first_name "x" }}', /must be one value/],
    ['{{ }}', /^Line 1: "" cannot be read as Liquid/],
    ['{{ subscriber.first_name | }}{{ | upcase }}', /cannot be read as Liquid/],
    ['Hello\n{{ subscriber.first_name', 'Line 2: "{{" is never closed.'],
    ['{{ subscriber.first_name | default: "a }}', 'Line 1: "{{" is never closed.'],
    ['{% if subscriber.vip', 'Line 1: "{%" is never closed.'],
    ['a\n{% if subscriber.vip %}\nb', 'Line 2: "if" is never closed; it ends with {% endif %}.'],
    ['{% endif %}', 'Line 1: "endif" does not belong to a block that is open here.'],
    [
      '{% if subscriber.vip %}{% endunless %}{% endif %}',
      'Line 1: "endunless" does not belong to a block that is open here.',
    ],
    [
      '{% if subscriber.vip %}{% else %}{% elsif subscriber.vip %}{% endif %}',
      'Line 1: Nothing can follow "else" but "endif".',
    ],
    [
      '{% if subscriber.vip %}{% else if subscriber.city %}{% endif %}',
      'Line 1: "else" stands alone, without "if subscriber.city".',
    ],
    ['{% if subscriber.foo %}{% endif %}', /^Line 1: There is no field "foo"/],
    ['{% if subscriber.vip subscriber.city %}{% endif %}', /must be one condition/],
    ['{% if subscriber.vip == %}{% endif %}', /lacks something to compare with/],
    ['{% if %}{% endif %}', /cannot be read as Liquid/],
    [
      '{% case subscriber.city %}{% when subscriber.vip %}{% endcase %}',
      /^Line 1: After "when" stand values/,
    ],
    [
      '{% case subscriber.city %}{% when "a" "b" %}{% endcase %}',
      'Line 1: The values after "when" are parted by commas or "or".',
    ],
    ['{% comment %}', 'Line 1: "{% comment %}" is never closed.'],
    ['{%%}', /^Line 1: There is no tag ""/],
  ] as const)('%j is refused with a sentence', (body, message) => {
    expect(faults(body)).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)])
  })

  it.each([
    'assign x = 1',
    'capture x',
    'for i in (1..3)',
    'include "x"',
    'render "x"',
    'layout "x"',
    'increment x',
    'decrement x',
    'raw',
    'cycle "a"',
    'echo 1',
    'liquid echo 1',
    'tablerow i in x',
    '# note',
    'block x',
    'now',
    'IF subscriber.vip',
  ])('has no tag {%% %s %%}', (tag) => {
    expect(faults(`{% ${tag} %}`)).toEqual([
      `Line 1: There is no tag "${tag.split(' ')[0]}". Known tags: if, elsif, else, endif, unless, endunless, case, when, endcase, comment.`,
    ])
  })

  it('names every mistake, each in its line', () => {
    expect(
      faults('{{ subscriber.a }}\n{{ subscriber.b }}\n\n{% for %}').map((one) => one.slice(0, 30)),
    ).toEqual([
      'Line 1: There is no field "a".',
      'Line 2: There is no field "b".',
      'Line 4: There is no tag "for".',
    ])
  })

  it.each([
    ['[a](foo)', 'The link "foo" must begin with https://, http://, mailto: or tel:.'],
    [
      '[a](javascript:alert(1))',
      'The link "javascript:alert(1)" must begin with https://, http://, mailto: or tel:.',
    ],
    ['[a]( JaVaScRiPt:alert(1))', /must begin with https/],
    ['[a](data:text/html;base64,xx)', /must begin with https/],
    ['[a](//evil.example)', /must begin with https/],
    ['[a](java{{ subscriber.city }})', /must begin with https/],
    ['[a](https://)', 'The link "https://" is not a complete address.'],
    [
      '[a](https://{{ subscriber.city }}/x)',
      'The link "https:///x" must name its host itself; merge fields may follow behind it.',
    ],
    ['[a](https://brand.example{{ subscriber.city }})', /must name its host itself/],
    ['[a]({% if subscriber.vip %}https://a.example{% endif %})', /must not begin with a tag/],
    [
      '![a](https://t.example/{{ subscriber.email }})',
      'The picture "https://t.example/" must be the same for everyone: a picture of one person would tell when that person opens the mail.',
    ],
    ['![a](logo.png)', /must begin with https/],
    ['[]({{ unsubscribe_url }})', 'The link "" has no words.'],
    ['[ ](https://a.example)', 'The link "https://a.example" has no words.'],
    ['[a][1]\n\n[1]: foo', 'The link "foo" must begin with https://, http://, mailto: or tel:.'],
  ] as const)('the address in %j is refused', (body, message) => {
    expect(faults(body)).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)])
  })

  it.each([
    ['a block that begins in a list and ends outside', '- {% if subscriber.vip %}a\n\nb{% endif %}'],
    [
      'a block that begins in a link and ends outside',
      '[a](https://a.example/{% if subscriber.vip %}) b {% endif %}',
    ],
    ['a block around half of a bold text', '**a {% if subscriber.vip %}b** c{% endif %}'],
  ])('%s would break the mail and is refused', (_, body) => {
    expect(faults(body)).toEqual([
      expect.stringMatching(
        /^Line 1: "if" here and "(if|endif)" in line \d stand in different parts of the text/,
      ),
    ])
  })

  it('that was refused at saving cannot be compiled either', () => {
    expect(() => compileCampaign(campaign(writing('{% raw %}')))).toThrow(DomainError)
    expect(() => compileCampaign(campaign(writing('{{ mail.to }}')))).toThrow(DomainError)
  })

  it('still goes out when a field it names is gone since: the field is absent', () => {
    expect(html('Hello {{ subscriber.gone }}.', { gone: 'x' })).toBe('<p>Hello x.</p>')
    expect(html('Hello {{ subscriber.gone | default: "you" }}.')).toBe('<p>Hello you.</p>')
  })
})

describe('HTML of ours', () => {
  const placed = (before: string, after: string) => {
    const { pieces } = readLiquid('{{ subscriber.city }}', { has: () => true, known: [] })
    const marks = createMarks('')
    return placeMarks(`${before}${marks.addAll(pieces)}${after}`, marks).problems
  }

  it.each([
    ['the name of an attribute', '<a ', '="x">y</a>'],
    ['the name of an element', '<a', '>y</a>'],
    ['an attribute without quotes', '<a href=', '>y</a>'],
    ['a comment', '<!-- ', ' -->'],
    ['an end tag', '<p></p ', '>'],
  ])('takes no merge field as %s', (_, before, after) => {
    expect(placed(before, after).map(({ message }) => message)).toEqual([
      'Liquid cannot stand inside an HTML tag, save in a quoted attribute.',
    ])
  })

  it('takes one as text and within quotes', () => {
    expect([...placed('<p>', '</p>'), ...placed('<p title="', '">x</p>')]).toEqual([])
  })
})

describe('a value', () => {
  const places = [
    'Hello {{ subscriber.city }}!',
    '[words {{ subscriber.city }}](https://a.example/?c={{ subscriber.city }}&d=1 "title {{ subscriber.city }}")',
    '[words]({{ subscriber.city }})',
    '# {{ subscriber.city }}\n\n`{{ subscriber.city }}`\n\n```{{ subscriber.city }}\n{{ subscriber.city }}\n```',
    '![alt {{ subscriber.city }}](https://a.example/x.png)',
    '{% if subscriber.vip %}{{ subscriber.city }}{% else %}[x](https://a.example/{{ subscriber.city }}){% endif %}',
    '| a | b |\n|---|---|\n| {{ subscriber.city }} | [x]({{ subscriber.city }}/more) |',
  ]
  const attacks = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    `' onmouseover='alert(1)`,
    'a\r\nBcc: everyone@mail.example\r\n\r\nbody',
    'nul\0 bell\u0007 delete\u007f next\u0085',
    '{{ subscriber.email }}{% if true %}',
    '{{ mail.to }}',
    '__proto__',
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    '&lt;b&gt; &amp; &quot;',
    '[a](https://evil.example) **bold** # no',
    '\\" \\n \\u0041 \\',
    '\u2028\u2029\u00a0\ufeff',
    'half \ud83d and half \ude00',
    '\ud83d',
    'right \u202e left',
    '👩‍🚀 Ђ ł 中',
    '$& $1 $`',
    '',
  ]
  const shape = (mail: Mail): string => mail.html.replace(/[^<>"]/g, '')

  it.each(attacks)('%j changes nothing but the words', (attack) => {
    for (const body of places) {
      const text = writing(body, {
        subject: 'For {{ subscriber.city }}',
        preheader: 'See {{ subscriber.city }}',
      })
      const mail = mailOf(text, person({ city: attack }))
      expect(shape(mail)).toBe(shape(mailOf(text, person({ city: 'Oslo' }))))
      expect(mail.html).not.toMatch(/href="(?!https?:|mailto:|#)/i)
      expect(mail.html.isWellFormed()).toBe(true)
      expect(mail.subject).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u)
      expect(mail.text).not.toMatch(/[^\P{Cc}\n\t]/u)
      expect(mail.to).toEqual(['anna@mail.example'])
      expect(Object.keys(mail)).toEqual(['from', 'to', 'subject', 'html', 'text', 'headers', 'tags'])
    }
  })

  it('in a subject stays on its line', () => {
    const subject = 'Hello {{ subscriber.city }}'
    expect(mailOf(writing('x', { subject }), person({ city: 'A\r\nBcc: b@c.example' })).subject).toBe(
      'Hello A Bcc: b@c.example',
    )
  })

  it('that looks like Liquid is never read as Liquid', () => {
    expect(html('{{ subscriber.city }}', { city: '{{ subscriber.email }}', email: 'a@b.example' })).toBe(
      '<p>{{ subscriber.email }}</p>',
    )
    const list = { ...campaign(writing('')).list, name: '{{ subscriber.email }}{% if' }
    const mail = mailOf(writing('This is {{ list.name }}.'), person({ email: 'a@b.example' }), { list })
    expect(bodyHtml(mail)).toContain('<p>This is {{ subscriber.email }}{% if.</p>')
    expect(mail.html).toContain('You get {{ subscriber.email }}{% if because you agreed to it on')
  })

  it('as a whole address leads to a page or a mailbox, or nowhere', () => {
    const href = (site: string): string | undefined =>
      /href="([^"]*)"/.exec(html('[a]({{ subscriber.site }})', { site }))?.[1]
    expect(href('https://a.example/?b=1&c=%20 d')).toBe('https://a.example/?b=1&amp;c=%20%20d')
    expect(href('HTTP://a.example')).toBe('HTTP://a.example')
    expect(href('mailto:a@b.example')).toBe('mailto:a@b.example')
    for (const bad of [
      'javascript:alert(1)',
      ' javascript:x',
      'ftp://a.example',
      'a.example',
      '//a.example',
      'https:',
      '',
    ])
      expect(href(bad)).toBe('#')
  })

  it('inside an address can neither end it nor begin another part', () => {
    expect(html('[a](https://a.example/x?c={{ subscriber.city }}&d=1)', { city: `a&d=2#"'> /../ł` })).toBe(
      '<p><a href="https://a.example/x?c=a%26d%3D2%23%22&#39;%3E%20%2F..%2F%C5%82&amp;d=1">a</a></p>',
    )
  })

  it('that is absent shows nothing, even where the language has a name for it', () => {
    const body = '[{{ subscriber.first_name }}|{{ subscriber.size }}|{{ subscriber.constructor }}]'
    const named = '{{ subscriber.constructor | default: "none" }} {{ subscriber.toString | default: "none" }}'
    expect(html(named)).toBe('<p>none none</p>')
    const absent =
      '{% if subscriber.size %}size{% endif %}{% if subscriber.constructor %}constructor{% endif %}'
    expect(html(body + absent)).toBe('<p>[||]</p>')
    expect(html('{% if subscriber.size == "M" %}{{ subscriber.size }}{% endif %}', { size: 'M' })).toBe(
      '<p>M</p>',
    )
  })

  it('may be a number or a truth', () => {
    const body =
      '{{ subscriber.points }} {{ subscriber.vip }}{% if subscriber.points >= 10 and subscriber.vip %} gold{% endif %}'
    expect(html(body, { points: 10, vip: true })).toBe('<p>10 true gold</p>')
    expect(html(body, { points: 9.5, vip: false })).toBe('<p>9.5 false</p>')
  })
})

describe('filters', () => {
  it.each([
    ['{{ subscriber.city | default: "there" }}', {}, 'there'],
    ['{{ subscriber.city | default: "there" }}', { city: '' }, 'there'],
    ['{{ subscriber.city | default: subscriber.first_name | upcase }}', { first_name: 'Łucja' }, 'ŁUCJA'],
    ['{{ subscriber.city | downcase }}', { city: 'ŁÓDŹ' }, 'łódź'],
    ['{{ subscriber.city | capitalize }}', { city: 'öREBRO' }, 'Örebro'],
    ['{{ subscriber.city | strip }}.', { city: '  Lund ' }, 'Lund.'],
    ['{{ subscriber.city | truncate: 6 }}', { city: 'Göteborg' }, 'Göt...'],
    ['{{ subscriber.city | truncate: 3, "…" }}', { city: '👩👩👩👩' }, '👩👩…'],
    ['{{ subscriber.city | truncatewords: 2 }}', { city: 'a b  c' }, 'a b...'],
    ['{{ subscriber.city | append: "!" | prepend: "¡" }}', { city: 'Lund' }, '¡Lund!'],
    ['{{ subscriber.city | replace: "u", "<" }}', { city: 'Lund' }, 'L&lt;nd'],
    ['{{ subscriber.city | replace: "", "x" }}', { city: 'Lund' }, 'Lund'],
    ['{{ subscriber.joined_on | date: "%-d %B %Y" }}', { joined_on: '2026-05-03' }, '3 May 2026'],
    [
      '{{ subscriber.joined_on | date: "%d.%m.%y %H:%M %%" }}',
      { joined_on: '2026-05-03T23:30:00-02:00' },
      '04.05.26 01:30 %',
    ],
    ['{{ subscriber.joined_on | date: "%Y" }}', { joined_on: '2026-13-45' }, '2026-13-45'],
    ['{{ "it\\"s" }} {{ 3 }}', {}, 'it&quot;s 3'],
  ] as const)('%s of %j', (body, subscriber, shown) => {
    expect(faults(body)).toEqual([])
    expect(html(body, subscriber)).toBe(`<p>${shown}</p>`)
  })

  it('never read the clock: now and today are words', () => {
    for (const word of ['now', 'today'])
      expect(html(`{{ subscriber.city | date: "%Y" }} {{ "${word}" | date: "%Y" }}`, { city: word })).toBe(
        `<p>${word} ${word}</p>`,
      )
  })

  it('name the month as it stands beside a day in each language', () => {
    const body = writing(
      '{{ subscriber.joined_on | date: "%-d %B" }}{% if subscriber.vip %} {{ subscriber.joined_on | date: "%B" }}{% endif %}',
    )
    const shown = (locale: Addressee['locale']): string =>
      bodyHtml(mailOf(body, person({ joined_on: '2026-05-03', vip: true }, { locale }))).trim()
    expect([shown('pl'), shown('ru')]).toEqual(['<p>3 maja maja</p>', '<p>3 мая мая</p>'])
  })

  it('cannot make a value grow without end', () => {
    const grow = ' | replace: "a", "aaaaaaaaaa"'.repeat(12)
    expect(() => html(`{{ subscriber.city${grow} }}`, { city: 'aaaa' })).toThrow('more than 1 MB')
  })
})

describe('blocks', () => {
  it('on lines of their own stand between paragraphs and leave nothing behind', () => {
    const body =
      'Before\n{% if subscriber.vip %}\nGold,\n\nand more.\n{% else %}\n- a\n- b\n{% endif %}\nAfter'
    expect(html(body, { vip: true })).toBe('<p>Before</p>\n\n<p>Gold,</p>\n<p>and more.</p>\n\n<p>After</p>')
    expect(html(body, {})).toBe('<p>Before</p>\n\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n\n<p>After</p>')
    expect(text(body, { vip: true })).toBe('Before\n\nGold,\n\nand more.\n\nAfter\n\n')
    expect(text(body, {})).toBe('Before\n\n- a\n- b\n\nAfter\n\n')
  })

  it('within a line, a list item, a link or an address belong to it', () => {
    const body =
      '- {% if subscriber.vip %}**gold**{% else %}plain{% endif %} one\n- [see](https://a.example/{% unless subscriber.vip %}all{% endunless %}?n={{ subscriber.city }})'
    expect(html(body, { vip: true, city: 'å b' })).toBe(
      '<ul>\n<li><strong>gold</strong> one</li>\n<li><a href="https://a.example/?n=%C3%A5%20b">see</a></li>\n</ul>',
    )
    expect(text(body, {})).toBe('- plain one\n- see (https://a.example/all?n=)\n\n')
  })

  it('may stand in each other, and in a subject', () => {
    const subject =
      '{% if subscriber.vip %}Dear {% if subscriber.city == "Oslo" %}neighbour{% else %}friend{% endif %}{% endif %}!'
    const shown = (fields: Addressee['subscriber']): string =>
      mailOf(writing('x', { subject }), person(fields)).subject
    expect([shown({ vip: true, city: 'Oslo' }), shown({ vip: true }), shown({})]).toEqual([
      'Dear neighbour!',
      'Dear friend!',
      '!',
    ])
  })

  it.each([
    ['SE', 'hej'],
    ['NO', 'hei'],
    ['DK', 'hei'],
    ['PL', 'hello'],
  ])('choose among cases: %s', (city, shown) => {
    const body =
      '{% case subscriber.city %}{% when "SE" %}hej{% when "NO", "DK" or "FO" %}hei{% else %}hello{% endcase %}'
    expect(html(body, { city })).toBe(`<p>${shown}</p>`)
  })

  it('of cases may have lines of their own', () => {
    const body =
      '{% case subscriber.city %}\n{% when "SE" %}\nHej\n\n{% else %}\n> Hello\n{% endcase %}\n\nEnd'
    expect(html(body, { city: 'SE' })).toBe('<p>Hej</p>\n\n<p>End</p>')
    expect(text(body)).toBe('> Hello\n\nEnd\n\n')
  })

  it('of comment are gone, whatever they hold', () => {
    expect(faults('{% comment %}{{ foo }} {% for %}{% endcomment %}')).toEqual([])
    expect(html('a\n\n{% comment %}\n{{ foo }}\n\n{% for %}\n{% endcomment %}\n\nb')).toBe(
      '<p>a</p>\n<p>b</p>',
    )
    expect(html('a{%- comment -%} x {%- endcomment -%}  b')).toBe('<p>ab</p>')
  })

  it('take the white space beside them away where they are told to', () => {
    expect(
      html('a {{- subscriber.city -}} b {%- if subscriber.vip -%} c {%- endif %} d', {
        city: 'x',
        vip: true,
      }),
    ).toBe('<p>axbc d</p>')
  })

  it('are not there where a backslash stands before the braces', () => {
    expect(faults('\\{{ foo }} \\{% for %}')).toEqual([])
    expect(html('\\{{ subscriber.city }} \\{% if %} \\\\{{ subscriber.city }} `\\{{`', { city: 'x' })).toBe(
      '<p>{{ subscriber.city }} {% if %} \\x <code>{{</code></p>',
    )
    expect(html('[a](https://a.example/\\{{x)')).toBe('<p><a href="https://a.example/%7B%7Bx">a</a></p>')
  })
})

describe('Markdown', () => {
  it('lets no HTML through, even of a text that was saved before HTML was refused', () => {
    expect(
      html('<b onclick="x">{{ subscriber.city }}</b>\n\n<script>\nalert(1)\n</script>', { city: 'x' }),
    ).toBe(
      '<p>&lt;b onclick=&quot;x&quot;&gt;x&lt;/b&gt;</p>\n<p>&lt;script&gt;\nalert(1)\n&lt;/script&gt;</p>',
    )
  })

  it('finds its marks around merge fields', () => {
    expect(
      html('**{{ subscriber.city }}** _{{ subscriber.city }}_ ~~{{ subscriber.city }}~~', { city: '*x*' }),
    ).toBe('<p><strong>*x*</strong> <em>*x*</em> <s>*x*</s></p>')
    expect(html('[a][1] [b][1]\n\n[1]: https://a.example/{{ subscriber.city }}', { city: 'x y' })).toBe(
      '<p><a href="https://a.example/x%20y">a</a> <a href="https://a.example/x%20y">b</a></p>',
    )
  })
})

describe('the text part', () => {
  it('reads like a letter', () => {
    const body = [
      '# Hello {{ subscriber.first_name | default: "there" }}',
      'One line\nand its **end**.  \nA new line, with `code` & \\<signs>.',
      '## What is new',
      '- first\n- second with [a link](https://a.example/?a=1&b=2)\n  - inner\n  - more\n- third',
      '3. three\n4. four',
      '- loose\n\n- list',
      '> A quote\n>\n> of two parts',
      '### Small\n\n***',
      '| Day | Place |\n|---|:-:|\n| Mon | {{ subscriber.city }} |',
      '```js\nlet a = 1\n\nlet b\n```',
      '![The logo](https://a.example/l.png) [![](https://a.example/i.png)](https://a.example/go)',
      '<https://a.example/x> <anna@a.example> [https://a.example](https://a.example) [Leave]({{ unsubscribe_url }})',
    ].join('\n\n')
    expect(text(body, { first_name: 'Åsa', city: 'Łódź' })).toBe(`Hello Åsa
==============

One line and its end.
A new line, with code & <signs>.

What is new
-----------

- first
- second with a link (https://a.example/?a=1&b=2)
  - inner
  - more
- third

3. three
4. four

- loose

- list

> A quote
>
> of two parts

Small

* * *

Day | Place
-----------
Mon | Łódź

    let a = 1

    let b

[The logo] https://a.example/go

https://a.example/x anna@a.example https://a.example Leave (https://lists.brand.example/u/AQAAleave)

`)
  })

  it('ends with the foot', () => {
    expect(mailOf(writing('Hello')).text).toBe(`Hello

${rule}
You get Monthly because you agreed to it on 3 May 2026.
Unsubscribe: https://lists.brand.example/u/AQAAleave
Your choices: https://lists.brand.example/p/AQAAchoose

Brand AB
Gatan 1
111 22 Stockholm
Contact: privacy@brand.example
`)
  })
})

describe('the foot of a mail', () => {
  const leave = 'href="https://lists.brand.example/u/AQAAleave"'
  const choose = 'href="https://lists.brand.example/p/AQAAchoose"'
  const foot = (mail: Mail): string => mail.html.split('class="foot"').at(-1) ?? ''
  const count = (mail: Mail, what: string): number => mail.html.split(what).length - 1

  it('says why it came, how to leave, how to choose and who answers for it', () => {
    const shown = foot(mailOf(writing('Hello')))
    for (const part of [
      'because you agreed to it on 3 May 2026.',
      leave,
      choose,
      'Brand AB<br>Gatan 1<br>111 22 Stockholm',
    ])
      expect(shown).toContain(part)
  })

  it('adds only what the text lacks', () => {
    const both = mailOf(writing('[Leave]({{ unsubscribe_url }}) or [choose]({{ preferences_url }})'))
    expect([count(both, leave), count(both, choose)]).toEqual([1, 1])
    expect(foot(both)).toContain('Brand AB')
    const one = mailOf(writing('Leave at {{ unsubscribe_url }}!'))
    expect([count(one, leave), count(one, choose)]).toEqual([1, 1])
    expect(bodyHtml(one).trim()).toBe(
      `<p>Leave at <a ${leave}>https://lists.brand.example/u/AQAAleave</a>!</p>`,
    )
    expect(one.text).toMatch(/^Leave at https:\/\/lists\.brand\.example\/u\/AQAAleave!\n/)
    const address = mailOf(writing('We are **Brand AB**, Gatan 1, 111 22  Stockholm.'))
    expect(foot(address)).not.toContain('Gatan')
    expect(address.text.split(rule)[1]).not.toContain('Gatan')
  })

  it.each([
    [
      'only some get to see',
      '{% if subscriber.vip %}[x]({{ unsubscribe_url }}) Gatan 1, 111 22 Stockholm{% endif %}',
    ],
    ['stands in a comment', '{% comment %}{{ unsubscribe_url }}{% endcomment %}'],
    ['nobody sees', '[x](https://a.example "{{ unsubscribe_url }}")'],
    ['can be read but not clicked', '`{{ unsubscribe_url }}`'],
    ['was changed on the way', '{{ unsubscribe_url | truncate: 5 }}'],
    ['is written out as an example', '\\{{ unsubscribe_url }}'],
  ])('is not fooled by a link that %s', (_, body) => {
    const shown = foot(mailOf(writing(body)))
    expect(shown).toContain(leave)
    expect(shown).toContain('Gatan 1')
  })

  it('speaks the language of the person, or the default one', () => {
    const shown = (locale: Addressee['locale']) =>
      mailOf(writing('x'), person({}, { locale, agreedOn: '3 maja 2026' })).html
    expect(shown('pl')).toContain('<html lang="pl"')
    expect(shown('pl')).toContain(messages('pl').footer.leave)
    expect(shown('sv')).toContain('<html lang="en"')
    expect(mailOf(writing('x'), person({}, { agreedOn: null })).text).toContain(
      messages('en').footer.whyUndated('Monthly'),
    )
  })

  it('escapes what the list is called and where it lives', () => {
    const list = {
      ...campaign(writing('')).list,
      name: '<b>"List" & co',
      controller: { name: 'A & B <i>', address: 'x <script>', contact_email: 'a@b.example' },
    }
    const mail = mailOf(writing('x'), person(), { list })
    expect(foot(mail)).toContain('You get &lt;b&gt;&quot;List&quot; &amp; co because')
    expect(mail.html).not.toContain('<script>')
  })
})

describe('the preheader', () => {
  it('is hidden text at the top, and not there when it is empty', () => {
    const mail = mailOf(
      writing('x', { preheader: 'For {{ subscriber.city }} & co' }),
      person({ city: '<b>' }),
    )
    expect(mail.html).toMatch(/<div style="display:none[^"]*">For &lt;b&gt; &amp; co&#8199;/)
    expect(mailOf(writing('x')).html).not.toContain('display:none')
  })
})

describe('headers of a marketing message (RFC 8058, 2369, 2919)', () => {
  it('name the list, the ways of leaving and the campaign, and no person', () => {
    expect(mailOf(writing('x')).headers).toEqual({
      'List-Id': 'Monthly <0193a8c0-0000-7000-8000-000000000001.lists.lists.brand.example>',
      'List-Unsubscribe': '<https://lists.brand.example/u/AQAAleave>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'List-Help': '<https://lists.brand.example/s/monthly>',
      'List-Owner': '<mailto:privacy@brand.example>',
      'List-Subscribe': '<https://lists.brand.example/s/monthly>',
      'List-Post': 'NO',
      Precedence: 'bulk',
      'Feedback-ID': 'c0193a8c0-0000-7000-8000-00000000c0de:monthly:news:assent',
    })
  })

  it('keep the Message-ID to the mailers that can set it', () => {
    const to = person({}, { messageId: '<0193@lists.brand.example>' })
    expect(mailOf(writing('x'), to).headers['Message-ID']).toBeUndefined()
    expect(mailOf(writing('x'), to, { setsMessageId: true }).headers['Message-ID']).toBe(
      '<0193@lists.brand.example>',
    )
  })

  it('come with one recipient, the sender quoted, the answer address if there is one, and the tag', () => {
    const from = { name: 'Brand "AB" \\ Żółw\r\nBcc: x', email: 'news@brand.example' }
    const mail = mailOf(writing('x'), person(), { from, replyTo: 'hello@brand.example' })
    expect(mail).toMatchObject({
      from: '"Brand \\"AB\\" \\\\ Żółw Bcc: x" <news@brand.example>',
      to: ['anna@mail.example'],
      reply_to: 'hello@brand.example',
      tags: [{ name: 'assent', value: person().tag }],
    })
    expect(Object.keys(mail)).toEqual([
      'from',
      'to',
      'reply_to',
      'subject',
      'html',
      'text',
      'headers',
      'tags',
    ])
  })

  it('stay ASCII on one line of at most 255 characters, whatever the list is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (listName) => {
        const id = listId({
          listName,
          listId: '0193a8c0-0000-7000-8000-000000000001',
          publicUrl: 'https://lists.brand.example',
        })
        expect(id).toMatch(/^[\x20-\x7e]{1,255}$/)
        expect(id).toMatch(/<0193a8c0-0000-7000-8000-000000000001\.lists\.lists\.brand\.example>$/)
      }),
    )
  })

  it.each([
    ['Monthly news', 'Monthly news'],
    ['Brand, Inc. "News"', '"Brand, Inc. \\"News\\""'],
    ['Månadsbrev', '=?UTF-8?B?TcOlbmFkc2JyZXY=?='],
    ['=?UTF-8?B?eA==?=', '=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?='],
    ['a\r\nBcc: x', '"a Bcc: x"'],
    [
      'ж'.repeat(30),
      `=?UTF-8?B?${Buffer.from('ж'.repeat(22)).toString('base64')}?= =?UTF-8?B?${Buffer.from('ж'.repeat(8)).toString('base64')}?=`,
    ],
  ])('write the name %j as %s', (name, phrase) => {
    expect(phraseOf(name, 200)).toBe(phrase)
  })

  it('take a host without a name, and an owner with strange letters', () => {
    const facts = {
      listId: 'l',
      listName: 'L',
      slug: 'l',
      contactEmail: 'a+b%c@żółw.example',
      publicUrl: 'http://[::1]:8787',
      campaign: 'c:1',
      unsubscribeUrl: 'u',
    }
    expect(listHeaders(facts)).toMatchObject({
      'List-Id': 'L <l.lists.-1->',
      'List-Owner': '<mailto:a%2Bb%25c@%C5%BC%C3%B3%C5%82w.example>',
      'Feedback-ID': 'cc-1:l:news:assent',
    })
  })
})

describe('the fast path', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 40 }),
    fc.constantFrom(
      '<',
      '"',
      '\\',
      '\u2028',
      '\ud83d',
      '\ude00',
      '{{',
      'https://a.example/?a=b&c',
      'a  b',
      '%41%',
      "'",
    ),
    fc.double(),
    fc.boolean(),
  )
  const fragment = fc.constantFrom(
    'Hello {{ subscriber.city }}',
    '{{ subscriber.first_name | default: "you" | upcase }}',
    ' ',
    '\n',
    '\n\n',
    '**',
    '# ',
    '- ',
    '> ',
    '`',
    '1. ',
    '[a](https://a.example/{{ subscriber.city }}?b={{ subscriber.points }})',
    '[b]({{ subscriber.site }}{{ subscriber.city }})',
    '[c]({{ unsubscribe_url }})',
    '{% if subscriber.vip %}',
    '{% elsif subscriber.city contains "a" %}',
    '{% else %}',
    '{% endif %}',
    '\n{% if subscriber.size %}\n',
    '\n{% endif %}\n',
    '{% unless subscriber.points > 1 %}',
    '{% endunless %}',
    '{% case subscriber.city %}{% when "a", 1 %}',
    '{% endcase %}',
    '{% comment %}x{% endcomment %}',
    '{{- subscriber.city -}}',
    '\\{{',
    '\\',
    '"',
    '<b>',
    '&amp;',
    'ł😀\u2028',
    '| a | b |\n|---|---|\n| {{ subscriber.city }} | x |\n',
    '```\n',
    '    ',
    '{{ subscriber.city | truncate: 3, "" }}',
    '{{ subscriber.city | replace: "a", subscriber.site }}',
    '{{ list.name }}',
    '{{ subscriber.joined_on | date: "%-d %B" }}',
    '![p {{ subscriber.city }}](https://a.example/x.png "{{ subscriber.city }}")',
    'привет '.repeat(20),
  )
  const subscriber = fc.dictionary(
    fc.constantFrom(...fields.map(({ key }) => key), 'email', '__proto__', 'constructor', 'first'),
    value,
  )
  const locale = fc.constantFrom('en', 'pl', 'sv', 'ru')

  it('gives the same bytes as the plain one for any text that is taken and any person', () => {
    let taken = 0
    fc.assert(
      fc.property(
        fc.array(fragment, { maxLength: 12 }),
        fc.array(fc.tuple(subscriber, locale), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (parts, people, isCyrillic) => {
          const text = writing(parts.join('') + (isCyrillic ? `\n\n${'привет '.repeat(200)}` : ''), {
            subject: '{{ subscriber.city }} {% if subscriber.vip %}★{% endif %}',
            preheader: '{{ list.name }}',
          })
          if (checkContent(text, fields).length > 0) return
          taken += 1
          const controller = { name: '\ud83d', address: '\ude00', contact_email: 'a@b.example' }
          const list = { ...campaign(text).list, name: 'L \ud83d {{ x }} "é"', controller }
          const compiled = compileCampaign(
            campaign(text, { list, from: { name: '\ud83d', email: 'a@b.example' }, setsMessageId: true }),
          )
          for (const [values, language] of people) {
            const to = person(values, { locale: language, agreedOn: '\ude00', messageId: '<a"\\@b>' })
            const wire = renderMail(compiled, to)
            expect(wire).toBe(renderMailSlow(compiled, to))
            const mail: Mail = JSON.parse(wire)
            expect(mail.subject).not.toMatch(/\p{Cc}/u)
            expect(`${mail.html}${mail.text}${mail.subject}`.isWellFormed()).toBe(true)
          }
        },
      ),
      { numRuns: 800 },
    )
    expect(taken).toBeGreaterThan(50)
  })

  it('gives the same bytes for every letter in every place', () => {
    const letters = [
      ...Array.from({ length: 0x600 }, (_, unit) => String.fromCharCode(unit)),
      ...'\u2028\u2029\u202e\ud7ff\ud800\udfff\ue000\ufeff\uffff'.split(''),
      '😀',
    ]
    for (const more of ['', 'привет '.repeat(200)]) {
      const compiled = compileCampaign(
        campaign(writing(`${places()}\n\n${more}`, { subject: '{{ subscriber.city }}' })),
      )
      for (const letter of letters) {
        const values = { city: `a${letter}b`, first_name: letter, site: `https://a.example/${letter}b` }
        expect(renderMail(compiled, person(values))).toBe(renderMailSlow(compiled, person(values)))
      }
    }
  })

  it('never lets a value change the structure of the HTML', () => {
    const body = places()
    const shape = (mail: string): string => JSON.parse(mail).html.replace(/[^<>"]/g, '')
    const compiled = compileCampaign(campaign(writing(body)))
    const plain = shape(renderMail(compiled, person()))
    fc.assert(
      fc.property(subscriber, (values) => {
        expect(shape(renderMail(compiled, person(values)))).toBe(plain)
      }),
    )
  })

  it('gives the same bytes every time, and from every compilation', () => {
    const text = writing(places(), { subject: 'Hi {{ subscriber.city }}' })
    const once = renderMail(compileCampaign(campaign(text)), person({ city: 'Łódź' }))
    expect(renderMail(compileCampaign(campaign(text)), person({ city: 'Łódź' }))).toBe(once)
  })

  it('writes ASCII where there is little else, and the letters themselves where there are many', () => {
    const wire = (body: string): string =>
      renderMail(compileCampaign(campaign(writing(body))), person({ city: 'Łódź' }))
    expect(wire('Ż {{ subscriber.city }}{% if subscriber.city %}{{ subscriber.city }}{% endif %}')).toMatch(
      /^[\x20-\x7e]*$/,
    )
    expect(wire('привет {{ subscriber.city }} '.repeat(100))).toContain('привет Łódź')
  })

  it('checks any text without failing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc
            .array(
              fc.oneof(
                fragment,
                fc.constantFrom(
                  '{{',
                  '}}',
                  '{%',
                  '%}',
                  '|',
                  ':',
                  ',',
                  'subscriber',
                  '.',
                  '[',
                  ']',
                  '(',
                  ')',
                  'if',
                  'when',
                  'case',
                ),
              ),
              { maxLength: 30 },
            )
            .map((parts) => parts.join('')),
        ),
        (body) => {
          expect(Array.isArray(checkContent(writing(body), fields))).toBe(true)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

const places = (): string =>
  '# {{ subscriber.city }}\n\n[{{ subscriber.city }}]({{ subscriber.site }} "{{ subscriber.city }}") [b](https://a.example/{{ subscriber.city }})\n\n`{{ subscriber.first_name }}` ![{{ subscriber.city }}](https://a.example/a.png)'
