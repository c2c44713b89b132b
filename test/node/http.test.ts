// entry · the server at its socket: hosts, encodings, slow and broken requests, headers of every answer. RFC 9112, 8259, 6797
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../../src/node/listen.ts'
import { ownerKey } from '../support/running.ts'
import { contentsOf } from '../support/tables.ts'
import { openTestApp, type TestApp, type TestList } from '../support/test-app.ts'

let house: TestApp
let list: TestList
let server: Awaited<ReturnType<typeof listen>>
const sockets = new Set<Socket>()

/** Soon over, so that the test does not wait for what production waits for. */
const withinMs = 200

beforeAll(async () => {
  house = await openTestApp({ env: { RESEND_WEBHOOK_SECRET: `whsec_${'A'.repeat(24)}` } })
  list = await house.makeList()
  const config = { ...house.deps.config, port: 0, host: '127.0.0.1' }
  server = await listen({ ...house.deps, config }, withinMs)
})
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
})
afterAll(async () => {
  server.close()
  await house.close()
})

async function dial(): Promise<Socket> {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const socket = connect(address.port, '127.0.0.1')
  sockets.add(socket)
  await once(socket, 'connect')
  return socket
}

/** What the server says until it hangs up. */
async function heardOf(socket: Socket): Promise<string> {
  let heard = ''
  socket.setEncoding('utf8').on('data', (text) => {
    heard += text
  })
  // Not by `once`, which fails on the reset that a server may end with.
  await new Promise((resolve) => socket.once('close', resolve))
  return heard
}

async function say(...lines: readonly string[]): Promise<string> {
  const socket = await dial()
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  return heardOf(socket)
}

