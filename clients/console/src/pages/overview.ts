import { fetchOrderCounts, listCampaigns, listRefunds } from '@/api/trade'
import type { CampaignRow, OrderCounts, Page, RefundRow, RefundStatus } from '@/api/types'

export interface Overview {
  orders: OrderCounts
  campaigns: number
  groups: { open: number; succeeded: number; failed: number }
  refunds: { waiting: number; abnormal: number; oldest: string | null; more: boolean }
}

/** Refunds that have not reached the shopper yet. */
const WAITING: RefundStatus[] = ['planned', 'submitted', 'abnormal']
const MAX_PAGES = 10

/** The figures of the home page, all counted from what the server lists; nothing is estimated. */
export async function fetchOverview(): Promise<Overview> {
  const [orders, campaigns, ...queues] = await Promise.all([
    fetchOrderCounts(),
    allPages((cursor) => listCampaigns(cursor)),
    ...WAITING.map((status) => allPages((cursor) => listRefunds(status, cursor, 100))),
  ])
  return { orders, campaigns: campaigns.items.length, groups: groupsOf(campaigns.items), refunds: refundsOf(queues) }
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

export function groupsOf(rows: CampaignRow[]): Overview['groups'] {
  const total = (pick: (row: CampaignRow) => number): number => rows.reduce((sum, row) => sum + pick(row), 0)
  return {
    open: total((row) => row.groups_open),
    succeeded: total((row) => row.groups_succeeded),
    failed: total((row) => row.groups_failed),
  }
}

export function refundsOf(queues: All<RefundRow>[]): Overview['refunds'] {
  const rows = queues.flatMap((queue) => queue.items)
  const oldest = rows.map((row) => row.planned_at).sort((a, b) => Date.parse(a) - Date.parse(b))[0]
  return {
    waiting: rows.length,
    abnormal: rows.filter((row) => row.status === 'abnormal').length,
    oldest: oldest ?? null,
    more: queues.some((queue) => queue.more),
  }
}
