// shell · requests the links of a mail, five at once and within ten seconds, following redirects
import type { Deps, Outside } from '../platform/deps.ts'
import { type Check, checking } from './check.ts'
import { isHere, type Links, linkChecks, type Visit } from './links.ts'

const mostMs = 10_000
/** A worker may hold six connections and needs one for the database. */
const atOnce = 5
const maxRedirects = 5

export async function visitLinks(
  deps: Pick<Deps, 'outside' | 'config'>,
  links: Links,
): Promise<readonly Check[]> {
  const visits = links.asked.map((url) => ({ url, visit: none }))
  const queue = visits.values()
  let isOver = false
  const work = async (): Promise<void> => {
    for (const one of queue) {
      if (isOver) return
      const visit = await follow(deps, one.url)
      if (!isOver) one.visit = visit
    }
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, mostMs)
  })
  await Promise.race([Promise.all(Array.from({ length: atOnce }, work)), over])
  isOver = true
  clearTimeout(timer)
  const checks = [...links.checks, ...linkChecks(visits)]
  return checks.length > 0 ? checks : [checking('links')('links', 'ok', 'There are no links to test.')]
}

const none: Visit = { failure: 'no_time' }

/** Follows at most five redirects; not into a private network and not to this deployment. */
async function follow({ outside, config }: Pick<Deps, 'outside' | 'config'>, link: string): Promise<Visit> {
  let url = link
  for (let step = 0; step <= maxRedirects; step += 1) {
    const answer = await askOnce(outside, url)
    if ('failure' in answer || answer.status < 300 || answer.status > 399 || answer.location === null)
      return answer
    if (!URL.canParse(answer.location, url)) return answer
    url = new URL(answer.location, url).href
    // A redirect to another scheme, for example into an app: the link works.
    if (!/^https?:/.test(url)) return answer
    if (new URL(url).origin === new URL(config.publicUrl).origin) return { status: 200, location: null }
    if (isHere(url)) return { failure: 'private' }
  }
  return { failure: 'circles' }
}

/** Requests by HEAD, then by GET after an error: many servers answer HEAD with one. */
async function askOnce(outside: Outside, url: string) {
  const answer = await outside.checkUrl(url, 'HEAD')
  return 'failure' in answer || answer.status < 400 || answer.status === 429
    ? answer
    : outside.checkUrl(url, 'GET')
}
