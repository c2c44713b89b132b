// view · the frame of public pages: controller, content, footer
import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Locale } from '../i18n/locale.ts'
import { messages } from '../i18n/messages.ts'
import { withNoBreaksInHtml } from '../i18n/no-break.ts'
import { stylesheetHref } from './assets.ts'

/** Data shared by the pages of one request. */
export interface Frame {
  readonly locale: Locale
  /** The controller's name; absent on pages without one, such as an unknown address. */
  readonly controller?: string | undefined
  /** The brand stylesheet: by slug and version, so that a change shows at once, or by URL in a preview. */
  readonly brand?:
    | { readonly slug: string; readonly version: number | string }
    | { readonly stylesheet: string }
    | undefined
  readonly privacyUrl?: string | undefined
  /** The page in each language it is offered in, including this one. */
  readonly languages?: readonly { readonly locale: Locale; readonly href: string }[] | undefined
}

export interface PublicPageProps {
  readonly frame: Frame
  readonly title: string
  /** Excluded from search engines: every page behind a token. */
  readonly hidden?: boolean
  /** For long texts. */
  readonly wide?: boolean
  readonly children?: Child
}

/** A whole HTML document, without scripts, cookies or third-party resources. */
export const PublicPage = (props: PublicPageProps) =>
  raw(withNoBreaksInHtml(props.frame.locale, String(<PublicDocument {...props} />)))

const PublicDocument = ({ frame, title, hidden, wide, children }: PublicPageProps) => (
  <>
    {raw('<!doctype html>')}
    <html lang={frame.locale}>
      <head>
        <meta charset="utf-8" />
        <title>{frame.controller === undefined ? title : `${title} · ${frame.controller}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="format-detection" content="telephone=no" />
        {hidden === true && <meta name="robots" content="noindex" />}
        <link rel="stylesheet" href={stylesheetHref} />
        {frame.brand !== undefined && <link rel="stylesheet" href={brandHref(frame.brand)} />}
      </head>
      <body class={wide === true ? 'wide' : undefined}>
        <a class="skip" href="#content">
          {messages(frame.locale).page.skip}
        </a>
        {frame.controller !== undefined && <Masthead name={frame.controller} />}
        <main id="content" class="sheet">
          {children}
        </main>
        <Colophon frame={frame} />
      </body>
    </html>
  </>
)

const brandHref = (brand: NonNullable<Frame['brand']>): string =>
  'stylesheet' in brand
    ? brand.stylesheet
    : `/s/${encodeURIComponent(brand.slug)}/brand.css?v=${encodeURIComponent(brand.version)}`

const Masthead = ({ name }: { name: string }) => (
  <header class="masthead">
    <svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      <circle cx="6" cy="6" r="5.5" />
    </svg>
    <span>{name}</span>
  </header>
)

const Colophon = ({ frame }: { frame: Frame }) => {
  const { page } = messages(frame.locale)
  const languages = frame.languages ?? []
  return (
    <footer class="colophon">
      {frame.privacyUrl !== undefined && (
        <nav aria-label={page.privacy}>
          <a href={frame.privacyUrl}>{page.privacy}</a>
        </nav>
      )}
      {languages.length > 1 && (
        <nav aria-label={page.languages}>
          <ul>
            {languages.map(({ locale, href }) => (
              <li>
                {locale === frame.locale ? (
                  <span aria-current="true" lang={locale}>
                    {messages(locale).language}
                  </span>
                ) : (
                  <a href={href} hreflang={locale} lang={locale}>
                    {messages(locale).language}
                  </a>
                )}
              </li>
            ))}
          </ul>
        </nav>
      )}
    </footer>
  )
}
