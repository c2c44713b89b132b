// web · passkeys under attack, by a software authenticator that signs what a test asks for. W3C WebAuthn level 3
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeOperator, disableOperator, enableOperator } from '../../src/auth/operators/operators.ts'
import {
  assertionOf,
  b64,
  type Ceremony,
  cborBytes,
  coseOf,
  type Device,
  device,
  type NewKey,
  registrationOf,
} from '../support/authenticator.ts'
import { at, eventually, text } from '../support/client.ts'
import { type ConsoleClient, consoleClientOf, fromConsole, signIn } from '../support/console.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

let house: TestApp
let eva: ConsoleClient
let jan: ConsoleClient

beforeAll(async () => {
  house = await openTestApp({ connections: 3 })
  eva = await signIn(house, { role: 'owner', email: 'eva@brand.example' })
  jan = await signIn(house, { role: 'editor', email: 'jan@brand.example' })
})
afterAll(() => house.close())

const assertion = (key: Device, ceremony: Ceremony): object => assertionOf(house.url, key, ceremony)
const registration = (key: Device, ceremony: NewKey): object => registrationOf(house.url, key, ceremony)

const postJson = (path: string, body: unknown): Promise<Response> =>
  house.request(path, {
    method: 'POST',
    headers: { ...fromConsole(house), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const challengeAtDoor = async (): Promise<string> =>
  text(await (await postJson('/console/sign-in/passkey/options', {})).json(), 'challenge')
const challengeFor = async (desk: ConsoleClient): Promise<string> =>
  text(await (await desk.postJson('/console/settings/passkeys/options', {})).json(), 'challenge')

const add = (desk: ConsoleClient, answer: object): Promise<Response> =>
  desk.postJson('/console/settings/passkeys', { name: 'Mine', answer })
const enter = (answer: object): Promise<Response> => postJson('/console/sign-in/passkey', { answer })

async function added(desk: ConsoleClient, algorithm: Device['algorithm'] = 'ES256'): Promise<Device> {
  const key = device(algorithm)
  expect((await add(desk, registration(key, { challenge: await challengeFor(desk) }))).status).toBe(200)
  return key
}

const whoIs = async (answer: Response): Promise<string> => {
  const cookie = /assent_session=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''
  return (await consoleClientOf(house, { cookie, operator: '' }).get('/console/settings')).text()
}

describe('a passkey', () => {
  it.each(['ES256', 'RS256'] as const)('of %s lets in the operator it belongs to', async (algorithm) => {
    const key = await added(eva, algorithm)
    const answer = await enter(assertion(key, { challenge: await challengeAtDoor() }))
    expect([answer.status, at(await answer.json(), 'to')]).toEqual([200, '/console'])
    expect(await whoIs(answer)).toContain('eva@brand.example')
  })

  it('lets them in whatever numbers its signature is made of', async () => {
    const key = await added(eva)
    for (let time = 0; time < 4; time += 1) {
      const challenge = await challengeAtDoor()
      expect((await enter(assertion(key, { challenge, short: true }))).status).toBe(200)
    }
  })

  it.each(['', 'AA', 'MAA', b64(new Uint8Array(70)), b64('0D'), 'x'.repeat(20_001)])(
    'is refused where its signature is none: %#',
    async (signature) => {
      const key = await added(eva)
      const said = assertion(key, { challenge: await challengeAtDoor() })
      const response = { ...Object(at(said, 'response')), signature }
      expect((await enter({ ...said, response })).status).toBe(401)
    },
  )

  it('answers a challenge once', async () => {
    const key = await added(eva)
    const said = assertion(key, { challenge: await challengeAtDoor() })
    const both = await Promise.all([enter(said), enter(said)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401])
    expect((await enter(said)).status).toBe(401)
  })

  it('answers within five minutes', async () => {
    const key = await added(eva)
    const challenge = await challengeAtDoor()
    house.later({ minutes: 5, seconds: 1 })
    expect((await enter(assertion(key, { challenge }))).status).toBe(401)
  })

  it.each<readonly [string, (challenge: string) => Ceremony]>([
    ['made up', () => ({ challenge: b64('x.y.z') })],
    [
      'bent',
      (challenge) => ({ challenge: b64(`${Buffer.from(challenge, 'base64url')}`.replace(/^./, '0')) }),
    ],
    ['of another site', (challenge) => ({ challenge, origin: 'https://evil.example', host: 'evil.example' })],
    ['of another site that names us', (challenge) => ({ challenge, origin: 'https://evil.example' })],
    ['for another host', (challenge) => ({ challenge, host: 'evil.example' })],
    ['of another kind', (challenge) => ({ challenge, type: 'webauthn.create' })],
    ['without a person', (challenge) => ({ challenge, flags: 4 })],
    ['without a check of the person', (challenge) => ({ challenge, flags: 1 })],
  ])('is refused where what it signed is %s', async (_, bend) => {
    const key = await added(eva)
    const answer = await enter(assertion(key, bend(await challengeAtDoor())))
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null])
  })

  it('is refused where its count falls back: it is a copy', async () => {
    const key = await added(eva)
    const come = async (counter: number) =>
      (await enter(assertion(key, { challenge: await challengeAtDoor(), counter }))).status
    expect([await come(5), await come(5), await come(4), await come(6)]).toEqual([200, 401, 401, 200])
  })

  it('lets in one of two copies that come at once with the same count', async () => {
    const key = await added(eva)
    const answers = [await challengeAtDoor(), await challengeAtDoor()].map((challenge) =>
      assertion(key, { challenge, counter: 7 }),
    )
    // Both sign-ins check the counter before either may write: the row is locked until both wait for it.
    const both = await house.owner.begin(async (tx) => {
      await tx`select from passkeys where id = ${key.id} for update`
      const entering = Promise.all(answers.map(enter))
      await eventually(async () => {
        const [second] = await tx`
          select from pg_locks join pg_database as here on here.oid = database
          where datname = current_database() and relation = 'passkeys'::regclass
            and locktype = 'tuple' and not granted`
        return second === undefined ? null : true
      })
      return { entering }
    })
    const statuses = (await both.entering).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, 401])
  })

  it('is refused where another key signed, or nobody knows it; one answer for all', async () => {
    const key = await added(eva)
    const other = device()
    const forged = await enter(
      assertion({ ...key, keys: other.keys }, { challenge: await challengeAtDoor() }),
    )
    const unknown = await enter(assertion(other, { challenge: await challengeAtDoor() }))
    expect([forged.status, unknown.status]).toEqual([401, 401])
    expect(await forged.text()).toBe(await unknown.text())
  })

  it('does not let in a disabled operator, and signs in with the present role', async () => {
    const key = await added(jan)
    const system = { kind: 'system' } as const
    const come = async () => enter(assertion(key, { challenge: await challengeAtDoor() }))
    await disableOperator(house.deps, system, jan.operator)
    expect((await come()).status).toBe(401)
    await enableOperator(house.deps, system, jan.operator)
    await changeOperator(house.deps, system, { operator: jan.operator, role: 'analyst', lists: null })
    const cookie = /assent_session=[^;]+/.exec((await come()).headers.get('set-cookie') ?? '')?.[0] ?? ''
    jan = consoleClientOf(house, { cookie, operator: jan.operator })
    expect((await jan.get('/console/people')).status).toBe(403)
  })

  it('is removed by its operator alone', async () => {
    const key = await added(eva)
    const remove = (desk: ConsoleClient) => desk.post('/console/settings/passkeys/remove', [['id', key.id]])
    expect((await remove(jan)).status).toBe(404)
    expect((await enter(assertion(key, { challenge: await challengeAtDoor() }))).status).toBe(200)
    expect((await remove(eva)).status).toBe(303)
    expect((await enter(assertion(key, { challenge: await challengeAtDoor() }))).status).toBe(401)
  })
})

