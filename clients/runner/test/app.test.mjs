// The app's world: modules, life cycle, navigation, sharing, storage, language.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chromiumMissing } from './support/chromium.mjs'
import { call, useSession } from './support/session.mjs'

describe('app', { skip: chromiumMissing }, () => {
  const session = useSession()
  const healthy = async (tab) => {
    assert.deepEqual(await tab.run('__runner.errors'), [])
    assert.deepEqual(await tab.run('[...__runner.missing]'), [])
  }
  const text = (selector) => `[...document.querySelectorAll(${JSON.stringify(selector)})].find((n) => n.checkVisibility())?.textContent.trim()`

  test("the browser's globals are hidden from modules", async () => {
    const tab = await session.open()
    const seen = await tab.run("__runner.data() && JSON.parse(JSON.stringify(__runner.app().seen))")
    assert.ok(Object.keys(seen).length > 10)
    for (const [name, type] of Object.entries(seen)) assert.equal(type, 'undefined', name)
    await healthy(tab)
  })

  test('draws template, wxs, component and rpx', async () => {
    const tab = await session.open()
    await tab.until(`${text('.wide')} === '首頁內容'`)
    assert.equal(await tab.run("document.querySelector('.wide').getBoundingClientRect().width / innerWidth"), 0.5)
    await tab.until(`${text('[class*=price]')} === '¥29.90'`)
    await tab.tap('[class*=price]')
    await tab.until(`${text('.chosen')} === '已選 2990'`)
    await healthy(tab)
  })

  test("the app's styles enter components that ask for them, and no others", async () => {
    const tab = await session.open()
    await tab.until(`${text('[class*=open]')} === '熱'`)
    const width = (name) => tab.run(`document.querySelector('[class*=${name}]').getBoundingClientRect().width / innerWidth`)
    assert.equal(await width('open'), 0.5)
    assert.equal(await width('closed'), 1)
    assert.ok(await tab.run("document.querySelector('[class*=open]').getBoundingClientRect().height") < 12)
  })

  test('life cycle over opening, going back, scrolling and pulling', async () => {
    const tab = await session.open()
    const log = "__runner.data().log.join()"
    await tab.until(`${log} === 'load,show,ready'`)
    await tab.tap('.card')
    await tab.until(`${text('.title')} === '商品 7'`)
    assert.equal(await tab.run("document.getElementById('rt-title').textContent"), '商品')
    await tab.tap('#rt-back')
    await tab.until(`${log} === 'load,show,ready,hide,show'`)
    await tab.run("document.querySelector('.rt-page').scrollTop = 1e6; __runner.pullDown()")
    await tab.until(`${log} === 'load,show,ready,hide,show,pull,bottom'`)
    await healthy(tab)
  })

  test('tabs stay alive; their texts can change', async () => {
    const tab = await session.open()
    await tab.run("__runner.data().log.length = 0; __runner.wx.setTabBarItem({ index: 1, text: 'Me' }); __runner.wx.setTabBarBadge({ index: 1, text: '3' }); 1")
    assert.equal(await tab.run("document.querySelectorAll('.rt-tab')[1].textContent"), 'Me3')
    await tab.tap('.rt-tab[data-path="pages/me/index"]')
    assert.equal(await tab.run('__runner.path()'), 'pages/me/index')
    await tab.tap('.rt-tab[data-path="pages/index/index"]')
    assert.deepEqual(await tab.run('__runner.data().log'), ['hide', 'show', 'tab 首頁'])
    assert.equal(await tab.run('__runner.opened.length'), 2)
    await healthy(tab)
  })

  test('navigation refuses what WeChat refuses', async () => {
    const tab = await session.open()
    const says = async (name, url) => (await tab.run(call(name, { url }))).errMsg
    assert.match(await says('navigateTo', '/pages/me/index'), /can not navigateTo a tabbar page/)
    assert.match(await says('redirectTo', '/pages/me/index'), /can not redirectTo a tabbar page/)
    assert.match(await says('switchTab', '/pages/goods/index'), /can not switch to no-tabBar page/)
    for (let depth = 2; depth <= 10; depth++) assert.equal(await says('navigateTo', '/pages/goods/index?id=1'), 'navigateTo:ok')
    assert.match(await says('navigateTo', '/pages/goods/index?id=1'), /webview count limit exceed/)
    await healthy(tab)
    assert.match(await says('reLaunch', '/pages/nowhere/index'), /is not found/)
    assert.equal(await tab.run('__runner.errors.length'), 1)
    assert.equal(await tab.run('__runner.depth()'), 10)
  })

  test('navigator, redirectTo, reLaunch and subpackages', async () => {
    const tab = await session.open({ open: '/pages/goods/index?id=1' })
    await tab.tap('.more')
    await tab.until(`${text('.title')} === '商品 9'`)
    await tab.run(call('redirectTo', { url: '/sub/form/index' }))
    assert.deepEqual(await tab.run('[__runner.path(), __runner.depth()]'), ['sub/form/index', 2])
    await tab.run(call('reLaunch', { url: '/pages/index/index' }))
    assert.deepEqual(await tab.run('[__runner.path(), __runner.depth()]'), ['pages/index/index', 1])
    await healthy(tab)
  })

  test('sharing by button and menu; the card opens as a fresh launch', async () => {
    const tab = await session.open({ open: '/pages/goods/index?id=5&by=u%2F1' })
    assert.deepEqual(await tab.run('__runner.app().log'), ['launch pages/goods/index {"id":"5","by":"u%2F1"} 1007', 'app show'])
    await tab.tap('.invite')
    await tab.until('__runner.shares.length === 1')
    assert.deepEqual(await tab.run('__runner.share()'), { title: '選單', path: '/pages/goods/index?id=5' })
    assert.equal(await tab.run('__runner.shares[0].title'), '按鈕 bar')
    await tab.tap('#rt-home')
    assert.equal(await tab.run('__runner.path()'), 'pages/index/index')
    await tab.run("__runner.toBackground(); __runner.toForeground('/pages/goods/index?id=6')")
    await tab.until(`${text('.title')} === '商品 6'`)
    assert.deepEqual(await tab.run('__runner.app().log.slice(2)'), ['app hide', 'app show'])
    await healthy(tab)
  })

  test('storage is of one person and outlives a launch', async () => {
    const tab = await session.open()
    await tab.run("__runner.wx.setStorageSync('token', { a: [1] }); __runner.wx.setStorageSync('empty', ''); 1")
    await session.launch(tab, { open: '/pages/goods/index?id=1' })
    assert.deepEqual(await tab.run("__runner.wx.getStorageSync('token')"), { a: [1] })
    assert.equal((await tab.run(call('getStorage', { key: 'empty' }))).data, '')
    assert.match((await tab.run(call('getStorage', { key: 'none' }))).errMsg, /fail data not found/)
    assert.deepEqual(await tab.run('__runner.wx.getStorageInfoSync().keys.sort()'), ['empty', 'token'])
    const other = await session.open()
    assert.equal(await other.run("__runner.wx.getStorageSync('token')"), '')
    await tab.run('__runner.wx.clearStorageSync(); 1')
    assert.equal(await tab.run("__runner.wx.getStorageSync('token')"), '')
  })

  test('the language is settable', async () => {
    for (const language of ['zh_TW', 'zh_CN', 'en']) {
      const tab = await session.open({ settings: { language } })
      assert.deepEqual(await tab.run('[__runner.wx.getAppBaseInfo().language, __runner.wx.getSystemInfoSync().language]'), [language, language])
    }
  })

  test('title, modal, action sheet and toast', async () => {
    const tab = await session.open()
    await tab.run("__runner.wx.setNavigationBarTitle({ title: '新題' }); __runner.wx.showToast({ title: '好了' }); __runner.wx.showModal({ title: '問', success: (r) => { window.answer = r } }); 1")
    assert.equal(await tab.run("document.getElementById('rt-title').textContent"), '新題')
    await tab.tap('.rt-modal .confirm')
    await tab.until('window.answer.confirm === true')
    await tab.run("__runner.wx.showActionSheet({ itemList: ['甲', '乙'], success: (r) => { window.picked = r.tapIndex } }); 1")
    await tab.tap('.rt-actions .rt-btn:nth-child(2)')
    await tab.until('window.picked === 1')
    assert.deepEqual(await tab.run('__runner.toasts'), ['好了'])
    await healthy(tab)
  })

  test('unknown calls are recorded', async () => {
    const tab = await session.open()
    await tab.run('__runner.wx.startBeacon; 1')
    assert.deepEqual(await tab.run('[...__runner.missing]'), ['startBeacon'])
    assert.equal(await tab.run("__runner.wx.canIUse('startBeacon') || !__runner.wx.canIUse('requestPayment')"), false)
  })
})
