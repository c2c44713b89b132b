// adapter · a campaign sent by SMTP, with the pipe and mailbox through which bounces and complaints return
import type { Arrival } from '../../src/feedback/handle-bounce-mail.ts'
import { readMailboxPage, takeMail } from '../../src/node/inbound.ts'
import { readConfig } from '../../src/platform/config.ts'
import type { ImapServer } from '../../src/platform/mail-urls.ts'
import { at } from './client.ts'
import { type ImapHost, startImap } from './imap.ts'
import { type Seeded, seedConfirmed } from './seed.ts'
import { type SmtpHost, type SmtpMail, startSmtp } from './smtp.ts'
import { openTestApp, type TestApp, type TestList } from './test-app.ts'

export interface SmtpCampaign {
  readonly house: TestApp
  readonly smtp: SmtpHost
  readonly imap: ImapHost
  readonly list: TestList
  readonly campaign: { readonly id: string; readonly number: number }
  readonly seeded: readonly Seeded[]
  /** The campaign's mail to a person. */
  mailTo(email: string): SmtpMail
  /** Passes a mail through the pipe, in this process; returns the outcome. */
  take(raw: string, arrival?: Partial<Arrival>): Promise<string>
  /** The mailbox as the deployment is configured with it. */
  readonly mailbox: ImapServer
  readMailbox(): Promise<boolean>
  totals(): Promise<unknown>
  explain(email: string): Promise<unknown>
  suppressions(): Promise<readonly string[]>
  close(): Promise<void>
}

export const mailboxAt = (url: string): ImapServer => {
  const read = readConfig({ INBOUND_URL: url })
  if (!read.ok || read.config.inbound === null) throw new Error('no mailbox')
  return read.config.inbound
}

/** Sends a campaign by SMTP to these people. */
export async function sendSmtpCampaign(...names: readonly string[]): Promise<SmtpCampaign> {
  const smtp = await startSmtp()
  const imap = await startImap()
  const house = await openTestApp({
    connections: 4,
    env: {
      MAIL: 'smtp',
      SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
      SMTP_RETURN_PATH: 'Bounces@brand.example',
      INBOUND_URL: imap.url,
    },
  })
  const list = await house.makeList()
  const seeded = await seedConfirmed(
    house.deps,
    list.slug,
    names.map((name) => ({ email: `${name}@inbox.example` })),
  )
  house.later({ hours: 1 })
  const campaign = await house.makeCampaign(list)
  await house.launch(campaign)
  await house.rest()
  house.later({ minutes: 5 })
  const mailbox = mailboxAt(imap.url)
  return {
    house,
    smtp,
    imap,
    list,
    campaign,
    seeded,
    mailbox,
    mailTo: (email) => {
      const mail = smtp.accepted.find(({ to }) => to === email)
      if (mail === undefined) throw new Error(`no mail to ${email}`)
      return mail
    },
    take: (raw, arrival = {}) =>
      takeMail(house.deps, Buffer.from(raw), { recipients: [], at: house.now(), ...arrival }),
    readMailbox: () => readMailboxPage(house.deps, mailbox),
    totals: async () => at((await house.api('GET', `/campaigns/${campaign.id}`)).body, 'totals'),
    explain: async (email) => (await house.api('POST', `/campaigns/${campaign.id}/explain`, { email })).body,
    suppressions: async () =>
      (
        await house.owner<{ line: string }[]>`
        select scope || ' ' || reason as line from suppressions order by 1`
      ).map(({ line }) => line),
    close: async () => {
      await house.close()
      await smtp.close()
      await imap.close()
    },
  }
}
