// shell · asks the links of a mail, several at once and ten seconds at most, following each to where it leads
import type { Deps, Outside } from '../platform/deps.ts'
import { type Check, checking } from './check.ts'
import { isHere, type Links, linkChecks, type Visit } from './links.ts'

const mostMs = 10_000
/** A worker may hold six connections, and needs one for the database. */
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
  return checks.length > 0 ? checks : [checking('links')('links', 'ok', 'There are no links to ask.')]
}

const none: Visit = { failure: 'no_time' }

/** Where it leads, at most five steps on. A step into a network of our own, or to ourselves, is not taken. */
async function follow({ outside, config }: Pick<Deps, 'outside' | 'config'>, link: string): Promise<Visit> {
  let url = link
  for (let step = 0; step <= maxRedirects; step += 1) {
    const answer = await askOnce(outside, url)
    if ('failure' in answer || answer.status < 300 || answer.status > 399 || answer.location === null)
      return answer
    if (!URL.canParse(answer.location, url)) return answer
    url = new URL(answer.location, url).href
    // Into an app, for instance: it was there to lead somewhere.
    if (!/^https?:/.test(url)) return answer
    if (new URL(url).origin === new URL(config.publicUrl).origin) return { status: 200, location: null }
    if (isHere(url)) return { failure: 'private' }
  }
  return { failure: 'circles' }
}

/** By HEAD, and by GET where a server does not care for HEAD: many answer it with an error. */
async function askOnce(outside: Outside, url: string) {
  const answer = await outside.checkUrl(url, 'HEAD')
  return 'failure' in answer || answer.status < 400 || answer.status === 429
    ? answer
    : outside.checkUrl(url, 'GET')
}
