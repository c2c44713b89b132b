// web · the OpenAPI document, made only of the endpoints' declarations. OpenAPI 3.1.1
import * as z from 'zod'
import { type Role, rolesThat } from '../../auth/roles.ts'
import type { Json } from '../../platform/encoding/jcs.ts'
import { problemShape } from '../answers.ts'
import type { Declared } from '../endpoint.ts'

export type Schema = z.core.JSONSchema.BaseSchema

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string | undefined
  readonly schema: Schema
}

interface Response {
  readonly description: string
  readonly headers?: object
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>
}

export interface Operation {
  readonly operationId: string
  readonly tags: readonly [string]
  readonly summary: string
  readonly description?: string | undefined
  readonly parameters: readonly (Parameter | Reference)[]
  readonly requestBody?: {
    readonly required: boolean
    readonly content: { readonly 'application/json': { readonly schema: Schema; readonly example?: Json } }
  }
  readonly responses: Readonly<Record<string, Response | Reference>>
  readonly 'x-permission': string
  readonly 'x-roles': readonly Role[]
}

export interface Reference {
  readonly $ref: string
}

export interface ApiDocument {
  readonly openapi: string
  readonly info: object
  readonly servers: readonly object[]
  readonly security: readonly object[]
  readonly tags: readonly { readonly name: string }[]
  /** Operations by path, then by lower-case method. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly parameters: Readonly<Record<string, Parameter>>
    readonly responses: Readonly<Record<string, Response>>
    readonly headers: object
    readonly securitySchemes: object
  }
}

/** The meaning of each refusal, the same for all endpoints. */
export const refusals = {
  400: 'The body is not JSON.',
  401: 'No API key, or one that is not in force: unknown, revoked, expired, or its maker was removed.',
  403: 'The role of this key may not do that, or the key is limited to other lists.',
  404: 'What the path or the body names is not there.',
  409: 'It cannot be done as things stand, or a request with this Idempotency-Key is under way.',
  413: 'The body is larger than 512 KiB.',
  415: 'The body is not sent as application/json.',
  422: 'Something in the request is wrong: `errors` names each place. Or it is not available yet.',
  503: 'Not just now: the database or the mail provider does not answer, or too much waits. Retry-After says in how many seconds to repeat it.',
} as const satisfies Record<number, string>

/** Whether the endpoint is implemented: without an answer or status 204 it refuses as not available yet. */
const isAvailable = ({ answer, status }: Declared): boolean => answer !== undefined || status === 204

/** Statuses with which an endpoint may refuse. 405 belongs to a path, for every method that the path lacks. */
export function problemsOf(endpoint: Declared): readonly number[] {
  const { method, path, query, pages } = endpoint
  const isRead = method === 'GET'
  return [
    ...(isRead ? [] : [400]),
    401,
    403,
    ...(path.includes(':') || method === 'POST' ? [404] : []),
    ...(isRead ? [] : [409, 413, 415]),
    ...(isRead && isAvailable(endpoint) && query === undefined && pages !== true ? [] : [422]),
    503,
  ]
}

/** Named shapes become components, once each. */
export function documentOf(endpoints: readonly Declared[]): ApiDocument {
  const bodies = shapesOf(
    'input',
    endpoints.map((one) => one.bodyShape ?? one.body),
  )
  const answers = shapesOf('output', [...endpoints.map((one) => one.answer), problemShape])
  const queries = endpoints.map(({ query }) =>
    query === undefined ? {} : (z.toJSONSchema(query, settings('input')).properties ?? {}),
  )
  const operations = endpoints.map((endpoint, at) => ({
    path: pathOf(endpoint),
    method: endpoint.method.toLowerCase(),
    operation: operationOf(endpoint, {
      body: bodies.shapes[at],
      answer: answers.shapes[at],
      query: queries[at] ?? {},
    }),
  }))
  const paths = Map.groupBy(operations, ({ path }) => path)
  return {
    openapi: '3.1.1',
    info,
    servers: [{ url: '/api/v1' }],
    security: [{ key: [] }],
    tags: [...new Set([...story, ...endpoints.map(tagOf)])].map((name) => ({ name })),
    paths: Object.fromEntries(
      Array.from(paths, ([path, of]) => [
        path,
        Object.fromEntries(of.map(({ method, operation }) => [method, operation])),
      ]),
    ),
    components: {
      schemas: { ...bodies.named, ...answers.named },
      parameters,
      responses: Object.fromEntries(
        Object.entries(refusals).map(([status, description]) => [`Refusal${status}`, refusal(description)]),
      ),
      headers,
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key.' } },
    },
  }
}

const info = {
  title: 'Assent',
  version: '1',
  summary: 'Newsletters for people who agreed to them, and the proof of it.',
  license: { name: 'MIT', identifier: 'MIT' },
}

const parameters: Readonly<Record<string, Parameter>> = {
  Limit: {
    name: 'limit',
    in: 'query',
    required: false,
    description: 'How many at most.',
    schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
  },
  Cursor: {
    name: 'cursor',
    in: 'query',
    required: false,
    description: 'The `next_cursor` of the page before.',
    schema: { type: 'string' },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'The same request with the same key within 24 hours is done once, and answered the same.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
}

const headers = {
  IdempotencyReplayed: {
    description: '`true` where this answer was given before: nothing was done anew.',
    schema: { type: 'string', const: 'true' },
  },
}

const refusal = (description: string): Response => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

function operationOf(
  endpoint: Declared,
  shapes: { body: Schema | undefined; answer: Schema | undefined; query: Readonly<Record<string, unknown>> },
): Operation {
  const { method, path, summary, description, permission, pages, example } = endpoint
  const available = isAvailable(endpoint)
  const about = [
    available ? [] : 'Not available yet: it answers 422.',
    description ?? [],
    endpoint.whole === true ? 'Refused to API keys that are limited to some lists.' : [],
  ]
    .flat()
    .join(' ')
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[/:]+/g, '-')}`,
    tags: [tagOf(endpoint)],
    summary,
    ...(about === '' ? {} : { description: about }),
    parameters: [
      ...Array.from(
        path.matchAll(/:(\w+)/g),
        ([, name = '']): Parameter => ({
          name,
          in: 'path',
          required: true,
          description: name === 'list' ? 'Slug or id.' : undefined,
          schema: { type: 'string' },
        }),
      ),
      ...Object.entries(shapes.query).map(([name, schema]) => queryParameter(name, schema)),
      ...(pages === true ? [ref('parameters', 'Limit'), ref('parameters', 'Cursor')] : []),
      ...(method === 'GET' ? [] : [ref('parameters', 'IdempotencyKey')]),
    ],
    ...(shapes.body === undefined || !available || method === 'GET'
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: shapes.body, ...(example === undefined ? {} : { example }) },
            },
          },
        }),
    responses: {
      ...(available ? { [endpoint.status ?? 200]: success(endpoint, shapes.answer) } : {}),
      ...Object.fromEntries(
        problemsOf(endpoint).map((status) => [status, ref('responses', `Refusal${status}`)]),
      ),
    },
    'x-permission': permission,
    'x-roles': rolesThat(permission),
  }
}

function queryParameter(name: string, schema: unknown): Parameter {
  const { description, ...rest } = z.looseObject({ description: z.string().optional() }).parse(schema)
  return { name, in: 'query', required: false, description, schema: rest }
}

function success({ method, status }: Declared, schema: Schema | undefined): Response {
  return {
    description: status === 202 ? 'Accepted.' : status === 204 ? 'Done; there is nothing to say.' : 'Done.',
    ...(method === 'GET'
      ? {}
      : { headers: { 'Idempotency-Replayed': ref('headers', 'IdempotencyReplayed') } }),
    ...(schema === undefined ? {} : { content: { 'application/json': { schema } } }),
  }
}

const ref = (kind: 'parameters' | 'responses' | 'headers', name: string): Reference => ({
  $ref: `#/components/${kind}/${name}`,
})

