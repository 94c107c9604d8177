// feature: X12
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Cart, CartLine } from '@/core/contract'
import { keepWish, takeWish } from '@/core/cart'
import { cartCheckoutUrl, linesOf } from '@/core/checkout-url'
import { t } from '@/core/i18n'
import { urlOf } from '@/core/nav'
import { dropSession, keepSession } from '@/core/session'
import CartPage from '@/pages-order/cart/index.vue'
import { fake } from './setup'

const name = (s: string) => ({ 'zh-Hant': s, en: s })
const line = (sku_id: string, change: Partial<CartLine> = {}): CartLine => ({
  sku_id, product_id: 'p' + sku_id, product_name: name('Tea ' + sku_id), sku_name: name('Small'), image_url: '', unit_price_fen: 1000, list_price_fen: 1500,
  added_price_fen: 1000, quantity: 1, version: 1, available: 9, state: 'ready', added_at: '', ...change,
})
const cart = (...shops: CartLine[][]): Cart => ({
  shops: shops.map((lines, i) => ({ merchant_id: 'm' + i, merchant_name: name('Shop ' + i), lines })), lines: shops.flat().length, most_lines: 100, now: '2026-06-01T00:00:00.000Z',
})
let now: Cart
const signIn = () => keepSession({ token: 'x', expires_at: '', device: 'd', user: { id: 'u', nickname: 'n', avatar: 'a01', phone_masked: null, has_wechat: false, created_at: '' } })
async function shown() {
  const page = mount(CartPage)
  fake.hooks.get('onShow')!.forEach((f) => f())
  await flushPromises()
  return page
}
const sent = (method: string) => fake.requests.filter((r) => r.method === method)

beforeEach(() => {
  for (const of of [fake.hooks, fake.storage]) of.clear()
  for (const of of [fake.went, fake.toasts, fake.requests]) of.length = 0
  fake.answer = () => ({ statusCode: 200, data: now })
  signIn()
})

describe('cart', () => {
  it('is checked out shop by shop, with what is chosen and can be bought', async () => {
    now = cart([line('1', { quantity: 2 }), line('2', { state: 'sold_out', available: 0 }), line('3')], [line('4')])
    const page = await shown()
    const [first, second] = page.findAll('.t-cart-shop')
    expect([first!.find('.t-cart-sum').text(), first!.find('.t-cart-saved').text()]).toEqual(['¥30.00', t('cart.saved', { amount: '15.00' })])
    expect(second!.find('.t-cart-sum').text()).toBe('¥10.00')
    const ticks = first!.findAll('.t-cart-choose')
    expect(ticks.map((x) => x.attributes('aria-checked'))).toEqual(['true', 'false', 'true'])
    await ticks[1]!.trigger('click') // it is sold out
    await ticks[2]!.trigger('click')
    await first!.find('.t-cart-checkout button').trigger('click')
    expect(fake.went).toEqual([cartCheckoutUrl([{ sku_id: '1', quantity: 2 }])])
  })
  it('names why a line cannot be bought, and what costs another price than before', async () => {
    now = cart([line('1', { state: 'few', quantity: 5, available: 3 }), line('2', { state: 'off_shelf' }), line('3', { added_price_fen: 900 }), line('4', { state: 'unweighed' })])
    const page = await shown()
    expect(page.findAll('.t-cart-state').map((x) => x.text())).toEqual([t('cart.state.few', { n: 3 }), t('cart.state.off_shelf'), t('cart.state.unweighed')])
    expect(page.find('.t-cart-changed').text()).toBe(t('cart.changed', { was: '9.00', price: '10.00' }))
    fake.requests.length = 0
    await page.find('.t-cart-take-few button').trigger('click')
    await flushPromises()
    expect(sent('PUT')[0]!.data).toEqual({ quantity: 3, version: 1 })
  })
  it('asks once more for taps that came while an answer was awaited', async () => {
    now = cart([line('1')])
    const page = await shown()
    fake.answer = ({ method, data }) => {
      if (method === 'PUT') now = cart([line('1', { quantity: (data as { quantity: number }).quantity, version: now.shops[0]!.lines[0]!.version + 1 })])
      return { statusCode: 200, data: now }
    }
    for (let i = 0; i < 4; i++) await page.find('.t-more').trigger('click')
    await flushPromises()
    expect(page.find('.t-quantity').text()).toBe('5')
    expect(sent('PUT').length).toBeLessThan(5)
    expect(sent('PUT').at(-1)!.data).toMatchObject({ quantity: 5 })
  })
  it('shows what is there when another tab changed it', async () => {
    now = cart([line('1')])
    const page = await shown()
    const theirs = cart([line('1', { quantity: 7, version: 4 })])
    fake.answer = ({ method }) => (method === 'PUT' ? { statusCode: 409, data: { code: 'trade/cart-line-changed', quantity: 7, version: 4 } } : { statusCode: 200, data: theirs })
    await page.find('.t-more').trigger('click')
    await flushPromises()
    expect([page.find('.t-quantity').text(), fake.toasts.at(-1)]).toEqual(['7', t('cart.elsewhere')])
  })
  it('puts back what was removed, once', async () => {
    now = cart([line('1', { quantity: 4 })])
    const page = await shown()
    fake.answer = () => ({ statusCode: 200, data: cart() })
    await page.find('.t-cart-remove').trigger('click')
    await flushPromises()
    expect(page.find('.t-cart-line').exists()).toBe(false)
    expect(page.text()).toContain(t('cart.empty'))
    fake.answer = () => ({ statusCode: 200, data: now })
    await page.find('.t-cart-undo').trigger('click')
    await flushPromises()
    expect(sent('POST').map((r) => r.data)).toEqual([{ sku_id: '1', quantity: 4 }])
    expect([page.find('.t-cart-line').exists(), page.find('.t-cart-undo').exists()]).toEqual([true, false])
  })
  it('says that it could not be read, and reads again', async () => {
    fake.answer = () => ({ statusCode: 409, data: { code: 'platform/unknown' } })
    const page = await shown()
    expect(page.find('.t-failure').exists()).toBe(true)
  })
})

it('carries the lines of a checkout in its address', () => {
  const lines = [{ sku_id: 'a-1', quantity: 2 }, { sku_id: 'b', quantity: 1 }]
  const url = decodeURIComponent(cartCheckoutUrl(lines))
  expect(url).toBe(urlOf('checkout') + '?mode=solo&lines=a-1*2,b*1')
  expect(linesOf('a-1*2,b*1')).toEqual(lines)
})

it('keeps what a signed-out visitor wanted until they are back, for that product, once', () => {
  dropSession()
  keepWish('p1', { sku_id: 's', quantity: 2 })
  expect(takeWish('p1')).toBeNull()
  signIn()
  expect(takeWish('p2')).toBeNull()
  expect([takeWish('p1'), takeWish('p1')]).toEqual([{ sku_id: 's', quantity: 2 }, null])
})
