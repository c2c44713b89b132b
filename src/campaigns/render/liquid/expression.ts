// pure · parser of Liquid expressions: variables, filters and conditions, each checked against an allow-list
import { LiquidError, type Token, Tokenizer, TypeGuards } from 'liquidjs'
import { argumentProblem, type FilterName, filterNames, isFilterName, type Operand } from './filters.ts'

export interface Expression {
  readonly operand: Operand
  readonly filters: readonly { readonly name: FilterName; readonly args: readonly Operand[] }[]
}

/** A sentence that says what is refused, and what is allowed. */
export interface Refused {
  readonly problem: string
}

export interface FieldNames {
  readonly has: (key: string) => boolean
  /** Listed in error messages. */
  readonly known: readonly string[]
}

export const isRefused = (read: object): read is Refused => 'problem' in read

/** Reads the value of `{{ … }}` with its filters. */
export function readOutput(text: string, fields: FieldNames): Expression | Refused {
  const read = parse(text)
  if (isRefused(read)) return read
  const [only, ...more] = read.tokens
  if (only === undefined || more.length > 0)
    return { problem: `"${short(text)}" must be one value. A comparison belongs into {% if … %}.` }
  const operand = operandOf(only, fields)
  if (isRefused(operand)) return operand
  const filters: { name: FilterName; args: readonly Operand[] }[] = []
  for (const token of read.filters) {
    const filter = filterOf(token, fields)
    if (isRefused(filter)) return filter
    filters.push(filter)
  }
  return { operand, filters }
}

/** For the text after `if`, `elsif` or `unless`; null if accepted. */
export function conditionProblem(text: string, fields: FieldNames): string | null {
  const read = parse(text)
  if (isRefused(read)) return read.problem
  let values = 0
  for (const token of read.tokens) {
    if (TypeGuards.isOperatorToken(token)) {
      values -= token.operator === 'not' ? 0 : 1
      if (values < 1) return `"${short(text)}" lacks something to compare with.`
      continue
    }
    const operand = TypeGuards.isLiteralToken(token) ? null : operandOf(token, fields)
    if (operand !== null && isRefused(operand)) return operand.problem
    values += 1
  }
  if (values !== 1)
    return `"${short(text)}" must be one condition; put "and", "or" or a comparison between its parts.`
  const refused = read.filters.map((token) => filterOf(token, fields)).find(isRefused)
  return refused?.problem ?? null
}

/** For the text after `when`: values separated by commas or `or`; null if accepted. */
export function whenProblem(text: string): string | null {
  const tokenizer = new Tokenizer(text)
  for (;;) {
    const value = tokenizer.readValue()
    if (value === undefined || !isPlainValue(value))
      return `After "when" stand values such as "PL", "SE"; "${short(value?.getText() ?? tokenizer.remaining())}" is none.`
    tokenizer.skipBlank()
    if (tokenizer.end()) return null
    if (tokenizer.peek() === ',') tokenizer.advance()
    else if (tokenizer.readIdentifier().content !== 'or')
      return `The values after "when" are parted by commas or "or".`
  }
}

const isPlainValue = (token: Token): boolean =>
  TypeGuards.isQuotedToken(token) ||
  TypeGuards.isNumberToken(token) ||
  (TypeGuards.isLiteralToken(token) && typeof token.content === 'boolean')

interface Parsed {
  /** Operands and operators in postfix order. */
  readonly tokens: readonly Token[]
  readonly filters: readonly FilterToken[]
}

type FilterToken = ReturnType<Tokenizer['readFilters']>[number]

function parse(text: string): Parsed | Refused {
  try {
    const tokenizer = new Tokenizer(text)
    const { initial, filters } = tokenizer.readFilteredValue()
    tokenizer.skipBlank()
    if (tokenizer.end()) return { tokens: initial.postfix, filters }
    return { problem: `"${short(text)}" cannot be read from "${short(tokenizer.remaining())}" on.` }
  } catch (error) {
    if (!LiquidError.is(error)) throw error
    const cause = error.originalError?.message ?? ''
    return { problem: `"${short(text)}" cannot be read as Liquid${cause === '' ? '' : `: ${cause}`}.` }
  }
}

function operandOf(token: Token, fields: FieldNames): Operand | Refused {
  if (TypeGuards.isQuotedToken(token) || TypeGuards.isNumberToken(token))
    return { kind: 'literal', value: token.content }
  if (TypeGuards.isLiteralToken(token) && typeof token.content === 'boolean')
    return { kind: 'literal', value: token.content }
  if (!TypeGuards.isPropertyAccessToken(token) || token.variable !== undefined)
    return { problem: `"${short(token.getText())}" cannot stand here: a field, a "text" or a number can.` }
  const path = token.props.map((prop, at) => {
    if (TypeGuards.isWordToken(prop)) return prop.content
    return at > 0 && TypeGuards.isQuotedToken(prop) ? prop.content : null
  })
  return variable(path, token.getText(), fields)
}

/** Allow-list: `constructor` or `__proto__` is an unknown field like any other. */
function variable(path: readonly (string | null)[], written: string, fields: FieldNames): Operand | Refused {
  const [root, key, ...deeper] = path
  if (root === 'subscriber' && typeof key === 'string' && deeper.length === 0)
    return fields.has(key) ? { kind: 'variable', root, key } : unknownField(key, fields)
  if (root === 'list' && key === 'name' && deeper.length === 0) return { kind: 'variable', root, key }
  if ((root === 'unsubscribe_url' || root === 'preferences_url') && key === undefined)
    return { kind: 'variable', root, key: null }
  if (typeof root === 'string' && key === undefined && fields.known.includes(root))
    return { problem: `There is no "${root}" by itself. Write subscriber.${root}.` }
  return {
    problem: `There is no "${short(written)}". Known: subscriber.<field>, list.name, unsubscribe_url, preferences_url.`,
  }
}

const unknownField = (key: string, fields: FieldNames): Refused => ({
  problem: `There is no field "${short(key)}". Known fields: ${fields.known.join(', ')}.`,
})

function filterOf(token: FilterToken, fields: FieldNames): Expression['filters'][number] | Refused {
  const { name } = token
  if (!isFilterName(name))
    return { problem: `There is no filter "${short(name)}". Known filters: ${filterNames.join(', ')}.` }
  const args: Operand[] = []
  for (const arg of token.args) {
    if (Array.isArray(arg)) return { problem: `The filter "${name}" takes its arguments without names.` }
    const operand = operandOf(arg, fields)
    if (isRefused(operand)) return operand
    args.push(operand)
  }
  const problem = argumentProblem(name, args)
  return problem === null ? { name, args } : { problem: `The filter "${name}" ${problem}.` }
}

/** At most 60 characters on one line, for error messages. */
export const short = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= 60 ? line : `${line.slice(0, 57)}…`
}
