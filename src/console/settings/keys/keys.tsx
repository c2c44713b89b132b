// web · /console/settings/keys: creates API keys, shown once, and revokes them
import { Hono } from 'hono'
import * as z from 'zod'
import { actorOf, type ConsoleContext, type ConsoleEnv } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { allKeys, createKeyOnce, type KeyRow, revokeKey } from '../../auth/keys.ts'
import { roles } from '../../auth/roles.ts'
import { isUuid } from '../../platform/encoding/uuid.ts'
import { type Fault, notFound } from '../../platform/errors.ts'
import { faultsOf, inWords, line } from '../../platform/form.ts'
import { Hidden, SelectField, TextField } from '../../ui/components.tsx'
import { Act, Empty, Said, State, SubmitButton, Table, Time } from '../../ui/console/parts.tsx'
import { faultAt, sentValues, settingsScreen } from './frame.tsx'

export const keyRoutes = new Hono<ConsoleEnv>()

const keyForm = z.object({
  name: line(100),
  role: z.enum(roles, { error: `must be one of ${roles.join(', ')}` }),
})

interface Typed {
  readonly name: string
  readonly role: string
  readonly faults: readonly Fault[]
}

keyRoutes.get('/settings/keys', (c) => keys(c, null))

keyRoutes.post('/settings/keys', async (c) => {
  allow(c, 'keys.manage')
  const sent = await sentValues(c)
  const typed = { name: sent.one('name'), role: sent.one('role') }
  const parsed = keyForm.safeParse(typed, inWords)
  if (!parsed.success) return keys(c, null, { ...typed, faults: faultsOf(parsed.error) })
  const once = sent.one('once')
  const made = await createKeyOnce(c.env, actorOf(c), {
    ...parsed.data,
    id: isUuid(once) ? once : c.env.ids(),
  })
  if (made === null) return c.redirect('/console/settings/keys?done=again', 303)
  // Shown in this response instead of after a redirect: a key must not be in a URL, and is not stored.
  return keys(c, made.key)
})

keyRoutes.get('/settings/keys/:id/revoke', async (c) => {
  allow(c, 'keys.manage')
  const key = (await allKeys(c.env)).find(({ id }) => id === c.req.param('id'))
  if (key === undefined || key.revokedAt !== null) throw notFound('key')
  return settingsScreen(c, {
    tab: 'keys',
    title: 'Revoke API key',
    content: (
      <section class="panel narrow">
        <h2>Revoke “{key.name}”?</h2>
        <p>
          Programs that use this key lose access immediately. A revoked key cannot be restored; create a new
          one instead.
        </p>
        <div class="actions">
          <Act action={`/console/settings/keys/${key.id}/revoke`} label="Revoke key" weight="danger" />
          <a href="/console/settings/keys">Keep key</a>
        </div>
      </section>
    ),
  })
})

keyRoutes.post('/settings/keys/:id/revoke', async (c) => {
  allow(c, 'keys.manage')
  const id = c.req.param('id')
  if (!isUuid(id) || !(await revokeKey(c.env, actorOf(c), id))) throw notFound('key')
  return c.redirect('/console/settings/keys?done=revoked', 303)
})

async function keys(c: ConsoleContext, made: string | null, typed?: Typed): Promise<Response> {
  allow(c, 'keys.manage')
  const all = await allKeys(c.env)
  return settingsScreen(c, {
    tab: 'keys',
    title: 'API keys',
    done: {
      revoked: 'The key is revoked.',
      again:
        'This key was created already, and shown once. Nothing new was created. If you did not copy it, revoke it and create another.',
    },
    ...(typed === undefined ? {} : { faults: typed.faults }),
    content: (
      <>
        {made !== null && (
          <Said>
            This is your new API key. It is shown only once: copy it now.
            <code class="snippet">{made}</code>
          </Said>
        )}
        <NewKey {...(typed ?? { name: '', role: 'editor', faults: [] })} once={c.env.ids()} />
        <KeyTable keys={all} timezone={c.var.session.operator.timezone} />
      </>
    ),
  })
}

const NewKey = ({ name, role, faults, once }: Typed & { once: string }) => (
  <form method="post" action="/console/settings/keys" class="panel">
    <Hidden name="once" value={once} />
    <h2>New API key</h2>
    <div class="row">
      <TextField
        name="name"
        label="Name"
        value={name}
        maxlength={100}
        fault={faultAt(faults, 'name')}
        required
      />
      <SelectField
        name="role"
        label="Role"
        value={role}
        options={roles.map((one) => ({ value: one, label: one }))}
        fault={faultAt(faults, 'role')}
      />
      <SubmitButton>Create key</SubmitButton>
    </div>
  </form>
)

const KeyTable = ({ keys, timezone }: { keys: readonly KeyRow[]; timezone: string }) =>
  keys.length === 0 ? (
    <Empty title="No API keys yet">
      <p>
        An API key lets your own programs use Assent. <a href="/api/docs">API documentation</a>
      </p>
    </Empty>
  ) : (
    <Table
      caption="API keys"
      columns={[
        { label: 'Name' },
        { label: 'Role' },
        { label: 'Created' },
        { label: 'State' },
        { label: '' },
      ]}
      rows={keys.map(({ id, name, role, createdAt, revokedAt }) => [
        <strong>{name}</strong>,
        role,
        <Time at={createdAt} timezone={timezone} />,
        revokedAt === null ? <State tone="good">active</State> : <State tone="none">revoked</State>,
        revokedAt === null ? <a href={`/console/settings/keys/${id}/revoke`}>Revoke</a> : '',
      ])}
    />
  )
