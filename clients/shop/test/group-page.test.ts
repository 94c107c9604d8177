import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { whenFree } from '@/core/back'
import type { Group, GroupCard, Offer, Order, Seat } from '@/core/contract'
import { emptySeats, groupView } from '@/core/group-state'
import { t } from '@/core/i18n'
import { dropSession, keepSession } from '@/core/session'
import GroupPage from '@/pages/group/index.vue'
import { group, offer, order, product, seat } from './samples'
import { fake } from './setup'

const user = { id: 'u1', nickname: 'Lin', avatar: 'a01', phone_masked: null, has_wechat: true, created_at: '' }

async function show(g: Group, mine: Seat | null, own: Order = order({ status: 'refunding', refunds: [] }), offered: Offer = offer('fixed')) {
  fake.answer = ({ url }) => {
    const path = url.replace('/api/v1', '')
    const data = path.endsWith('/mine') ? { seat: mine } : path.endsWith('/offer') ? offered : path.startsWith('/trade/groups/') ? g
      : path.startsWith('/trade/orders/') ? own : product()
    return { statusCode: path.includes('/changes') ? 204 : 200, data }
  }
  if (mine) keepSession({ token: 'x', expires_at: '', device: 'd', user })
  const page = mount(GroupPage)
  fake.hooks.get('onLoad')!.forEach((f) => f({ id: 'g1' }))
  fake.hooks.get('onShow')!.forEach((f) => f())
  await flushPromises()
  return page
}

beforeEach(() => {
  fake.hooks.clear()
  fake.went.length = 0
  fake.requests.length = 0
  dropSession()
})
afterEach(() => fake.hooks.get('onHide')?.forEach((f) => f()))

const failed = { status: 'failed', fail_reason: 'expired', closed_at: '2026-01-31T16:05:00Z' } as const
const table: [string, Group, Seat | null, string][] = [
  ['draft', group({ status: 'draft', paid: 0, members: [] }), null, '.bar'],
  ['join', group(), null, '.t-join'],
  ['full', group({ locked: 3, paid: 2, missing: 1, held: 1, full: true }), null, '.t-open-own'],
  ['pay', group({ locked: 2 }), seat('locked'), '.t-pay'],
  ['invite', group(), seat('paid'), '.t-share'],
  ['won', group({ status: 'succeeded', paid: 3, goal: 'none', missing: 0, full: true }), seat('paid'), '.t-view-order'],
  ['closed', group({ status: 'succeeded', paid: 3, goal: 'none', missing: 0, full: true }), null, '.t-open-own'],
  ['failed', group(failed), null, '.t-open-own'],
  ['failed-member', group(failed), seat('released'), '.t-view-order'],
]

