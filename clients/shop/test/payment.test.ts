import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { t } from '@/core/i18n'
import { keepSession } from '@/core/session'
import OrderPage from '@/pages-order/detail/index.vue'
import ResultPage from '@/pages-order/result/index.vue'
import { order } from './samples'
import { fake } from './setup'

const pending = order({ status: 'pending_payment', paid_at: null, paid_fen: 0, pay_before: '2099-01-01T00:00:00Z' })
/** Answers of the server to those who wait, in their order; whoever finds none waits on. */
let waits: object[] = []
let syncs: object

beforeEach(() => {
  vi.useFakeTimers()
  fake.hooks.clear()
  fake.requests.length = 0
  waits = []
  syncs = { statusCode: 200, data: { ...pending, money_arrived: true } }
  keepSession({ token: 'x', expires_at: '', device: 'd', user: { id: 'u', nickname: 'n', avatar: 'a01', phone_masked: null, has_wechat: false, created_at: '' } })
  fake.answer = (r) => {
    if (!r.url.includes('wait=')) return (r.url.endsWith('/sync') ? syncs : { statusCode: 200, data: pending }) as { statusCode: number; data: unknown }
    const next = waits.shift()
    if (next) return next as { statusCode: number; data: unknown }
    r.success = r.fail = () => {}
    return { statusCode: 204, data: '' }
  }
})
afterEach(() => {
  run('onHide')
  vi.useRealTimers()
})
const run = (hook: string) => fake.hooks.get(hook)?.forEach((f) => f({ id: pending.id }))
const asked = (what: string) => fake.requests.filter((r) => r.url.includes(what)).length
async function show(page: object) {
  const mounted = mount(page)
  run('onLoad')
  run('onShow')
  await flushPromises()
  return mounted
}

describe('a page whose order is to be paid', () => {
  it('asks once, and is answered when the money is there', async () => {
    waits = [{ statusCode: 200, data: order({ status: 'to_ship' }) }]
    const page = await show(ResultPage)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(page.find('.t-pay-state').text()).toBe(t('result.paid'))
    expect([asked('/sync'), asked('wait=25'), fake.requests.length]).toEqual([1, 1, 2])
  })
  it('goes on waiting, and says so after a while', async () => {
    const page = await show(ResultPage)
    expect(page.find('.t-pay-state').text()).toBe(t('result.checking'))
    await vi.advanceTimersByTimeAsync(20_000)
    expect(page.find('.t-pay-state').text()).toBe(t('result.slow'))
    expect(asked('wait=25')).toBe(1)
  })
  it('asks once more when the time to pay is over, however often it is shown that it is', async () => {
    const late = { ...pending, pay_before: '2020-01-01T00:00:00Z' }
    syncs = { statusCode: 200, data: { ...late, money_arrived: false } }
    const page = await show(ResultPage)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(page.find('.t-pay-state').text()).toBe(t('result.unpaid'))
    expect(asked('/sync')).toBe(2)
  })
  it('lets the shopper choose where nothing was paid, and hears of what is paid later', async () => {
    syncs = { statusCode: 200, data: { ...pending, money_arrived: false } }
    waits = [{ statusCode: 200, data: pending }]
    const page = await show(ResultPage)
    expect(page.find('.t-pay-state').text()).toBe(t('result.unpaid'))
    waits = [{ statusCode: 200, data: order({ status: 'to_ship' }) }]
    await vi.advanceTimersByTimeAsync(1000)
    expect(page.find('.t-pay-state').text()).toBe(t('result.paid'))
  })
  it('looks from time to time where the server lets nobody wait', async () => {
    const full = { statusCode: 503, data: { code: 'platform/overloaded' } }
    waits = [full, full, full]
    await show(ResultPage)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(fake.requests.filter((r) => r.url.endsWith(`/orders/${pending.id}`)).length).toBe(3)
  })
  it('waits no longer once it is hidden, and again when it is shown', async () => {
    const page = await show(OrderPage)
    expect(asked('wait=25')).toBe(1)
    run('onHide')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked('wait=25')).toBe(1)
    waits = [{ statusCode: 200, data: pending }, { statusCode: 200, data: order({ status: 'to_ship' }) }]
    run('onShow')
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked('wait=25')).toBe(3)
    expect(page.find('.t-order-status').text()).toContain(t('order.status.to_ship'))
  })
})
