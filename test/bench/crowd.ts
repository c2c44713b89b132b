// adapter · a bench list of up to a million people: rows as sign-up and confirmation leave them, inserted by the owner
import type postgres from 'postgres'
import type { Locale } from '../../src/i18n/locale.ts'
import { hexOf } from '../../src/platform/encoding/bytes.ts'
import { sealField } from '../../src/platform/vault/fields.ts'
import { addressIndex } from '../../src/platform/vault/indexes.ts'
import { type BenchHouse, openBenchHouse } from './house.ts'

export interface Crowd {
  readonly house: BenchHouse
  /** Grows the list to this size, with statistics as autovacuum would leave them; the list never shrinks. */
  growTo(people: number): Promise<void>
  close(): Promise<void>
}

/** One crowd for all benches of a run: a million people take the better part of a minute. */
export async function openCrowd(): Promise<Crowd> {
  const house = await openBenchHouse()
  const { admin } = house
  let size = 0
  await admin`insert into tags (id, name) overriding system value values (1, 'vip'), (2, 'customer'), (3, 'fair')`
  return {
    house,
    growTo: async (people) => {
      if (people <= size) return
      await seed(house, size + 1, people)
      size = people
      await admin`vacuum analyze`
      await admin`checkpoint`
    },
    close: () => house.close(),
  }
}

/** COPY with triggers off: the ledger behind each subscription is not what these benches measure. */
export async function seed(house: BenchHouse, from: number, to: number): Promise<void> {
  const { admin, list } = house
  await admin.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await copy(
      await tx`copy subscribers (id, uid, address_index, address, locale, mailbox_provider, created_at)
        from stdin`.writable(),
      rows(from, to, (id) => subscriberRow(house, id)),
    )
    await copy(
      await tx`copy subscriptions (id, subscriber, list, state, granted, seq, requested_at, confirmed_at, last_leaf,
        grade) from stdin`.writable(),
      rows(from, to, (id) => subscriptionRow(id, list.number)),
    )
    await copy(
      await tx`copy details (list, subscriber, attributes, tags) from stdin`.writable(),
      rows(from, to, (id) => detailsRow(house, id)),
    )
  })
}

type CopyStream = Awaited<ReturnType<ReturnType<postgres.Sql>['writable']>>

async function copy(stream: CopyStream, chunks: Iterable<string>): Promise<void> {
  for (const chunk of chunks)
    if (!stream.write(chunk)) await new Promise((resolve) => stream.once('drain', resolve))
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject)
    stream.end(() => resolve())
  })
}

function* rows(from: number, to: number, row: (id: number) => string): Iterable<string> {
  for (let first = from; first <= to; first += 500)
    yield Array.from({ length: Math.min(500, to - first + 1) }, (_, at) => row(first + at)).join('')
}

function subscriberRow({ deps }: BenchHouse, id: number): string {
  const address = addressOf(id)
  const uid = uidOf(id)
  const sealed = sealField(deps.vault, deps.randomBytes(12), { uid, field: 'address' }, address)
  return line([
    id,
    uid,
    `\\\\x${hexOf(addressIndex(deps.vault, address))}`,
    `\\\\x${hexOf(sealed)}`,
    localeOf(id),
    pick(id, 'mailbox', mailboxes),
    'now',
  ])
}

function detailsRow({ deps, list }: BenchHouse, id: number): string {
  const name = { uid: uidOf(id), field: 'first_name' }
  const attributes = {
    first_name: Buffer.from(sealField(deps.vault, deps.randomBytes(12), name, 'Małgorzata')).toString(
      'base64',
    ),
    country: pick(id, 'country', countries),
    points: Math.floor(chanceOf(id, 'points') * 10_000),
  }
  return line([list.number, id, JSON.stringify(attributes), `{${tagsOf(id).join(',')}}`])
}

/** Of the shape of version 7, and the same for the same person in each row. */
const uidOf = (id: number): string => `01900000-0000-7000-8000-${id.toString(16).padStart(12, '0')}`

function subscriptionRow(id: number, list: number): string {
  // Spread over a thousand days at random: the physical order of rows would flatter every plan.
  const confirmedAt = new Date(Date.now() - chanceOf(id, 'confirmed') * 1000 * 86_400_000).toISOString()
  return line([id, id, list, 'active', '{newsletter}', 1, confirmedAt, confirmedAt, leaf, 'B'])
}

/** A dummy leaf hash of the right length. */
const leaf = `\\\\x${'5a'.repeat(32)}`

const line = (values: readonly (string | number)[]): string => `${values.join('\t')}\n`

export const localeOf = (id: number): Locale => pick(id, 'locale', locales)

export const addressOf = (id: number): string => `person.${id}+news@example.pl`

/** Returns a number from 0 to below 1, the same for the same person in each run. */
export function chanceOf(id: number, about: string): number {
  let hash = id ^ 0x9e3779b9
  for (let at = 0; at < about.length; at += 1) hash = Math.imul(hash ^ about.charCodeAt(at), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35)
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32
}

type Shares<Value extends string = string> = readonly (readonly [value: Value, share: number])[]

/** Shares of a whole; the last share, a few per cent, serves a selective segment. */
const countries: Shares = [
  ['PL', 0.5],
  ['DE', 0.25],
  ['UA', 0.14],
  ['CZ', 0.07],
  ['SE', 0.04],
]
const locales: Shares<Locale> = [
  ['pl', 0.6],
  ['en', 0.3],
  ['sv', 0.07],
  ['ru', 0.03],
]
const mailboxes: Shares = [
  ['gmail', 0.5],
  ['wp', 0.2],
  ['other', 0.17],
  ['microsoft', 0.1],
  ['proton', 0.03],
]

function pick<Value extends string>(id: number, about: string, shares: Shares<Value>): Value {
  const chance = chanceOf(id, about)
  let sum = 0
  for (const [value, share] of shares) {
    sum += share
    // Shares with two decimals do not quite add up to one.
    if (chance < sum || sum > 0.999) return value
  }
  throw new Error(`the shares of ${about} are no whole`)
}

const tagsOf = (id: number): readonly number[] =>
  [0.03, 0.3, 0.01].flatMap((share, at) => (chanceOf(id, `tag ${at}`) < share ? [at + 1] : []))
