import { flushPromises, mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { createMemoryHistory, createRouter } from 'vue-router'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiProblem } from '@/api/problems'
import { asked } from '@/components/confirm'
import { findDraft, storeDraft } from '@/forms/drafts'
import { i18n } from '@/i18n'
import { formPage, type, WAYS } from '@tests/leaving'
import { signInAs } from '@tests/people'
import * as api from './api'
import AllotDialog from './AllotDialog.vue'
import { newDraft } from './draft'
import FlashSaleDetail from './FlashSaleDetail.vue'
import FlashSaleForm from './FlashSaleForm.vue'
import FlashSaleList from './FlashSaleList.vue'
import type { FlashSale } from './types'

vi.mock('./api', () => ({ listFlashSales: vi.fn(async () => ({ items: [], next_cursor: null })), createFlashSale: vi.fn(), fetchFlashSale: vi.fn(), stopFlashSale: vi.fn(), allotUnits: vi.fn(), fetchAvailable: vi.fn(async () => ({ a: 30 })) }))
vi.mock('@/activities/api', () => ({ fetchCommitments: async () => ({ items: [{ activity_id: 's', kind: 'flash', name: 'Tonight' }, { activity_id: 'c', kind: 'group', name: 'Together', starts_at: '2026-01-01T00:00:00Z', ends_at: '2026-01-08T00:00:00Z' }] }) }))
vi.mock('@/api/products', () => ({ listProducts: async () => ({ items: [], next_cursor: null }), fetchProduct: vi.fn() }))

const global = { stubs: { ElSelect: true, ElOption: true, ElDatePicker: true, teleport: true } }
const product = { id: 'p', name: { en: 'Tea' }, images: [], published: true, skus: [{ id: 'a', name: { en: 'One' }, solo_price_fen: 10_000 }] }
const sale = {
  id: 's', product_id: 'p', product_name: { en: 'Tea' }, product_image_url: '', merchant_id: 'm', merchant_name: { en: 'Shop' }, name: 'Tonight', status: 'running', stop_reason: null,
  starts_at: '2026-01-01T00:00:00Z', ends_at: '2099-01-01T00:00:00Z', per_user_limit: 1, pay_within_s: 600, per_device: 2, flash_price_fen: 6_600, price_fen: 10_000, set_aside: 10, allotted: 10, held: 2, sold: 3, free: 5,
  variants: [{ sku_id: 'a', name: { en: 'One' }, flash_price_fen: 6_600, price_fen: 10_000, set_aside: 10, allotted: 10, held: 2, sold: 3, free: 5 }],
  figures: { people_holding: 2, unpaid_orders: 1, paid_orders: 2, units_paid: 2, revenue_fen: 13_200 },
} as FlashSale

async function shown(part: object, props: Record<string, unknown> = {}) {
  const page = { render: () => null }
  const names = ['flash-sales', 'flash-sale', 'flash-sale-new', 'campaign', 'campaigns', 'campaign-new', 'orders', 'product-edit']
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: page }, ...names.map((name) => ({ path: `/${name}/:id?`, name, component: page }))] })
  await router.push('/')
  const wrapper = mount(part, { props, global: { ...global, plugins: [router, ElementPlus, i18n] }, attachTo: document.body })
  await flushPromises()
  return { wrapper, router }
}

beforeEach(() => {
  i18n.global.locale.value = 'en'
  sessionStorage.clear()
  vi.clearAllMocks()
  signInAs('ann', ['products:read', 'products:edit', 'stock:read', 'orders:read', 'campaigns:read', 'campaigns:edit'])
  vi.mocked(api.fetchFlashSale).mockResolvedValue(sale)
})

