// pure · a JSON Schema as rows to read: names below their parents, types and limits in words
import type { Schema } from './document.ts'

export interface ShapeRow {
  /** The path of the parent: `sender.` or `fields[].`; empty at the top. */
  readonly within: string
  readonly name: string
  readonly type: Words
  readonly required: boolean
  /** Limits and default, in a sentence. */
  readonly limits: string | undefined
  readonly about: string | undefined
}

/** Words, and names of shapes to link. */
export type Words = readonly (string | { readonly shape: string })[]

/** One block of rows; a shape with alternatives has a block for each. */
export interface ShapeBlock {
  readonly about: string | undefined
  readonly rows: readonly ShapeRow[]
}

export const blocksOf = (schema: Schema): readonly ShapeBlock[] =>
  (schema.anyOf ?? [schema])
    .filter(isSchema)
    .map((one) => ({ about: one.description, rows: rowsOf(one, '') }))
    .filter(({ rows }) => rows.length > 0)

function rowsOf(schema: Schema, within: string): readonly ShapeRow[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    if (!isSchema(inner)) return []
    const row = {
      within,
      name,
      type: typeOf(inner),
      required: schema.required?.includes(name) ?? false,
      limits: limitsOf(inner),
      about: inner.description,
    }
    return [row, ...variantsOf(inner).flatMap((one) => rowsOf(one.schema, `${within}${name}${one.step}`))]
  })
}

/** The objects inside a property, through lists and alternatives. */
function variantsOf(schema: Schema): readonly { readonly schema: Schema; readonly step: string }[] {
  const { items } = schema
  if (isSchema(items)) return variantsOf(items).map((one) => ({ ...one, step: `[]${one.step}` }))
  return (schema.anyOf ?? [schema])
    .filter(isSchema)
    .filter(({ properties }) => properties !== undefined)
    .map((one) => ({ schema: one, step: '.' }))
}

/** `list of Subscriber`, `string or null`, `one of en, pl`. */
export function typeOf(schema: Schema): Words {
  if (schema.$ref !== undefined) return [{ shape: schema.$ref.split('/').at(-1) ?? '' }]
  if (schema.enum !== undefined) return [`one of ${schema.enum.join(', ')}`]
  if (schema.const !== undefined) return [JSON.stringify(schema.const)]
  if (schema.anyOf !== undefined)
    return eitherOf(
      schema.anyOf
        .filter(isSchema)
        .filter((one) => one.const !== '')
        .map(typeOf),
    )
  if (Array.isArray(schema.type)) return [schema.type.join(' or ')]
  if (isSchema(schema.items)) return ['list of ', ...typeOf(schema.items)]
  if (isSchema(schema.additionalProperties) && schema.properties === undefined)
    return ['object of ', ...typeOf(schema.additionalProperties)]
  return [formats[schema.format ?? ''] ?? schema.type ?? 'anything']
}

const formats: Readonly<Record<string, string>> = {
  uuid: 'id (UUID)',
  'date-time': 'time (RFC 3339)',
  email: 'email address',
}

/** Types joined by "or", without duplicates. */
function eitherOf(types: readonly Words[]): Words {
  const known = new Map(types.map((words) => [JSON.stringify(words), words]))
  return [...known.values()].flatMap((words, at) => (at === 0 ? words : [' or ', ...words]))
}

function limitsOf(schema: Schema): string | undefined {
  const { minLength, maxLength, minimum, maximum, maxItems, pattern } = schema
  const inner = (schema.anyOf ?? []).filter(isSchema).find((one) => one.maxLength !== undefined)
  const limits = [
    ...rangeOf(minLength ?? inner?.minLength, maxLength ?? inner?.maxLength, ' characters'),
    ...rangeOf(minimum, maximum, ''),
    ...rangeOf(undefined, maxItems, ' entries'),
    ...(pattern === undefined || schema.description !== undefined ? [] : [`like \`${pattern}\``]),
    ...(schema.default === undefined ? [] : [`default \`${JSON.stringify(schema.default)}\``]),
  ].join(', ')
  return limits === '' ? undefined : `${limits.charAt(0).toUpperCase()}${limits.slice(1)}.`
}

function rangeOf(least: number | undefined, most: number | undefined, unit: string): readonly string[] {
  if (most === undefined) return least === undefined || least === 0 ? [] : [`at least ${least}${unit}`]
  return [least === undefined ? `at most ${most}${unit}` : `${least} to ${most}${unit}`]
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
