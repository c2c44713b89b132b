// shell · limits on sign-up mails to one person, since strangers can type any address. Counted by abuse key, not by spelling
import { addressHashDays } from '../../notices/storage.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { takeAllowances, type Window } from '../../platform/network/limits.ts'
import { limitHash } from '../../platform/vault/indexes.ts'
import type { SignupOutcome } from '../processing/outcome.ts'

const day = 86_400
const minute = 60
/** A lost mail can be had again: minutes after the first mail of a list. The page after the form names them. */
export const mailRepeatMinutes = { second: 5, third: 65 } as const
const gapsOf = (list: number): readonly [Window, Window] => [
  { name: `mails:list:${list}:second`, most: 1, seconds: mailRepeatMinutes.second * minute },
  { name: `mails:list:${list}:third`, most: 2, seconds: mailRepeatMinutes.third * minute },
]
/** Over all lists, three a day and six a month until a confirmation. */
const perDay: Window = { name: 'mails:day', most: 3, seconds: day }
const perMonth: Window = { name: 'mails:month', most: 6, seconds: addressHashDays * day }
/** A member gets the mail of a repeated sign-up once in seven days per list. */
const memberPerList = (list: number): Window => ({ name: `mails:member:${list}`, most: 1, seconds: 7 * day })

interface MailCandidate {
  readonly outcome: SignupOutcome
  readonly list: { readonly number: number }
  readonly abuseKey: string
  readonly claimed: { readonly id: string }
}

/** Returns the candidates whose mail may be sent. A request takes one daily allowance, however many lists it names. */
export async function allowMails<C extends MailCandidate>(
  deps: Deps,
  tx: Tx,
  candidates: readonly C[],
): Promise<readonly C[]> {
  const now = deps.clock()
  const members = await keepAllowed(deps, tx, candidates.filter(isMember), ({ list }) =>
    memberPerList(list.number),
  )
  const later = await keepAllowed(
    deps,
    tx,
    candidates.filter((candidate) => !isMember(candidate)),
    ({ list }) => gapsOf(list.number)[0],
  )
  const others = await keepAllowed(deps, tx, later, ({ list }) => gapsOf(list.number)[1])
  const left = candidates.filter((candidate) => members.includes(candidate) || others.includes(candidate))
  const requests = [...new Map(left.map((candidate) => [candidate.claimed.id, candidate])).values()]
  const hashes = requests.map(({ abuseKey }) => limitHash(deps.vault, abuseKey))
  const ofDay = await takeAllowances(
    tx,
    hashes.map((hash) => ({ hash, window: perDay })),
    now,
  )
  const today = requests.filter((_, at) => ofDay[at])
  const ofMonth = await takeAllowances(
    tx,
    today.map(({ abuseKey }) => ({ hash: limitHash(deps.vault, abuseKey), window: perMonth })),
    now,
  )
  const allowed = new Set(today.filter((_, at) => ofMonth[at]).map(({ claimed }) => claimed.id))
  return left.filter(({ claimed }) => allowed.has(claimed.id))
}

const isMember = ({ outcome }: MailCandidate): boolean => outcome.kind === 'member'

async function keepAllowed<C extends MailCandidate>(
  deps: Deps,
  tx: Tx,
  candidates: readonly C[],
  windowOf: (candidate: C) => Window,
): Promise<readonly C[]> {
  const taken = await takeAllowances(
    tx,
    candidates.map((candidate) => ({
      hash: limitHash(deps.vault, candidate.abuseKey),
      window: windowOf(candidate),
    })),
    deps.clock(),
  )
  return candidates.filter((_, at) => taken[at])
}
