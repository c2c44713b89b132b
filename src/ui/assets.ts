// pure · what pages load from us: named by their content, so that a browser may keep them for ever
import { bytesOf, hexOf } from '../platform/bytes.ts'
import { sha256 } from '../platform/jcs.ts'
import publicCss from './public.css'
import referenceCss from './reference.css'

export interface Asset {
  readonly type: string
  readonly body: string
}

/** By the name after `/assets/`. */
export const assets: Readonly<Record<string, Asset>> = {
  'public.css': { type: 'text/css; charset=utf-8', body: publicCss },
  'reference.css': { type: 'text/css; charset=utf-8', body: referenceCss },
}

const versioned = (name: string, body: string): string =>
  `/assets/${name}?v=${hexOf(sha256(bytesOf(body))).slice(0, 12)}`

export const stylesheetHref = versioned('public.css', publicCss)

/** Beside the other, on the page of the API. */
export const referenceHref = versioned('reference.css', referenceCss)
