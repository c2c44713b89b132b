// web · a deployment without a mail provider: whether nothing leaves it, and whether this visitor can read the mailbox
import { isLoopback } from '../platform/config.ts'
import type { Deps } from '../platform/deps.ts'
import { isLoopbackIp, readIp } from '../platform/network/ip.ts'

/** The part of a request context that is looked at. */
interface Visit {
  readonly env: Deps
  readonly req: { header(name: string): string | undefined }
}

/** No provider is set up. `mailbox`: the path of the kept mails; null where they open on another machine only. */
export interface Trial {
  readonly mailbox: string | null
}

/** Undefined where a provider sends the mails. */
export const trialOf = (c: Visit): Trial | undefined =>
  c.env.mailer.name === 'mailbox' ? { mailbox: isFromLoopback(c) ? '/dev/mailbox' : null } : undefined

/**
 * Returns whether the request comes straight from this machine: a loopback peer, no proxy headers (a local proxy is a
 * loopback peer too), and a loopback Host, so that no public name that resolves here reaches it (DNS rebinding).
 */
export const isFromLoopback = (c: Visit): boolean => {
  const peer = readIp(c.env.remoteAddress ?? '')
  const host = c.req.header('host')?.replace(/:\d+$/, '') ?? ''
  const local = peer !== null && isLoopbackIp(peer)
  const proxied = proxyHeaders.some((name) => c.req.header(name) !== undefined)
  return (
    local &&
    !proxied &&
    isLoopback(c.env.config.publicUrl) &&
    (host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host))
  )
}

const proxyHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
]
