// adapter · compressed answers on Node: assets once, and pages that reflect nothing beside a secret. RFC 9110, 8.4; BREACH
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import * as z from 'zod'
import compressedAtBuild from '../../dist/islands/compressed.txt'
import { recent } from '../platform/memory/recent.ts'

const encodings = ['br', 'gzip'] as const
type Encoding = (typeof encodings)[number]

/**
 * Paths whose GET shows nothing of a person and repeats nothing of the request: a page that does both would tell by its length
 * what it keeps secret.
 */
const open =
  /^\/(?:assets\/[\w.-]+|api\/docs|api\/openapi\.json|n\/[\w-]+|s\/[A-Za-z0-9-]+(?:\/(?:brand\.css|icon\.svg))?)$/
const texts = /^(?:text\/|application\/json|image\/svg\+xml)/

/** Below, headers outweigh what is saved. */
const leastBytes = 860
/** As small as it gets for what is compressed once; a page made for each visitor takes a tenth of that time. */
const quality = { kept: 11, made: 5 } as const
/** Compressed while building: scripts/islands.mjs. */
const built = z
  .record(z.string(), z.object({ version: z.string(), br: z.base64(), gzip: z.base64() }))
  .parse(JSON.parse(compressedAtBuild))

/** Compressed assets and documents, by path, entity tag and encoding: a query of a stranger makes no new entry. */
const kept = recent<string, Uint8Array>(100)

const keyOf = (path: string, tag: string, encoding: Encoding): string => `${path} ${tag} ${encoding}`

for (const [name, asset] of Object.entries(built))
  for (const encoding of encodings)
    kept.set(
      keyOf(`/assets/${name}`, `W/"${asset.version}"`, encoding),
      Buffer.from(asset[encoding], 'base64'),
    )

/** The answer compressed as the client accepts, where its path allows; any other answer as it is. */
export async function compressed(request: Request, answer: Response): Promise<Response> {
  if (request.method !== 'GET') return answer
  const { pathname } = new URL(request.url)
  if (!open.test(pathname)) return answer
  const headers = new Headers(answer.headers)
  headers.append('Vary', 'Accept-Encoding')
  const isText = texts.test(headers.get('content-type') ?? '')
  const encoding = acceptedOf(request.headers.get('accept-encoding') ?? '')
  if (answer.status !== 200 || !isText || encoding === null)
    return new Response(answer.body, { status: answer.status, headers })
  const tag = headers.get('etag')
  const key = tag === null ? null : keyOf(pathname, tag, encoding)
  const plain = new Uint8Array(await answer.arrayBuffer())
  if (plain.length < leastBytes) return new Response(plain, { headers })
  const known = key === null ? undefined : kept.get(key)
  const body = known ?? (await packed(plain, encoding, key === null ? quality.made : quality.kept))
  if (key !== null && known === undefined) kept.set(key, body)
  headers.set('Content-Encoding', encoding)
  headers.delete('Content-Length')
  return new Response(Uint8Array.from(body), { headers })
}

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

/** Off the event loop. */
const packed = (plain: Uint8Array, encoding: Encoding, level: number): Promise<Uint8Array> =>
  encoding === 'br'
    ? brotli(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: level } })
    : gzipped(plain, { level: Math.min(level, 9) })

/** The first of ours with a quality above nothing; by name, since `*` comes from programs that may not know brotli. */
function acceptedOf(header: string): Encoding | null {
  const named = header.split(',').map((part) => {
    const [name = '', ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/)
    return { name, isRefused: parameters.some((one) => /^q=0(?:\.0*)?$/.test(one)) }
  })
  return (
    encodings.find((encoding) => named.some(({ name, isRefused }) => name === encoding && !isRefused)) ?? null
  )
}
