// pure · SMTP_URL and INBOUND_URL: server, encryption, credentials, mailbox. RFC 8314, 5092
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /**
   * Another machine requires `from_start` or `upgrade` (STARTTLS or nothing). On loopback, `offered` uses STARTTLS where the
   * server offers it, `never` does not.
   */
  readonly tls: 'from_start' | 'upgrade' | 'offered' | 'never'
  readonly credentials: { readonly user: string; readonly password: string } | null
}

/** A mailbox to read; reading requires credentials. */
export interface ImapServer extends SmtpServer {
  /** `INBOX` unless the URL names another. */
  readonly mailbox: string
}

export type SmtpUrlOutcome<S = SmtpServer> =
  | { readonly ok: true; readonly server: S }
  | { readonly ok: false; readonly problem: string }

const protocols = {
  smtp: { 'smtps:': 465, 'smtp:': 587 },
  imap: { 'imaps:': 993, 'imap:': 143 },
} as const

/** The problem is the predicate of a sentence about the variable; it never quotes the value. */
export function readSmtpUrl(text: string): SmtpUrlOutcome {
  const read = readUrl('smtp', text)
  if (!read.ok || /^\/?$/.test(read.path)) return read
  return { ok: false, problem: `${shapeOf('smtp')}, with nothing behind the port` }
}

/** The same for `imaps://user:password@host/INBOX`. */
export function readImapUrl(text: string): SmtpUrlOutcome<ImapServer> {
  const read = readUrl('imap', text)
  if (!read.ok) return read
  const mailbox = decoded(read.path.slice(1))
  if (mailbox === undefined || read.server.credentials === null)
    return { ok: false, problem: shapeOf('imap') }
  return { ok: true, server: { ...read.server, mailbox: mailbox || 'INBOX' } }
}

type Kind = keyof typeof protocols
type Read =
  | { readonly ok: true; readonly server: SmtpServer; readonly path: string }
  | { readonly ok: false; readonly problem: string }

const shapeOf = (kind: Kind): string => {
  const [secure, plain] = Object.entries(protocols[kind]).map(
    ([protocol, port]) => `${protocol}//user:password@host:${port}`,
  )
  return `must look like ${secure}, or ${plain}`
}

function readUrl(kind: Kind, text: string): Read {
  const no = (problem: string): Read => ({ ok: false, problem })
  if (!URL.canParse(text)) return no(shapeOf(kind))
  const url = new URL(text)
  const port = new Map<string, number>(Object.entries(protocols[kind])).get(url.protocol)
  const hostname = url.hostname.toLowerCase()
  if (port === undefined || hostname === '' || url.hash !== '') return no(shapeOf(kind))
  const credentials = credentialsOf(url)
  if (credentials === undefined)
    return no(
      'must have a user and a password, or neither; signs such as % @ : / in them are written as %25 %40 %3A %2F',
    )
  const options = [...url.searchParams]
  if (options.some(([name, value]) => name !== 'tls' || value !== 'off'))
    return no('knows no option but ?tls=off')
  const isOff = options.length > 0
  const isSecure = url.protocol === `${kind}s:`
  const isHere = isLoopbackHost(hostname)
  if (isOff && (isSecure || !isHere))
    return no(`may say ?tls=off only with ${kind}:// and a server on loopback`)
  return {
    ok: true,
    path: url.pathname,
    server: {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? port : Number(url.port),
      tls: isSecure ? 'from_start' : isOff ? 'never' : isHere ? 'offered' : 'upgrade',
      credentials,
    },
  }
}

/** Undefined where only one of the two is given, or the percent-encoding is invalid. */
function credentialsOf({ username, password }: URL): SmtpServer['credentials'] | undefined {
  if (username === '' && password === '') return null
  if (username === '' || password === '') return undefined
  const user = decoded(username)
  const word = decoded(password)
  return user === undefined || word === undefined ? undefined : { user, password: word }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** 127.0.0.0/8, ::1 or localhost; as a URL writes it, or bare. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
