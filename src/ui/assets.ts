// pure · static assets, versioned by content hash for permanent caching; scripts/islands.mjs makes them
import consoleCss from '../../dist/islands/console-css.txt'
import copyJs from '../../dist/islands/copy.txt'
import onceJs from '../../dist/islands/once.txt'
import passkeysJs from '../../dist/islands/passkeys.txt'
import progressJs from '../../dist/islands/progress.txt'
import publicCss from '../../dist/islands/public-css.txt'
import reachJs from '../../dist/islands/reach.txt'
import referenceCss from '../../dist/islands/reference-css.txt'
import segmentCountJs from '../../dist/islands/segment-count.txt'
import writingJs from '../../dist/islands/writing.txt'
import zoneJs from '../../dist/islands/zone.txt'
import { bytesOf, hexOf } from '../platform/encoding/bytes.ts'
import { sha256 } from '../platform/encoding/jcs.ts'
import { brandIcon } from './brand.ts'

export interface Asset {
  readonly type: string
  readonly body: string
}

const css = (body: string): Asset => ({ type: 'text/css; charset=utf-8', body })
const script = (body: string): Asset => ({ type: 'text/javascript; charset=utf-8', body })

/** Assets by their name after `/assets/`. */
export const assets: Readonly<Record<string, Asset>> = {
  'public.css': css(publicCss),
  'console.css': css(consoleCss),
  'copy.js': script(copyJs),
  'once.js': script(onceJs),
  'passkeys.js': script(passkeysJs),
  'reference.css': css(referenceCss),
  'progress.js': script(progressJs),
  'reach.js': script(reachJs),
  'writing.js': script(writingJs),
  'segment-count.js': script(segmentCountJs),
  'zone.js': script(zoneJs),
  'icon.svg': { type: 'image/svg+xml', body: brandIcon(null) },
}

/** Of the content. */
export const assetVersion = ({ body }: Pick<Asset, 'body'>): string =>
  hexOf(sha256(bytesOf(body))).slice(0, 12)

const versioned = (name: string): string => `/assets/${name}?v=${assetVersion(assets[name] ?? { body: '' })}`

export const stylesheetHref = versioned('public.css')
export const iconHref = versioned('icon.svg')
export const consoleStylesheetHref = versioned('console.css')

/** Client islands by the name that screens use. */
export const consoleScripts = {
  copy: versioned('copy.js'),
  once: versioned('once.js'),
  passkeys: versioned('passkeys.js'),
  progress: versioned('progress.js'),
  reach: versioned('reach.js'),
  writing: versioned('writing.js'),
  segmentCount: versioned('segment-count.js'),
  zone: versioned('zone.js'),
}

/** The stylesheet of the API documentation. */
export const referenceHref = versioned('reference.css')
