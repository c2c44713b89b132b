// pure · tags at the edge of Markdown blocks: Liquid comes first, as its authors expect, and nothing is shown as it was typed
import { describe, expect, it } from 'vitest'
import { faults, html, text } from '../support/rendered-mail.ts'

/** What a person of that kind sees, without the line ends between elements. */
const shown = (body: string, vip: boolean): string => html(body, { vip }).replaceAll('\n', '')
const read = (body: string, vip: boolean): string => text(body, { vip })

const list = '<ul><li>a</li><li>b</li><li>c</li></ul>'
const short = '<ul><li>a</li><li>c</li></ul>'

describe('a list with an item in a condition', () => {
  it.each([
    ['a tag before the sign', '- a\n{% if subscriber.vip %}- b\n{% endif %}- c'],
    ['tags on lines of their own', '- a\n{% if subscriber.vip %}\n- b\n{% endif %}\n- c'],
    ['tags that take the line ends before them', '- a\n{%- if subscriber.vip %}\n- b\n{%- endif %}\n- c'],
    ['tags that take the line ends behind them', '- a\n{% if subscriber.vip -%}\n- b\n{% endif -%}\n- c'],
    ['the whole item on one line', '- a\n{% if subscriber.vip %}- b{% endif %}\n- c'],
    ['a tag at the end of the item before', '- a{% if subscriber.vip %}\n- b{% endif %}\n- c'],
    ['a tag and a space', '- a\n{% if subscriber.vip %} - b\n{% endif %} - c'],
    ['another sign', '* a\n{% if subscriber.vip %}* b\n{% endif %}* c'],
  ])('is one list: %s', (_, body) => {
    expect(faults(body)).toEqual([])
    expect([shown(body, true), shown(body, false)]).toEqual([list, short])
    expect([read(body, true), read(body, false)]).toEqual(['- a\n- b\n- c\n\n', '- a\n- c\n\n'])
  })

  it.each([
    ['first', '{% if subscriber.vip %}- a\n{% endif %}- b', 'ul', ['a', 'b'], ['b']],
    ['last', '- a\n{% if subscriber.vip %}- b\n{% endif %}', 'ul', ['a', 'b'], ['a']],
    [
      'instead of another',
      '- a\n{% if subscriber.vip %}\n- b\n{% else %}\n- c\n{% endif %}',
      'ul',
      ['a', 'b'],
      ['a', 'c'],
    ],
    ['numbered', '1. a\n{% if subscriber.vip %}2. b\n{% endif %}3. c', 'ol', ['a', 'b', 'c'], ['a', 'c']],
    [
      'numbered with brackets',
      '1) a\n{% unless subscriber.vip %}\n2) b\n{% endunless %}\n3) c',
      'ol',
      ['a', 'c'],
      ['a', 'b', 'c'],
    ],
    [
      'one of cases',
      '- a\n{% case subscriber.vip %}{% when true %}- b\n{% else %}- c\n{% endcase %}- d',
      'ul',
      ['a', 'b', 'd'],
      ['a', 'c', 'd'],
    ],
    [
      'in another condition',
      '- a\n{% if true %}{% if subscriber.vip %}- b\n{% endif %}- c\n{% endif %}- d',
      'ul',
      ['a', 'b', 'c', 'd'],
      ['a', 'c', 'd'],
    ],
  ])('holds an item that is %s', (_, body, name, all, some) => {
    const items = (words: readonly string[]): string =>
      `<${name}>${words.map((word) => `<li>${word}</li>`).join('')}</${name}>`
    expect(faults(body)).toEqual([])
    expect([shown(body, true), shown(body, false)]).toEqual([items(all), items(some)])
  })

  it('keeps the depth of an item', () => {
    for (const body of [
      '- a\n  - b\n{% if subscriber.vip %}\n  - c\n{% endif %}\n- d',
      '- a\n  - b\n{% if subscriber.vip %}  - c\n{% endif %}- d',
      '- a\n  - b\n  {% if subscriber.vip %}- c\n  {% endif %}\n- d',
    ]) {
      expect(faults(body)).toEqual([])
      expect(shown(body, true)).toBe('<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>')
      expect(shown(body, false)).toBe('<ul><li>a<ul><li>b</li></ul></li><li>d</li></ul>')
      expect([read(body, true), read(body, false)]).toEqual([
        '- a\n  - b\n  - c\n- d\n\n',
        '- a\n  - b\n- d\n\n',
      ])
    }
  })

  it('numbers the branches of a condition alike in the text part', () => {
    const body = '1. a\n{% if subscriber.vip %}\n2. b\n{% else %}\n2. c\n{% endif %}\n3. d'
    expect([read(body, true), read(body, false)]).toEqual(['1. a\n2. b\n3. d\n\n', '1. a\n2. c\n3. d\n\n'])
  })
})

