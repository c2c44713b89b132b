// web · GET /api/openapi.json and /api/docs: the API's documentation, for tools and for readers
import { Hono } from 'hono'
import { type Env, page } from '../../ui/answer.tsx'
import { endpoints } from '../site-map.ts'
import { type ApiDocument, documentOf } from './document.ts'
import { ReferencePage } from './page.tsx'

/** Made at the first request: by then every endpoint is declared, and most processes never need the document. */
let made: { readonly document: ApiDocument; readonly text: string } | undefined

function theDocument() {
  if (made !== undefined) return made
  const document = documentOf(endpoints)
  made = { document, text: JSON.stringify(document) }
  return made
}

export const docsRoutes = new Hono<Env>()

docsRoutes.get('/openapi.json', (c) => {
  c.header('Cache-Control', 'public, max-age=300')
  return c.body(theDocument().text, 200, { 'Content-Type': 'application/json' })
})

docsRoutes.get('/docs', (c) =>
  page(
    c,
    200,
    <ReferencePage document={theDocument().document} apiUrl={`${c.env.config.publicUrl}/api/v1`} />,
  ),
)
