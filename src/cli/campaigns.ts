// shell · campaigns on the command line, without a running server: list, pause, resume, cancel. Audited
import { findCampaign, pageOfCampaigns } from '../campaigns/find.ts'
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../campaigns/launch.ts'
import { listsByNumber } from '../lists/find.ts'
import type { Deps } from '../platform/deps.ts'
import { notFound } from '../platform/errors.ts'
import { noTotals, totalsOfMany } from '../reports/figures.ts'

const acts = { pause: pauseCampaign, resume: resumeCampaign, cancel: cancelCampaign } as const

export type CampaignAct = keyof typeof acts
export const campaignActs = Object.keys(acts).filter(isCampaignAct)

export function isCampaignAct(word: string): word is CampaignAct {
  return Object.hasOwn(acts, word)
}

/** A campaign in the output of `campaign list`. */
export interface CampaignLine {
  readonly id: string
  readonly list: string
  readonly subject: string
  readonly state: string
  readonly problem: string | null
  readonly recipients: number
  readonly sent: number
}

const maxLines = 200

/** The newest 200 campaigns, newest first. */
export async function campaignLines(deps: Deps): Promise<readonly CampaignLine[]> {
  const campaigns = await pageOfCampaigns(deps.db, { limit: maxLines, before: null })
  const totals = await totalsOfMany(
    deps.db,
    campaigns.map(({ number }) => number),
    deps.clock(),
  )
  const lists = await listsByNumber(
    deps.db,
    campaigns.map(({ list }) => list),
  )
  const slugs = new Map(lists.map(({ number, slug }) => [number, slug]))
  return campaigns.map(({ id, number, list, subject, state, problem }) => {
    const { recipients, sent } = totals.get(number) ?? noTotals
    return { id, list: slugs.get(list) ?? '', subject, state, problem, recipients, sent }
  })
}

export const linesInWords = (lines: readonly CampaignLine[]): string =>
  lines.length === 0
    ? 'There are no campaigns.'
    : lines
        .map(({ id, list, subject, state, problem, recipients, sent }) =>
          [
            `${id}  ${state.padEnd(9)}  ${sent} of ${recipients} sent  ${list}: ${oneLine(subject)}`,
            ...(problem === null ? [] : [`    ${problem}`]),
          ].join('\n'),
        )
        .join('\n')

/** Removes control characters, which a terminal would execute. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ')

/** Returns the campaign's new state. Throws DomainError `not_found`, and `conflict` if its state does not allow the act. */
export async function actOnCampaign(deps: Deps, act: CampaignAct, id: string): Promise<string> {
  const campaign = await findCampaign(deps.db, id)
  if (campaign === null) throw notFound('campaign')
  await acts[act](deps, { kind: 'system' }, campaign)
  return (await findCampaign(deps.db, id))?.state ?? 'gone'
}
