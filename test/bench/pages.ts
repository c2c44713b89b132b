// adapter · npm run bench pages: page 400 of people and of a campaign's recipients, against page 1, through the API
import * as z from 'zod'
import { app } from '../../src/app.ts'
import { insertFrozen } from './campaign.ts'
import type { Crowd } from './crowd.ts'
import { benchKey } from './house.ts'
import { atMost, interleaved, millisecondsOf, type Ratio } from './measure.ts'

const perRound = 20

const answer = z.object({ data: z.array(z.unknown()), next_cursor: z.string().nullable() })

export async function benchPages(
  crowd: Crowd,
  { people = 1_000_000, rounds = 7, page = 400 } = {},
): Promise<readonly Ratio[]> {
  await crowd.growTo(people)
  const { house } = crowd
  await house.admin`truncate recipients, batches`
  const campaign = await insertFrozen(house, { people, state: 'sent' })
  await house.admin`vacuum analyze recipients, batches`

  const get = async (path: string, body?: object): Promise<z.output<typeof answer>> => {
    const response = await app.fetch(
      new Request(`http://127.0.0.1:8787/api/v1${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${benchKey}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
      house.deps,
    )
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
    return answer.parse(await response.json())
  }
  const collections: Readonly<Record<string, (cursor: string) => ReturnType<typeof get>>> = {
    everybody: (cursor) => get(`/subscribers?limit=50${cursor}`),
    'people of a list with a tag': (cursor) =>
      get(`/subscribers/search?limit=50${cursor}`, { list: house.list.slug, filter: { tag: 'vip' } }),
    'recipients of a campaign': (cursor) => get(`/campaigns/${campaign.id}/recipients?limit=50${cursor}`),
  }

  const ratios: Ratio[] = []
  for (const [name, open] of Object.entries(collections)) {
    const cursor = await cursorOf(open, page)
    const several = (at: string) => async () => {
      for (let time = 0; time < perRound; time += 1) await open(at)
      return perRound
    }
    const rates = await interleaved({ far: several(cursor), first: several('') }, rounds)
    ratios.push(
      atMost({
        name: `page ${page} / page 1: ${name}`,
        ours: millisecondsOf(rates.far),
        theirs: millisecondsOf(rates.first),
        unit: 'ms',
        goal: 2,
      }),
    )
  }
  return ratios
}

/** The cursor of the next page, encoded for a query string. */
async function cursorOf(
  open: (cursor: string) => Promise<z.output<typeof answer>>,
  page: number,
): Promise<string> {
  let cursor = ''
  for (let at = 1; at < page; at += 1) {
    const { next_cursor } = await open(cursor)
    if (next_cursor === null) throw new Error(`there is no page ${at + 1}`)
    cursor = `&cursor=${next_cursor}`
  }
  return cursor
}
