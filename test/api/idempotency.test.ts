// web · Idempotency-Key: a repeated request does its work once and gets the same response
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKey } from '../../src/auth/keys.ts'
import { mailboxMailer } from '../../src/mail/mailbox.ts'
import { tickUpkeep } from '../../src/tick.ts'
import { text } from '../support/client.ts'
import { ownerKey } from '../support/running.ts'
import { contentsOf } from '../support/tables.ts'
import { listSettings, openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let letter: TestList
/** Runs while a mail is being handed to the provider. */
let onTheWay: () => Promise<void> = async () => {}

beforeAll(async () => {
  house = await openTestApp({
    mailer: (deps) => {
      const mailbox = mailboxMailer(deps)
      return {
        ...mailbox,
        send: async (mails, key) => {
          await onTheWay()
          return mailbox.send(mails, key)
        },
      }
    },
  })
  letter = await house.makeList()
})
afterAll(() => house.close())

interface Asked {
  readonly method?: string
  readonly path?: string
  readonly body?: unknown
  readonly holder?: string
}

async function ask(key: string, { method = 'POST', path = '/lists', body, holder = ownerKey }: Asked) {
  const response = await house.request(`/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${holder}`,
      'idempotency-key': key,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return {
    status: response.status,
    text: await response.text(),
    replayed: response.headers.get('idempotency-replayed'),
    retryAfter: response.headers.get('retry-after'),
  }
}

const list = (slug: string) => ({ ...listSettings, slug })
const segment = (name: string) => ({ name, list: 'letter', filter: { all: [] } })
const segmentsNamed = async (name: string): Promise<number> =>
  (await house.owner`select 1 from segments where name = ${name}`).length

describe('the same request under the same key', () => {
  it('is done once, and answered with the same status and body', async () => {
    const first = await ask('one', { body: list('one') })
    const second = await ask('one', { body: list('one') })
    expect([first.status, first.replayed]).toEqual([201, null])
    expect(second).toEqual({ ...first, replayed: 'true' })
    expect(await house.owner`select 1 from lists where slug = 'one'`).toHaveLength(1)
    expect(await house.owner`select 1 from audit_log where verb = 'list.create'`).toHaveLength(2)
  })

  it('is done once by many at the same time: the others wait their turn or get the same answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ask('together', { path: '/segments', body: segment('together') })),
    )
    const done = answers.filter(({ status }) => status === 201)
    expect(new Set(done.map((answer) => answer.text)).size).toBe(1)
    expect(done.filter(({ replayed }) => replayed === null)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect([answer.status, answer.retryAfter]).toEqual([409, '1'])
      expect(JSON.parse(answer.text)).toMatchObject({
        code: 'conflict',
        title: 'A request with this Idempotency-Key is under way; ask again in a moment.',
      })
    }
    expect(await segmentsNamed('together')).toBe(1)
    expect((await ask('together', { path: '/segments', body: segment('together') })).replayed).toBe('true')
  })

  it('gives an empty answer again, too', async () => {
    const made = await house.api('POST', '/segments', segment('short-lived'))
    const path = `/segments/${text(made.body, 'id')}`
    const first = await ask('gone', { method: 'DELETE', path })
    const second = await ask('gone', { method: 'DELETE', path })
    expect([first.status, first.text, first.replayed]).toEqual([204, '', null])
    expect([second.status, second.text, second.replayed]).toEqual([204, '', 'true'])
  })

  it('launches a campaign once; without a key the second is told that it was launched', async () => {
    await house.subscribe(letter, ['anna@example.pl'])
    const campaign = await house.makeCampaign(letter)
    const path = `/campaigns/${campaign.id}/launch`
    const first = await ask('launch', { path })
    await house.rest()
    const second = await ask('launch', { path })
    expect([first.status, second.status, second.replayed]).toEqual([202, 202, 'true'])
    expect(second.text).toBe(first.text)
    expect((await house.mailsTo('anna@example.pl')).filter(({ subject }) => subject === 'June')).toHaveLength(
      1,
    )
    expect((await house.api('POST', path)).status).toBe(409)
  })

  it('takes a sign-up once', async () => {
    const body = { list: 'letter', email: 'bo@example.se' }
    const first = await ask('sign-up', { path: '/signups', body })
    const second = await ask('sign-up', { path: '/signups', body })
    expect([first.status, second.status, second.replayed]).toEqual([202, 202, 'true'])
    expect(await house.owner`select 1 from signup_requests where state = 'received'`).toHaveLength(1)
    await house.rest()
    expect(await house.mailsTo('bo@example.se')).toHaveLength(1)
  })

  it('is seen by the next visitor at once: what was changed is not remembered as it was', async () => {
    await house.get('/s/one')
    const changed = await ask('renamed', {
      method: 'PATCH',
      path: '/lists/one',
      body: { name: 'The new name' },
    })
    expect(changed.status).toBe(200)
    expect(await (await house.get('/s/one')).text()).toContain('The new name')
  })
})

