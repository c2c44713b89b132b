// web · the OpenAPI document is valid, complete and true, and has a page made of it
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf, refusals } from '../../src/api/docs/document.ts'
import { endpoints } from '../../src/api/site-map.ts'
import { app } from '../../src/app.ts'
import { checkAnswer } from '../support/answer-check.ts'
import { at } from '../support/client.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp

beforeAll(async () => {
  house = await openTestApp()
})
afterAll(() => house.close())

const document = documentOf(endpoints)
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    method,
    path,
    operation,
  })),
)
const texts = JSON.stringify(document)

describe('the document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const served = await house.request('/api/openapi.json')
    expect(served.headers.get('content-type')).toBe('application/json')
    const result = await new Validator().validate(JSON.parse(await served.text()))
    expect(result).toEqual({ valid: true })
  })

  it('would be refused if it were not', async () => {
    const wrong = JSON.parse(texts)
    delete wrong.paths['/lists'].post.responses
    wrong.paths['/lists'].post.parameters = [{ name: 'x' }]
    expect((await new Validator().validate(wrong)).valid).toBe(false)
  })

  it('holds every route of /api/v1, and nothing that is not there', () => {
    const routes = app.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/v1'))
      .map(({ method, path }) => `${method} ${path.slice('/api/v1'.length).replaceAll(/:(\w+)/g, '{$1}')}`)
    expect(operations.map(({ name }) => name).sort()).toEqual([...new Set(routes)].sort())
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length)
  })

  it('refers to nothing that it does not hold, and holds nothing that nobody refers to', () => {
    const referred = new Set(texts.match(/(?<="\$ref":")[^"]+/g))
    for (const reference of referred)
      expect(at(document, ...reference.slice(2).split('/')), reference).toBeDefined()
    const named = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
    expect(named.filter((name) => !referred.has(name))).toEqual([])
  })

  it('speaks of JSON Schema alone: no default in an answer or a change, no pattern behind a format', () => {
    expect(texts).not.toContain('9007199254740991')
    expect(at(document, 'components', 'schemas', 'ListChange', 'properties', 'minimum_age', 'default')).toBe(
      undefined,
    )
    expect(
      at(document, 'components', 'schemas', 'ListSettings', 'properties', 'minimum_age', 'default'),
    ).toBe(16)
    expect(at(document, 'components', 'schemas', 'List', 'additionalProperties')).toBe(false)
    expect(at(document, 'components', 'schemas', 'List', 'properties', 'id')).toEqual({
      type: 'string',
      format: 'uuid',
    })
  })

  it.each(operations)('says of each who may, how to repeat it, how it is refused: $name', (one) => {
    const { operation, method } = one
    expect(operation['x-roles'].length).toBeGreaterThan(0)
    expect(operation.summary).not.toBe('')
    for (const status of ['401', '403']) expect(operation.responses).toHaveProperty(status)
    const refs = operation.parameters.map((parameter) => ('$ref' in parameter ? parameter.$ref : ''))
    expect(refs.includes('#/components/parameters/IdempotencyKey')).toBe(method !== 'get')
    const isPage = JSON.stringify(operation.responses).includes('next_cursor') && method === 'get'
    expect(refs.includes('#/components/parameters/Cursor') || !isPage).toBe(true)
    for (const status of Object.keys(operation.responses).filter((status) => status >= '400'))
      expect(Object.keys(refusals)).toContain(status)
  })

  it('shows a body that its own schema takes, wherever there is one', () => {
    const taking = endpoints.filter(
      ({ body, method, answer, status }) =>
        body !== undefined && method !== 'GET' && (answer !== undefined || status === 204),
    )
    expect(taking.length).toBeGreaterThanOrEqual(12)
    for (const { method, path, body, bodyShape, example } of taking)
      expect((bodyShape ?? body)?.safeParse(example).error, `${method} ${path}`).toBeUndefined()
  })
})

describe('an answer of the API in any test', () => {
  const list = '019e8269-4e80-7ef9-a8e3-baa7ee241d55'
  const segment = {
    id: list,
    name: 'All',
    list,
    filter: { all: [] },
    created_at: '2026-06-01T09:00:00.000Z',
    updated_at: '2026-06-01T09:00:00.000Z',
  }
  const url = `http://127.0.0.1/api/v1/segments/${list}`
  const answered = (body: object, status = 200) =>
    checkAnswer('GET', url, new Response(JSON.stringify(body), { status }))

  it('passes as declared', () => answered(segment))

  it.each([
    ['a key that is not declared', { ...segment, extra: 1 }],
    ['a key too few', { ...segment, name: undefined }],
    ['a value of another kind', { ...segment, created_at: 'yesterday' }],
  ])('fails with %s', async (_, body) => {
    await expect(answered(body)).rejects.toThrow()
  })

  it('fails with another status', async () => {
    await expect(answered(segment, 201)).rejects.toThrow()
    await expect(answered({ title: 'No' }, 404)).rejects.toThrow()
  })
})

describe('the page of the API', () => {
  it('is one page without a script, of ours alone, open to everybody', async () => {
    const answer = await house.request('/api/docs')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    const html = await answer.text()
    expect(html).not.toMatch(/<(?:script|img|iframe|style)\b| style="| on\w+="/i)
    expect(html.match(/(?:src|href)="(?:https?:)?\/\/[^"]*"/g) ?? []).toEqual([])
  })

  it('shows every endpoint with its roles, and every link on it leads somewhere', async () => {
    const html = await (await house.request('/api/docs')).text()
    const ids = (html.match(/(?<= id=")[^"]+/g) ?? []).map(String)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { operation } of operations) expect(ids).toContain(operation.operationId)
    for (const link of html.match(/(?<=href="#)[^"]+/g) ?? []) expect(ids, link).toContain(link)
    for (const link of html.match(/(?<=href=")\/[^"]+/g) ?? [])
      expect((await house.request(link.replaceAll('&amp;', '&'))).status, link).toBe(200)
  })
})
