// Defects that only show when the build runs: each is seeded into the sound build and must be noticed.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { serve } from '../serve/server.mjs'
import { chromiumMissing, startChromium } from './support/chromium.mjs'
import { SHOP } from './support/session.mjs'

const DEFECTS = [
  { name: 'a browser API in the logic layer', file: 'pages/goods/index.js', from: 'this.setData({ id: query.id })', to: 'this.setData({ id: new URLSearchParams(`id=${query.id}`).get("id") })', error: /onLoad: .*URLSearchParams is not a constructor/s },
  { name: 'a lost event handler', file: 'pages/goods/index.js', from: 'add () {', to: 'added () {', tap: '.cart', error: /pages\/goods\/index has no method "add"/ },
  { name: 'a call of something WeChat has not', file: 'pages/goods/index.js', from: 'add () {', to: 'add () { wx.requestMoney({});', tap: '.cart', error: /requestMoney is not a function/, missing: 'requestMoney' },
  { name: 'a missing module', file: 'pages/goods/index.js', from: 'Page({', to: 'require("../gone");Page({', error: /module '\.\.\/gone' is not defined/ },
  { name: 'a picture that is not there', file: 'pages/goods/index.wxml', from: '<view class="title">', to: '<image src="/gone.png" /><view class="title">', error: /image: could not be loaded: \/gone\.png/ },
  { name: 'a rejected promise', file: 'pages/goods/index.js', from: 'this.setData({ id: query.id })', to: 'Promise.reject(new Error("nobody caught me"))', error: /unhandled rejection: .*nobody caught me/s },
  { name: 'code from strings', file: 'pages/goods/index.js', from: 'this.setData({ id: query.id })', to: 'this.setData({ id: new Function("return 1")() })', error: /code generation from strings/ },
  { name: 'a link to no page', file: 'pages/goods/index.wxml', from: '/pages/goods/index?id=9', to: '/pages/good/index?id=9', tap: '.more', error: /navigateTo: .*"pages\/good\/index" is not found/s },
]

describe('run-time defects', { skip: chromiumMissing }, () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'defects-'))
  let browser
  before(async () => { browser = await startChromium() })
  after(async () => {
    await browser?.close()
    fs.rmSync(scratch, { recursive: true })
  })

  async function run (folder, tap) {
    const server = await serve(folder)
    assert.deepEqual(server.packed.problems, [])
    const tab = await browser.newTab()
    try {
      await tab.open(`${server.url}?open=${encodeURIComponent('/pages/goods/index?id=1')}`)
      await tab.run('new Promise((done) => setTimeout(done, 200))')
      if (tap) await tab.tap(tap)
      await tab.run('new Promise((done) => setTimeout(done, 200))')
      return { errors: await tab.run('__runner.errors'), missing: await tab.run('[...__runner.missing]') }
    } finally {
      await server.close()
    }
  }

  for (const tap of [undefined, '.cart', '.more']) {
    test(`the sound build has none (${tap ?? 'opened'})`, async () => {
      assert.deepEqual(await run(SHOP, tap), { errors: [], missing: [] })
    })
  }

  DEFECTS.forEach(({ name, file, from, to, tap, error, missing }, index) => {
    test(name, async () => {
      const folder = path.join(scratch, String(index))
      fs.cpSync(SHOP, folder, { recursive: true })
      const target = path.join(folder, file)
      const source = fs.readFileSync(target, 'utf8')
      assert.ok(source.includes(from), 'the seed fits')
      fs.writeFileSync(target, source.replace(from, to))
      const found = await run(folder, tap)
      assert.ok(found.errors.some((text) => error.test(text)), JSON.stringify(found))
      if (missing) assert.ok(found.missing.includes(missing))
    })
  })
})
