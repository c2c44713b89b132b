// pure · the frame around a campaign: why it came, how to leave, who answers for it, added where the text lacks them
import { Liquid } from 'liquidjs'
import htmlSource from '../../../templates/campaign.html.liquid'
import textSource from '../../../templates/campaign.text.liquid'
import type { Locale } from '../../i18n/locale.ts'

export interface Frame {
  readonly locale: Locale
  readonly subject: string
  readonly preheader: string
  readonly why: string
  /** What the foot must still offer, in this order. */
  readonly links: readonly { readonly words: string; readonly url: string }[]
  /** Empty where the text names the address itself. */
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

/** `body` is HTML already; everything else is text, and is escaped here. */
export const htmlMail = (body: string, frame: Frame): string =>
  String(htmlEngine.renderSync(htmlLayout, scopeOf(body, frame)))

export const textMail = (body: string, frame: Frame): string =>
  String(textEngine.renderSync(textLayout, scopeOf(body, frame)))

const scopeOf = (body: string, { addressLines, ...frame }: Frame) => ({
  ...frame,
  body,
  address_lines: addressLines,
})

/** Whether these words hold the address, however it is broken into lines and punctuated. */
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
