import { fetchGroupCounts, fetchOrderCounts, listRefunds } from '@/api/trade'
import type { GroupCounts, OrderCounts, Page, RefundRow, RefundStatus } from '@/api/types'

export interface Overview {
  orders: OrderCounts
  groups: GroupCounts
  refunds: { waiting: number; abnormal: number; oldest: string | null; more: boolean }
}

/** Refunds that have not reached the shopper yet. */
const WAITING: RefundStatus[] = ['planned', 'submitted', 'abnormal']
const MAX_PAGES = 10

/** The figures of the home page, all counted from what the server has; nothing is estimated. */
export async function fetchOverview(): Promise<Overview> {
  const [orders, groups, queue] = await Promise.all([
    fetchOrderCounts(),
    fetchGroupCounts(),
    allPages((cursor) => listRefunds(WAITING, cursor, 100)),
  ])
  return { orders, groups, refunds: refundsOf(queue) }
}

interface All<T> {
  items: T[]
  more: boolean
}

async function allPages<T>(fetchPage: (cursor?: string) => Promise<Page<T>>): Promise<All<T>> {
  const items: T[] = []
  let cursor: string | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await fetchPage(cursor)
    items.push(...answer.items)
    if (!answer.next_cursor) return { items, more: false }
    cursor = answer.next_cursor
  }
  return { items, more: true }
}

export function refundsOf({ items, more }: All<RefundRow>): Overview['refunds'] {
  const oldest = items.map((row) => row.planned_at).sort((a, b) => Date.parse(a) - Date.parse(b))[0]
  return {
    waiting: items.length,
    abnormal: items.filter((row) => row.status === 'abnormal').length,
    oldest: oldest ?? null,
    more,
  }
}
