// adapter · changes during a send: content, list, segment, person, field. People get the campaign as launched
import { afterEach, describe, expect, it } from 'vitest'
import { archiveList } from '../../src/lists/archive.ts'
import { findList } from '../../src/lists/find.ts'
import { act } from '../support/acts.ts'
import { at, text } from '../support/client.ts'
import { openSender, type Sender } from '../support/sender.ts'

let sender: Sender

const open = async (options?: Parameters<typeof openSender>[0]): Promise<Sender> => {
  sender = await openSender(options)
  return sender
}
afterEach(() => sender.close())

const anna = 'anna@inbox.example'
const bo = 'bo@inbox.example'
const cleo = 'cleo@inbox.example'

/** Makes one attempt that the provider accepts without answering. */
async function attemptUnanswered(): Promise<void> {
  sender.provider.setFaults({ resetAfter: 1 })
  await sender.attempt()
  sender.provider.setFaults({})
}

describe('words that somebody edits after the launch', () => {
  it('are refused: what was launched cannot change', async () => {
    const { house } = await open()
    await sender.seed([anna])
    const campaign = await sender.launched()
    const edited = await house.api('PATCH', `/campaigns/${campaign.id}`, { subject: 'July' })
    expect(edited.status).toBe(409)
    await sender.until(campaign, 'sent')
    expect(sender.accepted('June')).toEqual([anna])
  })

  it('are refused by the database too, words and what was pinned of the list', async () => {
    const { house } = await open()
    await sender.seed([anna])
    const { number } = await sender.launched()
    for (const change of [
      house.app`update campaigns set subject = 'July' where number = ${number}`,
      house.app`update campaigns set pinned = null where number = ${number}`,
    ])
      await expect(change).rejects.toMatchObject({ code: '42501' })
    await sender.until(await shownAs(number), 'sent')
  })

  const shownAs = async (number: number): Promise<{ id: string }> => {
    const [row] = await sender.house.owner<
      { id: string }[]
    >`select id from campaigns where number = ${number}`
    return { id: row?.id ?? '' }
  }
})

describe('a list whose settings are edited between two attempts of one batch', () => {
  const fields = [{ key: 'town', label: 'Town', purpose: 'newsletter' }]
  const otherwise = {
    name: 'Another letter',
    slug: 'another',
    default_locale: 'sv',
    locales: ['sv'],
    sender: { name: 'Another name', email: 'other@brand.example', reply_to: null },
    controller: {
      name: 'Another AB',
      address: 'Annan gata 2\n222 33 Lund',
      contact_email: 'other@brand.example',
      jurisdiction: 'SE',
    },
    fields: [],
  }

  it('changes nothing in the mail: the batch is repeated byte for byte, and its answer is an answer', async () => {
    const { provider, house, list } = await open({ list: { fields, purposes: [] } })
    await sender.seed([{ email: anna, fields: { town: 'Kraków' } }, bo])
    const campaign = await sender.launched({
      content: { format: 'markdown', body: 'From {{ list.name }} to {{ subscriber.town }}.' },
    })
    await attemptUnanswered()
    house.later({ minutes: 1 })
    const edited = await house.api('PATCH', `/lists/${list.slug}`, otherwise)
    expect(edited.status, JSON.stringify(edited.body)).toBe(200)
    await sender.until(campaign, 'sent')
    expect(provider.stats).toMatchObject({ replayed: 1, conflicts: 0 })
    expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'sent', [bo]: 'sent' })
  })

  it('changes nothing for those who are mailed after the edit, and all for the next campaign', async () => {
    const { house, list } = await open({ list: { fields, purposes: [] } })
    await sender.seed([{ email: anna, fields: { town: 'Kraków' } }])
    const campaign = await sender.launched({
      content: { format: 'markdown', body: 'From {{ list.name }} to {{ subscriber.town }}.' },
    })
    await house.api('PATCH', `/lists/${list.slug}`, { ...otherwise, slug: list.slug })
    await sender.until(campaign, 'sent')
    const launched = sender.letterTo(anna)
    expect(launched?.from).toContain('Brand')
    expect(launched?.text).toContain('From Garden letter to Kraków.')
    expect(launched?.text).toContain('Storgatan 1')
    const next = await sender.launched({ subject: 'July' })
    await sender.until(next, 'sent')
    expect(sender.letterTo(anna)?.from).toContain('Another name')
    expect(sender.letterTo(anna)?.text).toContain('Annan gata 2')
  })
})

