// adapter · bench campaigns: 20 kB of HTML with a name in it, launched, or frozen to a number of people
import { pinOf } from '../../src/campaigns/pinned.ts'
import type { BenchHouse } from './house.ts'

export const maxBatch = 100

const paragraph =
  'In June the beds are full, and what was sown in April wants room. **Thin the carrots** while the soil is wet, tie the beans, and [read on](https://brand.example/june).\n\n'
const body = `# June\n\nDear {{ subscriber.first_name | default: "reader" }},\n\n${paragraph.repeat(66)}Yours, {{ list.name }}`

/** Inserts as the owner, with triggers off, in the given state. Returns the campaign's number. */
export async function insertCampaign(
  { deps, admin, list }: BenchHouse,
  state: 'freezing' | 'sending' | 'sent',
): Promise<{ readonly id: string; readonly number: number }> {
  const id = deps.ids()
  return admin.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    const [row] = await tx<{ number: string }[]>`
      insert into campaigns (id, list, purpose, filter, subject, content, pinned, state, created_at, updated_at,
        launched_at, frozen_at)
      values (${id}, ${list.number}, 'newsletter', '{"all":[]}', 'June, {{ subscriber.first_name }}',
        ${tx.json({ format: 'markdown', body })}, ${tx.json(JSON.parse(JSON.stringify(pinOf(list))))}, ${state}, now(),
        now(), now(), case when ${state} <> 'freezing' then now() end)
      returning number`
    return { id, number: Number(row?.number) }
  })
}

/** Freezes to the first so many people, or to a percentage of them, in batches that wait or were sent. */
export async function insertFrozen(
  house: BenchHouse,
  about: { people: number; state: 'queued' | 'sent'; hundredths?: number },
): Promise<{ readonly id: string; readonly number: number }> {
  const isSent = about.state === 'sent'
  const campaign = await insertCampaign(house, isSent ? 'sent' : 'sending')
  await house.admin.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`
      insert into recipients (campaign, batch_no, subscriber, consent_seq)
      select ${campaign.number}::bigint, (row_number() over (order by id) - 1) / ${maxBatch}, id, 1
      from generate_series(1, ${about.people}::bigint) as id
      where id % 100 < ${about.hundredths ?? 100}`
    await tx`
      insert into batches (campaign, batch_no, size, state, attempt, first_attempt_at, sent_at)
      select campaign, batch_no, count(*), ${about.state}, case when ${isSent} then 1 else 0 end,
        case when ${isSent} then now() end, case when ${isSent} then now() end
      from recipients
      where campaign = ${campaign.number}::bigint
      group by campaign, batch_no`
  })
  return campaign
}
