// web · words are previewed with what would be said of them, and nothing is saved
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKey } from '../../src/auth/keys.ts'
import { at, text } from '../support/client.ts'

import { ownerKey } from '../support/running.ts'
import { seedConfirmed } from '../support/seed.ts'
import { contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList
beforeAll(async () => {
  house = await openTestApp({ connections: 4 })
  list = await house.makeList({
    fields: [
      { key: 'first_name', label: 'First name', purpose: 'newsletter' },
      { key: 'city', label: 'City', purpose: 'newsletter', required: true },
    ],
  })
  await seedConfirmed(house.deps, list.slug, [
    { email: 'zuzanna@a.example', fields: { first_name: 'Zuzanna', city: 'Lublin' }, locale: 'pl' },
  ])
})
afterAll(() => house.close())

const words = (body: string, more: object = {}) => ({
  list: 'letter',
  subject: 'News',
  content: { format: 'markdown', body },
  ...more,
})

const preview = (body: object, key?: string) =>
  key === undefined
    ? house.api('POST', '/campaigns/preview', body)
    : house
        .request('/api/v1/campaigns/preview', {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
        .then(async (answer) => ({ status: answer.status, body: await answer.json() }))

const remarksOf = (body: unknown): readonly (readonly unknown[])[] => {
  const remarks = at(body, 'remarks')
  if (!Array.isArray(remarks)) throw new Error('no remarks')
  return remarks.map((one) => [one.code, one.verdict, one.where, one.line])
}

describe('words without faults', () => {
  it('are the mail that a sample person would get, and no remark', async () => {
    const { status, body } = await preview(
      words('Dear {{ subscriber.first_name | default: "reader" }} of {{ subscriber.city }}', {
        subject: 'For {{ subscriber.city }}',
      }),
    )
    expect([status, remarksOf(body)]).toEqual([200, []])
    expect(text(body, 'subject')).toBe('For Bristol')
    expect(text(body, 'html')).toContain('Dear Alice of Bristol')
    expect(text(body, 'text')).toContain('Dear Alice of Bristol')
    expect(at(body, 'bytes')).toBe(Buffer.byteLength(text(body, 'html')))
  })

  it('leave no trace in any table', async () => {
    const before = await contentsOf(house.owner)
    await preview(words('Hello'))
    await preview(words('{{ subscriber.nothing }}'))
    expect(await contentsOf(house.owner)).toEqual(before)
  })
})

describe('what a save would refuse', () => {
  it.each<[string, object, readonly unknown[], 'mail' | 'no mail']>([
    [
      'a field that the list does not know',
      words('Hello\n\n{{ subscriber.nothing }}'),
      ['content.body', 3],
      'no mail',
    ],
    ['a tag that is not closed', words('Hello\n{% if subscriber.city %}x'), ['content.body', 2], 'no mail'],
    ['an HTML tag', words('Hello\n\n\n<div>x</div>'), ['content.body', 4], 'no mail'],
    ['a date that is none', words('Hello\n{{ "now" | date: "%Y" }}'), ['content.body', 2], 'no mail'],
    ['a body of more than 200 kB', words('x'.repeat(200_001)), ['content.body', null], 'no mail'],
    [
      'a mail of more than 1 MB',
      words(`{{ "${'a'.repeat(20)}" ${'| replace: "a", "aaaaaaaaaa" '.repeat(5)} }}`),
      ['content.body', null],
      'no mail',
    ],
    ['no subject', words('Hello', { subject: ' ' }), ['subject', null], 'mail'],
    ['a subject of two lines', words('Hello', { subject: 'a\nb' }), ['subject', null], 'mail'],
    [
      'an unknown filter in the preheader',
      words('Hello', { preheader: '{{ list.name | shout }}' }),
      ['preheader', null],
      'mail',
    ],
  ])('comes as a remark with its place: %s', async (_, body, place, mail) => {
    const answer = await preview(body)
    expect(answer.status).toBe(200)
    expect(remarksOf(answer.body)[0]).toEqual(['fault', 'block', ...place])
    expect(at(answer.body, 'html') === null ? 'no mail' : 'mail').toBe(mail)
    expect((await house.api('POST', '/campaigns', body)).status).toBe(422)
  })

  it('is said in the same words as by the save', async () => {
    const body = words('{{ subscriber.nothing }}', { subject: '{{ nobody }}' })
    const [previewed, saved] = [await preview(body), await house.api('POST', '/campaigns', body)]
    const said = (of: unknown, key: string) => [text(of, key, 0, 'message'), text(of, key, 1, 'message')]
    expect(said(previewed.body, 'remarks')).toEqual(said(saved.body, 'errors'))
  })

  it('does not fail where the subject alone has more faults than a check names', async () => {
    const answer = await preview(words('{{ broken', { subject: '{{a}}'.repeat(40) }))
    expect([answer.status, at(answer.body, 'html')]).toEqual([200, null])
  })
})

describe('what preflight would say', () => {
  it.each<[string, object, readonly (readonly unknown[])[]]>([
    [
      'a merge field of another tool',
      words('Dear *|FNAME|*'),
      [['foreign_tags', 'warn', 'content.body', null]],
    ],
    [
      'the same in subject and preheader',
      words('Hello', { subject: '%FIRSTNAME%', preheader: '[[name]]' }),
      [
        ['foreign_tags', 'warn', 'subject', null],
        ['foreign_tags', 'warn', 'preheader', null],
      ],
    ],
    [
      'a value that a sign-up may leave out',
      words('Dear {{ subscriber.first_name }}'),
      [['field', 'warn', 'content.body', null]],
    ],
    [
      'a subject that may be empty',
      words('Hello', { subject: '{% if subscriber.city == "Oslo" %}Hei{% endif %}' }),
      [['subject', 'warn', 'subject', null]],
    ],
    ['a link to an example', words('[shop](https://shop.example)'), [['link', 'warn', 'content.body', null]]],
    [
      'a link to this machine',
      words('[shop](http://192.168.0.7/shop)'),
      [['link', 'warn', 'content.body', null]],
    ],
    ['a mail that Gmail clips', words(`${'long '.repeat(21_000)}`), [['size', 'warn', 'content.body', null]]],
  ])('of the words alone: %s', async (_, body, expected) => {
    const answer = await preview(body)
    expect([answer.status, remarksOf(answer.body)]).toEqual([200, expected])
  })
})

describe('a preview as a person sees it', () => {
  const person = async (): Promise<string> => {
    const found = await house.api('POST', '/subscribers/search', { email: 'zuzanna@a.example' })
    return text(found.body, 'data', 0, 'id')
  }

  it('shows their values, links that end nothing, and a line in the audit log', async () => {
    const subscriber = await person()
    const answer = await preview(
      words('Dear {{ subscriber.first_name }} {{ unsubscribe_url }}', { subscriber }),
    )
    expect(text(answer.body, 'text')).toContain('Dear Zuzanna')
    expect(text(answer.body, 'html')).toContain('lang="pl"')
    const link = /http\S+\/u\/[\w-]+/.exec(text(answer.body, 'text'))?.[0] ?? ''
    await house.request(new URL(link).pathname, { method: 'POST' })
    expect((await house.subscription(list, 'zuzanna@a.example'))?.state).toBe('active')
    const audit = await house.api('GET', '/audit?limit=1')
    expect(JSON.stringify(audit.body)).toContain('subscriber.preview')
  })

  it('asks for the permission to see people, which a sender has not', async () => {
    const { key } = await createKey(house.deps, { kind: 'system' }, { role: 'sender', name: 's' })
    const subscriber = await person()
    expect((await preview(words('Hello'), key)).status).toBe(200)
    const refused = await preview(words('Hello', { subscriber }), key)
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  it('is refused for somebody who is not on the list, or who left', async () => {
    const other = await house.makeList({ slug: 'other' })
    const subscriber = await person()
    expect((await preview(words('Hello', { list: other.slug, subscriber }))).status).toBe(404)
    await seedConfirmed(house.deps, list.slug, [{ email: 'gone@a.example' }])
    const found = await house.api('POST', '/subscribers/search', { email: 'gone@a.example' })
    const gone = text(found.body, 'data', 0, 'id')
    await house.owner`
      update subscriptions set not_before = now() + interval '1 year'
      where subscriber = (select id from subscribers where uid = ${gone})`
    const refused = await preview(words('Hello', { subscriber: gone }))
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'subscriber' }] } })
  })
})

