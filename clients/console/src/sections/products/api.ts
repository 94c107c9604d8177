import type { Commitments } from '@/activities/api'
import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { Category, FreightRow, Media, Product, ProductEdit, ProductInput, ProductRow, StockCount, StockMovement, StockMovementInput, StockMovers, StockRow } from './types'

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

/** By which template it is sent; it is changed beside this section. */
export const fetchFreight = (id: string): Promise<FreightRow> =>
  answerOf(http.GET('/api/v1/trade/console/freight/products/{product_id}', { params: { path: { product_id: id } } }))

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

const keyed = (key: string) => ({ header: { 'Idempotency-Key': key } })

export async function fetchStock(productId: string): Promise<StockRow[]> {
  const query = { product_id: productId }
  return (await answerOf(http.GET('/api/v1/trade/console/stock', { params: { query } }))).items
}

/** Counted: refused if the stock is not what the counting person thought. `key` makes a repetition harmless. */
export const countStock = (skuId: string, body: StockCount, key: string): Promise<StockRow> =>
  answerOf(http.PUT('/api/v1/trade/console/stock/{sku_id}', { params: { path: { sku_id: skuId }, ...keyed(key) }, body }))

/** So many came or went; nothing that happened meanwhile is undone. */
export const moveStock = (skuId: string, body: StockMovementInput, key: string): Promise<StockRow> =>
  answerOf(http.POST('/api/v1/trade/console/stock/{sku_id}/movements', { params: { path: { sku_id: skuId }, ...keyed(key) }, body }))

export const listStockMovements = (skuId: string, by: StockMovers, cursor?: string): Promise<Page<StockMovement>> => {
  const query = { by: by === 'all' ? undefined : by, cursor }
  return answerOf(http.GET('/api/v1/trade/console/stock/{sku_id}/movements', { params: { path: { sku_id: skuId }, query } }))
}

export { fetchCommitments } from '@/activities/api'

/** Stops all campaigns of a product: open groups fail and everybody is refunded. */
export const endGroups = (productId: string): Promise<Commitments> =>
  answerOf(http.POST('/api/v1/trade/console/products/{product_id}/end-groups', { params: { path: { product_id: productId } } }))

export const stopCampaign = (id: string): Promise<unknown> =>
  answerOf(http.POST('/api/v1/trade/console/campaigns/{campaign_id}/stop', { params: { path: { campaign_id: id } } }))
