// adapter · npm run bench freeze: freezing a million recipients, against a bare INSERT … SELECT, and without the gate
import { freezeCampaigns } from '../../src/delivery/freeze/freeze.ts'
import { insertCampaign, maxBatch } from './campaign.ts'
import type { Crowd } from './crowd.ts'
import { atLeast, atMost, interleaved, millisecondsOf, type Ratio } from './measure.ts'

export async function benchFreeze(
  crowd: Crowd,
  { people = 1_000_000, rounds = 5 } = {},
): Promise<readonly Ratio[]> {
  await crowd.growTo(people)
  const { house } = crowd
  const { admin, deps, list } = house
  const client = deps.db.$client
  if (client === undefined) throw new Error('no connection')
  await admin`
    create table bare_recipients (campaign bigint not null, batch_no int not null, subscriber bigint not null,
      consent_seq int not null)`
  await admin`grant insert on bare_recipients to assent_app`

  // Arm 1: in ranges, one transaction each, into recipients with both unique indexes and the gate's count, and into batches.
  const freeze = async (): Promise<number> => {
    await freezeCampaigns(deps)
    const [frozen] = await admin<{ people: number }[]>`select sum(size)::int as people from batches`
    if (frozen?.people !== people) throw new Error(`${frozen?.people} were frozen`)
    return people
  }
  const rates = await interleaved(
    {
      ours: freeze,
      // Arm 2: the same with the gate's trigger disabled.
      ungated: freeze,
      // Arm 3: the same people numbered the same way, by one INSERT without an index, batches or the gate.
      bare: async () => {
        const inserted = await client`
          insert into bare_recipients (campaign, batch_no, subscriber, consent_seq)
          select 1, (row_number() over (order by s.subscriber) - 1) / ${maxBatch}, s.subscriber, s.seq
          from subscriptions as s
          left join subscribers as p on p.id = s.subscriber
          where s.list = ${list.number} and s.sendable and may_send(s, 'newsletter', now())`
        return inserted.count
      },
    },
    rounds,
    async (arm) => {
      await admin`truncate bare_recipients, recipients, batches`
      if (arm !== 'bare') await insertCampaign(house, 'freezing')
      if (arm === 'ungated') await admin`alter table recipients disable trigger recipients_gate`
      else await admin`alter table recipients enable trigger recipients_gate`
      await admin`checkpoint`
    },
  )
  await admin`alter table recipients enable trigger recipients_gate`
  await admin`truncate recipients, batches`
  await admin`drop table bare_recipients`
  return [
    atLeast({
      name: 'freeze / the same SELECT into a bare table',
      ours: rates.ours,
      theirs: rates.bare,
      unit: 'people/s',
      goal: 0.25,
    }),
    atMost({
      name: 'freeze with the gate / without',
      ours: millisecondsOf(rates.ours) * people,
      theirs: millisecondsOf(rates.ungated) * people,
      unit: 'ms',
      goal: 1.5,
    }),
  ]
}
