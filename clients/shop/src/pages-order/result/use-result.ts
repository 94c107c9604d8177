import { computed, ref, shallowRef } from 'vue'
import { getOrder, syncOrder } from '@/core/api/orders'
import type { Order } from '@/core/contract'
import { usePayment } from '@/core/live'
import { refundsOpen } from '@/core/refund-steps'
import { both, useRepeating } from '@/core/repeat'

const SLOW_AFTER_MS = 20_000

/**
 * Wait until the server says the order is paid (or gone). Coming back from the cashier proves nothing. Where the
 * provider says that nothing was paid, the shopper chooses at once what to do, while the page goes on waiting.
 */
export function useResult() {
  const id = ref('')
  const order = shallowRef<Order | null>(null)
  const error = shallowRef<unknown>(null)
  const doubt = ref<'checking' | 'unpaid' | 'slow'>('checking')
  let round = 0
  let over = ''

  const state = computed(() => {
    const o = order.value
    if (!o || o.status === 'pending_payment') return doubt.value
    return ['cancelled', 'refunding', 'refunded'].includes(o.status) ? 'closed' : 'paid'
  })
  function put(fresh: Order): void {
    order.value = fresh
  }
  const look = async () => put(await getOrder(id.value))
  /** One question to the payment provider by way of our server; what it does not know yet is waited for. */
  async function check(): Promise<void> {
    const mine = ++round
    doubt.value = 'checking'
    error.value = null
    setTimeout(() => { if (mine === round && doubt.value === 'checking') doubt.value = 'slow' }, SLOW_AFTER_MS)
    try {
      const answer = await syncOrder(id.value).catch(() => null)
      if (mine !== round) return
      put(answer ?? (await getOrder(id.value)))
      if (answer && !answer.money_arrived) doubt.value = 'unpaid'
    } catch (e) {
      if (!order.value) error.value = e
    }
  }
  /** Asked once for each end of the time to pay: the countdown comes back with every answer, and is over again. */
  function ranOut(): void {
    const until = order.value?.pay_before
    if (!until || until === over) return
    over = until
    void check()
  }
  const follow = both(useRepeating(look, () => refundsOpen(order.value)), usePayment(order, put))
  function stop(): void {
    round++
    follow.stop()
  }
  return { id, order, error, state, check, ranOut, stop, follow }
}
