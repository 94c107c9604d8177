import { describe, expect, it } from 'vitest'
import { newProduct, newSku, productInput, validateProduct, type ProductDraft } from '@/pages/products/draft'
import { refundsOf } from '@/pages/overview'
import type { RefundRow } from '@/api/types'

function complete(): ProductDraft {
  return {
    ...newProduct(),
    name: { 'zh-Hant': ' tea ', en: ' ' },
    summary: { en: 's' },
    description: { en: 'd' },
    categorySlug: 'tea',
    images: ['/media/x.webp'],
    skus: [{ ...newSku(), name: { en: 'One' }, soloPriceFen: 1990 }],
  }
}

describe('a product before it is sent', () => {
  it('says everything that is missing', () => {
    expect(validateProduct(newProduct()).map((issue) => issue.field)).toEqual([
      'name', 'summary', 'description', 'category_slug', 'images', 'skus.0.name', 'skus.0.price',
    ])
  })

  it('needs one language only, and sends no blank texts', () => {
    expect(validateProduct(complete())).toEqual([])
    expect(productInput(complete()).name).toEqual({ 'zh-Hant': 'tea' })
  })

  it('does not strike through less than it asks, nor count away reserved stock', () => {
    const draft = complete()
    draft.listPriceFen = 1989
    draft.skus[0] = { ...draft.skus[0]!, onHand: 2, reserved: 3 }
    expect(validateProduct(draft).map((issue) => issue.key)).toEqual(['list-price', 'sku-stock'])
  })
})

describe('figures of the home page', () => {
  it('find the oldest waiting refund, whatever order the queue comes in', () => {
    const row = (planned_at: string, status: RefundRow['status']): RefundRow => ({ planned_at, status }) as RefundRow
    const items = [
      row('2026-11-22T10:00:00Z', 'planned'), row('2026-11-21T10:00:00Z', 'abnormal'), row('2026-11-23T00:00:00Z', 'submitted'),
    ]
    expect(refundsOf({ items, more: true })).toEqual({ waiting: 3, abnormal: 1, oldest: '2026-11-21T10:00:00Z', more: true })
    expect(refundsOf({ items: [], more: false })).toEqual({ waiting: 0, abnormal: 0, oldest: null, more: false })
  })
})
