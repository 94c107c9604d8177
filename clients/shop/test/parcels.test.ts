import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { InboxMessage, Order, Parcel } from '@/core/contract'
import { t } from '@/core/i18n'
import { heldBy, partOf } from '@/core/parcels'
import { keepSession } from '@/core/session'
import OrderPage from '@/pages-order/detail/index.vue'
import { messageParams, sentenceOf } from '@/pages-user/inbox/message-params'
import '@/pages-user/texts'
import { order } from './samples'
import { fake } from './setup'

const of = (...sent: [number, number][]): Order => {
  const [line] = order({}).lines
  return order({ status: 'to_ship', lines: sent.map(([gone, quantity], i) => ({ ...line!, line: i + 1, sku_id: `s${i}`, quantity, sent: gone })) })
}
const parcel = (nth: number, quantity: number): Parcel => ({ id: `p${nth}`, order_id: 'o1', nth, lines: [{ line: 1, quantity }], carrier_code: 'SF', carrier_name: { en: 'SF' }, tracking_no: `SF${nth}`, sent_at: '2026-01-01T00:00:00Z', state: 'picked_up', events: [] })

// feature: F27
describe('an order in several parcels', () => {
  it.each([
    [of([0, 3]), null],
    [of([3, 3]), null],
    [of([1, 3], [0, 2]), { sent: 1, n: 5 }],
  ])('says how much of it went only while that is a part', (one, part) => expect(partOf(one)).toEqual(part))

  it('knows what each holds', () => expect(heldBy(parcel(1, 2), of([2, 3])).map((h) => [h.line.line, h.quantity])).toEqual([[1, 2]]))

  it.each([[of([1, 3]), [parcel(1, 1)], true, 'order.nth'], [of([3, 3]), [parcel(1, 1), parcel(2, 2)], false, 'order.nthOf'], [of([3, 3]), [parcel(1, 3)], false, 'order.track']] as const)('shows each of them, and what is still to come', async (one, items, more, title) => {
    fake.hooks.clear()
    keepSession({ token: 'x', expires_at: '', device: 'd', user: { id: 'u', nickname: 'n', avatar: 'a01', phone_masked: null, has_wechat: false, created_at: '' } })
    fake.answer = (call: { url: string }) => ({ statusCode: 200, data: call.url.endsWith('/parcels') ? { items } : one })
    const page = mount(OrderPage)
    fake.hooks.get('onLoad')!.forEach((f) => f({ id: 'o1' }))
    fake.hooks.get('onShow')!.forEach((f) => f())
    await flushPromises()
    const cards = page.findAll('.t-tracking')
    expect(cards).toHaveLength(items.length)
    expect(cards[0]!.text()).toContain(t(title, { nth: 1, n: items.length }))
    expect(page.find('.t-parcels-left').exists()).toBe(more)
    fake.hooks.get('onHide')!.forEach((f) => f())
  })

  it.each([[{}, 'text'], [{ sent: 5, pieces: 5, left: 0 }, 'text'], [{ sent: 2, pieces: 5, left: 3 }, 'part'], [{ sent: 3, pieces: 5, left: 0 }, 'last']])('is told parcel by parcel: %o', (params, sentence) => {
    const message = { template: 'order_shipped', params: { ...params, parcel: 2, tracking_no: 'SF2' } } as unknown as InboxMessage
    expect(sentenceOf(message)).toBe(`inbox.order_shipped.${sentence}`)
    expect(t(sentenceOf(message), messageParams(message.params))).not.toContain('{')
  })
  it('says what is in the parcel, not what else was ordered', () => {
    const params = { product_name: { en: 'Pineapple and 1 more' }, contents: { en: 'Tea' }, sent: 1, pieces: 3, left: 2, parcel: 1, tracking_no: 'SF2' }
    const message = { template: 'order_shipped', params } as unknown as InboxMessage
    const said = t(sentenceOf(message), messageParams(message.params))
    expect([said.includes('Tea'), said.includes('Pineapple')]).toEqual([true, false])
  })
})
