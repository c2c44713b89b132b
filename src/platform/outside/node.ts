// adapter · DNS and links from Node: a resolver with short timeouts, and no requests into private networks
import { Resolver } from 'node:dns/promises'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { DnsAnswer, Outside, UrlCheck } from '../deps.ts'
import { codeOf } from '../failures.ts'
import { isPublicAddress } from './public-address.ts'

const dnsTimeoutMs = 1200
const dnsTries = 2
const linkTimeoutMs = 5000

export interface OutsideOptions {
  /** `address:port` of each DNS server; default: the machine's. */
  readonly servers?: readonly string[]
  readonly isPublic?: (address: string) => boolean
}

export function nodeOutside({ servers, isPublic = isPublicAddress }: OutsideOptions = {}): Outside {
  /** A new resolver for each lookup: it reads the machine's settings once, and those change. */
  const resolver = (): Resolver => {
    const made = new Resolver({ timeout: dnsTimeoutMs, tries: dnsTries })
    if (servers !== undefined) made.setServers([...servers])
    return made
  }
  return {
    lookUp: (name, type) =>
      answerOf(
        type === 'TXT'
          ? resolver()
              .resolveTxt(name)
              .then((records) => records.map((chunks) => chunks.join('')))
          : resolver()
              .resolveMx(name)
              .then((records) => records.map(({ exchange }) => exchange)),
      ),
    checkUrl: async (url, method) => {
      const { hostname, port } = new URL(url)
      const host = hostname.replace(/^\[|\]$/g, '')
      // An IP address in the link needs no lookup, so it is checked here.
      if (isIP(host) !== 0 && !isPublic(host)) return { failure: 'private' }
      // Other well-known ports are not web services; browsers refuse them too.
      if (port !== '' && Number(port) < 1024) return { failure: 'network' }
      return requestOnce(url, method, lookupOf(resolver(), isPublic)).catch(() => ({ failure: 'network' }))
    },
  }
}

/** By c-ares code: ENOTFOUND is NXDOMAIN, ENODATA a name without such a record; other codes say nothing about the name. */
const answerOf = (asked: Promise<readonly string[]>): Promise<DnsAnswer> =>
  asked.catch((error: unknown): DnsAnswer => {
    const code = codeOf(error)
    return code === 'ENODATA' ? [] : code === 'ENOTFOUND' ? 'no_such_name' : 'unknown'
  })

/**
 * Resolves while connecting, so that the name cannot change its address between check and request. Uses the resolver, not
 * getaddrinfo: names in the hosts file are not public links, and no thread of the pool waits.
 */
const lookupOf =
  (resolver: Resolver, isPublic: (address: string) => boolean): LookupFunction =>
  (host, options, answer) => {
    void addressesOf(resolver, host).then((found) => {
      const open = Array.isArray(found) ? found.filter(({ address }) => isPublic(address)) : []
      const [first] = open
      if (first === undefined)
        return answer(
          Object.assign(new Error('not to be asked'), { code: Array.isArray(found) ? closedCode : found }),
          '',
          0,
        )
      if (options.all === true) answer(null, open)
      else answer(null, first.address, first.family)
    })
  }

const closedCode = 'ENOTPUBLIC'

/** The addresses of a host, or the error code for the lack of them. */
async function addressesOf(resolver: Resolver, host: string) {
  const [four, six] = await Promise.all([
    answerOf(resolver.resolve4(host)),
    answerOf(resolver.resolve6(host)),
  ])
  const listed = (answer: DnsAnswer, family: number) =>
    typeof answer === 'string' ? [] : answer.map((address) => ({ address, family }))
  const addresses = [...listed(four, 4), ...listed(six, 6)]
  if (addresses.length > 0) return addresses
  return four === 'unknown' || six === 'unknown' ? 'EAI_AGAIN' : 'ENOTFOUND'
}

const requestOnce = (url: string, method: 'HEAD' | 'GET', lookup: LookupFunction): Promise<UrlCheck> =>
  new Promise((resolve) => {
    const send = url.startsWith('https:') ? requestHttps : requestHttp
    const signal = AbortSignal.timeout(linkTimeoutMs)
    const asked = send(url, {
      method,
      lookup,
      signal,
      agent: false,
      headers: { accept: '*/*', 'user-agent': 'Assent (looks whether links answer)' },
    })
    asked.on('response', (response) => {
      resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? null })
      response.destroy()
    })
    asked.on('error', (error) => resolve({ failure: signal.aborted ? 'timeout' : failureOf(codeOf(error)) }))
    asked.end()
  })

function failureOf(code: string): Extract<UrlCheck, { failure: unknown }>['failure'] {
  if (code === closedCode) return 'private'
  if (code === 'ENOTFOUND') return 'no_such_host'
  return /CERT|TLS|SSL|UNABLE_TO|EPROTO/.test(code) ? 'tls' : 'network'
}
