// web · previews of the form and notice of a list, saved or not, by language and screen width
import { Hono } from 'hono'
import { type ConsoleContext, type ConsoleEnv, frameOf, screen } from '../../auth/console.tsx'
import { editable } from '../../consent/publish.ts'
import { isLocale, type Locale } from '../../i18n/locale.ts'
import { findProcessors } from '../../lists/find-processors.ts'
import type { List, ListSettings } from '../../lists/list.ts'
import { slugFrom } from '../../lists/names.ts'
import { parseSettings } from '../../lists/settings.ts'
import { noticeBundle, noticeHash } from '../../notices/bundle.ts'
import { NoticePage } from '../../notices/notice-page.tsx'
import { DomainError } from '../../platform/errors.ts'
import { SignupPage } from '../../signup/pages/form-pages.tsx'
import { framedPage } from '../../ui/answer.tsx'
import { brandCss } from '../../ui/brand.ts'
import { ConsolePage } from '../../ui/console/console.tsx'
import { PageHead } from '../../ui/console/parts.tsx'
import { PublicPage } from '../../ui/layout.tsx'
import { maxConsolePairs, readForm } from '../../ui/read-body.ts'
import { mayMake } from './edit.tsx'
import { withFollowingDefault } from './form/draft.ts'
import { faultsAt, inputOf, withPurposeKeys } from './form/input.ts'
import { labelOf } from './form/labels.ts'
import { listAsked, pathOf } from './load-list.ts'
import { languageNames } from './words.ts'

export const listPreviewRoutes = new Hono<ConsoleEnv>()

listPreviewRoutes.get('/lists/brand.css', (c) => {
  return c.body(brandCss(c.req.query('color') ?? null), 200, { 'Content-Type': 'text/css; charset=utf-8' })
})

listPreviewRoutes.get('/lists/new/preview', (c) => {
  mayMake(c)
  return framedPage(
    c,
    200,
    <PublicPage frame={{ locale: 'en' }} title="Nothing to show yet" hidden>
      <p class="soft">Press one of the buttons to see a preview here.</p>
    </PublicPage>,
  )
})

listPreviewRoutes.post('/lists/new/preview', (c) => {
  mayMake(c)
  return lookAtDraft(c, null)
})

listPreviewRoutes.get('/lists/:list/edit/preview', async (c) =>
  lookAt(c, await listAsked(c, 'lists.write'), 'form'),
)

listPreviewRoutes.post('/lists/:list/edit/preview', async (c) =>
  lookAtDraft(c, await listAsked(c, 'lists.write')),
)

listPreviewRoutes.get('/lists/:list/preview/form', async (c) =>
  lookAt(c, await listAsked(c, 'lists.read'), 'form'),
)

listPreviewRoutes.get('/lists/:list/preview/notice', async (c) =>
  lookAt(c, await listAsked(c, 'lists.read'), 'notice'),
)

listPreviewRoutes.get('/lists/:list/preview', async (c) => {
  const list = await listAsked(c, 'lists.read')
  const locale = localeAsked(c, list)
  const at = (part: string): string => `${pathOf(list)}/preview/${part}?lang=${locale}`
  return screen(
    c,
    200,
    <ConsolePage frame={frameOf(c)} section="lists" title={`Preview of ${list.name}`}>
      <PageHead
        title="Preview"
        crumb={{ label: list.name, href: pathOf(list) }}
        about="The sign-up form and notice as people see them. This form cannot be submitted."
      />
      <nav class="tabs" aria-label="Languages">
        {list.locales.map((one) => (
          <a href={`${pathOf(list)}/preview?lang=${one}`} aria-current={one === locale ? 'page' : undefined}>
            {languageNames[one]}
          </a>
        ))}
      </nav>
      <div class="look-pair">
        <section class="stack">
          <h2>Form on a phone</h2>
          <iframe class="preview preview-phone" src={at('form')} title="Form on a phone" />
        </section>
        <section class="stack">
          <h2>Notice on a phone</h2>
          <iframe class="preview preview-phone" src={at('notice')} title="Notice on a phone" />
        </section>
      </div>
      <section class="stack">
        <h2>Form on a desktop</h2>
        <iframe class="preview" src={at('form')} title="Form on a desktop" />
      </section>
      <section class="stack">
        <h2>Notice on a desktop</h2>
        <iframe class="preview" src={at('notice')} title="Notice on a desktop" />
      </section>
    </ConsolePage>,
  )
})

const localeAsked = (c: ConsoleContext, list: Pick<ListSettings, 'locales' | 'default_locale'>): Locale => {
  const asked = c.req.query('lang') ?? ''
  return isLocale(asked) && list.locales.includes(asked) ? asked : list.default_locale
}

type Part = 'form' | 'notice'

const lookAt = (c: ConsoleContext, list: List, part: Part) =>
  lookAtSettings(c, { ...editable(list), id: list.id }, part)

/** Previews the posted form, with the same validation and views as a saved list. */
async function lookAtDraft(c: ConsoleContext, before: List | null): Promise<Response> {
  const draft = withFollowingDefault(withPurposeKeys(await readForm(c, maxConsolePairs)))
  const input = inputOf(draft, before)
  const { slug, name } = input.settings
  const settings = { ...input.settings, slug: slug === '' ? slugFrom(name) : slug }
  const part = c.req.query('part') === 'notice' ? 'notice' : 'form'
  try {
    const whole = parseSettings(before === null ? settings : { ...editable(before), ...settings })
    return await lookAtSettings(c, { ...whole, id: before?.id ?? c.env.ids() }, part)
  } catch (error) {
    if (!(error instanceof DomainError) || error.faults.length === 0) throw error
    const faults = faultsAt(error.faults, { draft, input })
    return framedPage(c, 422, <NotReadyPage faults={faults} />)
  }
}

const NotReadyPage = ({ faults }: { faults: readonly { name: string; message: string }[] }) => (
  <PublicPage frame={{ locale: 'en' }} title="No preview yet" hidden>
    <h1>No preview yet</h1>
    <p>Please fix this in the form above:</p>
    <ul class="bullets">
      {faults.map(({ name, message }) => (
        <li>
          {labelOf(name) === null ? '' : `${labelOf(name)}: `}
          {message}
        </li>
      ))}
    </ul>
  </PublicPage>
)

async function lookAtSettings(
  c: ConsoleContext,
  list: ListSettings & { readonly id: string },
  part: Part,
): Promise<Response> {
  const locale = localeAsked(c, list)
  const notice = noticeBundle(list, locale, await findProcessors(c.env, c.env.db))
  const frame = {
    locale,
    controller: list.controller.name,
    brand: { stylesheet: `/console/lists/brand.css?color=${encodeURIComponent(list.brand.color ?? '')}` },
  }
  return framedPage(
    c,
    200,
    part === 'notice' ? (
      <NoticePage frame={frame} notice={notice} hash={noticeHash(notice)} />
    ) : (
      <SignupPage frame={frame} notice={notice} action="" stamp="" />
    ),
  )
}
