// shell · the database's own refusals, whatever the application's role sends with its own credentials. I1, I2
import { createHash, randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { withdraw } from '../../src/consent/withdraw.ts'
import { act, type LeafValues, leafHash, type NextLeaf, nextLeaf } from '../support/acts.ts'
import { openTestApp, type SubscriptionRow, type TestApp, type TestList } from '../support/test-app.ts'

/** insufficient_privilege: a missing grant, or one of our triggers. */
const notAllowed = '42501'
/** check_violation: the ledger's trigger found the leaf invalid. */
const notALeaf = '23514'

let house: TestApp
let list: TestList
let elsewhere: TestList
let reader: SubscriptionRow
let friend: SubscriptionRow

beforeAll(async () => {
  house = await openTestApp()
  list = await house.makeList()
  elsewhere = await house.makeList({ slug: 'elsewhere' })
  ;[reader] = await house.subscribe(list, ['reader@example.pl'], { purposes: ['clicks'] })
  ;[friend] = await house.subscribe(list, ['friend@example.pl'])
})
afterEach(() => house.app`update campaigns set state = 'cancelled' where state = 'freezing'`)
afterAll(() => house.close())

/** Returns all of consent and its gate as one text. */
async function everything(): Promise<string> {
  const [row] = await house.owner<{ all: string }[]>`
    select jsonb_build_object(
      'subscriptions', (select jsonb_agg(to_jsonb(s) order by s.id) from subscriptions as s),
      'events', (select jsonb_agg(to_jsonb(e) order by e.eid) from consent_events as e),
      'recipients', (select jsonb_agg(to_jsonb(r) order by r.campaign, r.subscriber) from recipients as r),
      'messages', (select jsonb_agg(to_jsonb(m) order by m.id) from messages as m),
      'campaigns', (select jsonb_agg(to_jsonb(c) order by c.number) from campaigns as c),
      'batches', (select jsonb_agg(to_jsonb(b) order by b.campaign, b.batch_no) from batches as b),
      'triggers', (select jsonb_agg(jsonb_build_array(tgrelid::regclass, tgname, tgenabled) order by oid)
        from pg_trigger where not tgisinternal),
      'functions', (select jsonb_agg(jsonb_build_array(oid::regprocedure, pg_get_functiondef(oid)) order by oid)
        from pg_proc where pronamespace = 'public'::regnamespace)
    )::text as all`
  return row?.all ?? ''
}

/** Expects this SQLSTATE, with consent and its gate unchanged. */
async function refused(code: string, attempt: () => Promise<unknown>): Promise<void> {
  const before = await everything()
  await expect(attempt()).rejects.toMatchObject({ name: 'PostgresError', code })
  expect(await everything()).toBe(before)
}

class Undone extends Error {}

/** Checks that the database would accept the statement, and rolls it back. */
async function taken(client: postgres.Sql, attempt: (tx: postgres.TransactionSql) => Promise<unknown>) {
  const outcome = client.begin(async (tx) => {
    await attempt(tx)
    throw new Undone()
  })
  await expect(outcome).rejects.toBeInstanceOf(Undone)
}

const asRecipients = (
  sql: postgres.Sql | postgres.TransactionSql,
  campaign: number,
  people: readonly SubscriptionRow[],
) =>
  sql`insert into recipients ${sql(
    people.map(({ subscriber, seq }) => ({ campaign, batch_no: 0, subscriber, consent_seq: seq })),
  )}`

const asMessage = (
  sql: postgres.Sql | postgres.TransactionSql,
  subscription: number,
  purpose = 'newsletter',
) =>
  sql`insert into messages (subscription, purpose, kind, created_at)
    values (${subscription}, ${purpose}, 'sequence', now())`

/** A campaign that takes recipients now, for one test: no heartbeat may run meanwhile. */
async function freezing(purpose = 'newsletter'): Promise<number> {
  const [made] = await house.app<{ number: number }[]>`
    insert into campaigns (id, list, purpose, subject, content, filter, created_at, updated_at)
    values (${randomUUID()}, ${list.number}, ${purpose}, 'June', '{"format":"markdown","body":"June."}', '{"all":[]}',
      now(), now())
    returning number`
  await house.app`update campaigns set state = 'freezing' where number = ${made?.number ?? 0}`
  return made?.number ?? 0
}

/** Tries a refused person alone, and among others who pass the gate. */
async function refusedAtTheGate(person: SubscriptionRow): Promise<void> {
  const campaign = await freezing()
  await taken(house.app, (tx) => asRecipients(tx, campaign, [friend]))
  await refused(notAllowed, () => asRecipients(house.app, campaign, [person]))
  await refused(notAllowed, () => asRecipients(house.app, campaign, [friend, person]))
}

/** Adds a person to the list through the real routes. */
const join = async (email: string, purposes: readonly string[] = []): Promise<SubscriptionRow> =>
  (await house.subscribe(list, [email], { purposes }))[0]

const standingOf = async (email: string, of = list): Promise<SubscriptionRow> => {
  const found = await house.subscription(of, email)
  if (found === null) throw new Error('nobody has this address')
  return found
}

const leave = (subscription: number, purposes?: readonly string[]) =>
  withdraw(house.deps, {
    subscription,
    ...(purposes === undefined ? {} : { purposes }),
    channel: 'page',
    actor: { kind: 'subject' },
  })

describe('the application’s role', () => {
  it('is neither superuser nor owner, and cannot become one', async () => {
    const [who] = await house.app<{ role: string; super: boolean; owns: number; member: boolean }[]>`
      select current_user as role, rolsuper as super, pg_has_role('assent_owner', 'member') as member,
        (select count(*)::int from pg_class where relowner = r.oid) as owns
      from pg_roles as r where rolname = current_user`
    expect(who).toEqual({ role: 'assent_app', super: false, owns: 0, member: false })
    await refused(notAllowed, () => house.app`set role assent_owner`)
    await refused(notAllowed, () => house.app`grant assent_owner to assent_app`)
    await refused(notAllowed, () => house.app`alter role assent_app superuser`)
  })

  it.each([
    ['switch a trigger off', 'alter table recipients disable trigger recipients_gate'],
    ['switch all triggers off', 'alter table consent_events disable trigger all'],
    ['play a replica, whose triggers sleep', 'set session_replication_role = replica'],
    ['drop a trigger', 'drop trigger recipients_gate on recipients'],
    [
      'add a trigger',
      'create trigger mine before insert on recipients for each row execute function gate_recipients()',
    ],
    ['add a rule', 'create rule mine as on insert to recipients do instead nothing'],
    ['add a default', "alter table subscriptions alter column state set default 'active'"],
    ['drop the check of states', 'alter table subscriptions drop constraint subscriptions_state'],
    ['drop the gate', 'drop function gate_recipients() cascade'],
    ['drop the rule', 'drop function may_send(subscriptions, text, timestamptz) cascade'],
    [
      'replace the rule',
      'create or replace function may_send(subscription subscriptions, purpose text, at timestamptz) returns boolean language sql return true',
    ],
    [
      'replace the ledger’s trigger',
      "create or replace function record_consent_event() returns trigger language plpgsql as 'begin return null; end'",
    ],
    ['rename the ledger away', 'alter table consent_events rename to consent_events_old'],
    ['make a schema', 'create schema mine'],
    ['make a table in ours', 'create table public.mine (id int)'],
    ['make a temporary table', 'create temporary table subscriptions (id bigint)'],
    ['make a temporary view', 'create temporary view campaigns as select 1 as number'],
    [
      'make a temporary function',
      'create function pg_temp.may_send(subscriptions, text, timestamptz) returns boolean language sql return true',
    ],
    ['install an extension', 'create extension pgcrypto'],
    ['call a trigger function by hand', 'select drop_queued_messages()'],
  ])('cannot %s', async (_, statement) => {
    await refused(notAllowed, () => house.app.unsafe(statement))
  })
})

describe('somebody without a live grant (GDPR Art. 6(1)(a), ePrivacy Directive Art. 13(1); I1)', () => {
  /** Each case, with the acts that lead to it. */
  const people: readonly (readonly [who: string, become: (email: string) => Promise<void>])[] = [
    [
      'never confirmed',
      async (email) => {
        await house.signUp(list, email)
        await house.rest()
      },
    ],
    [
      'said “this was not me”',
      async (email) => {
        await house.signUp(list, email)
        await house.rest()
        await house.confirm(email, [['action', 'refuse']])
      },
    ],
    ['withdrew', async (email) => void (await leave((await join(email)).id))],
    [
      'withdrew the letter and kept the offers',
      async (email) => void (await leave((await join(email, ['offers'])).id, ['newsletter'])),
    ],
    [
      'asked for restriction (Art. 18)',
      async (email) => void (await act(house, (await join(email)).id, [{ type: 'processing.restricted' }])),
    ],
    [
      'objected (Art. 21(2))',
      async (email) =>
        void (await act(house, (await join(email)).id, [{ type: 'objection', purposes: ['newsletter'] }])),
    ],
    [
      'was erased (Art. 17)',
      async (email) => void (await act(house, (await join(email)).id, [{ type: 'subject.erased' }])),
    ],
    [
      'is suppressed',
      async (email) => {
        const { id } = await join(email)
        await house.app`update subscriptions set suppressed = true where id = ${id}`
      },
    ],
    [
      'is not to be mailed before tomorrow',
      async (email) => {
        const { id } = await join(email)
        await house.app`update subscriptions set not_before = now() + interval '1 day' where id = ${id}`
      },
    ],
    [
      'agreed for a time that is over',
      async (email) => {
        const { id } = await join(email)
        await house.owner`update subscriptions set sendable_until = now() where id = ${id}`
      },
    ],
  ]

  it.each(people)('who %s is no recipient, alone or in a crowd, and gets no message', async (who, become) => {
    const email = `${who.replaceAll(/[^a-z]+/gi, '-')}@example.pl`
    await become(email)
    const person = await standingOf(email)
    await refusedAtTheGate(person)
    await refused(notAllowed, () => asMessage(house.app, person.id))
  })

  it('is no recipient of a list they are not on, and nobody who does not exist is', async () => {
    await house.subscribe(elsewhere, ['elsewhere@example.pl'])
    await refusedAtTheGate(await standingOf('elsewhere@example.pl', elsewhere))
    await refusedAtTheGate({ ...reader, subscriber: 999_999 })
  })
})

describe('somebody with a live grant', () => {
  it('passes the gate', async () => {
    const campaign = await freezing()
    await taken(house.app, (tx) => asRecipients(tx, campaign, [reader]))
    await taken(house.app, (tx) => asMessage(tx, reader.id))
  })

  it('is no recipient on another consent than the one in force', async () => {
    await refusedAtTheGate({ ...reader, seq: reader.seq - 1 })
    await refusedAtTheGate({ ...reader, seq: reader.seq + 1 })
  })

  it('gets nothing for a purpose they did not agree to', async () => {
    const fan = await join('offers@example.pl', ['offers'])
    const campaign = await freezing('offers')
    await taken(house.app, (tx) => asRecipients(tx, campaign, [fan]))
    await refused(notAllowed, () => asRecipients(house.app, campaign, [fan, reader]))
    await refused(notAllowed, () => asMessage(house.app, reader.id, 'offers'))
    await refused(notAllowed, () => asMessage(house.app, reader.id, 'anything'))
  })

  it('gets no mail on their consent to being measured (GDPR recital 43: one purpose, one consent)', async () => {
    expect(reader.granted).toContain('clicks')
    const campaign = await freezing('clicks')
    await refused(notAllowed, () => asRecipients(house.app, campaign, [reader]))
    await refused(notAllowed, () => asMessage(house.app, reader.id, 'clicks'))
  })

  it('is written down once per campaign', async () => {
    const campaign = await freezing()
    await refused('23505', () => asRecipients(house.app, campaign, [reader, reader]))
  })

  it('is no recipient of a campaign that is a draft', async () => {
    const { number } = await house.makeCampaign(list)
    await refused(notAllowed, () => asRecipients(house.app, number, [reader]))
  })

  it.each(['sending', 'paused', 'sent', 'cancelled'])(
    'is no recipient of a campaign that is %s',
    async (state) => {
      const campaign = await freezing()
      await house.app`update campaigns set state = ${state} where number = ${campaign}`
      await refused(notAllowed, () => asRecipients(house.app, campaign, [reader]))
    },
  )
})

describe('a statement that would go round the gate', () => {
  let stranger: SubscriptionRow
  let campaign: number
  beforeAll(async () => {
    await house.signUp(list, 'stranger@example.pl')
    await house.rest()
    stranger = await standingOf('stranger@example.pl')
  })
  beforeEach(async () => {
    campaign = await freezing()
    await taken(house.app, (tx) => asRecipients(tx, campaign, [reader]))
  })

  it.each([
    ['on conflict', 'insert into recipients values ($1, 0, $2, $3) on conflict do nothing'],
    [
      'in a with clause',
      'with r as (insert into recipients values ($1, 0, $2, $3) returning 1) select * from r',
    ],
    [
      'as a merge',
      `merge into recipients as r using (values ($1::bigint, $2::bigint, $3::integer)) as v (c, s, q)
        on r.campaign = v.c and r.subscriber = v.s
        when not matched then insert values (v.c, 0, v.s, v.q)`,
    ],
  ])('is refused %s', async (_, statement) => {
    await refused(notAllowed, () =>
      house.app.unsafe(statement, [campaign, stranger.subscriber, stranger.seq]),
    )
  })

  it('is refused under any isolation, search path and role setting', async () => {
    for (const isolation of ['read committed', 'repeatable read', 'serializable'])
      await refused(notAllowed, () =>
        house.app.begin(`isolation level ${isolation}`, async (tx) => {
          await tx`set local search_path = pg_temp, pg_catalog, public`
          await tx`set local row_security = off`
          await tx`set constraints all deferred`
          await asRecipients(tx, campaign, [stranger])
        }),
      )
  })

  it('is refused even where somebody granted TEMP and CREATE by mistake: the gate looks in its own schema', async () => {
    const admin = postgres(house.database.adminUrl, { max: 1, onnotice: () => {} })
    const name = admin(new URL(house.database.adminUrl).pathname.slice(1))
    await admin`grant temporary, create on database ${name} to assent_app`
    try {
      await refused(notAllowed, () =>
        house.app.begin(async (tx) => {
          await tx`create temporary table subscriptions as
            select * from public.subscriptions where id = ${reader.id}`
          await tx`update subscriptions set subscriber = ${stranger.subscriber}, seq = ${stranger.seq}`
          await tx`create schema mine`
          await tx.unsafe(`create function mine.may_send(public.subscriptions, text, timestamptz) returns boolean
            language sql return true`)
          await tx.unsafe(`create function mine.gate_recipients() returns trigger
            language plpgsql as 'begin return null; end'`)
          await tx`set local search_path = pg_temp, mine, pg_catalog, public`
          await asRecipients(tx, campaign, [stranger])
        }),
      )
    } finally {
      await admin`revoke temporary, create on database ${name} from assent_app`
      await admin.end()
    }
  })
})

describe('the fold of the ledger', () => {
  const now = '2026-06-01T09:00:00Z'
  const columns = {
    state: 'active',
    granted: ['newsletter'],
    requested_at: now,
    confirmed_at: now,
    withdrawn_at: now,
    seq: 0,
    last_leaf: Buffer.alloc(32),
    restricted: true,
    sendable_until: now,
  }

  it.each(Object.entries(columns))('cannot be begun with %s set', async (column, value) => {
    const row = { subscriber: reader.subscriber, list: elsewhere.number, [column]: value }
    await refused(notAllowed, () => house.app`insert into subscriptions ${house.app(row)}`)
  })

  it.each([...Object.entries(columns), ['subscriber', 1], ['list', 1]] as const)(
    'cannot be moved by writing %s',
    async (column, value) => {
      await refused(notAllowed, () => house.app`update subscriptions set ${house.app({ [column]: value })}`)
    },
  )

  it('has a `sendable` that nobody writes, not even the owner', async () => {
    await refused('428C9', () => house.app`update subscriptions set sendable = true`)
    await refused('428C9', () => house.owner`update subscriptions set sendable = true`)
    await refused(
      '428C9',
      () => house.app`
      insert into subscriptions (subscriber, list, sendable) values (${reader.subscriber}, ${elsewhere.number}, true)`,
    )
  })

  it('cannot be taken away or emptied', async () => {
    await refused(notAllowed, () => house.app`delete from subscriptions`)
    await refused(notAllowed, () => house.app`truncate subscriptions cascade`)
    await refused(
      notAllowed,
      () => house.app`
      insert into subscriptions (subscriber, list) values (${reader.subscriber}, ${list.number})
      on conflict (subscriber, list) do update set state = 'active'`,
    )
  })

  it('lets the application stop mail, and start again only what the ledger grants', async () => {
    await house.signUp(list, 'silent@example.pl')
    await house.rest()
    await house.app`update subscriptions set suppressed = false, not_before = null`
    expect(await standingOf('silent@example.pl')).toMatchObject({ state: 'pending', sendable: false })
  })
})

describe('a row that was written', () => {
  it('of recipients never changes: not whom, not which campaign, not by which consent', async () => {
    await asRecipients(house.app, await freezing(), [reader])
    for (const change of ['subscriber = 1', 'campaign = 1', 'batch_no = 7', 'consent_seq = 0'])
      await refused(notAllowed, () => house.app.unsafe(`update recipients set ${change}`))
    await refused(notAllowed, () => house.app`delete from recipients`)
    await refused(notAllowed, () => house.app`truncate recipients`)
  })

  it('of messages keeps its kind, its person and its purpose', async () => {
    await asMessage(house.app, reader.id)
    for (const change of [
      "kind = 'sequence'",
      'subscription = 1',
      "purpose = 'offers'",
      'created_at = now()',
    ])
      await refused(notAllowed, () => house.app.unsafe(`update messages set ${change}`))
    await refused(notAllowed, () => house.app`delete from messages`)
    await refused(
      '23514',
      () => house.app`
      insert into messages (subscription, purpose, kind, created_at) values (${reader.id}, 'newsletter', 'advert', now())`,
    )
    await house.owner`delete from messages`
  })

  it('of batches keeps its key: a repeat is the same request', async () => {
    await refused(notAllowed, () => house.app`update batches set idempotency_key = gen_random_uuid()`)
    await refused(notAllowed, () => house.app`update batches set size = 0`)
    await refused(notAllowed, () => house.app`delete from batches`)
  })

  it('of notices, audit and keys stays as it was', async () => {
    for (const statement of [
      "update notices set bundle = '{}'",
      'delete from notices',
      'delete from audit_log',
      "update audit_log set verb = 'nothing'",
      'delete from keys.vault_keys',
      "update purposes set kind = 'mail'",
      "update service_mails set kind = 'already_subscribed'",
    ])
      await refused(notAllowed, () => house.app.unsafe(statement))
  })
})

describe('a campaign that was launched', () => {
  let campaign: number
  beforeEach(async () => {
    campaign = await freezing()
  })

  it.each([
    ['its purpose', "purpose = 'offers'"],
    ['its subject', "subject = 'Something else'"],
    ['its preheader', "preheader = 'Something else'"],
    ['its content', `content = '{"format":"markdown","body":"Something else"}'`],
    ['its segment', 'segment = gen_random_uuid()'],
    ['its filter', `filter = '{"any":[]}'`],
    ['its list', 'list = 2'],
    ['its id', 'id = gen_random_uuid()'],
    ['its measuring', "tracking = 'individual'"],
    ['its state, back to a draft', "state = 'draft'"],
    ['its state, back to a plan', "state = 'scheduled'"],
  ])('keeps %s', async (_, change) => {
    await refused(notAllowed, () =>
      house.app.unsafe(`update campaigns set ${change} where number = ${campaign}`),
    )
  })

  it('is not frozen a second time, nor made in the middle of its life, nor taken away', async () => {
    const number = await freezing()
    await house.app`update campaigns set state = 'sending', frozen_at = now() where number = ${number}`
    await refused(
      notAllowed,
      () => house.app`update campaigns set state = 'freezing' where number = ${number}`,
    )
    await refused(notAllowed, () => house.app`update campaigns set frozen_at = null where number = ${number}`)
    await house.app`update campaigns set state = 'paused' where number = ${number}`
    await refused(
      notAllowed,
      () => house.app`update campaigns set state = 'freezing' where number = ${number}`,
    )
    for (const state of ['freezing', 'sending', 'sent'])
      await refused(
        notAllowed,
        () => house.app`
        insert into campaigns (id, list, purpose, subject, content, state, created_at, updated_at)
        values (${randomUUID()}, ${list.number}, 'newsletter', 'Now', '{}', ${state}, now(), now())`,
      )
    await refused(notAllowed, () => house.app`delete from campaigns where number = ${number}`)
  })
})

describe('a message that waits for somebody', () => {
  const waiting = async (subscription: number): Promise<readonly string[]> =>
    (
      await house.owner<{ purpose: string }[]>`
        select purpose from messages where subscription = ${subscription} and state = 'queued' order by purpose`
    ).map(({ purpose }) => purpose)

  it('is gone in the very transaction in which they withdraw (Art. 7(3))', async () => {
    const { id } = await join('waits@example.pl')
    await asMessage(house.app, id)
    const leaf = await nextLeaf(house, id, { type: 'consent.withdrawn', purposes: ['newsletter'] })
    await taken(house.app, async (tx) => {
      await write(tx, leaf)
      expect(await tx`select from messages where subscription = ${id}`).toHaveLength(0)
    })
    expect(await waiting(id), 'the withdrawal was undone').toEqual(['newsletter'])
    await leave(id)
    expect(await waiting(id)).toEqual([])
  })

  it('stays where it goes out for a purpose they keep', async () => {
    const { id } = await join('keeps@example.pl', ['offers'])
    await asMessage(house.app, id, 'newsletter')
    await asMessage(house.app, id, 'offers')
    await leave(id, ['newsletter'])
    expect(await waiting(id)).toEqual(['offers'])
  })

  it('is gone once they are suppressed or restricted, and what was sent stays written down', async () => {
    const { id } = await join('bounces@example.pl')
    await asMessage(house.app, id)
    await house.app`update messages set state = 'sent' where subscription = ${id}`
    await asMessage(house.app, id)
    await house.app`update subscriptions set suppressed = true where id = ${id}`
    expect(await waiting(id)).toEqual([])
    expect(
      await house.owner`select from messages where subscription = ${id} and state = 'sent'`,
    ).toHaveLength(1)
    const other = await join('restricted@example.pl')
    await asMessage(house.app, other.id)
    await act(house, other.id, [{ type: 'processing.restricted' }])
    expect(await waiting(other.id)).toEqual([])
  })
})

describe('a message that comes back, written by somebody who has the application’s password', () => {
  /** Every way in which a state can become one that goes out, from every state it can have. */
  const ways = ['queued', 'posting', 'sent', 'rejected', 'unknown'].flatMap((from) =>
    ['queued', 'posting'].map((to) => [from, to] as const),
  )
  const statementOf = (to: string, subscription: number): string =>
    `update messages set state = '${to}' where subscription = ${subscription}`
  const withoutGrant: readonly (readonly [string, (id: number) => Promise<unknown>])[] = [
    [
      'who may be mailed on another day',
      (id) => house.app`
      update subscriptions set not_before = now() + interval '1 day' where id = ${id}`,
    ],
    [
      'whose consent ran out',
      (id) => house.owner`
      update subscriptions set sendable_until = now() where id = ${id}`,
    ],
  ]

  it.each(ways)('goes from %s to %s with a live grant, and never after the withdrawal', async (from, to) => {
    const { id } = await join(`${from}-${to}@example.pl`)
    await asMessage(house.app, id)
    await house.app.unsafe(`update messages set state = '${from}' where subscription = ${id}`)
    await taken(house.app, (tx) => tx.unsafe(statementOf(to, id)))
    await leave(id)
    const before = await everything()
    const outcome = await house.app.unsafe(statementOf(to, id)).then(
      (rows) => rows.count,
      (error: unknown) => (error instanceof postgres.PostgresError ? error.code : error),
    )
    // Nothing is left of what was still to go out; what was settled is refused.
    expect(outcome).toBe(['queued', 'posting'].includes(from) ? 0 : notAllowed)
    expect(await everything()).toBe(before)
  })

  it.each(withoutGrant)('is refused for somebody %s', async (who, become) => {
    const { id } = await join(`${who.replaceAll(/[^a-z]+/gi, '-')}.again@example.pl`)
    await asMessage(house.app, id)
    await become(id)
    for (const to of ['queued', 'posting'])
      await refused(notAllowed, () => house.app.unsafe(statementOf(to, id)))
    await taken(house.app, (tx) =>
      tx.unsafe(`update messages set state = 'rejected' where subscription = ${id}`),
    )
  })

  it('is refused among others who may be mailed, and by every kind of statement', async () => {
    const [stays, goes] = [await join('stays.here@example.pl'), await join('goes.away@example.pl')]
    for (const { id } of [stays, goes]) await asMessage(house.app, id)
    await house.app`update messages set state = 'sent' where subscription in (${stays.id}, ${goes.id})`
    await leave(goes.id)
    const which = `subscription in (${stays.id}, ${goes.id})`
    for (const statement of [
      `update messages set state = 'queued' where ${which}`,
      `with m as (update messages set state = 'queued' where ${which} returning 1) select * from m`,
      `merge into messages as m using (select id from messages where ${which}) as v on m.id = v.id
        when matched then update set state = 'queued'`,
    ])
      await refused(notAllowed, () => house.app.unsafe(statement))
  })

  it('waits for a withdrawal that is under way, and is refused then', async () => {
    const { id } = await join('at.once@example.pl')
    await asMessage(house.app, id)
    await house.app`update messages set state = 'sent' where subscription = ${id}`
    const leaf = await nextLeaf(house, id, { type: 'consent.withdrawn', purposes: ['newsletter'] })
    let again: Promise<unknown> = Promise.resolve()
    await house.app.begin(async (tx) => {
      await write(tx, leaf)
      let isAnswered = false
      again = house.app
        .unsafe(statementOf('queued', id))
        .catch((error: unknown) => error)
        .finally(() => {
          isAnswered = true
        })
      while (!isAnswered && !(await isAnyWaiting(house)));
    })
    expect(await again).toMatchObject({ code: notAllowed })
  })
})

/** Whether a connection waits for a lock of another one. */
async function isAnyWaiting(of: TestApp): Promise<boolean> {
  const rows = await of.owner`
    select from pg_locks where not granted and pid in (select pid from pg_stat_activity where datname = current_database())`
  return rows.length > 0
}

describe('what a person said against mail', () => {
  const suppression = async (reason: string): Promise<string> => {
    const id = randomUUID()
    await house.app`insert into suppressions (id, hash, scope, reason, since)
      values (${id}, ${Buffer.from(id)}, 'all', ${reason}, now())`
    return id
  }

  it.each(['complaint', 'erasure', 'block_me'])(
    'is not deleted where it is a suppression by %s',
    async (reason) => {
      const id = await suppression(reason)
      await refused(notAllowed, () => house.app`delete from suppressions where id = ${id}`)
      await refused(notAllowed, () => house.app`delete from suppressions`)
      expect(await house.owner`select from suppressions where id = ${id}`).toHaveLength(1)
    },
  )

  it.each(['operator', 'bounce'])('is lifted where it is a suppression by %s', async (reason) => {
    const id = await suppression(reason)
    expect((await house.app`delete from suppressions where id = ${id}`).count).toBe(1)
  })

  it('is not unmade where it is a complaint about a mail, and its earliest report stays', async () => {
    await house.app`insert into deliveries (campaign, subscriber, complained_at) values (1, ${reader.subscriber}, now())`
    await house.app`insert into service_mails (id, kind, request, locale, created_at, complained_at)
      values (${randomUUID()}, 'confirmation', ${randomUUID()}, 'pl', now(), now())`
    for (const table of ['deliveries', 'service_mails']) {
      for (const value of ['null', "complained_at + interval '1 second'"])
        await refused(notAllowed, () =>
          house.app.unsafe(`update ${table} set complained_at = ${value} where complained_at is not null`),
        )
      await taken(house.app, (tx) =>
        tx.unsafe(
          `update ${table} set complained_at = complained_at - interval '1 second', delivered_at = now()`,
        ),
      )
    }
    await house.owner`delete from service_mails where complained_at is not null`
    await house.owner`delete from deliveries`
  })
})

describe('large objects, which no table holds', () => {
  it.each(['lo_creat(-1)', 'lo_create(0)', "lo_from_bytea(0, 'x')", "lo_import('/etc/hostname')"])(
    'are not made by %s',
    async (call) => {
      await refused(notAllowed, () => house.app.unsafe(`select ${call}`))
    },
  )
})

describe('the ledger (I2)', () => {
  it.each(['app', 'owner'] as const)('cannot be changed, cut or emptied by the %s', async (role) => {
    const sql = house[role]
    await refused(notAllowed, () => sql`update consent_events set seq = seq`)
    await refused(notAllowed, () => sql`update consent_events set leaf = '' where seq = 0`)
    await refused(notAllowed, () => sql`delete from consent_events where seq > 0`)
    await refused(notAllowed, () => sql`truncate consent_events cascade`)
    await refused(notAllowed, () => sql`truncate subscriptions cascade`)
    await refused(
      notAllowed,
      () => sql`
      insert into consent_events select * from consent_events
      on conflict (eid) do update set seq = 7`,
    )
  })

  it('takes the leaf that honestly follows', async () => {
    await taken(house.app, async (tx) => write(tx, await withdrawal()))
  })

  /** Each changes one thing in a valid withdrawal of `clicks`. */
  const forgeries: readonly (readonly [what: string, code: string, forge: (honest: NextLeaf) => Forged])[] = [
    ['keys in another order', notALeaf, (honest) => text(honest, reversed(honest.values))],
    [
      'a key twice',
      notALeaf,
      (honest) => text(honest, canonical(honest.values).replace('"v":1', '"v":1,"v":1')),
    ],
    [
      'a key twice, the first one lying',
      notALeaf,
      (honest) =>
        text(honest, canonical(honest.values).replace('"purposes"', '"purposes":["newsletter"],"purposes"')),
    ],
    ['one key more', notALeaf, (honest) => text(honest, canonical(honest.values).replace('}', ',"w":1}'))],
    ['one key less', notALeaf, (honest) => text(honest, canonical(honest.values).replace(',"v":1', ''))],
    ['a space', notALeaf, (honest) => text(honest, canonical(honest.values).replace(',"v"', ', "v"'))],
    ['a line end', notALeaf, (honest) => text(honest, `${canonical(honest.values)}\n`)],
    [
      'an escaped letter',
      notALeaf,
      (honest) => text(honest, canonical(honest.values).replace('consent', '\\u0063onsent')),
    ],
    ['another version', notALeaf, (honest) => values(honest, { v: 2 })],
    [
      'a number written otherwise',
      notALeaf,
      (honest) => text(honest, canonical(honest.values).replace('"v":1', '"v":1.0')),
    ],
    [
      'bytes that are not UTF-8',
      '22021',
      (honest) => text(honest, Buffer.from([...Buffer.from(canonical(honest.values)), 0xff])),
    ],
    ['a zero byte', '22021', (honest) => text(honest, `${canonical(honest.values)}\0`)],
    ['no JSON', '22P02', (honest) => text(honest, 'withdrawn')],
    [
      'the hash of another leaf',
      notALeaf,
      (honest) => ({ ...values(honest, {}), hash: leafHash(Buffer.from('another')) }),
    ],
    [
      'a hash without the zero that marks a leaf (RFC 6962, 2.1)',
      notALeaf,
      (honest) => ({ ...values(honest, {}), hash: plainHash(canonical(honest.values)) }),
    ],
    ['another event before it', notALeaf, (honest) => values(honest, { prev: name('another') })],
    ['no event before it', notALeaf, (honest) => values(honest, { prev: null })],
    ['a gap', notALeaf, (honest) => values(honest, { seq: honest.values.seq + 1 })],
    ['a place that is taken', '23505', (honest) => values(honest, { seq: honest.values.seq - 1 })],
    [
      'a row that says another place than the leaf',
      notALeaf,
      (honest) => ({ ...values(honest, {}), seq: honest.values.seq + 1 }),
    ],
    [
      'a row that says another event than the leaf',
      notALeaf,
      (honest) => ({ ...values(honest, {}), eid: randomUUID() }),
    ],
    [
      'an id that is none',
      notALeaf,
      (honest) => ({ ...values(honest, { eid: honest.values.eid.toUpperCase() }), eid: honest.values.eid }),
    ],
    ['another list', notALeaf, (honest) => values(honest, { list: elsewhere.id })],
    ['a list that is none', notALeaf, (honest) => values(honest, { list: 'letter' })],
    ['no list', notALeaf, (honest) => values(honest, { list: null })],
    ['another person', notALeaf, (honest) => values(honest, { sub: name('another') })],
    ['no person', notALeaf, (honest) => values(honest, { sub: null })],
    ['no evidence', notALeaf, (honest) => values(honest, { pay: null })],
    [
      'evidence named in a second spelling',
      notALeaf,
      (honest) => values(honest, { pay: respelt(honest.values.pay) }),
    ],
    ['a notice that nobody published', notALeaf, (honest) => values(honest, { notice: name('another') })],
    ['a purpose not granted', notALeaf, (honest) => values(honest, { purposes: ['offers'] })],
    ['purposes out of order', notALeaf, (honest) => values(honest, { purposes: ['newsletter', 'clicks'] })],
    ['a purpose twice', notALeaf, (honest) => values(honest, { purposes: ['clicks', 'clicks'] })],
    [
      'a purpose that is no key',
      notALeaf,
      (honest) => values(honest, { type: 'consent.confirmed', purposes: ['Clicks'] }),
    ],
    ['a purpose that is nothing', notALeaf, (honest) => values(honest, { purposes: [null] })],
    ['purposes that are one text', '22023', (honest) => values(honest, { purposes: 'clicks' })],
    ['no purposes', '22023', (honest) => values(honest, { purposes: null })],
    ['a time without milliseconds', notALeaf, (honest) => values(honest, { t: '2026-06-01T09:00:00Z' })],
    ['a time of another zone', notALeaf, (honest) => values(honest, { t: '2026-06-01T09:00:00.000+02:00' })],
    ['a day that is none', '22008', (honest) => values(honest, { t: '2026-02-31T09:00:00.000Z' })],
    ['an hour that is none', notALeaf, (honest) => values(honest, { t: '2026-06-01T24:00:00.000Z' })],
    ['a second that is none', notALeaf, (honest) => values(honest, { t: '2026-06-01T09:00:60.000Z' })],
    ['an act that nobody knows', notALeaf, (honest) => values(honest, { type: 'consent.given' })],
    ['an act of the deployment', notALeaf, (honest) => values(honest, { type: 'notice.published' })],
    [
      'an act that may not follow',
      notALeaf,
      (honest) => values(honest, { type: 'consent.refused', purposes: [] }),
    ],
    [
      'an import into a history (I9)',
      notALeaf,
      (honest) => values(honest, { type: 'consent.imported', purposes: ['offers'] }),
    ],
    [
      'an act on nobody',
      notALeaf,
      (honest) => ({ ...values(honest, { seq: 0, prev: null, sub: null, pay: null }), subscription: null }),
    ],
    [
      'a subscription that is not there',
      '23503',
      (honest) => ({ ...values(honest, {}), subscription: 999_999 }),
    ],
  ]

  it.each(forgeries)('refuses a leaf with %s', async (_, code, forge) => {
    const forged = forge(await withdrawal())
    await refused(code, () => write(house.app, forged))
  })

  it('refuses them from the owner too: it is a rule, not a privilege', async () => {
    const honest = await withdrawal()
    await refused(notALeaf, () => write(house.owner, values(honest, { prev: null })))
  })

  it('takes of many events all or none', async () => {
    const honest = await withdrawal()
    const end = leafHash(Buffer.from(canonical(honest.values))).toString('base64url')
    const after = (changes: Partial<LeafValues>): Forged =>
      values(honest, {
        eid: randomUUID(),
        seq: honest.values.seq + 1,
        prev: end,
        type: 'consent.confirmed',
        purposes: ['clicks', 'offers'],
        ...changes,
      })
    await taken(house.app, (tx) => write(tx, honest, after({})))
    await refused(notALeaf, () => write(house.app, honest, after({ prev: honest.values.prev })))
    await refused(notALeaf, () => write(house.app, after({}), honest))
  })

  it('lets nobody be brought back by an event of the application’s own making (I9)', async () => {
    const { id } = await join('gone@example.pl')
    await leave(id)
    for (const type of ['consent.confirmed', 'consent.renewed', 'consent.imported']) {
      const leaf = await nextLeaf(house, id, { type, purposes: ['newsletter'] })
      await refused(notALeaf, () => write(house.app, leaf))
    }
  })

  it.each([
    ['be confirmed', 'consent.confirmed', ['newsletter'], notALeaf],
    ['renew', 'consent.renewed', ['newsletter'], notALeaf],
    ['be imported', 'consent.imported', ['newsletter'], notAllowed],
    ['be imported for being measured alone', 'consent.imported', ['clicks'], notAllowed],
    ['be imported with nothing', 'consent.imported', [], notAllowed],
  ])('lets nobody who never asked %s', async (_, type, purposes, code) => {
    const [made] = await house.app<{ id: number }[]>`
      insert into subscriptions (subscriber, list) values (${reader.subscriber}, ${elsewhere.number})
      on conflict (subscriber, list) do update set suppressed = false returning id`
    const honest = await withdrawal()
    const first = {
      ...values(honest, { list: elsewhere.id, seq: 0, prev: null, type, purposes }),
      subscription: made?.id ?? 0,
    }
    await refused(code, () => write(house.app, first))
    if (code === notAllowed) await taken(house.owner, (tx) => write(tx, first))
  })
})

/** A leaf to insert, valid or forged; columns not given follow from the leaf. */
interface Forged {
  readonly leaf: Buffer
  readonly eid: string
  readonly subscription: number | null
  readonly seq: number
  readonly hash?: Buffer
}

const withdrawal = (): Promise<NextLeaf> =>
  nextLeaf(house, reader.id, { type: 'consent.withdrawn', purposes: ['clicks'] })

/** LeafValues lists its keys in canonical order. */
const canonical = (leaf: LeafValues): string => JSON.stringify(leaf)

const reversed = (leaf: LeafValues): string =>
  JSON.stringify(Object.fromEntries(Object.entries(leaf).reverse()))

const text = ({ values: { eid, seq }, subscription }: NextLeaf, leaf: string | Buffer): Forged => ({
  leaf: Buffer.from(leaf),
  eid,
  seq,
  subscription,
})

const values = (honest: NextLeaf, changes: Partial<LeafValues>): Forged => {
  const changed = { ...honest.values, ...changes }
  return { ...text(honest, canonical(changed)), eid: changed.eid, seq: changed.seq }
}

const name = (of: string): string => leafHash(Buffer.from(of)).toString('base64url')

const plainHash = (of: string): Buffer => createHash('sha256').update(of).digest()

/** The same 32 octets with a spare bit set in their last letter (RFC 4648, 3.5). */
const respelt = (spelt: string | null): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = alphabet.indexOf((spelt ?? '').slice(-1))
  return `${(spelt ?? '').slice(0, -1)}${alphabet[last + 1]}`
}

function write(sql: postgres.Sql | postgres.TransactionSql, ...leaves: readonly (Forged | NextLeaf)[]) {
  const rows = leaves
    .map((one) => ('values' in one ? values(one, {}) : one))
    .map(({ leaf, eid, subscription, seq, hash = leafHash(leaf) }) => ({
      eid,
      subscription,
      seq,
      leaf,
      leaf_hash: hash,
    }))
  return sql`insert into consent_events ${sql(rows)}`
}
