// pure · liquidjs limited to what a campaign may use: three blocks, our filters, one escape at the end of every value
import { Liquid, LiquidError, Parser, type Template, Tokenizer, type TopLevelToken } from 'liquidjs'
import { isLocale } from '../../../i18n/locale.ts'
import { escapes, octetsOf, placeNames, textOf, type Wrapping, wrappingNames, wrappings } from '../escapes.ts'
import type { Part } from '../marks.ts'
import { Measure, TooMuch } from '../measure.ts'
import { applyFilter, filterNames } from './filters.ts'

/** Own fields only. `mail` is internal: marketers cannot refer to it. */
export interface Scope {
  readonly subscriber: Readonly<Record<string, unknown>>
  readonly list: { readonly name: string }
  readonly unsubscribe_url: string
  readonly preferences_url: string
  readonly mail: Readonly<Record<string, string>>
  /** Not accessible from templates. */
  readonly measure: Measure
}

const engine = createEngine()

/** Text is never parsed as Liquid again. */
export function templatesOf(parts: readonly Part[], wrapping: Wrapping): Template[] {
  return new Parser(engine).parseTokens(parts.map((part) => tokenOf(part, wrapping)))
}

/**
 * Sets `size`, `first` and `last`, which liquidjs computes itself for a subscriber without such a field. Throws TooMuch, unwrapped
 * from liquidjs's own error.
 */
export function render(templates: Template[], scope: Scope): string {
  const subscriber = { size: undefined, first: undefined, last: undefined, ...scope.subscriber }
  try {
    return String(engine.renderSync(templates, { ...scope, subscriber }))
  } catch (error) {
    if (LiquidError.is(error) && error.originalError instanceof TooMuch) throw error.originalError
    throw error
  }
}

function tokenOf(part: Part, wrapping: Wrapping): TopLevelToken {
  if (typeof part === 'string') return new Tokenizer(part).readHTMLToken([])
  const { piece, place } = part
  if (piece.kind === 'tag')
    return new Tokenizer(`{% ${piece.name} ${piece.args} %}`).readTagToken(engine.options)
  return new Tokenizer(`{{ ${piece.source} | ${wrapping}_${place} }}`).readOutputToken(engine.options)
}

function createEngine(): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    timezoneOffset: 0,
    locale: 'en',
    templates: {},
  })
  for (const name of Object.keys(liquid.tags))
    if (!['if', 'unless', 'case'].includes(name)) delete liquid.tags[name]
  for (const name of Object.keys(liquid.filters)) delete liquid.filters[name]
  for (const name of filterNames)
    liquid.registerFilter(name, function (value: unknown, ...args: unknown[]) {
      const locale = this.context.getSync(['mail', 'locale'])
      const measure = measureOf(this.context.getSync(['measure']))
      return applyFilter(name, value, args, { locale: isLocale(locale) ? locale : 'en', measure })
    })
  for (const place of placeNames)
    for (const wrapping of wrappingNames)
      liquid.registerFilter(`${wrapping}_${place}`, function (value: unknown) {
        const text = wrappings[wrapping](escapes[place](textOf(value)))
        measureOf(this.context.getSync(['measure'])).count(octetsOf(text, wrapping))
        return text
      })
  return liquid
}

function measureOf(value: unknown): Measure {
  if (value instanceof Measure) return value
  throw new Error('a mail is rendered without a measure')
}
