// pure · the HTML of every mail, as mail programs show it: Word in Outlook for Windows, dark modes, previews. caniemail.com
import { describe, expect, it } from 'vitest'
import { renderServiceMail } from '../../src/outbox/service-layout.ts'
import { alreadySubscribedMail, confirmationMail } from '../../src/signup/confirmation/mails.ts'
import { elements, styleSupport } from '../support/mail-programs.ts'
import { mailOf, writing } from '../support/rendered-mail.ts'

const controller = {
  name: 'Brand AB',
  address: 'Gatan 1\n111 22 Stockholm',
  contact_email: 'privacy@brand.example',
  dpo_email: 'dpo@brand.example',
  jurisdiction: 'SE',
  representative: null,
}
const at = new Date('2026-05-03T10:02:00Z')

const confirmation = (code: string | null, lists = 1) =>
  renderServiceMail(
    confirmationMail({
      locale: 'en',
      zone: 'UTC',
      color: null,
      controller,
      lists: ['letter', 'offers', 'events'].slice(0, lists).map((name) => ({
        name,
        purposes: [name, 'clicks'],
        noticeUrl: `https://lists.brand.example/n/${name}`,
      })),
      requestedAt: at,
      expiresAt: at,
      confirmUrl: 'https://lists.brand.example/c/token',
      code,
    }),
  )
const already = renderServiceMail(
  alreadySubscribedMail({
    locale: 'en',
    zone: 'UTC',
    color: null,
    controller,
    list: 'Letter',
    requestedAt: at,
    preferencesUrl: 'https://lists.brand.example/p/token',
    leaveUrl: 'https://lists.brand.example/u/token',
  }),
)

const everything = [
  '# One\n\n## Two\n\n### Three',
  'Words, **strong**, *soft*, ~~gone~~, `code`, [a link](https://a.example/x).\\\nNext line.',
  '- one\n- two\n\n1. first\n2. second',
  '> A quotation',
  '| a | b |\n|:-:|---|\n| 1 | 2 |',
  '```\nlet a = 1\n```\n\n    let b = 2\n\n---',
  '![A wide picture](https://a.example/wide.png)',
  '[![A linked one](https://a.example/linked.png)](https://a.example/go)',
  'Beside ![a small one](https://a.example/small.png) words.',
  '- ![in a list](https://a.example/listed.png)',
].join('\n\n')

const mails: readonly (readonly [string, string])[] = [
  ['a campaign', mailOf(writing(everything, { preheader: 'What is new in June' })).html],
  ['a campaign without a preheader', mailOf(writing('Hello')).html],
  ['a confirmation', confirmation(null).html],
  ['a confirmation with a code, of several lists', confirmation('042817', 3).html],
  ['a reminder of a subscription', already.html],
]

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly styles: readonly (readonly [property: string, value: string])[]
  /** Innermost last, without the element. */
  readonly around: readonly Element[]
}

const withoutEnd = new Set(['br', 'hr', 'img', 'meta'])

