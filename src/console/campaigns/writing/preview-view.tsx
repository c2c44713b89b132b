// view · the documents in the preview frame: the mail, with its inbox line on top
import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Fault } from '../../../platform/errors.ts'
import { kilobytes } from '../../../preflight/content.ts'
import type { PreviewedMail } from '../../../preflight/preview.ts'

export type Look = 'desktop' | 'phone' | 'text'

/** The mail as it is sent, below a strip with sender and subject. */
export function mailDocument(mail: PreviewedMail, shown: { look: Look; preheader: string }): string {
  const strip = String(<Strip mail={mail} preheader={shown.preheader} />)
  if (shown.look === 'text')
    return String(
      <FrameDocument>
        {raw(strip)}
        <pre>{mail.text}</pre>
      </FrameDocument>,
    )
  return mail.html.replace(/<body[^>]*>/, (body) => body + strip)
}

/** Each colour twice: a plain one for browsers without light-dark(), then both. */
const stripStyle = [
  'padding:14px 20px;font:15px/1.5 system-ui,sans-serif',
  'background:#fffefb;background:light-dark(#fffefb,#1d2123)',
  'color:#1d2123;color:light-dark(#1d2123,#eae7e0)',
  'border-bottom:1px solid #868a87',
].join(';')
const softStyle = 'font-size:13px;color:#585f62;color:light-dark(#585f62,#adb3b4)'

const Strip = ({ mail, preheader }: { mail: PreviewedMail; preheader: string }) => (
  <div style={stripStyle}>
    <div style={softStyle}>{mail.from}</div>
    <div>
      <b>{mail.subject}</b>
      {preheader !== '' && ` — ${preheader}`}
    </div>
    <div style={softStyle}>{`HTML ${kilobytes(mail.htmlBytes)}`}</div>
  </div>
)

export const PreviewFaults = ({ faults }: { faults: readonly Fault[] }) => (
  <FrameDocument>
    <main>
      <h1>This cannot be sent yet</h1>
      {faults.map(({ path, message }) => (
        <p>
          {placeWords[path]}
          {message}
        </p>
      ))}
    </main>
  </FrameDocument>
)

const placeWords: Readonly<Record<string, string>> = { subject: 'Subject: ', preheader: 'Preview text: ' }

export const NothingYet = () => (
  <FrameDocument>
    <main>
      <p class="soft">Your email appears here as you write.</p>
    </main>
  </FrameDocument>
)

const styles = `
:root { color-scheme: light dark; --ink: #1d2123; --soft: #585f62; --sheet: #fffefb }
@media (prefers-color-scheme: dark) { :root { --ink: #eae7e0; --soft: #adb3b4; --sheet: #1d2123 } }
body { margin: 0; background: var(--sheet); color: var(--ink); font: 16px/1.6 system-ui, sans-serif }
main { padding: 24px 28px }
h1 { margin: 0 0 12px; font-size: 20px }
p { margin: 0 0 10px; max-width: 60ch }
.soft { color: var(--soft) }
pre { margin: 0; padding: 20px; white-space: pre-wrap; overflow-wrap: anywhere; font: 15px/1.55 ui-monospace, monospace }
`

const FrameDocument = ({ children }: { children?: Child }) => (
  <>
    {raw('<!doctype html>')}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Preview</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <style>{raw(styles)}</style>
      </head>
      <body>{children}</body>
    </html>
  </>
)