// feature: F13
describe('group page', () => {
  it.each(table)('%s: says so and offers its one action', async (view, g, mine, action) => {
    expect(groupView(g, mine)).toBe(view)
    const page = await show(g, mine)
    expect(page.find('.t-group-status').text()).toBe(t(`group.status.${view}`))
    expect(page.find(action).exists()).toBe(true)
    expect(page.find('.t-join').exists()).toBe(view === 'join')
    expect(page.text()).toContain(t(`group.text.${view}`))
  })

  const other: GroupCard = { id: 'g2', initiator: { nickname: 'Wu', avatar: 'a02' }, size: 3, paid: 1, price_fen: 2990, deadline: '2026-02-01T16:05:00Z', goal: 'form', missing: 2, held: 0, full: false }
  const instead: [string, Partial<Offer>, string, string][] = [
    ['the only other group', { campaign: null, groups: [other], groups_total: 1 }, '.t-other-groups', 'group'],
    ['other groups', { campaign: null, groups: [other], groups_total: 2 }, '.t-other-groups', 'product'],
    ['a group of their own', {}, '.t-open-own', ''],
    ['buying alone', { campaign: null }, '.t-solo', ''],
  ]
  it.each(instead)('offers who came too late %s, and nothing that is not there', async (_, change, action, goes) => {
    const page = await show(group({ ...failed, fail_reason: 'campaign_stopped' }), null, order(), { ...offer('fixed'), ...change })
    expect(page.findAll('.t-open-own, .t-other-groups, .t-solo')).toHaveLength(1)
    await page.find(`${action} button`).trigger('click')
    await flushPromises()
    expect(page.find('.t-sku-done').exists()).toBe(!goes)
    expect(page.find('.t-sku-cart').exists(), 'a cart is no place to come back from').toBe(false)
    if (goes) expect(fake.went.at(-1)).toContain(goes)
    page.unmount()
    await new Promise<void>((free) => whenFree(free)) // an open sheet keeps others from leaving
  })
  it('offers nothing of a product that is sold out or gone', async () => {
    const gone = { ...offer('fixed'), campaign: null, on_sale: false }
    const page = await show(group(failed), null, order(), gone)
    expect(page.findAll('.t-open-own, .t-other-groups, .t-solo')).toHaveLength(0)
    expect(page.text()).toContain(t('group.shop'))
  })

  it('says what delivery costs before anybody joins, and beside the price', async () => {
    const zone = { regions: [], least_fen: 500, most_fen: 500, rises: false, free_from_fen: null, free_from_pieces: null }
    const sent = { ...offer('fixed'), freight: { zones: [zone], undelivered: ['540000'] } }
    const page = await show(group(), null, order(), sent)
    expect(page.find('.t-freight-cost').text()).toBe('¥5.00')
    expect(page.find('.t-freight-undelivered').text()).toContain(t('province.540000'))
    expect(page.find('.t-join').text()).toContain(t('freight.plus', { price: '¥29.90' }))
    const free = await show(group(), null)
    expect(free.find('.t-freight-cost').text()).toBe(t('freight.free'))
    expect(free.find('.t-join').text()).not.toContain('+')
    expect((await show(group(failed), null, order(), sent)).find('.t-freight-line').exists()).toBe(false)
  })

  it('draws the members, the initiator badge and a "?" for every empty seat', async () => {
    const page = await show(group(), null)
    expect(page.findAll('.t-empty-seat')).toHaveLength(2)
    expect(page.find('.badge').text()).toBe(t('group.initiator'))
    expect(page.find('.t-seats').text()).toBe(t('group.seats', { paid: 1, size: 3 }))
    expect(emptySeats(group({ status: 'failed' }))).toBe(0)
  })

  it('tells a ladder group what one more member brings everybody', async () => {
    const tiers = [{ people: 2, price_fen: 9000, reached: true }, { people: 3, price_fen: 8000, reached: false }]
    const page = await show(group({ kind: 'ladder', tiers, current_tier: 0, next_tier: 1, paid: 2, goal: 'next_tier', missing: 1 }), null)
    expect(page.find('.t-next-tier').text()).toBe(t('group.ladderHintOne', { amount: '10.00' }))
    expect(page.find('.t-ending').exists()).toBe(false)
  })

  const top = { kind: 'ladder', tiers: [{ people: 2, price_fen: 9000, reached: true }, { people: 3, price_fen: 8000, reached: true }], current_tier: 1, next_tier: null, paid: 4, locked: 4, goal: 'none', missing: 0 } as const
  it('keeps a ladder open above its top tier and says what that is good for', async () => {
    const page = await show(group({ ...top, tiers: [...top.tiers], overflow: true, seats: 500 }), null)
    expect(page.find('.t-missing').text()).toBe(t('group.overflowTop'))
    expect(page.find('.t-join').exists()).toBe(true)
    expect(groupView(group({ ...top, tiers: [...top.tiers], locked: 3, seats: 3, full: true }), null)).toBe('full')
  })

  it('says of a group whose product left the shelf until when it can be filled, and offers no new one', async () => {
    const page = await show(group({ on_sale: false, deadline: '2026-02-01T16:05:00Z' }), null)
    expect(page.find('.t-withdrawn').text()).toBe(t('group.withdrawn', { time: '2026-02-02 00:05' }))
    expect(page.find('.t-join').exists()).toBe(true)
    const full = await show(group({ on_sale: false, locked: 3, held: 1, paid: 2, full: true }), null, order(), { ...offer('fixed'), on_sale: false, campaign: null })
    expect(full.find('.t-open-own').exists()).toBe(false)
    expect(full.text(), 'and does not speak of one').not.toContain(t('group.ownToo'))
    expect((await show(group({ locked: 3, held: 1, paid: 2, full: true }), null)).text()).toContain(t('group.ownToo'))
  })

  it('promises no sum for everybody where the variants differ', async () => {
    const name = { en: 'Big', 'zh-Hant': 'Big' }
    const page = await show(group({ ...top, tiers: [...top.tiers], status: 'succeeded', final_tier: 1, sku_name: name }), null)
    expect(page.find('.t-ending').text()).toContain(t('group.finalBackOf', { amount: '10.00', name: 'Big' }))
  })

  it('says at what price a ladder ended and what everybody gets back', async () => {
    const page = await show(group({ ...top, tiers: [...top.tiers], status: 'succeeded', final_tier: 1 }), seat('paid'))
    expect(page.find('.t-ending').text()).toContain(t('group.finalTitle', { n: 4, price: '80.00' }))
    expect(page.find('.t-ending').text()).toContain(t('group.finalBack', { amount: '10.00' }))
    expect(page.find('.t-missing').exists()).toBe(false)
  })

  it('tells who may join and what the initiator gets', async () => {
    const page = await show(group({ newcomers_only: true, initiator_off_percent: 30 }), null)
    expect(page.find('.t-newcomers').text()).toBe(t('product.newcomers'))
    expect(page.find('.t-perk').text()).toBe(t('group.perkShare', { n: 30 }))
  })

  it('shows a member of a failed group the amount and times of the refund', async () => {
    const refunds: Order['refunds'] = [{ id: 'r', number: 'R1', amount_fen: 2990, reason: 'group_failed', cause: null, status: 'succeeded', planned_at: '2026-01-31T16:05:00Z', submitted_at: '2026-01-31T16:05:30Z', succeeded_at: '2026-01-31T16:06:00Z' }]
    const page = await show(group(failed), seat('released'), order({ refunds }))
    const shown = page.find('.t-refund').text()
    expect(shown).toContain('¥29.90')
    expect(shown).toContain('2026-02-01 00:05')
    expect(shown).toContain('2026-02-01 00:06')
  })

  it('says that the money is back once it is', async () => {
    const back = await show(group(failed), seat('released'), order({ status: 'refunded' }))
    expect(back.text()).toContain(t('order.hint.refunded'))
    expect(back.find('.t-group-status').text()).toBe(t('group.status.failed'))
  })

  const followed = () => fake.requests.filter((r) => r.url.includes('/changes')).length
  it('is followed after a failure that was got over, and no longer than it is looked at', async () => {
    const page = await show(group(), null)
    expect(followed()).toBe(1)
    fake.hooks.get('onHide')!.forEach((f) => f())
    page.unmount()
    fake.hooks.clear()
    fake.requests.length = 0

    fake.answer = () => ({ statusCode: 500, data: {} })
    const failing = mount(GroupPage)
    fake.hooks.get('onLoad')!.forEach((f) => f({ id: 'g1' }))
    fake.hooks.get('onShow')!.forEach((f) => f())
    await flushPromises()
    fake.answer = ({ url }) => ({ statusCode: url.includes('/changes') ? 204 : 200, data: group() })
    await failing.find('.t-empty-action button').trigger('click')
    await flushPromises()
    expect(followed()).toBe(1)
    failing.unmount()
  })
  it('is not followed when it was left before it came', async () => {
    fake.answer = ({ url }) => ({ statusCode: url.includes('/changes') ? 204 : 200, data: group() })
    mount(GroupPage)
    fake.hooks.get('onLoad')!.forEach((f) => f({ id: 'g1' }))
    fake.hooks.get('onShow')!.forEach((f) => f())
    fake.hooks.get('onHide')!.forEach((f) => f())
    await flushPromises()
    expect(fake.requests.some((r) => r.url.includes('/trade/groups/g1'))).toBe(true)
    expect(followed()).toBe(0)
  })

  it('sends a visitor who joins to sign-in, and back to joining', async () => {
    const page = await show(group(), null)
    await page.find('.t-join button').trigger('click')
    await flushPromises()
    expect(decodeURIComponent(fake.went[0]!)).toBe('/pages-user/sign-in/index?back=/pages/group/index?id=g1&do=join')
    keepSession({ token: 'x', expires_at: '', device: 'd', user })
    fake.hooks.get('onShow')!.forEach((f) => f())
    await flushPromises()
    await nextTick()
    expect(page.find('.t-sku-done').exists()).toBe(true)
  })
})
