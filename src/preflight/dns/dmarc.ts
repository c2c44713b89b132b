// pure · reading a domain's DMARC policy. RFC 9989
import type { LookUp } from './spf.ts'

export interface Dmarc {
  /** The domain that has the record: the author's, or a parent. */
  readonly at: string
  readonly policy: 'none' | 'quarantine' | 'reject'
  /** Whether the return path must be in exactly the author's domain. */
  readonly strictSpf: boolean
}

type Tags = Readonly<Record<string, string>>

/**
 * The record for an author's domain: its own, else its organisation's, found by walking up the tree.
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.10
 */
export async function readDmarc(lookUp: LookUp, domain: string): Promise<Dmarc | 'none' | 'unknown'> {
  const found: { readonly name: string; readonly tags: Tags }[] = []
  for (const name of wayUp(domain)) {
    const answer = await lookUp(`_dmarc.${name}`, 'TXT')
    if (answer === 'unknown') return 'unknown'
    const [record, ...others] = typeof answer === 'string' ? [] : answer.filter((text) => version.test(text))
    if (record === undefined || others.length > 0) continue
    const tags = tagsOf(record)
    if (name === domain) return dmarcOf(name, tags, tags['p'])
    found.push({ name, tags })
    if (/^[yn]$/.test(tags['psd'] ?? '')) break
  }
  const last = found.at(-1)
  if (last === undefined) return 'none'
  // The topmost record may be a registry's (psd=y): the record one label below is then the organisation's.
  const below = found.at(-2)
  const isBelow = below?.name.split('.').length === last.name.split('.').length + 1
  const own = last.tags['psd'] === 'y' && isBelow && below !== undefined ? below : last
  return dmarcOf(own.name, own.tags, own.tags['sp'] ?? own.tags['p'])
}

/** The domain and its parents; above eight labels only the seven topmost parents. */
function wayUp(domain: string): readonly string[] {
  const labels = domain.split('.')
  const above = labels.map((_, at) => labels.slice(at).join('.')).slice(1)
  return [domain, ...(labels.length > 8 ? above.slice(-7) : above)]
}

const version = /^v\s*=\s*DMARC1\s*(?:;|$)/

/** Parses `a=b; c=d`, the syntax of DMARC and DKIM; names become lower case. */
export const tagsOf = (record: string): Tags =>
  Object.fromEntries(
    record.split(';').map((part) => {
      const [name = '', ...value] = part.split('=')
      return [name.trim().toLowerCase(), value.join('=').trim()]
    }),
  )

function dmarcOf(at: string, tags: Tags, wanted = 'none'): Dmarc {
  const asked = policies.find((policy) => policy === wanted.toLowerCase()) ?? 'none'
  // In test mode (t=y) the next weaker policy applies.
  const policy = tags['t'] === 'y' ? (policies[policies.indexOf(asked) - 1] ?? 'none') : asked
  return { at, policy, strictSpf: tags['aspf'] === 's' }
}

const policies = ['none', 'quarantine', 'reject'] as const
