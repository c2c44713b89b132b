// web · /console/kept: a form kept when its session expired, to be submitted again or discarded
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

/** Statuses after which the kept form is deleted: the route accepted it, or shows it in its own form with faults. */
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
    <ConsolePage frame={frameOf(c)} section="home" title="Unsaved changes">
      <PageHead
        title="Unsaved changes"
        about="Your session ended before this was saved. Submit it now, or copy what you need and discard it."
      />
      <KeptFormView kept={kept} />
      <Act action="/console/kept/drop" label="Discard" weight="quiet" />
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

/** The form that repeats the post, with its texts visible. */
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
    <SubmitButton>Submit now</SubmitButton>
  </form>
)

/** Ids and numbers stay hidden. */
const isText = (value: string): boolean => /\s/.test(value) || value.length > 40
