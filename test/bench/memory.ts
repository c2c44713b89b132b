// adapter · npm run bench memory: `npm start` in its own process freezes and sends to a million; resident memory each second
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startAssent } from '../support/running.ts'
import { insertCampaign } from './campaign.ts'
import type { Crowd } from './crowd.ts'
import { atMost, median, type Ratio } from './measure.ts'
import { startSink } from './sink.ts'

const beatMs = 1000
const mostMiB = 256

interface Sample {
  /** Share of batches sent, from 0 to 1. */
  readonly done: number
  readonly mib: number
}

export async function benchMemory(crowd: Crowd, { people = 1_000_000 } = {}): Promise<readonly Ratio[]> {
  await crowd.growTo(people)
  const { house } = crowd
  await house.admin`truncate recipients, batches, campaigns cascade`
  const sink = await startSink()
  const assent = await startAssent({
    env: {
      DATABASE_URL: house.urls.appUrl,
      MIGRATE_DATABASE_URL: house.urls.ownerUrl,
      SECRET: Buffer.from(house.secret).toString('base64'),
      MAIL: 'resend',
      RESEND_API_KEY: 'bench',
      RESEND_BASE_URL: sink.url,
      LOG_LEVEL: 'error',
    },
  })
  try {
    const pid = childOf(assent.process.pid ?? 0)
    const began = performance.now()
    const { number } = await insertCampaign(house, 'freezing')
    const samples: Sample[] = []
    for (;;) {
      const [now] = await house.admin<{ state: string; done: number; sent: number }[]>`
        select c.state, coalesce(sum(b.size) filter (where b.state = 'sent'), 0)::int as sent,
          coalesce(count(*) filter (where b.state = 'sent')::float8 / nullif(count(b.campaign), 0), 0) as done
        from campaigns as c left join batches as b on b.campaign = c.number
        where c.number = ${number}
        group by c.state`
      samples.push({ done: now?.state === 'freezing' ? 0 : (now?.done ?? 0), mib: residentMiB(pid, 'VmRSS') })
      if (now?.state === 'sent' && now.sent === people) break
      if (now?.state === 'paused' || now?.state === 'sent')
        throw new Error(`it ended ${now.state}: ${now.sent}`)
      await sleep(beatMs)
    }
    const seconds = (performance.now() - began) / 1000
    process.stderr.write(`${drawn(samples)}\n${people} people in ${Math.round(seconds)} s, freeze included\n`)
    return ratiosOf(samples, residentMiB(pid, 'VmHWM'), people)
  } finally {
    await assent.stop()
    sink.stop()
  }
}

function ratiosOf(samples: readonly Sample[], peak: number, people: number): readonly Ratio[] {
  const between = (from: number, to: number): number =>
    median(samples.filter(({ done }) => done > from && done <= to).map(({ mib }) => mib))
  return [
    atMost({
      name: `memory while sending ${people.toLocaleString('en')}: the peak / what is allowed`,
      ours: peak,
      theirs: mostMiB,
      unit: 'MiB',
      goal: 1,
    }),
    atMost({
      name: 'memory in the last quarter / in the second',
      ours: between(0.75, 1),
      theirs: between(0.25, 0.5),
      unit: 'MiB',
      goal: 1.1,
    }),
  ]
}

/** Draws one line of bars over the whole run, with figures. */
function drawn(samples: readonly Sample[]): string {
  const bars = '▁▂▃▄▅▆▇█'
  const steps = Array.from(
    { length: 60 },
    (_, at) => samples[Math.floor((at * samples.length) / 60)]?.mib ?? 0,
  )
  const line = steps.map((mib) => bars[Math.min(7, Math.floor((mib / mostMiB) * 8))]).join('')
  const at = (done: number): string =>
    `${Math.round(samples.find((sample) => sample.done >= done)?.mib ?? 0)} MiB at ${done * 100} %`
  return `0 ${line} ${mostMiB} MiB\n${[0.1, 0.5, 1].map(at).join(', ')}`
}

/** The pid of the product itself, not of its start script. Linux only. */
const childOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])

const residentMiB = (pid: number, what: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
