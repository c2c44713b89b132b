// adapter · SEND_RATE by SMTP: mails a second, over all senders together, whatever batches they come in
import { afterEach, describe, expect, it } from 'vitest'
import { startLoops } from '../../src/node/loops.ts'
import { at, eventually } from '../support/client.ts'
import { openTestApp, type TestApp } from '../support/house.ts'
import { seedConfirmed } from '../support/seed.ts'
import { type SmtpHost, startSmtp } from '../support/smtp.ts'

let house: TestApp
let host: SmtpHost
afterEach(async () => {
  await house.close()
  await host.close()
})

async function launched(people: number, env: Readonly<Record<string, string>>): Promise<{ id: string }> {
  host = await startSmtp()
  house = await openTestApp({
    connections: 8,
    env: { MAIL: 'smtp', SMTP_URL: `smtp://127.0.0.1:${host.port}`, ...env },
  })
  const list = await house.makeList()
  await seedConfirmed(
    house.deps,
    list.slug,
    Array.from({ length: people }, (_, nth) => ({ email: `reader${nth}@inbox.example` })),
  )
  const campaign = await house.makeCampaign(list)
  await house.launch(campaign)
  return campaign
}

const isSent = async ({ id }: { id: string }): Promise<true | null> =>
  at((await house.api('GET', `/campaigns/${id}`)).body, 'state') === 'sent' ? true : null

describe('a mail server that is to get fifty mails a second', () => {
  it('gets three batches in six seconds: each mail has a slot of its own, and none goes before it', async () => {
    const campaign = await launched(300, { SEND_RATE: '50' })
    const arrivals: number[] = []
    host.judge((stage) => {
      if (stage === 'text') arrivals.push(performance.now())
      return null
    })
    const loops = startLoops(house.deps)
    await eventually(() => isSent(campaign))
    await loops.stop()
    expect(new Set(host.accepted.map(({ to }) => to)).size).toBe(300)
    expect(host.accepted).toHaveLength(300)
    const seconds = ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)) / 1000
    process.stdout.write(`smtp pace: 300 mails in ${seconds.toFixed(2)} s at 50 a second\n`)
    // A machine that is busy takes longer; none may be faster. A mail that waited on its way lets the next come closer.
    expect(seconds).toBeGreaterThan(5.6)
    const [row] = await house.owner<{ slots: number }[]>`select slots from pace where provider = 'smtp'`
    expect(row?.slots).toBe(300)
  })

  it('and one that is to get more than a call has time for gets the rest by the next, each once', async () => {
    const campaign = await launched(20, { SEND_RATE: '5', LEASE_SECONDS: '3', POST_TIMEOUT_SECONDS: '1' })
    const loops = startLoops(house.deps)
    await eventually(() => isSent(campaign))
    await loops.stop()
    expect(new Set(host.accepted.map(({ to }) => to)).size).toBe(20)
    expect(host.accepted).toHaveLength(20)
    const attempts = await house.owner<{ attempt: number }[]>`select attempt from batches`
    expect(attempts[0]?.attempt).toBeGreaterThan(2)
  })
})
