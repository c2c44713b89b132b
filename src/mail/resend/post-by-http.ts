// adapter · one POST by Node's own client, which writes a batch of three megabytes in place; fetch copies it several times
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { Post, Posted } from './post.ts'

/** The other side may close a connection idle for longer just as it is reused. */
const restMostMs = 4000

/** Keeps connections for the next POST, as many as were ever used at once. */
export function postByHttp(): Post {
  const kept = { keepAlive: true, timeout: restMostMs }
  const plain = { request: requestHttp, agent: new HttpAgent(kept) }
  const sealed = { request: requestHttps, agent: new HttpsAgent(kept) }
  return ({ url, headers, body, timeoutMs }) => {
    const { request, agent } = url.startsWith('https:') ? sealed : plain
    const signal = AbortSignal.timeout(timeoutMs)
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => reject(signal.aborted ? signal.reason : error)
      request(url, { method: 'POST', agent, signal, headers: { ...headers, 'content-length': body.length } })
        .once('response', (response) => void read(response).then(resolve, fail))
        .on('error', fail)
        .end(body)
    })
  }
}

async function read(response: IncomingMessage): Promise<Posted> {
  const texts: string[] = []
  for await (const text of response.setEncoding('utf8')) texts.push(String(text))
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(response.headersDistinct))
    for (const value of values) headers.append(name, value)
  return { status: response.statusCode ?? 0, headers, text: texts.join('') }
}
