// entry · script of the demo: people sign up, most confirm, some leave; letters are written and sent
import * as z from 'zod'
import type { Role } from '../../auth/roles.ts'
import { readMailbox } from '../../mail/mailbox-mails.ts'
import type { Deps } from '../../platform/deps.ts'
import { tickUntilRest } from '../../tick.ts'
import { linkIn, nonceIn } from './links.ts'
import { type Person, people } from './people.ts'

/** The deployment to fill; its clock only moves forward. */
export interface Stage {
  readonly deps: Deps
  readonly key: string
  readonly until: Date
  now(): Date
  moveTo(at: Date): void
  request(path: string, init?: RequestInit): Promise<Response>
  invite(name: string, email: string, role: Role): Promise<string>
}

interface Sample {
  readonly demoLists: readonly { readonly slug: string; readonly locales: readonly string[] }[]
  readonly demoSegments: readonly object[]
  readonly demoCampaigns: readonly {
    readonly daysAgo: number | null
    readonly list: string
    readonly subject: string
    readonly body: string
  }[]
}

const crowd = 240
const dayMilliseconds = 86_400_000

export async function tellStory(stage: Stage, sample: Sample): Promise<void> {
  for (const list of sample.demoLists) await api(stage, '/lists', list)
  await stage.invite('Nils Holm', 'nils@tradgard.example', 'sender')
  await stage.invite('Ada Wrona', 'ada@tradgard.example', 'editor')
  await rest(stage)
  const begin = stage.now().getTime()
  const step = (stage.until.getTime() - begin) / (crowd + 1)
  const due = sample.demoCampaigns.filter(({ daysAgo }) => daysAgo !== null)
  for (const [at, person] of people(crowd, 7).entries()) {
    stage.moveTo(new Date(begin + at * step))
    const isSent = (campaign: Sample['demoCampaigns'][number]): boolean =>
      stage.until.getTime() - (campaign.daysAgo ?? 0) * dayMilliseconds <= stage.now().getTime()
    while (due[0] !== undefined && isSent(due[0])) await sendLetter(stage, due.shift())
    await live(stage, person, at, listFor(sample, person, at))
  }
  stage.moveTo(stage.until)
  for (const segment of sample.demoSegments) await api(stage, '/segments', segment)
  for (const draft of sample.demoCampaigns.filter(({ daysAgo }) => daysAgo === null))
    await write(stage, draft)
  await rest(stage)
}

/** Every third person whose language the second list supports. */
function listFor({ demoLists }: Sample, { locale }: Person, at: number): string {
  const [first, second] = demoLists
  const isSecond = at % 3 === 0 && second?.locales.includes(locale) === true
  return (isSecond ? second : first)?.slug ?? ''
}

/** Nine in ten answer the mail, one in fifty with "this was not me"; one in twelve leaves at a later letter. */
async function live(stage: Stage, person: Person, at: number, slug: string): Promise<void> {
  await post(stage, `/s/${slug}`, [
    ['email', person.email],
    ['locale', person.locale],
    ...(at % 3 === 0 ? [] : ([['first_name', person.firstName]] as const)),
    ...(slug === 'garden' ? ([['country', person.country]] as const) : []),
    ...(at % 4 === 0 ? ([['purpose', 'offers']] as const) : []),
  ])
  await rest(stage)
  if (at % 10 === 9) return
  stage.moveTo(new Date(stage.now().getTime() + 94_000))
  const [asked] = await readMailbox(stage.deps.db, stage.deps.vault, 1)
  if (asked === undefined || asked.to !== person.email) return

  const link = linkIn(asked, 'c')
  const nonce = nonceIn(await (await stage.request(link)).text())
  await post(stage, link, [['nonce', nonce], ...(at % 50 === 25 ? ([['action', 'refuse']] as const) : [])])
}

async function sendLetter(
  stage: Stage,
  campaign: Sample['demoCampaigns'][number] | undefined,
): Promise<void> {
  if (campaign === undefined) return
  const id = await write(stage, campaign)
  await api(stage, `/campaigns/${id}/launch`)
  await rest(stage)
  const letters = await readMailbox(stage.deps.db, stage.deps.vault, crowd)
  for (const [at, letter] of letters.filter(({ headers }) => 'List-Unsubscribe' in headers).entries())
    if (at % 12 === 5) await post(stage, linkIn(letter, 'u'), [['List-Unsubscribe', 'One-Click']])
}

const answered = z.object({ id: z.string().optional() }).nullable()

async function write(
  stage: Stage,
  { list, subject, body }: Sample['demoCampaigns'][number],
): Promise<string> {
  const content = { format: 'markdown', body }
  return (await api(stage, '/campaigns', { list, subject, content }))?.id ?? ''
}

async function api(stage: Stage, path: string, body: object = {}): Promise<z.output<typeof answered>> {
  const answer = await stage.request(`/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stage.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`the demo stumbled at ${path}: ${answer.status} ${text}`)
  return answered.parse(text === '' ? null : JSON.parse(text))
}

const post = (
  stage: Stage,
  path: string,
  fields: readonly (readonly [string, string])[],
): Promise<Response> =>
  stage.request(path, {
    method: 'POST',
    body: new URLSearchParams(fields.map(([name, value]) => [name, value])),
  })

const rest = (stage: Stage): Promise<void> => tickUntilRest(stage.deps)
