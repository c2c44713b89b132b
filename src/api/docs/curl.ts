// pure · an operation as a curl command
import type { Operation } from './document.ts'

/** One option per line; `$API` is the address of the API, `$KEY` the key. Quotes in a body are escaped for the shell. */
export function curlOf(at: { method: string; path: string; operation: Operation }): string {
  const content = at.operation.requestBody?.content['application/json']
  const method = at.method.toUpperCase()
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} $API${at.path.replaceAll(/\{(\w+)\}/g, (_, name) => `$${name.toUpperCase()}`)}`,
    '-H "Authorization: Bearer $KEY"',
    ...(method === 'POST' ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
    ...(content?.example === undefined
      ? []
      : [
          '-H "Content-Type: application/json"',
          `-d '${JSON.stringify(content.example, null, 2).replaceAll("'", "'\\''").replaceAll('\n', '\n  ')}'`,
        ]),
  ]
  return lines.join(' \\\n  ')
}
