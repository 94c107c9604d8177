import { flushPromises, mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { createMemoryHistory, createRouter } from 'vue-router'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { problemOf } from '@/api/problems'
import ConflictDialog from '@/components/ConflictDialog.vue'
import YuanField from '@/components/YuanField.vue'
import { i18n } from '@/i18n'
import type { Product, ProductEdit } from './types'
import { adoptVariants, draftOf, newSku } from './draft'
import ProductForm from './ProductForm.vue'
import { signInAs } from '@tests/people'

/** As it goes over the wire. */
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** The product as the server has it, and what it was sent. */
let stored: Product
let sent: ProductEdit[]

vi.mock('./api', () => ({
  fetchCategories: async () => [],
  fetchProduct: async () => copy(stored),
  createProduct: vi.fn(), fetchFreight: async () => null,
  setPublished: vi.fn(),
  updateProduct: async (_: string, edit: ProductEdit) => {
    sent.push(copy(edit))
    if (edit.version !== stored.version) throw problemOf(409, { code: 'catalog/edited-meanwhile', changes: [] })
    stored = { ...stored, ...copy(edit), version: stored.version + 1 } as Product
    return copy(stored)
  },
  fetchStock: async () => [], fetchCommitments: async () => ({ items: [] }), endGroups: vi.fn(), countStock: vi.fn(),
}))

async function form() {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', name: 'products', component: { render: () => null } }] })
  const wrapper = mount(ProductForm, { props: { id: 'p1' }, global: { plugins: [router, ElementPlus, i18n], stubs: { ActivitiesNote: true, PictureField: true, SkuTable: true } } })
  await flushPromises()
  const save = async () => {
    await wrapper.find('form').trigger('submit')
    await flushPromises()
  }
  const dialog = () => wrapper.findComponent(ConflictDialog)
  const asked = () => (dialog().props() as { modelValue: unknown }).modelValue !== null
  return { wrapper, save, dialog, asked }
}

beforeEach(() => {
  sessionStorage.clear()
  signInAs('ann')
  sent = []
  stored = {
    id: 'p1', name: { en: 'Tea' }, summary: { en: 's' }, description: { en: 'd' }, category_slug: 'tea', images: ['/media/a.webp'],
    list_price_fen: 3000, published: true, version: 5, skus: [{ id: 'v1', name: { en: 'One' }, solo_price_fen: 1990 }],
  } as unknown as Product
})

// feature: X6
describe('a product that somebody else saved meanwhile', () => {
  it('is not overwritten by who closes the question and saves again', async () => {
    const { wrapper, save, dialog, asked } = await form()
    wrapper.findComponent(YuanField).vm.$emit('update:modelValue', 3500)
    stored = { ...stored, summary: { en: 'theirs' }, version: 6 }
    await save()
    expect(asked()).toBe(true)
    dialog().vm.$emit('update:modelValue', null)
    await save()
    expect(asked(), 'once more').toBe(true)
    expect(sent.map((edit) => edit.version)).toEqual([5, 5])
    expect(stored.summary).toEqual({ en: 'theirs' })
    wrapper.unmount()
  })

  it('keeps what both changed once somebody has looked', async () => {
    const { wrapper, save, dialog } = await form()
    wrapper.findComponent(YuanField).vm.$emit('update:modelValue', 3500)
    stored = { ...stored, summary: { en: 'theirs' }, version: 6 }
    await save()
    dialog().vm.$emit('resolve', {})
    await flushPromises()
    expect([stored.summary, stored.list_price_fen, stored.version]).toEqual([{ en: 'theirs' }, 3500, 7])
    wrapper.unmount()
  })

  it('is saved without a question where the form holds nothing of what changed', async () => {
    const { wrapper, save, asked } = await form()
    wrapper.findComponent(YuanField).vm.$emit('update:modelValue', 3500)
    stored = { ...stored, version: 6 }
    await save()
    expect([asked(), stored.list_price_fen, stored.version]).toEqual([false, 3500, 7])
    wrapper.unmount()
  })
})

describe('a new variant', () => {
  const named = (name: string) => ({ ...newSku(), name: { en: name }, soloPriceFen: 100, firstCount: 5 })

  it('whose saving was not answered is the one that the server has, and is counted there', () => {
    const base = draftOf(stored)
    const mine = { ...draftOf(stored), skus: [...draftOf(stored).skus, named('Two '), named('Two'), named('Three')] }
    adoptVariants(mine, base, { ...stored, skus: [...stored.skus, { id: 'v2', name: { en: 'Two' }, solo_price_fen: 100 }] } as Product)
    expect(mine.skus.map((sku) => [sku.id, sku.firstCount])).toEqual([['v1', null], ['v2', 5], [null, 5], [null, 5]])
  })
})
