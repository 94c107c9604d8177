import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiProblem, OFFLINE } from '@/api/problems'
import type { Product, ProductEdit, ProductInput } from './types'
import { newProduct, type ProductDraft } from './draft'
import { newMaking, saveProduct } from './saveProduct'

/** What the server has, by the key that made it. */
let made: Map<string, Product>
let answersLost: number

vi.mock('./api', () => ({
  createProduct: async (input: ProductInput, key: string) => {
    if (!made.has(key)) made.set(key, { ...input, id: `p${made.size}`, version: 1, skus: input.skus.map((sku, n) => ({ ...sku, id: `v${n}` })) } as unknown as Product)
    if (answersLost-- > 0) throw new ApiProblem(0, { code: OFFLINE })
    return made.get(key)
  },
  updateProduct: async (id: string, edit: ProductEdit) => {
    const [key, product] = [...made].find(([, each]) => each.id === id)!
    expect(edit.version).toBe(product.version)
    expect(edit.skus.map((sku) => sku.id)).toEqual(product.skus.map((sku) => sku.id))
    made.set(key, { ...product, ...edit, version: product.version + 1 } as unknown as Product)
    return made.get(key)
  },
  countStock: vi.fn(),
}))

const draft = (): ProductDraft => Object.assign(newProduct(), { name: { en: 'Tea' }, summary: { en: 's' }, description: { en: 'd' }, categorySlug: 'tea', images: ['/media/a.webp'] })

beforeEach(() => {
  made = new Map()
  answersLost = 0
})

describe('a new product', () => {
  it('is made once when its answer is lost, and is what the form says in the end', async () => {
    const [form, making, saved] = [draft(), newMaking(), vi.fn()]
    answersLost = 1
    await expect(saveProduct(null, form, making, saved)).rejects.toMatchObject({ code: OFFLINE })
    form.name = { en: 'Better tea' }
    await saveProduct(null, form, making, saved)
    expect([...made.values()].map((product) => product.name)).toEqual([{ en: 'Better tea' }])
    expect(saved).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 'p0', version: 2 }))
  })

  it('is written once when nothing is lost', async () => {
    const saved = vi.fn()
    await saveProduct(null, draft(), newMaking(), saved)
    expect(saved).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 'p0', version: 1 }))
  })
})
