// An HTTP server on loopback with one page: the packed mini-program in its runtime.
import { build } from 'esbuild'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { pack, toBrowserScript } from '../pack/index.mjs'
import { relay } from './relay.mjs'

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const TYPES = { '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.gif': 'image/gif', '.webp': 'image/webp', '.svg': 'image/svg+xml' }

let runtime

/** The runtime as one script; it is the same for every build of this process. */
function runtimeScript () {
  runtime ??= bundleRuntime()
  return runtime
}

async function bundleRuntime () {
  const result = await build({
    entryPoints: [path.join(ROOT, 'runtime/main.js')],
    bundle: true, write: false, format: 'iife', target: 'chrome110', logLevel: 'error',
  })
  return result.outputFiles[0].text
}

function send (response, type, body) {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' })
  response.end(body)
}

function sendBuildFile (response, dist, name) {
  const file = path.join(dist, path.normalize(`/${decodeURIComponent(name)}`))
  if (!fs.existsSync(file) || !fs.statSync(file).isFile()) {
    response.writeHead(404)
    response.end()
    return
  }
  send(response, TYPES[path.extname(file)] ?? 'application/octet-stream', fs.readFileSync(file))
}

/**
 * @param {string} folder  the build
 * @param {{port?: number, settings?: object, allow?: string[]}} options
 *   port 0: any free one; settings: see runtime/settings.js; allow: hosts the app may call
 * @returns {Promise<{url: string|null, packed: object, close: () => Promise<void>}>}
 *   url is null when the build has problems: it is not served then
 */
export async function serve (folder, { port = 0, settings = {}, allow = [] } = {}) {
  const packed = pack(folder)
  if (packed.problems.length) return { url: null, packed, close: async () => {} }
  const shell = (name) => fs.readFileSync(path.join(ROOT, 'shell', name))
  const pages = {
    '/': ['text/html; charset=utf-8', shell('index.html')],
    '/__shell.css': ['text/css; charset=utf-8', shell('shell.css')],
    '/__app.js': ['text/javascript; charset=utf-8', `${toBrowserScript(packed)}\nwindow.__MP_SETTINGS__=${JSON.stringify(settings)};`],
    '/__runtime.js': ['text/javascript; charset=utf-8', await runtimeScript()],
    '/favicon.ico': ['image/x-icon', ''],
  }
  const allowed = new Set(allow)
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://runner')
    if (pages[url.pathname]) send(response, ...pages[url.pathname])
    else if (url.pathname === '/__relay') relay(request, response, url.searchParams.get('url'), allowed)
    else sendBuildFile(response, packed.dist, url.pathname.replace(/^\/__build/, ''))
  })
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  const close = () => new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${server.address().port}/`, packed, close }
}
