import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Order } from '@/core/contract'
import { usePaging } from '@/core/paging'
import { keepSession } from '@/core/session'
import OrderPage from '@/pages-order/detail/index.vue'
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
