import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import { keepSession } from '@/core/session'
import { urlOf } from '@/core/nav'
import CheckoutPage from '@/pages-order/checkout/index.vue'
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
