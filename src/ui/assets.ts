// pure · what pages load from us: named by their content, so that a browser may keep them for ever
import { bytesOf, hexOf } from '../platform/bytes.ts'
import { sha256 } from '../platform/jcs.ts'
import consoleCss from './console.css'
import passkeysJs from './islands/passkeys.island'
import segmentCountJs from './islands/segment-count.island'
import publicCss from './public.css'

export interface Asset {
  readonly type: string
  readonly body: string
}

const css = (body: string): Asset => ({ type: 'text/css; charset=utf-8', body })
const script = (body: string): Asset => ({ type: 'text/javascript; charset=utf-8', body })

/** By the name after `/assets/`. */
export const assets: Readonly<Record<string, Asset>> = {
  'public.css': css(publicCss),
  'console.css': css(consoleCss),
  'passkeys.js': script(passkeysJs),
  'segment-count.js': script(segmentCountJs),
}

const versioned = (name: string): string =>
  `/assets/${name}?v=${hexOf(sha256(bytesOf(assets[name]?.body ?? ''))).slice(0, 12)}`

export const stylesheetHref = versioned('public.css')
export const consoleStylesheetHref = versioned('console.css')

/** Client islands, by the word that screens ask for them with. */
export const consoleScripts = {
  passkeys: versioned('passkeys.js'),
  segmentCount: versioned('segment-count.js'),
}
