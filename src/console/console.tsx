// web · the console: all screens behind the session check, and their error page
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type ConsoleEnv, frameOf, screen } from '../auth/console.tsx'
import { recordRefusedAct, sameOrigin, signedIn } from '../auth/guard.tsx'
import { againRoutes } from '../auth/sign-in/again.tsx'
import { DomainError } from '../platform/errors.ts'
import { ConsolePage } from '../ui/console/console.tsx'
import { PageHead, Said } from '../ui/console/parts.tsx'
import { statusOf } from '../ui/status.ts'
import { campaignScreens } from './campaigns/routes.ts'
import { homeRoutes } from './home.tsx'
import { listEditRoutes } from './lists/edit.tsx'
import { listRoutes } from './lists/list.tsx'
import { listOverviewRoutes } from './lists/overview.tsx'
import { listPreviewRoutes } from './lists/preview.tsx'
import { processorRoutes } from './lists/processors.tsx'
import { listShareRoutes } from './lists/share.tsx'
import { peopleRoutes } from './people/people.tsx'
import { editRoutes } from './person/edit.tsx'
import { endConsentRoutes } from './person/end-consent.tsx'
import { evidenceRoutes } from './person/evidence.tsx'
import { personRoutes } from './person/person.tsx'
import { keptRoutes } from './restore-form.tsx'
import { builderRoutes } from './segments/builder-routes.tsx'
import { segmentRoutes } from './segments/segments.tsx'
import { actRoutes } from './settings/acts.tsx'
import { keyRoutes } from './settings/keys/keys.tsx'
import { operatorRoutes } from './settings/operators.tsx'
import { senderRoutes } from './settings/sender.tsx'
import { sendingRoutes } from './settings/sending.tsx'
import { suppressionRoutes } from './settings/suppressions.tsx'
import { youRoutes } from './settings/you.tsx'

/** More than the longest campaign takes, urlencoded. */
const maxBodyBytes = 2 * 1024 * 1024

export const consoleRoutes = new Hono<ConsoleEnv>()

// The session check comes before the body limit: bodies without a session are not read.
consoleRoutes.use(sameOrigin)
consoleRoutes.use(signedIn)
consoleRoutes.use(async (c, next) => {
  await next()
  if (!(c.error instanceof DomainError) || c.error.code !== 'forbidden') return
  await recordRefusedAct(c)
})
consoleRoutes.use(
  bodyLimit({
    maxSize: maxBodyBytes,
    onError: () => {
      throw new DomainError('too_large', 'This is too large for the form.')
    },
  }),
)

consoleRoutes.route('/', homeRoutes)
consoleRoutes.route('/', keptRoutes)
consoleRoutes.route('/', againRoutes)
consoleRoutes.route('/', youRoutes)
consoleRoutes.route('/', operatorRoutes)
consoleRoutes.route('/', keyRoutes)
consoleRoutes.route('/', senderRoutes)
consoleRoutes.route('/', sendingRoutes)
consoleRoutes.route('/', processorRoutes)
consoleRoutes.route('/', suppressionRoutes)
consoleRoutes.route('/', actRoutes)
// The order matters: `new` and `brand.css` are not slugs.
for (const routes of [listOverviewRoutes, listPreviewRoutes, listEditRoutes, listShareRoutes, listRoutes])
  consoleRoutes.route('/', routes)
consoleRoutes.route('/', campaignScreens)
for (const routes of [
  peopleRoutes,
  personRoutes,
  editRoutes,
  endConsentRoutes,
  evidenceRoutes,
  segmentRoutes,
  builderRoutes,
])
  consoleRoutes.route('/', routes)

consoleRoutes.onError((error, c) => {
  if (!(error instanceof DomainError) || c.var.session === undefined) throw error
  if (error.retryAfterSeconds !== undefined) c.header('Retry-After', String(error.retryAfterSeconds))
  const title = error.code === 'not_found' ? 'Page not found' : 'This could not be done'
  return screen(
    c,
    statusOf(error.code),
    <ConsolePage frame={frameOf(c)} section="home" title={title}>
      <PageHead title={title} />
      <Said tone="bad">{error.message}</Said>
      <p>
        <a href="/console">Back to home</a>
      </p>
    </ConsolePage>,
  )
})
