// pure · mail layout: reason for the mail, unsubscribe links and the controller's address, added if the text lacks them
import { Liquid } from 'liquidjs'
import htmlSource from '../../../templates/campaign.html.liquid'
import textSource from '../../../templates/campaign.text.liquid'
import type { Locale } from '../../i18n/locale.ts'

export interface Frame {
  readonly locale: Locale
  readonly subject: string
  readonly preheader: string
  readonly why: string
  /** Missing in the text, in this order. */
  readonly links: readonly { readonly words: string; readonly url: string }[]
  /** The controller's postal and electronic address, each where the text does not contain it itself. */
  readonly addressLines: readonly string[]
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

/** `body` is HTML; everything else is escaped here. */
export const htmlMail = (body: string, frame: Frame): string =>
  String(htmlEngine.renderSync(htmlLayout, scopeOf(body, frame)))

export const textMail = (body: string, frame: Frame): string =>
  String(textEngine.renderSync(textLayout, scopeOf(body, frame)))

const scopeOf = (body: string, { addressLines, ...frame }: Frame) => ({
  ...frame,
  body,
  address_lines: addressLines,
})

/** Regardless of line breaks and punctuation. */
export function mentions(words: string, address: string): boolean {
  const wanted = folded(address)
  return wanted !== '' && folded(withoutEntities(words)).includes(wanted)
}

const folded = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')

const withoutEntities = (html: string): string => html.replace(/&(?:amp|lt|gt|quot|#39);/g, ' ')