// feature: F22
describe('the form', () => {
  const begun = { ...newDraft(Date.now()), product, name: 'Tonight', variants: { a: { price: 6_600, units: 20 } } }

  async function refusedWith(body: { code: string; [member: string]: unknown }) {
    storeDraft('ann', 'flash-sale', begun)
    vi.mocked(api.createFlashSale).mockRejectedValue(new ApiProblem(409, body))
    const { wrapper } = await shown(FlashSaleForm)
    await wrapper.find('[data-test=flash-save]').trigger('click')
    await flushPromises()
    return wrapper
  }

  it('shows what there is beside what is asked for, and says what will happen', async () => {
    storeDraft('ann', 'flash-sale', begun)
    const { wrapper } = await shown(FlashSaleForm)
    expect(wrapper.find('[data-test=flash-available]').text()).toBe('30 available')
    expect(wrapper.find('[data-test=flash-preview]').text()).toContain('20 units are set aside at once')
    wrapper.unmount()
  })

  it('leads to the sale in whose time it would be', async () => {
    const wrapper = await refusedWith({ code: 'trade/flash-overlaps', flash_sale_id: 'other' })
    expect(wrapper.find('[data-test=flash-other]').attributes('href')).toBe('/flash-sale/other')
    wrapper.unmount()
  })

  it.each([
    [{ code: 'trade/allotment-too-large', sku_id: 'a', available: 7 }, 'Only 7 are free to set aside.'],
    [{ code: 'trade/bad-flash-price', sku_id: 'a', price_alone_fen: 5_000 }, 'It has to be below the ¥50.00 that one costs alone.'],
    [{ code: 'trade/bad-flash-times', reason: 'ends_in_the_past' }, 'This time has already passed.'],
    [{ code: 'platform/invalid-request', errors: [{ path: 'body.variants.0.units', message: '', code: 'less_than_equal' }] }, 'This is too large.'],
  ])('says at the field why the server refused %j, and keeps what was typed', async (body, words) => {
    const wrapper = await refusedWith(body)
    expect(wrapper.find('form').text()).toContain(words)
    expect((wrapper.find('[data-test=flash-units-0]').element as HTMLInputElement).value).toBe('20')
    wrapper.unmount()
  })

  it.each(WAYS.flatMap((way) => [[way, 'flash-name', 'Tonight'], [way, 'flash-per-user', '3'], [way, 'flash-per-user', 'three']] as const))('is not left unasked by %s with %s %s in it', async (way, field, text) => {
    const { wrapper, asks } = await formPage(FlashSaleForm)
    await type(wrapper, field, text)
    expect(await asks(way)).toBe(true)
    expect(wrapper.find('[data-test=flash-save]').exists()).toBe(true)
    wrapper.unmount()
  })

  it.each(WAYS)('is left unasked by %s where nothing was typed', async (way) => {
    const { wrapper, asks } = await formPage(FlashSaleForm)
    expect(await asks(way)).toBe(false)
    wrapper.unmount()
  })

  it('is not published by Enter in one of its fields', async () => {
    const { wrapper } = await shown(FlashSaleForm)
    expect(wrapper.findAll('button[type=submit]')).toHaveLength(0)
    wrapper.unmount()
  })

  it('says what else the product is in', async () => {
    storeDraft('ann', 'flash-sale', begun)
    const { wrapper } = await shown(FlashSaleForm)
    expect(wrapper.find('[data-test=also-group]').attributes('href')).toBe('/campaign/c')
    wrapper.unmount()
  })

  it('sends one wish under one key, also when nobody knows whether it arrived', async () => {
    storeDraft('ann', 'flash-sale', begun)
    vi.mocked(api.createFlashSale).mockRejectedValueOnce(new ApiProblem(0, { code: 'client/offline' })).mockResolvedValue(sale)
    const { wrapper } = await shown(FlashSaleForm)
    for (let i = 0; i < 2; i += 1) {
      await wrapper.find('[data-test=flash-save]').trigger('click')
      await flushPromises()
    }
    const keys = vi.mocked(api.createFlashSale).mock.calls.map((call) => call[1])
    expect(keys).toHaveLength(2)
    expect(new Set(keys).size).toBe(1)
    wrapper.unmount()
  })

  it('leads to what it made', async () => {
    storeDraft('ann', 'flash-sale', begun)
    vi.mocked(api.createFlashSale).mockResolvedValue(sale)
    const { wrapper, router } = await shown(FlashSaleForm)
    await wrapper.find('[data-test=flash-save]').trigger('click')
    await flushPromises()
    expect(router.currentRoute.value.fullPath).toBe('/flash-sale/s')
    expect(findDraft('ann', 'flash-sale')).toBeNull()
    wrapper.unmount()
  })
})

