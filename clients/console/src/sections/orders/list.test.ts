import { flushPromises, mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { createMemoryHistory, createRouter } from 'vue-router'
import { describe, expect, it, vi } from 'vitest'
import { i18n } from '@/i18n'
import OrderList from './OrderList.vue'
import type { WantedOrders } from './api'

const wanted: WantedOrders[] = []
vi.mock('./api', () => ({
  listOrders: async (what: WantedOrders) => {
    wanted.push(what)
    return { items: [], next_cursor: null }
  },
  fetchOrderCounts: async () => ({}),
}))

async function opened(address: string): Promise<WantedOrders> {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/orders', component: OrderList }] })
  await router.push(address)
  const stubs = { ShipDialog: true, TrackingDialog: true, OrderDrawer: true, TabBar: true }
  const wrapper = mount(OrderList, { global: { plugins: [router, ElementPlus, i18n], stubs } })
  await flushPromises()
  wrapper.unmount()
  return wanted.at(-1)!
}

describe('the orders that an address shows', () => {
  it.each([
    ['/orders', { status: ['to_ship'], waiting: true }],
    ['/orders?q=5', { status: undefined, q: '5', waiting: false }],
    ['/orders?group_id=g1', { status: undefined, group: 'g1', waiting: false }],
    ['/orders?q=5&status=to_ship', { status: ['to_ship'], q: '5' }],
  ])('%s', async (address, what) => expect(await opened(address)).toMatchObject(what))
})
