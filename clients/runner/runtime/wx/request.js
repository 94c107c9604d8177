// wx.request and wx.downloadFile: real HTTP through the relay, which adds no header of a browser and
// knows no CORS, as on a phone.
import { relayed } from '../files.js'
import { record } from '../record.js'

/** The platform's default time-out in milliseconds. */
const DEFAULT_TIMEOUT = 60000
const WITHOUT_BODY = new Set(['GET', 'HEAD'])

const defined = (data) => Object.entries(data).filter(([, value]) => value !== undefined && value !== null)
const asQuery = (data) => defined(data).map((pair) => pair.map((part) => encodeURIComponent(String(part))).join('=')).join('&')

function withDefaults (options) {
  const headers = Object.fromEntries(Object.entries(options.header ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]))
  headers['content-type'] ??= 'application/json'
  const method = (options.method ?? 'GET').toUpperCase()
  return { method, headers, url: options.url, body: undefined }
}

/** What goes over the wire for these options of wx.request. */
function wireRequest (options) {
  const wire = withDefaults(options)
  const { data } = options
  if (data === undefined || data === null) return wire
  if (WITHOUT_BODY.has(wire.method)) {
    const query = typeof data === 'string' ? data : asQuery(data)
    if (query) wire.url += (wire.url.includes('?') ? '&' : '?') + query
  } else if (typeof data === 'string' || data instanceof ArrayBuffer) {
    wire.body = data
  } else {
    wire.body = wire.headers['content-type'].includes('json') ? JSON.stringify(data) : asQuery(data)
  }
  return wire
}

async function readBody (response, options) {
  if (options.responseType === 'arraybuffer') return response.arrayBuffer()
  const text = await response.text()
  if ((options.dataType ?? 'json') !== 'json') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function exchange (options, wire, signal, onHeaders) {
  const headers = { 'x-relay-send': encodeURIComponent(JSON.stringify(wire.headers)) }
  const response = await fetch(relayed(wire.url), { method: wire.method, headers, body: wire.body, signal, cache: 'no-store' })
  const failure = response.headers.get('x-relay-failure')
  if (failure) throw new Error(decodeURIComponent(failure))
  const header = JSON.parse(decodeURIComponent(response.headers.get('x-relay-headers') ?? '%7B%7D'))
  onHeaders({ header, statusCode: response.status, cookies: [] })
  const data = await readBody(response, options)
  return { data, statusCode: response.status, header, cookies: [], errMsg: 'request:ok' }
}

const pathOf = (url) => url.replace(/^https?:\/\/[^/]+/, '').split('?')[0]

const ABORTED = { timeout: { errMsg: 'request:fail timeout', errno: 5 }, abort: { errMsg: 'request:fail abort', errno: 600003 } }

function failure (error, signal) {
  if (signal.aborted) return { ...ABORTED[signal.reason] }
  return { errMsg: `request:fail ${error.message}`, errno: 600001 }
}

/** wx.request: any status is a success, as on a phone; only a missing answer fails. */
export function request (options) {
  const wire = wireRequest(options)
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort('timeout'), options.timeout ?? DEFAULT_TIMEOUT)
  const listeners = new Set()
  const note = (outcome) => {
    clearTimeout(timer)
    record.calls.push(`${wire.method} ${pathOf(wire.url)} ${outcome}`)
  }
  const done = exchange(options, wire, controller.signal, (head) => listeners.forEach((listener) => listener(head)))
    .then((result) => {
      note(result.statusCode)
      return result
    }, (error) => {
      const result = failure(error, controller.signal)
      note(result.errMsg)
      throw result
    })
  return taskOf(options, done, {
    abort: () => controller.abort('abort'),
    onHeadersReceived: (listener) => listeners.add(listener),
    offHeadersReceived: (listener) => listeners.delete(listener),
    onChunkReceived () {},
    offChunkReceived () {},
  })
}

// With callbacks the task alone is returned; without, it is a promise as well.
function taskOf (options, done, members) {
  if (!options.success && !options.fail && !options.complete) return Object.assign(done, members)
  const tell = (kind) => (result) => {
    options[kind]?.(result)
    options.complete?.(result)
  }
  // A throw inside a callback is the app's defect and must not look like a failed request.
  done.then((result) => setTimeout(tell('success'), 0, result), (result) => setTimeout(tell('fail'), 0, result))
  return members
}

/** wx.downloadFile into a blob: URL, which stands for the temporary file. */
export function downloadFile (options) {
  const done = fetch(relayed(options.url), { headers: { 'x-relay-send': encodeURIComponent(JSON.stringify(options.header ?? {})) } }).then(async (response) => {
    const refused = response.headers.get('x-relay-failure')
    if (refused) throw new Error(decodeURIComponent(refused))
    return { statusCode: response.status, tempFilePath: URL.createObjectURL(await response.blob()), errMsg: 'downloadFile:ok' }
  })
  const failed = done.catch((error) => { throw { errMsg: `downloadFile:fail ${error.message}` } })
  return taskOf(options, failed, { abort () {}, onProgressUpdate () {}, offProgressUpdate () {}, onHeadersReceived () {} })
}
