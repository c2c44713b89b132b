// adapter · I4 for what comes back: killed after a report was written down and before the mailbox knows, it counts once
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { at, type Client, clientOf, eventually, text } from '../support/client.ts'
import { listSettings } from '../support/house.ts'
import { type ImapHost, startImap } from '../support/imap.ts'
import { dsn } from '../support/reports.ts'
import { seedRunning } from '../support/seed.ts'
import { type SmtpHost, startSmtp } from '../support/smtp.ts'
import { createProcessUnderTest, type ProcessUnderTest } from '../support/victim.ts'

const anna = 'anna@inbox.example'
let smtp: SmtpHost
let imap: ImapHost
let victim: ProcessUnderTest
let client: Client

beforeAll(async () => {
  smtp = await startSmtp()
  imap = await startImap()
  victim = await createProcessUnderTest({
    MAIL: 'smtp',
    SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
    SMTP_RETURN_PATH: 'bounces@brand.example',
    INBOUND_URL: imap.url,
  })
  client = clientOf(victim.url, victim.key)
  expect(await victim.start(), victim.output()).toBe('ready')
  expect((await client.api('POST', '/lists', listSettings)).status).toBe(201)
  await seedRunning(victim.dataDir, listSettings.slug, [{ email: anna }, { email: 'bo@inbox.example' }])
})
afterAll(async () => {
  await victim?.remove()
  await smtp?.close()
  await imap?.close()
})

it('a report that was heard and not marked is heard again after kill -9, and is known', async () => {
  const made = await client.api('POST', '/campaigns', {
    list: listSettings.slug,
    subject: 'June',
    content: { format: 'markdown', body: 'The garden in June.' },
  })
  const campaign = text(made.body, 'id')
  const totals = async () => at((await client.api('GET', `/campaigns/${campaign}`)).body, 'totals')
  expect((await client.api('POST', `/campaigns/${campaign}/launch`)).status).toBe(202)
  const mail = await eventually(async () => smtp.accepted.find(({ to }) => to === anna) ?? null)
  // A mailbox tells the second of an arrival, and what came before a consent was confirmed says nothing of it.
  await sleep(1100)
  imap.holdMarks(true)
  imap.deliver(dsn(mail))
  // It looks when it starts, and each minute.
  expect(await victim.kill('app')).toBe(true)
  expect(await victim.start(), victim.output()).toBe('ready')
  await eventually(async () => (imap.held() > 0 ? true : null))
  expect(await totals()).toMatchObject({ bounced: 1 })
  expect(imap.flags()).toEqual([[]])

  expect(await victim.kill('everything')).toBe(true)
  imap.holdMarks(false)
  expect(await victim.start(), victim.output()).toBe('ready')
  await eventually(async () => (imap.flags()[0]?.includes('\\Seen') ? true : null))
  expect(imap.flags()).toEqual([['\\Seen', '$AssentReport']])
  // It says so once it has looked through the mailbox, a moment after the mark.
  await eventually(async () =>
    victim.output().includes('"event":"inbound.read","repeated":1') ? true : null,
  )
  expect(await totals()).toMatchObject({ recipients: 2, sent: 2, bounced: 1 })
  const { body } = await client.api('GET', '/suppressions')
  expect(at(body, 'data')).toHaveLength(1)
})
