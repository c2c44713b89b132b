// shell · accepts a sign-up by one row, a sealed request, the same for every address; processing decides its meaning later
import { findCachedList } from '../lists/find.ts'
import { isOpen, type List, ownPurpose } from '../lists/list.ts'
import { isNoticeOf } from '../notices/find.ts'
import { afterCommit } from '../platform/database/after-commit.ts'
import type { Deps } from '../platform/deps.ts'
import { bytesOf } from '../platform/encoding/bytes.ts'
import { type Allowance, secondsToWait } from '../platform/network/limits.ts'
import { sealRow } from '../platform/vault/fields.ts'
import { type SignupBody, signupBodyText } from './body.ts'
import type { FormFault, SignupForm } from './form.ts'
import { noteRefusal, noteUnknownNames } from './form-notes.ts'
import { signupAllowances, storedAddress } from './network-limits.ts'
import { type QueueLength, secondsUntilRoom } from './queue-limit.ts'
import { ageOfStamp, openStamp } from './stamp.ts'
import { writeSignup } from './write.ts'

export interface SignupOrigin {
  readonly method: SignupBody['method']
  /** The visitor's IP address; null where unknown, and for the API: the calling site limits its own visitors. */
  readonly address: string | null
  readonly userAgent: string
  /** The page that the browser names, on another site; null without one. */
  readonly page: string | null
  readonly source: string | null
  readonly actor: string
}

export type AcceptOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number }
  /** The sign-up queue of the deployment is full. */
  | { readonly kind: 'full'; readonly retryAfterSeconds: number }
  | { readonly kind: 'faulty'; readonly faults: readonly FormFault[] }

/** The same work for every address, which is neither looked up nor hashed: answer and timing tell nothing. */
export async function acceptSignup(
  deps: Deps,
  list: List,
  form: SignupForm,
  origin: SignupOrigin,
): Promise<AcceptOutcome> {
  const now = deps.clock()
  const further = await furtherLists(deps, list, form, now)
  if (further.kind === 'faulty') return further
  if (form.unknown.length > 0) await noteUnknownNames(deps, list, form.unknown)
  const full = origin.method === 'api' ? null : await secondsUntilRoom(deps.db, now, logFull(deps))
  if (full !== null) return { kind: 'full', retryAfterSeconds: full }

  const stamp = form.stamp === null ? null : openStamp(deps.vault, list.id, form.stamp)
  const body: SignupBody = {
    v: 1,
    email: form.email,
    lists: [
      {
        id: list.id,
        purposes: [...form.purposes],
        notice: shownBy(stamp) ?? (await shownElsewhere(deps, list, form)) ?? noticeOf(list, form),
      },
      ...further.lists.map((one) => ({ id: one.id, purposes: [ownPurpose], notice: noticeOf(one, form) })),
    ],
    fields: form.fields,
    locale: form.locale,
    page: pageOf(deps, list, { stamped: stamp !== null, named: origin.page }),
    method: origin.method,
    source: origin.source,
    controls: form.controls.map(({ name, ticked }) => ({ name, ticked })),
    ip: storedAddress(origin.address, list.ip_storage),
    userAgent: list.ip_storage === 'none' ? '' : origin.userAgent.slice(0, 256),
    dwell: stamp === null ? null : now.getTime() - stamp.at.getTime(),
    actor: origin.actor,
  }
  const allowances = signupAllowances(deps.vault, {
    address: origin.address,
    manner: form.honeypot
      ? 'trapped'
      : stamp !== null && ageOfStamp(stamp.at, now) === 'fresh'
        ? 'stamped'
        : 'bare',
    limitPerNetwork: origin.method === 'api' ? 0 : deps.config.limitPerNetwork,
    now,
  })
  const taken = await insertRequest(deps, list, body, { allowances, now })
  if (!taken) {
    await noteRefusal(deps, list)
    return { kind: 'limited', retryAfterSeconds: await secondsToWait(deps.db, allowances, now) }
  }
  afterCommit(deps.db, deps.wake)
  return { kind: 'accepted' }
}

/**
 * Which page the form was on. Our own names nothing to anybody (`Referrer-Policy: no-referrer`), but its stamp is made nowhere else;
 * of a page elsewhere browsers name the site, and the path where that site allows it.
 */
const pageOf = (
  { config }: Deps,
  list: List,
  { stamped, named }: { stamped: boolean; named: string | null },
): string | null =>
  named !== null && !named.startsWith(`${config.publicUrl}/`)
    ? named
    : stamped
      ? `${config.publicUrl}/s/${list.slug}`
      : named

const logFull =
  ({ log }: Deps) =>
  ({ received, open }: QueueLength): void =>
    log.error('signup.line_full', { received, open })

/** The notice in the stamp; null without a valid stamp. */
const shownBy = (stamp: { notice: string } | null): string | null =>
  stamp !== null && /^[A-Za-z0-9_-]{43}$/.test(stamp.notice) ? stamp.notice : null

/** The notice of a form on another site, which may be older than the one in force; null where it is none of this list. */
async function shownElsewhere(deps: Deps, list: List, { shownNotice }: SignupForm): Promise<string | null> {
  if (shownNotice === null) return null
  const isKnown = Object.values(list.notices).includes(shownNotice)
  return isKnown || (await isNoticeOf(deps.db, list.number, shownNotice)) ? shownNotice : null
}

const noticeOf = (list: List, form: SignupForm): string =>
  list.notices[form.locale] ?? list.notices[list.default_locale] ?? ''

async function furtherLists(
  deps: Deps,
  list: List,
  form: SignupForm,
  now: Date,
): Promise<{ kind: 'found'; lists: readonly List[] } | { kind: 'faulty'; faults: readonly FormFault[] }> {
  const found = await Promise.all(form.also.map((one) => findCachedList(deps.db, one, now)))
  const missing = form.also.filter((_, at) => found[at] == null || !isOpen(found[at]))
  if (missing.length > 0)
    return {
      kind: 'faulty',
      faults: missing.map((name) => ({
        name: 'also',
        code: 'list_unknown',
        about: { label: name.slice(0, 100), limit: 0 },
      })),
    }
  // A list has three names (slug, id, either in capitals): two of them mean one list.
  const lists = new Map(found.flatMap((one) => (one === null || one.id === list.id ? [] : [[one.id, one]])))
  return { kind: 'found', lists: [...lists.values()] }
}

function insertRequest(
  deps: Deps,
  list: List,
  body: SignupBody,
  with_: { allowances: readonly Allowance[]; now: Date },
): Promise<boolean> {
  const id = deps.ids()
  const sealed = sealRow(
    deps.vault,
    deps.randomBytes(12),
    { table: 'signup_requests', id },
    bytesOf(signupBodyText(body)),
  )
  return writeSignup(deps.db, {
    id,
    list: list.number,
    locale: body.locale,
    sealed,
    createdAt: with_.now,
    expiresAt: new Date(with_.now.getTime() + list.confirm.ttl_hours * 3_600_000),
    allowances: with_.allowances,
  })
}
