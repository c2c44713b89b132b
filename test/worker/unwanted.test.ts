// entry · a worker whose mails bounce or are reported as spam pauses the campaign
import { describe, expect, it } from 'vitest'
import { at } from '../support/client.ts'
import { count, is, setSendingScene } from './sending-scene.ts'

const scene = setSendingScene()
const { launch, until, accepted, takeSome, tellOfMail } = scene

describe('a campaign of which one mail in ten is reported as spam', () => {
  it('is paused by the heartbeat of the worker, and those who complained have left', async () => {
    await tellOfMail()
    scene.provider.setCourses({ complained: 0.1 })
    const id = await launch('Unwanted')
    await takeSome('Unwanted')
    const campaign = await until(id, is('paused'))
    scene.provider.setFaults({})
    expect(at(campaign, 'problem')).toMatch(/people reported this as spam/)
    expect(at(campaign, 'totals', 'withdrawn')).toBeGreaterThan(0)
    expect(accepted('Unwanted').length).toBeLessThan(count)
  })
})

describe('a campaign of which one mail in five bounces', () => {
  it('is paused by the heartbeat of the worker, which says why', async () => {
    // Webhooks left over from the earlier campaign would come first, for half a minute.
    await scene.provider.setWebhooks(null)
    await tellOfMail()
    scene.provider.setCourses({ bounced: 0.2 })
    const id = await launch('Bounced')
    await takeSome('Bounced')
    const campaign = await until(id, is('paused'))
    scene.provider.setFaults({})
    expect(at(campaign, 'problem')).toMatch(/mails bounced .*take the sender for a spammer/)
    expect(accepted('Bounced').length).toBeLessThan(count)
    expect(at(campaign, 'progress', 'waits', 0, 'reason')).toBe('paused')
  })
})
