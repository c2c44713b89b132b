// web · /console/settings: the operator's own profile, passkeys and sessions
import { Hono } from 'hono'
import * as z from 'zod'
import { actorOf, type ConsoleContext, type ConsoleEnv, faultsOrThrow } from '../../auth/console.tsx'
import { askFresh } from '../../auth/guard.tsx'
import { passkeysOf, type SessionRow, sessionsOf } from '../../auth/operators/find-operators.ts'
import { changeProfile } from '../../auth/operators/operators.ts'
import { endOtherSessions, endSession } from '../../auth/sessions.ts'
import { isFresh, lacksPasskey } from '../../auth/sign-in/fresh.ts'
import { addPasskey, registrationOptions, removePasskey } from '../../auth/sign-in/passkeys.ts'
import { isTimezone } from '../../i18n/zones.ts'
import { isUuid } from '../../platform/encoding/uuid.ts'
import { DomainError, type Fault, notFound } from '../../platform/errors.ts'
import { faultsOf, inWords, line } from '../../platform/form.ts'
import { SelectField, TextField } from '../../ui/components.tsx'
import { Act, SubmitButton, Table, Time } from '../../ui/console/parts.tsx'
import { readJsonAs } from '../../ui/read-body.ts'
import { statusOf } from '../../ui/status.ts'
import { zoneOptions } from '../zone-options.ts'
import { faultAt, sentValues, settingsScreen } from './frame.tsx'
import { Passkeys } from './keys/passkeys-view.tsx'

export const youRoutes = new Hono<ConsoleEnv>()

const done = {
  profile: 'Saved.',
  session: 'That device is signed out.',
  others: 'All other devices are signed out.',
  passkey: 'The passkey is added. You can use it next time you sign in.',
  removed: 'The passkey is removed and can no longer be used.',
}

const profile = z.object({
  name: line(100),
  timezone: z.string().refine(isTimezone, 'This is not a time zone.'),
})

youRoutes.get('/settings', (c) => you(c))

async function you(
  c: ConsoleContext,
  typed?: { name: string; timezone: string; faults: readonly Fault[] },
): Promise<Response> {
  const { operator, id } = c.var.session
  const [sessions, passkeys] = await Promise.all([
    sessionsOf(c.env.db, operator.id, c.env.clock()),
    passkeysOf(c.env.db, operator.id),
  ])
  return settingsScreen(c, {
    tab: 'you',
    title: 'You',
    done,
    ...(typed === undefined ? {} : { faults: typed.faults }),
    scripts: ['passkeys'],
    content: (
      <div class="columns">
        <Profile
          {...(typed ?? { name: operator.name, timezone: operator.timezone, faults: [] })}
          email={operator.email}
        />
        <Passkeys
          passkeys={passkeys}
          timezone={operator.timezone}
          mayAdd={isFresh(c.var.session, c.env.clock())}
          isNeeded={c.env.config.requirePasskey.includes(operator.role)}
        />
        <Sessions sessions={sessions} here={id} timezone={operator.timezone} />
      </div>
    ),
  })
}

youRoutes.post('/settings/profile', async (c) => {
  const sent = await sentValues(c)
  const typed = { name: sent.one('name'), timezone: sent.one('timezone') }
  const parsed = profile.safeParse(typed, inWords)
  if (!parsed.success) return you(c, { ...typed, faults: faultsOf(parsed.error) })
  try {
    await changeProfile(c.env, c.var.session.operator, parsed.data)
  } catch (error) {
    return you(c, { ...typed, faults: faultsOrThrow(error) })
  }
  return c.redirect('/console/settings?done=profile', 303)
})

youRoutes.post('/settings/sessions/:id/end', async (c) => {
  const id = c.req.param('id')
  const { operator } = c.var.session
  if (!isUuid(id) || !(await endSession(c.env, actorOf(c), { id, operator: operator.id })))
    throw notFound('session')
  return c.redirect('/console/settings?done=session', 303)
})

youRoutes.post('/settings/sessions/end-others', async (c) => {
  await endOtherSessions(c.env, c.var.session)
  return c.redirect('/console/settings?done=others', 303)
})

youRoutes.post('/settings/passkeys/options', async (c) => {
  const again = await askFresh(c, 'you')
  return again ?? c.json(await registrationOptions(c.env, c.var.session.operator))
})

const newPasskey = z.object({ name: z.string().max(200), answer: z.unknown() })

youRoutes.post('/settings/passkeys', async (c) => {
  const again = await askFresh(c, 'you')
  if (again !== null) return again
  const { name, answer } = await readJsonAs(c, newPasskey)
  const named = line(60).safeParse(name)
  try {
    await addPasskey(c.env, c.var.session.operator, {
      name: named.success ? named.data : 'Passkey',
      answer,
    })
    // For roles that need one, it is used at once.
    const isSecondStep = lacksPasskey(c.var.session, c.env.config.requirePasskey)
    return c.json({ to: isSecondStep ? '/console/passkey' : '/console/settings?done=passkey' })
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return c.json({ title: error.message }, statusOf(error.code))
  }
})

youRoutes.post('/settings/passkeys/remove', async (c) => {
  const again = await askFresh(c, 'you')
  if (again !== null) return again
  const sent = await sentValues(c)
  if (!(await removePasskey(c.env, c.var.session.operator, sent.one('id')))) throw notFound('passkey')
  return c.redirect('/console/settings?done=removed', 303)
})

const Profile = (props: { name: string; email: string; timezone: string; faults: readonly Fault[] }) => (
  <form method="post" action="/console/settings/profile" class="panel">
    <h2>Profile</h2>
    <p class="soft">{props.email}</p>
    <TextField
      name="name"
      label="Name"
      autocomplete="name"
      value={props.name}
      maxlength={100}
      fault={faultAt(props.faults, 'name')}
      required
    />
    <SelectField
      name="timezone"
      label="Time zone"
      hint="Times in the console are shown in this time zone."
      value={props.timezone}
      options={zoneOptions(props.timezone)}
      fault={faultAt(props.faults, 'timezone')}
    />
    <SubmitButton>Save</SubmitButton>
  </form>
)

const Sessions = (props: { sessions: readonly SessionRow[]; here: string; timezone: string }) => (
  <section class="panel">
    <h2>Signed-in devices</h2>
    <Table
      caption="Signed-in devices"
      columns={[{ label: 'Device' }, { label: 'Last seen' }, { label: '' }]}
      rows={props.sessions.map(({ id, device, method, lastSeenAt }) => [
        <>
          {device}
          <br />
          <span class="small">{method === 'link' ? 'with an email link' : 'with a passkey'}</span>
        </>,
        <Time at={lastSeenAt} timezone={props.timezone} />,
        id === props.here ? (
          'this device'
        ) : (
          <Act action={`/console/settings/sessions/${id}/end`} label="End session" weight="quiet" />
        ),
      ])}
    />
    {props.sessions.length > 1 && (
      <Act action="/console/settings/sessions/end-others" label="End all other sessions" weight="quiet" />
    )}
  </section>
)
