// web · /dev/mailbox: the mails kept by the mailbox mailer, readable on the same machine only
import { Hono } from 'hono'
import { dateTimeText } from '../i18n/dates.ts'
import { emptyMailbox, type MailboxMail, readMailbox } from '../mail/mailbox-mails.ts'
import { type Env, errorPage, page } from '../ui/answer.tsx'
import { PublicPage } from '../ui/layout.tsx'
import { isFromLoopback } from '../ui/trial.ts'

/** More than a developer reads; the API serves a large send. */
const maxShown = 5000

export const mailboxRoutes = new Hono<Env>()

mailboxRoutes.use('/dev/*', async (c, next) => {
  if (c.env.mailer.name !== 'mailbox' || !isFromLoopback(c)) return errorPage(c, 404)
  return next()
})

mailboxRoutes.get('/dev/mailbox.json', async (c) => {
  c.header('Cache-Control', 'no-store')
  const mails = await readMailbox(c.env.db, c.env.vault, maxShown)
  return c.json(mails.map((mail) => ({ ...mail, at: mail.at.toISOString() })))
})

mailboxRoutes.delete('/dev/mailbox.json', async (c) => {
  await emptyMailbox(c.env.db)
  return c.body(null, 204)
})

mailboxRoutes.get('/dev/mailbox', async (c) => {
  const mails = await readMailbox(c.env.db, c.env.vault, 100)
  return page(c, 200, <MailboxPage mails={mails} />)
})

const MailboxPage = ({ mails }: { mails: readonly MailboxMail[] }) => (
  <PublicPage frame={{ locale: 'en', controller: 'Assent' }} title="Mailbox" hidden wide>
    <h1>Mailbox</h1>
    <p class="small">
      Emails that would have been sent, newest first. They are kept encrypted on this machine and shown only
      here. <a href="/console">Back to the console</a>
    </p>
    {mails.length === 0 && (
      <p>
        Nothing yet. Sign up on a list’s page, <code>/s/&lt;slug&gt;</code>, and the confirmation email
        appears here.
      </p>
    )}
    {mails.map((mail) => (
      <Mail mail={mail} />
    ))}
  </PublicPage>
)

const Mail = ({ mail }: { mail: MailboxMail }) => (
  <details class="card">
    <summary>
      <span>
        <strong>{mail.subject}</strong>
        <br />
        <span class="small">
          to {mail.to} · {dateTimeText('en', mail.at)}
        </span>
      </span>
    </summary>
    <p class="small">from {mail.from}</p>
    <p class="mail-text">
      <Linked text={mail.text} />
    </p>
    <details class="small">
      <summary>Headers</summary>
      {Object.entries(mail.headers).map(([name, value]) => (
        <p>
          <code>
            {name}: {value}
          </code>
        </p>
      ))}
    </details>
  </details>
)

/** The text part, line by line, with clickable links. */
const Linked = ({ text }: { text: string }) => (
  <>
    {text.split(/(https?:\/\/[^\s<>()]+|\n)/).map((part) => {
      if (part === '\n') return <br />
      return /^https?:/.test(part) ? <a href={part}>{part}</a> : part
    })}
  </>
)