const pathOf = ({ path }: Declared): string => path.replaceAll(/:(\w+)/g, '{$1}')

/** Tags in the order of the story; others follow. */
const story = ['Lists', 'Signups', 'Subscribers', 'Segments', 'Campaigns', 'Sending', 'Suppressions', 'Audit']

/** The first step of the path, capitalised: `Lists`. */
const tagOf = ({ path }: Declared): string =>
  `${path.charAt(1).toUpperCase()}${path.slice(2).split('/')[0] ?? ''}`

/** Converts all shapes at once, so that a named shape is one component wherever it is used. */
function shapesOf(
  io: 'input' | 'output',
  shapes: readonly (z.ZodType | undefined)[],
): { shapes: readonly (Schema | undefined)[]; named: Readonly<Record<string, Schema>> } {
  const whole = z.object(
    Object.fromEntries(shapes.flatMap((shape, at) => (shape === undefined ? [] : [[at, shape]]))),
  )
  const { properties = {}, $defs = {} } = components.parse(
    JSON.parse(
      JSON.stringify(z.toJSONSchema(whole, settings(io))).replaceAll('"#/$defs/', '"#/components/schemas/'),
    ),
  )
  return { shapes: shapes.map((_, at) => properties[at]), named: $defs }
}

const schemas = z.record(
  z.string(),
  z.custom<Schema>((value) => typeof value === 'object'),
)
const components = z.object({ properties: schemas.optional(), $defs: schemas.optional() })

/** Removes details of Zod that do not concern the reader: patterns behind a format, the bounds of whole numbers. */
const settings = (io: 'input' | 'output') =>
  ({
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      // Defaults are removed from answers, which are complete, and from changes, where an absent value stays as it is.
      if (io === 'output' || zodSchema._zod.def.type === 'optional') delete jsonSchema.default
      delete jsonSchema.id
    },
  }) as const satisfies z.core.ToJSONSchemaParams
