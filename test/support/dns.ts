// adapter · a server of names on loopback, over UDP and TCP, that also fails in the ways servers of names fail. RFC 1035
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'

/** What a name answers: records by type; or nothing of them, or not at all. */
export type Zone = Readonly<Record<string, Records | 'servfail' | 'silence'>>

interface Records {
  readonly TXT?: readonly string[]
  /** Hosts; '' is the null MX. */
  readonly MX?: readonly string[]
  readonly A?: readonly string[]
}

export interface DnsServer {
  /** `127.0.0.1:port` */
  readonly address: string
  /** `TXT _dmarc.brand.se`, in the order in which they came; over TCP with `tcp ` before it. */
  readonly asked: readonly string[]
  /** Other answers from now on. */
  change(zone: Zone): void
  close(): Promise<void>
}

const types = { A: 1, MX: 15, TXT: 16, AAAA: 28 } as const
/** Without EDNS0 a client takes so many bytes by UDP; what is longer is cut, and asked again over TCP. */
const maxDatagram = 512

/** A name that is not in the zone does not exist, unless another ends in it. */
export async function startDns(zone: Zone): Promise<DnsServer> {
  const asked: string[] = []
  const held = { zone }
  const datagrams = createSocket('udp4')
  datagrams.on('message', (query, peer) => {
    const answer = answerTo(query, held.zone, (question) => asked.push(question))
    if (answer === null) return
    const fits = answer.length <= maxDatagram ? answer : truncated(query)
    datagrams.send(fits, peer.port, peer.address)
  })
  const open = new Set<Socket>()
  const streams = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => {
      const answer = answerTo(data.subarray(2), held.zone, (question) => asked.push(`tcp ${question}`))
      if (answer !== null) socket.write(Buffer.concat([sixteen(answer.length), answer]))
    })
  })
  // TCP first: many of its ports are taken by others at any moment, hardly any of UDP.
  const port = await listenTwice(streams, datagrams)
  return {
    address: `127.0.0.1:${port}`,
    asked,
    change: (next) => {
      held.zone = next
    },
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => datagrams.close(resolve))
      await new Promise((resolve) => streams.close(resolve))
    },
  }
}

function answerTo(query: Buffer, zone: Zone, note: (question: string) => void): Buffer | null {
  const { name, type, end } = questionOf(query)
  const word = Object.entries(types).find(([, number]) => number === type)?.[0] ?? String(type)
  note(`${word} ${name}`)
  const entry = zone[name]
  if (entry === 'silence') return null
  if (entry === 'servfail') return headed(query, end, { code: 2, answers: [] })
  if (entry !== undefined) return headed(query, end, { code: 0, answers: recordsOf(entry, word, type) })
  const isBetween = Object.keys(zone).some((other) => other.endsWith(`.${name}`))
  return headed(query, end, { code: isBetween ? 0 : 3, answers: [] })
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

/** The id and question as asked; response, recursion desired and available. */
function headed(query: Buffer, end: number, said: { code: number; answers: readonly Buffer[] }): Buffer {
  const head = Buffer.alloc(12)
  query.copy(head, 0, 0, 2)
  head.writeUInt16BE(0x8180 | said.code, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(said.answers.length, 6)
  return Buffer.concat([head, query.subarray(12, end), ...said.answers])
}

function truncated(query: Buffer): Buffer {
  const cut = headed(query, questionOf(query).end, { code: 0, answers: [] })
  cut.writeUInt16BE(0x8180 | 0x0200, 2)
  return cut
}

function recordsOf(entry: Records, word: string, type: number): readonly Buffer[] {
  const bodies =
    word === 'TXT'
      ? (entry.TXT ?? []).map(textOf)
      : word === 'MX'
        ? (entry.MX ?? []).map((host) => Buffer.concat([sixteen(host === '' ? 0 : 10), nameOf(host)]))
        : word === 'A'
          ? (entry.A ?? []).map((address) => Buffer.from(address.split('.').map(Number)))
          : []
  return bodies.map((body) =>
    // The name of the question, by a pointer to it; class IN; a minute.
    Buffer.concat([
      sixteen(0xc00c),
      sixteen(type),
      sixteen(1),
      Buffer.from([0, 0, 0, 60]),
      sixteen(body.length),
      body,
    ]),
  )
}

/** In strings of at most 255 bytes. */
const textOf = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  const parts = Array.from({ length: Math.ceil(bytes.length / 255) || 1 }, (_, at) =>
    bytes.subarray(at * 255, at * 255 + 255),
  )
  return Buffer.concat(parts.map((part) => Buffer.concat([Buffer.from([part.length]), part])))
}

const nameOf = (host: string): Buffer =>
  Buffer.concat([
    ...host
      .split('.')
      .filter((label) => label !== '')
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])

const sixteen = (number: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(number)
  return bytes
}

/** Both on the same port of loopback; answers it. */
function listenTwice(streams: Server, datagrams: UdpSocket): Promise<number> {
  return new Promise((resolve, reject) => {
    streams.once('error', reject).listen(0, '127.0.0.1', () => {
      const at = streams.address()
      const port = typeof at === 'object' && at !== null ? at.port : 0
      datagrams.once('error', reject).bind(port, '127.0.0.1', () => resolve(port))
    })
  })
}
