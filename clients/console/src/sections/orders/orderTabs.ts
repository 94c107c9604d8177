import type { OrderCounts, OrderStatus } from './types'

/** The tabs of the order list; "refunded" gathers the orders whose money is going or has gone back. */
export const ORDER_TABS = [
  'all', 'pending_payment', 'grouping', 'to_ship', 'shipped', 'completed', 'cancelled', 'refunded',
] as const
export type OrderTab = (typeof ORDER_TABS)[number]

export function countOf(tab: OrderTab, counts: OrderCounts | null): number | undefined {
  if (!counts || tab === 'all') return undefined
  if (tab === 'refunded') return counts.refunded + counts.refunding
  return counts[tab]
}

/** The states to ask the server for. */
export function statesOf(tab: OrderTab): OrderStatus[] | undefined {
  if (tab === 'all') return undefined
  return tab === 'refunded' ? ['refunding', 'refunded'] : [tab]
}
