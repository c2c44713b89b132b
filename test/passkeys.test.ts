// web · passkeys under attack, by an authenticator in software that signs whatever it is told to. W3C WebAuthn level 3
import { createHash, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeOperator, disableOperator, enableOperator } from '../src/auth/operators.ts'
import { at, text } from './support/client.ts'
import { type Desk, deskOf, fromConsole, signIn } from './support/console.ts'
import { type House, openHouse } from './support/house.ts'

let house: House
let eva: Desk
let jan: Desk

beforeAll(async () => {
  house = await openHouse()
  eva = await signIn(house, { role: 'owner', email: 'eva@brand.example' })
  jan = await signIn(house, { role: 'editor', email: 'jan@brand.example' })
})
afterAll(() => house.close())

const b64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url')
const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()

interface Device {
  readonly id: string
  readonly keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
}

let devices = 0
const device = (): Device => ({
  id: b64(`device ${++devices}`),
  keys: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
})

/** What a browser and its authenticator would say, and how an attacker bends it. */
interface Ceremony {
  readonly challenge: string
  readonly origin?: string
  readonly host?: string
  readonly type?: string
  /** User present 1, user verified 4, credential attested 64. */
  readonly flags?: number
  readonly counter?: number
  readonly short?: boolean
}

const clientOf = ({ challenge, origin = house.url, type = 'webauthn.get' }: Ceremony): string =>
  JSON.stringify({ type, challenge, origin, crossOrigin: false })

function authenticatorOf({ host = '127.0.0.1', flags = 5, counter = 0 }: Ceremony, attested = ''): Buffer {
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  return Buffer.concat([sha256(host), Buffer.from([flags]), count, Buffer.from(attested, 'hex')])
}

/** DER; `short`: with a number that begins with eight zeros, as every 128th does by chance. */
function signed({ keys }: Device, bytes: Uint8Array, short = false): string {
  for (;;) {
    const der = createSign('sha256').update(bytes).sign(keys.privateKey)
    if (!short || der.length < 70) return b64(der)
  }
}

function assertion(key: Device, ceremony: Ceremony): object {
  const client = clientOf(ceremony)
  const authenticator = authenticatorOf(ceremony)
  return {
    id: key.id,
    rawId: key.id,
    type: 'public-key',
    response: {
      authenticatorData: b64(authenticator),
      clientDataJSON: b64(client),
      signature: signed(key, Buffer.concat([authenticator, sha256(client)]), ceremony.short),
    },
  }
}

function registration(key: Device, ceremony: Ceremony): object {
  const idBytes = Buffer.from(key.id, 'base64url')
  const attested = `${'0'.repeat(32)}${idBytes.length.toString(16).padStart(4, '0')}${idBytes.toString('hex')}`
  const data = authenticatorOf({ flags: 69, ...ceremony }, attested)
  return {
    id: key.id,
    rawId: key.id,
    type: 'public-key',
    response: {
      attestationObject: b64('none'),
      authenticatorData: b64(data),
      clientDataJSON: b64(clientOf({ type: 'webauthn.create', ...ceremony })),
      publicKey: b64(key.keys.publicKey.export({ type: 'spki', format: 'der' })),
      publicKeyAlgorithm: -7,
      transports: ['internal'],
    },
    user: { id: 'x', name: 'x', displayName: 'x' },
  }
}

const postJson = (path: string, body: unknown): Promise<Response> =>
  house.request(path, {
    method: 'POST',
    headers: { ...fromConsole(house), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const challengeAtDoor = async (): Promise<string> =>
  text(await (await postJson('/console/sign-in/passkey/options', {})).json(), 'challenge')
const challengeFor = async (desk: Desk): Promise<string> =>
  text(await (await desk.postJson('/console/settings/passkeys/options', {})).json(), 'challenge')

const add = (desk: Desk, answer: object): Promise<Response> =>
  desk.postJson('/console/settings/passkeys', { name: 'Mine', answer })
const enter = (answer: object): Promise<Response> => postJson('/console/sign-in/passkey', { answer })

async function added(desk: Desk): Promise<Device> {
  const key = device()
  expect((await add(desk, registration(key, { challenge: await challengeFor(desk) }))).status).toBe(200)
  return key
}

const whoIs = async (answer: Response): Promise<string> => {
  const cookie = /assent_session=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''
  return (await deskOf(house, { cookie, operator: '' }).get('/console/settings')).text()
}

describe('a passkey', () => {
  it('lets in the operator it belongs to', async () => {
    const key = await added(eva)
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

  it('does not let in who was shut out, and lets them in as what they are now', async () => {
    const key = await added(jan)
    const system = { kind: 'system' } as const
    const come = async () => enter(assertion(key, { challenge: await challengeAtDoor() }))
    await disableOperator(house.deps, system, jan.operator)
    expect((await come()).status).toBe(401)
    await enableOperator(house.deps, system, jan.operator)
    await changeOperator(house.deps, system, { operator: jan.operator, role: 'analyst', lists: null })
    const cookie = /assent_session=[^;]+/.exec((await come()).headers.get('set-cookie') ?? '')?.[0] ?? ''
    jan = deskOf(house, { cookie, operator: jan.operator })
    expect((await jan.get('/console/people')).status).toBe(403)
  })

  it('is removed by its operator alone', async () => {
    const key = await added(eva)
    const remove = (desk: Desk) => desk.post('/console/settings/passkeys/remove', [['id', key.id]])
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

  it.each<readonly [string, Partial<Ceremony>]>([
    ['of another site', { origin: 'https://evil.example' }],
    ['for another host', { host: 'evil.example' }],
    ['of another kind', { type: 'webauthn.get' }],
    ['without a check of the person', { flags: 65 }],
  ])('is refused %s', async (_, bent) => {
    const challenge = await challengeFor(eva)
    expect((await add(eva, registration(device(), { challenge, ...bent }))).status).toBe(422)
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
