// web · /console/settings/operators: invites operators, changes roles, blocks and unblocks
import { Hono } from 'hono'
import * as z from 'zod'
import { actorOf, type ConsoleContext, type ConsoleEnv, faultsOrThrow } from '../../auth/console.tsx'
import { allow, askFresh } from '../../auth/guard.tsx'
import { countKeysOf } from '../../auth/keys.ts'
import { allOperators, findOperator, passkeysOf } from '../../auth/operators/find-operators.ts'
import { type Operator, operatorAddress } from '../../auth/operators/operator.ts'
import {
  changeOperator,
  disableOperator,
  enableOperator,
  inviteAgain,
  inviteOperator,
} from '../../auth/operators/operators.ts'
import { roles } from '../../auth/roles.ts'
import { removePasskeysOf } from '../../auth/sign-in/passkeys.ts'
import { allListNames } from '../../lists/find.ts'
import { isUuid } from '../../platform/encoding/uuid.ts'
import { type Fault, notFound } from '../../platform/errors.ts'
import { faultsOf, inWords, line } from '../../platform/form.ts'
import { FreshNote, sentValues, settingsScreen } from './frame.tsx'
import { InviteForm, OperatorForm, OperatorTable, type ReachValues } from './operator-views.tsx'
import { reachAmong } from './reach.ts'

export const operatorRoutes = new Hono<ConsoleEnv>()

const role = z.enum(roles, { error: `must be one of ${roles.join(', ')}` })
const invitation = z.object({ name: line(100), email: operatorAddress, role })

const done = {
  invited: 'The invitation is on its way. It is valid for a week.',
  changed: 'Saved. They were signed out; the change applies when they sign in again.',
  disabled: 'They are blocked and signed out everywhere. API keys that they made are revoked.',
  passkeys: 'Their passkeys are removed, and they are signed out everywhere.',
  enabled: 'They are unblocked and can sign in again.',
}

operatorRoutes.get('/settings/operators', (c) => overview(c))

async function overview(
  c: ConsoleContext,
  typed?: { values: Parameters<typeof InviteForm>[0]['values']; faults: readonly Fault[] },
): Promise<Response> {
  allow(c, 'operators.manage')
  const [operators, lists] = await Promise.all([allOperators(c.env), allListNames(c.env.db)])
  const { operator } = c.var.session
  return settingsScreen(c, {
    tab: 'operators',
    title: 'Operators',
    scripts: ['reach'],
    done,
    ...(typed === undefined ? {} : { faults: typed.faults }),
    content: (
      <>
        <OperatorTable operators={operators} lists={lists} timezone={operator.timezone} />
        <FreshNote c={c} place="operators" what="Inviting an operator" />
        <InviteForm
          lists={lists}
          values={typed?.values ?? { name: '', email: '', role: 'editor', scope: 'all', lists: [] }}
          faults={typed?.faults ?? []}
        />
      </>
    ),
  })
}

operatorRoutes.post('/settings/operators', async (c) => {
  allow(c, 'operators.manage')
  const again = await askFresh(c, 'operators')
  if (again !== null) return again
  const sent = await sentValues(c)
  const values = {
    name: sent.one('name'),
    email: sent.one('email'),
    role: sent.one('role'),
    scope: sent.one('scope'),
    lists: sent.all('lists').map(Number),
  }
  const who = invitation.safeParse(values, inWords)
  const where = reachAmong(await allListNames(c.env.db)).safeParse(values, inWords)
  if (!who.success || !where.success)
    return overview(c, {
      values,
      faults: [who, where].flatMap((parsed) => (parsed.success ? [] : faultsOf(parsed.error))),
    })
  try {
    const { name, email: address, role } = who.data
    await inviteOperator(c.env, actorOf(c), { name, address, role, lists: where.data, locale: 'en' })
  } catch (error) {
    return overview(c, { values, faults: faultsOrThrow(error) })
  }
  return c.redirect('/console/settings/operators?done=invited', 303)
})

operatorRoutes.get('/settings/operators/:id', async (c) => one(c, await operatorAt(c)))

/** `typed`: what a refused form said. */
async function one(
  c: ConsoleContext,
  operator: Operator,
  typed?: { values: ReachValues & { role: string }; faults: readonly Fault[] },
): Promise<Response> {
  const faults = typed?.faults ?? []
  const lists = await allListNames(c.env.db)
  return settingsScreen(c, {
    tab: 'operators',
    title: operator.name,
    scripts: ['reach'],
    faults,
    content: (
      <OperatorForm
        operator={operator}
        values={
          typed?.values ?? {
            role: operator.role,
            scope: operator.lists === null ? 'all' : 'some',
            lists: operator.lists ?? [],
          }
        }
        lists={lists}
        self={operator.id === c.var.session.operator.id}
        keys={await countKeysOf(c.env, operator.id)}
        passkeys={(await passkeysOf(c.env.db, operator.id)).length}
        faults={faults}
      />
    ),
  })
}

operatorRoutes.post('/settings/operators/:id', async (c) => {
  const operator = await operatorAt(c)
  const again = await askFresh(c, 'operators')
  if (again !== null) return again
  const sent = await sentValues(c)
  const values = {
    role: sent.one('role'),
    scope: sent.one('scope'),
    lists: sent.all('lists').map(Number),
  }
  const newRole = role.safeParse(values.role, inWords)
  const where = reachAmong(await allListNames(c.env.db)).safeParse(values, inWords)
  if (!newRole.success || !where.success)
    return one(c, operator, {
      values,
      faults: [
        ...(newRole.success ? [] : faultsOf(newRole.error).map((fault) => ({ ...fault, path: 'role' }))),
        ...(where.success ? [] : faultsOf(where.error)),
      ],
    })
  try {
    await changeOperator(c.env, actorOf(c), { operator: operator.id, role: newRole.data, lists: where.data })
  } catch (error) {
    return one(c, operator, { values, faults: faultsOrThrow(error) })
  }
  return c.redirect('/console/settings/operators?done=changed', 303)
})

operatorRoutes.post('/settings/operators/:id/disable', async (c) => {
  await disableOperator(c.env, actorOf(c), (await operatorAt(c)).id)
  return c.redirect('/console/settings/operators?done=disabled', 303)
})

operatorRoutes.post('/settings/operators/:id/enable', async (c) => {
  const { id } = await operatorAt(c)
  const again = await askFresh(c, 'operators')
  if (again !== null) return again
  await enableOperator(c.env, actorOf(c), id)
  return c.redirect('/console/settings/operators?done=enabled', 303)
})

operatorRoutes.post('/settings/operators/:id/invite', async (c) => {
  const operator = await operatorAt(c)
  const again = await askFresh(c, 'operators')
  if (again !== null) return again
  await inviteAgain(c.env, actorOf(c), operator, 'en')
  return c.redirect('/console/settings/operators?done=invited', 303)
})

operatorRoutes.post('/settings/operators/:id/passkeys', async (c) => {
  const { id } = await operatorAt(c)
  const again = await askFresh(c, 'operators')
  if (again !== null) return again
  await removePasskeysOf(c.env, actorOf(c), id)
  return c.redirect('/console/settings/operators?done=passkeys', 303)
})

async function operatorAt(c: ConsoleContext): Promise<Operator> {
  allow(c, 'operators.manage')
  const id = c.req.param('id') ?? ''
  const operator = isUuid(id) ? await findOperator(c.env, id) : null
  if (operator === null) throw notFound('operator')
  return operator
}
