// entry · a provider that accepts at once and stores nothing: the same floor under every arm of a bench

import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'

const begin = '{"from"'

const server = createServer((request, response) => {
  let mails = 0
  let tail = ''
  request.on('data', (chunk) => {
    // Each mail begins with its sender; counting senders is cheaper than parsing two megabytes.
    for (let at = chunk.indexOf(begin); at !== -1; at = chunk.indexOf(begin, at + begin.length)) mails += 1
    // One that is divided between two chunks.
    const seam = tail + chunk.toString('latin1', 0, begin.length - 1)
    if (seam.includes(begin)) mails += 1
    tail = chunk.toString('latin1', Math.max(0, chunk.length - begin.length + 1))
  })
  request.on('end', () => {
    const data = Array.from({ length: mails }, () => ({ id: randomUUID() }))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ data }))
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }))
process.on('disconnect', () => process.exit(0))
