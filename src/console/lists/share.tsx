// web · /console/lists/{list}/form: the link to the sign-up page and the HTML for other sites
import { Hono } from 'hono'
import { type ConsoleEnv, frameOf, screen } from '../../auth/console.tsx'
import { isLocale } from '../../i18n/locale.ts'
import { findNotice } from '../../notices/find.ts'
import { readNotice } from '../../notices/notice.ts'
import { notFound } from '../../platform/errors.ts'
import { formSnippet } from '../../signup/pages/snippet.ts'
import { Hidden, TextField } from '../../ui/components.tsx'
import { ConsolePage } from '../../ui/console/console.tsx'
import { LinkButton, PageHead, Said, SubmitButton } from '../../ui/console/parts.tsx'
import { Icon } from '../../ui/icons.tsx'
import { listAsked, pathOf } from './load-list.ts'
import { languageNames } from './words.ts'

export const listShareRoutes = new Hono<ConsoleEnv>()

listShareRoutes.get('/lists/:list/form', async (c) => {
  const list = await listAsked(c, 'lists.read')
  const asked = c.req.query('lang') ?? ''
  const locale = isLocale(asked) && list.locales.includes(asked) ? asked : list.default_locale
  const hash = list.notices[locale] ?? ''
  const bundle = await findNotice(c.env.db, hash)
  if (bundle === null) throw notFound('notice')
  const { publicUrl } = c.env.config
  const page = `${publicUrl}/s/${list.slug}`
  const standsAt = (c.req.query('page') ?? '').trim().slice(0, 200)
  const snippet = formSnippet(readNotice(bundle), {
    action: page,
    noticeUrl: `${publicUrl}/n/${hash}`,
    notice: hash,
    source: standsAt === '' ? `HTML form of ${list.slug}, ${locale}` : standsAt,
  })
  return screen(
    c,
    200,
    <ConsolePage
      frame={frameOf(c)}
      section="lists"
      title={`Share the form of ${list.name}`}
      scripts={['copy']}
    >
      <PageHead
        title="Share form"
        crumb={{ label: list.name, href: pathOf(list) }}
        about="Link to the hosted sign-up page, or put the form on your own site."
      >
        <LinkButton href={`${pathOf(list)}/preview?lang=${locale}`} weight="quiet" icon="eye">
          Preview
        </LinkButton>
      </PageHead>
      {list.archivedAt !== null && (
        <Said tone="warn">This list is archived: its page and its forms take no sign-ups.</Said>
      )}
      {list.locales.length > 1 && (
        <nav class="tabs" aria-label="Languages">
          {list.locales.map((one) => (
            <a href={`${pathOf(list)}/form?lang=${one}`} aria-current={one === locale ? 'page' : undefined}>
              {languageNames[one]}
            </a>
          ))}
        </nav>
      )}
      <section class="panel" aria-labelledby="h-link">
        <h2 id="h-link">Link</h2>
        <p class="soft">
          For email signatures, posts and posters. Without <code>?lang=</code> the page uses the language of
          the visitor’s browser, if the list offers it.
        </p>
        <CopyText
          id="link"
          text={list.locales.length > 1 ? `${page}?lang=${locale}` : page}
          what="the link"
        />
        <p>
          <a href={`/s/${list.slug}?lang=${locale}`}>Open page</a>
        </p>
      </section>
      <section class="panel" aria-labelledby="h-html">
        <h2 id="h-html">HTML for your site</h2>
        <p class="soft">
          Paste it into your page and style it as you like. It needs no script and sets no cookie. After
          submitting it, people see a page here that asks them to check their inbox.
        </p>
        <form method="get" action={`${pathOf(list)}/form`}>
          <Hidden name="lang" value={locale} />
          <TextField
            name="page"
            label="Page where the form will be"
            mark="optional"
            hint="Recorded with each sign-up as evidence of where people agreed, for example https://brand.example/newsletter. Browsers often name the site only."
            value={standsAt}
            maxlength={200}
          />
          <SubmitButton weight="quiet">Put it into the HTML</SubmitButton>
        </form>
        <CopyText id="html" text={snippet} what="the HTML" />
        <ul class="bullets small">
          <li>
            The HTML contains the texts of the current notice and its hash, and each sign-up records that
            notice. When you change the list, copy the HTML again, so that people see the new texts.
          </li>
          <li>
            Keep the text and the link below the checkboxes, and leave the checkboxes unticked: a pre-ticked
            box is not valid consent.
          </li>
          <li>
            Does your site send a Content-Security-Policy with <code>form-action</code>? Then add{' '}
            <code>{new URL(publicUrl).origin}</code> to it, or browsers refuse to send the form.
          </li>
          <li>
            Forms on other sites have a stricter limit on sign-ups from one network than the hosted page.
          </li>
        </ul>
      </section>
    </ConsolePage>,
  )
})

/** A text to copy by its button, or by hand: one click selects all of it. */
const CopyText = ({ id, text, what }: { id: string; text: string; what: string }) => (
  <div class="stack">
    <code class="snippet snippet-whole" id={id}>
      {text}
    </code>
    <div class="actions">
      <button type="button" class="button button-quiet" data-copy={id} aria-describedby={`${id}-said`} hidden>
        <Icon name="copy" />
        Copy {what}
      </button>
      <span id={`${id}-said`} class="soft" role="status" />
    </div>
  </div>
)
