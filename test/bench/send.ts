// npm run bench send: the sender end to end against bare loops that render and post the same mails; and its write-ahead log.
import { fork } from 'node:child_process'
import path from 'node:path'
import { campaignByNumber } from '../../src/campaigns/find.ts'
import { type Addressee, renderMail, renderMailSlow } from '../../src/campaigns/render.ts'
import { compile } from '../../src/delivery/compile.ts'
import { sendBatch } from '../../src/delivery/send.ts'
import { resendMailer } from '../../src/mail/resend.ts'
import { sealField } from '../../src/platform/vault/fields.ts'
import { referenceToken, tagToken } from '../../src/platform/vault/tokens.ts'
import { type BenchHouse, openBenchHouse } from './house.ts'
import { atLeast, interleaved, type Ratio } from './measure.ts'

const people = 50_000
const rounds = 5
const perRound = people / rounds
const batchMost = 100
/** Requests under way at once, the same on every arm. */
const lanes = 4

export async function benchSend(): Promise<readonly Ratio[]> {
  const sink = await startSink()
  const mailerOptions = { apiKey: 'bench', baseUrl: sink.url, timeoutMs: 30_000, smtpUtf8: false }
  const house = await openBenchHouse(() => resendMailer(mailerOptions))
  try {
    await seed(house)
    const first = await startCampaign(house)
    const campaign = await campaignByNumber(house.deps.db, first)
    if (campaign === null) throw new Error('no campaign')
    const compiled = compile(house.deps, campaign, house.list)
    const mailer = resendMailer(mailerOptions)
    const addressees = Array.from({ length: perRound }, (_, at) => addressee(house, at + 1, first))
    const bytes = renderMail(compiled, addressees[0] ?? addressee(house, 1, first)).length

    const loop = (post: (batch: readonly Addressee[], key: string) => Promise<unknown>) => async () => {
      let next = 0
      await Promise.all(
        Array.from({ length: lanes }, async () => {
          for (let at = next; at < perRound; at = next) {
            next += batchMost
            await post(addressees.slice(at, at + batchMost), crypto.randomUUID())
          }
        }),
      )
      return perRound
    }
    const wal = await walOf(house)
    const rates = await interleaved(
      {
        // Arm 1: slot, claim, permission, decryption, rendering, posting, marking.
        ours: () => sendSome(house, perRound / batchMost),
        // Arm 2: nothing but rendering and posting the same bytes.
        bare: loop((batch, key) =>
          mailer.send(
            batch.map((one) => renderMail(compiled, one)),
            key,
          ),
        ),
        // Arm 3: what one would write first: render each part, build objects, JSON.stringify, fetch.
        naive: loop(async (batch, key) => {
          const mails: unknown[] = batch.map((one) => JSON.parse(renderMailSlow(compiled, one)))
          const response = await fetch(`${sink.url}/emails/batch`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'idempotency-key': key },
            body: JSON.stringify(mails),
          })
          await response.json()
        }),
      },
      rounds,
    )
    const logged = await wal()
    await house.admin`alter system set full_page_writes = off`
    await house.admin`select pg_reload_conf()`
    await startCampaign(house)
    const bareWal = await walOf(house)
    await sendSome(house, people / batchMost)
    const withoutImages = await bareWal()
    process.stderr.write(`one mail: ${bytes} bytes of JSON\n`)
    return [
      atLeast({
        name: 'sender / bare render and post',
        ours: rates.ours,
        theirs: rates.bare,
        unit: 'mails/s',
        goal: 0.8,
      }),
      atLeast({
        name: 'sender / naive JSON.stringify loop',
        ours: rates.ours,
        theirs: rates.naive,
        unit: 'mails/s',
        goal: 1.5,
      }),
      {
        name: 'write-ahead log per recipient (with page images)',
        ours: withoutImages / people,
        theirs: logged / people,
        unit: 'bytes',
        ratio: withoutImages / logged,
        goal: '<= 40 bytes',
        met: withoutImages / people <= 40,
      },
    ]
  } finally {
    await house.close()
    sink.stop()
  }
}

async function sendSome(house: BenchHouse, batches: number): Promise<number> {
  let left = batches
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (left > 0) {
        left -= 1
        if (!(await sendBatch(house.deps, true))) throw new Error('no batch was due')
      }
    }),
  )
  return batches * batchMost
}

