// web · nobody gets a mail without a subject, and merge fields of other tools are seen before the mail leaves
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findCampaign } from '../../src/campaigns/find.ts'
import { checkContent } from '../../src/campaigns/writing/content.ts'
import { emptyWhen } from '../../src/campaigns/writing/empty-subject.ts'
import { findList } from '../../src/lists/find.ts'
import { foreignTagChecks } from '../../src/preflight/foreign-tags.ts'
import { preflight } from '../../src/preflight/preflight.ts'
import { text } from '../support/client.ts'
import { fields, writing } from '../support/rendered-mail.ts'
import { seedConfirmed } from '../support/seed.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

describe('a subject would be empty', () => {
  it.each<[string, readonly (readonly string[])[]]>([
    ['News', []],
    ['{{ subscriber.first_name }}', [['first_name']]],
    ['{{ subscriber.first_name }}!', []],
    ['{{ subscriber.first_name }}\u200b\u00a0', [['first_name']]],
    ['{{ subscriber.first_name }} {{ subscriber.city | upcase }}', [['first_name', 'city']]],
    ['{{ subscriber.first_name | default: "you" }}', []],
    ['{{ subscriber.first_name | default: " " }}', [['first_name']]],
    ['{{ subscriber.first_name | default: subscriber.city }}', [['first_name', 'city']]],
    ['{{ subscriber.first_name | append: "!" }}', []],
    ['{{ subscriber.email }}', []],
    ['{{ list.name }}', []],
    ['{{ "" }}', [[]]],
    ['{% comment %}News{% endcomment %}', [[]]],
    ['{% if subscriber.vip %}Gold{% endif %}', [[]]],
    ['{% if subscriber.vip %}Gold{% else %}News{% endif %}', []],
    ['{% if subscriber.vip %}Gold{% elsif subscriber.city %}City{% else %}{% endif %}', [[]]],
    [
      '{% if subscriber.vip %}{{ subscriber.first_name }}{% else %}{{ subscriber.city }}{% endif %}',
      [['first_name'], ['city']],
    ],
    ['{% unless subscriber.vip %}{% if true %}A{% else %}B{% endif %}{% else %}C{% endunless %}', []],
    ['{% case subscriber.city %}x{% when "Oslo" %}Hei{% else %}Hello{% endcase %}', []],
    ['{% case subscriber.city %}{% when "Oslo" %}Hei{% endcase %}', [[]]],
    ['{% if subscriber.vip %}Gold{% endif %} news', []],
  ])('%j: for whom lacks %j', (subject, sets) => {
    expect(emptyWhen(subject)).toEqual(sets)
  })

  it.each(['', ' ', '\u00a0', '\u200b\u00ad', '\u3164'])('%j is none, which is said at save', (subject) => {
    expect(checkContent(writing('x', { subject }), fields)).toEqual([
      { path: 'subject', message: 'It needs a subject.' },
    ])
  })
})

describe('a campaign whose subject is a merge field', () => {
  let house: TestApp
  let list: TestList
  beforeAll(async () => {
    house = await openTestApp()
    list = await house.makeList({
      fields: [{ key: 'first_name', label: 'First name', purpose: 'newsletter' }],
    })
    await seedConfirmed(house.deps, list.slug, [
      { email: 'anna@a.example', fields: { first_name: 'Anna' } },
      { email: 'bo@a.example' },
    ])
  })
  afterAll(() => house.close())

  const checked = async (subject: string) => {
    const { id } = await house.makeCampaign(list, { subject })
    const [campaign, found] = [
      await findCampaign(house.deps.db, id),
      await findList(house.deps.db, list.slug),
    ]
    if (campaign === null || found === null) throw new Error('gone')
    const { checks } = await preflight(house.deps, { campaign, list: found }, 'here')
    return { id, checks: checks.filter(({ key }) => key === 'subject') }
  }

  it('is held back while one person would get none, by preflight and by launch', async () => {
    const { id, checks } = await checked('{{ subscriber.first_name }}')
    expect(checks).toEqual([
      {
        key: 'subject',
        group: 'audience',
        verdict: 'block',
        words: 'One person would get an empty subject: this person has no value for the merge fields in it.',
        mend: 'Add words, or a default value: {{ subscriber.first_name | default: "…" }}',
      },
    ])
    const launched = await house.api('POST', `/campaigns/${id}/launch`)
    expect(launched.status).toBe(422)
    expect(JSON.stringify(launched.body)).toContain('One person would get an empty subject')
    const later = await house.api('POST', `/campaigns/${id}/schedule`, { at: '2026-07-01T09:00:00Z' })
    expect(later.status).toBe(422)
    expect(text((await house.api('GET', `/campaigns/${id}`)).body, 'state')).toBe('draft')
  })

  it('is held back where all its words are in a condition', async () => {
    const { id, checks } = await checked('{% if subscriber.first_name == "Anna" %}Anna{% endif %}')
    expect(checks.map(({ verdict }) => verdict)).toEqual(['block'])
    expect((await house.api('POST', `/campaigns/${id}/launch`)).status).toBe(422)
  })

  it.each(['{{ subscriber.first_name | default: "you" }}', 'For {{ subscriber.first_name }}'])(
    'leaves with words for everybody: %s',
    async (subject) => {
      const { id, checks } = await checked(subject)
      expect(checks.map(({ verdict }) => verdict)).toEqual(['ok'])
      expect((await house.api('POST', `/campaigns/${id}/launch`)).status).toBe(202)
    },
  )
})

describe('a merge field of another tool', () => {
  const named = (body: string): readonly string[] => foreignTagChecks(writing(body)).map(({ words }) => words)

  it.each([
    '*|FNAME|*',
    '*|IF:FNAME|*',
    '%FIRSTNAME%',
    '%first_name%',
    '%recipient.name%',
    '%%emailaddr%%',
    '[[name]]',
    '[[data:firstname:"you"]]',
    '[FIRSTNAME]',
    '[First Name]',
    '[unsubscribe]',
    '{$name}',
    '{firstname}',
    '{!Contact.FirstName}',
    '<<First Name>>',
    '##name##',
    '@@name@@',
    '$$name$$',
  ])('%s is a warning', (tag) => {
    expect(named(`Hi ${tag}, hello`)).toEqual([
      `“${tag}” looks like a merge field of another tool: everyone sees it as it is.`,
    ])
    expect(foreignTagChecks(writing('x', { subject: `For ${tag}` }))).toMatchObject([{ verdict: 'warn' }])
  })

  it.each([
    '{{ subscriber.first_name }}',
    '{{ subscriber.first_name | default: "{name}" }}',
    '50 % off, 20% now, 100%',
    '20%-30% off',
    'https://a.example/%E4%BA%8C%20b',
    '[words](https://a.example)',
    '[name](https://a.example)',
    '[1]',
    '`*|FNAME|*`',
    '```\n%NAME%\n```',
    '**bold** | a | b |',
    '# one ## two',
    '1 << 2 >> 1',
  ])('is not %s', (body) => {
    expect(named(body)).toEqual([])
  })

  it('is named up to three times', () => {
    expect(named('*|A|* *|B|* *|C|* *|D|* *|A|*')).toEqual([
      '“*|A|*”, “*|B|*”, “*|C|*” and more look like merge fields of another tool: everyone sees them as they are.',
    ])
  })
})
