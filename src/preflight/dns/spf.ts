// pure · reading a domain's SPF with its includes. RFC 7208
import type { DnsAnswer } from '../../platform/deps.ts'

export type LookUp = (name: string, type: 'TXT' | 'MX') => Promise<DnsAnswer>

export type Spf =
  | { readonly kind: 'none' | 'unknown' }
  /** A permerror, with its reason as a clause. */
  | { readonly kind: 'broken'; readonly why: string }
  /** Exactly `v=spf1 -all`: no host may send for the domain. */
  | { readonly kind: 'nobody' }
  /** The domains included directly or indirectly, in lower case. */
  | { readonly kind: 'somebody'; readonly includes: readonly string[] }

/** RFC 7208 section 4.6.4. */
const maxLookUps = 10
const term = /^[+?~-]?(?:(all)|(include|exists):(.+)|(a|mx|ptr)(?:[:/].*)?|ip[46]:.+)$/i
const modifier = /^([a-z][\w.-]*)=(.*)$/i

/**
 * Reads the record and follows `include` and `redirect`. Counts the lookups of a receiver that finds no match before the end;
 * names with macros depend on the mail and are only counted.
 */
export async function readSpf(lookUp: LookUp, domain: string): Promise<Spf> {
  const includes: string[] = []
  let lookUps = 0
  const read = async (name: string): Promise<Spf> => {
    const answer = await lookUp(name, 'TXT')
    if (answer === 'unknown') return { kind: 'unknown' }
    const [record, ...others] = typeof answer === 'string' ? [] : answer.filter((text) => version.test(text))
    if (record === undefined) return { kind: 'none' }
    if (others.length > 0) return broken(`${name} has ${others.length + 1} SPF records instead of one`)
    if (/^v=spf1 +-all *$/i.test(record)) return { kind: 'nobody' }
    return readTerms(name, record.trim().split(/ +/).slice(1))
  }
  const readTerms = async (name: string, words: readonly string[]): Promise<Spf> => {
    const hasAll = words.some((word) => term.exec(word)?.[1] !== undefined)
    for (const word of words) {
      const [, key = '', value = ''] = modifier.exec(word) ?? []
      const [, , looking, looked = '', own] = term.exec(word) ?? []
      if (key === '' && !term.test(word))
        return broken(`the SPF record of ${name} contains the unknown term “${word}”`)
      const isRedirect = key.toLowerCase() === 'redirect' && !hasAll
      if (looking === undefined && own === undefined && !isRedirect) continue
      lookUps += 1
      if (lookUps > maxLookUps)
        return broken(`the SPF record of ${domain} needs more than ${maxLookUps} lookups`)
      const next = (isRedirect ? value : looked).toLowerCase().replace(/\.$/, '')
      if (next === '' || next.includes('%') || looking?.toLowerCase() === 'exists') continue
      includes.push(next)
      const there = await read(next)
      if (there.kind === 'none') return broken(`the SPF record of ${name} refers to ${next}, which has none`)
      if (there.kind === 'unknown' || there.kind === 'broken') return there
    }
    return { kind: 'somebody', includes }
  }
  return read(domain)
}

const version = /^v=spf1(?: |$)/i

const broken = (why: string): Spf => ({ kind: 'broken', why })
