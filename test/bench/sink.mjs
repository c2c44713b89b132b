// entry · a provider that accepts at once and stores nothing: the same floor under every arm of a bench

import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  let mails = 0
  request.on('data', (chunk) => {
    // Each mail begins with its sender; counting senders is cheaper than parsing two megabytes.
    for (let at = chunk.indexOf('{"from"'); at !== -1; at = chunk.indexOf('{"from"', at + 7)) mails += 1
  })
  request.on('end', () => {
    const count = Number(request.headers['x-mails'] ?? 100)
    const data = Array.from({ length: count || mails }, () => ({ id: randomUUID() }))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ data }))
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }))
process.on('disconnect', () => process.exit(0))
