import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Order } from '@/core/contract'
import { t } from '@/core/i18n'
import { usePaging } from '@/core/paging'
import { keepSession } from '@/core/session'
import OrderPage from '@/pages-order/detail/index.vue'
import ResultPage from '@/pages-order/result/index.vue'
import { order } from './samples'
import { fake } from './setup'

beforeEach(() => {
  fake.hooks.clear()
  keepSession({ token: 'x', expires_at: '', device: 'd', user: { id: 'u', nickname: 'n', avatar: 'a01', phone_masked: null, has_wechat: false, created_at: '' } })
})

describe('an order', () => {
  const members = { id: 'g1', status: 'failed', paid: 0, size: 3, goal: 'form', missing: 3, held: 0, full: false, deadline: null } as const
  it.each([[true, false], [false, true]])('that was never paid leads to its group where that was ever opened: by this shopper %s, shown %s', async (mine, shown) => {
    const own: Order = order({ status: 'cancelled', cancel_reason: 'timeout', paid_at: null, paid_fen: 0, group: { ...members, is_initiator: mine } })
    fake.answer = () => ({ statusCode: 200, data: own })
    const page = mount(OrderPage)
    fake.hooks.get('onLoad')!.forEach((f) => f({ id: 'o1' }))
    fake.hooks.get('onShow')!.forEach((f) => f())
    await flushPromises()
    expect(page.find('.t-order-group').exists()).toBe(shown)
    fake.hooks.get('onHide')!.forEach((f) => f())
  })
})

describe('money of a cancelled order', () => {
  it.each([['submitted', 'order.hint.cancelledBack', 'result.back'], ['succeeded', 'order.hint.refunded', 'order.status.refunded']] as const)('is said to come back until it is back: %s', async (status, hint, title) => {
    const refund = { id: 'r', number: 'R1', amount_fen: 2990, reason: 'late_payment', cause: 'order_closed', status, planned_at: '2026-01-31T16:05:00Z', submitted_at: '2026-01-31T16:05:30Z', succeeded_at: status === 'succeeded' ? '2026-01-31T16:06:00Z' : null } as const
    fake.answer = () => ({ statusCode: 200, data: { ...order({ status: 'cancelled', cancel_reason: 'user', refunds: [refund] }), money_arrived: true } })
    const shown = async (page: object) => {
      fake.hooks.clear()
      const mounted = mount(page)
      fake.hooks.get('onLoad')!.forEach((f) => f({ id: 'o1' }))
      fake.hooks.get('onShow')!.forEach((f) => f())
      await flushPromises()
      fake.hooks.get('onHide')!.forEach((f) => f())
      return mounted.text()
    }
    expect(await shown(OrderPage)).toContain(t(hint))
    expect(await shown(ResultPage)).toContain(t(title))
  })
})

describe('a list that is read page by page', () => {
  it('has as much as before when it is read again, so that nobody who comes back loses their place', async () => {
    const asked: (string | null)[] = []
    const list = usePaging<number>((cursor) => {
      asked.push(cursor)
      const at = Number(cursor ?? 0)
      return Promise.resolve({ items: [at, at + 1], next_cursor: at < 6 ? String(at + 2) : null })
    })
    await list.reload()
    await list.more()
    expect(list.items.value).toEqual([0, 1, 2, 3])
    asked.length = 0
    await list.reload(true)
    expect(asked).toEqual([null, '2'])
    expect(list.items.value).toEqual([0, 1, 2, 3])
    await list.more()
    expect(list.items.value).toEqual([0, 1, 2, 3, 4, 5])
    await list.reload()
    expect(list.items.value).toEqual([0, 1])
  })
})
