// web · /console/settings/keys: creates API keys, shown once, limited and dated; revokes them
import { Hono } from 'hono'
import * as z from 'zod'
import { actorOf, type ConsoleContext, type ConsoleEnv, faultsOrThrow } from '../../../auth/console.tsx'
import { allow, askFresh } from '../../../auth/guard.tsx'
import { allKeys, createKeyOnce, endOfKey, revokeKey } from '../../../auth/keys.ts'
import { allOperators } from '../../../auth/operators/find-operators.ts'
import { roles } from '../../../auth/roles.ts'
import { quoted } from '../../../i18n/typography/marks.ts'
import { allListNames } from '../../../lists/find.ts'
import { isUuid } from '../../../platform/encoding/uuid.ts'
import { notFound } from '../../../platform/errors.ts'
import { faultsOf, inWords, line } from '../../../platform/form.ts'
import { Act, Said } from '../../../ui/console/parts.tsx'
import { FreshNote, sentValues, settingsScreen } from '../frame.tsx'
import { reachAmong } from '../reach.ts'
import { freshKey, KeyTable, lifeDays, NewKey, type TypedKey } from './key-views.tsx'

export const keyRoutes = new Hono<ConsoleEnv>()

const keyForm = z.object({
  name: line(100),
  role: z.enum(roles, { error: `must be one of ${roles.join(', ')}` }),
  days: z
    .enum(lifeDays, { error: `must be one of ${lifeDays.join(', ')}` })
    .transform((days) => (days === 'never' ? null : Number(days))),
})

keyRoutes.get('/settings/keys', (c) => keys(c, null))

keyRoutes.post('/settings/keys', async (c) => {
  allow(c, 'keys.manage')
  const again = await askFresh(c, 'keys')
  if (again !== null) return again
  const sent = await sentValues(c)
  const typed = {
    name: sent.one('name'),
    role: sent.one('role'),
    scope: sent.one('scope') || 'all',
    lists: sent.all('lists').map(Number),
    days: sent.one('days') || freshKey.days,
  }
  const key = keyForm.safeParse(typed, inWords)
  const where = reachAmong(await allListNames(c.env.db)).safeParse(typed, inWords)
  if (!key.success || !where.success) {
    const faults = [key, where].flatMap((parsed) => (parsed.success ? [] : faultsOf(parsed.error)))
    return keys(c, null, { ...typed, faults })
  }
  const once = sent.one('once')
  const { name, role, days } = key.data
  const expiresAt = days === null ? null : new Date(c.env.clock().getTime() + days * 86_400_000)
  try {
    const made = await createKeyOnce(c.env, actorOf(c), {
      id: isUuid(once) ? once : c.env.ids(),
      name,
      role,
      lists: where.data,
      expiresAt,
    })
    if (made === null) return c.redirect('/console/settings/keys?done=again', 303)
    // Shown in this response instead of after a redirect: a key must not be in a URL, and is not stored.
    return keys(c, made.key)
  } catch (error) {
    return keys(c, null, { ...typed, faults: faultsOrThrow(error) })
  }
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
        <h2>Revoke {quoted('en', key.name)}?</h2>
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

async function keys(c: ConsoleContext, made: string | null, typed?: TypedKey): Promise<Response> {
  allow(c, 'keys.manage')
  const [all, operators, lists] = await Promise.all([
    allKeys(c.env),
    allOperators(c.env),
    allListNames(c.env.db),
  ])
  const now = c.env.clock()
  return settingsScreen(c, {
    tab: 'keys',
    title: 'API keys',
    scripts: ['reach'],
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
        <FreshNote c={c} place="keys" what="Creating a key" />
        <NewKey typed={typed ?? freshKey} names={lists} once={c.env.ids()} />
        <KeyTable
          keys={all.map((key) => ({
            ...key,
            end: endOfKey(key, now),
            makerName: operators.find(({ id }) => id === key.maker)?.name ?? null,
          }))}
          names={lists}
          now={now}
          timezone={c.var.session.operator.timezone}
        />
      </>
    ),
  })
}
