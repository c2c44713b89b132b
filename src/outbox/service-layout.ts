// pure · the layout of all service mail: short, one button, no image, a complete text part
import { Liquid } from 'liquidjs'
import htmlSource from '../../templates/service.html.liquid'
import textSource from '../../templates/service.text.liquid'
import type { Locale } from '../i18n/locale.ts'
import { withNoBreaks, withNoBreaksInHtml } from '../i18n/typography/no-break.ts'

export interface ServiceMailLink {
  readonly label: string
  readonly url: string
}

/** A button's fill and its label on it, in light and dark mode, as `#rrggbb`. */
export interface ButtonColors {
  readonly light: { readonly fill: string; readonly label: string }
  readonly dark: { readonly fill: string; readonly label: string }
}

const ownColors: ButtonColors = {
  light: { fill: '#1c5c50', label: '#ffffff' },
  dark: { fill: '#7fc4b2', label: '#10211d' },
}

/**
 * Plain text throughout; the HTML part escapes it. Both parts hold the same links, each as often: filters doubt a mail whose parts
 * differ, and rspamd takes a point for an odd number of links in both together (URI_COUNT_ODD).
 */
export interface ServiceMailContent {
  readonly lang: Locale
  readonly heading: string
  /** Before the points. */
  readonly opening: readonly string[]
  /** The mail's subject matter, line by line. */
  readonly points: readonly string[]
  /** Between the points and the button. */
  readonly closing: readonly string[]
  readonly code: { readonly label: string; readonly digits: string; readonly hint: string } | null
  /** `colors`: those of the brand; ours without. */
  readonly button: (ServiceMailLink & { readonly colors?: ButtonColors | null }) | null
  /** The small print: sentences, each with an optional link. */
  readonly small: readonly { readonly text: string; readonly link: ServiceMailLink | null }[]
  readonly controller: {
    readonly name: string
    /** One or more lines. */
    readonly address: string
    readonly contact: readonly string[]
  }
}

const settings = {
  ownPropertyOnly: true,
  strictFilters: true,
  strictVariables: true,
  timezoneOffset: 0,
} as const
const htmlEngine = new Liquid({ ...settings, outputEscape: 'escape' })
const textEngine = new Liquid(settings)
const htmlLayout = htmlEngine.parse(htmlSource)
const textLayout = textEngine.parse(textSource)

/** Both parts of a mail; the same content always makes the same bytes. */
export function renderServiceMail(content: ServiceMailContent): {
  readonly html: string
  readonly text: string
} {
  const { lang } = content
  const { address, ...controller } = content.controller
  const lines = address.split('\n').flatMap((line) => line.trim() || [])
  const colors = content.button?.colors ?? ownColors
  const scope = { ...content, colors, controller: { ...controller, lines } }
  return {
    html: withNoBreaksInHtml(lang, String(htmlEngine.renderSync(htmlLayout, scope))),
    text: withNoBreaks(lang, String(textEngine.renderSync(textLayout, scope))),
  }
}