describe('a key that was used', () => {
  const reused = {
    status: 422,
    code: 'invalid',
    title: 'This Idempotency-Key was used with another request; choose a new one.',
    errors: [{ path: 'Idempotency-Key' }],
  }

  it.each([
    ['another body', { path: '/segments', body: segment('other') }],
    ['another address', { path: '/segments/preview', body: { list: 'letter', filter: { all: [] } } }],
    ['another query', { path: '/segments?dry=1', body: segment('first') }],
    ['another method', { method: 'PATCH', path: '/lists/letter', body: { name: 'Other' } }],
  ])('is refused with %s, and nothing happens', async (_, other) => {
    await ask('used', { path: '/segments', body: segment('first') })
    const before = await contentsOf(house.owner)
    expect(JSON.parse((await ask('used', other)).text)).toMatchObject(reused)
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it('is another one with another API key', async () => {
    const { key } = await createKey(house.deps, { kind: 'system' }, { role: 'editor', name: 'other' })
    const mine = await ask('shared', { path: '/segments', body: segment('shared') })
    const theirs = await ask('shared', { path: '/segments', body: segment('shared'), holder: key })
    expect([mine.status, theirs.status, theirs.replayed]).toEqual([201, 201, null])
    expect(await segmentsNamed('shared')).toBe(2)
  })

  it('may be used again after a refusal: nothing was done', async () => {
    const refused = await ask('mended', { path: '/segments', body: { ...segment('mended'), filter: 7 } })
    const gone = await ask('mended', { path: '/segments', body: { ...segment('mended'), list: 'nowhere' } })
    const mended = await ask('mended', { path: '/segments', body: segment('mended') })
    expect([refused.status, gone.status, mended.status, mended.replayed]).toEqual([422, 404, 201, null])
  })

  it('is forgotten after 24 hours, and swept away', async () => {
    await ask('day', { path: '/segments', body: segment('day') })
    house.later({ hours: 23, minutes: 59 })
    expect((await ask('day', { path: '/segments', body: segment('day') })).replayed).toBe('true')
    house.later({ minutes: 2 })
    const anew = await ask('day', { path: '/segments', body: segment('day') })
    expect([anew.status, anew.replayed, await segmentsNamed('day')]).toEqual([201, null, 2])
    expect(
      await house.owner`select 1 from idempotency_keys where created_at < ${house.now()}`,
    ).not.toHaveLength(0)
    while (await tickUpkeep(house.deps));
    const left = await house.owner<{ answer: Uint8Array }[]>`select answer from idempotency_keys`
    expect(left).toHaveLength(1)
  })

  it('holds nothing that reads as what was asked or answered', async () => {
    const key = 'anna@example.pl'
    await ask(key, { path: '/signups', body: { list: 'letter', email: 'anna@example.pl' } })
    const rows = await house.owner<{ row: string }[]>`
      select k::text || encode(answer, 'escape') as row from idempotency_keys as k`
    const plain = createHash('sha256').update(key).digest('hex')
    expect(rows.length).toBeGreaterThan(0)
    for (const { row } of rows) {
      expect(row).not.toContain('anna')
      expect(row).not.toContain(plain)
    }
    expect(house.logged.join('\n')).not.toContain('anna')
  })
})

describe('a bad key', () => {
  it.each([
    ['nothing', ''],
    ['256 characters', 'x'.repeat(256)],
    ['a letter outside ASCII', 'nyckel-é'],
    ['a tab', 'a\tb'],
  ])('is refused with a sentence: %s', async (_, key) => {
    const before = await contentsOf(house.owner)
    const answer = await ask(key, { path: '/segments', body: segment('bad') })
    expect(JSON.parse(answer.text)).toMatchObject({
      status: 422,
      title: 'An Idempotency-Key has 1 to 255 printable ASCII characters.',
      errors: [{ path: 'Idempotency-Key' }],
    })
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it.each([' ~', 'x'.repeat(255), '"8e03978e-40d5-43dd-bc93-6894a57f9324"'])('is none: %s', async (key) => {
    const answer = await ask(key, {
      path: '/segments/preview',
      body: { list: 'letter', filter: { all: [] } },
    })
    expect(answer.status).toBe(200)
  })

  it('is nobody’s business where nothing is done', async () => {
    expect((await ask('', { method: 'GET', path: '/lists' })).status).toBe(200)
  })
})

describe('a crash in the middle', () => {
  /** Makes the database refuse inserts into one table, as if it failed there. */
  async function refusing(table: string, during: () => Promise<void>): Promise<void> {
    await house.owner.unsafe(`
      create function refuse_${table}() returns trigger language plpgsql as $$ begin raise 'gone'; end $$;
      create trigger refuse before insert on ${table} execute function refuse_${table}()`)
    await during()
    await house.owner.unsafe(`drop trigger refuse on ${table}; drop function refuse_${table}()`)
  }

  it.each(['audit_log', 'idempotency_keys'])(
    'loses the act and its answer together, so that a repeat does it once: at %s',
    async (table) => {
      const body = list(`crash-${table.slice(0, 5)}`)
      const before = await contentsOf(house.owner)
      await refusing(table, async () => {
        expect((await ask(table, { body })).status).toBe(500)
        expect((await ask(table, { body })).status).toBe(500)
      })
      expect(await contentsOf(house.owner)).toEqual(before)
      const repeat = await ask(table, { body })
      expect([repeat.status, repeat.replayed]).toEqual([201, null])
      expect((await ask(table, { body })).replayed).toBe('true')
    },
  )
})

describe("a campaign's test, whose mail cannot be taken back", () => {
  let path: string
  const body = { to: 'news@brand.example' }
  const tests = async (): Promise<number> => (await house.mailsTo('news@brand.example')).length

  beforeAll(async () => {
    path = `/campaigns/${(await house.makeCampaign(letter)).id}/test`
  })

  it('goes once; a repeat on the way is told so', async () => {
    let asked: Awaited<ReturnType<typeof ask>> | null = null
    onTheWay = async () => {
      onTheWay = async () => {}
      asked = await ask('test', { path, body })
    }
    const first = await ask('test', { path, body })
    const second = await ask('test', { path, body })
    expect(first.status).toBe(202)
    expect(asked).toMatchObject({ status: 409, retryAfter: '1' })
    expect(second).toEqual({ ...first, replayed: 'true' })
    expect(await tests()).toBe(1)
  })

  it('may be tried again when it failed', async () => {
    onTheWay = async () => {
      onTheWay = async () => {}
      throw new Error('a bug')
    }
    expect((await ask('failed', { path, body })).status).toBe(500)
    expect((await ask('failed', { path, body })).status).toBe(202)
    expect(await tests()).toBe(2)
  })

  it('may be tried again five minutes after its process was lost', async () => {
    const begun = Promise.withResolvers<void>()
    const lost = Promise.withResolvers<never>()
    onTheWay = () => {
      begun.resolve()
      return lost.promise
    }
    const first = ask('lost', { path, body })
    await begun.promise
    expect(await house.owner`select 1 from idempotency_keys where status = 102`).toHaveLength(1)
    onTheWay = async () => {}
    house.later({ minutes: 4 })
    expect((await ask('lost', { path, body })).status).toBe(409)
    house.later({ minutes: 1 })
    expect((await ask('lost', { path, body })).status).toBe(202)
    lost.reject(new Error('gone'))
    expect((await first).status).toBe(500)
    expect((await ask('lost', { path, body })).replayed).toBe('true')
  })
})
