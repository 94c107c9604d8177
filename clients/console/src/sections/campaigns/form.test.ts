import { flushPromises, mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { createMemoryHistory, createRouter } from 'vue-router'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { storeDraft } from '@/forms/drafts'
import { i18n } from '@/i18n'
import type { Product } from '@/api/types'
import CampaignForm from './CampaignForm.vue'
import { newDraft } from './draft'
import ProductPicker from '@/components/ProductPicker.vue'
import { formPage, type, WAYS } from '@tests/leaving'
import { signInAs } from '@tests/people'

const product = (id: string) => ({ id, name: { en: id }, published: true, images: [], skus: [] }) as unknown as Product
/** Answers of the server that are still on their way, by product. */
const underway = new Map<string, () => void>()
let slow = false

vi.mock('@/activities/api', () => ({ fetchCommitments: async () => ({ items: [] }) }))
vi.mock('./api', () => ({ createCampaign: vi.fn() }))
vi.mock('@/api/products', () => ({ listProducts: async () => ({ items: [], next_cursor: null }),
  fetchProduct: async (id: string) => {
    if (slow) await new Promise<void>((resolve) => underway.set(id, resolve))
    return product(id)
  } }))
const global = { plugins: [ElementPlus, i18n], stubs: { ElSelect: true, ElOption: true, ElDatePicker: true, ShopperPreview: true } }

beforeEach(() => {
  sessionStorage.clear()
  signInAs('ann')
  slow = false
})

// feature: F12, F29, F30, F31
describe('a new campaign', () => {
  it('is of the product that it was opened for, once another one that was begun is thrown away', async () => {
    storeDraft('ann', 'campaign', { ...newDraft(Date.now()), product: product('earlier'), name: 'half' })
    const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { render: () => null } }] })
    await router.push('/?product_id=wanted')
    const wrapper = mount(CampaignForm, { global: { ...global, plugins: [router, ...global.plugins] } })
    await flushPromises()
    const chosen = () => wrapper.findComponent(ProductPicker).props('modelValue')?.id
    expect(chosen()).toBe('earlier')
    await wrapper.find('[data-test=draft-discard]').trigger('click')
    await flushPromises()
    expect(chosen()).toBe('wanted')
    wrapper.unmount()
  })

  it.each(WAYS.flatMap((way) => [[way, 'campaign-name', 'Tonight'], [way, 'campaign-per-user', '3'], [way, 'campaign-per-user', 'three']] as const))('is not left unasked by %s with %s %s in it', async (way, field, text) => {
    const { wrapper, asks } = await formPage(CampaignForm)
    await type(wrapper, field, text)
    expect(await asks(way)).toBe(true)
    expect(wrapper.find('[data-test=campaign-save]').exists()).toBe(true)
    wrapper.unmount()
  })

  it.each(WAYS)('is left unasked by %s where nothing was typed', async (way) => {
    const { wrapper, asks } = await formPage(CampaignForm)
    expect(await asks(way)).toBe(false)
    wrapper.unmount()
  })

  it('is not published by Enter in one of its fields', async () => {
    const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { render: () => null } }] })
    const wrapper = mount(CampaignForm, { global: { ...global, plugins: [router, ...global.plugins] } })
    await flushPromises()
    expect(wrapper.findAll('button[type=submit]')).toHaveLength(0)
    await wrapper.find('form').trigger('submit')
    await flushPromises()
    expect(wrapper.find('[data-test=campaign-issues]').exists()).toBe(false)
    await wrapper.find('[data-test=campaign-save]').trigger('click')
    await flushPromises()
    expect(wrapper.find('[data-test=campaign-issues]').exists()).toBe(true)
    wrapper.unmount()
  })

  it('is of the product that was chosen last, whatever is answered last', async () => {
    slow = true
    const taken: string[] = []
    const wrapper = mount(ProductPicker, { global, props: { modelValue: null, test: 'p', 'onUpdate:modelValue': (now: Product | null) => void taken.push(now!.id) } })
    await flushPromises()
    const select = wrapper.findComponent({ name: 'ElSelect' })
    select.vm.$emit('change', 'first')
    select.vm.$emit('change', 'second')
    await flushPromises()
    underway.get('second')!()
    await flushPromises()
    underway.get('first')!()
    await flushPromises()
    expect(taken).toEqual(['second'])
    wrapper.unmount()
  })
})
