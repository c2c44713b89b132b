// web · /console/settings/sender: whom mails to operators come from
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
    title: 'Sender',
    about:
      'Links to sign in and invitations come from here. Newsletters do not: each list has a sender of its own.',
    done: { saved: 'Saved. The next mail comes from there.' },
    faults: shown.faults,
    content: (
      <form method="post" action="/console/settings/sender" class="panel narrow">
        {!shown.isSet && (
          <p class="soft">
            Nobody chose one yet, so this is used. Your mail provider must allow the address.
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
          label="Address"
          value={shown.email}
          fault={faultAt(shown.faults, 'email')}
          required
        />
        <SubmitButton>Save</SubmitButton>
      </form>
    ),
  })
}