/** Bytes of write-ahead log from here to the call of what is answered. */
async function walOf({ admin }: BenchHouse): Promise<() => Promise<number>> {
  await admin`checkpoint`
  const [before] = await admin<{ lsn: string }[]>`select pg_current_wal_insert_lsn()::text as lsn`
  return async () => {
    const [after] = await admin<{ bytes: number }[]>`
      select (pg_current_wal_insert_lsn() - ${before?.lsn ?? '0/0'}::pg_lsn)::float8 as bytes`
    return after?.bytes ?? 0
  }
}

/** The owner's side door: rows as sign-up and confirmation would leave them, with triggers off. */
async function seed({ deps, admin, list }: BenchHouse): Promise<void> {
  for (let from = 1; from <= people; from += 5000) {
    const rows = Array.from({ length: Math.min(5000, people - from + 1) }, (_, at) => {
      const uid = deps.ids()
      const seal = (field: string, value: string) =>
        sealField(deps.vault, deps.chance(12), { uid, field }, value)
      return {
        id: from + at,
        uid,
        address: Buffer.from(seal('address', addressOf(from + at))).toString('hex'),
        attributes: { first_name: Buffer.from(seal('first_name', 'Małgorzata')).toString('base64') },
      }
    })
    await admin.begin(async (tx) => {
      await tx`set local session_replication_role = replica`
      await tx`
        insert into subscribers (id, uid, address_index, address, locale, attributes, mailbox_provider, created_at)
        overriding system value
        select id, uid, sha256(uid::text::bytea), decode(address, 'hex'), 'en', attributes, 'other', now()
        from jsonb_to_recordset(${tx.json(rows)}) as r (id bigint, uid uuid, address text, attributes jsonb)`
      await tx`
        insert into subscriptions (id, subscriber, list, state, granted, seq, confirmed_at)
        overriding system value
        select id, id, ${list.number}, 'active', '{newsletter}', 1, now()
        from generate_series(${from}::bigint, ${from + rows.length - 1}::bigint) as id`
    })
  }
  await admin`vacuum analyze`
}

const addressOf = (id: number): string => `person.${id}+news@example.pl`

const addressee = ({ deps }: BenchHouse, id: number, campaign: number): Addressee => {
  const reference = { subscription: id, campaign }
  return {
    to: addressOf(id),
    locale: 'en',
    subscriber: { email: addressOf(id), first_name: 'Małgorzata' },
    unsubscribeUrl: `${deps.config.publicUrl}/u/${referenceToken(deps.vault, 'unsub', reference)}`,
    preferencesUrl: `${deps.config.publicUrl}/p/${referenceToken(deps.vault, 'pref', reference)}`,
    agreedOn: '22 November 2026',
    tag: tagToken(deps.vault, { kind: 'campaign', ...reference }),
  }
}

const paragraph =
  'In June the beds are full, and what was sown in April wants room. **Thin the carrots** while the soil is wet, tie the beans, and [read on](https://brand.example/june).\n\n'
const body = `# June\n\nDear {{ subscriber.first_name | default: "reader" }},\n\n${paragraph.repeat(66)}Yours, {{ list.name }}`

/** A campaign frozen to everybody, ready to be sent. */
async function startCampaign({ deps, admin, list }: BenchHouse): Promise<number> {
  return admin.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    const [row] = await tx<{ number: string }[]>`
      insert into campaigns (id, list, purpose, subject, content, state, created_at, updated_at, frozen_at)
      values (${deps.ids()}, ${list.number}, 'newsletter', 'June, {{ subscriber.first_name }}',
        ${tx.json({ format: 'markdown', body })}, 'sending', now(), now(), now())
      returning number`
    const campaign = Number(row?.number)
    await tx`
      insert into recipients (campaign, batch_no, subscriber, consent_seq)
      select ${campaign}::bigint, (id - 1) / ${batchMost}, id, 1 from generate_series(1, ${people}::bigint) as id`
    await tx`
      insert into batches (campaign, batch_no, size)
      select ${campaign}::bigint, n, ${batchMost} from generate_series(0, ${people / batchMost - 1}::int) as n`
    return campaign
  })
}

function startSink(): Promise<{ url: string; stop: () => void }> {
  const child = fork(path.resolve('test/bench/sink.mjs'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('message', (message) => {
      const port =
        typeof message === 'object' && message !== null && 'port' in message ? Number(message.port) : 0
      resolve({ url: `http://127.0.0.1:${port}`, stop: () => void child.kill() })
    })
  })
}
