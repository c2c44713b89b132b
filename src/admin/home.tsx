// web · /console: what is going on, and what to do next
import { Hono } from 'hono'
import { actorOf, type ConsoleEnv, frameOf, screen } from '../auth/console.tsx'
import { endSession } from '../auth/sessions.ts'
import { goOut } from '../auth/sign-in-routes.tsx'
import { ConsolePage } from '../ui/console.tsx'
import { PageHead } from '../ui/console-parts.tsx'

export const homeRoutes = new Hono<ConsoleEnv>()

homeRoutes.get('/', async (c) =>
  screen(
    c,
    200,
    <ConsolePage frame={frameOf(c)} section="home" title="Home">
      <PageHead title="Home" />
    </ConsolePage>,
  ),
)

homeRoutes.post('/sign-out', async (c) => {
  const { id, operator } = c.var.session
  await endSession(c.env, actorOf(c), { id, operator: operator.id })
  goOut(c)
  return c.redirect('/console/sign-in', 303)
})
