// shell · a request that cannot be processed does not hold up others. I4: nobody is lost silently
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examine } from '../../src/cli/doctor.ts'
import { appRole } from '../../src/node/embedded/roles.ts'
import { bytesOf } from '../../src/platform/encoding/bytes.ts'
import { sealRow } from '../../src/platform/vault/fields.ts'
import { type SignupBody, signupBodyText } from '../../src/signup/body.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

describe('a sign-up that the ledger refuses', () => {
  let house: TestApp
  let list: TestList
  beforeAll(async () => {
    house = await openTestApp()
    list = await house.makeList()
  })
  afterAll(() => house.close())

  /** A request that only a bug could create: its notice was never published. */
  async function plantBroken(): Promise<string> {
    const { deps } = house
    const id = deps.ids()
    const body: SignupBody = {
      v: 1,
      email: 'broken@example.pl',
      lists: [{ id: list.id, purposes: ['newsletter'], notice: 'A'.repeat(43) }],
      fields: {},
      locale: 'en',
      page: null,
      method: 'form',
      source: null,
      controls: [],
      ip: null,
      userAgent: '',
      dwell: null,
      actor: 'subject',
    }
    const sealed = sealRow(
      deps.vault,
      deps.randomBytes(12),
      { table: 'signup_requests', id },
      bytesOf(signupBodyText(body)),
    )
    await house.app`
      insert into signup_requests (id, list, locale, sealed, created_at, expires_at)
      values (${id}, ${list.number}, 'en', ${Buffer.from(sealed)}, now(), now() + interval '7 days')`
    return id
  }

  it('is set aside, kept and reported, and keeps nobody else waiting', async () => {
    await house.signUp(list, 'before@example.pl')
    const broken = await plantBroken()
    await house.signUp(list, 'after@example.pl')
    await house.rest()
    expect(await house.mailsTo('before@example.pl')).toHaveLength(1)
    expect(await house.mailsTo('after@example.pl')).toHaveLength(1)
    const [row] =
      await house.owner`select state, length(sealed) > 0 as kept from signup_requests where id = ${broken}`
    expect(row).toEqual({ state: 'stuck', kept: true })
    expect(house.logged.some((line) => line.includes('signup.set_aside') && line.includes(broken))).toBe(true)
    const findings = await examine(house.deps, { config: house.deps.config, urls: { appRole } })
    expect(findings).toContainEqual({
      holds: false,
      sentence: '1 sign-up could not be processed. See the log for the reason.',
    })
  })
})
