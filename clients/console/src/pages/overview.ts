import { fetchGroupCounts, fetchOrderCounts, fetchRefundSummary } from '@/api/trade'
import type { GroupCounts, OrderCounts, RefundSummary } from '@/api/types'

export interface Overview {
  orders: OrderCounts
  groups: GroupCounts
  refunds: RefundSummary
}

/** The figures of the home page, all counted by the server; nothing is estimated. */
export async function fetchOverview(): Promise<Overview> {
  const [orders, groups, refunds] = await Promise.all([fetchOrderCounts(), fetchGroupCounts(), fetchRefundSummary()])
  return { orders, groups, refunds }
}
