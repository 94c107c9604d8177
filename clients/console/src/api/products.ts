/** Products, for whoever makes something for one of them: campaigns, flash sales. */
import { answerOf, http } from './client'
import type { Page, Product, ProductRow } from './types'

export const listProducts = (q: string): Promise<Page<ProductRow>> =>
  answerOf(http.GET('/api/v1/catalog/console/products', { params: { query: { q: q || undefined } } }))

export const fetchProduct = (id: string): Promise<Product> =>
  answerOf(http.GET('/api/v1/catalog/console/products/{product_id}', { params: { path: { product_id: id } } }))
