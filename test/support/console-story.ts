// adapter · a day's work in the console of a running server, whose personal data must be found nowhere afterwards

import type { Person } from '../../src/dev/demo/people.ts'
import type { Client, Mail } from './client.ts'
import { eventually, linkIn } from './client.ts'
import { signInLinkIn } from './console.ts'

interface Story {
  readonly client: Client
  readonly output: () => string
  /** A subscriber of the list `letter`. */
  readonly person: Person
  /** Called with each name, address and secret as it is created. */
  readonly hide: (what: string, secret: string) => void
  readonly hideBytes: (what: string, bytes: Uint8Array) => void
}

const owner = { name: 'Zdzisława Konsolowska', email: 'zdzislawa.konsolowska@brand.example' }
const invited = { name: 'Żaklina Zaproszona', email: 'zaklina.zaproszona@brand.example' }
const written = 'Rękopis znaleziony w konsoli, nikomu jeszcze nie pokazany.'

type Fields = Readonly<Record<string, string>>

/** Returns the HTTP status of each step by name, so that a test can see that each step happened. */
export async function workInConsole(story: Story): Promise<Readonly<Record<string, number>>> {
  const { client, person, hide } = story
  for (const { name, email } of [owner, invited]) {
    hide('the name of an operator', name)
    hide('the address of an operator', email)
    hide('the local part of an operator', email.split('@')[0] ?? '')
  }
  hide('what was being written', written)
  const steps: Record<string, number> = {}
  let cookie = ''
  const post = async (step: string, path: string, fields: Fields = {}): Promise<Response> => {
    const answer = await fetch(new URL(path, client.url), {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: client.url, cookie, referer: `${client.url}/console?q=${person.email}` },
      body: new URLSearchParams(fields),
    })
    steps[step] = answer.status
    return answer
  }
  const enter = async (step: string, link: string, fields: Fields = {}): Promise<void> => {
    const set = (await post(step, link, fields)).headers.get('set-cookie') ?? ''
    cookie = /assent_session=[^;]+/.exec(set)?.[0] ?? ''
    hideCookie(story, cookie)
  }

  await enter('first owner', signInLinkIn(story.output()), owner)
  await post('invite', '/console/settings/operators', { ...invited, role: 'owner', scope: 'all' })
  await post('invite nobody', '/console/settings/operators', {
    ...invited,
    email: `${invited.email},`,
    role: 'x',
  })
  const key = await (
    await post('key', '/console/settings/keys', { name: 'For the shop', role: 'owner' })
  ).text()
  hide('an API key of the console', /assent_[\w-]{43}/.exec(key)?.[0] ?? '')
  const found = await post('search', '/console/people/search', { email: person.email })
  const at = found.headers.get('location') ?? ''
  await post('show the address', `${at}/address`)
  await post('search in vain', '/console/people/search', { email: `${person.email} ` })
  await post('search nonsense', '/console/people/search', { email: `${person.email}, ${person.lastName}` })
  await post('reason with an address', `${at}/evidence`, {
    list: 'letter',
    reason: `asked by ${person.email}`,
  })
  await post('evidence', `${at}/evidence`, { list: 'letter', reason: 'asked by the authority' })
  const edit = await (await fetch(new URL(`${at}/edit`, client.url), { headers: { cookie } })).text()
  const field = (name: RegExp): string => name.exec(edit)?.[1] ?? ''
  await post('tags that are none', `${at}/edit`, {
    version: field(/name="version" value="([^"]+)"/),
    locale: 'pl',
    [field(/name="([0-9a-f-]{36}\.tags)"/)]: `${person.lastName}\0`,
  })
  await post('nowhere', `/console/${encodeURIComponent(person.email)}`, { name: owner.name })
  const draft = { list: 'letter', purpose: 'newsletter', subject: 'From the console', body: 'It is July.' }
  const made = await post('write', '/console/campaigns/new', draft)
  const campaign = (made.headers.get('location') ?? '').replace(/\/edit.*$/, '')
  await post('test', `${campaign}/test`, { to: owner.email })
  await post('test to a reader', `${campaign}/test`, { other: person.email })
  const page = await (await fetch(new URL(`${campaign}/launch`, client.url), { headers: { cookie } })).text()
  await post('launch', `${campaign}/launch`, launchFormIn(page))
  await eventually(async () => ((await letters(client)).length > 0 ? true : null))
  for (const mail of await letters(client)) hideToken(story, linkIn(mail, 'u'))
  await post('sign out', '/console/sign-out')
  await post('too late', '/console/campaigns/new', { ...draft, body: `${written} ${person.email}` })
  cookie = ''
  await post('ask for a link', '/console/sign-in', { email: owner.email })
  await post('ask for nobody', '/console/sign-in', { email: person.email })
  const links = await eventually(async () => {
    const mails = (await client.mails()).filter(({ text }) => text.includes('/console/sign-in/'))
    return mails.length >= 2 ? mails : null
  })
  for (const { text } of links) hideToken(story, signInLinkIn(text))
  await enter('accept', signInLinkIn(links.find(({ to }) => to === invited.email)?.text ?? ''))
  await post('a used link', signInLinkIn(links.find(({ to }) => to === invited.email)?.text ?? ''))
  return steps
}

const letters = async (client: Client): Promise<readonly Mail[]> =>
  (await client.mails()).filter(({ subject, text }) => subject === 'From the console' && text.includes('/u/'))

const launchFormIn = (page: string): Fields => ({
  when: 'now',
  ...Object.fromEntries(
    [...page.matchAll(/type="hidden" name="(version|people)" value="(\d+)"/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  ),
})

function hideToken({ hide, hideBytes }: Story, link: string): void {
  const token = link.split('/').at(-1) ?? ''
  hide('a token of a link', token)
  hideBytes('the bytes of a token of a link', Buffer.from(token, 'base64url'))
}

/** Hides the whole cookie, its signature, and the secret inside, which the database stores as a hash. */
function hideCookie({ hide, hideBytes }: Story, cookie: string): void {
  const [, payload = '', signature = ''] = cookie.split('.')
  hide('the signature of a session', signature)
  const secret = /"sid":"([\w-]+)"/.exec(Buffer.from(payload, 'base64url').toString())?.[1] ?? ''
  hide('the secret of a session', secret)
  hideBytes('the bytes of the secret of a session', Buffer.from(secret, 'base64url'))
}
