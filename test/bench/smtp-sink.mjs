// entry · a mail server that accepts at once and stores nothing: the same floor under every arm of a bench. RFC 5321, 2920

import { createServer } from 'node:net'

const hello = '250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-DSN\r\n250 SIZE 10000000\r\n'
const end = Buffer.from('\r\n.\r\n')

const server = createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => {})
  let rest = Buffer.alloc(0)
  let isText = false
  socket.write('220 sink\r\n')
  socket.on('data', (chunk) => {
    let input = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let answer = ''
    for (;;) {
      if (isText) {
        const at = input.indexOf(end)
        if (at < 0) break
        input = input.subarray(at + end.length)
        isText = false
        answer += '250 2.0.0 taken\r\n'
        continue
      }
      const at = input.indexOf('\r\n')
      if (at < 0) break
      const command = input.toString('latin1', 0, 4).toUpperCase()
      input = input.subarray(at + 2)
      if (command === 'EHLO') answer += hello
      else if (command === 'DATA') {
        isText = true
        answer += '354 go on\r\n'
      } else if (command === 'QUIT') {
        socket.end(`${answer}221 bye\r\n`)
        return
      } else answer += '250 2.0.0 ok\r\n'
    }
    // Of a text only what may be the beginning of its end is kept.
    rest = isText
      ? Buffer.from(input.subarray(Math.max(0, input.length - end.length + 1)))
      : Buffer.from(input)
    if (answer !== '') socket.write(answer)
  })
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }))
process.on('disconnect', () => process.exit(0))
