// shell · renders the mails of a sign-up for the provider, a batch at once; each rendering gives the same bytes. RFC 3834
import { eq, inArray } from 'drizzle-orm'
import { subscriptions } from '../../consent/tables.ts'
import { houseZone } from '../../i18n/house-zone.ts'
import { listsByNumber } from '../../lists/find.ts'
import type { List } from '../../lists/list.ts'
import { serviceMailTimes } from '../../outbox/queue.ts'
import type { RenderServiceMail, ServiceMail } from '../../outbox/send.ts'
import { type ServiceMailText, serviceMailWire } from '../../outbox/service-wire.ts'
import type { Executor } from '../../platform/database/database.ts'
import type { Deps, WireMail } from '../../platform/deps.ts'
import { hexOf } from '../../platform/encoding/bytes.ts'
import { openField } from '../../platform/vault/fields.ts'
import { limitHash, suppressionHash } from '../../platform/vault/indexes.ts'
import { referenceToken, requestCode, requestToken, tagToken } from '../../platform/vault/tokens.ts'
import { type Address, parseAddress } from '../../subscribers/address.ts'
import { subscribers } from '../../subscribers/tables.ts'
import { type Suppression, suppressionsOf } from '../../suppression/find.ts'
import { stopsConfirmation } from '../processing/outcome.ts'
import { noticesShownTo, requestedLists } from '../requested-lists.ts'
import { alreadySubscribedMail, confirmationMail } from './mails.ts'
import { findRequests, type SignupRequest } from './request.ts'

/**
 * Null once the request was answered, closed or replaced, or the address was suppressed during processing or while the mail was
 * queued: then no mail is sent. Ten statements a mail made 5,000 confirmations take 34 s; now they are ten a batch.
 */
export async function renderConfirmations(
  deps: Deps,
  mails: readonly ServiceMail[],
): Promise<RenderServiceMail> {
  const requests = await findRequests(
    deps,
    deps.db,
    mails.flatMap(({ request }) => request ?? []),
  )
  const asking = Array.from(requests.values()).flatMap((found) => askingOf(deps, found) ?? [])
  const open = asking.map(({ found }) => found)
  const [homes, notices, suppressed] = await Promise.all([
    listsOf(deps.db, open),
    noticesShownTo(deps.db, open),
    suppressionsOf(
      deps.db,
      asking.flatMap(({ hashes }) => hashes),
    ),
  ])
  const zone = await houseZone(deps)
  const stopping = new Set(suppressed.filter(stops).map(({ hash }) => hash))
  const byRequest = new Map(asking.map((one) => [one.found.id, one]))
  return ({ id, request }) => {
    const one = byRequest.get(request ?? '')
    const home = homes.get(one?.found.list ?? 0)
    if (one === undefined || home === undefined) return null
    if (one.hashes.some((hash) => stopping.has(hexOf(hash)))) return null
    const { found } = one
    const text = confirmationText(deps, { home, zone }, found, requestedLists(notices, found))
    const tag = tagToken(deps.vault, { kind: 'service_mail', id })
    return wireOf({ text, list: home, to: one.address.sendTo, tag })
  }
}

interface Asking {
  readonly found: SignupRequest
  readonly address: Address
  /** Of the suppressions that would stop the mail. */
  readonly hashes: readonly Uint8Array[]
}

function askingOf({ vault }: Pick<Deps, 'vault'>, found: SignupRequest): Asking | null {
  const { state, body, lists } = found
  if (state !== 'open' || body === null || lists.length === 0) return null
  const read = parseAddress(body.email, { smtpUtf8: true })
  if (!read.ok) return null
  const { address } = read
  const scopes = ['all', ...lists.map(({ id }) => `list:${id}`)]
  const hashes = scopes.map((scope) => suppressionHash(vault, scope, address.canonical))
  return { found, address, hashes: [limitHash(vault, address.abuseKey), ...hashes] }
}

const stops = ({ reason }: Suppression): boolean => stopsConfirmation(reason)

