// web · saved forms: a form posted after its session ended is kept for former operators alone, small and bounded
import { SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { app } from '../../src/app.ts'
import { changeOperator, disableOperator } from '../../src/auth/operators/operators.ts'
import { linkForOperator } from '../../src/auth/sign-in/links.ts'
import { type ConsoleClient, consoleClientOf, fromConsole, signIn } from '../support/console.ts'
import { wordsOf } from '../support/page.ts'
import { contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
beforeAll(async () => {
  house = await openTestApp({ connections: 6, env: { LIMIT_PER_NETWORK: '1000' } })
})
afterEach(() => house.owner`delete from kept_forms`)
afterAll(() => house.close())

const system = { kind: 'system' } as const
let people = 0

/** Signs in a new operator. */
const somebody = (): Promise<ConsoleClient> =>
  signIn(house, { role: 'editor', email: `editor-${++people}@brand.example` })

/** Signs in a new operator whose session was ended elsewhere. */
async function somebodyLate(): Promise<ConsoleClient> {
  const desk = await somebody()
  await house.owner`update sessions set ended_at = ${house.now()} where operator = ${desk.operator}`
  return desk
}

const path = '/console/campaigns/new'

interface Post {
  readonly cookie: string
  readonly body: BodyInit
  readonly type?: string
  readonly address?: string
  readonly length?: number
}

/** Posts as a program would, with the headers of a console page. */
async function post({ cookie, body, type, address = '192.0.2.1', length }: Post): Promise<Response> {
  const request = new Request(`${house.url}${path}`, {
    method: 'POST',
    headers: {
      ...fromConsole(house),
      cookie,
      'content-type': type ?? 'application/x-www-form-urlencoded',
      ...(length === undefined ? {} : { 'content-length': String(length) }),
    },
    body,
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  })
  return app.fetch(request, { ...house.deps, remoteAddress: address })
}

const draft = (text: string): string => new URLSearchParams({ list: 'letter', body: text }).toString()

/** A chunked body, and how many of its octets were read. */
function counted(octets: number): { readonly body: ReadableStream; read(): number } {
  let read = 0
  const body = new ReadableStream(
    {
      pull(controller) {
        if (read === 0) controller.enqueue(new TextEncoder().encode('body='))
        controller.enqueue(new Uint8Array(8192).fill(120))
        read += 8192
        if (read >= octets) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  return { body, read: () => read }
}

const keptIn = (answer: Response): string =>
  /assent_kept=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''

const rows = async (): Promise<number> => (await house.owner`select from kept_forms`).length

/** A cookie signed by us, or by an attacker. */
const cookieOf = async (
  claims: { sid: string; sub: string },
  key = new Uint8Array(house.deps.vault.keys.K_session.export()),
): Promise<string> => {
  const jws = await new SignJWT({ sid: claims.sid })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(claims.sub)
    .setIssuer('assent')
    .setAudience('console')
    .setIssuedAt(house.now())
    .setExpirationTime(new Date(house.now().getTime() + 86_400_000))
    .sign(key)
  return `assent_session=${jws}`
}

const partsOf = (cookie: string): { header: string; payload: string; mac: string; sid: string } => {
  const [header = '', payload = '', mac = ''] = cookie.replace('assent_session=', '').split('.')
  const sid = /"sid":"([^"]+)"/.exec(Buffer.from(payload, 'base64url').toString())?.[1] ?? ''
  return { header, payload, mac, sid }
}

describe('a stranger who posts to the console', () => {
  const nobody = '01900000-0000-7000-8000-000000000000'
  const strangers: readonly { readonly title: string; readonly cookie: () => Promise<string> }[] = [
    { title: 'without a cookie', cookie: async () => '' },
    { title: 'with an empty cookie', cookie: async () => 'assent_session=' },
    { title: 'with a cookie that says anything', cookie: async () => 'assent_session=a.b.c' },
    {
      title: 'with a form’s cookie alone',
      cookie: async () => `assent_kept=${nobody}`,
    },
    {
      title: 'with a cookie that another key signed',
      cookie: async () =>
        cookieOf(
          { sid: partsOf((await somebody()).cookie).sid, sub: nobody },
          new TextEncoder().encode('x'.repeat(32)),
        ),
    },
    {
      title: 'with a cookie that says it needs no signature',
      cookie: async () => {
        const none = Buffer.from('{"alg":"none"}').toString('base64url')
        return `assent_session=${none}.${partsOf((await somebodyLate()).cookie).payload}.`
      },
    },
    {
      title: 'with a cookie whose end was changed',
      cookie: async () => {
        const { header, payload, mac } = partsOf((await somebodyLate()).cookie)
        return `assent_session=${header}.${payload}.${mac.slice(0, -4)}AAAA`
      },
    },
    {
      title: 'with a cookie of a session that never was',
      cookie: async () => cookieOf({ sid: 'x'.repeat(43), sub: (await somebody()).operator }),
    },
    {
      title: 'with a cookie of another operator’s session',
      cookie: async () =>
        cookieOf({ sid: partsOf((await somebodyLate()).cookie).sid, sub: (await somebody()).operator }),
    },
    {
      title: 'with the cookie of somebody who was shut out',
      cookie: async () => {
        const desk = await somebody()
        await disableOperator(house.deps, system, desk.operator)
        return desk.cookie
      },
    },
    {
      title: 'with the cookie of a session that was over a month ago',
      cookie: async () => {
        const desk = await somebodyLate()
        house.later({ days: 31 })
        await house.rest()
        return desk.cookie
      },
    },
  ]

  it.each(strangers)('leaves nothing, and is not read: $title', async ({ cookie }) => {
    const from = await cookie()
    await house.rest()
    const before = await contentsOf(house.owner)
    const piecemeal = counted(1_900_000)
    const answers = [
      await post({ cookie: from, body: piecemeal.body }),
      await post({ cookie: from, body: draft('x'.repeat(1_900_000)), length: 1_900_033 }),
      await post({ cookie: from, body: '{"body":"x"}', type: 'text/plain' }),
      await post({ cookie: from, body: '{"body":"x"}', type: 'application/json' }),
      ...(await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          post({ cookie: from, body: draft('x'), address: `192.0.2.${at}` }),
        ),
      )),
    ]
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([401])
    expect(answers.map((answer) => answer.headers.get('set-cookie')).filter(Boolean)).toEqual([])
    expect(wordsOf((await answers[0]?.text()) ?? '')).toContain('not saved and not kept')
    expect(piecemeal.read()).toBe(0)
    expect(await contentsOf(house.owner)).toEqual(before)
  })
})

describe('an operator whose session is over', () => {
  const ends: readonly { readonly title: string; readonly end: (desk: ConsoleClient) => Promise<unknown> }[] =
    [
      {
        title: 'ended from another browser',
        end: (desk) =>
          house.owner`update sessions set ended_at = ${house.now()} where operator = ${desk.operator}`,
      },
      { title: 'without a request for twelve hours', end: async () => house.later({ hours: 13 }) },
      { title: 'after its fourteen days', end: async () => house.later({ days: 15 }) },
      { title: 'after a holiday', end: async () => house.later({ days: 28 }) },
      {
        title: 'with the role it was begun with',
        end: ({ operator }) => changeOperator(house.deps, system, { operator, role: 'analyst', lists: null }),
      },
    ]

  it.each(ends)('finds what was written again: $title', async ({ end }) => {
    const desk = await somebody()
    await end(desk)
    const late = await post({ cookie: desk.cookie, body: draft('A plan of ours, in words') })
    expect(late.status).toBe(401)
    expect(wordsOf(await late.text())).toContain('they are kept, encrypted')
    const again = await signIn(house, { role: 'owner', email: `owner-${++people}@brand.example` })
    // A next session of the same operator, without the sign-in mail.
    await house.owner`update sessions set operator = ${desk.operator} where operator = ${again.operator}`
    const next = await cookieOf({ sid: partsOf(again.cookie).sid, sub: desk.operator })
    const page = await consoleClientOf(house, { cookie: `${next}; ${keptIn(late)}`, operator: '' }).get(
      '/console/kept',
    )
    expect(await page.text()).toContain('A plan of ours, in words')
  })

  it('sends the cookie for a month past its end: without it nobody would know whose form it is', async () => {
    const desk = await somebody()
    const link = await linkForOperator(house.deps, `editor-${people}@brand.example`)
    const entered = await house.request(new URL(link ?? '').pathname, {
      method: 'POST',
      headers: fromConsole(house),
    })
    expect(entered.headers.get('set-cookie')).toContain(`Max-Age=${(14 + 30) * 86_400}`)
    house.later({ days: 15 })
    expect((await desk.get('/console')).status).toBe(303)
  })

  it('has one form kept by one browser: a preview that presses itself does not keep the save from being kept', async () => {
    const desk = await somebodyLate()
    let kept = ''
    for (let time = 0; time < 30; time += 1)
      kept = keptIn(await post({ cookie: `${desk.cookie}; ${kept}`, body: draft(`Draft ${time}`) }))
    await post({ cookie: `${desk.cookie}; ${kept}`, body: draft('The whole letter') })
    expect(await rows()).toBe(1)
  })

  it('has five forms kept, also of twenty at once, and is told that the next is not', async () => {
    const desk = await somebodyLate()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        post({ cookie: desk.cookie, body: draft(`Draft ${at}`), address: `198.51.100.${at}` }),
      ),
    )
    expect(await rows()).toBe(5)
    expect(answers.filter((answer) => keptIn(answer) !== '')).toHaveLength(5)
    const refused = answers.find((answer) => keptIn(answer) === '')
    expect(wordsOf((await refused?.text()) ?? '')).toContain('too many forms are being kept already')
    expect(keptIn(await post({ cookie: (await somebodyLate()).cookie, body: draft('Mine') }))).not.toBe('')
    house.later({ days: 1, minutes: 1 })
    await house.rest()
    expect(await rows()).toBe(0)
    expect(keptIn(await post({ cookie: desk.cookie, body: draft('Tomorrow') }))).not.toBe('')
  })

  it('does not lose it to a colleague who has the same form’s cookie', async () => {
    const [writer, colleague] = [await somebodyLate(), await somebodyLate()]
    const kept = keptIn(await post({ cookie: writer.cookie, body: draft('Mine') }))
    const [before] = await house.owner<{ row: string }[]>`select k::text as row from kept_forms as k`
    const theirs = keptIn(await post({ cookie: `${colleague.cookie}; ${kept}`, body: draft('Theirs') }))
    expect(theirs).not.toBe(kept)
    const signedIn = await somebody()
    await consoleClientOf(house, { cookie: `${signedIn.cookie}; ${kept}`, operator: '' }).post(
      '/console/kept/drop',
    )
    const left = await house.owner<{ row: string }[]>`select k::text as row from kept_forms as k`
    expect(left.map(({ row }) => row)).toContain(before?.row)
    expect(left).toHaveLength(2)
  })

  const sizes: readonly { readonly title: string; readonly text: string; readonly kept: boolean }[] = [
    { title: 'sixty thousand letters', text: 'x'.repeat(60_000), kept: true },
    { title: 'thirty thousand letters of Cyrillic', text: 'ж'.repeat(30_000), kept: true },
    { title: 'sixty-six thousand letters', text: 'x'.repeat(66_000), kept: false },
    { title: 'thirty-three thousand letters of Cyrillic', text: 'ж'.repeat(33_000), kept: false },
    { title: 'two million letters', text: 'x'.repeat(2_000_000), kept: false },
  ]

  it.each(sizes)('is told whether it was too long to be kept: $title', async ({ text, kept }) => {
    const desk = await somebodyLate()
    const body = draft(text)
    for (const length of [body.length, undefined]) {
      const answer = await post({
        cookie: desk.cookie,
        body: length === undefined ? new Blob([body]).stream() : body,
        ...(length === undefined ? {} : { length }),
      })
      expect(answer.status).toBe(401)
      expect(wordsOf(await answer.text())).toContain(kept ? 'are kept, encrypted' : 'more than 64 KiB')
    }
    expect(await rows()).toBe(kept ? 2 : 0)
  })

  it('is not read much further than can be kept', async () => {
    const desk = await somebodyLate()
    const endless = counted(50_000_000)
    expect((await post({ cookie: desk.cookie, body: endless.body })).status).toBe(401)
    expect(endless.read()).toBeLessThanOrEqual(3 * 64 * 1024 + 2 * 8192)
    expect(await rows()).toBe(0)
  })

  it('has a cookie of 128 random bits, none of them the time', async () => {
    const desk = await somebodyLate()
    const ids: string[] = []
    for (let time = 0; time < 5; time += 1)
      ids.push(
        keptIn(await post({ cookie: desk.cookie, body: draft('Now') }))
          .replace('assent_kept=', '')
          .replaceAll('-', ''),
      )
    // Created at one moment: UUIDv7 ids would share their first twelve digits, version and variant.
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true)
    expect(new Set(ids.map((id) => id.slice(0, 12))).size).toBe(5)
  })
})

