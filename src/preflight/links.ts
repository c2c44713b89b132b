// pure · the links of a mail: which are asked, which are not and why, and what an answer means
import type { UrlCheck } from '../platform/deps.ts'
import { type Check, checking, type Verdict } from './check.ts'

export const maxLinks = 50

const check = checking('links')

/** An answer, or why it was not waited for any longer. */
export type Visit = UrlCheck | { readonly failure: 'circles' | 'no_time' }

export interface Links {
  /** To be asked, each once. */
  readonly asked: readonly string[]
  /** What is known of links without asking. */
  readonly checks: readonly Check[]
}

/**
 * The links and pictures of a mail to somebody with a value in every field, and of the same mail to somebody with none: where the
 * two differ the link is one person's, and nobody opens it for them. Our own addresses are not asked: some carry tokens.
 */
export function linksOf(html: { complete: string; bare: string }, publicUrl: string, reader: string): Links {
  const bare = new Set(addressesIn(html.bare))
  const all = addressesIn(html.complete).filter((url) => /^https?:/.test(url))
  const foreign = all.filter((url) => new URL(url).origin !== new URL(publicUrl).origin)
  const own = foreign.filter((url) => !bare.has(url) || url.replace('%40', '@').includes(reader))
  const same = foreign.filter((url) => !own.includes(url))
  const [here, samples] = [same.filter(isHere), same.filter(isSample)]
  const asked = same.filter((url) => !isHere(url) && !isSample(url))
  return {
    asked: asked.slice(0, maxLinks),
    checks: [
      ...here.map((url) =>
        warn(
          url,
          'leads to a machine or network that only you can reach',
          'Put in the address that readers have.',
        ),
      ),
      ...samples.map((url) => warn(url, 'is an address for examples', 'Put in the real one.')),
      ...(asked.some((url) => url.startsWith('http:'))
        ? [
            check(
              'http',
              'ok',
              'Some links begin with http://. They work; https:// spares readers a warning.',
            ),
          ]
        : []),
      ...(own.length === 0
        ? []
        : [check('own_links', 'ok', `${links(own.length)} not asked: each reader has another.`)]),
      ...(asked.length <= maxLinks
        ? []
        : [check('many_links', 'unknown', `${links(asked.length - maxLinks)} not asked: ${maxLinks} are.`)]),
    ],
  }
}

const links = (count: number): string => (count === 1 ? 'One link was' : `${count} links were`)

/** In attributes of HTML that we wrote: in double quotes, escaped. Without the fragment, which no server sees. */
const addressesIn = (html: string): readonly string[] => [
  ...new Set(
    Array.from(html.matchAll(/\s(?:href|src)="([^"#]*)/g), ([, url = '']) =>
      url.replaceAll('&amp;', '&').replaceAll('&#39;', "'"),
    ).filter((url) => URL.canParse(url)),
  ),
]

/** Names and addresses of this machine or of networks at home, as the URL itself tells. */
export const isHere = (url: string): boolean =>
  /^(?:localhost|\[|0\.|10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|[^.]+\.?$)|\.(?:localhost|local|internal|lan|home\.arpa)\.?$/.test(
    new URL(url).hostname,
  )

const isSample = (url: string): boolean => isSampleHost(new URL(url).hostname)

/** RFC 2606 section 3, RFC 6761 section 6. */
export const isSampleHost = (host: string): boolean =>
  /(?:^|\.)(?:example(?:\.(?:com|net|org))?|invalid|test)\.?$/.test(host)

const warn = (url: string, what: string, mend: string): Check =>
  check('link', 'warn', `${shortened(url)} ${what}.`, mend)

const shortened = (url: string): string => (url.length > 120 ? `${url.slice(0, 119)}…` : url)

const look = 'Open it yourself; mend the link or leave it out.'

/** One sentence for each link that did not answer, and one for all that did. Nothing here stops a campaign. */
export function linkChecks(
  visits: readonly { readonly url: string; readonly visit: Visit }[],
): readonly Check[] {
  const read = visits.map(({ url, visit }) => ({ url, ...meaningOf(visit) }))
  const answered = read.filter(({ verdict }) => verdict === 'ok').length
  return [
    ...read.flatMap(({ url, verdict, what }) =>
      verdict === 'ok'
        ? []
        : [check('link', verdict, `${shortened(url)} ${what}.`, verdict === 'warn' ? look : null)],
    ),
    ...(answered === 0
      ? []
      : [check('links', 'ok', answered === 1 ? 'One link answers.' : `${answered} links answer.`)]),
  ]
}

function meaningOf(visit: Visit): { readonly verdict: Verdict; readonly what: string } {
  if ('failure' in visit) {
    const [verdict, what] = failures[visit.failure]
    return { verdict, what }
  }
  const { status } = visit
  if (status < 400) return { verdict: 'ok', what: '' }
  return status === 404 || status === 410
    ? { verdict: 'warn', what: `is not there (${status})` }
    : { verdict: 'unknown', what: `answers ${status}; perhaps only to programs, or only now` }
}

const failures = {
  no_such_host: ['warn', 'leads to a host that does not exist'],
  tls: ['warn', 'has a certificate that browsers refuse'],
  private: ['warn', 'leads into a network that readers cannot reach, so it was not asked'],
  circles: ['warn', 'leads from one address to the next without end'],
  timeout: ['unknown', 'did not answer within five seconds'],
  network: ['unknown', 'could not be reached from here'],
  no_time: ['unknown', 'was not asked: the others took too long'],
} as const satisfies Readonly<Record<string, readonly [Verdict, string]>>
