// feature: F22
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { FlashSlot } from '@/core/contract'
import { nearestSales, nearestSlot, saleOf, slotTabs, slotTime } from '@/core/flash'
import { t } from '@/core/i18n'
import HoldsPage from '@/pages-flash/holds/index.vue'
import ZonePage from '@/pages-flash/zone/index.vue'
import FlashStrip from '@/pages/home/flash-strip.vue'
import { asked, at, atNoon, card, COMING, ownHold, run, slot, soon } from './flash-samples'
import { fake } from './setup'

atNoon()

describe('what is near', () => {
  it('is what can be had, before what comes, before what is sold out', () => {
    const [sold, on, coming] = [slot('running', card({ state: 'sold_out', free: 0 })), slot('running', card()), slot('upcoming', COMING)]
    expect(nearestSlot([sold, on, coming])).toBe(on)
    expect(nearestSlot([sold, coming])).toBe(coming)
    expect(nearestSlot([sold])).toBe(sold)
    expect(nearestSlot([slot('ended', card({ state: 'ended' })), slot('running', card({ state: 'stopped' }))])).toBeUndefined()
  })
  it('is of every slot that runs, what is left before what is gone, and what ends first before what ends later', () => {
    const of = (id: string, ends: number, state: 'running' | 'sold_out' | 'stopped' = 'running') => card({ id, state, ends_at: at(ends), free: state === 'running' ? 3 : 0 })
    const slots = [slot('running', of('gone', 10, 'sold_out'), of('late', 900)), slot('running', of('over', 5, 'stopped'), of('soon', 60)), slot('upcoming', COMING)]
    expect(nearestSales(slots, 8).map(({ id }) => id)).toEqual(['soon', 'late', 'gone'])
    expect(nearestSales(slots, 1).map(({ id }) => id)).toEqual(['soon'])
    expect(nearestSales([slot('running', of('gone', 10, 'sold_out')), slot('upcoming', COMING)], 8).map(({ id }) => id)).toEqual(['f2'])
    expect(nearestSales([slot('running', of('gone', 10, 'sold_out'), of('over', 5, 'stopped'))], 8).map(({ id }) => id)).toEqual(['gone'])
    expect(nearestSales([], 8)).toEqual([])
  })
  it('is the sale of a product that runs, else the next one, and none that is over', () => {
    const other = card({ id: 'x', product: { ...card().product, id: 'p2' } })
    expect(saleOf('p1', [slot('running', other, card()), slot('upcoming', COMING)])?.id).toBe('f1')
    expect(saleOf('p1', [slot('upcoming', COMING)])?.id).toBe('f2')
    expect(saleOf('p1', [slot('ended', card({ state: 'ended' }))])).toBeUndefined()
  })
  it('has its date where that is not today, in Shanghai', () => {
    expect(slotTime('2026-11-28T15:30:00Z')).toBe('23:30')
    expect(slotTime('2026-11-28T16:30:00Z')).toBe('11-29 00:30')
  })
})

describe('the tabs of the zone', () => {
  const from = (s: number, to: number) => slot('running', card({ id: `f${s}.${to}`, starts_at: at(s), ends_at: at(to) }))
  it('say when it begins, and when it ends where only that tells them apart', () => {
    expect(slotTabs([from(0, 3600), from(0, 7200), from(60, 3600)]).map((tab) => tab.label)).toEqual(['12:00–13:00', '12:00–14:00', '12:01'])
  })
  it('are one where nothing that is shown tells them apart', () => {
    const tabs = slotTabs([from(0, 3600), from(20, 3620), slot('ended', card({ state: 'ended', starts_at: at(0), ends_at: at(3600) }))])
    expect(tabs.map((tab) => tab.sales.length)).toEqual([2, 1])
  })
})

describe('the strip of the first page', () => {
  it('keeps its place while nobody knows what stands in it', () => {
    expect(mount(FlashStrip, { props: { slots: null } }).find('.strip').attributes('aria-hidden')).toBe('true')
  })
  it('is not there where there is no sale', () => {
    expect(mount(FlashStrip, { props: { slots: [] } }).html()).not.toContain(t('flash.title'))
    expect(mount(FlashStrip, { props: { slots: [slot('ended', card({ state: 'ended' }))] } }).html()).not.toContain(t('flash.title'))
  })
  it('says what is left of what there was, and both prices', () => {
    const text = mount(FlashStrip, { props: { slots: [slot('running', card())] } }).text()
    for (const said of [t('flash.left', { n: 3, of: 10 }), t('listing.solo', { price: '49.90' }), t('flash.endsIn')]) expect(text).toContain(said)
  })
  it('says of each that runs when it ends itself, and of what comes when that begins', () => {
    const text = mount(FlashStrip, { props: { slots: [slot('running', card({ ends_at: at(90) })), slot('running', card({ id: 'f3', ends_at: at(3600) }))] } }).text()
    for (const said of ['00:01:30', '01:00:00']) expect(text).toContain(said)
    const coming = mount(FlashStrip, { props: { slots: [slot('upcoming', COMING)] } }).text()
    expect(coming).toContain('00:01:00')
    expect(coming).not.toContain(t('flash.endsIn'))
  })
})