describe('a list that somebody archives', () => {
  it('stays open while a campaign is on its way, and closes after', async () => {
    const { house, list } = await open()
    await sender.seed([anna])
    const campaign = await sender.launched()
    const archive = async () => {
      const found = await findList(house.deps.db, list.slug)
      if (found !== null) await archiveList(house.deps, { kind: 'system' }, found)
    }
    await expect(archive()).rejects.toMatchObject({ code: 'conflict' })
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna])
    await archive()
    await expect(house.launch(await house.makeCampaign(list))).rejects.toThrow()
  })

  it('stops what was not frozen yet, with the reason, and loses nobody: opened again, it goes on', async () => {
    const { house, list } = await open()
    await sender.seed([anna])
    const campaign = await house.makeCampaign(list)
    await house.launch(campaign)
    await house.owner`update lists set archived_at = now()`
    const paused = await sender.until(campaign, 'paused')
    expect(at(paused, 'problem')).toMatch(/archived/)
    await house.owner`update lists set archived_at = null`
    expect((await house.api('POST', `/campaigns/${campaign.id}/resume`)).status).toBe(202)
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna])
  })
})

describe('a segment that is emptied or deleted after the launch', () => {
  const fields = [{ key: 'town', type: 'text', label: 'Town', purpose: 'newsletter', filterable: true }]
  const kraków = { field: 'town', is: 'Kraków' }

  const launchedTo = async (): Promise<{ segment: string; campaign: { id: string } }> => {
    const { house, list } = await open({ list: { fields, purposes: [] } })
    await sender.seed([
      { email: anna, fields: { town: 'Kraków' } },
      { email: bo, fields: { town: 'Lund' } },
    ])
    const made = await house.api('POST', '/segments', { name: 'Kraków', list: list.slug, filter: kraków })
    const segment = text(made.body, 'id')
    const campaign = await house.makeCampaign(list, { segment })
    await house.launch(campaign)
    return { segment, campaign }
  }

  it.each([
    ['emptied', 'PATCH', { filter: { field: 'town', is: 'nowhere' } }],
    ['deleted', 'DELETE', undefined],
  ] as const)('%s: the campaign goes to those it was launched to', async (_, method, body) => {
    const { segment, campaign } = await launchedTo()
    const changed = await sender.house.api(method, `/segments/${segment}`, body)
    expect(changed.status, JSON.stringify(changed.body)).toBeLessThan(300)
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna])
  })
})

describe('somebody who is erased while a campaign is on its way (GDPR Art. 17)', () => {
  it('is skipped as erased, and the others have their mail', async () => {
    const { house } = await open()
    const [, second] = await sender.seed([anna, bo, cleo])
    const campaign = await sender.launched()
    await act(house, second?.subscription ?? 0, [
      { type: 'subject.erased', payload: { actor: 'subject', reason: 'request' } },
    ])
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna, cleo])
    expect(await sender.outcomes(campaign)).toEqual({
      [anna]: 'sent',
      [bo]: 'skipped: erased',
      [cleo]: 'sent',
    })
  })
})

describe('somebody whose field is rectified between two attempts of one batch (GDPR Art. 16)', () => {
  const list = { fields: [{ key: 'town', label: 'Town', purpose: 'newsletter' }], purposes: [] }
  const content = { format: 'markdown', body: 'Weather in {{ subscriber.town }}.' }

  it('has the mail that was accepted, reported as inferred: the provider knows the key with other bytes', async () => {
    const { provider } = await open({ list })
    await sender.seed([{ email: anna, fields: { town: 'Krakow' } }, bo])
    const campaign = await sender.launched({ content })
    await attemptUnanswered()
    await rectify(anna)
    await sender.until(campaign, 'sent')
    expect(provider.stats.conflicts).toBe(1)
    expect(sender.accepted()).toEqual([anna, bo])
    expect(sender.letterTo(anna)?.text).toContain('Weather in Krakow.')
    expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'sent (inferred)', [bo]: 'sent (inferred)' })
  })

  it('has the rectified mail where the first attempt was not accepted', async () => {
    const { provider } = await open({ list })
    await sender.seed([{ email: anna, fields: { town: 'Krakow' } }])
    const campaign = await sender.launched({ content })
    provider.setFaults({ resetBefore: 1 })
    await sender.attempt()
    provider.setFaults({})
    await rectify(anna)
    await sender.until(campaign, 'sent')
    expect(sender.accepted()).toEqual([anna])
    expect(sender.letterTo(anna)?.text).toContain('Weather in Kraków.')
    expect(await sender.outcomes(campaign)).toEqual({ [anna]: 'sent' })
  })

  async function rectify(email: string): Promise<void> {
    const { house } = sender
    const found = await house.api('POST', '/subscribers/search', { email })
    const id = text(found.body, 'data', 0, 'id')
    const changed = await house.api('PATCH', `/subscribers/${id}`, {
      subscriptions: [{ list: sender.list.slug, fields: { town: 'Kraków' } }],
    })
    expect(changed.status, JSON.stringify(changed.body)).toBe(200)
  }
})
