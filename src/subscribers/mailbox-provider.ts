// pure · the mailbox provider of an address, as far as the domain tells: for segments and reports

export const mailboxProviders = [
  'gmail',
  'microsoft',
  'yahoo',
  'apple',
  'proton',
  'gmx',
  'wp',
  'onet',
  'interia',
  'gazeta',
  'mailru',
  'yandex',
  'rambler',
  'seznam',
  'orange',
  'laposte',
  'libero',
  'tonline',
  'telia',
  'fastmail',
  'other',
] as const
export type MailboxProvider = (typeof mailboxProviders)[number]

/** Consumer domains only: the provider of a company's own domain would take a DNS look-up, which is not made. */
const domains: Readonly<Record<Exclude<MailboxProvider, 'other'>, readonly string[]>> = {
  gmail: ['gmail.com', 'googlemail.com'],
  microsoft: ['passport.com', 'windowslive.com', 'msn.com'],
  yahoo: ['ymail.com', 'rocketmail.com', 'myyahoo.com', 'aol.com', 'aim.com'],
  apple: ['icloud.com', 'me.com', 'mac.com'],
  proton: ['proton.me', 'protonmail.com', 'protonmail.ch', 'pm.me'],
  gmx: ['mail.com', 'web.de'],
  wp: ['wp.pl', 'o2.pl', 'tlen.pl', 'go2.pl', 'prokonto.pl'],
  onet: [
    'onet.pl',
    'onet.eu',
    'onet.com.pl',
    'poczta.onet.pl',
    'op.pl',
    'vp.pl',
    'autograf.pl',
    'buziaczek.pl',
  ],
  interia: ['interia.pl', 'interia.eu', 'interia.com', 'poczta.fm', 'intmail.pl', 'adresik.net'],
  gazeta: ['gazeta.pl'],
  mailru: ['mail.ru', 'bk.ru', 'list.ru', 'inbox.ru', 'internet.ru', 'xmail.ru'],
  yandex: ['ya.ru', 'narod.ru'],
  rambler: ['rambler.ru', 'rambler.ua', 'autorambler.ru', 'myrambler.ru', 'lenta.ru', 'ro.ru'],
  seznam: ['seznam.cz', 'email.cz', 'post.cz', 'spoluzaci.cz'],
  orange: ['orange.fr', 'wanadoo.fr'],
  laposte: ['laposte.net'],
  libero: ['libero.it', 'iol.it', 'inwind.it', 'blu.it', 'virgilio.it'],
  tonline: ['t-online.de', 'magenta.de'],
  telia: ['telia.com'],
  fastmail: ['fastmail.com', 'fastmail.fm'],
}

/** Providers with one name in many countries: hotmail.fr, yahoo.co.uk. */
const families: readonly (readonly [RegExp, MailboxProvider])[] = [
  [/^(?:outlook|hotmail|live)(?:\.com?)?\.[a-z]{2,3}$/, 'microsoft'],
  [/^yahoo(?:\.com?)?\.[a-z]{2,3}$/, 'yahoo'],
  [/^gmx\.[a-z]{2,3}$/, 'gmx'],
  [/^yandex(?:\.com?)?\.[a-z]{2,3}$/, 'yandex'],
]

const byDomain: ReadonlyMap<string, MailboxProvider> = new Map(
  mailboxProviders.flatMap((provider) =>
    provider === 'other' ? [] : domains[provider].map((domain) => [domain, provider] as const),
  ),
)

/** The provider of an address or its domain, in canonical form; `other` for an unknown domain. */
export function mailboxProvider(address: string): MailboxProvider {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return byDomain.get(domain) ?? families.find(([pattern]) => pattern.test(domain))?.[1] ?? 'other'
}
