// wx.request against a real server, login and payment at the desk.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chromiumMissing } from './support/chromium.mjs'
import { call, useSession } from './support/session.mjs'

describe('network', { skip: chromiumMissing }, () => {
  const session = useSession()
  const request = (path, options = {}) => call('request', { url: session.partner.url + path, ...options })
  const last = () => session.partner.seen.at(-1)

  test('sends method, headers and JSON; gives status, headers and data', async () => {
    const tab = await session.open()
    const answer = await tab.run(request('/api/echo', { method: 'POST', header: { Authorization: 'Bearer t', 'Idempotency-Key': 'k' }, data: { 人: 1 } }))
    assert.equal(answer.statusCode, 201)
    assert.equal(answer.header['x-total'], '7')
    assert.equal(answer.data.body, '{"人":1}')
    const { headers } = last()
    assert.equal(headers.authorization, 'Bearer t')
    assert.equal(headers['idempotency-key'], 'k')
    assert.equal(headers['content-type'], 'application/json')
    assert.match(headers['user-agent'], /MicroMessenger/)
    for (const name of ['origin', 'cookie', 'sec-fetch-mode', 'x-relay-send']) assert.equal(headers[name], undefined, name)
    assert.deepEqual(await tab.run('__runner.calls'), ['POST /api/echo 201'])
  })

  test('puts data of GET into the query and encodes forms', async () => {
    const tab = await session.open()
    await tab.run(request('/api/echo?a=1', { data: { q: '石榴', none: null } }))
    assert.equal(last().search, `?a=1&q=${encodeURIComponent('石榴')}`)
    await tab.run(request('/api/echo', { method: 'PUT', header: { 'content-type': 'application/x-www-form-urlencoded' }, data: { a: 'b c' } }))
    assert.equal(last().body, 'a=b%20c')
  })

  test('a refusal by the server is an answer; text and no content come through', async () => {
    const tab = await session.open()
    const refused = await tab.run(request('/api/refused'))
    assert.deepEqual([refused.statusCode, refused.data.code], [409, 'trade/group-full'])
    assert.equal((await tab.run(request('/api/text'))).data, 'plain')
    assert.deepEqual(await tab.run(`${request('/api/nothing')}.then((a) => [a.statusCode, a.data])`), [204, ''])
  })

  test('waits for long answers, up to the time-out', async () => {
    const tab = await session.open()
    assert.equal((await tab.run(request('/api/slow/800'))).data.slow, true)
    assert.equal((await tab.run(request('/api/slow/3000', { timeout: 200 }))).errMsg, 'request:fail timeout')
  })

  test('abort ends the request at the server too', async () => {
    const tab = await session.open()
    const url = `${session.partner.url}/api/slow/60001`
    await tab.run(`window.task = __runner.wx.request({ url: ${JSON.stringify(url)}, fail: (e) => { window.failed = e.errMsg } }); 1`)
    while (!session.partner.seen.some(({ path }) => path === '/api/slow/60001')) await new Promise((resolve) => setTimeout(resolve, 20))
    await tab.run('task.abort()')
    await tab.until("window.failed === 'request:fail abort'")
    while (!session.partner.aborted.includes('/api/slow/60001')) await new Promise((resolve) => setTimeout(resolve, 20))
  })

  test('foreign hosts and dead servers fail', async () => {
    const tab = await session.open()
    assert.match((await tab.run(call('request', { url: 'https://example.com/' }))).errMsg, /fail url not in domain list: example\.com/)
    assert.match((await tab.run(call('request', { url: 'http://127.0.0.1:9/' }))).errMsg, /^request:fail /)
    assert.match((await tab.run(call('request', { url: '/api/relative' }))).errMsg, /fail invalid url/)
  })

  test('an origin of the build can be answered elsewhere', async () => {
    const tab = await session.open({ settings: { origins: { 'http://shop.example': session.partner.url } } })
    assert.equal((await tab.run(call('request', { url: 'http://shop.example/api/text' }))).data, 'plain')
  })

  test('login and phone codes: from settings, or from the desk', async () => {
    const alone = await session.open({ settings: { loginCode: 'L', phoneCode: 'P', phoneNumber: 'ok' } })
    assert.equal((await alone.run(call('login'))).code, 'L')
    const tab = await session.open({ open: '/pages/me/index', settings: { desk: session.partner.url, nickname: '阿美', phone: '13900000000' } })
    assert.equal((await tab.run(call('login'))).code, 'login:阿美')
    await tab.tap('.phone')
    await tab.until("document.querySelector('.code').textContent === 'phone:13900000000'")
    await tab.run("__runner.settings.phoneNumber = 'deny'; 1")
    await tab.tap('.phone')
    await tab.until("document.querySelector('.code').textContent === 'getPhoneNumber:fail user deny'")
  })

  test('payment goes through the desk; cancelling and defects fail', async () => {
    const tab = await session.open({ settings: { desk: session.partner.url } })
    const pay = (prepay, more = {}) => call('requestPayment', { timeStamp: '1', nonceStr: 'n', package: `prepay_id=${prepay}`, signType: 'RSA', paySign: 's', ...more })
    assert.equal((await tab.run(pay('wx1'))).errMsg, 'requestPayment:ok')
    assert.deepEqual(JSON.parse(last().body), { prepay_id: 'wx1' })
    assert.match((await tab.run(pay('wx2'))).errMsg, /fail the desk answered 404/)
    assert.equal((await tab.run(pay('wx3'))).errMsg, 'requestPayment:fail refused')
    assert.match((await tab.run(pay('wx1', { paySign: '' }))).errMsg, /fail parameter\.paySign/)
    assert.match((await tab.run(pay('wx1', { package: 'wx1' }))).errMsg, /fail parameter\.package/)
    const before = session.partner.seen.length
    await tab.run("__runner.settings.payment = 'cancel'; 1")
    assert.equal((await tab.run(pay('wx1'))).errMsg, 'requestPayment:fail cancel')
    assert.equal(session.partner.seen.length, before)
  })

  test('subscription answers are settable, by template too', async () => {
    const tab = await session.open({ settings: { subscribe: { B: 'reject' } } })
    const answer = await tab.run(call('requestSubscribeMessage', { tmplIds: ['A', 'B'] }))
    assert.deepEqual([answer.A, answer.B], ['accept', 'reject'])
  })

  test('the desk is told which messages were accepted', async () => {
    const tab = await session.open({ settings: { desk: session.partner.url, nickname: '阿美', subscribe: { B: 'reject' } } })
    await tab.run(call('requestSubscribeMessage', { tmplIds: ['A', 'B', 'C'] }))
    assert.equal(last().path, '/desk/api/subscriptions')
    assert.deepEqual(JSON.parse(last().body), { nickname: '阿美', template_ids: ['A', 'C'] })
  })
})
