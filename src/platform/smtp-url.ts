// pure · SMTP_URL: which server, how encrypted, who signs in. RFC 8314
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /**
   * `from_start` and `upgrade` (STARTTLS or nothing) are the only ways to another machine. On loopback `offered` takes
   * STARTTLS where the server has it, `never` does not.
   */
  readonly tls: 'from_start' | 'upgrade' | 'offered' | 'never'
  readonly credentials: { readonly user: string; readonly password: string } | null
}

export type SmtpUrlOutcome =
  | { readonly ok: true; readonly server: SmtpServer }
  | { readonly ok: false; readonly problem: string }

const shape = 'must look like smtps://user:password@host:465, or smtp://user:password@host:587'
const ports = { 'smtps:': 465, 'smtp:': 587 } as const

/** The problem is the rest of a sentence about the variable; it never quotes it. */
export function readSmtpUrl(text: string): SmtpUrlOutcome {
  const no = (problem: string): SmtpUrlOutcome => ({ ok: false, problem })
  if (!URL.canParse(text)) return no(shape)
  const url = new URL(text)
  const { protocol } = url
  const hostname = url.hostname.toLowerCase()
  if ((protocol !== 'smtp:' && protocol !== 'smtps:') || hostname === '') return no(shape)
  if (!/^\/?$/.test(url.pathname) || url.hash !== '') return no(`${shape}, with nothing behind the port`)
  const credentials = credentialsOf(url)
  if (credentials === undefined)
    return no(
      'must have a user and a password, or neither; signs such as % @ : / in them are written as %25 %40 %3A %2F',
    )
  const options = [...url.searchParams]
  if (options.some(([name, value]) => name !== 'tls' || value !== 'off'))
    return no('knows no option but ?tls=off')
  const isOff = options.length > 0
  if (isOff && (protocol === 'smtps:' || !isLoopbackHost(hostname)))
    return no('may say ?tls=off only with smtp:// and a server on loopback')
  return {
    ok: true,
    server: {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? ports[protocol] : Number(url.port),
      tls: tlsOf(protocol, hostname, isOff),
      credentials,
    },
  }
}

function tlsOf(protocol: 'smtp:' | 'smtps:', hostname: string, isOff: boolean): SmtpServer['tls'] {
  if (protocol === 'smtps:') return 'from_start'
  if (isOff) return 'never'
  return isLoopbackHost(hostname) ? 'offered' : 'upgrade'
}

/** Undefined where they are half there, or not written as a URL writes them. */
function credentialsOf({ username, password }: URL): SmtpServer['credentials'] | undefined {
  if (username === '' && password === '') return null
  if (username === '' || password === '') return undefined
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) }
  } catch {
    return undefined
  }
}

/** 127.0.0.0/8, ::1 or localhost; as a URL writes it, or bare. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