describe('a new passkey', () => {
  it('is added by a challenge of the same operator, for this, once', async () => {
    const challenge = await challengeFor(eva)
    const foreign = [await challengeFor(jan), await challengeAtDoor(), b64('x.y.z')]
    for (const one of foreign)
      expect((await add(eva, registration(device(), { challenge: one }))).status).toBe(422)
    expect((await add(jan, registration(device(), { challenge }))).status).toBe(422)
    expect((await add(eva, registration(device(), { challenge }))).status).toBe(200)
    expect((await add(eva, registration(device(), { challenge }))).status).toBe(422)
  })

  it('cannot take the place of one that is somebody’s', async () => {
    const key = await added(eva)
    const mine = { ...device(), id: key.id }
    expect((await add(jan, registration(mine, { challenge: await challengeFor(jan) }))).status).toBe(422)
    expect((await enter(assertion(key, { challenge: await challengeAtDoor() }))).status).toBe(200)
  })

  it.each<readonly [string, Partial<NewKey>]>([
    ['of another site', { origin: 'https://evil.example', host: 'evil.example' }],
    ['of another site that names us', { origin: 'https://evil.example' }],
    ['for another host', { host: 'evil.example' }],
    ['of another kind', { type: 'webauthn.get' }],
    ['without a person', { flags: 68 }],
    ['without a check of the person', { flags: 65 }],
    ['without a key', { flags: 5 }],
    ['under an id that its device did not say', { id: b64('another id') }],
    ['that somebody else’s certificate vouches for: none was asked for', { attestation: 'certificate' }],
  ])('is refused %s', async (_, bent) => {
    const challenge = await challengeFor(eva)
    expect((await add(eva, registration(device(), { challenge, ...bent }))).status).toBe(422)
  })

  it('may vouch for itself, as some devices do unasked (WebAuthn on attestation conveyance)', async () => {
    const key = device()
    const challenge = await challengeFor(eva)
    expect((await add(eva, registration(key, { challenge, attestation: 'self' }))).status).toBe(200)
    expect((await enter(assertion(key, { challenge: await challengeAtDoor() }))).status).toBe(200)
  })

  it.each<readonly [string, () => string]>([
    ['Ed25519', () => `a4010103272006215820${'11'.repeat(32)}`],
    ['ES384', () => cose384('38 22')],
    ['ES256 with a point of P-384', () => cose384('26')],
    ['PS256', () => coseOf(device('RS256')).replace('390100', '3824')],
    [
      'ES256 with a point beside the curve',
      () => `a5010203262001215820${'11'.repeat(32)}225820${'22'.repeat(32)}`,
    ],
    ['ES256 without its second number', () => `a4010203262001215820${'11'.repeat(32)}`],
    ['ES256 with short numbers', () => 'a5010203262001214101224101'],
    ['RS256 without numbers', () => 'a20103033901 00'],
    ['no CBOR', () => 'ff'],
    ['no map', () => '01'],
  ])('is refused where it is none of ES256 or RS256: %s', async (_, cose) => {
    const answer = registration(device(), {
      challenge: await challengeFor(eva),
      cose: cose().replaceAll(' ', ''),
    })
    expect((await add(eva, answer)).status).toBe(422)
  })

  it.each<readonly [string, string]>([
    ['no base64', '!'],
    ['no CBOR', b64(Buffer.from('ff', 'hex'))],
    ['no map', b64(Buffer.from('01', 'hex'))],
    ['an empty map', b64(Buffer.from('a0', 'hex'))],
    ['a map without data', b64(Buffer.from('a263666d74646e6f6e656761747453746d74a0', 'hex'))],
    ['an array that claims four thousand million items', b64(Buffer.from('9affffffff01', 'hex'))],
    ['arrays in arrays', b64(Buffer.alloc(14_000, 0x81))],
    ['too much', 'o'.repeat(20_001)],
  ])('is refused where the attestation is garbage: %s', async (_, attestationObject) => {
    const answer = registration(device(), { challenge: await challengeFor(eva), attestationObject })
    expect((await add(eva, answer)).status).toBe(422)
  })

  it.each<readonly [string, string]>([
    ['no JSON', b64('x')],
    ['null', b64('null')],
    ['a challenge that is no text', b64('{"type":"webauthn.create","challenge":{}}')],
  ])('is refused where what the browser says is garbage: %s', async (_, clientDataJSON) => {
    const said = registration(device(), { challenge: await challengeFor(eva) })
    const response = { ...Object(at(said, 'response')), clientDataJSON }
    expect((await add(eva, { ...said, response })).status).toBe(422)
  })

  it('is asked for with a check of the person, kept on the device, without the maker’s word', async () => {
    const asked = await (await eva.postJson('/console/settings/passkeys/options', {})).json()
    expect(asked).toMatchObject({
      rp: { id: new URL(house.url).hostname },
      user: { id: b64(eva.operator), name: 'eva@brand.example' },
      pubKeyCredParams: [
        { alg: -7, type: 'public-key' },
        { alg: -257, type: 'public-key' },
      ],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
      timeout: 300_000,
    })
    expect(await (await postJson('/console/sign-in/passkey/options', {})).json()).toMatchObject({
      rpId: new URL(house.url).hostname,
      userVerification: 'required',
      timeout: 300_000,
    })
  })

  it.each(['ES256', 'RS256'] as const)('of %s is stored as SPKI, as always', async (algorithm) => {
    const key = await added(eva, algorithm)
    const rows = await house.owner`select public_key, algorithm, synced from passkeys where id = ${key.id}`
    expect(rows).toEqual([{ public_key: b64(spkiOf(key)), algorithm, synced: false }])
  })

  it.each([
    [69, false],
    [77, true],
    [93, true],
  ])('is known to be synced where its device says so: flags %i', async (flags, synced) => {
    const key = device()
    const answer = registration(key, { challenge: await challengeFor(eva), flags })
    expect((await add(eva, answer)).status).toBe(200)
    expect(await house.owner`select synced from passkeys where id = ${key.id}`).toEqual([{ synced }])
  })

  it('is not said to be wrong where the database has failed', async () => {
    const challenge = await challengeFor(eva)
    await house.owner`alter table limits rename to elsewhere`
    const answer = await add(eva, registration(device(), { challenge }))
    await house.owner`alter table elsewhere rename to limits`
    expect(answer.status).toBe(500)
  })

  it('leaves one row, which does not name it', async () => {
    const before = await house.owner`select from audit_log where verb = 'passkey.add'`
    const key = await added(eva)
    const rows = await house.owner<{ row: string }[]>`
      select a::text as row from audit_log as a where verb = 'passkey.add' order by id`
    expect(rows).toHaveLength(before.length + 1)
    expect(rows.at(-1)?.row).not.toContain(key.id)
  })
})

