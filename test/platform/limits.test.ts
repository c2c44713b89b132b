// web · sign-up limits per network: with and without the page, behind a proxy and in front of it
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { app } from '../../src/app.ts'
import { messages } from '../../src/i18n/messages.ts'
import { findList } from '../../src/lists/find.ts'
import { type Config, readConfig } from '../../src/platform/config.ts'
import { findFormNotes } from '../../src/signup/form-notes.ts'
import { makeStamp } from '../../src/signup/stamp.ts'
import { languageOf, unescaped, valuesOf } from '../support/page.ts'
import { contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
let taken = 0

beforeAll(async () => {
  house = await openTestApp({ connections: 6, env: { LIMIT_PER_NETWORK: '5' } })
  await house.makeList()
  await house.makeList({ slug: 'weekly' })
})
afterAll(() => house.close())

/** Each test starts on a day without sign-ups. */
afterEach(async () => {
  house.later({ days: 2 })
  await house.rest()
  await house.owner`delete from limits`
})

interface From {
  readonly address?: string | undefined
  /** The stamp to post; none by default. */
  readonly stamp?: string
  readonly list?: string
  readonly json?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly config?: Partial<Config>
  readonly fields?: Readonly<Record<string, string>>
}

/** Signs up a new person each time. */
async function signUp({
  address = '192.0.2.1',
  stamp = '',
  list = 'letter',
  ...from
}: From): Promise<Response> {
  taken += 1
  const fields = { email: `person-${taken}@example.pl`, locale: 'en', stamp, ...from.fields }
  return app.fetch(
    new Request(`http://127.0.0.1:8787/s/${list}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...from.headers, ...(from.json === true ? { 'content-type': 'application/json' } : {}) },
      body: from.json === true ? JSON.stringify(fields) : new URLSearchParams(fields),
    }),
    {
      ...house.deps,
      remoteAddress: address === 'unknown' ? undefined : address,
      config: { ...house.deps.config, ...from.config },
    },
  )
}

/** Returns the statuses of several sign-ups in a row. */
async function statuses(times: number, from: From | ((time: number) => From)): Promise<readonly number[]> {
  const answers: number[] = []
  for (let time = 0; time < times; time += 1)
    answers.push((await signUp(typeof from === 'function' ? from(time) : from)).status)
  return answers
}

const times = (count: number, status: number): readonly number[] => Array(count).fill(status)

/** The stamp of a page opened long enough ago for a person to have filled it in. */
async function freshStamp(list = 'letter'): Promise<string> {
  const html = await (await house.get(`/s/${list}`)).text()
  house.later({ seconds: 3 })
  return valuesOf(html, 'stamp')[0] ?? ''
}

const requests = async (): Promise<number> => {
  const [row] = await house.owner<{ rows: number }[]>`select count(*)::int as rows from signup_requests`
  return row?.rows ?? 0
}

describe('a network that opens the page', () => {
  it('may send five sign-ups in ten minutes', async () => {
    const stamp = await freshStamp()
    const before = await requests()
    expect(await statuses(7, { stamp })).toEqual([...times(5, 303), ...times(2, 429)])
    expect(await requests()).toBe(before + 5)
    expect((await signUp({ stamp, address: '192.0.2.2' })).status).toBe(303)
    house.later({ minutes: 10, seconds: 1 })
    expect((await signUp({ stamp })).status).toBe(303)
  })

  it('may send ten times as many in a day, and is told how many hours are left of it', async () => {
    const answers: number[] = []
    for (let window = 0; window < 11; window += 1) {
      answers.push(...(await statuses(5, { stamp: await freshStamp() })))
      house.later({ minutes: 11 })
    }
    expect(answers).toEqual([...times(50, 303), ...times(5, 429)])
    const refused = await signUp({ stamp: await freshStamp() })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(21 * 3600)
    expect(unescaped(await refused.text())).toContain('Try again in 22 hours.')
    house.later({ hours: 23 })
    expect((await signUp({ stamp: await freshStamp() })).status).toBe(303)
  })

  it('is not closed for the day by what was refused', async () => {
    await statuses(30, { stamp: await freshStamp() })
    house.later({ minutes: 11 })
    expect(await statuses(5, { stamp: await freshStamp() })).toEqual(times(5, 303))
  })

  it('may not send more by asking all at once', async () => {
    const stamp = await freshStamp()
    const before = await requests()
    const answers = await Promise.all(Array.from({ length: 20 }, () => signUp({ stamp })))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(5)
    expect(await requests()).toBe(before + 5)
  })

  it('may not send more by spreading over lists', async () => {
    const stamps = { letter: await freshStamp('letter'), weekly: await freshStamp('weekly') }
    const answers = await statuses(6, (time) =>
      time % 2 === 0 ? { list: 'letter', stamp: stamps.letter } : { list: 'weekly', stamp: stamps.weekly },
    )
    expect(answers).toEqual([...times(5, 303), 429])
  })

  it('loses nothing by a mistake in the form', async () => {
    const stamp = await freshStamp()
    const before = await contentsOf(house.owner)
    expect(await statuses(9, { stamp, fields: { email: 'anna' } })).toEqual(times(9, 422))
    expect(await contentsOf(house.owner)).toEqual(before)
    expect(await statuses(5, { stamp })).toEqual(times(5, 303))
  })

  it('is told in its own language, with what was typed kept', async () => {
    const stamp = await freshStamp()
    await statuses(5, { stamp })
    const fields = { email: 'lucja@example.pl', locale: 'ru', purpose: 'clicks' }
    house.later({ minutes: 4 })
    const answer = await signUp({ stamp, fields })
    const html = await answer.text()
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '360'])
    expect(languageOf(html)).toBe('ru')
    expect(unescaped(html)).toContain('и ваша не была принята. Попробуйте снова через 6 минут.')
    expect(messages('en').formErrors.network_limit({ label: '', limit: 1 })).toBe(
      'Very many sign-ups have come from your network, and yours was not taken. Try again in 1 minute.',
    )
    expect(valuesOf(html, 'email')).toEqual(['lucja@example.pl'])
    expect(valuesOf(html, 'purpose')).toEqual(['clicks'])
  })

  it('is told so as a program', async () => {
    const stamp = await freshStamp()
    expect(await statuses(5, { stamp, json: true })).toEqual(times(5, 202))
    const answer = await signUp({ stamp, json: true })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '600'])
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toEqual({
      type: 'about:blank',
      title:
        'Very many sign-ups have come from your network, and yours was not taken. Try again in 10 minutes.',
      status: 429,
      code: 'rate_limited',
      errors: [],
    })
  })
})

describe('a network that posts without the page', () => {
  const old = () => makeStamp(house.deps.vault, stampOf('letter', -2 * 3600 - 1))
  const stampOf = (list: string, secondsFromNow: number) => ({
    list: ids.get(list) ?? '',
    notice: 'x',
    at: new Date(house.now().getTime() + secondsFromNow * 1000),
  })
  const ids = new Map<string, string>()
  beforeAll(async () => {
    const rows = await house.owner<{ id: string; slug: string }[]>`select id, slug from lists`
    for (const { id, slug } of rows) ids.set(slug, id)
  })

  it.each<readonly [string, () => string]>([
    ['no stamp', () => ''],
    ['a forged stamp', () => `${makeStamp(house.deps.vault, stampOf('letter', -60)).slice(0, -1)}!`],
    ['a stamp of another list', () => makeStamp(house.deps.vault, stampOf('weekly', -60))],
    ['a stamp of a second ago', () => makeStamp(house.deps.vault, stampOf('letter', -1))],
    ['a stamp of tomorrow', () => makeStamp(house.deps.vault, stampOf('letter', 86_400))],
    ['a stamp older than two hours', old],
  ])('may send two in ten minutes: %s', async (_, stamp) => {
    expect(await statuses(4, () => ({ stamp: stamp() }))).toEqual([303, 303, 429, 429])
    house.later({ minutes: 11 })
    expect((await signUp({ stamp: stamp() })).status).toBe(303)
  })

  it('takes nothing from those of the same network who opened it', async () => {
    await statuses(5, {})
    expect(await statuses(5, { stamp: await freshStamp() })).toEqual(times(5, 303))
  })
})

describe('networks of IPv6', () => {
  it('are one per /64, however an address is spelled', async () => {
    const stamp = await freshStamp()
    const same = [
      '2001:db8:1:1::1',
      '2001:DB8:1:1:0:0:0:2',
      '2001:0db8:0001:0001:a:b:c:d',
      '2001:db8:1:1:ffff::',
    ]
    expect(await statuses(6, (time) => ({ stamp, address: same[time % 4] ?? '' }))).toEqual([
      ...times(5, 303),
      429,
    ])
    expect((await signUp({ stamp, address: '2001:db8:1:2::1' })).status).toBe(303)
  })

  it('may send five times as many per /48: twenty-five in ten minutes, 250 a day', async () => {
    const fromHouse = (stamp: string, first: number) => (time: number) => ({
      stamp,
      address: `2001:db8:7:${(first + Math.floor(time / 5)).toString(16)}::${time}`,
    })
    for (let window = 0; window < 10; window += 1) {
      const stamp = await freshStamp()
      expect(await statuses(26, fromHouse(stamp, 10 * window))).toEqual([...times(25, 303), 429])
      house.later({ minutes: 11 })
    }
    const stamp = await freshStamp()
    expect(await statuses(1, fromHouse(stamp, 50))).toEqual([429])
    expect((await signUp({ stamp, address: '2001:db8:8:1::1' })).status).toBe(303)
  })

  it('do not fill the table of limits by what is refused', async () => {
    const stamp = await freshStamp()
    await statuses(200, (time) => ({ stamp, address: `2001:db8:9:${time.toString(16)}::1` }))
    // Two windows of 25 networks, and of the wider network around them.
    expect(await house.owner`select from limits where "window" like 'signups:%'`).toHaveLength(2 * 26)
  })

  it('are no way around the limit of IPv4', async () => {
    const stamp = await freshStamp()
    const answers = await statuses(6, (time) => ({
      stamp,
      address: ['192.0.2.9', '::ffff:192.0.2.9', '::FFFF:c000:209', '64:ff9b::192.0.2.9'][time % 4] ?? '',
    }))
    expect(answers).toEqual([...times(5, 303), 429])
  })
})

describe('the setting LIMIT_PER_NETWORK', () => {
  it('lifts all limits with 0', async () => {
    expect(await statuses(30, { config: { limitPerNetwork: 0 } })).toEqual(times(30, 303))
  })

  // A reset connection has no peer address: without this rule, resetting every connection would evade the limit.
  it('counts all visitors of unknown address as one network', async () => {
    const stamp = await freshStamp()
    expect(await statuses(7, { stamp, address: 'unknown' })).toEqual([...times(5, 303), ...times(2, 429)])
    expect((await signUp({ stamp, address: '192.0.2.1' })).status).toBe(303)
  })

  it('scales them: 1 lets one through, with the page or without', async () => {
    const config = { limitPerNetwork: 1 }
    expect(await statuses(2, { config })).toEqual([303, 429])
    expect(await statuses(2, { config, stamp: await freshStamp() })).toEqual([303, 429])
  })

  it('does not apply to the API, whose callers answer for their own visitors', async () => {
    for (let person = 0; person < 30; person += 1) {
      const email = `api-${person}@example.pl`
      expect((await house.api('POST', '/signups', { list: 'letter', email })).status).toBe(202)
    }
  })
})

describe('a proxy before us', () => {
  const forwarded = (text: string) => ({ 'x-forwarded-for': text })

  it('is not believed unless it is named in the settings: a client that claims addresses still counts as one', async () => {
    const stamp = await freshStamp()
    const answers = await statuses(6, (time) => ({ stamp, headers: forwarded(`198.51.100.${time}`) }))
    expect(answers).toEqual([...times(5, 303), 429])
  })

  it('is believed where it is named in the settings, about the hop before it only', async () => {
    const stamp = await freshStamp()
    const from = (header: string) => ({
      stamp,
      address: '10.0.0.7',
      headers: forwarded(header),
      config: { trustProxy: ['10.0.0.0/8'] },
    })
    const visitors = await statuses(8, (time) => from(`198.51.100.${time}`))
    expect(visitors).toEqual(times(8, 303))
    const liar = await statuses(6, (time) => from(`203.0.113.${time}, 198.51.100.77`))
    expect(liar).toEqual([...times(5, 303), 429])
    const ports = await statuses(6, (time) => from(`198.51.100.88:${50_000 + time}`))
    expect(ports).toEqual([...times(5, 303), 429])
  })

  it('is not believed when somebody else sends its header', async () => {
    const stamp = await freshStamp()
    const config = { trustProxy: ['10.0.0.0/8'] }
    const answers = await statuses(6, (time) => ({
      stamp,
      config,
      address: '192.0.2.44',
      headers: forwarded(`198.51.100.${time}, 10.0.0.7`),
    }))
    expect(answers).toEqual([...times(5, 303), 429])
  })
})

describe('a field that people do not see', () => {
  it.each(['leave-empty', 'website'])(
    'when filled (%s), limits a sign-up more strictly, and drops none',
    async (name) => {
      const stamp = await freshStamp()
      const filled = { stamp, fields: { [name]: 'https://brand.example' }, config: { limitPerNetwork: 20 } }
      expect(await statuses(3, filled)).toEqual([303, 303, 429])
      const before = taken
      house.later({ minutes: 11 })
      expect((await signUp({ ...filled, stamp: await freshStamp() })).status).toBe(303)
      await house.rest()
      expect(
        await house.mailsTo(`person-${before + 1}@example.pl`),
        'as a password manager fills it',
      ).toHaveLength(1)
    },
  )
})

describe('the defaults', () => {
  it('let a stand at a fair sign up twenty in ten minutes by the page, and five by a form elsewhere', async () => {
    const config = { limitPerNetwork: readDefault() }
    expect(await statuses(21, { stamp: await freshStamp(), config })).toEqual([...times(20, 303), 429])
    expect(await statuses(6, { config, address: '192.0.2.2' })).toEqual([...times(5, 303), 429])
  })

  const readDefault = (): number => {
    const read = readConfig({})
    return read.ok ? read.config.limitPerNetwork : 0
  }
})

describe('the owner of a list', () => {
  it('sees on its page how many were refused, also of a flood', async () => {
    await statuses(5, { address: '192.0.2.60' })
    expect(await refusedOn('letter')).toBe(3)
    expect(await refusedOn('weekly')).toBe(0)
    await statuses(60, { address: '192.0.2.60' })
    house.later({ seconds: 2 })
    await statuses(1, { address: '192.0.2.60' })
    expect(await refusedOn('letter')).toBe(64)
    house.later({ days: 8 })
    expect(await refusedOn('letter')).toBe(0)
  })

  const refusedOn = async (slug: string): Promise<number> => {
    const list = await findList(house.deps.db, slug)
    if (list === null) throw new Error('no such list')
    return (await findFormNotes(house.deps, list)).refused?.times ?? 0
  }
})

describe('what is kept about networks', () => {
  it('is a hash under the key of the day, gone soon after', async () => {
    await signUp({ stamp: await freshStamp(), address: '192.0.2.200' })
    const first = await hashes()
    expect(JSON.stringify(await house.owner`select l::text from limits as l`)).not.toContain('192.0.2')
    house.later({ days: 1 })
    await signUp({ stamp: await freshStamp(), address: '192.0.2.200' })
    const second = (await hashes()).filter((hash) => !first.includes(hash))
    expect([first.length, second.length]).toEqual([1, 1])
    house.later({ days: 2 })
    await house.rest()
    const left = await house.owner`select 1 from limits where "window" like 'signups:%'`
    expect(left).toHaveLength(0)
  })

  const hashes = async (): Promise<readonly string[]> => {
    const rows = await house.owner<{ hash: string }[]>`
      select distinct encode(hash, 'hex') as hash from limits where "window" like 'signups:%'`
    return rows.map(({ hash }) => hash)
  }
})
