// pure · what writers type or paste is right, or refused with a sentence: HTML, comments, bare addresses, strange spaces, dates
import { describe, expect, it } from 'vitest'
import { checkContent } from '../../src/campaigns/writing/content.ts'
import { faults, fields, html, text, writing } from '../support/rendered-mail.ts'

const shown = (body: string, values: Record<string, string | boolean> = {}): string =>
  html(body, values).replaceAll('\n', '')

describe('a comment in HTML', () => {
  it.each([
    ['at the top', '<!-- internal note: do not send before legal has seen it -->\n\nHello', '<p>Hello</p>'],
    ['of several lines', 'a\n\n<!-- one\n\n- two\n-->\n\nb', '<p>a</p><p>b</p>'],
    ['of several lines, with words behind it', '<!-- one\ntwo --> Hello', '<p>Hello</p>'],
    ['before a heading', '<!-- x -->\n# a', '<h1>a</h1>'],
    ['before a heading on its line', '<!-- x --># a', '<h1>a</h1>'],
    ['between items', '- a\n<!-- x -->\n- b', '<ul><li>a</li><li>b</li></ul>'],
    [
      'between rows',
      '| a |\n|---|\n| b |\n<!-- x -->\n| c |',
      '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr><tr><td>c</td></tr></tbody></table>',
    ],
    ['in a quotation', '> a\n>\n> <!-- x\n> y -->\n>\n> b', '<blockquote><p>a</p><p>b</p></blockquote>'],
    ['in a line', 'a<!-- x -->b', '<p>ab</p>'],
    ['in a heading', '# a<!-- x -->', '<h1>a</h1>'],
    ['that is empty', 'a<!-->b<!--->c', '<p>abc</p>'],
    ['with a merge field', '<!-- {{ subscriber.city }} -->Hello', '<p>Hello</p>'],
  ])('is dropped: %s', (_, body, expected) => {
    expect(faults(body)).toEqual([])
    expect(shown(body, { city: 'Oslo' })).toBe(expected)
    expect(text(body)).not.toMatch(/<!--|-->/)
  })

  it('stays where code shows one', () => {
    expect(shown('`<!-- x -->`')).toBe('<p><code>&lt;!-- x --&gt;</code></p>')
    expect(shown('```\n<!-- x -->\n```')).toBe('<pre><code>&lt;!-- x --&gt;</code></pre>')
    expect(shown('\\<!-- x -->')).toBe('<p>&lt;!-- x --&gt;</p>')
  })

  it.each([
    '<!-- {% if subscriber.vip %} -->a<!-- {% endif %} -->',
    '<!-- {% if subscriber.vip %} -->\na\n<!-- {% endif %} -->',
  ])('hides no condition, since Liquid comes first: %j', (body) => {
    expect(faults(body)).toEqual([])
    expect(shown(body, { vip: true })).toContain('a')
    expect(shown(body, { vip: false })).not.toContain('a')
  })

  it('that never ends is refused', () => {
    expect(faults('a\n\n<!-- b')).toEqual(['Line 3: This comment is never closed; it ends with -->.'])
  })
})

describe('a tag of HTML', () => {
  it.each([
    ['<p style="color:red">Sale</p>', '<p style="color:red">'],
    ['Text <u>underlined</u>', '<u>'],
    ['a<br/>b', '<br/>'],
    ['a<BR>b', '<BR>'],
    ['<div\nclass="x">', '<div class="x">'],
    ['- <b>x', '<b>'],
    ['| a |\n|---|\n| <br> |', '<br>'],
    ['# <span>x', '<span>'],
    ['<a href="https://a.example/{{ subscriber.city }}">', '<a href="https://a.example/">'],
    ['<!DOCTYPE html>', '<!DOCTYPE html>'],
    ['<?php x ?>', '<?php x ?>'],
    ['**<font color=red>**', '<font color=red>'],
  ])('is refused while HTML is not available: %j', (body, tag) => {
    expect(faults(body)[0]).toMatch(
      /^Line \d: "<.*" is HTML, which is not available yet\. Use Markdown, or write \\</,
    )
    expect(faults(body)[0]).toContain(`"${tag}"`)
  })

  it.each([
    '1 < 2 and 3 > 2',
    'I <3 you',
    '\\<b>',
    '`<b>`',
    '```\n<b>\n```',
    '<https://a.example>',
    '<anna@a.example>',
    '&lt;b&gt;',
    'a <- b',
    '< b >',
  ])('is not %j', (body) => {
    expect(faults(body)).toEqual([])
  })

  it('is named with its line', () => {
    expect(faults('one\n\ntwo\n<u>three</u>')).toEqual([
      expect.stringMatching(/^Line 4: "<u>"/),
      expect.stringMatching(/^Line 4: "<\/u>"/),
    ])
  })
})