describe('a passkey of an earlier version', () => {
  const stored = async (key: Device, publicKey: string, algorithm: string) => {
    await house.owner`
      insert into passkeys (id, operator, name, public_key, algorithm, transports, counter, synced, created_at)
      values (${key.id}, ${eva.operator}, 'Old', ${publicKey}, ${algorithm}, '{internal}', 3, false, now())`
  }

  it.each(['ES256', 'RS256'] as const)('of %s goes on working, and stays as it was', async (algorithm) => {
    const key = device(algorithm)
    const padded = spkiOf(key).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
    await stored(key, padded, algorithm)
    const come = async (counter: number) =>
      (await enter(assertion(key, { challenge: await challengeAtDoor(), counter }))).status
    expect([await come(3), await come(4), await come(4), await come(5)]).toEqual([401, 200, 401, 200])
    const rows = await house.owner`
      select public_key, algorithm, counter::int from passkeys where id = ${key.id}`
    expect(rows).toEqual([{ public_key: padded, algorithm, counter: 5 }])
  })

  it.each<readonly [string, (key: Device) => readonly [string, string]]>([
    ['of an algorithm that is not known', (key) => [b64(spkiOf(key)), 'EdDSA']],
    ['of another algorithm than it says', (key) => [b64(spkiOf(key)), 'RS256']],
    ['that is cut', (key) => [b64(spkiOf(key).subarray(0, 80)), 'ES256']],
    ['that is none', () => ['', 'ES256']],
    ['of another curve', () => [b64(spki384()), 'ES256']],
  ])('opens nothing with a key %s', async (_, row) => {
    const key = device()
    await stored(key, ...row(key))
    const answer = await enter(assertion(key, { challenge: await challengeAtDoor(), counter: 4 }))
    const unknown = await enter(assertion(device(), { challenge: await challengeAtDoor() }))
    expect([answer.status, await answer.text()]).toEqual([401, await unknown.text()])
  })
})

const spkiOf = ({ keys }: Device): Buffer => keys.publicKey.export({ type: 'spki', format: 'der' })

const keys384 = () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey
const spki384 = (): Buffer => keys384().export({ type: 'spki', format: 'der' })

/** A P-384 key; the algorithm in hex, -7 or -35. */
function cose384(algorithm: string): string {
  const { x = '', y = '' } = keys384().export({ format: 'jwk' })
  const number = (text: string): string => cborBytes(Buffer.from(text, 'base64url'))
  return `a5010203${algorithm}200221${number(x)}22${number(y)}`
}
