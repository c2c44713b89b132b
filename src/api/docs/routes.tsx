// web · GET /api/openapi.json and /api/docs: the API's documentation, for tools and for readers
import { Hono } from 'hono'
import { type Env, page } from '../../ui/answer.tsx'
import { assetVersion } from '../../ui/assets.ts'
import { endpoints } from '../site-map.ts'
import { type ApiDocument, documentOf } from './document.ts'
import { ReferencePage } from './page.tsx'

/** Made at the first request: by then every endpoint is declared, and most processes never need the document. */
let made: { readonly document: ApiDocument; readonly text: string; readonly tag: string } | undefined

function theDocument() {
  if (made !== undefined) return made
  const document = documentOf(endpoints)
  const text = JSON.stringify(document)
  made = { document, text, tag: `W/"${assetVersion({ body: text })}"` }
  return made
}

export const docsRoutes = new Hono<Env>()

docsRoutes.get('/openapi.json', (c) => {
  c.header('Cache-Control', 'public, max-age=300')
  c.header('ETag', theDocument().tag)
  return c.body(theDocument().text, 200, { 'Content-Type': 'application/json' })
})

docsRoutes.get('/docs', (c) =>
  page(
    c,
    200,
    <ReferencePage document={theDocument().document} apiUrl={`${c.env.config.publicUrl}/api/v1`} />,
  ),
)
