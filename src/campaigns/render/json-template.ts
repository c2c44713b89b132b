// pure · fast path: JSON text with holes, each filled by a value escaped for its place and for JSON at once
import { isLocale } from '../../i18n/locale.ts'
import {
  asciiJson,
  escapes,
  narrow,
  octetsOf,
  type Place,
  textOf,
  type Wrapping,
  wrappings,
} from './escapes.ts'
import { render, type Scope, templatesOf } from './liquid/engine.ts'
import type { Expression } from './liquid/expression.ts'
import { applyFilter, type Operand } from './liquid/filters.ts'
import { endsBlock, opensBlock } from './liquid/liquid.ts'
import type { Part } from './marks.ts'

/** `texts` is one longer than `holes`: text, hole, text, … */
export interface Template {
  readonly texts: readonly string[]
  readonly holes: readonly Hole[]
  /** Sum over all texts. */
  readonly octets: number
}

export interface JsonTemplate extends Template {
  readonly wrapping: Exclude<Wrapping, 'mail'>
}

/** Counts the octets it returns. */
export type Hole = (scope: Scope) => string

type Read = (scope: Scope) => unknown

/** Throws TooMuch as soon as the mail is too large. */
export function renderJson({ texts, holes, octets }: JsonTemplate, scope: Scope): string {
  scope.measure.count(octets)
  let json = texts[0] ?? ''
  for (let at = 0; at < holes.length; at += 1) json += (holes[at]?.(scope) ?? '') + (texts[at + 1] ?? '')
  return json
}

/**
 * Counts all branches of conditions: a recipient's branches are not known in advance, and no mail is larger, apart from the
 * recipient's own values. Throws TooMuch.
 */
export function weighAll(json: readonly Part[], scope: Scope): void {
  const wrapping = wrappingOf(json)
  const { measure } = scope
  for (const part of json)
    if (typeof part === 'string') measure.count(octetsOf(written(part, wrapping), wrapping))
    else if (part.piece.kind === 'output') valueHole(part.piece.expression, part.place, wrapping)(scope)
}

/**
 * Values become functions; liquidjs renders each block of tags as a whole.
 *
 * Mostly ASCII text is written in ASCII: one letter beyond Latin-1 makes the whole string two octets wide, and joining and encoding
 * a batch of mails of 34 kB then took 198 microseconds a mail instead of 74. Above one letter in twenty, the longer spelling costs
 * more than it saves.
 */
export function compileJson(json: readonly Part[]): JsonTemplate {
  const wrapping = wrappingOf(json)
  const parts = json.map((part) => (typeof part === 'string' ? written(part, wrapping) : part))
  return { wrapping, ...compileParts(parts, wrapping) }
}

/** For text as it stands in the mail, or in the JSON of one. */
export function compileParts(parts: readonly Part[], wrapping: Wrapping): Template {
  const texts: string[] = ['']
  const holes: Hole[] = []
  const block: Part[] = []
  let depth = 0
  for (const part of parts) {
    const tag = typeof part !== 'string' && part.piece.kind === 'tag' ? part.piece.name : null
    if (tag !== null && opensBlock(tag)) depth += 1
    if (depth > 0) block.push(part)
    else if (typeof part === 'string') texts[texts.length - 1] += part
    else if (part.piece.kind === 'output') holes.push(valueHole(part.piece.expression, part.place, wrapping))
    if (tag !== null && endsBlock(tag)) depth -= 1
    if (depth === 0 && block.length > 0) holes.push(blockHole(block.splice(0), wrapping))
    if (texts.length === holes.length) texts.push('')
  }
  const octets = texts.reduce((sum, text) => sum + octetsOf(text, wrapping), 0)
  return { texts, holes, octets }
}

const wrappingOf = (json: readonly Part[]): JsonTemplate['wrapping'] =>
  shareBeyondAscii(json) > 0.05 ? 'json' : 'ascii_json'

const written = (text: string, wrapping: JsonTemplate['wrapping']): string =>
  wrapping === 'json' ? text : narrow(asciiJson(text))

function shareBeyondAscii(parts: readonly Part[]): number {
  const text = parts.filter((part) => typeof part === 'string').join('')
  return (text.match(/[\u0080-\uffff]/g)?.length ?? 0) / Math.max(1, text.length)
}

function blockHole(parts: readonly Part[], wrapping: Wrapping): Hole {
  const templates = templatesOf(parts, wrapping)
  return (scope) => {
    const { measure } = scope
    const before = measure.octets
    const text = render(templates, scope)
    // Values within the block are counted already.
    measure.count(octetsOf(text, wrapping) - (measure.octets - before))
    return text
  }
}

function valueHole(expression: Expression, place: Place, wrapping: Wrapping): Hole {
  const read = reader(expression)
  const unchanged = wrapping === 'ascii_json' ? untouchedAscii[place] : untouched[place]
  const escaped = escapes[place]
  const wrapped = wrappings[wrapping]
  return (scope) => {
    const text = textOf(read(scope))
    const value = unchanged.test(text) ? text : wrapped(escaped(text))
    scope.measure.count(octetsOf(value, wrapping))
    return value
  }
}

const letters = /^[A-Za-z0-9 ,.:;!?@_\-\u00a1-\u024f\u0400-\u04ff]*$/
const asciiLetters = /^[A-Za-z0-9 ,.:;!?@_-]*$/
const address = /^https?:\/\/[A-Za-z0-9\-._~:/?#@!$*,;=+]*$/
const unreserved = /^[A-Za-z0-9\-_.~]*$/

/** Unchanged by escape and JSON: most values, at the cost of one test. */
const untouched: Readonly<Record<Place, RegExp>> = {
  text: letters,
  attribute: letters,
  url_start: address,
  url_part: unreserved,
  plain: letters,
  plain_url_start: address,
  plain_url_part: unreserved,
  header: letters,
}
const untouchedAscii: Readonly<Record<Place, RegExp>> = {
  ...untouched,
  text: asciiLetters,
  attribute: asciiLetters,
  plain: asciiLetters,
  header: asciiLetters,
}

function reader({ operand, filters: chain }: Expression): Read {
  return chain.reduce<Read>((read, { name, args }) => {
    const readers = args.map(operandReader)
    return (scope) => {
      const { locale } = scope.mail
      const about = { locale: isLocale(locale) ? locale : ('en' as const), measure: scope.measure }
      return applyFilter(
        name,
        read(scope),
        readers.map((arg) => arg(scope)),
        about,
      )
    }
  }, operandReader(operand))
}

function operandReader(operand: Operand): Read {
  if (operand.kind === 'literal') return () => operand.value
  const { root, key } = operand
  if (root === 'subscriber' && key !== null) return ({ subscriber }) => own(subscriber, key)
  if (root === 'mail' && key !== null) return ({ mail }) => mail[key]
  if (root === 'list') return ({ list }) => list.name
  return root === 'unsubscribe_url' ? (scope) => scope.unsubscribe_url : (scope) => scope.preferences_url
}

const own = (fields: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(fields, key) ? fields[key] : undefined
