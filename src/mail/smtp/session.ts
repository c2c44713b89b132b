// adapter · commands and replies over a connection that is open and signed in, several on their way at once. RFC 5321, 2920
import type SMTPConnection from 'nodemailer/lib/smtp-connection'

export interface Reply {
  readonly code: number
  /** With its code; several lines are joined by line feeds. */
  readonly text: string
}

export interface Session {
  /** Sends texts and returns the next replies, `count` of them; fewer where the connection ended first, or the server said 421. */
  ask(texts: readonly string[], count: number, encoding?: 'latin1' | 'utf8'): Promise<readonly Reply[]>
}

/** Longer than any reply; a server that goes on is not one of mail. */
const maxReply = 65_536

/** "Service closing transmission channel": no further reply comes. RFC 5321 section 4.2.3 */
export const closing = 421

/**
 * nodemailer opens the connection: greeting, encryption, sign-in. Its way to send one mail leads through streams of its own, which
 * read the text octet by octet.
 */
export function openSession(connection: SMTPConnection): Session {
  const { _socket: socket } = connection
  const waiting: { readonly count: number; readonly replies: Reply[]; readonly done: () => void }[] = []
  const lines: string[] = []
  const state = { rest: '', hasEnded: false }
  const end = (): void => {
    state.hasEnded = true
    for (const { done } of waiting.splice(0)) done()
  }
  const hear = (line: string): void => {
    lines.push(line)
    if (/^\d{3}-/.test(line)) return
    const text = Buffer.from(lines.splice(0).join('\n'), 'latin1').toString()
    const code = /^\d{3}/.test(text) ? Number(text.slice(0, 3)) : 0
    const [asked] = waiting
    // Unasked for: the end of an idle connection, or the reply to QUIT.
    if (asked === undefined || code === 0) {
      connection.close()
      return
    }
    asked.replies.push({ code, text })
    if (code === closing) end()
    else if (asked.replies.length === asked.count) waiting.shift()?.done()
  }
  if (socket !== false && socket !== null) {
    socket.removeAllListeners('data')
    socket.on('data', (chunk: Buffer) => {
      const heard = (state.rest + chunk.toString('latin1')).split(/\r?\n/)
      state.rest = heard.pop() ?? ''
      for (const line of heard) hear(line)
      if (state.rest.length + lines.join('').length > maxReply) connection.close()
    })
    socket.once('end', end)
    socket.once('close', end)
  }
  return {
    ask: (texts, count, encoding = 'utf8') =>
      new Promise((resolve) => {
        if (state.hasEnded || connection.destroyed || socket === false || socket === null) return resolve([])
        const replies: Reply[] = []
        waiting.push({ count, replies, done: () => resolve(replies) })
        socket.cork()
        for (const text of texts) socket.write(text, encoding)
        socket.uncork()
      }),
  }
}
