import { computed } from 'vue'
import { listHolds } from '@/core/api/flash'
import type { OwnHold } from '@/core/contract'
import { EVERY_MS } from '@/core/flash'
import { usePaging } from '@/core/paging'
import { useRepeating } from '@/core/repeat'
import { session } from '@/core/session'

/** What the shopper took, of one sale or of all: also on another device, and after the page was closed. */
export function useOwnHolds(saleId: () => string | undefined) {
  const list = usePaging<OwnHold>((cursor) => listHolds(cursor, saleId()))
  const moving = computed(() => list.items.value.some((hold) => hold.status === 'held'))
  const follow = useRepeating(() => list.reload(true), () => moving.value, EVERY_MS)
  async function load(): Promise<void> {
    if (session.token) await list.reload(list.items.value.length > 0)
    else list.items.value = []
  }
  function start(): void {
    void load()
    follow.start()
  }
  return { ...list, load, start, stop: follow.stop }
}