function confirmationText(
  deps: Pick<Deps, 'vault' | 'config'>,
  { home, zone }: { home: List; zone: string },
  found: SignupRequest,
  requested: ReturnType<typeof requestedLists>,
): ServiceMailText {
  const { publicUrl } = deps.config
  return confirmationMail({
    locale: found.locale,
    zone,
    color: home.brand.color,
    controller: home.controller,
    lists: requested.map(({ name, purposes, notice }) => ({
      name,
      purposes: purposes.map(({ title }) => title),
      noticeUrl: `${publicUrl}/n/${notice}`,
    })),
    requestedAt: found.createdAt,
    expiresAt: found.expiresAt,
    confirmUrl: `${publicUrl}/c/${requestToken(deps.vault, 'confirm', found.id)}`,
    code: found.lists.some((list) => list.confirm.mode === 'code') ? requestCode(deps.vault, found.id) : null,
  })
}

/** The lists of these rows, by number. */
async function listsOf(
  db: Executor,
  rows: readonly { readonly list: number }[],
): Promise<ReadonlyMap<number, List>> {
  const found = await listsByNumber(db, [...new Set(rows.map(({ list }) => list))])
  return new Map(found.map((list) => [list.number, list]))
}

/** Null once the person is no longer a member. */
export async function renderAlreadySubscribed(
  deps: Deps,
  mails: readonly ServiceMail[],
): Promise<RenderServiceMail> {
  const rows = await deps.db
    .select({
      id: subscriptions.id,
      list: subscriptions.list,
      state: subscriptions.state,
      uid: subscribers.uid,
      address: subscribers.address,
    })
    .from(subscriptions)
    .innerJoin(subscribers, eq(subscribers.id, subscriptions.subscriber))
    .where(
      inArray(
        subscriptions.id,
        mails.flatMap(({ subscription }) => subscription ?? []),
      ),
    )
  const [zone, lists, times] = await Promise.all([
    houseZone(deps),
    listsOf(deps.db, rows),
    serviceMailTimes(
      deps.db,
      mails.map(({ id }) => id),
    ),
  ])
  const bySubscription = new Map(rows.map((row) => [row.id, row]))
  return ({ id, locale, subscription }) => {
    const row = bySubscription.get(subscription ?? 0)
    const list = lists.get(row?.list ?? 0)
    const queuedAt = times.get(id)
    if (row === undefined || list === undefined || queuedAt === undefined || row.state !== 'active')
      return null
    const to = openField(deps.vault, { uid: row.uid, field: 'address' }, row.address)
    return to === null
      ? null
      : alreadySubscribedWire(deps, { id, locale, subscription: row.id }, { list, queuedAt, to, zone })
  }
}

function alreadySubscribedWire(
  deps: Pick<Deps, 'vault' | 'config'>,
  mail: Pick<ServiceMail, 'id' | 'locale'> & { readonly subscription: number },
  { list, queuedAt, to, zone }: { list: List; queuedAt: Date; to: string; zone: string },
): WireMail {
  const reference = { subscription: mail.subscription, campaign: 0 }
  const text = alreadySubscribedMail({
    locale: mail.locale,
    zone,
    color: list.brand.color,
    controller: list.controller,
    list: list.name,
    requestedAt: queuedAt,
    preferencesUrl: `${deps.config.publicUrl}/p/${referenceToken(deps.vault, 'pref', reference)}?lang=${mail.locale}`,
    leaveUrl: `${deps.config.publicUrl}/u/${referenceToken(deps.vault, 'unsub', reference)}?lang=${mail.locale}`,
  })
  return wireOf({ text, list, to, tag: tagToken(deps.vault, { kind: 'service_mail', id: mail.id }) })
}

const wireOf = (mail: { text: ServiceMailText; list: List; to: string; tag: string }): WireMail =>
  serviceMailWire({ ...mail, from: mail.list.sender, replyTo: mail.list.sender.reply_to })