describe('a row with more cells than its table', () => {
  it.each(['| 1 | 2 | 3 |', '1 | 2 | 3', '| 1 | 2 | {{ subscriber.city }} |'])(
    'is refused, since one would be lost: %j',
    (row) => {
      expect(faults(`| a | b |\n|---|---|\n${row}`)).toEqual([
        expect.stringMatching(/This row has 3 cells, and its table has 2 columns: the last would be lost/),
      ])
    },
  )

  it.each(['| 1 |', '| 1 \\| 2 | 3 |', '| 1 | 2 |', '1 | 2'])('is not %j', (row) => {
    expect(faults(`> | a | b |\n> |---|---|\n> ${row}`)).toEqual([])
  })
})

describe('a bare address', () => {
  const link = (url: string, words = url): string =>
    `<a href="${url.replaceAll('&', '&amp;')}">${words.replaceAll('&', '&amp;')}</a>`

  it.each([
    [
      'Read more at https://brand.example/a_b_c?x=1&y=2 today.',
      `<p>Read more at ${link('https://brand.example/a_b_c?x=1&y=2')} today.</p>`,
    ],
    [
      '(https://brand.example/a), https://brand.example/b.',
      `<p>(${link('https://brand.example/a')}), ${link('https://brand.example/b')}.</p>`,
    ],
    ['- http://brand.example', `<ul><li>${link('http://brand.example')}</li></ul>`],
    ['https://brand.example/_a_/*b*', `<p>${link('https://brand.example/_a_/*b')}*</p>`],
    ['www.brand.example/a', `<p>${link('http://www.brand.example/a', 'www.brand.example/a')}</p>`],
    [
      'Write to anna@brand.example.',
      `<p>Write to ${link('mailto:anna@brand.example', 'anna@brand.example')}.</p>`,
    ],
    ['**https://brand.example**', `<p><strong>${link('https://brand.example')}</strong></p>`],
  ])('is a link: %j', (body, expected) => {
    expect(faults(body)).toEqual([])
    expect(shown(body)).toBe(expected)
  })

  it.each([
    'Node.js and main.rs',
    '`https://brand.example`',
    'ftp://brand.example',
    'https://',
    '//brand.example',
    'a@b',
    'www.',
    'xhttps://',
  ])('is not %j', (body) => {
    expect(faults(body)).toEqual([])
    expect(shown(body)).not.toContain('<a ')
  })

  it('is one link where it stands in one', () => {
    expect(shown('[https://a.example](https://b.example)')).toBe(
      `<p>${link('https://b.example', 'https://a.example')}</p>`,
    )
  })

  it('ends before a tag, and goes on over one within it', () => {
    const branches = '{% if subscriber.vip %}https://a.example/1{% else %}https://a.example/2{% endif %}'
    expect(faults(branches)).toEqual([])
    expect(shown(branches, { vip: true })).toBe(`<p>${link('https://a.example/1')}</p>`)
    const within =
      'https://a.example/{% if subscriber.vip %}gold{% else %}all{% endif %}?c={{ subscriber.city }}'
    expect(faults(within)).toEqual([])
    expect(shown(within, { vip: true, city: 'Oslo' })).toBe(`<p>${link('https://a.example/gold?c=Oslo')}</p>`)
    const mail = '{% if subscriber.vip %}a@b.example{% endif %}'
    expect(shown(mail, { vip: true })).toBe(`<p>${link('mailto:a@b.example', 'a@b.example')}</p>`)
  })

  it('is no link where a value would be its host', () => {
    expect(faults('https://{{ subscriber.city }}.example')).toEqual([])
    expect(shown('https://{{ subscriber.city }}.example', { city: 'oslo' })).toBe(
      '<p>https://oslo.example</p>',
    )
  })

  it('stands in the text part as it is', () => {
    expect(text('See https://brand.example/a?x=1&y=2, www.brand.example and anna@brand.example')).toBe(
      'See https://brand.example/a?x=1&y=2, www.brand.example and anna@brand.example\n\n',
    )
  })
})

