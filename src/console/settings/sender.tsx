// web · /console/settings/sender: the sender of mails to operators
import { Hono } from 'hono'
import { actorOf, type ConsoleContext, type ConsoleEnv } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { houseSender, senderInput, setHouseSender } from '../../auth/sign-in/sender.ts'
import type { Fault } from '../../platform/errors.ts'
import { faultsOf, inWords } from '../../platform/form.ts'
import { TextField } from '../../ui/components.tsx'
import { SubmitButton } from '../../ui/console/parts.tsx'
import { faultAt, sentValues, settingsScreen } from './frame.tsx'

export const senderRoutes = new Hono<ConsoleEnv>()

senderRoutes.get('/settings/sender', async (c) => {
  const { name, email, isSet } = await houseSender(c.env)
  return sender(c, { name, email, isSet, faults: [] })
})

senderRoutes.post('/settings/sender', async (c) => {
  allow(c, 'settings.write')
  const sent = await sentValues(c)
  const typed = { name: sent.one('name'), email: sent.one('email') }
  const parsed = senderInput.safeParse(typed, inWords)
  if (!parsed.success) return sender(c, { ...typed, isSet: true, faults: faultsOf(parsed.error) })
  await setHouseSender(c.env, actorOf(c), parsed.data)
  return c.redirect('/console/settings/sender?done=saved', 303)
})

function sender(
  c: ConsoleContext,
  shown: { name: string; email: string; isSet: boolean; faults: readonly Fault[] },
): Response | Promise<Response> {
  allow(c, 'settings.write')
  return settingsScreen(c, {
    tab: 'sender',
    title: 'Service email',
    about: 'The sender of sign-in links and invitations. Newsletters are sent by the sender of their list.',
    done: { saved: 'Saved. The next email uses this sender.' },
    faults: shown.faults,
    content: (
      <form method="post" action="/console/settings/sender" class="panel narrow">
        {!shown.isSet && (
          <p class="soft">
            No sender is set yet, so this default is used. Your mail provider must allow the address.
          </p>
        )}
        <TextField
          name="name"
          label="Name"
          value={shown.name}
          maxlength={100}
          fault={faultAt(shown.faults, 'name')}
          required
        />
        <TextField
          name="email"
          type="email"
          label="Email address"
          value={shown.email}
          fault={faultAt(shown.faults, 'email')}
          required
        />
        <SubmitButton>Save</SubmitButton>
      </form>
    ),
  })
}