describe('the zone', () => {
  let slots: FlashSlot[]
  async function show() {
    fake.answer = () => ({ statusCode: 200, data: { slots, now: new Date().toISOString() } })
    const page = mount(ZonePage)
    run('onShow')
    await soon()
    return page
  }
  it('asks again while something runs and somebody looks, and not while nobody does', async () => {
    slots = [slot('running', card())]
    const page = await show()
    expect(page.text()).toContain(t('flash.left', { n: 3, of: 10 }))
    slots = [slot('running', card({ free: 0, state: 'sold_out' }))]
    await soon(2000)
    expect(page.text()).toContain(t('flash.state.sold_out'))
    run('onHide')
    const before = asked('/flash-sales').length
    await soon(20_000)
    expect(asked('/flash-sales')).toHaveLength(before)
  })
  it('asks nothing before the start of what comes, and again from then on', async () => {
    slots = [slot('upcoming', COMING)]
    const page = await show()
    await soon(50_000)
    expect(asked('/flash-sales')).toHaveLength(1)
    slots = [slot('running', { ...COMING, state: 'running' })]
    await soon(12_000)
    expect(page.find('.t-slot-running').exists()).toBe(true)
  })
  it.each([
    ['what can be had', [slot('running', card({ state: 'stopped' })), slot('running', card({ state: 'sold_out', free: 0 })), slot('running', card({ id: 'f4', starts_at: at(-60) })), slot('upcoming', COMING)], t('flash.left', { n: 3, of: 10 })],
    ['what comes', [slot('running', card({ state: 'stopped' })), slot('upcoming', COMING)], t('flash.units', { n: 10 })],
  ])('opens on %s', async (_, all, words) => {
    slots = all
    expect((await show()).find('.t-flash-card').text()).toContain(words)
  })
  it('stays where it opened while it is looked at, and opens anew on what can be had then', async () => {
    const [first, second] = [card(), card({ id: 'f4', starts_at: at(-60) })]
    slots = [slot('running', first), slot('running', second)]
    const page = await show()
    slots = [slot('running', { ...first, free: 0, state: 'sold_out' }), slot('running', second)]
    await soon(2000)
    expect(page.find('.t-flash-card').text()).toContain(t('flash.state.sold_out'))
    run('onHide')
    run('onShow')
    await soon()
    expect(page.find('.t-flash-card').text()).toContain(t('flash.left', { n: 3, of: 10 }))
  })
  it('shows the slot that was chosen, and says where there is none', async () => {
    slots = [slot('running', card()), slot('upcoming', COMING)]
    const page = await show()
    await page.find('.t-slot-upcoming').trigger('click')
    expect(page.find('.t-flash-card').text()).toContain(t('flash.units', { n: 10 }))
    slots = []
    await soon(2000)
    expect(page.text()).toContain(t('flash.none'))
  })
})

describe('what somebody took', () => {
  it.each([
    [ownHold(), t('flash.hold.held'), null],
    [ownHold({ status: 'ordered', order_id: 'o', order_status: 'to_ship' }), t('order.status.to_ship'), '.t-hold-order'],
    [ownHold({ status: 'released', order_id: 'o', order_status: 'cancelled' }), t('flash.hold.released'), '.t-hold-order'],
    [ownHold({ status: 'refused', problem: { code: 'trade/address-not-found', status: 404 } }), t('flash.hold.refused', { reason: t('problem.trade.address-not-found') }), null],
  ])('says what became of it: %#', async (hold, words, act) => {
    fake.answer = () => ({ statusCode: 200, data: { items: [hold], next_cursor: null, now: at(0) } })
    const page = mount(HoldsPage)
    run('onShow')
    await soon()
    expect(page.find('.t-hold-state').text()).toBe(words)
    expect(page.findAll('.t-hold-pay, .t-hold-order')).toHaveLength(act ? 1 : 0)
    if (act) expect(page.find(act).exists()).toBe(true)
  })
  it('is nothing, for who has nothing', async () => {
    fake.answer = () => ({ statusCode: 200, data: { items: [], next_cursor: null, now: at(0) } })
    const page = mount(HoldsPage)
    run('onShow')
    await soon()
    expect(page.text()).toContain(t('flash.hold.none'))
  })
})
