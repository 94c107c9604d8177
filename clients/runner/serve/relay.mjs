// Forwards requests of the mini-program to the servers it names: with the headers the app set and
// no others of the browser, without CORS, and only to hosts on the list, as WeChat does.
import http from 'node:http'
import https from 'node:https'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
const IDENTITY = {
  'user-agent': 'Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.60 MiniProgramRunner/0.1',
  referer: 'https://servicewechat.com/touristappid/devtools/page-frame.html',
}
/** They concern one connection only; cookies are the app's own business on this platform. */
const NOT_PASSED_ON = new Set(['transfer-encoding', 'connection', 'keep-alive', 'set-cookie'])
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const REDIRECT_LIMIT = 5

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

/** Sends one request. @returns {Promise<http.IncomingMessage>} */
function exchange (url, method, headers, body, signal) {
  return new Promise((resolve, reject) => {
    const length = body && { 'content-length': body.length }
    const client = url.protocol === 'https:' ? https : http
    const outgoing = client.request(url, { method, headers: { accept: '*/*', ...headers, ...length }, signal, agent: false }, resolve)
    outgoing.once('error', reject).end(body)
  })
}

async function forward (request, target, allowed, signal) {
  const own = JSON.parse(decodeURIComponent(request.headers['x-relay-send'] ?? '%7B%7D'))
  const headers = { ...IDENTITY, ...own }
  const body = await readBody(request)
  let url = readUrl(target, allowed)
  for (let hop = 0; hop < REDIRECT_LIMIT; hop++) {
    const answer = await exchange(url, request.method, headers, body, signal)
    const { location } = answer.headers
    if (!REDIRECTS.has(answer.statusCode) || !location || request.method !== 'GET') return answer
    answer.resume()
    url = readUrl(new URL(location, url).href, allowed)
  }
  throw new Error('too many redirects')
}

function pass (answer, response) {
  const header = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]))
  const passed = Object.fromEntries(Object.entries(header).filter(([name]) => !NOT_PASSED_ON.has(name)))
  response.writeHead(answer.statusCode, { ...passed, 'x-relay-headers': encodeURIComponent(JSON.stringify(header)) })
  answer.on('error', () => response.destroy()).pipe(response)
}

/**
 * Handles one request to `/__relay?url=…`.
 * @param {Set<string>} allowed  host names besides loopback
 */
export async function relay (request, response, target, allowed) {
  const controller = new AbortController()
  response.on('close', () => { if (!response.writableFinished) controller.abort() })
  try {
    pass(await forward(request, target, allowed, controller.signal), response)
  } catch (error) {
    if (!response.headersSent && !controller.signal.aborted) refuse(response, error.code ?? error.message)
    else response.destroy()
  }
}
