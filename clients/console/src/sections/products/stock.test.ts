import { flushPromises, mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { createMemoryHistory, createRouter } from 'vue-router'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { answerOf } from '@/api/client'
import { ApiProblem, OFFLINE, problemOf } from '@/api/problems'
import { asked } from '@/components/confirm'
import IntField from '@/components/IntField.vue'
import { i18n } from '@/i18n'
import StockDialog from './StockDialog.vue'
import type { StockMovement } from './types'
import { staff } from '@/session/session'
import { signInAs } from '@tests/people'

/** What arrived, by its key: one key counts once. */
let booked: Map<string, number>
/** What becomes of the next answers. */
let answers: (() => void)[]
/** What the server tells of the stock, by whose doing is asked for. */
let told: Record<string, StockMovement[]>

vi.mock('./api', () => ({
  fetchStock: async () => [{ sku_id: 'v1', on_hand: 10 + [...booked.values()].reduce((sum, delta) => sum + delta, 0), reserved: 0 }],
  listStockMovements: async (_: string, by: string) => ({ items: told[by] ?? [], next_cursor: null }),
  countStock: vi.fn(),
  moveStock: async (_: string, body: { delta: number }, key: string) => {
    booked.set(key, body.delta)
    answers.shift()?.()
  },
}))

async function dialog() {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { render: () => null } }, { path: '/orders', name: 'orders', component: { render: () => null } }, { path: '/flash-sales/:id', name: 'flash-sale', component: { render: () => null } }] })
  const wrapper = mount(StockDialog, {
    props: { productId: 'p1', skuId: 'v1', name: 'Tea' },
    global: { plugins: [router, ElementPlus, i18n], stubs: { teleport: true, ElSelect: true, ElOption: true } },
    attachTo: document.body,
  })
  await flushPromises()
  const save = async () => {
    await wrapper.find('[data-test=stock-save]').trigger('click')
    await flushPromises()
  }
  return { wrapper, save }
}

beforeEach(() => {
  sessionStorage.clear()
  signInAs('ann')
  booked = new Map()
  answers = []
  told = {}
})

describe('stock that came in', () => {
  it.each([
    ['no answer came', new ApiProblem(0, { code: OFFLINE })],
    ['the server was away', problemOf(503, { code: 'platform/unavailable' })],
  ])('is counted once when %s, and nothing of it can be changed before there is one', async (_, lost) => {
    answers = [() => { throw lost }]
    const { wrapper, save } = await dialog()
    wrapper.findComponent(IntField).vm.$emit('update:modelValue', 20)
    await save()
    expect(wrapper.find('[data-test=stock-problem]').exists()).toBe(true)
    for (const input of wrapper.findAll('.body input')) expect(input.attributes('disabled')).toBeDefined()
    await save()
    expect([...booked.values()]).toEqual([20])
    expect(wrapper.emitted('close')).toHaveLength(1)
    wrapper.unmount()
  })

  it('can be changed after a refusal, and is another wish then', async () => {
    answers = [() => { booked.clear(); throw problemOf(422, { code: 'platform/invalid-request' }) }]
    const { wrapper, save } = await dialog()
    wrapper.findComponent(IntField).vm.$emit('update:modelValue', 20)
    await save()
    expect(wrapper.find('.body input[type=text], .body .el-input__inner').attributes('disabled')).toBeUndefined()
    wrapper.findComponent(IntField).vm.$emit('update:modelValue', 30)
    await save()
    expect([...booked.values()]).toEqual([30])
    wrapper.unmount()
  })
})

// feature: X11
describe('the history of a stock', () => {
  const line = (seq: number, changes: Partial<StockMovement>): StockMovement => ({
    seq, reason: 'received', note: '', on_hand: { before: 0, after: 5 }, available: { before: 0, after: 5 }, order_id: null, order_number: null, flash_sale_id: null, by: 'Wang', at: '2026-01-01T00:00:00.000Z', ...changes,
  })
  it('tells what people and orders did, and leads to the order', async () => {
    const reserved = line(2, { reason: 'reserved', on_hand: { before: 5, after: 5 }, available: { before: 5, after: 3 }, order_id: 'o1', order_number: 'N1', by: null })
    told = { all: [reserved, line(1, { note: 'a box' })], orders: [reserved] }
    const { wrapper } = await dialog()
    const [newest, first] = wrapper.findAll('[data-test=stock-line]')
    expect(newest!.find('[data-test=stock-order]').attributes('href')).toBe('/orders?status=all&q=N1')
    expect(newest!.text()).toContain(i18n.global.t('stock.after', { before: 5, after: 3 }))
    expect(first!.text()).toMatch(/a box.*Wang/s)
    await wrapper.find('[data-test=stock-by-orders]').trigger('click')
    await flushPromises()
    expect(wrapper.findAll('[data-test=stock-line]')).toHaveLength(1)
    wrapper.unmount()
  })

  it('leads to the flash sale that units were set aside for', async () => {
    told = { all: [line(1, { reason: 'set_aside', available: { before: 5, after: 2 }, flash_sale_id: 's1' })] }
    const { wrapper } = await dialog()
    expect(wrapper.find('[data-test=stock-line]').text()).toContain(i18n.global.t('stock.reason.set_aside'))
    expect(wrapper.find('[data-test=stock-flash-sale]').attributes('href')).toBe('/flash-sales/s1')
    wrapper.unmount()
  })
})

describe('stock that is being typed', () => {
  it.each(['.el-dialog__headerbtn', '.el-dialog__footer .el-button'])('stays on the screen for who thinks better of closing it (%s)', async (button) => {
    const { wrapper } = await dialog()
    wrapper.findComponent(IntField).vm.$emit('update:modelValue', 20)
    await wrapper.find(button).trigger('click')
    await vi.waitFor(() => expect(asked.value).not.toBeNull())
    asked.value!.answer(null)
    await flushPromises()
    expect(wrapper.find('.el-overlay').isVisible()).toBe(true)
    expect(wrapper.emitted('close')).toBeUndefined()
    wrapper.unmount()
  })
})

describe('an answer 401', () => {
  const answered = (code: string) => answerOf(Promise.resolve({ error: { code }, response: new Response('{}', { status: 401 }) })).catch(() => undefined)
  it('signs out who is not signed in any more', async () => {
    await answered('platform/not-signed-in')
    expect(staff.value).toBeNull()
  })
  it('signs nobody out who mistyped a password', async () => {
    await answered('accounts/wrong-password')
    expect(staff.value).not.toBeNull()
  })
})
