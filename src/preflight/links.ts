// pure · link checks: which links are requested, which are not and why, and what an answer means
import type { UrlCheck } from '../platform/deps.ts'
import { type Check, checking, type Verdict } from './check.ts'

export const maxLinks = 50

const check = checking('links')

/** An answer, or why following the link was given up. */
export type Visit = UrlCheck | { readonly failure: 'circles' | 'no_time' }

export interface Links {
  /** Links to request, each once. */
  readonly asked: readonly string[]
  /** Checks that need no request. */
  readonly checks: readonly Check[]
}

/**
 * The links and images of the mail to a person with a value in every field and to one without any: where the two differ, the
 * link is personal and is not requested. Links to this deployment are not requested: some carry tokens.
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
        warn(url, 'points to a private network that your readers cannot reach', 'Use a public address.'),
      ),
      ...samples.map((url) => warn(url, 'is an example address', 'Replace it with the real one.')),
      ...(asked.some((url) => url.startsWith('http:'))
        ? [
            check(
              'http',
              'ok',
              'Some links start with http://. They work, but browsers may show a warning. Use https:// if you can.',
            ),
          ]
        : []),
      ...(own.length === 0
        ? []
        : [
            check(
              'own_links',
              'ok',
              `${links(own.length)} not tested: each person gets a different address.`,
            ),
          ]),
      ...(asked.length <= maxLinks
        ? []
        : [
            check(
              'many_links',
              'unknown',
              `${links(asked.length - maxLinks)} not tested: at most ${maxLinks} are.`,
            ),
          ]),
    ],
  }
}

const links = (count: number): string => (count === 1 ? 'One link was' : `${count} links were`)

/** URLs in attributes of rendered HTML (double-quoted, escaped), without their fragments. */
const addressesIn = (html: string): readonly string[] => [
  ...new Set(
    Array.from(html.matchAll(/\s(?:href|src)="([^"#]*)/g), ([, url = '']) =>
      url.replaceAll('&amp;', '&').replaceAll('&#39;', "'"),
    ).filter((url) => URL.canParse(url)),
  ),
]

/** Returns whether a URL points to this machine or a private network, judged by its host name alone. */
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

const look = 'Open the link yourself. Fix it or remove it.'

/** One check per link that did not answer, and one for all that did. Links never block a campaign. */
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
      : [check('links', 'ok', answered === 1 ? 'One link works.' : `${answered} links work.`)]),
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
    ? { verdict: 'warn', what: `was not found (${status})` }
    : {
        verdict: 'unknown',
        what: `answered with error ${status}, perhaps temporarily or only to automated checks`,
      }
}

const failures = {
  no_such_host: ['warn', 'points to a host that does not exist'],
  tls: ['warn', 'has an invalid certificate'],
  private: ['warn', 'leads to a private network that readers cannot reach, so it was not tested'],
  circles: ['warn', 'redirects too many times'],
  timeout: ['unknown', 'did not answer within five seconds'],
  network: ['unknown', 'could not be reached from here'],
  no_time: ['unknown', 'was not tested, because other links took too long'],
} as const satisfies Readonly<Record<string, readonly [Verdict, string]>>
