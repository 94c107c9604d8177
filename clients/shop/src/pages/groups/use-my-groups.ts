import { computed, ref } from 'vue'
import { listOrders } from '@/core/api/orders'
import type { Order, OrderStatus, Page } from '@/core/contract'
import { usePaging } from '@/core/paging'

export type GroupTab = 'open' | 'succeeded' | 'failed'
const ENOUGH = 6
const STATES: Record<GroupTab, OrderStatus[]> = {
  open: ['grouping'],
  succeeded: ['to_ship', 'shipped', 'completed'],
  failed: ['refunding', 'refunded'],
}

const belongs = (o: Order, tab: GroupTab) => o.group !== null && o.paid_fen > 0 && (o.group.status === 'draft' ? 'open' : o.group.status) === tab

/** This shopper's groups are seen through the orders that paid for a seat; pages are read until there is something to show. */
export function useMyGroups() {
  const tab = ref<GroupTab>('open')
  async function fetchPage(from: string | null): Promise<Page<Order>> {
    const items: Order[] = []
    let cursor = from
    let page: Page<Order>
    do {
      page = await listOrders(STATES[tab.value], cursor)
      items.push(...page.items.filter((o) => belongs(o, tab.value)))
      cursor = page.next_cursor
    } while (cursor && items.length < ENOUGH)
    return { ...page, items }
  }
  const paging = usePaging<Order>(fetchPage)
  function choose(next: GroupTab): void {
    tab.value = next
    void paging.reload()
  }
  const any = computed(() => paging.items.value.length > 0)
  return { ...paging, tab, any, choose }
}
