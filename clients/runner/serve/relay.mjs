// Forwards requests of the mini-program to the servers it names: with the headers the app set and
// no others of the browser, without CORS, and only to hosts on the list, as WeChat does.
import { Readable } from 'node:stream'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
const IDENTITY = {
  'user-agent': 'Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.60 MiniProgramRunner/0.1',
  referer: 'https://servicewechat.com/touristappid/devtools/page-frame.html',
}
/** Meaning changes when a body is decoded and sent on in pieces. */
const NOT_PASSED_ON = new Set(['content-length', 'content-encoding', 'transfer-encoding', 'connection', 'keep-alive'])

function refuse (response, reason) {
  response.writeHead(502, { 'x-relay-failure': encodeURIComponent(reason) })
  response.end()
}

function readUrl (text, allowed) {
  let url
  try {
    url = new URL(text)
  } catch {
    throw new Error(`invalid url "${text}"`)
  }
  if (!/^https?:$/.test(url.protocol)) throw new Error(`invalid url "${text}"`)
  if (!LOOPBACK.has(url.hostname) && !allowed.has(url.hostname)) throw new Error(`url not in domain list: ${url.hostname}`)
  return url
}

async function readBody (request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return parts.length ? Buffer.concat(parts) : undefined
}

async function forward (request, url, signal) {
  const own = JSON.parse(decodeURIComponent(request.headers['x-relay-send'] ?? '%7B%7D'))
  const plain = request.headers['x-relay-send'] ? {} : { 'content-type': request.headers['content-type'] }
  const headers = Object.fromEntries(Object.entries({ ...IDENTITY, ...plain, ...own }).filter(([, value]) => value !== undefined))
  return fetch(url, { method: request.method, headers, body: await readBody(request), signal })
}

/**
 * Handles one request to `/__relay?url=…`.
 * @param {Set<string>} allowed  host names besides loopback
 */
export async function relay (request, response, target, allowed) {
  const controller = new AbortController()
  response.on('close', () => { if (!response.writableFinished) controller.abort() })
  try {
    const answer = await forward(request, readUrl(target, allowed), controller.signal)
    const header = Object.fromEntries(answer.headers)
    const passed = Object.fromEntries(Object.entries(header).filter(([name]) => !NOT_PASSED_ON.has(name) && name !== 'set-cookie'))
    response.writeHead(answer.status, { ...passed, 'x-relay-headers': encodeURIComponent(JSON.stringify(header)) })
    if (answer.body) Readable.fromWeb(answer.body).on('error', () => response.destroy()).pipe(response)
    else response.end()
  } catch (error) {
    if (!response.headersSent && !controller.signal.aborted) refuse(response, error.cause?.code ?? error.message)
    else response.destroy()
  }
}
