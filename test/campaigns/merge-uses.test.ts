// pure · the fields a campaign shows, and its text where a value is missing
import { describe, expect, it } from 'vitest'
import { mergeUses } from '../../src/campaigns/writing/merge-uses.ts'

const usesOf = (body: string, more: { subject?: string; preheader?: string } = {}) =>
  mergeUses({ subject: 'June', preheader: '', ...more, content: { format: 'markdown', body } })

describe('the fields that a campaign shows', () => {
  it('are those of subject, preview text and body, each once for what is read in its place', () => {
    const uses = usesOf(
      '{{ subscriber.city }} {{ subscriber.city | upcase }} {{ subscriber.first_name | default: "friend" }}',
      {
        subject: '{{ subscriber.first_name }}',
        preheader: '{{ subscriber.shoe_size | append: "?" | default: 40 }}',
      },
    )
    expect(uses).toEqual([
      { key: 'first_name', fallback: '' },
      { key: 'shoe_size', fallback: '40' },
      { key: 'city', fallback: '' },
      { key: 'first_name', fallback: 'friend' },
    ])
  })

  it.each([
    ['a field that was asked for first', '{% if subscriber.city %}{{ subscriber.city }}{% endif %}'],
    ['one in brackets', '{% if subscriber["city"] != "" %}{{ subscriber.city }}{% endif %}'],
    [
      'one that another branch asked for',
      '{% if list.name == "x" %}a{% elsif subscriber.city %}{{ subscriber.city }}{% endif %}',
    ],
    [
      'one within another block',
      '{% unless subscriber.city %}a{% else %}{% if true %}{{ subscriber.city }}{% endif %}{% endunless %}',
    ],
    ['the address', '{{ subscriber.email }}'],
    ['links and the name of the list', '{{ unsubscribe_url }} {{ list.name }}'],
  ])('do not count %s', (_, body) => {
    expect(usesOf(body)).toEqual([])
  })

  it('count again once the block is over, and where another field was asked for', () => {
    expect(usesOf('{% if subscriber.city %}x{% endif %}{{ subscriber.city }}')).toHaveLength(1)
    expect(usesOf('{% if subscriber.city_name %}{{ subscriber.city }}{% endif %}')).toHaveLength(1)
  })
})
