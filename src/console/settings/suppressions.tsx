// web · /console/settings/suppressions: lists, adds and lifts suppressions; addresses come by POST and are never shown
import { Hono } from 'hono'
import { actorOf, type ConsoleContext, type ConsoleEnv } from '../../auth/console.tsx'
import { allow, recordRefusedAct } from '../../auth/guard.tsx'
import { operatorMay } from '../../auth/operators/operator.ts'
import { addByHand, mayBeLifted, removeByHand } from '../../consent/suppress-by-hand.ts'
import type { List } from '../../lists/list.ts'
import { isUuid } from '../../platform/encoding/uuid.ts'
import { DomainError, notFound } from '../../platform/errors.ts'
import { parseAddress } from '../../subscribers/address.ts'
import { findSuppression, pageOfSuppressions, type ShownSuppression } from '../../suppression/find.ts'
import { listsSeen } from '../people/visible-people.ts'
import { sentValues, settingsScreen } from './frame.tsx'
import {
  LiftPanel,
  type ScopeChoice,
  SuppressForm,
  SuppressionTable,
  type TypedSuppression,
} from './suppressions-view.tsx'

export const suppressionRoutes = new Hono<ConsoleEnv>()

const maxPage = 50
const path = '/console/settings/suppressions'

suppressionRoutes.get('/settings/suppressions', (c) => overview(c))

suppressionRoutes.post('/settings/suppressions', async (c) => {
  allow(c, 'subscribers.write')
  const sent = await sentValues(c)
  const typed = { email: sent.one('email').trim().slice(0, 1000), scope: sent.one('scope') }
  const parsed = parseAddress(typed.email, { smtpUtf8: true })
  const choice = scopesOf(c, await listsSeen(c)).find(({ scope }) => scope === typed.scope)
  if (!parsed.ok || choice === undefined) {
    const faults = [
      parsed.ok ? [] : [{ path: 'email', message: 'This is not a complete email address.' }],
      choice === undefined ? [{ path: 'scope', message: 'Choose what to suppress.' }] : [],
    ].flat()
    return overview(c, { ...typed, faults })
  }
  await addByHand(c.env, actorOf(c), { address: parsed.address, scope: choice.scope })
  return c.redirect(`${path}?done=added`, 303)
})

suppressionRoutes.get('/settings/suppressions/:id/lift', async (c) => {
  const { found, label } = await toLift(c, c.req.param('id'))
  const { timezone } = c.var.session.operator
  return settingsScreen(c, {
    tab: 'suppressions',
    title: 'Lift suppression',
    content: <LiftPanel row={found} scope={label} timezone={timezone} />,
  })
})

suppressionRoutes.post('/settings/suppressions/:id/lift', async (c) => {
  const { found } = await toLift(c, c.req.param('id'))
  await removeByHand(c.env, actorOf(c), found.id)
  return c.redirect(`${path}?done=lifted`, 303)
})

async function overview(c: ConsoleContext, typed?: TypedSuppression): Promise<Response> {
  allow(c, 'subscribers.read')
  const { operator } = c.var.session
  const lists = await listsSeen(c)
  const scopes = scopesOf(c, lists)
  const after = c.req.query('after') ?? ''
  const found = await pageOfSuppressions(c.env.db, {
    limit: maxPage + 1,
    before: isUuid(after) ? after : null,
    scopes: operator.lists === null ? null : scopes.map(({ scope }) => scope),
  })
  const rows = found.slice(0, maxPage)
  const last = found.length > maxPage ? rows.at(-1) : undefined
  const mayWrite = operatorMay(operator, 'subscribers.write')
  return settingsScreen(c, {
    tab: 'suppressions',
    title: 'Suppressions',
    about:
      'Addresses that get no emails, whatever lists they are on. Only a keyed hash of each address is stored, so they cannot be shown.',
    done: {
      added: 'The address is suppressed. Emails waiting for it are not sent.',
      lifted: 'The suppression is lifted.',
    },
    ...(typed === undefined ? {} : { faults: typed.faults }),
    content: (
      <>
        {mayWrite && <SuppressForm scopes={scopes} typed={typed ?? { email: '', scope: '', faults: [] }} />}
        <SuppressionTable
          rows={rows.map((row) => ({
            ...row,
            label: labelOf(scopes, row.scope),
            mayLift: mayWrite && mayBeLifted(row.reason),
          }))}
          timezone={operator.timezone}
          next={last === undefined ? null : `${path}?after=${last.id}`}
        />
      </>
    ),
  })
}

/** The scopes that an operator may suppress. Operators limited to some lists get only those, as other scopes affect all lists. */
function scopesOf(c: ConsoleContext, lists: readonly List[]): readonly ScopeChoice[] {
  const seesAll = c.var.session.operator.lists === null
  return [
    ...(seesAll ? [{ scope: 'all' as const, label: 'All email' }] : []),
    ...lists.map(({ id, name }) => ({ scope: `list:${id}` as const, label: name })),
    ...(seesAll ? [{ scope: 'confirmations' as const, label: 'Confirmation emails' }] : []),
  ]
}

const labelOf = (scopes: readonly ScopeChoice[], scope: string): string =>
  scopes.find((one) => one.scope === scope)?.label ?? 'Deleted list'

/** Throws `not_found` also for suppressions on other lists, `conflict` for those the person asked for. */
async function toLift(c: ConsoleContext, id: string): Promise<{ found: ShownSuppression; label: string }> {
  allow(c, 'subscribers.write')
  const found = await findSuppression(c.env.db, id)
  const scopes = scopesOf(c, await listsSeen(c))
  const isSeen = c.var.session.operator.lists === null || scopes.some(({ scope }) => scope === found?.scope)
  if (found !== null && !isSeen) await recordRefusedAct(c)
  if (found === null || !isSeen) throw notFound('suppression')
  if (!mayBeLifted(found.reason))
    throw new DomainError(
      'conflict',
      'The person asked for this suppression, so it cannot be lifted by hand.',
    )
  return { found, label: labelOf(scopes, found.scope) }
}
