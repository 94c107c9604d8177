import type { AnswerOf, ItemOf, Schemas } from '@/api/types'

export type Category = ItemOf<'/api/v1/catalog/categories'>
export type Product = AnswerOf<'/api/v1/catalog/console/products/{product_id}'>
export type ProductRow = ItemOf<'/api/v1/catalog/console/products'>
export type ProductInput = Schemas['ProductInput']
export type ProductEdit = Schemas['ProductEdit']
export type FreightRow = AnswerOf<'/api/v1/trade/console/freight/products/{product_id}'>
export type Media = Schemas['Media']
export type StockRow = ItemOf<'/api/v1/trade/console/stock'>
export type StockCount = Required<Schemas['StockCount']>
export type StockMovementInput = Required<Schemas['StockMovementInput']>
export type StockMovement = ItemOf<'/api/v1/trade/console/stock/{sku_id}/movements'>
export type StockReason = StockMovementInput['reason']
/** Whose doing is shown: everybody's, people's, or what orders did. */
export const STOCK_MOVERS = ['all', 'people', 'orders'] as const
export type StockMovers = (typeof STOCK_MOVERS)[number]
export const STOCK_REASONS: readonly StockReason[] = ['received', 'returned', 'damaged', 'lost', 'other']
