// Built-in elements under a real mouse and keyboard.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chromiumMissing } from './support/chromium.mjs'
import { useSession } from './support/session.mjs'

describe('elements', { skip: chromiumMissing }, () => {
  const session = useSession()

  test('a form collects what was typed, switched, chosen and picked', async () => {
    const tab = await session.open({ open: '/sub/form/index' })
    await tab.tap('.who')
    await tab.type('小明')
    await tab.until("document.querySelector('.echo').textContent === '小明'")
    await tab.tap('.remark')
    await tab.type('請快')
    await tab.tap('.default')
    await tab.tap('.way-b')
    await tab.tap('.size')
    await tab.tap('.rt-picker .rt-btn:nth-child(2)')
    await tab.until("document.querySelector('.size').textContent.trim() === '大'")
    await tab.tap('.send')
    await tab.until('__runner.data().sent')
    assert.deepEqual(await tab.run('__runner.data().sent'), { who: '小明', remark: '請快', default: true, way: 'b', size: 1 })
    assert.equal(await tab.run('__runner.data().on'), true)
    assert.deepEqual(await tab.run('__runner.errors'), [])
  })

  test('a value set by the page reaches the field', async () => {
    const tab = await session.open({ open: '/sub/form/index' })
    await tab.run("__runner.page().setData({ who: '阿美' }); 1")
    await tab.until("document.querySelector('.who input').value === '阿美'")
  })

  test('scroll-view tells of its end once', async () => {
    const tab = await session.open({ open: '/sub/form/index' })
    for (const top of [100, 480, 500]) await tab.run(`document.querySelector('.list').scrollTop = ${top}; new Promise((done) => setTimeout(done, 50))`)
    assert.equal(await tab.run('__runner.data().lows'), 1)
  })

  test('swiper follows its page and tells of changes', async () => {
    const tab = await session.open({ open: '/sub/form/index' })
    await tab.run('__runner.page().setData({ slide: 1 }); 1')
    await tab.until("document.querySelector('.banner').scrollLeft > 100")
    assert.deepEqual(await tab.run('__runner.data().slides'), [1])
  })
})
