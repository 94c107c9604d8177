import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import SkuPanel from '@/components/sku-panel.vue'
import type { Offer, OrderMode } from '@/core/contract'
import { t } from '@/core/i18n'
import { offer } from './samples'
import { fake } from './setup'

const panel = (mode: OrderMode, o: Offer) => mount(SkuPanel, { props: { show: true, mode, offer: o } })
const times = async (w: ReturnType<typeof panel>, hook: string, n: number) => {
  for (let i = 0; i < n; i++) await w.find(hook).trigger('click')
}
beforeEach(() => { fake.toasts.length = 0 })

describe('SKU panel', () => {
  it('starts with the first SKU in stock, at the price paid now', () => {
    expect(panel('open', offer('fixed')).find('.price').text()).toContain('¥29.90')
    expect(panel('solo', offer('fixed')).find('.price').text()).toContain('¥49.90')
  })
  it('offers in a group only what its campaign sells, and first what the page shows the prices of', () => {
    const o = offer('fixed')
    o.skus[0]!.tier_prices_fen = []
    o.shown = { ...o.shown!, sku_id: 's2' }
    const w = panel('join', o)
    expect(w.findAll('.t-sku').map((x) => x.text())).toEqual(['Big', 'Gone'])
    expect(w.find('.price').text()).toContain('¥49.90')
    expect(panel('solo', o).findAll('.t-sku')).toHaveLength(3)
  })
  it('does not offer what nobody weighed, and does not call it sold out', async () => {
    const o = offer('fixed')
    o.skus[0] = { ...o.skus[0]!, available: 0, sellable: false }
    const w = panel('solo', o)
    expect(w.find('.t-sku.on').text()).toBe('Big')
    await w.findAll('.t-sku')[0]!.trigger('click')
    expect(w.find('.t-sku-done').text()).toBe(t('sku.unsold'))
    expect([w.find('.t-sku-cart').exists(), w.text().includes(t('sku.none'))]).toEqual([false, false])
  })
  it('stops at the limit per person in a group and says why; buying alone has no such limit', async () => {
    const grouped = panel('open', offer('fixed'))
    await times(grouped, '.t-more', 5)
    expect(grouped.find('.t-quantity').text()).toBe('3')
    expect(fake.toasts.at(-1)).toBe(t('sku.limitReached', { n: 3 }))
    const solo = panel('solo', offer('fixed'))
    await times(solo, '.t-more', 5)
    expect(solo.find('.t-quantity').text()).toBe('6')
  })
  it('takes the quantity down to what the chosen SKU has', async () => {
    const w = panel('join', offer('fixed', null))
    await times(w, '.t-more', 4)
    await w.findAll('.t-sku')[1]!.trigger('click')
    expect(w.find('.t-quantity').text()).toBe('2')
    await times(w, '.t-more', 1)
    expect(fake.toasts.at(-1)).toBe(t('sku.stockReached', { n: 2 }))
  })
  it('tells the whole stock, and of no limit where there is none', () => {
    const o = offer('fixed')
    o.skus[0]!.available = 383
    expect(panel('solo', o).text()).toContain(t('sku.available', { n: 383 }))
  })
  it('says in a ladder group that the difference comes back, and only there', () => {
    expect(panel('join', offer('ladder')).find('.t-ladder-note').text()).toBe(t('sku.ladder'))
    expect(panel('join', offer('fixed')).find('.t-ladder-note').exists()).toBe(false)
    expect(panel('solo', offer('ladder')).find('.t-ladder-note').exists()).toBe(false)
  })
  it('hands over the choice; nothing for a SKU without stock', async () => {
    const w = panel('open', offer('fixed'))
    await times(w, '.t-more', 1)
    await w.find('.t-sku-done button').trigger('click')
    expect(w.emitted('done')).toEqual([[{ sku_id: 's1', quantity: 2 }]])
    await w.findAll('.t-sku')[2]!.trigger('click')
    await w.find('.t-sku-done button').trigger('click')
    expect(w.emitted('done')).toHaveLength(1)
  })
})
