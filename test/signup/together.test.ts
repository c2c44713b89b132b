// shell · concurrent sign-ups are written together, and each gets its own answer. I4: nobody is lost
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList
beforeAll(async () => {
  house = await openTestApp({ connections: 4 })
  list = await house.makeList()
})
afterAll(() => house.close())
beforeEach(() => house.owner`truncate signup_requests, open_requests`)

const crowd = Array.from({ length: 20 }, (_, at) => `person.${at}@example.pl`)

/** The status of each sign-up, in the given order. */
const statuses = async (emails: readonly string[], localeOf = (_: string) => 'en'): Promise<number[]> =>
  (await Promise.all(emails.map((email) => house.signUp(list, email, { locale: localeOf(email) })))).map(
    ({ status }) => status,
  )

async function kept(): Promise<{ rows: number; transactions: number }> {
  const [row] = await house.owner<{ rows: number; transactions: number }[]>`
    select count(*)::int as rows, count(distinct xmin::text)::int as transactions from signup_requests`
  return row ?? { rows: 0, transactions: 0 }
}

/** Replaces the database's handling of each row until the act is over. */
async function whileRowsMeet(body: string, act: () => Promise<void>): Promise<void> {
  const { owner } = house
  await owner.unsafe(`
    create function meet() returns trigger language plpgsql as $$ begin ${body} return new; end $$;
    create trigger meet before insert on signup_requests for each row execute function meet()`)
  await act().finally(() => owner.unsafe('drop trigger meet on signup_requests; drop function meet()'))
}

describe('sign-ups of one moment', () => {
  it('are written by a few statements, and every one of them is there when it is answered', async () => {
    expect(await statuses(crowd)).toEqual(crowd.map(() => 303))
    const { rows, transactions } = await kept()
    expect(rows).toBe(crowd.length)
    expect(transactions).toBeLessThan(crowd.length / 2)
  })

  it('are each processed as what that person sent', async () => {
    await statuses(crowd, (email) => (email.startsWith('person.1') ? 'pl' : 'sv'))
    await house.rest()
    const locales = await Promise.all(
      crowd.map(async (email) => {
        const [mail] = await house.mailsTo(email)
        return mail?.subject.startsWith('Potwierdź') ? 'pl' : 'sv'
      }),
    )
    expect(locales).toEqual(crowd.map((email) => (email.startsWith('person.1') ? 'pl' : 'sv')))
  })

  it('do not fail for one among them that the database refuses', async () => {
    await whileRowsMeet(`if new.locale = 'ru' then raise check_violation; end if;`, async () => {
      const answers = await statuses(crowd, (email) => (email === crowd[7] ? 'ru' : 'en'))
      expect(answers).toEqual(crowd.map((email) => (email === crowd[7] ? 500 : 303)))
    })
    expect((await kept()).rows).toBe(crowd.length - 1)
  })

  it('all fail where the database ends the connection in the middle, and nothing is kept', async () => {
    const ending = `if new.locale = 'ru' then perform pg_terminate_backend(pg_backend_pid()); end if;`
    await whileRowsMeet(ending, async () => {
      expect(await statuses(crowd, () => 'ru')).toEqual(crowd.map(() => 503))
    })
    expect(await kept()).toEqual({ rows: 0, transactions: 0 })
    expect(await statuses(crowd)).toEqual(crowd.map(() => 303))
    expect((await kept()).rows).toBe(crowd.length)
  })
})
