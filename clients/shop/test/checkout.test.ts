import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import CtField from '@/components/ct-field.vue'
import { addressOf } from '@/core/addresses'
import { cartCheckoutUrl } from '@/core/checkout-url'
import { keepSession } from '@/core/session'
import { t } from '@/core/i18n'
import { urlOf } from '@/core/nav'
import CheckoutPage from '@/pages-order/checkout/index.vue'
import PriceLines from '@/components/price-lines.vue'
import { product } from './samples'
import { fake } from './setup'

beforeEach(() => {
  fake.hooks.clear()
  fake.went.length = 0
  keepSession({ token: 'x', expires_at: '', device: 'd', user: { id: 'u', nickname: 'n', avatar: 'a01', phone_masked: null, has_wechat: false, created_at: '' } })
})

it.each(['sold-out', 'sku-not-found', 'purchase-limit', 'campaign-ended'])('is no dead end where its wish cannot be had: %s', async (code) => {
  fake.answer = ({ url }) => {
    if (url.endsWith('/preview')) return { statusCode: 409, data: { code: `trade/${code}` } }
    return { statusCode: 200, data: url.endsWith('/addresses') ? { items: [] } : product() }
  }
  const page = mount(CheckoutPage)
  fake.hooks.get('onLoad')!.forEach((f) => f({ mode: 'solo', sku: 's1', n: '5', product: 'p1' }))
  fake.hooks.get('onShow')!.forEach((f) => f())
  await flushPromises()
  expect(page.find('.t-refused').exists()).toBe(true)
  await page.find('.t-choose-again button').trigger('click')
  expect(fake.went).toEqual([urlOf('product', { id: 'p1' })])
})

const LINES = [['s1', 'Small'], ['s2', 'Big']] as const
const priced = (wanted: string[]) => ({
  lines: LINES.filter(([id]) => wanted.includes(id)).map(([id, name]) => ({ sku_id: id, product_name: { en: 'Tea' }, sku_name: { en: name }, image_url: '/m', goods_fen: 100, off_fen: 0, list_unit_fen: 100, quantity: 1, deliverable: id !== 's2' })),
  adjustments: [], goods_fen: 200, off_fen: 0, freight_fen: 0, freight_known: true, payable_fen: 200, tier_prices_fen: [], deliverable: !wanted.includes('s2'), initiator_back_fen: 0, hold_s: 900,
})
const cart = { lines: 2, most_lines: 100, now: '', shops: [{ lines: LINES.map(([id, name]) => ({ sku_id: id, product_name: { en: 'Tea' }, sku_name: { en: name }, image_url: '/m' })) }] }

async function fromCart(refuse: (wanted: string[]) => string | null) {
  const asked: string[][] = []
  fake.answer = ({ url, data }) => {
    if (url.endsWith('/addresses')) return { statusCode: 200, data: { items: [] } }
    if (url.endsWith('/cart')) return { statusCode: 200, data: cart }
    const wanted = (data as { lines: { sku_id: string }[] }).lines.map((line) => line.sku_id)
    asked.push(wanted)
    const code = refuse(wanted)
    return code ? { statusCode: 409, data: { code, sku_id: 's2' } } : { statusCode: 200, data: priced(wanted) }
  }
  const page = mount(CheckoutPage)
  fake.hooks.get('onLoad')!.forEach((f) => f({ mode: 'solo', lines: 's1*1,s2*1' }))
  fake.hooks.get('onShow')!.forEach((f) => f())
  await flushPromises()
  return { page, asked }
}

it('keeps what was left out left out, with what was typed, when the page is loaded again', async () => {
  const here = { $page: { fullPath: '' } }
  vi.stubGlobal('getCurrentPages', () => [here])
  history.replaceState({ of: 'the router' }, '', '/checkout?mode=solo&lines=s1*1,s2*1')
  const { page } = await fromCart((wanted) => (wanted.includes('s2') ? 'trade/sold-out' : null))
  page.findComponent(CtField).vm.$emit('change', 'Ring twice')
  await page.find('.t-leave-out').trigger('click')
  await flushPromises()
  const url = cartCheckoutUrl([{ sku_id: 's1', quantity: 1 }])
  expect([here.$page.fullPath, location.pathname + location.search]).toEqual([url, addressOf(url)])
  expect(history.state).toEqual({ of: 'the router', current: addressOf(url) })
  fake.hooks.clear()
  const again = mount(CheckoutPage)
  fake.hooks.get('onLoad')!.forEach((f) => f({ mode: 'solo', lines: 's1*1' }))
  fake.hooks.get('onShow')!.forEach((f) => f())
  await flushPromises()
  expect(again.findComponent(CtField).props('value')).toBe('Ring twice')
  expect(again.findAll('.t-checkout-line')).toHaveLength(1)
  vi.unstubAllGlobals()
})

it.each(['sold-out', 'sku-not-found', 'weight-missing'])('names the line that cannot be bought, and buys the rest: %s', async (code) => {
  const { page, asked } = await fromCart((wanted) => (wanted.includes('s2') ? `trade/${code}` : null))
  expect(page.find('.t-refused-line').text()).toContain('Tea Big')
  expect(page.findAll('.t-checkout-line')).toHaveLength(2)
  expect(page.findAll('.t-leave-out')).toHaveLength(1)
  await page.find('.t-leave-out').trigger('click')
  await flushPromises()
  expect(asked.at(-1)).toEqual(['s1'])
  expect(page.find('.t-refused').exists()).toBe(false)
  expect(page.findAll('.t-checkout-line')).toHaveLength(1)
})

it('says which line is not sent there, and goes back to the cart with the last one', async () => {
  const { page } = await fromCart(() => null)
  expect(page.findAll('.t-line-undelivered')).toHaveLength(1)
  await page.find('.t-leave-out').trigger('click')
  await flushPromises()
  expect(page.find('.t-not-deliverable').exists()).toBe(false)
})

it.each([
  [{ freight_fen: 0, adjustments: [] }, null],
  [{ freight_fen: 0, adjustments: [{ kind: 'freight', line: null, amount_fen: 0 }] }, 'checkout.free'],
  [{ freight_fen: 600, adjustments: [{ kind: 'freight', line: null, amount_fen: 600 }] }, '¥6.00'],
  [{ freight_fen: 600, freight_known: false, adjustments: [{ kind: 'freight', line: null, amount_fen: 600 }] }, 'checkout.atMost'],
])('says of the freight what is known: %j', (change, words) => {
  const row = mount(PriceLines, { props: { priced: { ...priced(['s1']), ...change } as never } }).find('.t-freight')
  expect(row.exists() ? row.text() : null).toBe(words && (words.startsWith('checkout') ? t(words, { amount: '6.00' }) : words))
})
