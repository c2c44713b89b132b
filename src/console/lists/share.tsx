// web · /console/lists/{list}/form: where the form of a list is, and how another site shows it
import { Hono } from 'hono'
import { type ConsoleEnv, frameOf, screen } from '../../auth/console.tsx'
import { isLocale } from '../../i18n/locale.ts'
import { findNotice } from '../../notices/find.ts'
import { readNotice } from '../../notices/notice.ts'
import { notFound } from '../../platform/errors.ts'
import { formSnippet } from '../../signup/pages/snippet.ts'
import { ConsolePage } from '../../ui/console/console.tsx'
import { LinkButton, PageHead, Said } from '../../ui/console/parts.tsx'
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
  const snippet = formSnippet(readNotice(bundle), { action: page, noticeUrl: `${publicUrl}/n/${hash}` })
  return screen(
    c,
    200,
    <ConsolePage frame={frameOf(c)} section="lists" title={`The form of ${list.name}`} scripts={['copy']}>
      <PageHead
        title="Its form"
        crumb={{ label: list.name, href: pathOf(list) }}
        about="Send people to its page, or put the form on a site of yours."
      >
        <LinkButton href={`${pathOf(list)}/preview?lang=${locale}`} weight="quiet" icon="eye">
          Preview
        </LinkButton>
      </PageHead>
      {list.archivedAt !== null && (
        <Said tone="warn">This list is archived: its page and every form of it take no sign-ups.</Said>
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
        <h2 id="h-link">A link</h2>
        <p class="soft">
          For a signature, a post, a poster. Without <code>?lang=</code> the page speaks the language of the
          reader’s browser, if the list has it.
        </p>
        <CopyText
          id="link"
          text={list.locales.length > 1 ? `${page}?lang=${locale}` : page}
          what="the link"
        />
        <p>
          <a href={`/s/${list.slug}?lang=${locale}`}>Open the page</a>
        </p>
      </section>
      <section class="panel" aria-labelledby="h-html">
        <h2 id="h-html">Plain HTML for any site</h2>
        <p class="soft">
          Paste it where the form is to stand and style it as you like: it needs no script and sets no cookie.
          After it, people come to our page that tells them to look in their inbox.
        </p>
        <CopyText id="html" text={snippet} what="the HTML" />
        <ul class="bullets small">
          <li>
            Its words are those of the notice in force. When you change the list, copy it anew: what is
            recorded is the notice in force, and people should have seen the same.
          </li>
          <li>
            Keep the sentences below the boxes and their link, and leave the boxes empty: a box that is ticked
            beforehand is no consent.
          </li>
          <li>
            A form elsewhere is held to stricter limits than our own page: fewer sign-ups from one network in
            ten minutes.
          </li>
        </ul>
      </section>
    </ConsolePage>,
  )
})

/** A text to take away: by the button, or by selecting it; one click selects all of it. */
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
