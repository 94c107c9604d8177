// Every gate bites: a sound build passes, each seeded defect is named.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { pack } from '../pack/index.mjs'

const HERE = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname)
const SOUND = path.join(HERE, 'fixtures/shop')
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'gates-'))
after(() => fs.rmSync(scratch, { recursive: true }))

let count = 0
/** A copy of the sound build with one thing spoilt. */
function spoilt (spoil) {
  const folder = path.join(scratch, String(++count))
  fs.cpSync(SOUND, folder, { recursive: true })
  const file = (name) => path.join(folder, name)
  spoil({
    remove: (name) => fs.rmSync(file(name), { recursive: true }),
    write: (name, content) => fs.writeFileSync(file(name), content),
    append: (name, content) => fs.appendFileSync(file(name), content),
    change (name, edit) {
      const value = JSON.parse(fs.readFileSync(file(name), 'utf8'))
      edit(value)
      fs.writeFileSync(file(name), JSON.stringify(value))
    },
  })
  return folder
}

test('a sound build passes and is measured', () => {
  const { problems, sizes, pages } = pack(SOUND)
  assert.deepEqual(problems, [])
  assert.deepEqual(pages, ['pages/index/index', 'pages/me/index', 'pages/goods/index', 'sub/form/index'])
  assert.equal(sizes.main + sizes.subs.sub, sizes.total)
})

const DEFECTS = [
  ['unbalanced WXML', (b) => b.append('pages/me/index.wxml', '<view><text></view>'), /wcc: .*pages\/me\/index\.wxml/s],
  ['broken WXSS', (b) => b.append('pages/me/index.wxss', '.a { color: '), /pages\/me\/index\.wxss: wcsc/],
  ['imported WXSS missing', (b) => b.append('app.wxss', '@import "./gone.wxss";'), /gone\.wxss: imported, but not in the build/],
  ['missing page', (b) => b.remove('pages/goods'), /pages\/goods\/index\.js: listed in app\.json/],
  ['missing page of a subpackage', (b) => b.remove('sub/form/index.wxml'), /sub\/form\/index\.wxml: listed in app\.json/],
  ['missing component', (b) => b.remove('components'), /pages\/index\/index\.json: component price -> .* not found/],
  ['lost component flag', (b) => b.write('components/price/index.json', '{}'), /without "component": true/],
  ['unreadable JSON', (b) => b.write('pages/me/index.json', '{,}'), /pages\/me\/index\.json: /],
  ['broken JavaScript', (b) => b.append('pages/me/index.js', '\nconst ='), /pages\/me\/index\.js: /],
  ['one tab only', (b) => b.change('app.json', (app) => app.tabBar.list.pop()), /tab bar has 1 items/],
  ['tab in a subpackage', (b) => b.change('app.json', (app) => { app.tabBar.list[1].pagePath = 'sub/form/index' }), /no page of the main package/],
  ['tab icon missing', (b) => b.change('app.json', (app) => { app.tabBar.list[0].iconPath = 'gone.png' }), /icon gone\.png is missing/],
  ['unknown private info', (b) => b.change('app.json', (app) => app.requiredPrivateInfos.push('everything')), /everything is not a known value/],
  ['main package too large', (b) => b.write('big.bin', Buffer.alloc(2 * 1024 * 1024)), /main package: \d+ bytes/],
  ['subpackage too large', (b) => b.write('sub/big.bin', Buffer.alloc(2 * 1024 * 1024 + 1)), /^sub: \d+ bytes/],
]
for (const [name, spoil, sentence] of DEFECTS) {
  test(`defect: ${name}`, () => {
    const { problems } = pack(spoilt(spoil))
    assert.ok(problems.some((problem) => sentence.test(problem)), JSON.stringify(problems))
  })
}

test('pack.mjs exits with 1 on a problem, with 0 without', () => {
  const run = (folder) => spawnSync(process.execPath, [path.join(HERE, '../pack.mjs'), folder]).status
  assert.equal(run(SOUND), 0)
  assert.equal(run(spoilt((b) => b.remove('pages/goods'))), 1)
})

test('serve.mjs does not serve a build with problems', () => {
  const folder = spoilt((b) => b.remove('pages/goods'))
  const { status, stdout } = spawnSync(process.execPath, [path.join(HERE, '../serve.mjs'), folder], { encoding: 'utf8' })
  const line = JSON.parse(stdout)
  assert.equal(status, 1)
  assert.equal(line.url, null)
  assert.ok(line.problems.length > 0)
})
