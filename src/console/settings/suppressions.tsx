// web · /console/settings/suppressions: which addresses are not mailed, and why. One goes in by POST and never comes out
import { Hono } from 'hono'
import { actorOf, type ConsoleContext, type ConsoleEnv } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
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
      parsed.ok ? [] : [{ path: 'email', message: 'This is not an e-mail address that can be on a list.' }],
      choice === undefined ? [{ path: 'scope', message: 'Choose what it is not to get.' }] : [],
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
    title: 'Lift a suppression',
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
      'Addresses that are not mailed, whoever puts them on a list. Only a keyed hash of each is kept, so none of them can be shown.',
    done: {
      added: 'The address is suppressed. What waited for it is not sent.',
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

/** What an operator may suppress: of somebody who sees some lists, mail from those; the rest concerns other lists too. */
function scopesOf(c: ConsoleContext, lists: readonly List[]): readonly ScopeChoice[] {
  const seesAll = c.var.session.operator.lists === null
  return [
    ...(seesAll ? [{ scope: 'all' as const, label: 'All mail' }] : []),
    ...lists.map(({ id, name }) => ({ scope: `list:${id}` as const, label: name })),
    ...(seesAll ? [{ scope: 'confirmations' as const, label: 'Questions to confirm' }] : []),
  ]
}

const labelOf = (scopes: readonly ScopeChoice[], scope: string): string =>
  scopes.find((one) => one.scope === scope)?.label ?? 'A list that is gone'

/** Throws `not_found` also for one of other lists, `conflict` for what a person said themselves. */
async function toLift(c: ConsoleContext, id: string): Promise<{ found: ShownSuppression; label: string }> {
  allow(c, 'subscribers.write')
  const found = await findSuppression(c.env.db, id)
  const scopes = scopesOf(c, await listsSeen(c))
  const isSeen = c.var.session.operator.lists === null || scopes.some(({ scope }) => scope === found?.scope)
  if (found === null || !isSeen) throw notFound('suppression')
  if (!mayBeLifted(found.reason))
    throw new DomainError('conflict', 'This suppression is the person’s own word; it is not lifted by hand.')
  return { found, label: labelOf(scopes, found.scope) }
}