describe('a request that is wrong itself', () => {
  it.each<[string, object, number, string]>([
    ['a format that is not built yet', { content: { format: 'mjml', body: 'x' } }, 422, 'not_available_yet'],
    ['a purpose that the list has not', { purpose: 'nothing' }, 422, 'invalid'],
    ['a list that is not there', { list: 'nowhere' }, 404, 'not_found'],
    ['a person that is not there', { subscriber: '019e8269-4e80-7ef9-a8e3-baa7ee241d55' }, 404, 'not_found'],
    ['a name that is unknown', { segment: null }, 422, 'invalid'],
  ])('is a problem, not a remark: %s', async (_, more, status, code) => {
    expect(await preview(words('Hello', more))).toMatchObject({ status, body: { code } })
  })

  it('is answered 429 where more texts than eight wait their turn', async () => {
    const answers = await Promise.all(
      Array.from({ length: 14 }, () =>
        house.request('/api/v1/campaigns/preview', {
          method: 'POST',
          headers: { authorization: `Bearer ${ownerKey}`, 'content-type': 'application/json' },
          body: JSON.stringify(words('Hello')),
        }),
      ),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(8)
    const busy = answers.filter(({ status }) => status === 429)
    expect(busy.length).toBe(14 - statuses.filter((status) => status === 200).length)
    for (const one of busy) expect(one.headers.get('retry-after')).toBe('3')
  })
})
