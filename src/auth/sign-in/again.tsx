// web · /console/again and /console/passkey: a fresh sign-in, and the second step of roles that need a passkey
import { Hono } from 'hono'
import { type ConsoleEnv, screen } from '../console.tsx'
import { rememberPlace } from '../guard.tsx'
import { passkeysOf } from '../operators/find-operators.ts'
import { AgainPage, SecondStepPage } from './again-views.tsx'
import { isFresh, isPlace, lacksPasskey } from './fresh.ts'

export const againRoutes = new Hono<ConsoleEnv>()

againRoutes.get('/again', async (c) => {
  const { operator } = c.var.session
  const place = c.req.query('for') ?? ''
  if (isPlace(place)) rememberPlace(c, place)
  const hasPasskey = (await passkeysOf(c.env.db, operator.id)).length > 0
  return screen(c, 200, <AgainPage email={operator.email} hasPasskey={hasPasskey} kept={null} />)
})

againRoutes.get('/passkey', async (c) => {
  const { session } = c.var
  if (!lacksPasskey(session, c.env.config.requirePasskey)) return c.redirect('/console', 303)
  const hasPasskey = (await passkeysOf(c.env.db, session.operator.id)).length > 0
  return screen(
    c,
    200,
    <SecondStepPage
      role={session.operator.role}
      hasPasskey={hasPasskey}
      isFresh={isFresh(session, c.env.clock())}
      kept={null}
    />,
  )
})
