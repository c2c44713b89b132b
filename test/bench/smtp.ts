// adapter · npm run bench smtp: the sender by SMTP, its record on, against a bare loop that writes the same octets over as many connections
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { campaignByNumber } from '../../src/campaigns/find.ts'
import { renderForm } from '../../src/campaigns/render/form.ts'
import { compile } from '../../src/delivery/render/compile.ts'
import { sendBatch } from '../../src/delivery/send.ts'
import { smtpForm } from '../../src/mail/smtp/form.ts'
import { smtpMailer } from '../../src/mail/smtp/mailer.ts'
import { composed, outgoingMailsOf } from '../../src/mail/smtp/message.ts'
import { insertFrozen, maxBatch } from './campaign.ts'
import { seed } from './crowd.ts'
import { openBenchHouse } from './house.ts'
import { atLeast, interleaved, type Ratio } from './measure.ts'
import { processorOfPostgres } from './processor.ts'
import { addressee } from './send.ts'
import { startSmtpSink } from './sink.ts'

const lanes = 4
/** As many as the mailer opens. */
const connections = 5

export async function benchSmtp({ people = 10_000, rounds = 5 } = {}): Promise<readonly Ratio[]> {
  const perRound = people / rounds
  const sink = await startSmtpSink()
  const house = await openBenchHouse((deps) =>
    smtpMailer(deps, {
      server: { host: '127.0.0.1', port: sink.port, tls: 'never', credentials: null },
      hello: '[127.0.0.1]',
      returnPath: null,
      turn: async () => true,
      timeoutSeconds: 30,
    }),
  )
  try {
    await seed(house, 1, people)
    await house.admin`vacuum analyze`
    const { number } = await insertFrozen(house, { people, state: 'queued' })
    const campaign = await campaignByNumber(house.deps.db, number)
    if (campaign === null) throw new Error('no campaign')
    const compiled = compile(house.deps, campaign, house.list)
    // A few, sent again and again: thousands in memory would burden the collector of garbage on the other arm.
    const wires = Array.from({ length: Math.min(200, perRound) }, (_, at) =>
      renderForm(compiled, addressee(house, at + 1, number), smtpForm),
    )
    const mails = outgoingMailsOf(wires, 'bench').map((mail) =>
      composed(mail, { at: new Date(), returnPath: null }),
    )
    process.stderr.write(`one mail: ${mails[0]?.envelope.size ?? 0} octets by SMTP\n`)
    const processor = { postgres: 0, ours: 0, bare: 0, mails: 0 }
    const rates = await interleaved(
      {
        ours: async () => {
          const used = await processorOfPostgres(house.admin)
          const before = process.cpuUsage()
          await sendLanes(() => sendBatch(house.deps, true), perRound / maxBatch)
          processor.ours += microsecondsSince(before)
          processor.postgres += await used()
          processor.mails += perRound
          return perRound
        },
        bare: async () => {
          const before = process.cpuUsage()
          await sendBare(sink.port, mails, perRound)
          processor.bare += microsecondsSince(before)
          return perRound
        },
      },
      rounds,
    )
    const perMail = (microseconds: number): number => Math.round(microseconds / processor.mails)
    process.stderr.write(
      `microseconds of processor a mail: ours ${perMail(processor.ours)} and PostgreSQL ${perMail(processor.postgres)}, bare ${perMail(processor.bare)}\n`,
    )
    return [
      atLeast({
        name: 'sender by SMTP / bare loop over as many connections',
        ours: rates.ours,
        theirs: rates.bare,
        unit: 'mails/s',
        goal: 0.6,
      }),
    ]
  } finally {
    await house.close()
    sink.stop()
  }
}

function microsecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return user + system
}

async function sendLanes(send: () => Promise<boolean>, batches: number): Promise<void> {
  let left = batches
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (left > 0) {
        left -= 1
        if (!(await send())) throw new Error('no batch was due')
      }
    }),
  )
}

type Composed = ReturnType<typeof composed>

/** Envelope in one write, as RFC 2920 allows, then the text; nothing is recorded. */
async function sendBare(port: number, mails: readonly Composed[], count: number): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(port, '127.0.0.1').setNoDelay(true)
      const hear = listener(socket)
      await hear(1)
      socket.write('EHLO [127.0.0.1]\r\n')
      await hear(1)
      while (next < count) {
        const mail = mails[next++ % mails.length]
        if (mail === undefined) throw new Error('no mail')
        const { from, to, size, dsn } = mail.envelope
        socket.write(
          `MAIL FROM:<${from}> SIZE=${size} RET=${dsn.ret} ENVID=${dsn.envid}\r\nRCPT TO:<${to}> NOTIFY=${dsn.notify}\r\nDATA\r\n`,
        )
        await hear(3)
        socket.cork()
        for (const part of mail.text) socket.write(part, mail.encoding)
        socket.write('.\r\n')
        socket.uncork()
        await hear(1)
      }
      socket.end('QUIT\r\n')
      await once(socket, 'close')
    }),
  )
}

/** Resolves after so many replies; a reply of several lines counts once. */
function listener(socket: Socket): (replies: number) => Promise<void> {
  const state = { heard: 0, wanted: 0, done: () => {} }
  socket.on('data', (chunk: Buffer) => {
    state.heard += chunk.toString('latin1').match(/^\d{3} .*\r\n/gm)?.length ?? 0
    if (state.heard >= state.wanted) state.done()
  })
  return (replies) =>
    new Promise((resolve) => {
      state.wanted += replies
      state.done = resolve
      if (state.heard >= state.wanted) resolve()
    })
}
