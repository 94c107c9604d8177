import { flushPromises, mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { createMemoryHistory, createRouter } from 'vue-router'
import { beforeEach, expect, it, vi } from 'vitest'
import { i18n } from '@/i18n'
import { keepStaff, type Permission } from '@/session/session'
import type { Product } from './types'
import ProductForm from './ProductForm.vue'

const stored = {
  id: 'p1', name: { en: 'Tea' }, summary: { en: 's' }, description: { en: 'd' }, category_slug: 'tea', images: ['/media/a.webp'],
  list_price_fen: null, published: true, version: 5, skus: [{ id: 'v1', name: { en: 'v1' }, solo_price_fen: 1990 }],
} as unknown as Product
const updateProduct = vi.fn()
vi.mock('./api', () => ({
  fetchCategories: async () => [], fetchProduct: async () => stored, fetchStock: async () => [], fetchFreight: async () => null,
  updateProduct: (...args: unknown[]) => updateProduct(...args),
}))

async function formOf(permissions: Permission[]) {
  keepStaff({ id: 'w', login: 'w', name: 'w', roles: ['merchant_warehouse'], permissions, merchant_id: 'm', must_change_password: false })
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', name: 'products', component: { render: () => null } }] })
  const form = mount(ProductForm, { props: { id: 'p1' }, global: { plugins: [router, ElementPlus, i18n], stubs: { ActivitiesNote: true, StockDialog: true, StockHistory: true } } })
  await flushPromises()
  return form
}

beforeEach(() => sessionStorage.clear())

it('is looked at by who may not save it, and says who may', async () => {
  const form = await formOf(['products:read', 'stock:read', 'stock:edit'])
  expect(form.find('[data-test=read-only]').exists()).toBe(true)
  expect(form.findAll('input, textarea').filter((field) => !(field.element as HTMLInputElement).disabled)).toEqual([])
  expect(form.find('[data-test=product-save]').exists()).toBe(false)
  expect(form.find('.tools').exists()).toBe(false)
  expect(form.find('[data-test=sku-stock-change-0]').attributes('disabled')).toBeUndefined() // stock is theirs to change
  await form.find('form').trigger('submit')
  await flushPromises()
  expect(updateProduct).not.toHaveBeenCalled()
})

it('control: is typed into by who may save it', async () => {
  const form = await formOf(['products:read', 'products:edit', 'stock:read'])
  expect(form.find('[data-test=read-only]').exists()).toBe(false)
  expect((form.find('[data-test=product-name-en]').element as HTMLInputElement).disabled).toBe(false)
  expect(form.find('[data-test=product-save]').exists()).toBe(true)
})
