// adapter · I4 for inbound mail: killed after a report is recorded and before the mailbox knows, it counts once
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { at, type Client, clientOf, eventually, text } from '../support/client.ts'
import { type ImapHost, startImap } from '../support/imap.ts'
import { createProcessUnderTest, type ProcessUnderTest } from '../support/process-under-test.ts'
import { dsn } from '../support/reports.ts'
import { seedRunning } from '../support/seed.ts'
import { type SmtpHost, startSmtp } from '../support/smtp.ts'
import { listSettings } from '../support/test-app.ts'

const anna = 'anna@inbox.example'
let smtp: SmtpHost
let imap: ImapHost
let server: ProcessUnderTest
let client: Client

beforeAll(async () => {
  smtp = await startSmtp()
  imap = await startImap()
  server = await createProcessUnderTest({
    MAIL: 'smtp',
    SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
    SMTP_RETURN_PATH: 'bounces@brand.example',
    INBOUND_URL: imap.url,
  })
  client = clientOf(server.url, server.key)
  expect(await server.start(), server.output()).toBe('ready')
  expect((await client.api('POST', '/lists', listSettings)).status).toBe(201)
  await seedRunning(server.dataDir, listSettings.slug, [{ email: anna }, { email: 'bo@inbox.example' }])
})
afterAll(async () => {
  await server?.remove()
  await smtp?.close()
  await imap?.close()
})

it('a report that was recorded but not marked is read again after kill -9, and recognised', async () => {
  const made = await client.api('POST', '/campaigns', {
    list: listSettings.slug,
    subject: 'June',
    content: { format: 'markdown', body: 'The garden in June.' },
  })
  const campaign = text(made.body, 'id')
  const totals = async () => at((await client.api('GET', `/campaigns/${campaign}`)).body, 'totals')
  expect((await client.api('POST', `/campaigns/${campaign}/launch`)).status).toBe(202)
  const mail = await eventually(async () => smtp.accepted.find(({ to }) => to === anna) ?? null)
  // IMAP gives arrival times in seconds, and reports from before a consent was confirmed are not counted against it.
  await sleep(1100)
  imap.holdFlagChanges(true)
  imap.deliver(dsn(mail))
  // The mailbox is read at the start, and each minute.
  expect(await server.kill('app')).toBe(true)
  expect(await server.start(), server.output()).toBe('ready')
  await eventually(async () => (imap.heldFlagChanges() > 0 ? true : null))
  expect(await totals()).toMatchObject({ bounced: 1 })
  expect(imap.flags()).toEqual([[]])

  expect(await server.kill('everything')).toBe(true)
  imap.holdFlagChanges(false)
  expect(await server.start(), server.output()).toBe('ready')
  await eventually(async () => (imap.flags()[0]?.includes('\\Seen') ? true : null))
  expect(imap.flags()).toEqual([['\\Seen', '$AssentReport']])
  // The log line follows a moment after the mark, once the whole mailbox is read.
  await eventually(async () =>
    server.output().includes('"event":"inbound.read","repeated":1') ? true : null,
  )
  expect(await totals()).toMatchObject({ recipients: 2, sent: 2, bounced: 1 })
  const { body } = await client.api('GET', '/suppressions')
  expect(at(body, 'data')).toHaveLength(1)
})