describe('a table with a row in a condition', () => {
  const head = '<table><thead><tr><th>a</th><th>b</th></tr></thead>'
  const row = (one: number): string => `<tr><td>${one}</td><td>${one + 1}</td></tr>`

  it.each([
    ['a tag before the row', '{% if subscriber.vip %}| 3 | 4 |\n{% endif %}| 5 | 6 |'],
    ['tags on lines of their own', '{% if subscriber.vip %}\n| 3 | 4 |\n{% endif %}\n| 5 | 6 |'],
    ['tags behind the rows', '{% if subscriber.vip %}| 3 | 4 |{% endif %}\n| 5 | 6 |'],
    ['rows without bars at their edges', '{% if subscriber.vip %}3 | 4\n{% endif %}5 | 6'],
    [
      'a comment between',
      '{% comment %}x{% endcomment %}\n{% if subscriber.vip %}| 3 | 4 |\n{% endif %}| 5 | 6 |',
    ],
  ])('is one table: %s', (_, rows) => {
    const body = `| a | b |\n|---|---|\n| 1 | 2 |\n${rows}`
    expect(faults(body)).toEqual([])
    expect(shown(body, true)).toBe(`${head}<tbody>${row(1)}${row(3)}${row(5)}</tbody></table>`)
    expect(shown(body, false)).toBe(`${head}<tbody>${row(1)}${row(5)}</tbody></table>`)
    expect([read(body, true), read(body, false)]).toEqual([
      'a | b\n-----\n1 | 2\n3 | 4\n5 | 6\n\n',
      'a | b\n-----\n1 | 2\n5 | 6\n\n',
    ])
  })

  it.each([
    ['first', '{% if subscriber.vip %}| 1 | 2 |\n{% endif %}| 3 | 4 |', [1, 3], [3]],
    ['last, before a paragraph', '| 1 | 2 |\n{% if subscriber.vip %}\n| 3 | 4 |\n{% endif %}', [1, 3], [1]],
  ])('holds a row that is %s', (_, rows, all, some) => {
    const body = `| a | b |\n|---|---|\n${rows}\n\nEnd`
    const whole = (ones: readonly number[]): string =>
      `${head}<tbody>${ones.map(row).join('')}</tbody></table><p>End</p>`
    expect(faults(body)).toEqual([])
    expect([shown(body, true), shown(body, false)]).toEqual([whole(all), whole(some)])
  })

  it('begins its rows where a tag ends the line under the head', () => {
    const body = '| a | b |\n|---|---|\n{%- if subscriber.vip %}\n| 1 | 2 |\n{%- endif %}\n| 3 | 4 |'
    expect(faults(body)).toEqual([])
    expect(shown(body, false)).toBe(`${head}<tbody>${row(3)}</tbody></table>`)
  })

  it('ends before a paragraph, and before the head of another table', () => {
    const table = (one: number): string => `| a | b |\n|---|---|\n| ${one} | ${one + 1} |`
    const body = `{% if subscriber.vip %}\n${table(1)}\n{% else %}\n${table(3)}\n{% endif %}\nAfter`
    expect(faults(body)).toEqual([])
    expect(shown(body, true)).toBe(`${head}<tbody>${row(1)}</tbody></table><p>After</p>`)
    expect(shown(body, false)).toBe(`${head}<tbody>${row(3)}</tbody></table><p>After</p>`)
  })
})

describe('a tag before the sign of another block', () => {
  it.each([
    ['# a', '<h1>a</h1>'],
    ['### a', '<h3>a</h3>'],
    ['> a', '<blockquote><p>a</p></blockquote>'],
    ['---', '<hr>'],
    ['- a', '<ul><li>a</li></ul>'],
    ['1. a', '<ol><li>a</li></ol>'],
    ['```\na\n```', '<pre><code>a</code></pre>'],
    [
      '| a |\n|---|\n| b |',
      '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>',
    ],
  ])('%j leaves the block whole', (block, expected) => {
    const body = `Before\n{% if subscriber.vip %}${block}\n{% endif %}After`
    expect(faults(body)).toEqual([])
    expect(shown(body, true)).toBe(`<p>Before</p>${expected}<p>After</p>`)
    expect(shown(body, false)).toBe('<p>Before</p><p>After</p>')
  })

  it.each(['# a', '> a', '- a', '1. a'])('and one at the end of %j belong together', (block) => {
    const body = `{% if subscriber.vip %}${block}{% endif %}\n\nAfter`
    expect(faults(body)).toEqual([])
    expect(shown(body, false)).toBe('<p>After</p>')
    expect(shown(body, true)).not.toContain('{')
  })

  it('leaves headings of branches whole', () => {
    const body = '{% if subscriber.vip %}# a{% else %}\n## b{% endif %}\nc'
    expect(faults(body)).toEqual([])
    expect([shown(body, true), shown(body, false)]).toEqual(['<h1>a</h1><p>c</p>', '<h2>b</h2><p>c</p>'])
  })

  it('takes white space to the heading before it', () => {
    const body = '# a\n{%- if subscriber.vip %}\n## b\n{%- endif %}\n\nc'
    expect(faults(body)).toEqual([])
    expect([shown(body, true), shown(body, false)]).toEqual([
      '<h1>a</h1><h2>b</h2><p>c</p>',
      '<h1>a</h1><p>c</p>',
    ])
  })

  it.each([
    ['that goes on behind its end', '{% if subscriber.vip %}- a{% endif %} b'],
    ['that is half in a condition', '{% if subscriber.vip %}# a {% endif %}b'],
  ])('of a line %s is refused, since half a block cannot be left out', (_, body) => {
    expect(faults(body)).toEqual([
      expect.stringMatching(/^Line 1: "if" here and "endif" in line 1 stand in different/),
    ])
  })

  it('stays as it is within code', () => {
    expect(shown('```\n{% if subscriber.vip %}- a\n{% endif %}- b\n```', false)).toBe(
      '<pre><code>- b</code></pre>',
    )
  })

  it('in the middle of a paragraph is none', () => {
    expect(shown('Price\n{% if subscriber.vip %}2. May{% else %}3. May{% endif %} at noon', true)).toBe(
      '<p>Price2. May at noon</p>',
    )
  })
})
