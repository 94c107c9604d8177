import { describe, expect, it } from 'vitest'
import { newProduct, newSku, productInput, validateProduct, type ProductDraft } from './draft'

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

  it('does not strike through less than it asks', () => {
    const draft = complete()
    draft.listPriceFen = 1989
    expect(validateProduct(draft).map((issue) => issue.key)).toEqual(['list-price'])
  })
})
