import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import CtFailure from '@/components/ct-failure.vue'
import { getOrder } from '@/core/api/orders'
import { attemptKey, endAttempt } from '@/core/attempt'
import { serverNow } from '@/core/clock'
import { useAction } from '@/core/guard'
import { ApiProblem, call, whenSignedOut } from '@/core/http'
import { t } from '@/core/i18n'
import { explain } from '@/core/problems'
import { keepSession, session } from '@/core/session'
import { fake } from './setup'

const user = { id: 'u', nickname: 'n', avatar: 'a01', phone_masked: null, has_wechat: false, created_at: '' }
beforeEach(() => { fake.requests.length = 0 })

describe('calls', () => {
  it('carry token, language and idempotency key, and leave out empty query values', async () => {
    keepSession({ token: 'abc', expires_at: '', device: 'd', user })
    fake.answer = () => ({ statusCode: 200, data: { ok: true } })
    await call('GET', '/trade/listings', { query: { q: '', category: 'a b', cursor: null, limit: 20 }, key: 'k1' })
    const [r] = fake.requests
    expect(r!.url).toBe('/api/v1/trade/listings?category=a%20b&limit=20')
    expect(r!.header).toEqual({ 'Accept-Language': 'zh-Hant', Authorization: 'Bearer abc', 'Idempotency-Key': 'k1' })
  })
  it('learn the time from the header: the body may be one that the browser had already', async () => {
    const data = { now: '2026-02-01T00:00:00.000Z' }
    fake.answer = () => ({ statusCode: 200, data, header: { 'x-now': '2026-02-01T09:00:00.000Z' } })
    await call('GET', '/trade/listings')
    expect(Math.abs(serverNow() - Date.parse('2026-02-01T09:00:00Z'))).toBeLessThan(2000)
    fake.answer = () => ({ statusCode: 200, data, header: {} })
    await call('GET', '/trade/listings')
    expect(Math.abs(serverNow() - Date.parse('2026-02-01T00:00:00Z'))).toBeLessThan(2000)
  })
  it('turn a problem document into an ApiProblem that has words', async () => {
    fake.answer = () => ({ statusCode: 409, data: { code: 'trade/price-changed', status: 409, payable_fen: 2990 } })
    const problem = await call('POST', '/trade/orders').catch((e: unknown) => e)
    expect(problem).toBeInstanceOf(ApiProblem)
    expect(explain(problem)).toBe(t('problem.trade.price-changed', { price: '29.90' }))
    expect(explain(new ApiProblem('trade/never-heard-of', 409))).toBe(t('problem.generic'))
  })
  it('drop the session on 401 and send the shopper to sign-in, once', async () => {
    const out = vi.fn()
    whenSignedOut(out)
    keepSession({ token: 'old', expires_at: '', device: 'd', user })
    fake.answer = () => ({ statusCode: 401, data: { code: 'platform/not-signed-in' } })
    await Promise.allSettled([call('GET', '/accounts/me'), call('GET', '/trade/orders')])
    expect(session.token).toBe('')
    expect(out).toHaveBeenCalledTimes(1)
  })
})

describe('links', () => {
  it.each([['', '/api/v1/trade/orders/-'], ['../accounts/me?x=1', '/api/v1/trade/orders/..%2Faccounts%2Fme%3Fx%3D1']])('with the id %o ask for one order', async (id, url) => {
    await getOrder(id).catch(() => {})
    expect(fake.requests[0]!.url).toBe(url)
  })
  it('that lost what they were for are told so, and not to check what nobody typed', () => {
    const failure = mount(CtFailure, { props: { error: new ApiProblem('platform/invalid-request', 422) } })
    expect(failure.text()).toBe(t('ui.failed') + t('problem.platform.not-found') + t('ui.backHome'))
  })
})

describe('calls that fail without anybody\'s fault', () => {
  beforeEach(() => { vi.useFakeTimers() })
  afterEach(() => { vi.useRealTimers() })
  const lost = { errMsg: 'request:fail' }
  async function outcome(method: 'GET' | 'POST', options = {}): Promise<unknown> {
    const result = call(method, '/trade/orders', options).catch((e: unknown) => e)
    await vi.runAllTimersAsync()
    return result
  }
  const inTurn = (...answers: ReturnType<typeof fake.answer>[]) => { fake.answer = () => answers[Math.min(fake.requests.length, answers.length) - 1]! }

  it('come again when they read, and the shopper sees nothing of it', async () => {
    inTurn(lost, { statusCode: 502, data: '' }, { statusCode: 200, data: { ok: true } })
    expect(await outcome('GET')).toEqual({ ok: true })
    expect(fake.requests).toHaveLength(3)
  })
  it('come again when they carry a key, with the same one', async () => {
    inTurn({ statusCode: 503, data: {}, header: { 'retry-after': '2' } }, { statusCode: 201, data: { id: 'o' } })
    expect(await outcome('POST', { key: 'k1', body: {} })).toEqual({ id: 'o' })
    expect(fake.requests.map((r) => r.header['Idempotency-Key'])).toEqual(['k1', 'k1'])
  })
  it.each([lost, { statusCode: 503, data: {} }])('are not sent again when they are neither', async (answer) => {
    inTurn(answer)
    expect(await outcome('POST', { body: {} })).toBeInstanceOf(ApiProblem)
    expect(await outcome('GET', { once: true })).toBeInstanceOf(ApiProblem)
    expect(fake.requests).toHaveLength(2)
  })
  it('end with plain words, and what took too long is not waited for again', async () => {
    inTurn(lost)
    expect(await outcome('GET')).toMatchObject({ code: 'client/offline' })
    expect(fake.requests).toHaveLength(3)
    inTurn({ errMsg: 'request:fail timeout' })
    expect(await outcome('GET')).toMatchObject({ code: 'client/offline' })
    expect(fake.requests).toHaveLength(4)
  })
})

describe('ordering twice', () => {
  it('equal contents keep their key until the order exists; other contents get another', () => {
    const key = attemptKey({ sku: 1 })
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(attemptKey({ sku: 1 })).toBe(key)
    const other = attemptKey({ sku: 9 })
    endAttempt({ sku: 9 })
    expect(attemptKey({ sku: 1 }), 'another tab has ordered meanwhile').toBe(key)
    expect(attemptKey({ sku: 9 })).not.toBe(other)
    endAttempt({ sku: 1 })
    expect(attemptKey({ sku: 1 })).not.toBe(key)
    expect(attemptKey({ sku: 2 })).not.toBe(attemptKey({ sku: 3 }))
  })
  it('a second tap while the first is under way does nothing', async () => {
    let finish = () => {}
    const work = vi.fn(() => new Promise<void>((resolve) => { finish = resolve }))
    const { run } = useAction(work)
    const first = run()
    await run()
    finish()
    await first
    expect(work).toHaveBeenCalledTimes(1)
  })
})
