import type { Narrowing } from '@/activities/useActivityList'
import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { AllotmentInput, FlashSale, FlashSaleInput, FlashSaleRow } from './types'

const of = (id: string) => ({ path: { sale_id: id } })

export const listFlashSales = (narrowing: Narrowing, cursor?: string): Promise<Page<FlashSaleRow>> =>
  answerOf(http.GET('/api/v1/trade/console/flash-sales', { params: { query: { ...narrowing, cursor } } }))

export const fetchFlashSale = (id: string): Promise<FlashSale> =>
  answerOf(http.GET('/api/v1/trade/console/flash-sales/{sale_id}', { params: of(id) }))

/** Repeated with its `key`, it makes no other one. */
export const createFlashSale = (body: FlashSaleInput, key: string): Promise<FlashSale> =>
  answerOf(http.POST('/api/v1/trade/console/flash-sales', { params: { header: { 'Idempotency-Key': key } }, body }))

export const stopFlashSale = (id: string): Promise<FlashSale> =>
  answerOf(http.POST('/api/v1/trade/console/flash-sales/{sale_id}/stop', { params: of(id) }))

/** So many more; `key` makes a repetition harmless. */
export const allotUnits = (id: string, body: AllotmentInput, key: string): Promise<FlashSale> =>
  answerOf(http.POST('/api/v1/trade/console/flash-sales/{sale_id}/allotments', { params: { ...of(id), header: { 'Idempotency-Key': key } }, body }))

/** What can be set aside of each variant, by its id. */
export async function fetchAvailable(productId: string): Promise<Record<string, number>> {
  const { items } = await answerOf(http.GET('/api/v1/trade/console/stock', { params: { query: { product_id: productId } } }))
  return Object.fromEntries(items.map((each) => [each.sku_id, each.available]))
}
