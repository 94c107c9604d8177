// feature: F22
import { beforeEach, describe, expect, it } from 'vitest'
import { t } from '@/core/i18n'
import { urlOf } from '@/core/nav'
import { button, no, ok, sent, Stage } from './flash-page'
import { asked, at, atNoon, hold, ownHold, quote, run, sale, soon } from './flash-samples'
import { fake } from './setup'

atNoon()

describe('a sale', () => {
  let stage: Stage
  beforeEach(() => { stage = new Stage() })

  it('is taken by one press, followed, and led to the cashier', async () => {
    const page = await stage.show()
    stage.waits = [ok(hold())]
    await page.find(button).trigger('click')
    await soon()
    expect(page.find('.t-flash-wait').text()).toBe(t('flash.held', { n: 1 }))
    await soon(2000)
    expect(fake.went).toEqual([urlOf('pay', { id: 'o1' })])
    expect(sent()).toHaveLength(1)
    expect(sent()[0]!.data).toEqual({ sku_id: 's1', quantity: 1, address_id: 'a1', ticket: 't', proof: expect.any(String) as string })
    expect(sent()[0]!.header['Device-Id']).toMatch(/^[0-9a-f-]{36}$/)
  })
  it('keeps whoever comes with too many others in the queue, as one wish', async () => {
    const page = await stage.show()
    stage.tickets = [ok({ ticket: 't', bits: 0, place: 40, wait_s: 5, drawn: false })]
    stage.presses = [no('trade/flash-busy', 429, { retry_after_s: 3 })]
    await page.find(button).trigger('click')
    await soon()
    expect(page.find('.t-flash-wait').text()).toContain(t('flash.queue', { n: 40 }))
    await soon(4900)
    expect(sent()).toHaveLength(0)
    await soon(10_000)
    expect(fake.went).toEqual([urlOf('pay', { id: 'o1' })])
    const all = fake.requests.filter((r) => r.method === 'POST' && !r.url.endsWith('/preview'))
    expect(all).toHaveLength(3)
    expect(new Set(all.map((r) => r.header['Idempotency-Key'])).size).toBe(1)
    expect(new Set(sent().map((r) => r.header['Device-Id'])).size).toBe(1)
  })
  it('lets people queue up shortly before its start, and goes to the cashier by itself', async () => {
    const page = await stage.show(sale({ state: 'upcoming', starts_at: at(700) }))
    expect(page.find(button).text()).toContain(t('flash.opensAt', { time: '12:11' }))
    await soon(101_000)
    expect(page.find(button).text()).toContain(t('flash.queueUp'))
    expect(page.find('.t-flash-draw').text()).toBe(t('flash.draw'))
    stage.tickets = [ok({ ticket: 't', bits: 0, place: 7, wait_s: 10, drawn: true })]
    await page.find(button).trigger('click')
    await soon(20_000)
    expect(fake.went).toEqual([urlOf('pay', { id: 'o1' })])
  })
  it.each([
    ['trade/flash-sold-out', { available: 0 }, t('problem.trade.flash-sold-out')], ['trade/flash-sold-out', { available: 1 }, t('sku.stockReached', { n: 1 })],
    ['trade/flash-sale-not-started', { starts_at: at(300) }, t('flash.notYet', { time: '12:05' })],
    ['trade/flash-limit', { limit: 2, had: 1 }, t('problem.trade.flash-limit', { limit: 2 })], ['trade/flash-device-limit', { limit: 2 }, t('problem.trade.flash-device-limit')],
    ['trade/flash-sale-ended', {}, t('problem.trade.flash-sale-ended')], ['platform/unknown-to-us', {}, t('problem.generic')],
  ])('says in plain words why not, and what was chosen stays: %s %j', async (code, more, words) => {
    const page = await stage.show()
    stage.presses = [no(code, 409, more)]
    await page.find('.t-more').trigger('click')
    await page.find(button).trigger('click')
    await soon()
    expect(page.find('.t-refused').text()).toBe(words)
    expect(page.find('.t-quantity').text()).toBe('2')
    expect(page.find('.t-address').text()).toContain('Lin')
    expect(fake.went).toEqual([])
  })
  it('says why no order could be made of what was taken; the next press is another wish', async () => {
    const page = await stage.show()
    stage.waits = [ok(hold({ status: 'refused', problem: { code: 'trade/too-many-unpaid-orders', status: 409 } }))]
    await page.find(button).trigger('click')
    await soon()
    expect(page.find('.t-refused').text()).toBe(t('problem.trade.too-many-unpaid-orders'))
    expect(page.find('.t-to-orders').exists()).toBe(true)
    await page.find(button).trigger('click')
    await soon()
    expect(new Set(sent().map((r) => r.header['Idempotency-Key'])).size).toBe(2)
  })
  it('sends the same wish again whose answer was lost, also after a reload', async () => {
    const page = await stage.show()
    stage.presses = [no('client/lost', 500)]
    await page.find(button).trigger('click')
    await soon()
    fake.hooks.clear()
    const again = await stage.show()
    await again.find(button).trigger('click')
    await soon()
    expect(new Set(sent().map((r) => r.header['Idempotency-Key'])).size).toBe(1)
    expect(page.find('.t-refused').exists()).toBe(true)
  })
  it('waits for its start, and can be pressed then by itself', async () => {
    const page = await stage.show(sale({ state: 'upcoming', starts_at: at(605) }))
    expect(page.find(button).text()).toContain(t('flash.opensAt', { time: '12:10' }))
    expect(page.find(button).text()).toContain('00:10:05')
    await page.find(button).trigger('click')
    expect(sent()).toEqual([])
    stage.shown = sale()
    await soon(608_000)
    expect(page.find(button).text()).toContain(t('flash.press'))
  })
  it('offers no more than there is, and offers again what comes back', async () => {
    const none = { state: 'sold_out', free: 0, variants: sale().variants.map((each) => ({ ...each, free: 0 })) } as const
    const page = await stage.show(sale(none))
    expect(page.find(button).text()).toBe(t('flash.state.sold_out'))
    stage.shown = sale()
    await soon(2000)
    expect(page.find(button).text()).toContain(t('flash.press'))
  })
  it('goes to the cashier once it is looked at again, where the order was made meanwhile', async () => {
    const page = await stage.show()
    stage.waits = [ok(hold())]
    await page.find(button).trigger('click')
    await soon()
    run('onHide')
    await soon(2000)
    expect(fake.went).toEqual([])
    run('onShow')
    expect(fake.went).toEqual([urlOf('pay', { id: 'o1' })])
  })
  it('says where so many are at the door that it is sent again in a moment, and until when', async () => {
    const page = await stage.show()
    stage.presses = [no('trade/flash-busy', 429, { retry_after_s: 3 })]
    await page.find(button).trigger('click')
    await soon()
    expect(page.find('.t-flash-wait').text()).toContain(t('flash.crowd'))
    expect(page.find('.t-flash-wait').text()).toMatch(/00:00:0[3-6]/)
    expect(page.find(button).text()).toContain(t('flash.busy.crowd'))
    await soon(7000)
    expect(fake.went).toEqual([urlOf('pay', { id: 'o1' })])
  })
  it('tells before the press what the order will cost, delivered there, for as many', async () => {
    const page = await stage.show()
    expect(page.find('.t-freight').text()).toContain('6.00')
    expect(page.find('.t-payable').text()).toContain('25.90')
    expect(page.find(button).text()).toContain('25.90')
    await page.find('.t-more').trigger('click')
    await soon()
    expect(page.find('.t-payable').text()).toContain('45.80')
    expect(asked('/preview').map((r) => (r.data as { quantity: number }).quantity)).toEqual([1, 2])
  })
  it('cannot be pressed where it is not sent to, and says why no price can be told', async () => {
    stage.priced = () => quote({ deliverable: false })
    const page = await stage.show()
    expect(page.find('.t-not-deliverable').exists()).toBe(true)
    await page.find(button).trigger('click')
    expect(sent()).toEqual([])
    stage.priced = () => no('trade/weight-missing', 409)
    await page.find('.t-more').trigger('click')
    await soon()
    expect(page.find('.t-quote-refused').text()).toBe(t('problem.trade.weight-missing'))
  })
  it('cannot be pressed by whoever could have no order, and leads to what they have, until that is over', async () => {
    stage.priced = () => no('trade/too-many-unpaid-orders')
    const page = await stage.show()
    expect(page.find('.t-quote-refused').text()).toBe(t('problem.trade.too-many-unpaid-orders'))
    expect(page.find('.t-to-orders').exists()).toBe(true)
    expect(page.find(button).text()).toBe(t('sku.unsold'))
    await page.find(button).trigger('click')
    await soon()
    expect(sent()).toEqual([])
    stage.priced = () => quote()
    run('onShow')
    await soon()
    expect(page.find(button).text()).toContain(t('flash.press'))
  })
  it('shows whoever comes back what they have of it, and follows what is not an order yet', async () => {
    stage.own = [ownHold()]
    const page = await stage.show()
    expect(page.find('.t-hold-state').text()).toBe(t('flash.hold.held'))
    stage.own = [ownHold({ status: 'ordered', order_id: 'o7', order_status: 'pending_payment', pay_before: at(300) })]
    await soon(2000)
    expect(page.find('.t-hold-state').text()).toContain(t('flash.hold.toPay'))
    expect(page.find('.t-hold-state').text()).toMatch(/00:0[45]:\d\d/)
    await page.find('.t-hold-pay button').trigger('click')
    await soon()
    expect(fake.went).toEqual([urlOf('pay', { id: 'o7' })])
  })
  it.each(['ended', 'stopped'] as const)('that is %s says so, and leads on to what runs', async (state) => {
    const page = await stage.show(sale({ state }))
    expect(page.find('.t-flash-over').text()).toContain(t(state === 'ended' ? 'flash.endedTitle' : 'flash.stoppedTitle'))
    expect(page.find('.t-flash-next').text()).toContain(t('flash.nowRuns'))
    expect(page.findAll('.t-flash-card')).toHaveLength(1)
    expect(page.find('.t-flash-press').exists()).toBe(false)
    expect(asked('/preview')).toEqual([])
  })
})
