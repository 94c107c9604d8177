import { answerOf, http } from './client'
import type { Category, Media, Page, Product, ProductEdit, ProductInput, ProductRow } from './types'

export async function fetchCategories(): Promise<Category[]> {
  return (await answerOf(http.GET('/api/v1/catalog/categories'))).items
}

export const listProducts = (q: string, cursor?: string, limit = 20): Promise<Page<ProductRow>> =>
  answerOf(http.GET('/api/v1/catalog/console/products', { params: { query: { q: q || undefined, cursor, limit } } }))

export const fetchProduct = (id: string): Promise<Product> =>
  answerOf(http.GET('/api/v1/catalog/console/products/{product_id}', { params: { path: { product_id: id } } }))

/** Repeated with its `key`, it makes nothing more: it answers what it made, also if the body is another. */
export const createProduct = (body: ProductInput, key: string): Promise<Product> =>
  answerOf(http.POST('/api/v1/catalog/console/products', { params: { header: { 'Idempotency-Key': key } }, body }))

/** `endCampaigns`: those whose groups would pay more than one piece alone costs now. */
export const updateProduct = (id: string, body: ProductEdit, endCampaigns = false): Promise<Product> =>
  answerOf(http.PUT('/api/v1/catalog/console/products/{product_id}', { params: { path: { product_id: id }, query: { end_campaigns: endCampaigns } }, body }))

export function setPublished(id: string, published: boolean): Promise<Product> {
  const params = { params: { path: { product_id: id } } }
  return published
    ? answerOf(http.POST('/api/v1/catalog/console/products/{product_id}/publish', params))
    : answerOf(http.POST('/api/v1/catalog/console/products/{product_id}/unpublish', params))
}

export function uploadPicture(file: File): Promise<Media> {
  const form = new FormData()
  form.append('file', file)
  return answerOf(
    http.POST('/api/v1/catalog/console/media', {
      // The generated type says "string" for a binary part; the form is what really travels.
      body: form as unknown as { file: string },
      bodySerializer: (body) => body as unknown as FormData,
    }),
  )
}
