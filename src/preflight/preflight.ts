// shell · the preflight checks of a campaign, and the refusal of a launch
import { type Campaign, isWritable } from '../campaigns/campaign.ts'
import { filterOf } from '../campaigns/launch.ts'
import { TooMuch } from '../campaigns/render/measure.ts'
import { emptyWhen } from '../campaigns/writing/empty-subject.ts'
import { mergeUses } from '../campaigns/writing/merge-uses.ts'
import { type List, whyUnlawful } from '../lists/list.ts'
import type { Deps } from '../platform/deps.ts'
import { DomainError, type Fault } from '../platform/errors.ts'
import { countAudience } from '../segments/audience.ts'
import { countLacking, countLackingAll, countSkipped, type Skipped } from '../segments/left-out.ts'
import { audienceChecks, lackingChecks, subjectChecks } from './audience.ts'
import { type Check, checking, worstFirst } from './check.ts'
import { contentChecks, headersOf, type SampleMail } from './content.ts'
import { askAboutSender, knownOfSender } from './dns/ask-dns.ts'
import { signatureSeen } from './dns/returned-mail.ts'
import { foreignTagChecks } from './foreign-tags.ts'
import { linksOf } from './links.ts'
import { previewOf, type SamplePerson } from './preview.ts'
import { sampleAddress } from './sample.ts'
import { visitLinks } from './visit-links.ts'

export interface About {
  readonly campaign: Campaign
  readonly list: List
}

export interface Audience {
  readonly people: number
  readonly leftOut: readonly Skipped[]
  /** Why the segment can no longer be used; null if it can. */
  readonly problem: string | null
}

export interface Preflight extends Audience {
  /** Worst first. */
  readonly checks: readonly Check[]
  /** The headers of the mail to a sample person; empty if it cannot be rendered. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Whether links and DNS were checked too. */
  readonly isWhole: boolean
}

/** `here` makes no requests and is quick; `outside` also checks DNS and every link, within ten seconds. */
export async function preflight(deps: Deps, about: About, reach: 'here' | 'outside'): Promise<Preflight> {
  const mail = await mailOf(deps, about, 'complete')
  const [{ lacking, withoutSubject, ...audience }, asked, signature, links] = await Promise.all([
    audienceOf(deps, about),
    reach === 'here' ? knownOfSender(deps, about.list) : askAboutSender(deps, about.list),
    deps.config.mail === 'smtp' ? signatureSeen(deps.db, about.list.sender.email) : null,
    reach === 'here' || isUnsendable(mail) ? [] : linksAsked(deps, about, mail),
  ])
  const sender = asked?.map((one) => (one.key === 'dkim' && signature !== null ? signature : one))
  const subject = subjectChecks(emptyWhen(about.campaign.subject), withoutSubject)
  return {
    ...audience,
    headers: isUnsendable(mail) ? [] : headersOf(mail),
    isWhole: reach === 'outside',
    checks: worstFirst([
      ...(isUnsendable(mail)
        ? [mail.check]
        : contentChecks(mail, about.list.controller.address).filter(
            ({ key }) => key !== 'subject' || subject.length === 0,
          )),
      ...audienceChecks(about.list, audience.people, audience.problem),
      ...subject,
      ...foreignTagChecks(about.campaign),
      ...lackingChecks(about.campaign, about.list, lacking),
      ...(sender ?? []),
      ...links,
    ]),
  }
}

const check = checking('content')

/** Why the mail cannot be rendered. */
interface Unsendable {
  readonly check: Check
}

const isUnsendable = (mail: SampleMail | Unsendable): mail is Unsendable => 'check' in mail

async function linksAsked(deps: Deps, about: About, mail: SampleMail): Promise<readonly Check[]> {
  const found = await mailOf(deps, about, 'bare')
  const bare = isUnsendable(found) ? mail : found
  return visitLinks(
    deps,
    linksOf({ complete: mail.html, bare: bare.html }, deps.config.publicUrl, sampleAddress),
  )
}

async function mailOf(deps: Deps, about: About, person: SamplePerson): Promise<SampleMail | Unsendable> {
  try {
    return await previewOf(deps, { ...about, person })
  } catch (error) {
    if (error instanceof TooMuch) return { check: check('size', 'block', error.message) }
    if (!(error instanceof DomainError) || error.code !== 'invalid') throw error
    return {
      check: check('text', 'block', 'The text cannot be sent. Open the campaign and save it to see why.'),
    }
  }
}

/**
 * `lacking`: the number of people without a value, by the key of each field used in the text. `withoutSubject`: how many may get an
 * empty subject.
 */
export async function audienceOf(
  deps: Deps,
  { campaign, list }: About,
): Promise<Audience & { readonly lacking: ReadonlyMap<string, number>; readonly withoutSubject: number }> {
  try {
    const { checked } = await filterOf(deps, campaign, list)
    const about = { list, purpose: campaign.purpose, filter: checked, now: deps.clock() }
    const shown = new Set(mergeUses(campaign).map(({ key }) => key))
    const [people, leftOut, lacking, withoutSubject] = await Promise.all([
      countAudience(deps.db, about),
      countSkipped(deps.db, about),
      countLacking(
        deps.db,
        about,
        list.fields.filter(({ key }) => shown.has(key)),
      ),
      countLackingAll(deps.db, about, emptyWhen(campaign.subject)),
    ])
    return { people, leftOut, lacking, withoutSubject, problem: null }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { people: 0, leftOut: [], lacking: new Map(), withoutSubject: 0, problem: error.message }
  }
}

/** DNS checks of the sender, from the cache or asked now, within three seconds. */
export const aboutSender = async (deps: Deps, list: List): Promise<readonly Check[]> =>
  knownOfSender(deps, list) ?? askAboutSender(deps, list)

/**
 * Throws DomainError `invalid` for a campaign that would certainly fail: a text that cannot be rendered, a subject that somebody
 * would get empty, a sender that DNS rules out. Unknown answers block nothing.
 */
export async function refuseDefiniteNo(deps: Deps, about: About): Promise<void> {
  if (!isWritable(about.campaign)) return
  const unlawful = whyUnlawful(about.list.controller.jurisdiction)
  if (unlawful !== null) throw new DomainError('conflict', unlawful)
  await previewOf(deps, { ...about, person: 'complete' })
  await refuseEmptySubject(deps, about)
  const faults = (await aboutSender(deps, about.list)).flatMap(({ verdict, words, mend }): Fault[] =>
    verdict === 'block' ? [{ path: '', message: `${words} ${mend ?? ''}`.trim() }] : [],
  )
  if (faults[0] !== undefined) throw new DomainError('invalid', faults[0].message, { faults })
}

async function refuseEmptySubject(deps: Deps, { campaign, list }: About): Promise<void> {
  const sets = emptyWhen(campaign.subject)
  if (sets.length === 0) return
  const { checked } = await filterOf(deps, campaign, list)
  const about = { list, purpose: campaign.purpose, filter: checked, now: deps.clock() }
  const [problem] = subjectChecks(sets, await countLackingAll(deps.db, about, sets))
  if (problem === undefined) return
  const message = `${problem.words} ${problem.mend ?? ''}`.trim()
  throw new DomainError('invalid', message, { faults: [{ path: 'subject', message }] })
}
