// pure · what a domain wants done with mail that only claims to come from it. RFC 9989
import type { LookUp } from './spf.ts'

export interface Dmarc {
  /** The domain at which the record stands: the author's own, or one above. */
  readonly at: string
  readonly policy: 'none' | 'quarantine' | 'reject'
  /** Whether the return path must be in the very domain of the author. */
  readonly strictSpf: boolean
}

type Tags = Readonly<Record<string, string>>

/**
 * The record for an author's domain: its own, else that of its organisation, found by walking up the tree.
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
  // Above an organisation there may be a registry: then the record one step below it is the organisation's.
  const below = found.at(-2)
  const isBelow = below?.name.split('.').length === last.name.split('.').length + 1
  const own = last.tags['psd'] === 'y' && isBelow && below !== undefined ? below : last
  return dmarcOf(own.name, own.tags, own.tags['sp'] ?? own.tags['p'])
}

/** The domain and those above it; of a very long one the seven highest. */
function wayUp(domain: string): readonly string[] {
  const labels = domain.split('.')
  const above = labels.map((_, at) => labels.slice(at).join('.')).slice(1)
  return [domain, ...(labels.length > 8 ? above.slice(-7) : above)]
}

const version = /^v\s*=\s*DMARC1\s*(?:;|$)/

/** `a=b; c=d`, as DMARC and DKIM write them; names in small letters. */
export const tagsOf = (record: string): Tags =>
  Object.fromEntries(
    record.split(';').map((part) => {
      const [name = '', ...value] = part.split('=')
      return [name.trim().toLowerCase(), value.join('=').trim()]
    }),
  )

function dmarcOf(at: string, tags: Tags, wanted = 'none'): Dmarc {
  const asked = policies.find((policy) => policy === wanted.toLowerCase()) ?? 'none'
  // While it is being tried out, one step less is meant.
  const policy = tags['t'] === 'y' ? (policies[policies.indexOf(asked) - 1] ?? 'none') : asked
  return { at, policy, strictSpf: tags['aspf'] === 's' }
}

const policies = ['none', 'quarantine', 'reject'] as const
