// web · /console/kept: what was being written when a session ended, to be sent now, or dropped
import { Hono } from 'hono'
import {
  type ConsoleContext,
  type ConsoleEnv,
  consoleCookie,
  dropConsoleCookie,
  frameOf,
  keptCookie,
  screen,
} from '../auth/console.tsx'
import { forgetForm, type SavedForm, savedFormOf } from '../auth/saved-forms.ts'
import { ConsolePage } from '../ui/console/console.tsx'
import { Act, PageHead, SubmitButton } from '../ui/console/parts.tsx'

export const keptRoutes = new Hono<ConsoleEnv>()

/** Once sent it is no more: the route took it, or shows it in a form of its own with what is wrong. */
const takenStatuses: ReadonlySet<number> = new Set([200, 303, 409, 422])

keptRoutes.use(async (c, next) => {
  await next()
  if (c.req.method !== 'POST' || c.req.query('kept') !== 'sent' || !takenStatuses.has(c.res.status)) return
  await forget(c)
})

keptRoutes.get('/kept', async (c) => {
  const kept = await savedFormOf(c.env, consoleCookie(c, keptCookie), c.var.session.operator.id)
  if (kept === null) return c.redirect('/console', 303)
  return screen(
    c,
    200,
    <ConsolePage frame={frameOf(c)} section="home" title="What you were writing">
      <PageHead
        title="What you were writing"
        about="Your session ended before this was saved. Send it now, or copy what you need and drop it."
      />
      <KeptFormView kept={kept} />
      <Act action="/console/kept/drop" label="Drop it" weight="quiet" />
    </ConsolePage>,
  )
})

keptRoutes.post('/kept/drop', async (c) => {
  await forget(c)
  return c.redirect('/console', 303)
})

async function forget(c: ConsoleContext): Promise<void> {
  await forgetForm(c.env, consoleCookie(c, keptCookie), c.var.session.operator.id)
  dropConsoleCookie(c, keptCookie)
}

/** The same post once more, its texts in sight. */
const KeptFormView = ({ kept }: { kept: SavedForm }) => (
  <form method="post" action={`${kept.path}?kept=sent`} class="panel">
    {kept.pairs.map(([name, value], at) =>
      value.length > 0 && isText(value) ? (
        <label class="field" for={`kept-${at}`}>
          <span class="label">{name}</span>
          <textarea class="input" id={`kept-${at}`} name={name}>
            {value}
          </textarea>
        </label>
      ) : (
        <input type="hidden" name={name} value={value} />
      ),
    )}
    <SubmitButton>Send it now</SubmitButton>
  </form>
)

/** Ids and numbers need not be seen. */
const isText = (value: string): boolean => /\s/.test(value) || value.length > 40