describe('a request that names its host more than once, or not at all (RFC 9112 section 3.2)', () => {
  it.each([
    ['twice', ['GET /healthz HTTP/1.1', 'Host: a.example', 'Host: b.example']],
    ['twice the same', ['GET /healthz HTTP/1.1', 'Host: a.example', 'Host: a.example']],
    ['in two spellings', ['GET /healthz HTTP/1.1', 'host: a.example', 'HOST: b.example']],
    [
      'three times, with others between',
      [
        'GET /api/v1/lists HTTP/1.1',
        'Host: a.example',
        `Authorization: Bearer ${ownerKey}`,
        'Host: b.example',
        'Accept: */*',
        'Host: c.example',
      ],
    ],
    ['twice, one of them empty', ['GET /healthz HTTP/1.1', 'Host:', 'Host: b.example']],
    ['not at all', ['GET /healthz HTTP/1.1', 'Accept: */*', 'Connection: close']],
  ])('is refused: %s', async (_, lines) => {
    expect(await say(...lines)).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('changes nothing where it posts, and says what to mend', async () => {
    const before = await contentsOf(house.owner)
    const body = 'email=anna@example.pl'
    const heard = await say(
      `POST /s/${list.slug} HTTP/1.1`,
      'Host: a.example',
      'Host: b.example',
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
      '',
      body,
    )
    expect(heard).toMatch(/^HTTP\/1\.1 400 [\s\S]*Send one Host header\./)
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it('is answered where it names one', async () => {
    expect(await say('GET /healthz HTTP/1.1', 'Host: a.example', 'Connection: close')).toMatch(
      /^HTTP\/1\.1 200 /,
    )
  })
})

describe('a request that does not arrive', () => {
  it.each([
    ['headers that trickle', 'GET /healthz HTTP/1.1\r\nHost: a.example\r\nX-Slow: '],
    [
      'a form that trickles',
      `POST /s/letter HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\nemail=`,
    ],
    [
      'a form in chunks that trickles',
      'POST /s/letter HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nemail=\r\n',
    ],
    [
      'JSON for the API that trickles',
      `POST /api/v1/lists HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer ${ownerKey}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{`,
    ],
  ])('is ended by the server: %s', async (_, begun) => {
    const socket = await dial()
    socket.on('error', () => {})
    socket.write(begun)
    const trickle = setInterval(() => socket.write('a'), 20)
    const heard = await heardOf(socket)
    clearInterval(trickle)
    expect(heard).not.toMatch(/^HTTP\/1\.1 (?:2|5)/)
    expect(errors()).toEqual([])
  })
})

describe('a client that hangs up in the middle of its body', () => {
  it.each([
    ['/s/letter', 'application/x-www-form-urlencoded', 'email=an'],
    ['/s/letter', 'application/json', '{"email":"an'],
    [
      '/s/letter',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nan',
    ],
    ['/api/v1/lists', 'application/json', '{"slug":'],
    ['/api/v1/signups', 'application/json', '{"list":'],
    ['/hooks/resend', 'application/json', '{"type":'],
    ['/console/sign-in', 'application/x-www-form-urlencoded', 'email=ol'],
  ])('leaves no error in the log, and no row: %s, %s', async (path, type, begun) => {
    const before = await contentsOf(house.owner)
    const seen = house.logged.length
    for (const length of ['Content-Length: 5000', 'Transfer-Encoding: chunked']) {
      const socket = await dial()
      const body = length.startsWith('T') ? `${begun.length.toString(16)}\r\n${begun}\r\n` : begun
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: a.example\r\nOrigin: ${house.url}\r\nAuthorization: Bearer ${ownerKey}\r\nContent-Type: ${type}\r\n${length}\r\n\r\n${body}`,
        () => socket.destroy(),
      )
    }
    await until(() => house.logged.slice(seen).filter((line) => line.includes('"request"')).length === 2)
    expect(errors()).toEqual([])
    expect(await contentsOf(house.owner)).toEqual(before)
  })
})

const errors = (): readonly string[] => house.logged.filter((line) => line.includes('"level":"error"'))

/** Asks between two turns of the event loop. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

describe('JSON that is not UTF-8 (RFC 8259 section 8.1)', () => {
  const broken: readonly (readonly [string, readonly number[]])[] = [
    ['Latin-1', [0x5a, 0xf3, 0xb3, 0x77]],
    ['an octet that UTF-8 never has', [0xff]],
    ['a character that is cut off', [0xc5]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a letter in more octets than it needs', [0xc1, 0x81]],
    ['UTF-16', [0x00, 0x61]],
  ]
  const bodyWith = (octets: readonly number[], around: string): Uint8Array<ArrayBuffer> => {
    const [before = '', after = ''] = around.split('…')
    return new Uint8Array([...Buffer.from(before), ...octets, ...Buffer.from(after)])
  }
  const doors: readonly (readonly [string, string, string])[] = [
    ['POST', '/api/v1/lists', '{"slug":"new","name":"…"}'],
    ['PATCH', '/api/v1/lists/letter', '{"name":"…"}'],
    ['POST', '/api/v1/subscribers/search', '{"email":"…@example.pl"}'],
    ['POST', '/api/v1/signups', '{"list":"letter","email":"a@example.pl","source":"…"}'],
    ['POST', '/s/letter', '{"email":"…@example.pl"}'],
    ['POST', '/hooks/resend', '{"type":"…"}'],
  ]

  it.each(doors)('is refused in a sentence, and stored nowhere: %s %s', async (method, path, around) => {
    const before = await contentsOf(house.owner)
    for (const [what, octets] of broken.filter(([what]) => what !== 'UTF-16')) {
      for (const key of [undefined, 'again']) {
        const answer = await house.request(path, {
          method,
          headers: {
            authorization: `Bearer ${ownerKey}`,
            'content-type': 'application/json',
            ...(key === undefined ? {} : { 'idempotency-key': key }),
          },
          body: bodyWith(octets, around),
        })
        expect(answer.status, what).toBe(400)
        expect(await answer.text(), what).toContain('UTF-8')
      }
    }
    expect(await contentsOf(house.owner)).toEqual(before)
  })

  it('is refused in another encoding altogether, and taken with every letter in UTF-8', async () => {
    const post = (body: Uint8Array<ArrayBuffer>) =>
      house.request('/api/v1/lists/letter', {
        method: 'PATCH',
        headers: { authorization: `Bearer ${ownerKey}`, 'content-type': 'application/json' },
        body,
      })
    expect((await post(new Uint8Array(Buffer.from('{"name":"Zażółć"}', 'utf16le')))).status).toBe(400)
    const taken = await post(new TextEncoder().encode('{"name":"Zażółć Ångström Ёж 🦊"}'))
    expect([taken.status, (await taken.json()).name]).toEqual([200, 'Zażółć Ångström Ёж 🦊'])
  })
})

describe('every answer', () => {
  const asked: readonly (readonly [string, string])[] = [
    ['GET', '/healthz'],
    ['GET', '/readyz'],
    ['GET', '/'],
    ['GET', '/s/letter'],
    ['POST', '/s/letter'],
    ['GET', '/s/letter/brand.css'],
    ['GET', '/s/nothing'],
    ['GET', '/c/forged'],
    ['POST', '/u/forged'],
    ['GET', '/p/forged'],
    ['GET', '/assets/nothing.css'],
    ['GET', '/nowhere'],
    ['PUT', '/healthz'],
    ['OPTIONS', '/s/letter'],
    ['HEAD', '/s/letter'],
    ['POST', '/hooks/resend'],
    ['GET', '/console'],
    ['POST', '/console'],
    ['GET', '/console/sign-in'],
    ['GET', '/api/v1/lists'],
    ['POST', '/api/v1/lists'],
    ['GET', '/api/v1/nowhere'],
    ['GET', '/api/openapi.json'],
    ['GET', '/api/docs'],
    ['GET', '/dev/mailbox.json'],
  ]

  it.each(asked)(
    'is not guessed at by browsers, and says https where there is https: %s %s',
    async (method, path) => {
      for (const publicUrl of ['http://127.0.0.1:8787', 'https://lists.example']) {
        const { app } = await import('../../src/app.ts')
        const answer = await app.fetch(new Request(`${publicUrl}${path}`, { method }), {
          ...house.deps,
          config: { ...house.deps.config, publicUrl },
          remoteAddress: '127.0.0.1',
        })
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
        expect(answer.headers.get('strict-transport-security')).toBe(
          publicUrl.startsWith('https:') ? 'max-age=31536000' : null,
        )
      }
    },
  )
})

describe('a page that asks too much of the database', () => {
  it('is told so in a sentence, and its connection is free again; the freeze has the time it needs', async () => {
    const slow = await openTestApp({ statementSeconds: 1 })
    const letter = await slow.makeList()
    await slow.subscribe(letter, ['anna@example.pl'])
    await slow.owner.begin(async (tx) => {
      await tx`lock table lists in access exclusive mode`
      const answer = await slow.request('/api/v1/lists', { headers: { authorization: `Bearer ${ownerKey}` } })
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60'])
      expect(await answer.text()).toContain('Ask for less at once')
    })
    expect((await slow.api('GET', '/lists')).status).toBe(200)
    expect(slow.logged.filter((line) => line.includes('"level":"error"'))).toEqual([])

    await slow.owner.unsafe(`
      create function dawdle() returns trigger language plpgsql as 'begin perform pg_sleep(1.2); return new; end';
      create trigger dawdle before insert on recipients for each row execute function dawdle()`)
    const campaign = await slow.makeCampaign(letter)
    await slow.launch(campaign)
    await slow.rest()
    expect(await slow.mailsTo('anna@example.pl')).toHaveLength(2)
    await slow.close()
  })
})
