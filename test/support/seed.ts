// adapter · many people with a live consent at once, through the product's own writers, with every trigger on
import { sql } from 'drizzle-orm'
import { setGrades } from '../../src/consent/evidence/grade.ts'
import { recordActs } from '../../src/consent/record.ts'
import { ensureSubscriptions, lockSubscriptions } from '../../src/consent/subscribe.ts'
import type { Locale } from '../../src/i18n/locale.ts'
import { findList } from '../../src/lists/find.ts'
import { type List, mailPurposes, ownPurpose } from '../../src/lists/list.ts'
import { openDeployment } from '../../src/node/deployment.ts'
import { secretOf } from '../../src/node/embedded/data-folder.ts'
import { fingerprintOf } from '../../src/node/embedded/fingerprint.ts'
import { joinOrStart } from '../../src/node/embedded/join.ts'
import { appRole } from '../../src/node/embedded/roles.ts'
import { readConfig } from '../../src/platform/config.ts'
import type { Tx } from '../../src/platform/database/database.ts'
import type { Deps } from '../../src/platform/deps.ts'
import { createLog } from '../../src/platform/log.ts'
import { parseAddress } from '../../src/subscribers/address.ts'
import { ensureSubscribers } from '../../src/subscribers/ensure.ts'
import { saveDetails } from '../../src/subscribers/save-details.ts'

export interface Seed {
  readonly email: string
  readonly locale?: Locale
  readonly fields?: Readonly<Record<string, string>>
}

export interface Seeded {
  readonly email: string
  readonly subscriber: number
  readonly subscription: number
}

/** Requests and confirms without form, mail and button, but with the same events, for tests of later stages. */
export async function seedConfirmed(
  deps: Deps,
  slug: string,
  people: readonly Seed[],
  purposes: readonly string[] = [ownPurpose],
): Promise<readonly Seeded[]> {
  const list = await findList(deps.db, slug)
  if (list === null) throw new Error(`there is no list ${slug}`)
  const seeded: Seeded[] = []
  for (let from = 0; from < people.length; from += maxChunk) {
    const chunk = people.slice(from, from + maxChunk)
    seeded.push(
      ...(await deps.db.transaction((tx) => seedChunk(deps, tx, { list, people: chunk, purposes }))),
    )
  }
  return seeded
}

/** The same in the database of a running server, with the application's secret and role. */
export async function seedRunning(dataDir: string, slug: string, people: readonly Seed[]): Promise<void> {
  const server = await joinOrStart(dataDir)
  const read = readConfig({ DATA_DIR: dataDir })
  if (!read.ok) throw new Error(read.problem)
  const deployment = await openDeployment({
    config: read.config,
    urls: { app: server.appUrl, owner: server.ownerUrl, appRole },
    secret: await secretOf(dataDir),
    holder: 'seed',
    folder: await fingerprintOf(dataDir),
    log: createLog('silent', () => {}),
    connections: 2,
  })
  await seedConfirmed(deployment.deps, slug, people)
  await deployment.close()
  await server.stop()
}

const maxChunk = 500

async function seedChunk(
  deps: Deps,
  tx: Tx,
  { list, people, purposes }: { list: List; people: readonly Seed[]; purposes: readonly string[] },
): Promise<readonly Seeded[]> {
  const known = people.map((person) => ({ ...person, address: addressOf(person.email) }))
  const ids = await ensureSubscribers(
    deps,
    tx,
    known.map(({ address, locale = 'en' }) => ({ address, locale })),
  )
  const byId = new Map(
    known.map((person) => {
      const { id = 0, uid = '' } = ids.get(person.address.canonical) ?? {}
      return [id, { ...person, uid }] as const
    }),
  )
  await ensureSubscriptions(
    deps,
    tx,
    [...byId.keys()].map((subscriber) => ({ subscriber, list: list.number })),
  )
  const locked = await lockSubscriptions(
    deps,
    tx,
    sql`s.list = ${list.number} and s.subscriber = any(${`{${[...byId.keys()].join(',')}}`}::bigint[])`,
  )
  const about = {
    notice: list.notices[list.default_locale] ?? null,
    payload: { workflow: 'doi/1', method: 'seed' },
    list: { id: list.id, mailPurposes: mailPurposes(list) },
  }
  await recordActs(
    deps,
    tx,
    locked.flatMap((subscription) => {
      const canonicalAddress = byId.get(subscription.subscriber)?.address.canonical
      return [
        { ...about, subscription, canonicalAddress, type: 'consent.requested' as const, purposes: [] },
        {
          ...about,
          subscription,
          canonicalAddress,
          type: 'consent.confirmed' as const,
          purposes: purposes.toSorted(),
        },
      ]
    }),
  )
  await setGrades(
    tx,
    locked.map(({ id }) => id),
    'B',
  )
  for (const [number, { uid, fields }] of byId)
    await saveDetails(deps, tx, { subscriber: { number, uid }, list, values: fields })
  return locked.map(({ id, subscriber }) => ({
    email: byId.get(subscriber)?.email ?? '',
    subscriber,
    subscription: id,
  }))
}

function addressOf(email: string) {
  const parsed = parseAddress(email, { smtpUtf8: true })
  if (!parsed.ok) throw new Error(`${email} cannot be seeded: ${parsed.reason}`)
  return parsed.address
}
