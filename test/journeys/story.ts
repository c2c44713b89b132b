// adapter · the whole story over HTTP against any base URL: a list, three hundred people, a campaign, leaving, proof
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../../src/dev/demo/people.ts'
import { assertionOf, device, registrationOf } from '../support/authenticator.ts'
import { at, type Client, clientOf, eventually, linkIn, type Mail, nonceIn, text } from '../support/client.ts'

export interface Running {
  readonly url: string
  readonly key: string
  /** The sign-in link printed for the first owner. */
  ownerLink(): string
  stop(): Promise<void>
}

const perLocale = (en: string, pl: string, sv: string, ru: string) => ({ en, pl, sv, ru })

const listSettings = (slug: string) => ({
  slug,
  name: 'Månadsbrev',
  description: 'One letter a month about gardens.',
  default_locale: 'en',
  locales: ['en', 'pl', 'sv', 'ru'],
  sender: { name: 'Brand', email: 'news@brand.example', reply_to: 'hello@brand.example' },
  controller: {
    name: 'Brand AB',
    address: 'Storgatan 1\n111 22 Stockholm',
    contact_email: 'privacy@brand.example',
    dpo_email: 'dpo@brand.example',
    jurisdiction: 'SE',
  },
  purposes: [
    {
      key: 'offers',
      title: perLocale('Offers', 'Oferty', 'Erbjudanden', 'Предложения'),
      text: perLocale(
        'Now and then an offer.',
        'Czasem oferta.',
        'Ibland ett erbjudande.',
        'Иногда предложение.',
      ),
    },
  ],
  fields: [
    { key: 'first_name', label: perLocale('First name', 'Imię', 'Förnamn', 'Имя'), purpose: 'newsletter' },
    {
      key: 'country',
      type: 'choice',
      label: perLocale('Country', 'Kraj', 'Land', 'Страна'),
      options: ['PL', 'SE', 'RU', 'GB'],
      purpose: 'newsletter',
      filterable: true,
    },
  ],
})

