// view · the frame of public pages: controller, content, footer
import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Locale } from '../i18n/locale.ts'
import { messages } from '../i18n/messages.ts'
import { withNoBreaksInHtml } from '../i18n/typography/no-break.ts'
import { iconHref, stylesheetHref } from './assets.ts'
import type { Trial } from './trial.ts'

/** Data shared by the pages of one request. */
export interface Frame {
  readonly locale: Locale
  /** The time zone of the page's times; UTC where none is given. */
  readonly zone?: string | undefined
  /** The controller's name; absent on pages without one, such as an unknown address. */
  readonly controller?: string | undefined
  /** The brand stylesheet: by slug and version, so that a change shows at once, or by URL in a preview. */
  readonly brand?:
    | { readonly slug: string; readonly version: number | string }
    | { readonly stylesheet: string }
    | undefined
  readonly privacyUrl?: string | undefined
  /** Given where no provider sends the mails that the page promises. */
  readonly trial?: Trial | undefined
  /** The page in each language it is offered in, including this one. */
  readonly languages?: readonly { readonly locale: Locale; readonly href: string }[] | undefined
  /** The id of the page's form: languages are then chosen by buttons of that form, so that what was typed is kept. */
  readonly languageForm?: string | undefined
}

/** The name that a button for another language posts, with the language as its value. */
export const languageButton = 'show-in'

export interface PublicPageProps {
  readonly frame: Frame
  readonly title: string
  /** Excluded from search engines: every page behind a token. */
  readonly hidden?: boolean
  /** For long texts. */
  readonly wide?: boolean
  /** What search engines and shared links show below the title; on pages made to be found. */
  readonly description?: string | undefined
  readonly children?: Child
}

/** A whole HTML document, without scripts, cookies or third-party resources. */
export const PublicPage = (props: PublicPageProps) =>
  raw(withNoBreaksInHtml(props.frame.locale, String(<PublicDocument {...props} />)))

const PublicDocument = ({ frame, title, hidden, wide, description, children }: PublicPageProps) => (
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
        {description !== undefined && <Sharing frame={frame} title={title} description={description} />}
        <link rel="stylesheet" href={stylesheetHref} />
        {frame.brand !== undefined && <link rel="stylesheet" href={brandHref(frame.brand)} />}
        <link rel="icon" type="image/svg+xml" href={iconOf(frame.brand)} />
      </head>
      <body class={wide === true ? 'wide' : undefined}>
        <a class="skip" href="#content">
          {messages(frame.locale).page.skip}
        </a>
        {frame.controller !== undefined && <Masthead name={frame.controller} />}
        <main id="content" class="sheet">
          {frame.trial !== undefined && <TrialLine locale={frame.locale} trial={frame.trial} />}
          {children}
        </main>
        <Colophon frame={frame} />
      </body>
    </html>
  </>
)

/** @see https://ogp.me */
const Sharing = (props: { frame: Frame; title: string; description: string }) => (
  <>
    <meta name="description" content={props.description} />
    <meta property="og:type" content="website" />
    <meta property="og:title" content={props.title} />
    <meta property="og:description" content={props.description} />
    <meta property="og:locale" content={props.frame.locale} />
    {props.frame.controller !== undefined && (
      <meta property="og:site_name" content={props.frame.controller} />
    )}
  </>
)

const TrialLine = ({ locale, trial }: { locale: Locale; trial: Trial }) => {
  const { page } = messages(locale)
  return (
    <p class="trial">
      {page.trial}
      {trial.mailbox !== null && (
        <>
          {' '}
          <a href={trial.mailbox}>{page.mailbox}</a>
        </>
      )}
    </p>
  )
}

const brandHref = (brand: NonNullable<Frame['brand']>): string =>
  'stylesheet' in brand
    ? brand.stylesheet
    : `/s/${encodeURIComponent(brand.slug)}/brand.css?v=${encodeURIComponent(brand.version)}`

const iconOf = (brand: Frame['brand']): string =>
  brand === undefined || 'stylesheet' in brand
    ? iconHref
    : `/s/${encodeURIComponent(brand.slug)}/icon.svg?v=${encodeURIComponent(brand.version)}`

const Masthead = ({ name }: { name: string }) => (
  <header class="masthead">
    <svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      <circle cx="6" cy="6" r="5.5" />
    </svg>
    <bdi>{name}</bdi>
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
                  <LanguageLink locale={locale} href={href} form={frame.languageForm} />
                )}
              </li>
            ))}
          </ul>
        </nav>
      )}
    </footer>
  )
}

const LanguageLink = (props: { locale: Locale; href: string; form: string | undefined }) => {
  const { locale, href, form } = props
  const { language } = messages(locale)
  return form === undefined ? (
    <a href={href} hreflang={locale} lang={locale}>
      {language}
    </a>
  ) : (
    <button
      type="submit"
      form={form}
      formaction={href}
      formnovalidate
      name={languageButton}
      value={locale}
      lang={locale}
    >
      {language}
    </button>
  )
}
