// A headless Chromium driven over its debugging pipe (Chrome DevTools Protocol); no other package.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--remote-debugging-pipe']

export const chromiumMissing = fs.existsSync(EXECUTABLE) ? false : `needs ${EXECUTABLE}: apt-get install chromium fonts-noto-cjk`

class Connection {
  constructor (child) {
    this.output = child.stdio[3]
    this.waiting = new Map()
    this.last = 0
    let text = ''
    child.stdio[4].setEncoding('utf8').on('data', (part) => {
      const messages = (text + part).split('\0')
      text = messages.pop()
      messages.forEach((message) => this.receive(JSON.parse(message)))
    })
  }

  receive ({ id, result, error }) {
    const waiting = this.waiting.get(id)
    if (!waiting) return
    this.waiting.delete(id)
    if (error) waiting.reject(new Error(error.message))
    else waiting.resolve(result)
  }

  send (method, params = {}, sessionId = undefined) {
    const id = ++this.last
    this.output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }))
  }
}

/** One tab with its own storage. */
class Tab {
  constructor (connection, sessionId) {
    this.send = (method, params) => connection.send(method, params, sessionId)
  }

  async open (url) {
    await this.send('Page.navigate', { url })
    await this.until('window.__runner?.ready === true')
  }

  /** Value of an expression, promises awaited. @throws {Error} what the page threw */
  async run (expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }

  async until (expression, milliseconds = 5000) {
    const end = Date.now() + milliseconds
    for (;;) {
      const value = await this.run(expression).catch(() => false)
      if (value) return value
      if (Date.now() > end) throw new Error(`never true: ${expression}\nerrors: ${await this.run('JSON.stringify(window.__runner?.errors)')}`)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  }

  /** A real click in the middle of the visible element. */
  async tap (selector) {
    const visible = `[...document.querySelectorAll(${JSON.stringify(selector)})].find((node) => node.checkVisibility())`
    await this.until(`Boolean(${visible})`)
    const { x, y } = await this.run(`(() => { const node = ${visible}; node.scrollIntoView({ block: 'nearest' });
      const box = node.getBoundingClientRect(); return { x: box.x + box.width / 2, y: box.y + box.height / 2 } })()`)
    const mouse = (type) => this.send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 })
    await mouse('mousePressed')
    await mouse('mouseReleased')
  }

  type (text) {
    return this.send('Input.insertText', { text })
  }
}

export async function startChromium () {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'runner-test-'))
  const child = spawn(EXECUTABLE, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  const connection = new Connection(child)
  return {
    async newTab () {
      const { browserContextId } = await connection.send('Target.createBrowserContext')
      const { targetId } = await connection.send('Target.createTarget', { url: 'about:blank', browserContextId, width: 375, height: 720 })
      const { sessionId } = await connection.send('Target.attachToTarget', { targetId, flatten: true })
      return new Tab(connection, sessionId)
    },
    async close () {
      connection.send('Browser.close').catch(() => {})
      await gone
      fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
