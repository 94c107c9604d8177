import { flushPromises, mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { createMemoryHistory, createRouter } from 'vue-router'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { problemOf } from '@/api/problems'
import { asked } from '@/components/confirm'
import SkuTable from './SkuTable.vue'
import { i18n } from '@/i18n'
import type { Commitment } from '@/activities/api'
import type { Product, ProductEdit } from './types'
import ProductForm from './ProductForm.vue'
import ProductList from './ProductList.vue'
import { signInAs } from '@tests/people'

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
let stored: Product
/** What was done, in order. */
let done: string[]
let refusal: Error | null

const commitment = (id: string, groups: number, sku: string) => ({ activity_id: id, kind: 'group', starts_at: '2026-01-01T00:00:00Z', name: id, ends_at: '2027-01-01T00:00:00Z', sku_ids: [sku], groups, people: groups, until: groups ? '2027-01-01T00:00:00Z' : null }) as Commitment
vi.mock('./api', () => ({
  fetchCategories: async () => [],
  fetchProduct: async () => copy(stored),
  listProducts: async () => ({ items: [copy(stored)], next_cursor: null }),
  createProduct: vi.fn(),
  setPublished: async (_: string, published: boolean) => {
    if (refusal) throw refusal
    done.push(published ? 'published' : 'unpublished')
    return copy(stored)
  },
  updateProduct: async (_: string, edit: ProductEdit) => {
    if (refusal) throw refusal
    done.push('saved')
    stored = { ...stored, ...copy(edit), version: stored.version + 1 } as Product
    return copy(stored)
  },
  fetchStock: async () => [], countStock: vi.fn(), fetchFreight: async () => null,
  fetchCommitments: async () => ({ items: [commitment('with-v2', 2, 'v2'), commitment('with-v1', 1, 'v1'), commitment('planned', 0, 'v2')] }),
  endGroups: async () => void done.push('ended all'),
  stopCampaign: async (id: string) => void done.push(`stopped ${id}`),
}))

async function page(component: typeof ProductForm | typeof ProductList, props: { id?: string } = {}) {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', name: 'products', component: { render: () => null } }, { path: '/p/:id', name: 'product-edit', component: { render: () => null } }] })
  const wrapper = mount(component as typeof ProductForm, { props, global: { plugins: [router, ElementPlus, i18n], stubs: { ActivitiesNote: true, PictureField: true, SkuTable: true, ElSelect: true, ElOption: true } } })
  await flushPromises()
  const press = async (hook: string) => {
    await wrapper.find(`[data-test=${hook}]`).trigger('click')
    await flushPromises()
  }
  return { wrapper, press }
}
/** Ends the groups now, and is sure of it. */
async function agree() {
  asked.value!.answer(1)
  await flushPromises()
  asked.value!.answer(0)
  await flushPromises()
}

beforeEach(() => {
  sessionStorage.clear()
  signInAs('ann')
  done = []
  refusal = null
  stored = {
    id: 'p1', name: { en: 'Tea' }, summary: { en: 's' }, description: { en: 'd' }, category_slug: 'tea', images: ['/media/a.webp'],
    list_price_fen: 3000, published: true, version: 5, skus: ['v1', 'v2'].map((id) => ({ id, name: { en: id }, solo_price_fen: 1990 })),
  } as unknown as Product
})

describe('groups that are ended for what leaves the shelf', () => {
  it('stay open when the change is refused, and end once it is taken', async () => {
    const { press } = await page(ProductForm, { id: 'p1' })
    refusal = problemOf(503, { code: 'platform/unavailable' })
    await press('product-unpublish')
    await agree()
    expect(done).toEqual([])
    refusal = null
    await press('product-unpublish')
    await agree()
    expect(done).toEqual(['saved', 'unpublished', 'ended all'])
  })

  it('are those of the campaigns that were asked about', async () => {
    const { wrapper } = await page(ProductForm, { id: 'p1' })
    const table = wrapper.findComponent(SkuTable)
    ;(table.props('modelValue') as unknown[]).pop()
    await wrapper.find('form').trigger('submit')
    await flushPromises()
    await agree()
    expect(done).toEqual(['saved', 'stopped with-v2'])
  })

  it('stay open when the product stays in the list, too', async () => {
    const { press } = await page(ProductList)
    refusal = problemOf(503, { code: 'platform/unavailable' })
    await press('product-toggle')
    await agree()
    expect(done).toEqual([])
    refusal = null
    await press('product-toggle')
    await agree()
    expect(done).toEqual(['unpublished', 'ended all'])
  })
})
