import { answerOf, http } from './client'
import type {
  CampaignInput, CampaignRow, Commitments, ConsoleGroup, GroupCounts, ListedGroupStatus, Order, OrderCounts, OrderStatus, Page, RefundRow,
  RefundStatus, RefundSummary, StockCount, StockMovement, StockMovementInput, StockRow,
} from './types'

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

export async function listStockMovements(skuId: string): Promise<StockMovement[]> {
  const params = { params: { path: { sku_id: skuId } } }
  return (await answerOf(http.GET('/api/v1/trade/console/stock/{sku_id}/movements', params))).items
}

export const listCampaigns = (cursor?: string): Promise<Page<CampaignRow>> =>
  answerOf(http.GET('/api/v1/trade/console/campaigns', { params: { query: { cursor } } }))

export const fetchCampaign = (id: string): Promise<CampaignRow> =>
  answerOf(http.GET('/api/v1/trade/console/campaigns/{campaign_id}', { params: { path: { campaign_id: id } } }))

export const createCampaign = (body: CampaignInput): Promise<unknown> =>
  answerOf(http.POST('/api/v1/trade/console/campaigns', { body }))

export const stopCampaign = (id: string): Promise<unknown> =>
  answerOf(http.POST('/api/v1/trade/console/campaigns/{campaign_id}/stop', { params: { path: { campaign_id: id } } }))

export const listGroups = (
  status: ListedGroupStatus,
  campaignId: string | undefined,
  cursor?: string,
): Promise<Page<ConsoleGroup>> =>
  answerOf(
    http.GET('/api/v1/trade/console/groups', { params: { query: { status, campaign_id: campaignId, cursor } } }),
  )

export const fetchGroupCounts = (): Promise<GroupCounts> => answerOf(http.GET('/api/v1/trade/console/groups/counts'))

/** `waiting`: what is to be shipped, the order that waits longest first. With `q` always newest first, and no sort. */
export function listOrders(status: OrderStatus[] | undefined, q: string, waiting: boolean, cursor?: string): Promise<Page<Order>> {
  const sort = waiting ? ('waiting' as const) : undefined
  return answerOf(http.GET('/api/v1/trade/console/orders', { params: { query: { status, q: q || undefined, sort, cursor } } }))
}

export const fetchOrderCounts = (): Promise<OrderCounts> => answerOf(http.GET('/api/v1/trade/console/orders/counts'))

export const fetchOrder = (id: string): Promise<Order> =>
  answerOf(http.GET('/api/v1/trade/console/orders/{order_id}', { params: { path: { order_id: id } } }))

export const listRefunds = (status: RefundStatus[], cursor?: string, limit = 20): Promise<Page<RefundRow>> =>
  answerOf(http.GET('/api/v1/trade/console/refunds', { params: { query: { status, cursor, limit } } }))

/** How much waits, what is stuck, and since when. */
export const fetchRefundSummary = (): Promise<RefundSummary> => answerOf(http.GET('/api/v1/trade/console/refunds/summary'))

/** Asks the provider again about an abnormal refund; the answer is the refund as it stands then. */
export const retryRefund = (id: string): Promise<RefundRow> =>
  answerOf(http.POST('/api/v1/trade/console/refunds/{refund_id}/retry', { params: { path: { refund_id: id } } }))

/** What a product is promised to: campaigns that run, will run or have open groups. */
export const fetchCommitments = (productId: string): Promise<Commitments> =>
  answerOf(http.GET('/api/v1/trade/console/products/{product_id}/commitments', { params: { path: { product_id: productId } } }))

/** Stops all campaigns of a product: open groups fail and everybody is refunded. */
export const endGroups = (productId: string): Promise<Commitments> =>
  answerOf(http.POST('/api/v1/trade/console/products/{product_id}/end-groups', { params: { path: { product_id: productId } } }))