describe('a sign of Markdown beside a space that is none', () => {
  it.each([
    ['a byte order mark', '\ufeff# a', '<h1>a</h1>'],
    ['a no-break space behind it', '#\u00a0a', '<h1>a</h1>'],
    ['a no-break space before it', '\u00a0# a', '<h1>a</h1>'],
    ['a narrow one', '##\u202fa', '<h2>a</h2>'],
    ['a zero-width one', '\u200b# a', '<h1>a</h1>'],
    ['an ideographic one', '#\u3000a', '<h1>a</h1>'],
    ['one in a list', '-\u00a0a\n-\u00a0b', '<ul><li>a</li><li>b</li></ul>'],
    ['one in a numbered list', '1.\u00a0a\n2.\u00a0b', '<ol><li>a</li><li>b</li></ol>'],
    ['one in a quotation', '>\u00a0a', '<blockquote><p>a</p></blockquote>'],
    ['one behind a tag', '{% if true %}#\u00a0a\n{% endif %}', '<h1>a</h1>'],
    ['a byte order mark before a tag', '\ufeff{% if true %}\n# a\n{% endif %}', '<h1>a</h1>'],
  ])('is one still: %s', (_, body, expected) => {
    expect(faults(body)).toEqual([])
    expect(shown(body)).toBe(expected)
  })

  it('leaves no-break spaces in the words', () => {
    expect(shown('24\u00a0kr')).toBe('<p>24\u00a0kr</p>')
  })
})

describe('a date that is none', () => {
  it.each([
    '{{ "now" | date: "%Y" }}',
    '{{ "today" | date: "%Y" }}',
    '{{ "now" | upcase | date: "%Y" }}',
    '{{ subscriber.joined_on | default: "now" | date: "%Y" }}',
    '{{ "2026-13-01" | date: "%Y" }}',
  ])('%s is refused, since everybody would see the word', (source) => {
    expect(faults(`a\n© ${source}`)).toEqual([
      expect.stringMatching(/^Line 2: ".*" is no date, and a mail has no clock/),
    ])
    expect(checkContent(writing('x', { subject: source }), fields).map(({ path }) => path)).toEqual([
      'subject',
    ])
    expect(checkContent(writing('x', { preheader: source }), fields).map(({ path }) => path)).toEqual([
      'preheader',
    ])
  })

  it.each([
    '{{ "2026-05-14" | date: "%Y" }}',
    '{{ subscriber.joined_on | date: "%Y" }}',
    '{{ subscriber.joined_on | date: "%Y" | default: "now" }}',
    '{{ subscriber.joined_on | default: "" | date: "%Y" }}',
    '{{ "now" }}',
  ])('is not %s', (source) => {
    expect(faults(source)).toEqual([])
  })
})

describe('the text part', () => {
  it('keeps the strokes through what is no longer so', () => {
    expect(text('~~99 zł~~ 79 zł')).toBe('~~99 zł~~ 79 zł\n\n')
    expect(shown('~~99 zł~~ 79 zł')).toBe('<p><s>99 zł</s> 79 zł</p>')
  })

  it.each([
    ['Regards\n-- \nAnna\nBrand', 'Regards\n--\n\nAnna Brand\n\n', '<p>Regards<br>--</p><p>AnnaBrand</p>'],
    ['Regards\n--\n\nAnna', 'Regards\n--\n\nAnna\n\n', '<p>Regards<br>--</p><p>Anna</p>'],
    ['Regards\n\n-- \nAnna', 'Regards\n\n--\nAnna\n\n', '<p>Regards</p><p>--<br>Anna</p>'],
    ['> Regards\n> --\n', '> Regards\n> --\n\n', '<blockquote><p>Regards<br>--</p></blockquote>'],
    ['Regards\n---\n', 'Regards\n-------\n\n', '<h2>Regards</h2>'],
  ])(
    'keeps the two hyphens of a signature on a line of their own, and never as the sign behind which mail programs cut: %j',
    (source, plain, html) => {
      expect(text(source)).toBe(plain)
      expect(shown(source)).toBe(html)
      expect(text(source)).not.toMatch(/^-- $/m)
    },
  )

  it('sets what a picture shows apart from the sentences around it', () => {
    expect(text('Look: ![The garden](https://a.example/x.png) It grows.')).toBe(
      'Look: [The garden] It grows.\n\n',
    )
    expect(text('![](https://a.example/x.png) It grows.')).toBe(' It grows.\n\n')
  })
})
