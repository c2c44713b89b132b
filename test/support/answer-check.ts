// adapter · checks every API response in every test against its declaration: an unknown or missing key fails
import { expect } from 'vitest'
import { problemShape } from '../../src/api/answers.ts'
import { problemsOf } from '../../src/api/docs/document.ts'
import type { Declared } from '../../src/api/endpoint.ts'
import { endpoints } from '../../src/api/site-map.ts'

const patterns = endpoints.map((endpoint) => ({
  endpoint,
  pattern: new RegExp(`^/api/v1${endpoint.path.replaceAll(/:\w+/g, '[^/]+')}$`),
}))

/** Returns the declaration of a request's endpoint; a fixed path wins over a path with a parameter. */
function endpointOf(method: string, path: string): Declared | undefined {
  const found = patterns.filter(({ endpoint, pattern }) => endpoint.method === method && pattern.test(path))
  return (found.find(({ endpoint }) => !endpoint.path.includes(':')) ?? found[0])?.endpoint
}

/** Throws where a response of /api/v1 differs from its declaration in status, content type or shape. */
export async function checkAnswer(method: string, url: string, response: Response): Promise<void> {
  const path = new URL(url).pathname
  if (!path.startsWith('/api/v1') || method === 'OPTIONS' || method === 'HEAD') return
  const asked = `${method} ${path}`
  const body = await response.clone().text()
  const { status } = response
  if (status >= 400) {
    expect(response.headers.get('content-type'), asked).toBe('application/problem+json')
    expect(problemShape.parse(JSON.parse(body)).status, asked).toBe(status)
  }
  const endpoint = endpointOf(method, path)
  if (endpoint === undefined) return expect([404, 405], asked).toContain(status)
  // Bugs (500) are not declared, and 404 and 405 for an unknown address belong to no endpoint.
  if (status >= 500 && status !== 503) return
  if (status >= 400) return expect(problemsOf(endpoint), `${asked}: ${body}`).toContain(status)
  expect(status, asked).toBe(endpoint.status ?? 200)
  if (status === 204) return expect(body, asked).toBe('')
  const parsed = endpoint.answer?.safeParse(JSON.parse(body))
  expect(parsed?.error?.issues ?? [], `${asked} answered ${body.slice(0, 2000)}`).toEqual([])
  expect(parsed?.success, `${asked} has no declared answer`).toBe(true)
}
