// web · campaign previews: sandboxed documents in a frame of the console
import { Hono } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { type ConsoleContext, type ConsoleEnv, faultsOrThrow } from '../../../auth/console.tsx'
import { allow } from '../../../auth/guard.tsx'
import { isWritable } from '../../../campaigns/campaign.ts'
import { checkContent, type Writing } from '../../../campaigns/writing/content.ts'
import { inTurn } from '../../../campaigns/writing/in-turn.ts'
import type { List } from '../../../lists/list.ts'
import { DomainError } from '../../../platform/errors.ts'
import { previewOf, type SamplePerson } from '../../../preflight/preview.ts'
import { readForm } from '../../../ui/read-body.ts'
import { campaignAt, listToWriteTo } from '../load-campaign.ts'
import { draftOf, onceIn, valueIn, writingIn } from './fields.ts'
import { type Look, mailDocument, NothingYet, PreviewFaults } from './preview-view.tsx'
import { newPage } from './write.tsx'

export const previewRoutes = new Hono<ConsoleEnv>()

/** The document holds operators' own HTML, so it gets no script, form, cookie or origin. Images load from https. */
const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src https: data:',
  "frame-ancestors 'self'",
  'sandbox',
].join('; ')

previewRoutes.get('/campaigns/preview', (c) => {
  allow(c, 'campaigns.write')
  return framed(c, 200, <NothingYet />)
})

/** Previews the content of the form, saved or not. */
previewRoutes.post('/campaigns/preview', async (c) => {
  const form = await readForm(c)
  const list = await listToWriteTo(c, valueIn(form, 'list'))
  const fields = writingIn(form)
  // A top-level request is a form kept from an expired session: show it as a form again.
  if (c.req.header('sec-fetch-dest') === 'document')
    return newPage(c, { list, fields, faults: [], unsaved: true, once: onceIn(form) })
  return preview(c, {
    list,
    writing: draftOf(fields),
    wasSent: false,
    launchedAt: null,
    look: lookOf(valueIn(form, 'as')),
    person: personOf(valueIn(form, 'missing')),
  })
})

/** Previews the saved or sent content. */
previewRoutes.get('/campaigns/:id/copy', async (c) => {
  const { campaign, list } = await campaignAt(c, 'campaigns.read')
  return preview(c, {
    list,
    writing: campaign,
    wasSent: !isWritable(campaign),
    launchedAt: campaign.launchedAt,
    look: lookOf(c.req.query('as')),
    person: personOf(c.req.query('missing')),
  })
})

interface Asked {
  readonly list: List
  readonly writing: Writing
  /** Sent content is not checked: fields removed since then existed when it was sent. */
  readonly wasSent: boolean
  readonly launchedAt: Date | null
  readonly look: Look
  readonly person: SamplePerson
}

async function preview(c: ConsoleContext, asked: Asked): Promise<Response> {
  const { list, person, look } = asked
  const { subject, preheader, content } = asked.writing
  if (subject === '' && content.body.trim() === '') return framed(c, 200, <NothingYet />)
  // A missing subject is no fault while the campaign is being written.
  const campaign = {
    id: c.env.ids(),
    subject: subject === '' ? '(no subject yet)' : subject,
    preheader,
    content,
    launchedAt: asked.launchedAt,
  }
  try {
    const faults = asked.wasSent ? [] : await inTurn(c.env, () => checkContent(campaign, list.fields))
    if (faults.length > 0) return framed(c, 422, <PreviewFaults faults={faults} />)
    const mail = await previewOf(c.env, { campaign, list, person })
    return framed(c, 200, mailDocument(mail, { look, preheader }))
  } catch (error) {
    return notShown(c, error)
  }
}

/** Shows the reason inside the frame. */
function notShown(c: ConsoleContext, error: unknown): Response | Promise<Response> {
  if (!(error instanceof DomainError) || error.code !== 'rate_limited')
    return framed(c, 422, <PreviewFaults faults={faultsOrThrow(error)} />)
  c.header('Retry-After', String(error.retryAfterSeconds ?? 1))
  return framed(c, 429, <PreviewFaults faults={[{ path: '', message: error.message }]} />)
}

function framed(
  c: ConsoleContext,
  status: 200 | 422 | 429,
  document: JSX.Element | string,
): Response | Promise<Response> {
  c.header('Content-Security-Policy', policy)
  c.header('Referrer-Policy', 'no-referrer')
  c.header('Cache-Control', 'no-store')
  return c.html(document, status)
}

const lookOf = (text: string | undefined): Look => (text === 'text' || text === 'phone' ? text : 'desktop')

const personOf = (missing: string | undefined): SamplePerson => (missing === '1' ? 'bare' : 'complete')