/** The elements of a page in order. Throws where an end tag does not match. */
function elementsOf(html: string): readonly Element[] {
  const open: Element[] = []
  const all: Element[] = []
  for (const [, end, name = '', rest = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9:]*)((?:\s[^>]*)?)>/gi)) {
    if (end === '/') {
      const last = open.pop()
      if (last?.name !== name) throw new Error(`</${name}> ends <${last?.name}>`)
      continue
    }
    const attributes = Object.fromEntries(
      Array.from(rest.matchAll(/([a-z:-]+)="([^"]*)"/g), ([, key = '', value = '']) => [key, value]),
    )
    const styles = (attributes['style'] ?? '').split(';').flatMap((one) => {
      const [, property, value] = /^\s*([a-z-]+)\s*:\s*(.*?)\s*$/.exec(one) ?? []
      return property === undefined || value === undefined ? [] : [[property, value] as const]
    })
    const element = { name, attributes, styles, around: [...open] }
    all.push(element)
    if (!withoutEnd.has(name)) open.push(element)
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> has no end`)
  return all
}

/** What Word reads, and what all others read. */
const forWord = (html: string): string => html.replace(/<!--\[if mso\]>|<!\[endif\]-->/g, '')
const forOthers = (html: string): string => html.replace(/<!--[\s\S]*?-->/g, '')

const bodyOf = (html: string): readonly Element[] =>
  elementsOf(
    html.replace(/<style>[\s\S]*?<\/style>/g, '<style></style>').replace(/<!doctype[^>]*>/, ''),
  ).filter(({ around }) => around.some(({ name }) => name === 'body'))

const styleOf = ({ styles }: Element, name: string): string | undefined =>
  styles.find(([property]) => property === name)?.[1]

/** What Word makes of these is looked at below, or does no harm: the words of a quotation stand closer to its edge. */
const leftToWord = new Set(['img width', 'img max-width', 'blockquote padding'])

/** What Word does not do as it is told. */
function lostInWord(element: Element): readonly string[] {
  const isHidden = styleOf(element, 'mso-hide') === 'all'
  const cell = element.around.at(-1)
  const hasPaddedCell =
    element.name === 'a' && cell !== undefined && styleOf(cell, 'mso-padding-alt') !== undefined
  return element.styles.flatMap(([property, value]) => {
    if (property.startsWith('mso-') || /^0(?:px)?$/.test(value) || (isHidden && property !== 'display'))
      return []
    const support = styleSupport[property]
    if (support === undefined) return [`${property} is not in the table`]
    if (leftToWord.has(`${element.name} ${property}`)) return []
    if (support.harmless !== undefined || (property === 'padding' && hasPaddedCell)) return []
    const obeys = support.word === 'all' || (support.word !== 'none' && support.word.includes(element.name))
    return obeys && (support.wordValues?.test(value) ?? true)
      ? []
      : [`${element.name} { ${property}: ${value} }`]
  })
}

describe.each(mails)('the HTML of %s', (_, html) => {
  it('is whole for Word and for all others', () => {
    expect(bodyOf(forWord(html)).length).toBeGreaterThan(bodyOf(forOthers(html)).length)
  })

  it('holds no element that a mail program drops', () => {
    expect(bodyOf(forWord(html)).filter(({ name }) => !elements.has(name))).toEqual([])
  })

  it('is styled by what Word obeys, or by what does no harm where it is ignored', () => {
    const used = bodyOf(forWord(html))
    expect(used.flatMap(lostInWord)).toEqual([])
    expect(used.flatMap(({ styles }) => styles).length).toBeGreaterThan(20)
  })

  it('says its language where Yahoo keeps it: not on html, body or a cell', () => {
    expect(bodyOf(html).find(({ name }) => name === 'div' && html.includes('role="article"'))).toBeDefined()
    expect(html).toMatch(/<div role="article" lang="en">/)
  })

  it('stands in a frame that Word has too: tables with a width in pixels, padding on cells', () => {
    const word = bodyOf(forWord(html))
    expect(
      word.some(
        ({ name, attributes }) => name === 'table' && /^(?:600|560)$/.test(attributes['width'] ?? ''),
      ),
    ).toBe(true)
    for (const name of ['sheet', 'foot']) {
      const [part] = word.filter(({ attributes }) => attributes['class'] === name)
      expect(part?.name).toBe('td')
      expect(part === undefined ? undefined : styleOf(part, 'padding')).toMatch(/px/)
    }
    expect(
      word.filter(({ name, attributes }) => name === 'table' && attributes['role'] !== 'presentation').length,
    ).toBe(html.includes('<th ') ? 1 : 0)
  })

  it('lets no line height of Word cut off a picture, and gives all others in pixels', () => {
    const [, rules = ''] = /<!--\[if mso\]>[\s\S]*?<style>([\s\S]*?)<\/style>/.exec(html) ?? []
    expect(rules).toContain('mso-line-height-rule: exactly')
    expect(rules).toContain('Arial, sans-serif !important')
    for (const picture of bodyOf(html).filter(({ name }) => name === 'img')) {
      const block = picture.around.findLast(({ name }) => /^(?:p|li|td|th|h[1-6])$/.test(name))
      expect(block?.attributes['class']).toBe('picture')
      expect(rules).toContain('.picture { mso-line-height-rule: at-least; }')
    }
  })

  it('is dark in Outlook on the web and on phones wherever it is dark elsewhere', () => {
    const [, dark = ''] = /prefers-color-scheme: dark\) \{([\s\S]*?)\n\}/.exec(html) ?? []
    const selectors = (text: string): readonly string[] =>
      Array.from(text.matchAll(/([^{}]+)\{([^}]*)\}/g), ([, names = '', rules = '']) =>
        names.split(',').flatMap((name) => {
          const plain = name.trim().replace(/^\[data-og(?:sc|sb)\] /, '')
          return [
            ...(/(?:^|[ ;{])color:/.test(rules) ? [`${plain} colour`] : []),
            ...(/background:/.test(rules) ? [`${plain} background`] : []),
            ...(/border-color:/.test(rules) ? [`${plain} border`] : []),
          ]
        }),
      ).flat()
    const outlook = html
      .split('\n')
      .filter((line) => line.startsWith('[data-og'))
      .join('\n')
    // The ground holds no words of its own, and Outlook replaces the body by an element of its own.
    const own = selectors(dark).filter((one) => !/^(?:body|\.ground colour)/.test(one))
    expect(own.length).toBeGreaterThan(5)
    expect(own.filter((one) => !selectors(outlook).includes(one))).toEqual([])
  })
})

describe('a picture in a campaign', () => {
  const widths = Object.fromEntries(
    bodyOf(mailOf(writing(everything)).html)
      .filter(({ name }) => name === 'img')
      .map(({ attributes }) => [/(\w+)\.png/.exec(attributes['src'] ?? '')?.[1], attributes['width']]),
  )

  it('has the width of the column in Word where it stands alone, so that a wide one breaks no frame', () => {
    expect(widths).toEqual({ wide: '536', linked: '536', small: undefined, listed: '536' })
  })

  it('keeps its own size in all others, up to the column', () => {
    const [picture] = bodyOf(mailOf(writing(everything)).html).filter(({ name }) => name === 'img')
    expect(picture?.styles).toEqual(
      expect.arrayContaining([
        ['width', 'auto'],
        ['max-width', '100%'],
      ]),
    )
  })

  it('stands alone between the tags of a condition too', () => {
    const { html } = mailOf(
      writing('{% if subscriber.vip %}![Gold](https://a.example/x.png){% endif %}'),
      undefined,
    )
    expect(html).not.toContain('<img')
  })
})

describe('a button', () => {
  it('is a cell with its own colour and padding, which Word shows', () => {
    const button = bodyOf(already.html).find(({ attributes }) => attributes['class'] === 'button')
    expect(button).toMatchObject({ name: 'td', attributes: { bgcolor: '#1c5c50' } })
    expect(button === undefined ? undefined : styleOf(button, 'mso-padding-alt')).toBe('13px 28px')
  })
})

describe('a preheader', () => {
  const [, preview = ''] = /<body[^>]*>\s*<div style="([\s\S]*?)<\/div>/.exec(mails[0]?.[1] ?? '') ?? []

  it('is hidden in Word as well', () => {
    expect(preview).toContain('mso-hide:all')
  })

  it('is filled up, so that no preview goes on with the text of the mail', () => {
    expect(preview.match(/&#847;/g)?.length).toBeGreaterThanOrEqual(80)
  })

  it('is missing in service mails, whose first sentence says what they are about', () => {
    expect(already.html).not.toMatch(/display:none|&#847;/)
  })
})

/** Links of rspamd: each href, each address in the text, and twice each address that a link shows. */
const linkCount = ({ html, text }: { readonly html: string; readonly text: string }): number => {
  const shown =
    forOthers(html)
      .replace(/<[^>]*>/g, ' ')
      .match(/https?:\/\//g)?.length ?? 0
  const hrefs = html.match(/href="https?:/g)?.length ?? 0
  return (text.match(/https?:\/\//g)?.length ?? 0) + hrefs + 2 * shown
}

describe('the links of a service mail', () => {
  const parts = [1, 2, 3].flatMap((lists) => [confirmation(null, lists), confirmation('042817', lists)])

  it.each([...parts, already])(
    'are the same in both parts, so their number is even (rspamd: URI_COUNT_ODD)',
    (mail) => {
      const inHtml = Array.from(mail.html.matchAll(/href="([^"]*)"/g), ([, url]) => url)
      const inText = Array.from(mail.text.matchAll(/^https?:\/\/\S+$/gm), ([url]) => url)
      expect(inHtml.toSorted()).toEqual(inText.toSorted())
      expect(linkCount(mail) % 2).toBe(0)
    },
  )
})