describe('the list', () => {
  it('asks for a state, for words, and for one product, and says what each sale brought in', async () => {
    vi.mocked(api.listFlashSales).mockResolvedValue({ items: [sale], next_cursor: null })
    const { wrapper, router } = await shown(FlashSaleList)
    expect(wrapper.find('[data-test=flash-row-units]').text()).toBe('2')
    expect(wrapper.find('[data-test=flash-row-revenue]').text()).toBe('¥132.00')
    await router.push('/?status=running&q=tea&product_id=p')
    await flushPromises()
    expect(vi.mocked(api.listFlashSales).mock.calls.at(-1)![0]).toEqual({ status: 'running', q: 'tea', product_id: 'p' })
    await wrapper.find('[data-test=flash-tab-stopped]').trigger('click')
    await flushPromises()
    expect(router.currentRoute.value.query.status).toBe('stopped')
    wrapper.unmount()
  })
})

describe('a sale that runs', () => {
  it('leads to what else its product is in, and not to itself', async () => {
    const { wrapper } = await shown(FlashSaleDetail, { id: 's' })
    expect(wrapper.find('[data-test=also-group]').text()).toBe('Together')
    expect(wrapper.find('[data-test=also-flash]').exists()).toBe(false)
    wrapper.unmount()
  })

  it('is stopped once it was told what that means', async () => {
    vi.mocked(api.stopFlashSale).mockResolvedValue(sale)
    const { wrapper } = await shown(FlashSaleDetail, { id: 's' })
    await wrapper.find('[data-test=flash-stop]').trigger('click')
    await flushPromises()
    expect(asked.value?.text.split('\n').slice(1)).toEqual(['2 people hold units and still get their orders.', '1 unpaid order stands and may still be paid.', '5 units go back to ordinary stock.'])
    expect(api.stopFlashSale).not.toHaveBeenCalled()
    asked.value?.answer(0)
    await flushPromises()
    expect(api.stopFlashSale).toHaveBeenCalledWith('s')
    wrapper.unmount()
  })

  it('offers nothing to whoever may only look', async () => {
    signInAs('ann', ['campaigns:read'])
    const { wrapper } = await shown(FlashSaleDetail, { id: 's' })
    expect(wrapper.find('[data-test=flash-variant]').exists()).toBe(true)
    expect(['flash-stop', 'flash-more'].filter((hook) => wrapper.find(`[data-test=${hook}]`).exists())).toEqual([])
    wrapper.unmount()
  })
})

describe('more units', () => {
  it('are asked for under the same key until there is an answer, and under another one after that', async () => {
    vi.mocked(api.allotUnits).mockRejectedValueOnce(new ApiProblem(0, { code: 'client/offline' })).mockResolvedValue(sale)
    const { wrapper } = await shown(AllotDialog, { sale, variant: sale.variants[0] })
    const save = async (): Promise<void> => {
      await wrapper.find('[data-test=flash-more-save]').trigger('click')
      await flushPromises()
    }
    await wrapper.find('[data-test=flash-more-units]').setValue('5')
    await save()
    expect(wrapper.find('[data-test=flash-more-problem]').text()).toContain('not known')
    await save()
    await wrapper.find('[data-test=flash-more-units]').setValue('5')
    await save()
    const keys = vi.mocked(api.allotUnits).mock.calls.map((call) => call[2])
    expect(keys[1]).toBe(keys[0])
    expect(keys.at(-1)).not.toBe(keys[0])
    expect(wrapper.emitted('close')).toBeTruthy()
    wrapper.unmount()
  })
})

describe('a sale that is over', () => {
  const over = { ...sale, status: 'stopped', stop_reason: 'merchant', set_aside: 10, allotted: 3, held: 1, sold: 2, free: 0, variants: [{ ...sale.variants[0], set_aside: 10, allotted: 3, held: 1, sold: 2, free: 0 }] } as FlashSale

  it('still says how many were set aside, and how many of them went back, by itself and in the list', async () => {
    vi.mocked(api.fetchFlashSale).mockResolvedValue(over)
    vi.mocked(api.listFlashSales).mockResolvedValue({ items: [over], next_cursor: null })
    for (const { wrapper } of [await shown(FlashSaleDetail, { id: 's' }), await shown(FlashSaleList)]) {
      expect(wrapper.find('.units').text()).toContain('10')
      expect(wrapper.find('[data-test=flash-units]').text()).toBe('2 in orders, 1 held, 7 gone back')
      wrapper.unmount()
    }
  })

  it('says it of each variant', async () => {
    vi.mocked(api.fetchFlashSale).mockResolvedValue(over)
    const { wrapper } = await shown(FlashSaleDetail, { id: 's' })
    expect(wrapper.find('[data-test=flash-variant]').text()).toMatch(/10\s*1\s*2\s*0/)
    wrapper.unmount()
  })
})
