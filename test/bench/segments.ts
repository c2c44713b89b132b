// adapter · npm run bench segments: counts of a list and of selective segments, against a bare count(*), and their growth
import { sql } from 'drizzle-orm'
import { ownPurpose } from '../../src/lists/list.ts'
import { countAudience } from '../../src/segments/audience.ts'
import { checkedFilter } from '../../src/segments/save.ts'
import { insertFrozen } from './campaign.ts'
import type { Crowd } from './crowd.ts'
import { atMost, interleaved, millisecondsOf, type Ratio } from './measure.ts'

const wholeList = 'everybody on the list'

/** Each filter selects three to four per cent; the campaigns went to 4 and to 96 per cent. */
const segments = (campaigns: { few: string; most: string }): Readonly<Record<string, unknown>> => ({
  [wholeList]: { all: [] },
  'a field is': { field: 'country', is: 'SE' },
  'a number from': { field: 'points', gte: 9600 },
  'a tag': { tag: 'vip' },
  'a language': { locale: 'ru' },
  'a mailbox provider': { mailbox: 'proton' },
  'confirmed within 30 days': { confirmed: { within_days: 30 } },
  'received a campaign': { received: campaigns.few },
  'did not receive a campaign': { not: { received: campaigns.most } },
  'a field is, and a language': { all: [{ field: 'country', is: 'PL' }, { locale: 'sv' }] },
})

export async function benchSegments(
  crowd: Crowd,
  { sizes = [1_000_000, 5_000_000], rounds = 7 }: { sizes?: readonly number[]; rounds?: number } = {},
): Promise<readonly Ratio[]> {
  const [first = 0, ...larger] = sizes
  const counted = await countAll(crowd, first, rounds)
  const ratios = [...counted.took].map(([name, took]) =>
    atMost({
      name: `count: ${name} / bare count(*)`,
      ours: took,
      theirs: counted.bare,
      unit: 'ms',
      goal: name === wholeList ? 2 : 3,
    }),
  )
  for (const size of larger) {
    const later = await countAll(crowd, size, rounds)
    for (const [name, took] of later.took)
      ratios.push(
        atMost({
          name: `count: ${name}, ${size / first} times the people`,
          ours: took,
          theirs: counted.took.get(name) ?? 0,
          unit: 'ms',
          goal: 7,
        }),
      )
  }
  return ratios
}

/** Median milliseconds of the bare count and of each segment's, on a list of this size. */
async function countAll(
  crowd: Crowd,
  people: number,
  rounds: number,
): Promise<{ readonly bare: number; readonly took: ReadonlyMap<string, number> }> {
  await crowd.growTo(people)
  const { deps, list, admin } = crowd.house
  await admin`truncate recipients, batches`
  const few = await insertFrozen(crowd.house, { people, state: 'sent', hundredths: 4 })
  const most = await insertFrozen(crowd.house, { people, state: 'sent', hundredths: 96 })
  await admin`vacuum analyze recipients, batches`
  const filters = Object.entries(segments({ few: few.id, most: most.id }))
  const arms = filters.map(([name, input]): readonly [string, () => Promise<number>] => [
    name,
    // Ours: the function behind the API and the screens.
    async () => {
      const filter = checkedFilter(input, list)
      const count = await countAudience(deps.db, { list, purpose: ownPurpose, filter, now: deps.clock() })
      const share = count / people
      if (name === wholeList ? share !== 1 : share < 0.02 || share > 0.05)
        throw new Error(`${name} names ${count} of ${people}`)
      return 1
    },
  ])
  const rates = await interleaved<string>(
    {
      bare: async () => {
        await deps.db.execute(sql`select count(*) from subscriptions`)
        return 1
      },
      ...Object.fromEntries(arms),
    },
    rounds,
  )
  const took = (name: string): number => millisecondsOf(rates[name] ?? 0)
  return { bare: took('bare'), took: new Map(filters.map(([name]) => [name, took(name)])) }
}