/** Declares the same tests for every runtime. */
export function tellStory(runtime: string, start: () => Promise<Running>): void {
  describe(`the story on ${runtime}`, () => {
    const slug = `letter-${Math.random().toString(36).slice(2, 8)}`
    const everyone = people(300, 2026)
    const poles = everyone.filter(({ country }) => country === 'PL')
    let running: Running
    let client: Client
    let campaign = ''
    let session = ''

    beforeAll(async () => {
      running = await start()
      client = clientOf(running.url, running.key)
    })
    afterAll(() => running.stop())

    const confirmations = async (): Promise<ReadonlyMap<string, Mail>> =>
      new Map(
        (await client.mails()).filter((mail) => mail.text.includes('/c/')).map((mail) => [mail.to, mail]),
      )
    const letters = async (): Promise<readonly Mail[]> =>
      (await client.mails()).filter((mail) => mail.subject.endsWith('the garden in June'))

    it('says what its API is, to tools and to readers, under the policy of its pages', async () => {
      const [page, document] = await Promise.all([client.get('/api/docs'), client.get('/api/openapi.json')])
      expect([page.status, document.status]).toEqual([200, 200])
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(await page.text()).toContain(`${running.url}/api/v1`)
      expect(await document.json()).toMatchObject({ openapi: '3.1.1' })
    })

    it('lets its owner in by the link that it printed, once, and no other site with them', async () => {
      const enter = (origin: string) =>
        fetch(running.ownerLink(), {
          method: 'POST',
          redirect: 'manual',
          headers: { origin },
          body: new URLSearchParams({ name: 'Eva', email: 'eva@brand.example' }),
        })
      expect((await enter('https://elsewhere.example')).status).toBe(403)
      const entered = await enter(running.url)
      session = sessionIn(entered)
      expect((await enter(running.url)).status).toBe(404)
      const home = await client.get('/console', { cookie: session })
      expect([home.status, await home.text()]).toEqual([200, expect.stringContaining('Hello, Eva')])
    })

    it.each(['ES256', 'RS256'] as const)(
      'lets them in by a passkey of %s, once an answer',
      async (algorithm) => {
        const post = (path: string, cookie: string, body: object): Promise<Response> =>
          fetch(`${running.url}/console/${path}`, {
            method: 'POST',
            headers: { origin: running.url, 'content-type': 'application/json', cookie },
            body: JSON.stringify(body),
          })
        const challengeOf = async (path: string, cookie: string): Promise<string> =>
          text(await (await post(`${path}/options`, cookie, {})).json(), 'challenge')
        const key = device(algorithm)
        const made = registrationOf(running.url, key, {
          challenge: await challengeOf('settings/passkeys', session),
        })
        expect((await post('settings/passkeys', session, { name: 'Mine', answer: made })).status).toBe(200)
        const answer = assertionOf(running.url, key, { challenge: await challengeOf('sign-in/passkey', '') })
        const entered = await post('sign-in/passkey', '', { answer })
        expect((await post('sign-in/passkey', '', { answer })).status).toBe(401)
        const home = await client.get('/console', { cookie: sessionIn(entered) })
        expect([home.status, await home.text()]).toEqual([200, expect.stringContaining('Hello, Eva')])
      },
    )

    it('begins with a list, made by API with only what is required and a little more', async () => {
      const made = await client.api('POST', '/lists', listSettings(slug))
      expect(made.status).toBe(201)
      expect(at(made.body, 'confirm', 'mode')).toBe('button')
      expect(at(made.body, 'ip_storage')).toBe('none')
      const page = await client.get(`/s/${slug}?lang=sv`)
      expect(page.status).toBe(200)
      expect(await page.text()).toContain('Förnamn')
    })

    it('takes 300 sign-ups posted together, all with the same answer', async () => {
      const answers = await Promise.all(
        everyone.map((person) =>
          client.post(`/s/${slug}`, [
            ['email', person.email],
            ['first_name', person.firstName],
            ['country', person.country],
            ['locale', person.locale],
            ...(person.country === 'PL' ? [['purpose', 'offers'] as const] : []),
          ]),
        ),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]))
      expect(
        new Set(answers.map((answer) => answer.headers.get('location')?.replace(/lang=..$/, ''))),
      ).toHaveProperty('size', 1)
    })

    it('asks each of them by mail, in their language, without list headers', async () => {
      const asked = await eventually(async () => {
        const found = await confirmations()
        return found.size >= everyone.length ? found : null
      })
      expect(asked.size).toBe(everyone.length)
      const subjects = { pl: /Potwierdź/, sv: /Bekräfta/, ru: /Подтвердите/, en: /Confirm/ }
      for (const person of everyone) expect(asked.get(person.email)?.subject).toMatch(subjects[person.locale])
      const [first] = asked.values()
      expect(first?.headers['Auto-Submitted']).toBe('auto-generated')
      expect(first?.headers).not.toHaveProperty('List-Unsubscribe')
    })

    it('confirms nobody by looking at the link, and everybody by the button', async () => {
      const mails = [...(await confirmations()).values()]
      const confirm = async (mail: Mail): Promise<void> => {
        const link = linkIn(mail, 'c')
        const page = await client.get(link)
        expect(page.status).toBe(200)
        const confirmed = await client.post(link, [['nonce', nonceIn(await page.text())]])
        expect(confirmed.status).toBe(200)
      }
      const together = 10
      for (let from = 0; from < mails.length; from += together)
        await Promise.all(mails.slice(from, from + together).map(confirm))
      const preview = await client.api('POST', '/segments/preview', { list: slug, filter: { all: [] } })
      expect(preview.body).toEqual({ count: everyone.length })
    })

    it('answers a second click kindly', async () => {
      const [mail] = (await confirmations()).values()
      const again = await client.get(linkIn(mail ?? { text: '' }, 'c'))
      expect(again.status).toBe(200)
      expect(await again.text()).not.toContain('name="nonce"')
    })

    it('sends a campaign to a segment: each of its people once, nobody else', async () => {
      const segment = await client.api('POST', '/segments', {
        name: 'Poland',
        list: slug,
        filter: { all: [{ field: 'country', is: 'PL' }, { purpose: 'offers' }] },
      })
      expect(segment.status).toBe(201)
      const made = await client.api('POST', '/campaigns', {
        list: slug,
        segment: text(segment.body, 'id'),
        subject: '{{ subscriber.first_name | default: "Hello" }}, the garden in June',
        content: {
          format: 'markdown',
          body: '# June\n\nDear {{ subscriber.first_name | default: "reader" }},\n\n{% if subscriber.country == "PL" %}\nWitaj!\n{% endif %}\n\nSee [the garden](https://brand.example/june).',
        },
      })
      expect(made.status).toBe(201)
      campaign = text(made.body, 'id')
      expect((await client.api('POST', `/campaigns/${campaign}/launch`)).status).toBe(202)
      await eventually(async () => {
        const { body } = await client.api('GET', `/campaigns/${campaign}`)
        return at(body, 'state') === 'sent' ? true : null
      })
      const sent = await letters()
      expect(sent.map(({ to }) => to).sort()).toEqual(poles.map(({ email }) => email).sort())
      const { body } = await client.api('GET', `/campaigns/${campaign}`)
      expect(at(body, 'totals')).toMatchObject({
        recipients: poles.length,
        sent: poles.length,
        skipped: 0,
        unknown: 0,
      })
    })

    it('gives every letter the headers of RFC 8058 and 2919, and both parts', async () => {
      for (const mail of await letters()) {
        expect(mail.headers['List-Unsubscribe']).toBe(`<${linkIn(mail, 'u')}>`)
        expect(mail.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
        expect(mail.headers['List-Id']).toMatch(/<[0-9a-f-]{36}\.lists\.[^>]+>$/)
        expect(mail.text).toContain('Witaj!')
        expect(mail.html).toContain('Storgatan 1')
      }
    })

    it('names the consent behind each recipient', async () => {
      const page = await client.api('GET', `/campaigns/${campaign}/recipients?outcome=sent&limit=200`)
      const rows = at(page.body, 'data')
      expect(Array.isArray(rows) && rows.length).toBe(poles.length)
      for (let row = 0; row < poles.length; row += 1)
        expect(at(page.body, 'data', row, 'consent', 'seq')).toBe(1)
    })

    it.each([
      ['urlencoded', () => new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })],
      [
        'multipart',
        () => {
          const form = new FormData()
          form.set('List-Unsubscribe', 'One-Click')
          return form
        },
      ],
    ])('lets a recipient leave with one click, %s (RFC 8058)', async (encoding, body) => {
      const mail = (await letters())[encoding === 'multipart' ? 1 : 0]
      const answer = await fetch(linkIn(mail ?? { text: '' }, 'u'), {
        method: 'POST',
        redirect: 'manual',
        body: body(),
      })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('location')).toBeNull()
      expect(answer.headers.get('set-cookie')).toBeNull()
      const found = await client.api('POST', '/subscribers/search', { email: mail?.to })
      expect(at(found.body, 'data', 0, 'subscriptions', 0)).toMatchObject({
        state: 'withdrawn',
        purposes: [],
      })
    })

    it('sends them nothing more', async () => {
      const [first, second] = await letters()
      const made = await client.api('POST', '/campaigns', {
        list: slug,
        subject: 'July',
        content: { format: 'markdown', body: 'Everybody who is still here.' },
      })
      const id = text(made.body, 'id')
      await client.api('POST', `/campaigns/${id}/launch`)
      await eventually(async () =>
        at((await client.api('GET', `/campaigns/${id}`)).body, 'state') === 'sent' ? true : null,
      )
      const july = (await client.mails()).filter(({ subject }) => subject === 'July')
      expect(july).toHaveLength(everyone.length - 2)
      expect(july.map(({ to }) => to)).not.toContain(first?.to)
      expect(july.map(({ to }) => to)).not.toContain(second?.to)
    })

    it('shows one person’s proof: what was agreed, when, to which words', async () => {
      const [mail] = await letters()
      const found = await client.api('POST', '/subscribers/search', { email: mail?.to })
      const id = text(found.body, 'data', 0, 'id')
      const ledger = await client.api('GET', `/subscribers/${id}/consents`)
      const types = [0, 1, 2].map((row) => at(ledger.body, 'data', row, 'type'))
      expect(types).toEqual(['consent.requested', 'consent.confirmed', 'consent.withdrawn'])
      expect(at(ledger.body, 'data', 1, 'purposes')).toEqual(['newsletter', 'offers'])
      const notice = await client.get(`/n/${text(ledger.body, 'data', 1, 'notice')}`)
      expect(notice.status).toBe(200)
      expect(await notice.text()).toContain('Brand AB')
      const evidence = await client.api('POST', `/subscribers/${id}/evidence`, {
        list: slug,
        reason: 'a journey test',
      })
      expect(at(evidence.body, 'data', 1, 'payload', 'address_as_typed')).toBe(mail?.to)
      expect(at(evidence.body, 'data', 1, 'payload', 'confirm_method')).toBe('button')
      expect(at(evidence.body, 'data', 2, 'payload', 'channel')).toBe('one_click')
    })
  })
}

const sessionIn = (entered: Response): string =>
  /assent_session=[^;]+/.exec(entered.headers.get('set-cookie') ?? '')?.[0] ?? ''
