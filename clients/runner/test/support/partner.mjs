// A server for the mini-program's requests, and the desk's calls; it remembers what came.
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

async function bodyOf (request) {
  let text = ''
  for await (const part of request) text += part
  return text
}

const ROUTES = {
  '/api/echo': (seen) => [201, { 'x-total': '7', 'content-type': 'application/json' }, JSON.stringify(seen)],
  '/api/text': () => [200, { 'content-type': 'text/plain' }, 'plain'],
  '/api/refused': () => [409, { 'content-type': 'application/problem+json' }, '{"code":"trade/group-full"}'],
  '/api/nothing': () => [204, {}, ''],
  '/desk/api/login-code': ({ body }) => [200, {}, JSON.stringify({ code: `login:${JSON.parse(body).nickname}` })],
  '/desk/api/phone-code': ({ body }) => [200, {}, JSON.stringify({ code: `phone:${JSON.parse(body).phone}` })],
  '/desk/api/pay': ({ body }) => ({ wx1: [200, {}, '{"result":"paid"}'], wx3: [200, {}, '{"result":"refused"}'] })[JSON.parse(body).prepay_id] ?? [404, {}, 'no such prepay'],
  '/desk/api/subscriptions': () => [200, {}, '{}'],
}

/** @returns {Promise<{url: string, seen: object[], aborted: string[], close: () => Promise<void>}>} */
export async function startPartner () {
  const seen = []
  const aborted = []
  const server = http.createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url, 'http://partner')
    const entry = { method: request.method, path: pathname, search, headers: request.headers, body: await bodyOf(request) }
    seen.push(entry)
    response.on('close', () => { if (!response.writableFinished) aborted.push(pathname) })
    if (pathname.startsWith('/api/slow')) await sleep(Number(pathname.split('/')[3]), null, { ref: false })
    const [status, headers, body] = ROUTES[pathname]?.(entry) ?? [200, { 'content-type': 'application/json' }, '{"slow":true}']
    if (response.destroyed) return
    response.writeHead(status, headers)
    response.end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${server.address().port}`, seen, aborted, close }
}
