// web · POST /campaigns/{id}/explain: why a person got the campaign, or not, in a word and a sentence
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { suppressAddress } from '../../src/consent/suppressed.ts'
import { lastHeard, reachedBy } from '../../src/reports/explanation.ts'
import { tickCampaigns } from '../../src/tick.ts'
import { act } from '../support/acts.ts'
import { at, text } from '../support/client.ts'
import { hookEnv, hookEvents, postEvent } from '../support/hooks.ts'
import { seedConfirmed } from '../support/seed.ts'
import { listSettings, openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList
let segment: string
const campaign = { id: '', number: 0 }
const later = { id: '', number: 0 }

const ids: Record<string, { subscription: number; subscriber: number }> = {}
const mail = (name: string): string => `${name}@example.pl`

async function seed(...names: readonly string[]): Promise<void> {
  const seeded = await seedConfirmed(
    house.deps,
    list.slug,
    names.map((name) => ({ email: mail(name), fields: { country: name === 'far' ? 'SE' : 'PL' } })),
  )
  for (const name of names) {
    const found = seeded.find(({ email }) => email === mail(name))
    if (found !== undefined) ids[name] = found
  }
}
const idOf = (name: string): number => ids[name]?.subscription ?? 0
const leave = (name: string) =>
  act(house, idOf(name), [{ type: 'consent.withdrawn', purposes: ['newsletter'] }])
const explain = async (name: string, which = campaign) =>
  (await house.api('POST', `/campaigns/${which.id}/explain`, { email: mail(name) })).body

beforeAll(async () => {
  house = await openTestApp({ env: hookEnv })
  list = await house.makeList({
    fields: [
      {
        key: 'country',
        type: 'text',
        label: { en: 'Country', pl: 'Kraj', sv: 'Land', ru: 'Страна' },
        purpose: 'newsletter',
        legal_basis: 'consent',
        protected: false,
        filterable: true,
      },
    ],
  })
  await house.makeList({ ...listSettings, slug: 'other', name: 'Other' })
  const made = await house.api('POST', '/segments', {
    name: 'Poles',
    list: list.slug,
    filter: { field: 'country', is: 'PL' },
  })
  segment = text(made.body, 'id')
  await seed('got', 'gone', 'left', 'far', 'mute', 'kept', 'hard', 'still', 'spam')
  await seedConfirmed(house.deps, 'other', [{ email: mail('stranger') }])
  await house.signUp(list, mail('silent'))
  await house.rest()
  house.later({ hours: 1 })
  await leave('gone')
  await act(house, idOf('still'), [{ type: 'processing.restricted' }])
  await house.api('POST', '/suppressions', { email: mail('mute') })
  house.later({ hours: 1 })
  Object.assign(campaign, await house.makeCampaign(list, { segment }))
  expect(await explain('got')).toMatchObject({ got: false, reason: 'not_frozen', frozen_at: null })
  await house.launch(campaign)
  await tickCampaigns(house.deps)
  house.later({ minutes: 1 })
  await leave('left')
  await house.rest()
  house.later({ minutes: 1 })
  await seed('new')
  const tag = (name: string) =>
    ({ kind: 'campaign', subscription: idOf(name), campaign: campaign.number }) as const
  await postEvent(house, tag('got'), hookEvents.delivered)
  await postEvent(house, tag('hard'), hookEvents.hard)
  await postEvent(house, tag('spam'), hookEvents.complained)
  Object.assign(later, await house.makeCampaign(list, { purpose: 'offers' }))
})
afterAll(() => house.close())

describe('somebody who got it', () => {
  it('is told with when, on which consent, and what was heard since', async () => {
    const answer = await explain('got')
    expect(answer).toMatchObject({
      got: true,
      outcome: 'sent',
      reason: null,
      explanation: 'Accepted by this person’s mail server.',
      in_segment_now: true,
      since: [],
      batch: 0,
      bounced_at: null,
    })
    expect(text(answer, 'delivered_at')).toBe(house.now().toISOString())
    expect(text(answer, 'sent_at')).toMatch(/Z$/)
    const [confirmed] = await house.owner<{ eid: string; seq: number }[]>`
      select eid, seq from consent_events where subscription = ${idOf('got')} order by seq desc limit 1`
    expect(at(answer, 'consent')).toEqual({ ...confirmed })
  })

  it('but whose mail came back did not get it, whatever the provider had accepted', async () => {
    expect(await explain('hard')).toMatchObject({
      got: false,
      outcome: 'sent',
      bounce: 'hard 5.1.1',
      explanation: 'It came back: this person’s mailbox or domain does not exist.',
    })
  })

  it('and complained is told with the withdrawal that it was', async () => {
    expect(await explain('spam')).toMatchObject({
      got: true,
      complained_at: house.now().toISOString(),
      since: [{ type: 'consent.withdrawn' }],
    })
  })
})

describe('somebody who did not get it', () => {
  it.each([
    ['nobody', 'never_on_list', 'This person was never on the list.'],
    ['stranger', 'never_on_list', 'This person was never on the list.'],
    ['new', 'not_on_list_then', 'This person joined the list after the audience was fixed.'],
    ['silent', 'not_confirmed_then', 'This person had not confirmed when the audience was fixed.'],
    ['gone', 'left_before', 'The consent had ended before the audience was fixed.'],
    ['still', 'restricted', 'Processing was restricted for this person when the audience was fixed.'],
    ['mute', 'suppressed', 'The address was suppressed when the audience was fixed.'],
    ['far', 'not_in_segment', 'This person was not in the segment when the audience was fixed.'],
  ])('is told why: %s, %s', async (name, reason, explanation) => {
    const answer = await explain(name)
    expect(answer).toMatchObject({ got: false, outcome: 'not_a_recipient', reason, explanation })
    expect(at(answer, 'subscriber') === null).toBe(name === 'nobody')
    if (name === 'nobody' || name === 'far')
      expect(at(answer, 'in_segment_now')).toBe(name === 'far' ? false : null)
  })

  it('since they left after the freeze is told as the recipient that they were', async () => {
    expect(await explain('left')).toMatchObject({
      got: false,
      outcome: 'skipped',
      reason: 'withdrawn',
      since: [{ type: 'consent.withdrawn' }],
    })
  })

  it('since they never agreed to its purpose is told so', async () => {
    await act(house, idOf('kept'), [{ type: 'consent.confirmed', purposes: ['offers'] }])
    await house.launch(later)
    await house.rest()
    house.later({ minutes: 1 })
    expect(await explain('kept', later)).toMatchObject({ got: true })
    expect(await explain('got', later)).toMatchObject({ got: false, reason: 'purpose_not_granted' })
  })

  it('since the campaign was cancelled is told so, whether they were chosen by then or not', async () => {
    const cancelled = await house.makeCampaign(list)
    await house.launch(cancelled)
    expect((await house.api('POST', `/campaigns/${cancelled.id}/cancel`)).status).toBe(202)
    const words = { got: false, reason: 'cancelled', explanation: expect.stringContaining('was cancelled') }
    expect(await explain('got', cancelled)).toMatchObject({ ...words, outcome: 'not_a_recipient' })
    const chosen = await house.makeCampaign(list)
    await house.launch(chosen)
    await tickCampaigns(house.deps)
    await house.api('POST', `/campaigns/${chosen.id}/cancel`)
    expect(await explain('got', chosen)).toMatchObject({ ...words, outcome: 'skipped' })
  })

  it('because of a suppression lifted since is told that nothing is on record now', async () => {
    const { body } = await house.api('POST', '/suppressions', { email: mail('kept') })
    const quiet = await house.makeCampaign(list)
    await house.launch(quiet)
    await tickCampaigns(house.deps)
    house.later({ minutes: 1 })
    expect(await explain('kept', quiet)).toMatchObject({ got: false, reason: 'suppressed' })
    await house.api('DELETE', `/suppressions/${text(body, 'id')}`)
    expect(await explain('kept', quiet)).toMatchObject({ got: false, reason: 'not_known' })
  })

  it('since they were erased is told so', async () => {
    await house.deps.db.transaction((tx) =>
      suppressAddress(house.deps, tx, {
        canonicalAddress: mail('forgotten'),
        scope: 'all',
        reason: 'erasure',
      }),
    )
    expect(await explain('forgotten')).toMatchObject({ got: false, reason: 'erased', subscriber: null })
  })

  it('since the record is gone is told that there is none', async () => {
    await house.owner`delete from recipients where campaign = ${later.number}`
    expect(await explain('kept', later)).toMatchObject({ got: false, reason: 'record_gone' })
  })
})

describe('the question', () => {
  it('leaves no address behind, in log, audit or answer (I6)', async () => {
    expect(JSON.stringify(await explain('got'))).not.toContain('@')
    expect(house.logged.filter((line) => line.includes('@'))).toEqual([])
    expect(JSON.stringify(await house.owner`select * from audit_log`)).not.toContain('@example.pl')
  })

  it.each([
    [{}, 'email'],
    [{ email: 'x' }, 'email'],
    [{ email: 'anna@example.pl', more: 1 }, 'more'],
  ])('is refused when it is none: %o', async (body, path) => {
    const answer = await house.api('POST', `/campaigns/${campaign.id}/explain`, body)
    expect([answer.status, at(answer.body, 'errors', 0, 'path')]).toEqual([422, path])
  })

  it('is about a campaign that is there', async () => {
    const answer = await house.api('POST', '/campaigns/019e8269-4e80-7ef9-a8e3-baa7ee241d55/explain', {
      email: mail('got'),
    })
    expect(answer.status).toBe(404)
  })
})

describe('what was heard of a mail since it was accepted', () => {
  const now = new Date('2026-06-10T09:00:00Z')
  const before = (days: number): Date => new Date(now.getTime() - days * 86_400_000)
  const nothing = {
    complained_at: null,
    bounced_at: null,
    bounce: null,
    failed_at: null,
    failure: null,
    suppressed_at: null,
    delivered_at: null,
    delayed_at: null,
  }

  it.each<[string, Partial<Parameters<typeof lastHeard>[0]>, boolean | null, RegExp]>([
    ['nothing', {}, true, /^Accepted by the mail provider\.$/],
    ['a delivery', { delivered_at: now }, true, /person’s mail server\.$/],
    ['a delay', { delayed_at: before(1) }, null, /put off .* so far/],
    [
      'a delay, then a delivery',
      { delayed_at: before(1), delivered_at: now },
      true,
      /person’s mail server\.$/,
    ],
    [
      'a delay, then a bounce',
      { delayed_at: before(1), bounced_at: now, bounce: 'soft 4.4.7' },
      false,
      /^It came back/,
    ],
    ['a delay longer ago than servers keep trying', { delayed_at: before(7) }, true, /arrived late/],
    ['a missing mailbox', { bounced_at: now, bounce: 'hard 5.1.1' }, false, /does not exist/],
    ['a full mailbox', { bounced_at: now, bounce: 'soft 5.2.2' }, false, /full or resting/],
    ['a blocklist', { bounced_at: now, bounce: 'sender 5.7.1' }, false, /address is not in question/],
    [
      'a reader’s own refusal',
      { bounced_at: now, bounce: 'sender 5.7.1 personal' },
      false,
      /takes no mail from/,
    ],
    [
      'a delivery, then a bounce',
      { delivered_at: before(1), bounced_at: now, bounce: 'hard' },
      false,
      /came back/,
    ],
    [
      'a complaint after all of them',
      { bounced_at: now, bounce: 'soft', complained_at: now },
      true,
      /as spam/,
    ],
    ['an account that may not send', { failed_at: now, failure: 'quota' }, false, /did not send/],
    ['a list of the provider’s own', { suppressed_at: now }, false, /held it back/],
  ])('%s', (_, heard, got, words) => {
    const reached = reachedBy(lastHeard({ ...nothing, ...heard }, now))
    expect(reached.got).toBe(got)
    expect(reached.explanation).toMatch(words)
  })
})