describe('many operators of one network', () => {
  const keep = async (addresses: readonly string[]): Promise<number> => {
    let kept = 0
    for (let from = 0; from < addresses.length; from += 5) {
      const desk = await somebodyLate()
      for (const address of addresses.slice(from, from + 5))
        if (keptIn(await post({ cookie: desk.cookie, body: draft('Mine'), address })) !== '') kept += 1
    }
    return kept
  }
  const networks: readonly {
    readonly title: string
    readonly addresses: readonly string[]
    readonly kept: number
  }[] = [
    { title: 'an IPv4 address', addresses: Array.from({ length: 25 }, () => '203.0.113.1'), kept: 20 },
    {
      title: 'an IPv4 address, in its spellings',
      addresses: Array.from(
        { length: 25 },
        (_, at) => ['203.0.113.2', '::ffff:203.0.113.2', '::FFFF:cb00:7102'][at % 3] ?? '',
      ),
      kept: 20,
    },
    {
      title: 'the addresses of a /64',
      addresses: Array.from({ length: 25 }, (_, at) => `2001:db8:5:1::${at.toString(16)}`),
      kept: 20,
    },
    {
      title: 'the /64s of a /48',
      addresses: Array.from({ length: 110 }, (_, at) => `2001:db8:6:${at.toString(16)}::1`),
      kept: 100,
    },
  ]

  it.each(networks)('have no more kept than it may in ten minutes: $title', async ({ addresses, kept }) => {
    expect(await keep(addresses)).toBe(kept)
    expect(await rows()).toBe(kept)
  })
})

describe('all operators together', () => {
  it('have five hundred forms kept: thirty-two megabytes', async () => {
    const desk = await somebodyLate()
    await house.owner`
      insert into kept_forms (id, operator, sealed, expires_at)
      select gen_random_uuid(), ${(await somebody()).operator}, '\\x00', ${new Date(house.now().getTime() + 3_600_000)}
      from generate_series(1, 499)`
    expect(keptIn(await post({ cookie: desk.cookie, body: draft('The last') }))).not.toBe('')
    const refused = await post({ cookie: desk.cookie, body: draft('One too many') })
    expect(wordsOf(await refused.text())).toContain('too many forms are being kept already')
    expect(await rows()).toBe(500)
  })
})
